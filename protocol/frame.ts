/** Frames: a header of 7 bytes and a body. Decoding trusts nobody; encoding makes one buffer of the exact size. */
import * as E from 'fp-ts/lib/Either.js';
import * as O from 'fp-ts/lib/Option.js';
import { type Header, headerLayout, headerSize, protocolVersion } from './header.js';
import type { HostMessage, Request } from './messages.js';
import type { Operation } from './operation.js';
import {
  type HostOperation,
  type HostTag,
  hostByCode,
  hostOperations,
  type MessageOf,
  type RequestOperation,
  type RequestTag,
  requestOperations,
  requestsByCode,
} from './operations.js';
import type { CountRefusal, FrameRefusal } from './refusal.js';
import type { DriverFormat, ScanResponseFault } from './scan.js';

export { headerSize } from './header.js';
export type { DriverFormat } from './scan.js';

/** The header of a request that may be read on. */
export interface RequestHeader {
  readonly operation: Request['operation'];
  /** Bytes of the body that follows. */
  readonly bodySize: number;
}

/** Why a frame from the host makes no sense. */
export type HostMessageFault =
  /** Fewer bytes than the header has, or than the header announces. */
  | { readonly reason: 'incomplete'; readonly received: number; readonly expected: number }
  | { readonly reason: 'unknown operation' | 'not from a host'; readonly operation: number }
  | { readonly reason: 'wrong version'; readonly version: number }
  | { readonly reason: 'impossible size'; readonly operation: number; readonly size: number }
  /** So many bytes after the end of the frame. */
  | { readonly reason: 'trailing bytes'; readonly count: number }
  | CountRefusal
  | ScanResponseFault;

/**
 * Reads the first 7 bytes of a request. What it refuses can never become a request and need not be buffered; what it
 * accepts has at most 331 bytes of body.
 */
export const decodeRequestHeader = (bytes: Uint8Array): E.Either<FrameRefusal, RequestHeader> => {
  if (bytes.length < headerSize) return incomplete(bytes.length, undefined);
  const header = headerOf(bytes);
  const operation = requestsByCode.get(header.operation);
  if (operation === undefined) {
    const known = hostByCode['with-scan-complete'].has(header.operation);
    return E.left({ reason: known ? 'not a request' : 'unknown operation', operation: header.operation });
  }
  if (header.version !== protocolVersion) return E.left({ reason: 'wrong version', version: header.version });
  return isPossible(operation, header)
    ? E.right({ operation: operation.message, bodySize: header.size })
    : E.left({ reason: 'impossible size', operation: header.operation, size: header.size });
};

/** Reads the body of a request whose frame begins with this header. Bytes after the frame are ignored: one connection carries one request. */
export const decodeRequestBody = (
  { operation, bodySize }: RequestHeader,
  frame: Uint8Array,
): E.Either<FrameRefusal, Request> => {
  const end = headerSize + bodySize;
  if (frame.length < end) return incomplete(frame.length, end);
  const { read }: RequestOperation = requestOperations[operation];
  return read(viewOf(frame), headerSize, end);
};

/** Reads a whole request frame, header and body. */
export const decodeRequest = (frame: Uint8Array): E.Either<FrameRefusal, Request> => {
  const header = decodeRequestHeader(frame);
  return E.isLeft(header) ? header : decodeRequestBody(header.right, frame);
};

/** The frame of a request. More suites or a longer key than it has room for throw: that is a programming error. */
export const encodeRequest = (request: Request): Uint8Array => frameOf(requestOperations, request);

/**
 * The frame of a host message. Numbers beyond the range of their field become the nearest one within. A scan response
 * leaves out networks beyond `maximumScanResponseSize`.
 */
export const encodeHostMessage = (
  message: HostMessage,
  driver: DriverFormat = 'with-scan-complete',
): Uint8Array => frameOf(hostOperations[driver], message);

/** Bytes of the whole frame that begins so, as far as a host may send it; `none` as long as the header is not there. */
export const hostFrameSize = (bytes: Uint8Array): O.Option<number> =>
  bytes.length < headerSize ? O.none : O.some(headerSize + bodySizeOf(bytes));

/** Reads a whole frame from a host: every size, count and offset is checked. Elements are not copied. */
export const decodeHostMessage = (
  frame: Uint8Array,
  driver: DriverFormat = 'with-scan-complete',
): E.Either<HostMessageFault, HostMessage> => {
  const found = hostOperation(frame, driver);
  if (E.isLeft(found)) return found;
  const end = headerSize + bodySizeOf(frame);
  if (frame.length < end) return E.left({ reason: 'incomplete', received: frame.length, expected: end });
  if (frame.length > end) return E.left({ reason: 'trailing bytes', count: frame.length - end });
  return found.right.read(viewOf(frame), headerSize, end);
};

/** One line for people: what is wrong with the host's frame. */
export const hostMessageFaultText = (fault: HostMessageFault): string => {
  const { reason, ...numbers } = fault;
  const details = Object.entries(numbers).map(([name, value]) => `${name} ${value}`);
  return `the host sent a frame that makes no sense: ${reason} (${details.join(', ')})`;
};

const frameOf = <K extends RequestTag | HostTag>(
  operations: {
    readonly [Tag in K]: Pick<Operation<MessageOf<Tag>, unknown>, 'code' | 'bodySize' | 'write'>;
  },
  message: MessageOf<K>,
): Uint8Array => {
  const operation = operations[message.operation as K];
  const size = operation.bodySize(message);
  const frame = new Uint8Array(headerSize + size);
  const view = viewOf(frame);
  headerLayout.write({ operation: operation.code, size, version: protocolVersion }, view, 0);
  operation.write(message, view, headerSize);
  return frame;
};

const hostOperation = (
  bytes: Uint8Array,
  driver: DriverFormat,
): E.Either<HostMessageFault, HostOperation> => {
  if (bytes.length < headerSize)
    return E.left({ reason: 'incomplete', received: bytes.length, expected: headerSize });
  const header = headerOf(bytes);
  const operation = hostByCode[driver].get(header.operation);
  if (operation === undefined) {
    const known = requestsByCode.has(header.operation);
    return E.left({ reason: known ? 'not from a host' : 'unknown operation', operation: header.operation });
  }
  if (header.version !== protocolVersion) return E.left({ reason: 'wrong version', version: header.version });
  return isPossible(operation, header)
    ? E.right(operation)
    : E.left({ reason: 'impossible size', operation: header.operation, size: header.size });
};

const isPossible = (
  operation: { readonly minimumSize: number; readonly maximumSize: number },
  { size }: Header,
): boolean => size >= operation.minimumSize && size <= operation.maximumSize;

const incomplete = (received: number, expected: number | undefined): E.Either<FrameRefusal, never> =>
  E.left({ reason: 'incomplete', cause: 'ended', received, expected });

const viewOf = (bytes: Uint8Array): DataView =>
  new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

const headerOf = (bytes: Uint8Array): Header => headerLayout.read(viewOf(bytes), 0);

const bodySizeOf = (bytes: Uint8Array): number => headerOf(bytes).size;
