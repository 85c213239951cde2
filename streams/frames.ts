/**
 * One frame out of a byte stream: assembled here, so that a machine hears of whole frames only. The header is judged
 * before a byte of the body is kept.
 */
import * as E from 'fp-ts/lib/Either.js';
import * as O from 'fp-ts/lib/Option.js';
import { Observable, type Observer, type Subscriber, type Subscription } from 'rxjs';
import {
  decodeRequestBody,
  decodeRequestHeader,
  headerSize,
  hostFrameSize,
  type RequestHeader,
} from '../protocol/frame.js';
import type { Request } from '../protocol/messages.js';
import type { FrameRefusal } from '../protocol/refusal.js';
import type { Deadline, Deadlining } from './deadlines.js';

/** The stream ended too early, or was too slow. */
type IncompleteFrame = Extract<FrameRefusal, { readonly reason: 'incomplete' }>;

/** The stream failed with `error` after `received` bytes. */
interface BrokenStream {
  readonly reason: 'broken';
  readonly received: number;
  readonly error: unknown;
}

/** Why there is no request. */
export type RequestRefusal = FrameRefusal | BrokenStream;

/** The beginning of a frame has arrived, and is not all of it. Not emitted for a frame that comes in one chunk. */
export interface FrameStarted {
  readonly type: 'started';
}

/** The guest has ended its side after its request: it may have hung up, or wait for the answer with its side closed. */
interface SideEnded {
  readonly type: 'ended';
}

/** What comes of a guest's stream: possibly `started`, then a request or its refusal, after a request possibly `ended`. */
export type RequestFrameEvent =
  | FrameStarted
  | SideEnded
  /** `size`: bytes of the whole frame. */
  | { readonly type: 'request'; readonly request: Request; readonly size: number }
  | { readonly type: 'refused'; readonly refusal: RequestRefusal };

/** Why there is no frame from the host. */
export type HostFrameRefusal =
  | IncompleteFrame
  | BrokenStream
  /** The header announces a frame of `size` bytes, more than `limit`. */
  | { readonly reason: 'too large'; readonly size: number; readonly limit: number }
  /** `count` bytes came along behind the frame's end. */
  | { readonly reason: 'trailing bytes'; readonly count: number };

/** What comes of a host's stream: possibly `started`, then one of the others. */
export type HostFrameEvent =
  | FrameStarted
  | { readonly type: 'frame'; readonly frame: Uint8Array }
  | { readonly type: 'refused'; readonly refusal: HostFrameRefusal };

/** What tells one direction's frames from the other's. `Header`: what is kept of a frame's header. */
interface FrameKind<Event, Header> {
  /** Reads the first 7 bytes or more; or refuses them. */
  readonly judge: (bytes: Uint8Array) => E.Either<Event, Header>;
  /** Bytes of the whole frame. */
  readonly sizeOf: (header: Header) => number;
  /** The frame is there, and `trailing` bytes behind it. */
  readonly complete: (header: Header, frame: Uint8Array, trailing: number) => Event;
  readonly refuse: (refusal: IncompleteFrame | BrokenStream) => Event;
  /** What is told when the stream ends after this event; undefined: nobody listens any more. */
  readonly afterwards: (event: Event) => Event | undefined;
}

interface Timing {
  readonly deadlines: Deadlining;
  /** Milliseconds from the subscription until the frame must be complete. */
  readonly deadline: number;
}

const emptyBuffer = new Uint8Array(0);

const started: FrameStarted = { type: 'started' };

/** Reads one stream to its frame; an observer of the stream's bytes. One object does it all: there is one for every request. */
class Reading<Event extends object, Header> implements Observer<Uint8Array> {
  readonly #kind: FrameKind<Event, Header>;
  readonly #subscriber: Subscriber<Event | FrameStarted>;
  #upstream: Subscription | undefined;
  #timer: Deadline | undefined;
  #settled = false;
  /** What is told at the end of the stream, once the frame is there. */
  #afterwards: Event | undefined;
  /** First of the header's size, then of the frame's. */
  #buffer: Uint8Array = emptyBuffer;
  #received = 0;
  /** Once it is there. */
  #header: Header | undefined;
  /** Bytes of the whole frame, once the header is there. */
  #expected: number | undefined;
  /** Bytes that came along behind the frame. */
  #trailing = 0;

  constructor(kind: FrameKind<Event, Header>, subscriber: Subscriber<Event | FrameStarted>) {
    this.#kind = kind;
    this.#subscriber = subscriber;
  }

