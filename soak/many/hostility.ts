/** What one hostile guest does to the service. */
export const hostilities = [
  'opens and closes',
  'sends halves of frames',
  'sends on after its refusal',
  'sends noise',
  'asks for connects that fail',
] as const;

export type Hostility = (typeof hostilities)[number];

/** Where it comes from: it is one of a hundred. */
export const hostileAddress = '127.77.0.1';
