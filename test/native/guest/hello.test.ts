import { expect } from 'chai';
import * as E from 'fp-ts/lib/Either.js';
import { firstValueFrom, ReplaySubject, Subject } from 'rxjs';
import { createGuest, type Guest, type GuestEvent, type GuestOptions } from '../../../native/guest.js';
import { guestAddress } from '../../../native/sockets/endpoint.js';
import { anyBssid } from '../../../protocol/bssid.js';
import { decodeRequest, encodeHostMessage } from '../../../protocol/frame.js';
import { HelloCapability, type HelloRequest, type HelloResponse } from '../../../protocol/hello.js';
import { instanceIdOf } from '../../../protocol/instance-id.js';
import { KeyMaterial } from '../../../protocol/key-material.js';
import type { HostMessage, Request } from '../../../protocol/messages.js';
import { ssidFromText } from '../../../protocol/ssid.js';
import { ManualClock } from '../../../streams/clock.js';
import { bytesOf, left, right, ScriptedHost } from './scripted-host.js';

const quay = { ssid: right(ssidFromText('Quay')), security: 'open' } as const;

const answer = (message: HostMessage): Uint8Array => encodeHostMessage(message);
const invalid = answer({ operation: 'invalid' });
const disconnected = answer({ operation: 'disconnect.response' });
const networks = answer({ operation: 'scan.response', complete: true, networks: [] });
const connected = (sessionId: number): Uint8Array =>
  answer({ operation: 'connect.response', status: 0, bssid: anyBssid, sessionId });
const hello = (of: Partial<HelloResponse> = {}): Uint8Array =>
  answer({
    operation: 'hello.response',
    capabilities: 0,
    instance: instanceIdOf(1n),
    inEffect: false,
    nextHello: 5000,
    ...of,
  });