  start(bytes: Observable<Uint8Array>, { deadlines, deadline }: Timing): void {
    this.#upstream = bytes.subscribe(this);
    if (!this.#settled) this.#timer = deadlines.in(deadline, () => this.#incomplete('timed out'));
  }

  next(chunk: Uint8Array): void {
    // Nothing may follow a frame, and nothing that does is read.
    if (this.#settled) this.#subscriber.complete();
    else if (chunk.length > 0) this.#read(chunk);
  }

  #read(chunk: Uint8Array): void {
    const first = this.#received === 0;
    const event = this.#accept(chunk);
    if (event !== undefined) this.#settle(event);
    else if (first) this.#subscriber.next(started);
  }

  error(error: unknown): void {
    if (this.#settled) this.#subscriber.complete();
    else this.#settle(this.#kind.refuse({ reason: 'broken', received: this.#received, error }));
  }

  complete(): void {
    if (this.#afterwards !== undefined) this.#subscriber.next(this.#afterwards);
    if (this.#settled) this.#subscriber.complete();
    else this.#incomplete('ended');
  }

  release(): void {
    this.#settled = true;
    this.#timer?.cancel();
    this.#upstream?.unsubscribe();
  }

  #settle(event: Event): void {
    this.#settled = true;
    this.#timer?.cancel();
    this.#afterwards = this.#trailing > 0 ? undefined : this.#kind.afterwards(event);
    const isOver = this.#afterwards === undefined;
    if (isOver) this.release();
    this.#subscriber.next(event);
    if (isOver) this.#subscriber.complete();
  }

  #incomplete(cause: IncompleteFrame['cause']): void {
    this.#settle(
      this.#kind.refuse({ reason: 'incomplete', cause, received: this.#received, expected: this.#expected }),
    );
  }

  /** What this chunk brings about; undefined while bytes are missing. */
  #accept(chunk: Uint8Array): Event | undefined {
    if (this.#received > 0 || chunk.length < headerSize) return this.#collect(chunk);
    const kind = this.#kind;
    const judged = kind.judge(chunk);
    if (E.isLeft(judged)) return judged.left;
    const header = judged.right;
    const size = kind.sizeOf(header);
    if (chunk.length < size) {
      this.#expect(header);
      return this.#collect(chunk);
    }
    this.#trailing = chunk.length - size;
    const frame = this.#trailing === 0 ? chunk : chunk.subarray(0, size);
    return kind.complete(header, frame, this.#trailing);
  }

  #expect(header: Header): void {
    this.#header = header;
    this.#expected = this.#kind.sizeOf(header);
    this.#buffer = new Uint8Array(this.#expected);
  }

  #collect(chunk: Uint8Array): Event | undefined {
    if (this.#received === 0 && this.#header === undefined) this.#buffer = new Uint8Array(headerSize);
    for (let at = 0; at < chunk.length; ) {
      const taken = chunk.subarray(at, at + this.#buffer.length - this.#received);
      this.#buffer.set(taken, this.#received);
      this.#received += taken.length;
      at += taken.length;
      if (this.#header === undefined && this.#received === headerSize) {
        const begun = this.#buffer;
        const judged = this.#kind.judge(begun);
        if (E.isLeft(judged)) return judged.left;
        this.#expect(judged.right);
        this.#buffer.set(begun);
      }
      if (this.#header === undefined || this.#received !== this.#expected) continue;
      this.#trailing = chunk.length - at;
      return this.#kind.complete(this.#header, this.#buffer, this.#trailing);
    }
    return undefined;
  }
}

const frameOf =
  <Event extends object, Header>(kind: FrameKind<Event, Header>, timing: Timing) =>
  (bytes: Observable<Uint8Array>): Observable<Event | FrameStarted> =>
    new Observable((subscriber) => {
      const reading = new Reading(kind, subscriber);
      reading.start(bytes, timing);
      return () => reading.release();
    });

const refusedRequest = (refusal: RequestRefusal): RequestFrameEvent => ({ type: 'refused', refusal });

const requestKind: FrameKind<RequestFrameEvent, RequestHeader> = {
  judge: (bytes) => {
    const judged = decodeRequestHeader(bytes);
    return E.isLeft(judged) ? E.left(refusedRequest(judged.left)) : judged;
  },
  sizeOf: ({ bodySize }) => headerSize + bodySize,
  complete: (header, frame) => {
    const decoded = decodeRequestBody(header, frame);
    return E.isLeft(decoded)
      ? refusedRequest(decoded.left)
      : { type: 'request', request: decoded.right, size: frame.length };
  },
  refuse: refusedRequest,
  afterwards: ({ type }) => (type === 'request' ? { type: 'ended' } : undefined),
};

/** Milliseconds in which a request must be complete, however slowly its bytes drip. */
const requestDeadline = 2000;

/**
 * The one request of a guest's connection: emits `started` unless the first chunk holds all of it, then `request` or
 * `refused`. Behind a request it hears of the stream's end, until bytes come that nobody reads. Keeps at most the largest possible request; a frame that arrives in
 * one chunk is not copied. Bytes behind the frame are not looked at.
 */
export const requestFrame = ({
  deadlines,
  deadline = requestDeadline,
}: Pick<Timing, 'deadlines'> & Partial<Timing>) => frameOf(requestKind, { deadlines, deadline });

/** Bytes that a frame from a host may have: a scan response with every network of a stadium stays far below. */
export const hostFrameLimit = 16 * 1024 * 1024;

const refusedFrame = (refusal: HostFrameRefusal): HostFrameEvent => ({ type: 'refused', refusal });

/** The one frame that a host sends on a connection, undecoded: like `requestFrame`, and strict about what follows it. */
export const hostFrame = ({
  deadlines,
  deadline,
  limit = hostFrameLimit,
}: Timing & { readonly limit?: number }) =>
  frameOf<HostFrameEvent, number>(
    {
      judge: (bytes) => {
        // `none` is for less than a header, which is never judged.
        const size = O.getOrElse(() => Number.POSITIVE_INFINITY)(hostFrameSize(bytes));
        return size > limit ? E.left(refusedFrame({ reason: 'too large', size, limit })) : E.right(size);
      },
      sizeOf: (size) => size,
      complete: (_size, frame, trailing) =>
        trailing > 0 ? refusedFrame({ reason: 'trailing bytes', count: trailing }) : { type: 'frame', frame },
      refuse: refusedFrame,
      afterwards: () => undefined,
    },
    { deadlines, deadline },
  );
