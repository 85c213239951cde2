/**
 * What a host sends, measured as the driver reads it: bytes at fixed places, trusted to be as long as they say.
 * Written from the protocol's description and on purpose not from `protocol/`, so that an offset that is wrong there
 * does not go unnoticed by the tool that judges hosts.
 */
import * as E from 'fp-ts/lib/Either.js';
import type { DriverFormat } from '../../protocol/frame.js';

/** What the driver would stumble over. */
export type AnswerFault =
  /** The header's size is not what came: `size` bytes of body announced, `received` there. */
  | { readonly reason: 'body size differs'; readonly size: number; readonly received: number }
  /** The driver reads `expected` bytes of this operation's body and only `size` are there, or more than it expects. */
  | {
      readonly reason: 'wrong body size';
      readonly operation: number;
      readonly size: number;
      readonly expected: string;
    }
  | { readonly reason: 'not a host operation'; readonly operation: number }
  | { readonly reason: 'not version 1'; readonly version: number }
  /** `total_size` is to be the size of the body. */
  | { readonly reason: 'total_size differs'; readonly totalSize: number; readonly size: number }
  /** `num_bss` entries end beyond the body. */
  | { readonly reason: 'entries beyond the body'; readonly networks: number; readonly size: number }
  /** The elements of entry `index` begin before the end of the entries or of the elements before, or end beyond the body. */
  | {
      readonly reason: 'elements misplaced';
      readonly index: number;
      readonly from: number;
      readonly to: number;
    }
  /** Bytes of the body that belong to no entry and no element. */
  | { readonly reason: 'unused bytes'; readonly count: number };

const frameHeader = 7;
const entrySize = 26;

/** Bytes of the bodies whose size never varies, by operation. The driver takes a disconnect response with 0 bytes or 1. */
const fixedSizes: ReadonlyMap<number, readonly number[]> = new Map([
  [0, [0]],
  [4, [16]],
  [6, [0, 1]],
  [7, [8]],
  [8, [1]],
  [10, [17]],
]);

const scanFault = (body: DataView, driver: DriverFormat): AnswerFault | undefined => {
  const size = body.byteLength;
  const count = driver === 'with-scan-complete' ? 1 : 0;
  const entries = count + 8;
  if (size < entries)
    return { reason: 'wrong body size', operation: 2, size, expected: `at least ${entries}` };
  const networks = body.getUint32(count, true);
  const totalSize = body.getUint32(count + 4, true);
  if (totalSize !== size) return { reason: 'total_size differs', totalSize, size };
  let free = entries + networks * entrySize;
  if (free > size) return { reason: 'entries beyond the body', networks, size };
  for (let index = 0; index < networks; index++) {
    const entry = entries + index * entrySize;
    const from = entry + body.getUint32(entry + 22, true);
    const to = from + body.getUint32(entry + 18, true);
    if (from < free || to > size) return { reason: 'elements misplaced', index, from, to };
    free = to;
  }
  return free < size ? { reason: 'unused bytes', count: size - free } : undefined;
};

const faultOf = (frame: Uint8Array, driver: DriverFormat): AnswerFault | undefined => {
  const view = new DataView(frame.buffer, frame.byteOffset, frame.byteLength);
  const received = frame.length - frameHeader;
  if (received < 0) return { reason: 'body size differs', size: 0, received };
  const operation = view.getUint8(0);
  const size = view.getUint32(1, true);
  const version = view.getUint16(5, true);
  if (version !== 1) return { reason: 'not version 1', version };
  if (size !== received) return { reason: 'body size differs', size, received };
  if (operation === 2)
    return scanFault(new DataView(frame.buffer, frame.byteOffset + frameHeader, size), driver);
  const sizes = fixedSizes.get(operation);
  if (sizes === undefined) return { reason: 'not a host operation', operation };
  return sizes.includes(size)
    ? undefined
    : { reason: 'wrong body size', operation, size, expected: sizes.join(' or ') };
};

/** Would the driver read every field of this frame from within the frame, and nothing else be there? */
export const checkAnswer = (frame: Uint8Array, driver: DriverFormat): E.Either<AnswerFault, Uint8Array> => {
  const fault = faultOf(frame, driver);
  return fault === undefined ? E.right(frame) : E.left(fault);
};
