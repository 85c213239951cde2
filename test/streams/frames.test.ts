import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import fc from 'fast-check';
import * as E from 'fp-ts/lib/Either.js';
import { Observable, of, Subject, take } from 'rxjs';
import { decodeRequest } from '../../protocol/frame.js';
import { type Clock, ManualClock, type TimerHandle } from '../../streams/clock.js';
import { timersOf } from '../../streams/deadlines.js';
import {
  type HostFrameEvent,
  hostFrame,
  hostFrameLimit,
  type RequestFrameEvent,
  requestFrame,
} from '../../streams/frames.js';

interface CapturedLine {
  readonly channel?: string;
  readonly from?: string;
  readonly hex?: string;
}

const captured = readFileSync(new URL('../fixtures/linux-guest-session.ndjson', import.meta.url), 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as CapturedLine);

const framesFrom = (from: string): Uint8Array[] =>
  captured.flatMap(({ hex, ...line }) =>
    line.from === from && hex !== undefined ? [Uint8Array.from(Buffer.from(hex, 'hex'))] : [],
  );

const guestFrames = framesFrom('guest');
const hostFrames = framesFrom('host');

const frameAt = (frames: readonly Uint8Array[], index: number): Uint8Array => {
  const frame = frames[index];
  if (frame === undefined) throw new Error(`the capture has no frame ${index}`);
  return frame;
};

/** A scan request: 40 bytes. */
const scan = frameAt(guestFrames, 0);

const header = (operation: number, size: number, version = 1): Uint8Array => {
  const bytes = Buffer.alloc(7);
  bytes.writeUInt8(operation, 0);
  bytes.writeUInt32LE(size, 1);
  bytes.writeUInt16LE(version, 5);
  return Uint8Array.from(bytes);
};

/** A source that counts its subscribers, and what came of it. */
const watch = <Event>(frames: (bytes: Observable<Uint8Array>) => Observable<Event>) => {
  const bytes = new Subject<Uint8Array>();
  const events: Event[] = [];
  let completed = false;
  const subscription = frames(bytes).subscribe({
    next: (event) => events.push(event),
    complete: () => {
      completed = true;
    },
  });
  return { bytes, events, subscription, isCompleted: () => completed };
};

const watchRequest = (clock: Clock = new ManualClock()) =>
  watch<RequestFrameEvent>(requestFrame({ deadlines: timersOf(clock) }));

/** Cuts `bytes` before each of `places`. */
const cut = (bytes: Uint8Array, places: readonly number[]): Uint8Array[] => {
  const edges = [0, ...[...new Set(places)].sort((a, b) => a - b), bytes.length];
  return edges.slice(1).map((edge, i) => bytes.subarray(edges[i], edge));
};

const expectRequest = (event: RequestFrameEvent | undefined, frame: Uint8Array): void => {
  const decoded = decodeRequest(frame);
  if (E.isLeft(decoded)) throw new Error('the capture holds a frame that is none');
  expect(event).to.deep.equal({ type: 'request', request: decoded.right, size: frame.length });
};

