/** “Bad input” of the protocol page: what a guest sends that it should not, and how it leaves when it should not. */
import { expect } from 'chai';
import * as O from 'fp-ts/lib/Option.js';
import { AuthType, WpaVersion } from '../../protocol/connect.js';
import { encodeRequest } from '../../protocol/index.js';
import { AkmSuite, CipherSuite } from '../../protocol/suites.js';
import type { RawConnection, StagedGuest } from '../stage/guests.js';
import { anyKey, bssidNumber, network, ssid, station } from '../stage/networks.js';
import { ScriptedRadio, ScriptedStation } from '../stage/scripted-radio.js';
import { Deferred, type Stage, useStages } from '../stage/stage.js';

const scanRequest = encodeRequest({ operation: 'scan', ssid: O.none });
const connectRequest = encodeRequest({
  operation: 'connect',
  ssid: ssid('Cafe'),
  bssid: O.none,
  authType: AuthType.openSystem,
  wpaVersions: WpaVersion.wpa2,
  akmSuites: [AkmSuite.psk],
  pairwiseCipherSuites: [CipherSuite.ccmp],
  groupCipherSuite: CipherSuite.ccmp,
  key: anyKey,
});

const header = (operation: number, size: number, version = 1): Uint8Array => {
  const bytes = Buffer.alloc(7);
  bytes.writeUInt8(operation, 0);
  bytes.writeUInt32LE(size, 1);
  bytes.writeUInt16LE(version, 5);
  return bytes;
};

/** The request with one byte of its body changed; `at` counts from the first byte of the body. */
const changed = (request: Uint8Array, at: number, value: number): Uint8Array => {
  const bytes = Uint8Array.from(request);
  bytes[7 + at] = value;
  return bytes;
};

const invalidAnswer = Buffer.from([0, 0, 0, 0, 0, 1, 0]);

/** What is sent, the reason that is counted, and the bytes. */
const wrongFrames: readonly (readonly [string, string, Uint8Array])[] = [
  ['operation 11', 'unknown operation', header(11, 0)],
  ['operation 255', 'unknown operation', header(255, 33)],
  ...([0, 2, 4, 6, 7, 8, 10] as const).map(
    (operation) =>
      [`operation ${operation}, which only the host sends`, 'not a request', header(operation, 0)] as const,
  ),
  ['version 0', 'wrong version', header(1, 33, 0)],
  ['version 2', 'wrong version', header(1, 33, 2)],
  ['version 256: the bytes in the wrong order', 'wrong version', header(1, 33, 256)],
  ['a scan of 0 bytes', 'impossible size', header(1, 0)],
  ['a scan of 32 bytes', 'impossible size', header(1, 32)],
  ['a scan of 34 bytes', 'impossible size', header(1, 34)],
  ['a connect of 75 bytes', 'impossible size', header(3, 75)],
  ['a connect of 332 bytes', 'impossible size', header(3, 332)],
  ['a disconnect of 7 bytes', 'impossible size', header(5, 7)],
  ['a disconnect of 9 bytes', 'impossible size', header(5, 9)],
  ['a hello of 19 bytes', 'impossible size', header(9, 19)],
  ['a hello of 21 bytes', 'impossible size', header(9, 21)],
  ['a scan of 4 GiB', 'impossible size', header(1, 0xffff_ffff)],
  ['a connect of 4 GiB', 'impossible size', header(3, 0xffff_ffff)],
  ['ssid_len 33 in a scan', 'ssid too long', changed(scanRequest, 0, 33)],
  ['ssid_len 255 in a connect', 'ssid too long', changed(connectRequest, 0, 255)],
  ['3 AKM suites', 'too many AKM suites', changed(connectRequest, 41, 3)],
  ['255 AKM suites', 'too many AKM suites', changed(connectRequest, 41, 255)],
  ['6 pairwise ciphers', 'too many pairwise cipher suites', changed(connectRequest, 50, 6)],
  ['a key of 33 bytes of which 32 are there', 'key beyond body', changed(connectRequest, 75, 33)],
  ['a key of 31 bytes of which 32 are there', 'bytes behind the key', changed(connectRequest, 75, 31)],
];