describe('a guest that says hello', () => {
  let host: ScriptedHost;
  let clock: ManualClock;
  let guest: Guest;

  const guestWith = (options: Partial<GuestOptions> = {}): Guest =>
    createGuest({
      endpoint: host.place.endpoint,
      address: guestAddress(host.place.guest).address,
      clock,
      ...options,
    });

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

  const asked = (): readonly Request[] =>
    host.requests.map((request) => right(decodeRequest(bytesOf(request))));
  const operations = (): readonly string[] => asked().map(({ operation }) => operation);
  const hellos = (): readonly HelloRequest[] =>
    asked().flatMap((request) => (request.operation === 'hello' ? [request] : []));

  /** Lets the clock come to the next hello, which is to be `milliseconds` away, and the host answer it. */
  const nextHello = async (milliseconds: number, reaction: Uint8Array): Promise<void> => {
    const before = host.requests.length;
    await clock.advance(milliseconds - 1);
    expect(host.requests, 'too early').to.have.length(before);
    host.reactions.push(reaction);
    const arrived = firstValueFrom(host.arrived);
    await clock.advance(1);
    await arrived;
    await settled();
  };

  /** The answer that has just arrived has been heard: the next request is only asked after it. */
  const settled = async (): Promise<void> => {
    host.reactions.push(networks);
    right(await guest.scan()());
  };

  /** Listens, and says hello with that. */
  const listening = async (
    first: Uint8Array,
  ): Promise<{ readonly events: GuestEvent[]; readonly coming: Subject<GuestEvent> }> => {
    const events: GuestEvent[] = [];
    const coming = new Subject<GuestEvent>();
    host.reactions.push(first);
    const arrived = firstValueFrom(host.arrived);
    guest.notifications.subscribe((event) => {
      if (event.type !== 'listening') events.push(event);
      coming.next(event);
    });
    await arrived;
    await settled();
    return { events, coming };
  };

  it('says it before its first request, once', async () => {
    host.reactions.push(hello(), networks, networks);
    right(await guest.scan()());
    right(await guest.scan()());
    expect(operations()).to.deep.equal(['hello', 'scan', 'scan']);
  });

  it('says what it can, an instance of its own, and that it holds nothing', async () => {
    const other = guestWith({ driver: 'without-scan-complete' });
    host.reactions.push(hello(), networks, hello(), invalid);
    right(await guest.scan()());
    await other.scan()();
    const [one, two] = hellos();
    const { saeByPassword, patientNotifications, scanComplete } = HelloCapability;
    expect(one).to.deep.include({
      capabilities: scanComplete | saeByPassword | patientNotifications,
      sessionId: 0,
    });
    expect(two?.capabilities).to.equal(saeByPassword | patientNotifications);
    expect(one?.instance).to.match(/^[0-9a-f]{16}$/);
    expect(one?.instance).not.to.equal(two?.instance);
    other.close();
  });

  it('says it when it begins to listen', async () => {
    await listening(hello());
    expect(operations()).to.deep.equal(['hello', 'scan']);
  });

  it('knows what the host has said', async () => {
    expect(guest.host()).to.equal(undefined);
    await listening(hello({ capabilities: 2 }));
    expect(guest.host()).to.include({ capabilities: 2, instance: instanceIdOf(1n) });
  });

  it('says it as often as the host wants, always as the same instance and with the session that it holds', async () => {
    await listening(hello({ nextHello: 5000 }));
    await nextHello(5000, hello({ nextHello: 7000 }));
    host.reactions.push(connected(3));
    right(await guest.connect(quay)());
    await nextHello(7000, hello({ inEffect: true }));
    host.reactions.push(disconnected);
    right(await guest.disconnect()());
    await nextHello(5000, hello());
    expect(hellos().map(({ sessionId }) => sessionId)).to.deep.equal([0, 0, 3, 0]);
    expect(new Set(hellos().map(({ instance }) => instance))).to.have.property('size', 1);
  });

  it('neither floods its host nor falls silent, whatever the host wants', async () => {
    await listening(hello({ nextHello: 0 }));
    await nextHello(1000, hello({ nextHello: 0xffffffff }));
    await nextHello(3_600_000, hello());
  });

  it('goes on without where the host does not know it, and does not say it again', async () => {
    host.reactions.push(invalid, connected(4));
    right(await guest.connect(quay)());
    expect(operations()).to.deep.equal(['hello', 'connect']);
    expect(guest.host()).to.equal(undefined);
    expect(clock.pending).to.equal(0);
  });

  it('goes on where the host says nothing to it, and tries again later', async () => {
    host.reactions.push(() => {});
    const arrived = firstValueFrom(host.arrived);
    const scan = guest.scan()();
    await arrived;
    host.reactions.push(networks);
    await clock.advance(2000);
    right(await scan);
    await nextHello(30_000, hello());
    expect(guest.host()).not.to.equal(undefined);
  });

  it('goes on where the answer makes no sense', async () => {
    host.reactions.push(Uint8Array.of(10, 1, 0, 0, 0, 1, 0, 0), networks);
    right(await guest.scan()());
    expect(guest.host()).to.equal(undefined);
  });

  it('notices that the service was started anew', async () => {
    const { events } = await listening(hello());
    await nextHello(5000, hello());
    expect(events).to.deep.equal([]);
    await nextHello(5000, hello({ instance: instanceIdOf(2n) }));
    expect(events).to.deep.equal([{ type: 'host.restarted' }]);
    await nextHello(5000, hello({ instance: instanceIdOf(2n) }));
    expect(events).to.have.length(1);
  });

  it('notices that its session has ended without a word, and holds it no more', async () => {
    const { events } = await listening(hello());
    host.reactions.push(connected(3));
    right(await guest.connect(quay)());
    await nextHello(5000, hello({ inEffect: true }));
    expect([guest.heldSession(), events]).to.deep.equal([3, []]);
    await nextHello(5000, hello({ inEffect: false }));
    expect(events).to.deep.equal([{ type: 'session.lost', sessionId: 3 }]);
    expect(guest.heldSession()).to.equal(0);
    await nextHello(5000, hello({ inEffect: false }));
    expect(events).to.have.length(1);
  });

  it('does not take a session for lost that it was told of meanwhile', async () => {
    const { events, coming } = await listening(hello());
    host.reactions.push(connected(3));
    right(await guest.connect(quay)());
    const asking = firstValueFrom(host.arrived);
    let release: () => void = () => {};
    host.reactions.push((connection) => {
      release = () => void connection.finish(hello({ inEffect: false }))();
    });
    await clock.advance(5000);
    await asking;
    const told = firstValueFrom(coming);
    const notification = answer({ operation: 'disconnected', sessionId: 3 });
    await host.notify((connection) => connection.finish(notification)());
    await told;
    expect(guest.heldSession()).to.equal(0);
    release();
    await settled();
    expect(events.map(({ type }) => type)).to.deep.equal(['message']);
  });

  it('tells everybody who listens, and nobody who does no more', async () => {
    const stream = new ReplaySubject<GuestEvent>();
    const { events } = await listening(hello());
    const first = guest.notifications.subscribe(stream);
    first.unsubscribe();
    await nextHello(5000, hello({ instance: instanceIdOf(2n) }));
    stream.complete();
    expect(await firstValueFrom(stream, { defaultValue: undefined })).to.equal(undefined);
    expect(events).to.deep.equal([{ type: 'host.restarted' }]);
  });

  it('says none once it is closed, also when an answer is on its way', async () => {
    host.reactions.push(() => {});
    const arrived = firstValueFrom(host.arrived);
    const scan = guest.scan()();
    await arrived;
    guest.close();
    expect(left(await scan)).to.deep.equal({ reason: 'closed' });
    expect(clock.pending).to.equal(0);
    expect(operations()).to.deep.equal(['hello']);
  });

  it('connects to a WPA3 network with the password as the key', async () => {
    const password = new TextEncoder().encode('correct horse');
    host.reactions.push(hello(), connected(1));
    right(await guest.connect({ ...quay, security: 'wpa3-sae', key: new KeyMaterial(password) })());
    const request = asked()[1];
    expect(request).to.deep.include({
      authType: 4,
      wpaVersions: 4,
      akmSuites: [0x000fac08],
      groupCipherSuite: 0x000fac04,
    });
    expect(request?.operation === 'connect' && Buffer.from(request.key.reveal()).toString()).to.equal(
      'correct horse',
    );
  });

  describe('leaves', () => {
    it('after it has ended its session', async () => {
      host.reactions.push(hello(), connected(6), disconnected);
      right(await guest.connect(quay)());
      right(await guest.leave()());
      expect(asked().at(-1)).to.deep.equal({ operation: 'disconnect', sessionId: 6 });
      expect(left(await guest.scan()())).to.deep.equal({ reason: 'closed' });
    });

    it('after it has ended the session that was just beginning', async () => {
      host.reactions.push(hello(), connected(6), disconnected);
      const connecting = guest.connect(quay)();
      right(await guest.leave()());
      right(await connecting);
      expect(operations()).to.deep.equal(['hello', 'connect', 'disconnect']);
    });

    it('at once where it has no session', async () => {
      host.reactions.push(hello(), networks);
      right(await guest.scan()());
      right(await guest.leave()());
      expect(operations()).to.deep.equal(['hello', 'scan']);
    });

    it('a host that does not answer all the same', async () => {
      host.reactions.push(hello(), connected(6), () => {});
      right(await guest.connect(quay)());
      const arrived = firstValueFrom(host.arrived);
      let isGone = false;
      const gone = guest
        .leave()()
        .finally(() => {
          isGone = true;
        });
      await arrived;
      await clock.advance(1999);
      expect(isGone).to.equal(false);
      await clock.advance(1);
      expect(await gone).to.deep.equal(E.left({ reason: 'timed out', milliseconds: 2000 }));
    });
  });
});