describe('the frame of a request', () => {
  for (const [index, frame] of guestFrames.entries()) {
    it(`is read from one chunk (frame ${index} of the capture)`, () => {
      const { bytes, events, isCompleted } = watchRequest();
      bytes.next(frame);
      expect(events).to.have.lengthOf(1);
      expectRequest(events[0], frame);
      expect(isCompleted()).to.equal(false);
      bytes.complete();
      expect(events.slice(1)).to.deep.equal([{ type: 'ended' }]);
      expect(isCompleted()).to.equal(true);
    });

    it(`is read byte by byte (frame ${index} of the capture)`, () => {
      const { bytes, events, isCompleted } = watchRequest();
      for (const byte of frame) bytes.next(Uint8Array.of(byte));
      expect(events[0]).to.deep.equal({ type: 'started' });
      expect(events).to.have.lengthOf(2);
      expectRequest(events[1], frame);
      expect(isCompleted()).to.equal(false);
    });
  }

  it('is read from whatever chunks it comes in', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...guestFrames),
        fc.array(fc.nat(400), { maxLength: 12 }),
        fc.nat(20),
        (frame, places, more) => {
          const { bytes, events } = watchRequest();
          const sent = new Uint8Array(frame.length + more);
          sent.set(frame);
          for (const chunk of cut(
            sent,
            places.filter((place) => place < sent.length),
          )) {
            bytes.next(chunk);
          }
          expectRequest(events.at(-1), frame);
          expect(events.filter(({ type }) => type !== 'started')).to.have.lengthOf(1);
          expect(bytes.observed, 'hears of the end, unless bytes come that nobody reads').to.equal(
            more === 0,
          );
        },
      ),
    );
  });

  it('has started once, with its first byte, and only when that is not all of it', () => {
    const { bytes, events } = watchRequest();
    bytes.next(new Uint8Array(0));
    expect(events).to.deep.equal([]);
    bytes.next(scan.subarray(0, 1));
    expect(events).to.deep.equal([{ type: 'started' }]);
    bytes.next(scan.subarray(1, 20));
    bytes.next(scan.subarray(20));
    expect(events.map(({ type }) => type)).to.deep.equal(['started', 'request']);
  });

  it('is the last thing that is read: bytes that come behind it end the listening, and nothing is told of them', () => {
    const { bytes, events, isCompleted } = watchRequest();
    bytes.next(scan);
    bytes.next(scan);
    expect([bytes.observed, isCompleted()]).to.deep.equal([false, true]);
    expect(events.map(({ type }) => type)).to.deep.equal(['request']);
  });

  it('is followed by nothing when the stream breaks', () => {
    const { bytes, events, isCompleted } = watchRequest();
    bytes.next(scan);
    bytes.error(new Error('reset'));
    expect([events.length, isCompleted()]).to.deep.equal([1, true]);
  });

  it('is not copied when it comes in one chunk', () => {
    const { bytes, events } = watch<HostFrameEvent>(
      hostFrame({ deadlines: timersOf(new ManualClock()), deadline: 1 }),
    );
    const frame = frameAt(hostFrames, 0);
    bytes.next(frame);
    const [event] = events;
    expect(event?.type === 'frame' && event.frame === frame).to.equal(true);
  });

  it('is not copied when it comes in one chunk and is no more than a header', () => {
    const { bytes, events } = watch<HostFrameEvent>(
      hostFrame({ deadlines: timersOf(new ManualClock()), deadline: 1 }),
    );
    const frame = header(6, 0);
    bytes.next(frame);
    const [event] = events;
    expect(event?.type === 'frame' && event.frame === frame).to.equal(true);
  });

  it('is read when more comes with it, at which nobody looks', () => {
    const buffer = new ArrayBuffer(100);
    new Uint8Array(buffer).set(scan);
    const { bytes, events } = watchRequest();
    bytes.next(new Uint8Array(buffer));
    expectRequest(events[0], scan);
  });

  it('is read from a source that emits while it is subscribed to, without any timer', () => {
    const clock = new ManualClock();
    let timers = 0;
    const counting: Clock = {
      ...clock,
      now: clock.now,
      clearTimeout: clock.clearTimeout,
      setTimeout: (callback, milliseconds): TimerHandle => {
        timers++;
        return clock.setTimeout(callback, milliseconds);
      },
    };
    const events: RequestFrameEvent[] = [];
    requestFrame({ deadlines: timersOf(counting) })(of(scan, scan)).subscribe((event) => events.push(event));
    expect(events.map(({ type }) => type)).to.deep.equal(['request']);
    expect(timers).to.equal(0);
  });

  it('is refused, and its source left, though that emits while it is subscribed to and stays open', () => {
    const clock = new ManualClock();
    let isLeft = false;
    const source = new Observable<Uint8Array>((subscriber) => {
      subscriber.next(header(11, 0));
      return () => {
        isLeft = true;
      };
    });
    const events: RequestFrameEvent[] = [];
    requestFrame({ deadlines: timersOf(clock) })(source).subscribe((event) => events.push(event));
    expect(events.map(({ type }) => type)).to.deep.equal(['refused']);
    expect([isLeft, clock.pending]).to.deep.equal([true, 0]);
  });

  it('leaves nothing where nobody wants it any more while it is subscribed to', () => {
    const clock = new ManualClock();
    let isLeft = false;
    const source = new Observable<Uint8Array>((subscriber) => {
      subscriber.next(scan.subarray(0, 10));
      return () => {
        isLeft = true;
      };
    });
    const frames = requestFrame({ deadlines: timersOf(clock) })(source);
    frames.pipe(take(1)).subscribe();
    expect([isLeft, clock.pending]).to.deep.equal([true, 0]);
  });

  it('is refused when nothing is read any more', () => {
    const bytes = new Subject<Uint8Array>();
    const observed: boolean[] = [];
    requestFrame({ deadlines: timersOf(new ManualClock()) })(bytes).subscribe(() =>
      observed.push(bytes.observed),
    );
    bytes.next(header(11, 0));
    expect(observed).to.deep.equal([false]);
  });

  it('needs one timer at most, and leaves none', () => {
    const clock = new ManualClock();
    const { bytes } = watchRequest(clock);
    expect(clock.pending).to.equal(1);
    bytes.next(scan.subarray(0, 10));
    expect(clock.pending).to.equal(1);
    bytes.next(scan.subarray(10));
    expect(clock.pending).to.equal(0);
  });

  it('that nobody waits for any more leaves no timer and no subscription', () => {
    const clock = new ManualClock();
    const { bytes, subscription, events } = watchRequest(clock);
    bytes.next(scan.subarray(0, 10));
    subscription.unsubscribe();
    expect(clock.pending).to.equal(0);
    expect(bytes.observed).to.equal(false);
    expect(events).to.deep.equal([{ type: 'started' }]);
  });

  describe('is refused', () => {
    const headers: readonly (readonly [string, Uint8Array, object])[] = [
      ['of an unknown operation', header(11, 0), { reason: 'unknown operation', operation: 11 }],
      ['of an operation of the host', header(2, 33), { reason: 'not a request', operation: 2 }],
      ['of operation 0', header(0, 0), { reason: 'not a request', operation: 0 }],
      ['of version 0', header(1, 33, 0), { reason: 'wrong version', version: 0 }],
      ['of version 256', header(1, 33, 256), { reason: 'wrong version', version: 256 }],
      ['of a scan with 32 bytes', header(1, 32), { reason: 'impossible size', operation: 1, size: 32 }],
      ['of a scan with 34 bytes', header(1, 34), { reason: 'impossible size', operation: 1, size: 34 }],
      ['of a connect with 75 bytes', header(3, 75), { reason: 'impossible size', operation: 3, size: 75 }],
      ['of a connect with 332 bytes', header(3, 332), { reason: 'impossible size', operation: 3, size: 332 }],
      ['of a disconnect with 9 bytes', header(5, 9), { reason: 'impossible size', operation: 5, size: 9 }],
      [
        'that announces 4 GiB',
        header(3, 0xffffffff),
        { reason: 'impossible size', operation: 3, size: 0xffffffff },
      ],
    ];

    for (const [what, bytesOfHeader, refusal] of headers) {
      it(`for a header ${what}, before there is a body`, () => {
        const { bytes, events, isCompleted } = watchRequest();
        bytes.next(bytesOfHeader);
        expect(events).to.deep.equal([{ type: 'refused', refusal }]);
        expect(isCompleted()).to.equal(true);
        expect(bytes.observed).to.equal(false);
      });

      it(`for a header ${what}, with its last byte when it drips`, () => {
        const { bytes, events } = watchRequest();
        for (const byte of bytesOfHeader.subarray(0, 6)) bytes.next(Uint8Array.of(byte));
        expect(events).to.deep.equal([{ type: 'started' }]);
        bytes.next(bytesOfHeader.subarray(6));
        expect(events).to.deep.equal([{ type: 'started' }, { type: 'refused', refusal }]);
        expect(bytes.observed).to.equal(false);
      });
    }

    it('for what is in its body', () => {
      const frame = Uint8Array.from(scan);
      frame[7] = 33;
      const { bytes, events } = watchRequest();
      bytes.next(frame);
      expect(events).to.deep.equal([
        { type: 'refused', refusal: { reason: 'ssid too long', value: 33, limit: 32 } },
      ]);
    });

    for (const [received, expected] of [
      [0, undefined],
      [3, undefined],
      [7, 40],
      [39, 40],
    ] as const) {
      it(`when the guest ends its side after ${received} bytes`, () => {
        const { bytes, events } = watchRequest();
        if (received > 0) bytes.next(scan.subarray(0, received));
        bytes.complete();
        expect(events.at(-1)).to.deep.equal({
          type: 'refused',
          refusal: { reason: 'incomplete', cause: 'ended', received, expected },
        });
      });
    }

    it('when its bytes drip for longer than the deadline', () => {
      const clock = new ManualClock();
      const { bytes, events } = watchRequest(clock);
      for (let at = 0; at < 20; at++) {
        expect(events.filter(({ type }) => type === 'refused')).to.deep.equal([]);
        bytes.next(scan.subarray(at, at + 1));
        clock.advanceNow(2000 / 20);
      }
      expect(events).to.deep.equal([
        { type: 'started' },
        {
          type: 'refused',
          refusal: { reason: 'incomplete', cause: 'timed out', received: 20, expected: 40 },
        },
      ]);
      expect(bytes.observed).to.equal(false);
    });

    it('when nothing comes at all, at the deadline and not before', () => {
      const clock = new ManualClock();
      const { events } = watchRequest(clock);
      clock.advanceNow(2000 - 1);
      expect(events).to.deep.equal([]);
      clock.advanceNow(1);
      expect(events).to.deep.equal([
        {
          type: 'refused',
          refusal: { reason: 'incomplete', cause: 'timed out', received: 0, expected: undefined },
        },
      ]);
      expect(clock.pending).to.equal(0);
    });

    it('not when it is complete just before the deadline', () => {
      const clock = new ManualClock();
      const { bytes, events } = watchRequest(clock);
      bytes.next(scan.subarray(0, 39));
      clock.advanceNow(2000 - 1);
      bytes.next(scan.subarray(39));
      clock.advanceNow(1);
      expect(events.map(({ type }) => type)).to.deep.equal(['started', 'request']);
    });

    it('when the stream breaks, with what broke it', () => {
      const clock = new ManualClock();
      const { bytes, events } = watchRequest(clock);
      bytes.next(scan.subarray(0, 8));
      const error = { code: 'ECONNRESET' };
      bytes.error(error);
      expect(events).to.deep.equal([
        { type: 'started' },
        { type: 'refused', refusal: { reason: 'broken', received: 8, error } },
      ]);
      expect(clock.pending).to.equal(0);
    });
  });
});

