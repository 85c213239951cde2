/** Bytes as a hostile guest makes them: from what is valid, by knowing its structure, and from nothing. */
import { encodeRequest, type Request } from '../../protocol/index.js';
import { anyKey, ssid } from '../../test/stage/networks.js';
import type { Dice } from '../dice.js';

const none = { _tag: 'None' } as const;

const connect: Request = {
  operation: 'connect',
  ssid: ssid('Lobby'),
  bssid: none,
  authType: 0,
  wpaVersions: 2,
  akmSuites: [0x000fac02],
  pairwiseCipherSuites: [0x000fac04],
  groupCipherSuite: 0x000fac04,
  key: anyKey,
};

/** One valid frame of each request. */
const validRequests: readonly Uint8Array[] = (
  [
    { operation: 'scan', ssid: none },
    { operation: 'scan', ssid: { _tag: 'Some', value: ssid('Cellar') } },
    connect,
    { operation: 'disconnect', sessionId: 1 },
    { operation: 'hello', capabilities: 7, instance: '0000000000000007', sessionId: 0 },
  ] as readonly Request[]
).map(encodeRequest);

/** Where a field stands that decides about others: its offset in the frame and its bytes. */
const tellingFields = [
  [0, 1],
  [1, 4],
  [5, 2],
  [7, 1],
  [7 + 39, 1],
  [7 + 40, 1],
  [7 + 41, 1],
  [7 + 42, 4],
  [7 + 50, 1],
  [7 + 75, 1],
] as const;

const edges = [
  0, 1, 2, 3, 5, 6, 7, 8, 32, 33, 75, 76, 127, 128, 254, 255, 256, 331, 332, 65_535, 0x7fff_ffff, 0xffff_ffff,
];

const written = (frame: Uint8Array, offset: number, size: number, value: number): Uint8Array => {
  const copy = Uint8Array.from(frame);
  for (let n = 0; n < size && offset + n < copy.length; n++) copy[offset + n] = (value / 2 ** (8 * n)) & 255;
  return copy;
};

const joined = (...parts: readonly Uint8Array[]): Uint8Array =>
  Uint8Array.from(parts.flatMap((part) => [...part]));

/** One change to bytes, of any kind. */
export const changed = (bytes: Uint8Array, dice: Dice): Uint8Array => {
  const at = dice.below(bytes.length + 1);
  switch (dice.below(8)) {
    case 0:
      return written(bytes, at, 1, dice.below(256));
    case 1:
      return written(bytes, at, 1, (bytes[at] ?? 0) ^ (1 << dice.below(8)));
    case 2:
      return bytes.subarray(0, at);
    case 3:
      return joined(bytes, dice.bytes(1 + dice.below(80)));
    case 4:
      return joined(bytes.subarray(0, at), dice.bytes(1 + dice.below(4)), bytes.subarray(at));
    case 5:
      return joined(bytes.subarray(0, at), bytes.subarray(at + 1 + dice.below(4)));
    case 6:
      return written(bytes, at, dice.pick([1, 2, 4]), dice.pick(edges));
    default:
      return joined(bytes, dice.pick(validRequests));
  }
};

/** A frame: valid, valid but for a field that decides about others, changed here and there, or noise. */
export const hostileFrame = (dice: Dice): Uint8Array => {
  const base = dice.pick(validRequests);
  switch (dice.below(10)) {
    case 0:
      return base;
    case 1:
      return dice.bytes(dice.below(400));
    case 2:
    case 3:
    case 4:
    case 5: {
      const [offset, size] = dice.pick(tellingFields);
      return written(base, offset, size, dice.pick(edges));
    }
    default: {
      let frame = base;
      for (let changes = 1 + dice.below(4); changes > 0; changes--) frame = changed(frame, dice);
      return frame;
    }
  }
};

/** The same bytes in pieces. */
export const inPieces = (bytes: Uint8Array, dice: Dice): readonly Uint8Array[] => {
  const pieces: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; ) {
    const size = 1 + dice.below(dice.chance(0.5) ? 8 : 200);
    pieces.push(bytes.subarray(at, at + size));
    at += size;
  }
  return pieces;
};

/** Text with changes as people, broken tools and attackers make them. */
export const hostileText = (text: string, dice: Dice): string => {
  let changing = text;
  for (let changes = dice.below(4); changes > 0; changes--) {
    const at = dice.below(changing.length + 1);
    const insert = dice.pick([
      '{',
      '}',
      '[',
      ']',
      '"',
      ',',
      ':',
      'null',
      '-1',
      '1e999',
      '"\\u0000"',
      '"\\ud800"',
      '{"__proto__":{"a":1}}',
      '[[[[[[[[',
      'true',
      '0.5',
      '99999999999999999999',
      '"constructor"',
      '\uFEFF',
      '\n',
      '"é"',
    ]);
    const cut = dice.below(6);
    changing = changing.slice(0, at) + (dice.chance(0.7) ? insert : '') + changing.slice(at + cut);
  }
  return changing;
};
