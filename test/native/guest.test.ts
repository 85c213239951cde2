import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import * as E from 'fp-ts/lib/Either.js';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import { firstValueFrom, Subject, type Subscription } from 'rxjs';
import {
  answerTimeout,
  connectTimeout,
  createGuest,
  type Guest,
  type GuestEvent,
  type GuestFailure,
  type GuestOptions,
  guestFailureText,
  notificationTimeout,
} from '../../native/guest.js';
import { derivePmk } from '../../native/pmk.js';
import type { Endpoint, GuestId } from '../../native/sockets/endpoint.js';
import { memory } from '../../native/sockets/memory.js';
import type { Connection } from '../../native/sockets/transport.js';
import { type Bssid, parseBssid } from '../../protocol/bssid.js';
import { type DriverFormat, encodeHostMessage } from '../../protocol/frame.js';
import { KeyMaterial } from '../../protocol/key-material.js';
import type { HostMessage } from '../../protocol/messages.js';
import { type Ssid, ssidFromText } from '../../protocol/ssid.js';
import { ManualClock, systemClock } from '../../streams/clock.js';
import { Reading } from '../compliance/transport-stage.js';

const right = <A>(result: E.Either<unknown, A>): A => {
  if (E.isLeft(result)) throw new Error(`failed: ${JSON.stringify(result.left)}`);
  return result.right;
};

const left = <F>(result: E.Either<F, unknown>): F => {
  if (E.isRight(result)) throw new Error('succeeded');
  return result.left;
};

const ssid = (text: string): Ssid => right(ssidFromText(text));
const bssid = (text: string): Bssid => right(parseBssid(text));

interface CapturedLine {
  readonly channel?: string;
  readonly from?: string;
  readonly hex?: string;
}

const captured = readFileSync(new URL('../fixtures/linux-guest-session.ndjson', import.meta.url), 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as CapturedLine);

const frames = (channel: string, from: string): string[] =>
  captured.flatMap((line) =>
    line.channel === channel && line.from === from && line.hex !== undefined ? [line.hex] : [],
  );

const requests = frames('request', 'guest');
const answers = frames('request', 'host');

const bytesOf = (hex: string | undefined): Uint8Array => {
  if (hex === undefined) throw new Error('the capture has no such frame');
  return Uint8Array.from(Buffer.from(hex, 'hex'));
};

/** What the host does with a request: the bytes of an answer, or something on the connection itself. */
type Reaction = Uint8Array | ((connection: Connection) => void);

let world = 0;

/** A host that does what it is told, and remembers the requests. */
class ScriptedHost {
  readonly endpoint: Endpoint = { scheme: 'memory', name: `scripted-host-${++world}` };
  readonly guestName = `scripted-guest-${world}`;
  readonly requests: string[] = [];
  readonly arrived = new Subject<string>();
  /** Guests that have ended their side. */
  readonly gone = new Subject<void>();
  readonly reactions: Reaction[] = [];
  readonly #transport = memory.transport(systemClock);
  readonly #subscription: Subscription;