describe('the frame of a host', () => {
  const deadline = 20_000;
  const watchHost = (clock: Clock = new ManualClock()) =>
    watch<HostFrameEvent>(hostFrame({ deadlines: timersOf(clock), deadline }));

  it('comes out of whatever chunks as it went in', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...hostFrames),
        fc.array(fc.nat(400), { maxLength: 12 }),
        (frame, places) => {
          const { bytes, events } = watchHost();
          for (const chunk of cut(
            frame,
            places.filter((place) => place < frame.length),
          )) {
            bytes.next(chunk);
          }
          expect(events.at(-1)).to.deep.equal({ type: 'frame', frame });
        },
      ),
    );
  });

  it('may have no body', () => {
    const { bytes, events } = watchHost();
    for (const byte of header(6, 0)) bytes.next(Uint8Array.of(byte));
    expect(events.at(-1)).to.deep.equal({ type: 'frame', frame: header(6, 0) });
  });

  it('is refused when it announces more than the limit, before there is a body', () => {
    const { bytes, events } = watchHost();
    bytes.next(header(2, 0xffffffff));
    expect(events).to.deep.equal([
      { type: 'refused', refusal: { reason: 'too large', size: 0xffffffff + 7, limit: hostFrameLimit } },
    ]);
    expect(bytes.observed).to.equal(false);
  });

  it('may announce as much as the limit, of 16 MiB by itself, and not a byte more', () => {
    expect(hostFrameLimit).to.equal(16_777_216);
    const { bytes, events } = watchHost();
    bytes.next(header(2, hostFrameLimit - 7));
    expect(events).to.deep.equal([{ type: 'started' }]);
    const beyond = watchHost();
    beyond.bytes.next(header(2, hostFrameLimit - 6));
    expect(beyond.events.map(({ type }) => type)).to.deep.equal(['refused']);
  });

  it('is over with its last byte: nothing is awaited or told after it', () => {
    const clock = new ManualClock();
    const { bytes, events, isCompleted } = watchHost(clock);
    bytes.next(header(6, 0));
    expect([bytes.observed, isCompleted(), clock.pending]).to.deep.equal([false, true, 0]);
    bytes.complete();
    expect(events.map(({ type }) => type)).to.deep.equal(['frame']);
  });

  it('is refused when bytes follow it in the same chunk', () => {
    const { bytes, events } = watchHost();
    bytes.next(Uint8Array.from([...header(6, 0), 1, 2]));
    expect(events).to.deep.equal([{ type: 'refused', refusal: { reason: 'trailing bytes', count: 2 } }]);
  });

  it('is refused when a single byte follows it', () => {
    const { bytes, events } = watchHost();
    bytes.next(Uint8Array.from([...header(6, 0), 1]));
    expect(events).to.deep.equal([{ type: 'refused', refusal: { reason: 'trailing bytes', count: 1 } }]);
  });

  it('is refused when it is not complete at the deadline', () => {
    const clock = new ManualClock();
    const { bytes, events } = watchHost(clock);
    bytes.next(header(4, 16));
    clock.advanceNow(deadline);
    expect(events.at(-1)).to.deep.equal({
      type: 'refused',
      refusal: { reason: 'incomplete', cause: 'timed out', received: 7, expected: 23 },
    });
  });
});
