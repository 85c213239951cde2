/** What a hostile guest does to the service. */
export const hostilities = [
  'opens and closes',
  'opens and closes, from 400 addresses',
  'sends halves of frames',
  'sends on after its refusal',
  'sends noise',
  'asks for connects that fail',
] as const;

export type Hostility = (typeof hostilities)[number];

/** Where it comes from: it is one of a hundred guests, or pretends to be hundreds, with a connection at a time each. */
export const hostileAddresses = (hostility: Hostility): readonly [string, ...string[]] => [
  '127.77.0.1',
  ...(hostility === 'opens and closes, from 400 addresses'
    ? Array.from({ length: 399 }, (_, n) => `127.77.${1 + Math.floor(n / 200)}.${1 + (n % 200)}`)
    : []),
];