  constructor() {
    this.#subscription = this.#transport.listen(this.endpoint, { requestPort: 12345 }).subscribe((event) => {
      if (event.type === 'accepted') void this.#serve(event.connection);
    });
  }

  async #serve(connection: Connection): Promise<void> {
    const reading = new Reading(connection);
    void reading.ended.then(() => this.gone.next());
    await Promise.race([reading.atLeast(7), reading.ended]);
    if (reading.size < 7) return connection.destroy();
    const request = Buffer.from(reading.bytes).toString('hex');
    this.requests.push(request);
    const reaction = this.reactions.shift();
    if (reaction instanceof Uint8Array) await connection.finish(reaction)();
    else reaction?.(connection);
    this.arrived.next(request);
  }

  /** Opens the guest's notification port. */
  async notify(send: (connection: Connection) => unknown): Promise<void> {
    const guest = `memory://${this.guestName}` as GuestId;
    send(right(await this.#transport.connect(guest, 12346, new AbortController().signal)()));
  }

  stop(): void {
    this.#subscription.unsubscribe();
  }
}

const answer = (message: HostMessage, driver?: DriverFormat): Uint8Array =>
  encodeHostMessage(message, driver);

const connected = (sessionId: number, status = 0): Uint8Array =>
  answer({ operation: 'connect.response', status, bssid: bssid('02:00:00:aa:00:01'), sessionId });

const open = { ssid: ssid('open-net'), security: 'open' } as const;

describe('a guest', () => {
  let host: ScriptedHost;
  let clock: ManualClock;
  let guest: Guest;

  const guestWith = (options: Partial<GuestOptions> = {}): Guest =>
    createGuest({ endpoint: host.endpoint, address: host.guestName, clock, ...options });

  beforeEach(() => {
    host = new ScriptedHost();
    clock = new ManualClock();
    guest = guestWith();
  });

  afterEach(() => {
    guest.close();
    host.stop();
    expect(clock.pending, 'timers left').to.equal(0);
  });

  const failing = async (task: TaskEither<GuestFailure, unknown>): Promise<GuestFailure> =>
    left(await task());

  /** The guest's request is with the host, which says nothing. */
  const asked = async <A>(
    task: TaskEither<GuestFailure, A>,
  ): Promise<{ result: Promise<E.Either<GuestFailure, A>> }> => {
    const arrived = firstValueFrom(host.arrived);
    const result = task();
    await arrived;
    return { result };
  };

  describe('sends what the real driver sends:', () => {
    it('a scan', async () => {
      host.reactions.push(bytesOf(answers[0]));
      const response = right(await guest.scan()());
      expect(host.requests).to.deep.equal([requests[0]]);
      expect(response.complete).to.equal(true);
      expect(response.networks.map((network) => network.ssid)).to.deep.equal([
        'open-net',
        'psk-net',
        'sae-net',
        'six-net',
      ]);
    });

    it('a directed scan', async () => {
      host.reactions.push(bytesOf(answers[1]));
      right(await guest.scan(ssid('hidden-net'))());
      expect(host.requests).to.deep.equal([requests[1]]);
    });

    it('a connect to an open network', async () => {
      host.reactions.push(connected(1));
      right(await guest.connect({ ...open, bssid: bssid('02:00:00:aa:00:01') })());
      expect(host.requests).to.deep.equal([requests[3]]);
    });

    it('a connect to a WPA2-PSK network', async () => {
      host.reactions.push(connected(1));
      const name = ssid('psk-net');
      const key = right(derivePmk('correct horse', name));
      right(
        await guest.connect({ ssid: name, bssid: bssid('02:00:00:aa:00:02'), security: 'wpa2-psk', key })(),
      );
      expect(requests).to.include(host.requests[0]);
      expect(host.requests[0]).to.match(/^036c/);
    });

    it('a disconnect of the session that it has, as often as it is asked', async () => {
      host.reactions.push(connected(2), answer({ operation: 'disconnect.response' }));
      host.reactions.push(answer({ operation: 'disconnect.response' }));
      right(await guest.connect(open)());
      right(await guest.disconnect()());
      right(await guest.disconnect()());
      expect(host.requests.slice(1)).to.deep.equal([requests[6], requests[7]]);
    });
  });

  describe('keeps the session', () => {
    it('of the last success, and begins with 0', async () => {
      expect(guest.sessionId()).to.equal(0);
      host.reactions.push(connected(1), connected(2, 1), connected(3));
      right(await guest.connect(open)());
      expect(guest.sessionId()).to.equal(1);
      await failing(guest.connect(open));
      expect(guest.sessionId()).to.equal(1);
      right(await guest.connect(open)());
      expect(guest.sessionId()).to.equal(3);
    });

    it('that it is told to disconnect', async () => {
      host.reactions.push(answer({ operation: 'disconnect.response' }));
      right(await guest.disconnect(4)());
      expect(host.requests).to.deep.equal([
        requests.find((request) => request.startsWith('0508000000010004')),
      ]);
    });

    it('takes a disconnect response of one byte as well, as the C++ service sends it', async () => {
      host.reactions.push(Uint8Array.of(6, 1, 0, 0, 0, 1, 0, 0));
      expect(await guest.disconnect(1)()).to.deep.equal(E.right(undefined));
    });
  });

  describe('understands both formats of the scan response', () => {
    const networks = [
      {
        bssid: bssid('02:00:00:00:00:01'),
        ssid: ssid('Lab'),
        capabilities: 1,
        rssi: -50,
        beaconInterval: 100,
        frequency: 5_240_000,
        elements: Uint8Array.of(0, 3, 0x4c, 0x61, 0x62),
      },
    ];
    const response = { operation: 'scan.response', complete: true, networks } as const;

    for (const driver of ['with-scan-complete', 'without-scan-complete'] as const) {
      it(driver, async () => {
        host.reactions.push(answer(response, driver));
        const scanned = right(await guestWith({ driver }).scan()());
        expect(scanned.networks).to.have.lengthOf(1);
        expect(scanned.networks[0]).to.deep.include({ ssid: ssid('Lab'), frequency: 5_240_000 });
      });
    }

    it('and is not taken in by the wrong one', async () => {
      host.reactions.push(answer(response, 'without-scan-complete'));
      expect(await failing(guest.scan())).to.have.property('reason', 'malformed answer');
    });
  });

  describe('tells apart', () => {
    it('a refusal of the host', async () => {
      host.reactions.push(answer({ operation: 'invalid' }));
      const failure = await failing(guest.scan());
      expect(failure).to.deep.equal({ reason: 'refused by host' });
      expect(guestFailureText(failure)).to.include('The host refused the request');
    });

    it('a connection that the host denies, with the status by name', async () => {
      host.reactions.push(connected(7, 43));
      const failure = await failing(guest.connect(open));
      expect(failure).to.deep.equal({
        reason: 'connection denied',
        status: 43,
        bssid: '02:00:00:aa:00:01',
        sessionId: 7,
      });
      expect(guestFailureText(failure)).to.include('invalid AKM suite (status 43)');
    });

    it('an answer to something else', async () => {
      host.reactions.push(connected(1));
      const failure = await failing(guest.scan());
      expect(failure).to.deep.equal({ reason: 'unexpected answer', operation: 'connect.response' });
      expect(guestFailureText(failure)).to.include('connect.response');
    });

    it('a host that is not there', async () => {
      host.stop();
      const failure = await failing(guest.scan());
      expect(failure).to.have.nested.property('failure.code', 'ECONNREFUSED');
      expect(guestFailureText(failure)).to.include('nobody listens there');
    });

    it('a host that closes without an answer', async () => {
      host.reactions.push(new Uint8Array(0));
      expect(await failing(guest.scan())).to.deep.equal({
        reason: 'incomplete answer',
        received: 0,
        expected: undefined,
      });
    });

    it('a host that closes in the middle of its answer', async () => {
      host.reactions.push(connected(1).subarray(0, 20));
      const failure = await failing(guest.connect(open));
      expect(failure).to.deep.equal({ reason: 'incomplete answer', received: 20, expected: 23 });
      expect(guestFailureText(failure)).to.include('after 20 of 23 bytes');
    });

    it('a host that says nothing for as long as the driver waits', async () => {
      host.reactions.push(() => {});
      const { result } = await asked(guest.scan());
      await clock.advance(answerTimeout - 1);
      expect(clock.pending).to.equal(1);
      await clock.advance(1);
      const failure = left(await result);
      expect(failure).to.deep.equal({ reason: 'timed out', milliseconds: answerTimeout });
      expect(guestFailureText(failure)).to.include('within 20 s');
    });
  });

  describe('checks what the driver would read blindly:', () => {
    const scanFrame = bytesOf(answers[0]);
    /** The first answer of the capture with the bytes of one number changed. */
    const changed = (at: number, ...bytes: number[]): Uint8Array => {
      const frame = Uint8Array.from(scanFrame);
      frame.set(bytes, at);
      return frame;
    };
    const table: readonly (readonly [string, Uint8Array, string])[] = [
      ['the version', changed(5, 2), 'not version 1'],
      ['total_size', changed(12, 0xff), 'total_size differs'],
      ['num_bss beyond the body', changed(8, 0xff), 'entries beyond the body'],
      ['num_bss of 2^32 - 1', changed(8, 0xff, 0xff, 0xff, 0xff), 'entries beyond the body'],
      ['elements within the entries', changed(16 + 22, 1, 0), 'elements misplaced'],
      ['elements beyond the body', changed(16 + 18, 0xff, 0xff), 'elements misplaced'],
      ['elements of an earlier entry', changed(16 + 26 + 22, 78), 'elements misplaced'],
      ['fewer networks than there are bytes for', changed(8, 3), 'unused bytes'],
      [
        'bytes behind the last element',
        Uint8Array.of(2, 10, 0, 0, 0, 1, 0, 1, 0, 0, 0, 0, 10, 0, 0, 0, 9),
        'unused bytes',
      ],
      [
        'a scan response without its counts',
        Uint8Array.of(2, 8, 0, 0, 0, 1, 0, 1, 0, 0, 0, 0, 8, 0, 0),
        'wrong body size',
      ],
      [
        'a connect response of 15 bytes',
        Uint8Array.from([4, 15, 0, 0, 0, 1, 0, ...new Array<number>(15).fill(0)]),
        'wrong body size',
      ],
      ['a request as an answer', bytesOf(requests[0]), 'not a host operation'],
      ['an unknown operation', Uint8Array.of(99, 0, 0, 0, 0, 1, 0), 'not a host operation'],
      ['more than one frame', Uint8Array.of(0, 0, 0, 0, 0, 1, 0, 0), 'trailing bytes'],
      ['a frame of 4 GiB', Uint8Array.of(2, 0xff, 0xff, 0xff, 0xff, 1, 0), 'too large'],
    ];

    for (const [what, frame, reason] of table) {
      it(what, async () => {
        host.reactions.push(frame);
        const failure = await failing(guest.scan());
        expect(failure).to.have.property('reason', 'malformed answer');
        expect(failure).to.have.nested.property('fault.reason', reason);
        expect(guestFailureText(failure)).to.include(reason);
      });
    }
  });

  describe('exchanges raw frames:', () => {
    it('any bytes go out, and what comes back is not judged', async () => {
      const strange = Uint8Array.of(99, 1, 0, 0, 0, 7, 7, 0xaa);
      host.reactions.push(strange);
      const received = right(await guest.exchange(Uint8Array.from({ length: 9 }, () => 0xee))());
      expect(host.requests).to.deep.equal(['ee'.repeat(9)]);
      expect(Buffer.from(received)).to.deep.equal(Buffer.from(strange));
    });

    it('side by side', async () => {
      host.reactions.push(() => {});
      const { result } = await asked(guest.exchange(bytesOf(requests[0])));
      host.reactions.push(answer({ operation: 'invalid' }));
      right(await guest.exchange(bytesOf(requests[1]))());
      guest.close();
      expect(left(await result)).to.deep.equal({ reason: 'closed' });
    });
  });

  it('has one request at a time under way, as the driver has', async () => {
    let release: () => void = () => {};
    host.reactions.push((connection) => {
      release = () => void connection.finish(answer({ operation: 'invalid' }))();
    }, connected(1));
    const { result } = await asked(guest.scan());
    const second = guest.connect(open)();
    await clock.advance(100);
    expect(host.requests).to.have.lengthOf(1);
    release();
    left(await result);
    right(await second);
    expect(host.requests).to.have.lengthOf(2);
  });

  it('gives up a host that does not take the connection, and hangs up if it does so later', async () => {
    const gone = firstValueFrom(host.gone);
    const result = guest.exchange(bytesOf(requests[0]))();
    clock.advanceNow(connectTimeout);
    expect(left(await result)).to.deep.equal({ reason: 'timed out', milliseconds: connectTimeout });
    await gone;
    expect(host.requests).to.deep.equal([]);
  });

  describe('with its notification port', () => {
    /** Listens, and gives what comes. */
    const listen = async (): Promise<{
      events: GuestEvent[];
      next: () => Promise<GuestEvent>;
      subscription: Subscription;
    }> => {
      const events: GuestEvent[] = [];
      const stream = new Subject<GuestEvent>();
      const listening = firstValueFrom(stream);
      const subscription = guest.notifications.subscribe((event) => {
        events.push(event);
        stream.next(event);
      });
      expect(await listening).to.deep.equal({ type: 'listening', address: `memory://${host.guestName}` });
      return { events, next: () => firstValueFrom(stream), subscription };
    };

    const send = (bytes: Uint8Array) => host.notify((connection) => connection.finish(bytes)());

    it('receives every notification of the capture', async () => {
      const { next } = await listen();
      const operations: string[] = [];
      for (const hex of frames('notification', 'host')) {
        const event = next();
        await send(bytesOf(hex));
        const received = await event;
        if (received.type === 'message') operations.push(received.message.operation);
      }
      expect(operations).to.deep.equal(['scan.response', 'signal', 'disconnected', 'disconnected']);
    });

    it('ignores that an older session has ended, and hears that its own has', async () => {
      host.reactions.push(connected(5));
      right(await guest.connect(open)());
      const { next } = await listen();
      const event = next();
      await send(answer({ operation: 'disconnected', sessionId: 4 }));
      await send(answer({ operation: 'disconnected', sessionId: 5 }));
      expect(await event).to.deep.equal({
        type: 'message',
        message: { operation: 'disconnected', sessionId: 5 },
      });
    });

    it('tells of a notification that makes no sense, and goes on', async () => {
      const { next } = await listen();
      const bad = next();
      await send(Uint8Array.of(8, 2, 0, 0, 0, 1, 0, 0, 0));
      expect(await bad).to.have.nested.property('failure.fault.reason', 'wrong body size');
      const good = next();
      await send(answer({ operation: 'signal', rssi: -60 }));
      expect(await good).to.deep.equal({ type: 'message', message: { operation: 'signal', rssi: -60 } });
    });

    it('does not wait long for one that does not come to its end', async () => {
      const { next } = await listen();
      const event = next();
      await host.notify(() => {});
      await clock.advance(notificationTimeout);
      expect(await event).to.deep.equal({
        type: 'failure',
        failure: { reason: 'timed out', milliseconds: notificationTimeout },
      });
    });

    it('says why it cannot listen, and ends', async () => {
      await listen();
      const events: GuestEvent[] = [];
      await new Promise<void>((resolve) => {
        guestWith().notifications.subscribe({ next: (event) => events.push(event), complete: resolve });
      });
      expect(events).to.have.nested.property('[0].failure.failure.code', 'EADDRINUSE');
    });

    it('stops listening when unsubscribed, whatever is under way', async () => {
      const { subscription, events } = await listen();
      await host.notify(() => {});
      await clock.advance(1);
      subscription.unsubscribe();
      expect(clock.pending).to.equal(0);
      await listen();
      expect(events).to.have.lengthOf(1);
    });

    it('ends when the guest is closed', async () => {
      await listen();
      const completed = new Promise<void>((resolve) => {
        guestWith().notifications.subscribe({ complete: resolve });
      });
      await completed;
      const ended = new Promise<void>((resolve) => {
        const other = createGuest({ endpoint: host.endpoint, address: `${host.guestName}-2`, clock });
        other.notifications.subscribe({ complete: resolve });
        other.close();
      });
      await ended;
    });
  });

  describe('that is closed', () => {
    it('gives up what is pending, and closes its connection', async () => {
      host.reactions.push(() => {});
      const { result } = await asked(guest.scan());
      const gone = firstValueFrom(host.gone);
      guest.close();
      expect(left(await result)).to.deep.equal({ reason: 'closed' });
      await gone;
    });

    it('begins nothing any more', async () => {
      guest.close();
      const failure = await failing(guest.scan());
      expect(failure).to.deep.equal({ reason: 'closed' });
      expect(guestFailureText(failure)).to.equal('The guest was closed.');
      expect(host.requests).to.deep.equal([]);
    });
  });

  it('never shows its key in a failure', async () => {
    host.reactions.push(new Uint8Array(0));
    const key = new KeyMaterial(new Uint8Array(32).fill(0x5a));
    const failure = await failing(guest.connect({ ssid: ssid('x'), security: 'wpa2-psk', key }));
    expect(JSON.stringify(failure) + guestFailureText(failure)).to.not.match(/5a5a|90,90/);
  });

  it('asks for any access point when it is told none', async () => {
    host.reactions.push(connected(1));
    right(await guest.connect(open)());
    expect(host.requests[0]?.slice(2 * (7 + 33), 2 * (7 + 39))).to.equal('00'.repeat(6));
  });
});
