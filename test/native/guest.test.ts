import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import * as E from 'fp-ts/lib/Either.js';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import { firstValueFrom, ReplaySubject, Subject, type Subscription, take, toArray } from 'rxjs';
import {
  createGuest,
  type Guest,
  type GuestEvent,
  type GuestFailure,
  type GuestOptions,
  guestFailureText,
} from '../../native/guest.js';
import { derivePmk } from '../../native/pmk.js';
import { guestAddress, guestIdOf } from '../../native/sockets/endpoint.js';
import { tcp } from '../../native/sockets/tcp.js';
import { unix } from '../../native/sockets/unix.js';
import { type Bssid, parseBssid } from '../../protocol/bssid.js';
import { type DriverFormat, encodeHostMessage } from '../../protocol/frame.js';
import { KeyMaterial } from '../../protocol/key-material.js';
import type { HostMessage } from '../../protocol/messages.js';
import { type Ssid, ssidFromText } from '../../protocol/ssid.js';
import { ManualClock } from '../../streams/clock.js';
import { bytesOf, capturedFrames, left, type Place, right, ScriptedHost } from './guest/scripted-host.js';

const requests = capturedFrames('request', 'guest');
const answers = capturedFrames('request', 'host');

const ssid = (text: string): Ssid => right(ssidFromText(text));
const bssid = (text: string): Bssid => right(parseBssid(text));

const answer = (message: HostMessage, driver?: DriverFormat): Uint8Array =>
  encodeHostMessage(message, driver);

const connected = (sessionId: number, status = 0): Uint8Array =>
  answer({ operation: 'connect.response', status, bssid: bssid('02:00:00:aa:00:01'), sessionId });

const open = { ssid: ssid('open-net'), security: 'open' } as const;

describe("a guest with the manners of the vendor's driver", () => {
  let host: ScriptedHost;
  let clock: ManualClock;
  let guest: Guest;

  const guestName = (): string => guestAddress(host.place.guest).address;

  const guestWith = (options: Partial<GuestOptions> = {}): Guest =>
    createGuest({ endpoint: host.place.endpoint, address: guestName(), clock, hello: false, ...options });

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

    if (process.platform !== 'win32')
      it('that there are no such sockets here, to whoever listens as well, and then nothing more', async () => {
        const nowhere = createGuest({ endpoint: { scheme: 'hvsocket', vm: 'wsl' }, clock, hello: false });
        const events = await firstValueFrom(nowhere.notifications.pipe(toArray()));
        expect(events).to.have.length(1);
        expect(events[0]).to.have.nested.property('failure.failure.code', 'EAFNOSUPPORT');
        expect(await failing(nowhere.scan())).to.have.nested.property('failure.code', 'EAFNOSUPPORT');
        nowhere.close();
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
      await clock.advance(20_000 - 1);
      expect(clock.pending).to.equal(1);
      await clock.advance(1);
      const failure = left(await result);
      expect(failure).to.deep.equal({ reason: 'timed out', milliseconds: 20_000 });
      expect(guestFailureText(failure)).to.include('within 20 s');
    });
  });

  for (const [what, frame, reason] of [
    [
      'a field that the driver would read blindly',
      Uint8Array.of(8, 2, 0, 0, 0, 1, 0, 0, 0),
      'wrong body size',
    ],
    ['more than one frame', Uint8Array.of(0, 0, 0, 0, 0, 1, 0, 0), 'trailing bytes'],
    ['a frame of 4 GiB', Uint8Array.of(2, 0xff, 0xff, 0xff, 0xff, 1, 0), 'too large'],
    [
      'scan_complete 2',
      Uint8Array.of(2, 9, 0, 0, 0, 1, 0, 2, 0, 0, 0, 0, 9, 0, 0, 0),
      'invalid scan_complete',
    ],
  ] as const) {
    it(`is not content with ${what}`, async () => {
      host.reactions.push(frame);
      const failure = await failing(guest.scan());
      expect(failure).to.have.property('reason', 'malformed answer');
      expect(failure).to.have.nested.property('fault.reason', reason);
      expect(guestFailureText(failure)).to.include(reason);
    });
  }

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

  it('hangs up as soon as it has its answer', async () => {
    host.reactions.push(bytesOf(answers[0]));
    const gone = firstValueFrom(host.gone);
    right(await guest.scan()());
    await gone;
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
    clock.advanceNow(2000);
    expect(left(await result)).to.deep.equal({ reason: 'timed out', milliseconds: 2000 });
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
      expect(await listening).to.deep.equal({ type: 'listening', address: host.place.guest });
      return { events, next: () => firstValueFrom(stream), subscription };
    };

    const send = (bytes: Uint8Array) => host.notify((connection) => connection.finish(bytes)());

    it('receives every notification of the capture', async () => {
      const { next } = await listen();
      const operations: string[] = [];
      for (const hex of capturedFrames('notification', 'host')) {
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
      await clock.advance(1000);
      expect(await event).to.deep.equal({
        type: 'failure',
        failure: { reason: 'timed out', milliseconds: 1000 },
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
        const other = createGuest({
          endpoint: host.place.endpoint,
          address: `${guestName()}-2`,
          clock,
          hello: false,
        });
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

  describe('reaches its host, and is reached,', () => {
    const conversation = async (place: Place, address?: string): Promise<void> => {
      const remote = new ScriptedHost(place);
      const local = createGuest({
        endpoint: await remote.listening,
        requestPort: place.requestPort,
        notificationPort: 23456,
        address,
        clock,
        hello: false,
      });
      const events = new ReplaySubject<GuestEvent>();
      const subscription = local.notifications.subscribe(events);
      await firstValueFrom(events);
      remote.reactions.push(bytesOf(answers[0]));
      expect(right(await local.scan()()).networks).to.have.lengthOf(4);
      const frame = answer({ operation: 'signal', rssi: -60 });
      await remote.notify((connection) => connection.finish(frame)(), 23456);
      const [, notification] = await firstValueFrom(events.pipe(take(2), toArray()));
      expect(notification).to.deep.equal({ type: 'message', message: { operation: 'signal', rssi: -60 } });
      subscription.unsubscribe();
      local.close();
      remote.stop();
    };

    it('over TCP', () =>
      conversation(
        {
          family: tcp,
          endpoint: { scheme: 'tcp', host: '127.0.0.1', port: 0 },
          requestPort: 0,
          guest: guestIdOf({ scheme: 'tcp', address: '127.0.2.7' }),
        },
        '127.0.2.7',
      ));

    it('over the Unix socket of a hypervisor', async () => {
      const folder = mkdtempSync(join(tmpdir(), 'proxy-wifi-'));
      const path = join(folder, 'vm1.vsock');
      await conversation({
        family: unix,
        endpoint: { scheme: 'unix', path },
        requestPort: 12345,
        guest: guestIdOf({ scheme: 'unix', address: path }),
      });
      rmSync(folder, { recursive: true });
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
