/** Frames: a header of 7 bytes and a body. */
import type { Either } from 'fp-ts/lib/Either.js';
import type { Option } from 'fp-ts/lib/Option.js';
import type { HostMessage, Request } from './messages.js';
import type { FrameRefusal } from './refusal.js';

/** Bytes in a frame's header: operation u8, size u32, version u16. */
export const headerSize = 7;

/** The header of a request that may be read on. */
export interface RequestHeader {
  readonly operation: Request['operation'];
  /** Bytes of the body that follows. */
  readonly bodySize: number;
}

/** Which release of the guest driver: an older one has no `scan_complete` byte in the scan response. */
export type DriverFormat = 'with-scan-complete' | 'without-scan-complete';

/** Why a frame from the host makes no sense. */
export type HostMessageFault =
  /** Fewer bytes than the header, or than the header announces. */
  | { readonly reason: 'incomplete'; readonly received: number; readonly expected: number }
  | { readonly reason: 'unknown operation' | 'not from a host'; readonly operation: number }
  | { readonly reason: 'wrong version'; readonly version: number }
  | { readonly reason: 'impossible size'; readonly operation: number; readonly size: number }
  /** Bytes after the end of the frame. */
  | { readonly reason: 'trailing bytes'; readonly count: number }
  /** `scan_complete` is neither 0 nor 1. */
  | { readonly reason: 'invalid scan_complete'; readonly value: number }
  /** `num_bss` entries do not fit into the body. */
  | { readonly reason: 'too many networks'; readonly count: number; readonly limit: number }
  /** `total_size` is not the size of the body. */
  | { readonly reason: 'wrong total size'; readonly totalSize: number; readonly size: number }
  /** Elements of network `index` reach into the entries or beyond the body. */
  | { readonly reason: 'elements outside the body'; readonly index: number }
  /** The elements of network `index` are malformed. */
  | { readonly reason: 'malformed elements'; readonly index: number; readonly detail: string };

/** Reads the first 7 bytes of a request; refuses what can never become one before its body is buffered. */
export declare const decodeRequestHeader: (bytes: Uint8Array) => Either<FrameRefusal, RequestHeader>;
/** Reads a whole request frame. */
export declare const decodeRequest: (frame: Uint8Array) => Either<FrameRefusal, Request>;
/** A request's frame. */
export declare const encodeRequest: (request: Request) => Uint8Array;
/** A host message's frame. */
export declare const encodeHostMessage: (message: HostMessage, driver?: DriverFormat) => Uint8Array;
/** Size of the whole frame that begins with these bytes; `none` for fewer than 7 bytes. */
export declare const hostFrameSize: (header: Uint8Array) => Option<number>;
/** Reads a whole frame from a host. */
export declare const decodeHostMessage: (
  frame: Uint8Array,
  driver?: DriverFormat,
) => Either<HostMessageFault, HostMessage>;