describe('bad input', () => {
  const stage = useStages();

  const simple = (time: 'manual' | 'system' = 'system'): Promise<Stage> =>
    stage({ time, interfaces: [station('wlan0', { link: 'Cafe' })], networks: [network('Cafe', 1)] });

  /** Shows that a refused frame of `guest` costs it and the service nothing but one line and one count. */
  const expectRefusal = async (
    s: Stage,
    guest: StagedGuest,
    reason: string,
    offend: (raw: RawConnection) => Promise<void>,
  ): Promise<void> => {
    await s.until(() => s.statusOf(guest)?.connections === 0, 'its connection before is closed');
    const [facts, lines] = [s.records.facts.length, s.records.lines.length];
    const before = s.statusOf(guest);
    const raw = s.raw(1);
    await offend(raw);
    expect(Buffer.from(await raw.ended)).to.deep.equal(invalidAnswer);
    raw.end();
    await raw.closed;
    await s.until(() => s.statusOf(guest)?.connections === 0, 'the host has closed too');
    const said = s.records.lines.slice(lines);
    expect(said.map(({ level, facts: { guest: who, reason: why } }) => [level, who, why])).to.deep.equal([
      ['warn', guest.id, reason],
    ]);
    expect(s.records.count('refusedFrames', reason)).to.equal(1);
    expect(s.records.count('refusedFrames')).to.equal(1);
    expect(s.records.facts.length).to.equal(facts);
    expect(s.statusOf(guest)).to.deep.equal(before);
  };

  describe('input 1: a frame that makes no sense: operation 0 with an empty body, close, one log line, one metric, nothing else', () => {
    for (const [what, reason, bytes] of wrongFrames) {
      it(`${what}: ${reason}`, async () => {
        const s = await simple();
        const [guest, other] = [await s.guest(1), await s.guest(2)];
        await guest.connect('Cafe');
        await expectRefusal(s, guest, reason, (raw) => raw.write(bytes));
        expect(await guest.seen()).to.deep.equal(['Cafe']);
        expect(await other.seen()).to.deep.equal(['Cafe']);
        expect(s.statusOf(guest)?.session).to.include({ id: 1 });
      });
    }

    for (const pieces of [1, 3])
      it(`gives its guest a place in the table, in ${pieces === 1 ? 'one piece' : 'pieces'}`, async () => {
        const s = await simple();
        const raw = s.raw(1);
        const frame = header(255, 33);
        const size = Math.ceil(frame.length / pieces);
        for (let at = 0; at < frame.length; at += size) {
          await raw.write(frame.subarray(at, at + size));
          if (at + size < frame.length)
            await s.until(() => JSON.stringify(s.status.guests).includes('receiving'), 'it has begun');
        }
        expect(Buffer.from(await raw.ended)).to.deep.equal(invalidAnswer);
        raw.end();
        await raw.closed;
        await s.until(() => s.status.guests[0]?.connections === 0, 'the host has closed too');
        expect(s.status.guests).to.have.length(1);
      });

    it('is refused before its body is buffered', async () => {
      const s = await simple();
      const guest = await s.guest(1);
      await guest.scan();
      await expectRefusal(s, guest, 'impossible size', (raw) => raw.write(header(3, 0xffff_ffff)));
    });

    it('is refused on a Unix socket as well', async () => {
      const s = await stage({ interfaces: [station('wlan0')], machines: ['vm1.vsock'] });
      const guest = await s.machine('vm1.vsock');
      await guest.scan();
      const answer = await guest.guest.exchange(header(11, 0))();
      expect(answer).to.deep.equal({ _tag: 'Right', right: Uint8Array.from(invalidAnswer) });
      expect(s.records.count('refusedFrames', 'unknown operation')).to.equal(1);
      await guest.scan();
    });
  });

  describe('input 2: a frame that is not complete', () => {
    for (const size of [0, 1, 7, 20])
      it(`the guest ends its side after ${size} bytes`, async () => {
        const s = await simple();
        const guest = await s.guest(1);
        await guest.connect('Cafe');
        await expectRefusal(s, guest, 'incomplete', async (raw) => {
          await raw.write(scanRequest.subarray(0, size));
          raw.end();
        });
      });

    for (const size of [0, 3, 7, 39])
      it(`the guest stalls after ${size} bytes: refused 2 s after it connected`, async () => {
        const s = await simple('manual');
        const guest = await s.guest(1);
        await guest.connect('Cafe');
        await expectRefusal(s, guest, 'incomplete', async (raw) => {
          await raw.write(scanRequest.subarray(0, size));
          await s.until(() => s.statusOf(guest)?.connections === 1, 'the host has accepted');
          await s.clock.advance(1999);
          expect(s.records.count('refusedFrames')).to.equal(0);
          await s.clock.advance(1);
        });
      });

    it('its bytes drip: refused 2 s after it connected, however lively it is', async () => {
      const s = await simple('manual');
      const guest = await s.guest(1);
      await guest.connect('Cafe');
      await expectRefusal(s, guest, 'incomplete', async (raw) => {
        for (const byte of scanRequest.subarray(0, 20)) {
          await raw.write(Uint8Array.of(byte));
          await s.until(() => s.statusOf(guest)?.connections === 1, 'the host has accepted');
          await s.clock.advance(100);
        }
      });
    });

    it('refused, and never closing: its connection is closed 2 s after the refusal', async () => {
      const s = await simple('manual');
      const guest = await s.guest(1);
      await guest.scan();
      await s.until(() => s.statusOf(guest)?.connections === 0, 'its connection before is closed');
      const raw = s.raw(1);
      await raw.write(header(11, 0));
      expect(Buffer.from(await raw.ended)).to.deep.equal(invalidAnswer);
      await s.clock.advance(1999);
      expect(s.statusOf(guest)?.connections).to.equal(1);
      await s.clock.advance(1);
      await s.until(() => s.statusOf(guest)?.connections === 0, 'the host has closed');
    });

    it('another guest’s scans go on meanwhile, and all succeed', async () => {
      const s = await simple();
      const other = await s.guest(2);
      const offenders = [header(9, 0), header(1, 0xffff_ffff), scanRequest.subarray(0, 9), header(1, 33, 7)];
      for (let round = 0; round < 10; round++) {
        const raws = offenders.map(() => s.raw(10 + round));
        await Promise.all(raws.map((raw, i) => raw.write(offenders[i] ?? header(0, 0))));
        expect(await other.seen()).to.deep.equal(['Cafe']);
        for (const raw of raws) raw.reset();
        expect(await other.seen()).to.deep.equal(['Cafe']);
      }
    });

    it('a connection that is reset in the middle of a frame costs one log line and one metric', async () => {
      const s = await simple();
      const guest = await s.guest(1);
      await guest.scan();
      await s.until(() => s.statusOf(guest)?.connections === 0, 'its connection before is closed');
      const lines = s.records.lines.length;
      const raw = s.raw(1);
      await raw.write(scanRequest.subarray(0, 9));
      await s.until(() => s.statusOf(guest)?.requestChannel === 'receiving', 'the frame has begun');
      raw.reset();
      await s.until(() => s.statusOf(guest)?.connections === 0, 'the host has noticed');
      expect(s.records.count('refusedFrames', 'broken')).to.equal(1);
      expect(s.records.lines.slice(lines).map(({ level }) => level)).to.deep.equal(['warn']);
      expect(s.statusOf(guest)?.requestChannel).to.equal('idle');
      await guest.scan();
    });
  });

  describe('a guest that vanishes right after a valid request', () => {
    for (const how of ['closes', 'resets'] as const)
      for (const [what, request] of [
        ['scan', scanRequest],
        ['connect', connectRequest],
      ] as const)
        it(`input 3: ${how} after a ${what} request, 10 of 10: nothing is left, and another guest’s scans all succeed`, async () => {
          const s = await stage({ interfaces: [station('wlan0')], networks: [network('Cafe', 1)] });
          const [guest, other] = [await s.guest(1), await s.guest(2)];
          await guest.disconnect();
          for (let i = 1; i <= 10; i++) {
            const raw = s.raw(1);
            await raw.write(request);
            if (how === 'closes') raw.destroy();
            else raw.reset();
            expect(await other.seen()).to.deep.equal(['Cafe']);
            await s.until(() => s.statusOf(guest)?.connections === 0, 'its connection is gone');
          }
          expect(s.statusOf(guest)?.dispatcher).to.equal('idle');
          expect(s.statusOf(guest)?.requestChannel).to.equal('idle');
          expect(await guest.seen()).to.deep.equal(['Cafe']);
          expect(s.records.lines.filter(({ level }) => level === 'error')).to.deep.equal([]);
        });

    it('input 3: while its request is worked on: the attempt is given up', async () => {
      const port = new ScriptedStation('wlan0');
      const s = await stage({ radio: new ScriptedRadio([port]) });
      const guest = await s.guest(1);
      await guest.disconnect();
      const raw = s.raw(1);
      await raw.write(connectRequest);
      await s.until(() => port.asked.length === 1, 'the host connects');
      raw.reset();
      await s.until(() => !s.isBusy(guest), 'the attempt is over');
      expect(s.interfaceStatus('wlan0')?.state).to.include({ link: 'disconnected' });
      expect(s.statusOf(guest)).to.include({ session: null, requestChannel: 'idle' });
    });

    it('input 3: once the host is connected, before it has heard so: the connection that it wanted is taken back', async () => {
      const port = new ScriptedStation('wlan0').connectsAt({ ssid: ssid('Cafe'), bssid: bssidNumber(1) });
      const told = new Deferred<void>();
      const s = await stage({
        radio: new ScriptedRadio([port]),
        observer: { guestConnectionCompleted: () => told.promise },
      });
      const guest = await s.guest(1);
      await guest.disconnect();
      const raw = s.raw(1);
      await raw.write(connectRequest);
      await s.until(() => s.records.hooks.length === 1, 'the host is connected');
      raw.reset();
      await s.until(() => port.asked.length === 2, 'the host disconnects again');
      expect(port.asked).to.deep.equal(['connect', 'disconnect']);
      told.resolve();
      await guest.disconnect();
      expect(s.statusOf(guest)?.session).to.equal(null);
    });

    it('input 3: once another session has taken the place of its own: both are over, of which it is told', async () => {
      const told = new Deferred<void>();
      const s = await stage({
        interfaces: [station('wlan0')],
        networks: [network('Cafe', 1)],
        observer: {
          guestConnectionCompleted: ({ connection }) =>
            connection === 'hostMirroring' ? told.promise : undefined,
        },
      });
      const guest = await s.guest(1);
      await guest.connect('Cafe');
      const raw = s.raw(1);
      await raw.write(connectRequest);
      await s.until(() => s.records.hooks.length === 2, 'it shares the network once more');
      raw.reset();
      await s.until(() => guest.disconnections.length > 0, 'the guest hears that it has no session');
      expect(guest.disconnections).to.deep.equal([2]);
      expect(s.statusOf(guest)?.session).to.equal(null);
      told.resolve();
    });

    it('input 3: behind a request that takes its time: it is not carried out', async () => {
      const port = new ScriptedStation('wlan0');
      const s = await stage({ radio: new ScriptedRadio([port]), input: { backlog: 64 } });
      const guest = await s.guest(1);
      await guest.disconnect();
      const first = s.raw(1);
      await first.write(connectRequest);
      await s.until(() => port.asked.length === 1, 'the host connects');
      for (let n = 0; n < 30; n += 1) {
        const impatient = s.raw(1);
        await impatient.write(connectRequest);
        impatient.reset();
      }
      const scan = guest.scan();
      await s.until(() => s.statusOf(guest)?.connections === 2, 'only two are left');
      first.reset();
      await scan;
      expect(port.asked.filter((asked) => asked === 'connect')).to.have.length(1);
    });

    it('input 3: while its request waits for an earlier one: the guest is not stuck', async () => {
      const held = new Deferred<void>();
      const s = await stage({
        interfaces: [station('wlan0')],
        networks: [network('Cafe', 1)],
        observer: { guestScanRequested: () => held.promise },
      });
      const guest = await s.guest(1);
      const scan = guest.scan();
      await s.until(() => s.records.hooks.length === 1, 'the first request is worked on');
      const raw = s.raw(1);
      await raw.write(connectRequest);
      await s.until(() => s.records.requestsOf(guest.id) === 2, 'the second request waits');
      raw.reset();
      await s.until(() => s.statusOf(guest)?.connections === 1, 'the second connection is gone');
      held.resolve();
      expect((await scan).networks).to.have.length(1);
      expect(await guest.connect('Cafe')).to.include({ status: 0, sessionId: 1 });
    });

    for (const [what, observer] of [
      ['at once', {}],
      ['after a hook', { guestScanRequested: () => undefined }],
    ] as const)
      it(`input 4: without reading an answer that was given ${what} and is larger than any buffer: it is given up after 2 s, and served again`, async () => {
        const elements = Buffer.concat(
          Array.from({ length: 8 }, () => Buffer.from([221, 255, ...new Array(255).fill(7)])),
        );
        const crowd = Array.from({ length: 600 }, (_, i) => ({
          ssid: `Net ${i}`,
          bssid: `02:00:00:00:${(i >> 8).toString(16).padStart(2, '0')}:${(i & 255).toString(16).padStart(2, '0')}`,
          security: 'open' as const,
          elements: elements.toString('hex'),
        }));
        let networks = crowd;
        const s = await stage({
          time: 'manual',
          observer,
          machines: ['vm1.vsock'],
          input: { fakeNetworks: () => networks },
        });
        const [guest, other] = [await s.machine('vm1.vsock'), await s.guest(2)];
        const raw = s.rawMachine('vm1.vsock');
        raw.socket.pause();
        await raw.write(scanRequest);
        await s.until(() => s.statusOf(guest)?.requestChannel === 'answering', 'the answer is written');
        networks = crowd.slice(0, 3);
        expect(await other.seen()).to.have.length(3);
        await s.clock.advance(1999);
        expect(s.statusOf(guest)).to.include({ requestChannel: 'answering', connections: 1 });
        await s.clock.advance(1);
        expect(s.statusOf(guest)?.requestChannel).to.equal('idle');
        await s.until(() => s.statusOf(guest)?.connections === 0, 'the host has closed');
        expect(await guest.seen()).to.have.length(3);
      });

    it('input 4: without reading its answer, and never closing: its connection is closed 2 s after the answer', async () => {
      const s = await simple('manual');
      const guest = await s.guest(1);
      const raw = s.raw(1);
      await raw.write(scanRequest);
      await raw.ended;
      expect(s.statusOf(guest)?.connections).to.equal(1);
      await s.clock.advance(4000);
      await s.until(() => s.statusOf(guest)?.connections === 0, 'the host has closed');
    });
  });
});
