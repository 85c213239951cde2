/**
 * The whole chain: `serve --radio host` in Node's own node.exe under Wine, with the stand-in as Windows' wlanapi.dll;
 * guests from Linux over TCP. Runs on Linux.
 */
import { execFile } from 'node:child_process';
import { copyFileSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect } from 'chai';
import * as E from 'fp-ts/lib/Either.js';
import type * as TE from 'fp-ts/lib/TaskEither.js';
import { filter, firstValueFrom, map, ReplaySubject } from 'rxjs';
import type { Difference } from '../../cli/replay-answers.js';
import {
  createGuest,
  type Guest,
  type GuestEvent,
  type GuestFailure,
  type GuestNetwork,
  guestFailureText,
} from '../../native/guest.js';
import { derivePmk } from '../../native/pmk.js';
import type { Bss } from '../../protocol/bss.js';
import { parseBssid } from '../../protocol/bssid.js';
import { hexOf } from '../../protocol/hex.js';
import { KeyMaterial } from '../../protocol/key-material.js';
import type { HostMessage } from '../../protocol/messages.js';
import { capabilitiesFor, elementsFor, type NetworkSecurity } from '../../protocol/network-elements.js';
import { ssidFromText } from '../../protocol/ssid.js';
import { right } from '../protocol/either.js';
import { address, interfaceLines, type NetworkTraits, networkLine } from './commands.js';
import { freePort, startService, type WindowsService } from './harness/service.js';
import { type Outcome, Wine, windowsPath } from './harness/wine.js';

const need = (name: string): string => {
  const value = process.env[name];
  if (value === undefined) throw new Error(`${name} is not set: run this through test/windows/run.sh`);
  return value;
};

const cache = need('WINDOWS_CACHE');
const tree = need('WINDOWS_TREE');
const dll = need('WLANAPI_STAND_IN');
const repository = join(import.meta.dirname, '..', '..');

const bss = (name: string, last: string, security: NetworkSecurity): Bss => {
  const ssid = right(ssidFromText(name));
  return {
    ssid,
    bssid: right(parseBssid(`02:00:00:aa:00:${last}`)),
    frequency: 5_240_000,
    rssi: -50,
    beaconInterval: 100,
    capabilities: capabilitiesFor(security),
    elements: elementsFor(security, ssid, 5_240_000),
  };
};

const passphrase = 'correct horse';
const openNet = bss('open-net', '01', { kind: 'open' });
const pskNet = bss('psk-net', '02', { kind: 'wpa2-psk', cipher: 'ccmp' });
const hiddenNet = bss('hidden-net', '05', { kind: 'wpa2-psk', cipher: 'ccmp' });
const keyOf = ({ ssid }: Bss): KeyMaterial => right(derivePmk(passphrase, ssid));
const traits = (network: Bss): Partial<NetworkTraits> => ({ key: hexOf(keyOf(network).reveal()) });
const orderFor = (network: Bss, key = keyOf(network)): GuestNetwork => ({
  ssid: network.ssid,
  security: 'wpa2-psk',
  key,
});
const fake = { ssid: 'fake network', bssid: '02:00:00:00:00:01' };

/** A guest and everything that it was told. */
class Witness {
  readonly guest: Guest;
  readonly #told = new ReplaySubject<GuestEvent>();

  constructor(service: WindowsService, ip: string) {
    this.guest = createGuest({
      endpoint: { scheme: 'tcp', host: '127.0.0.1', port: service.requestPort },
      notificationPort: service.notificationPort,
      address: ip,
      hello: false,
    });
    this.guest.notifications.subscribe(this.#told);
  }

  /** The first notification of that kind, past or future. */
  told<Operation extends HostMessage['operation']>(
    operation: Operation,
    which: (message: HostMessage) => boolean = () => true,
  ): Promise<HostMessage> {
    return firstValueFrom(
      this.#told.pipe(
        filter((event) => event.type === 'message'),
        map(({ message }) => message),
        filter((message) => message.operation === operation && which(message)),
      ),
    );
  }

  get listening(): Promise<GuestEvent> {
    return firstValueFrom(this.#told.pipe(filter(({ type }) => type === 'listening')));
  }
}

const succeed = async <T>(task: TE.TaskEither<GuestFailure, T>): Promise<T> => {
  const result = await task();
  if (E.isLeft(result)) throw new Error(guestFailureText(result.left));
  return result.right;
};

const statusOf = async (task: TE.TaskEither<GuestFailure, { readonly status: number }>): Promise<number> => {
  const result = await task();
  if (E.isRight(result)) return result.right.status;
  if (result.left.reason === 'connection denied') return result.left.status;
  throw new Error(guestFailureText(result.left));
};

describe('the service on Windows', function () {
  this.timeout(60_000);

  const wine = new Wine(cache, tree);
  const networksFile = join(cache, 'build', 'networks.json');
  let service: WindowsService;
  let started = false;
  const guests: Guest[] = [];

  /** `denied`: what the Wlan API denies from the beginning. */
  const start = async (
    wlanapi: 'stand-in' | 'none',
    denied: readonly string[] = [],
    more: readonly string[] = [],
    insteadOf?: WindowsService,
  ): Promise<void> => {
    writeFileSync(networksFile, JSON.stringify([fake]));
    const options = {
      wlanapi,
      script: denied.map((what) => `deny ${what}`),
      arguments: ['--networks', windowsPath(networksFile), ...more],
      ...(insteadOf && { insteadOf }),
    };
    service = await startService(wine, join(cache, 'prefix'), dll, options);
    started = true;
  };

  const guest = async (last = 7): Promise<Witness> => {
    const witness = new Witness(service, `127.0.1.${last}`);
    guests.push(witness.guest);
    await witness.listening;
    return witness;
  };

  /** Each service has a Windows that is new, and that denies from the beginning what it denies: there is nothing to reset. */
  const world = async (): Promise<void> => {
    for (const line of [
      ...interfaceLines(0, 'Intel(R) Wi-Fi 6 AX200'),
      networkLine(0, openNet, { auth: 1, cipher: 0 }),
      networkLine(0, pskNet, traits(pskNet)),
      networkLine(0, hiddenNet, { ...traits(hiddenNet), hidden: true }),
      'cache 0',
      'arrive 0',
    ])
      await service.standIn.tell(line);
    await service.logged(({ msg, name }) => msg === 'interface arrived' && name === 'Intel(R) Wi-Fi 6 AX200');
  };

  afterEach(async () => {
    for (const one of guests.splice(0)) one.close();
    if (started) await service.stop();
    started = false;
  });

  describe('with interfaces', () => {
    beforeEach(async () => {
      await start('stand-in');
      await world();
    });

    it('shows a guest the networks of Windows, elements and all, and the fake ones first', async () => {
      const { guest: one } = await guest();
      const { networks } = await succeed(one.scan());
      const [first] = networks;
      expect(first?.ssid).to.equal(fake.ssid);
      const elements = (bssid: string): string =>
        hexOf(networks.find((network) => network.bssid === bssid)?.elements ?? new Uint8Array(0));
      expect(elements(openNet.bssid)).to.equal(hexOf(openNet.elements));
      expect(elements(pskNet.bssid)).to.equal(hexOf(pskNet.elements));
    });

    it('tells a guest of the results when the scan of Windows is over', async () => {
      const witness = await guest();
      // Not among the fresh results of the arrival: Windows is asked.
      await succeed(witness.guest.scan(hiddenNet.ssid));
      await witness.told(
        'scan.response',
        (message) => message.operation === 'scan.response' && message.complete,
      );
    });

    it('connects, tells of the signal, and of the loss', async () => {
      const witness = await guest();
      await succeed(witness.guest.scan());
      const answer = await succeed(witness.guest.connect(orderFor(pskNet)));
      expect(answer).to.deep.include({ status: 0, bssid: pskNet.bssid, sessionId: 1 });
      expect(await witness.told('signal')).to.deep.equal({ operation: 'signal', rssi: pskNet.rssi });
      await service.standIn.tell('signal 0 58');
      await witness.told('signal', (message) => message.operation === 'signal' && message.rssi === -71);
      await service.standIn.tell('lose 0 0x3800b');
      expect(await witness.told('disconnected')).to.deep.equal({ operation: 'disconnected', sessionId: 1 });
    });

    it('makes a wrong key, a missing network and a timeout look different', async () => {
      const { guest: one } = await guest();
      const wrong = orderFor(pskNet, new KeyMaterial(new Uint8Array(32).fill(1)));
      const statuses = [await statusOf(one.connect(wrong))];
      statuses.push(await statusOf(one.connect(orderFor(bss('nowhere', '99', { kind: 'open' })))));
      await service.standIn.tell(`connecting 0 5 ${0x38003} 0`);
      statuses.push(await statusOf(one.connect(orderFor(pskNet))));
      expect(statuses).to.deep.equal([15, 1, 16]);
    });

    it('mirrors what the user of Windows has connected, and leaves it when the guest goes', async () => {
      const { guest: one } = await guest();
      await service.standIn.tell(`join 0 ${address(pskNet)}`);
      await service.logged(({ msg }) => /hostConnected|host connected/.test(String(msg)));
      const { status, bssid } = await succeed(one.connect(orderFor(pskNet)));
      expect({ status, bssid }).to.deep.equal({ status: 0, bssid: pskNet.bssid });
      await succeed(one.disconnect());
      expect(await service.standIn.tell('calls WlanConnect')).to.equal(0);
      expect(await service.standIn.tell('calls WlanDisconnect')).to.equal(0);
    });

    it('answers others while a call into Windows takes 2 s', async () => {
      const [slow, other] = [await guest(7), await guest(8)];
      await service.standIn.tell('delay WlanConnect 2000 1');
      const connecting = succeed(slow.guest.connect(orderFor(pskNet)));
      const calling = (): Promise<number> => service.standIn.tell('busy');
      while ((await calling()) === 0);
      await succeed(
        other.guest.connect({
          ssid: right(ssidFromText(fake.ssid)),
          security: 'wpa2-psk',
          key: keyOf(pskNet),
        }),
      );
      expect(await calling(), 'calls that are still under way').to.equal(1);
      await connecting;
    });

    it('ends sessions when the Wlan service stops, says so once, goes on with fake networks, and comes back', async () => {
      const witness = await guest();
      const { guest: one } = witness;
      await succeed(one.connect(orderFor(pskNet)));
      await service.standIn.tell('service stop');
      expect(await witness.told('disconnected')).to.deep.equal({ operation: 'disconnected', sessionId: 1 });
      const lost = () => service.log().filter(({ msg }) => String(msg).includes('the radio is not there'));
      await service.logged(({ msg }) => String(msg).includes('the radio is not there'));
      const { networks } = await succeed(one.scan());
      expect(networks.map(({ ssid }) => String(ssid))).to.deep.equal([fake.ssid]);
      // Several openings have failed by now.
      while ((await service.standIn.tell('calls WlanOpenHandle')) < 3) await succeed(one.scan());
      expect(lost()).to.have.length(1);
      await service.standIn.tell('service start');
      let shown = 0;
      while (shown < 2) shown = (await succeed(one.scan())).networks.length;
    });

    it('answers the captured session of the real driver so that the driver accepts it', async () => {
      // It ends with 1 where the networks are others than those of the capture.
      const stdout = await promisify(execFile)(
        process.execPath,
        [
          ...['--import', 'tsx', 'cli/main.ts', 'replay', 'test/fixtures/linux-guest-session.ndjson'],
          ...['--endpoint', `tcp://127.0.0.1:${service.requestPort}`, '--json'],
        ],
        { cwd: repository, timeout: 50_000 },
      ).then(
        (ended) => ended.stdout,
        ({ code, stdout: told }: { readonly code: number; readonly stdout: string }) => {
          expect(code).to.equal(1);
          return told;
        },
      );
      const { requests, unacceptable } = JSON.parse(stdout) as {
        requests: readonly { operation: string; verdict: string; notes: readonly Difference[] }[];
        unacceptable: number;
      };
      expect(requests.length).to.be.greaterThan(10);
      expect(unacceptable).to.equal(0);
      // The keys in the capture are those of its passphrase, so Windows takes them, hidden network included.
      for (const { operation, notes } of requests)
        if (operation === 'connect') expect(notes.filter(({ what }) => what === 'status')).to.deep.equal([]);
    });
  });

  describe('of a Windows that denies what tells of access points', () => {
    const denied = [
      'WlanGetAvailableNetworkList',
      'WlanGetNetworkBssList',
      'WlanQueryInterface',
      'WlanScan',
      'msm',
    ];

    beforeEach(async () => {
      await start('stand-in', denied);
      await world();
    });

    it('says once what is missing and where it is given, and serves the fake networks', async () => {
      const { guest: one } = await guest();
      for (let round = 0; round < 2; round++) {
        const { networks } = await succeed(one.scan());
        expect(networks.map(({ ssid }) => String(ssid))).to.deep.equal([fake.ssid]);
      }
      await service.logged(({ operation }) => operation === 'WlanGetNetworkBssList');
      const warnings = service.log().filter(({ code }) => code === 'ERROR_ACCESS_DENIED');
      const operations = warnings.map(({ operation }) => operation);
      expect(operations.length).to.equal(new Set(operations).size);
      expect(operations).to.include.members(['WlanRegisterNotification', 'WlanGetNetworkBssList']);
      for (const { msg } of warnings) expect(msg).to.include('Privacy & security > Location');
    });

    it('connects a guest that names the access point, and tells it of the end', async () => {
      const witness = await guest();
      const order = { ...orderFor(pskNet), bssid: pskNet.bssid };
      const answer = await succeed(witness.guest.connect(order));
      expect(answer).to.deep.include({ status: 0, bssid: pskNet.bssid });
      await service.standIn.tell('lose 0 0x3800b');
      expect(await witness.told('disconnected')).to.deep.equal({ operation: 'disconnected', sessionId: 1 });
    });
  });

  describe('with a state file', () => {
    const file = join(cache, 'build', 'state.json');
    const remembering = ['--state', windowsPath(file)];
    beforeEach(async () => {
      rmSync(file, { force: true });
      await start('stand-in', [], remembering);
      await world();
    });

    it('tells a guest that its session is over when it was killed and is back, and counts its ids on', async () => {
      const witness = await guest();
      expect(await succeed(witness.guest.connect(orderFor(pskNet)))).to.include({ sessionId: 1 });
      const isWritten = (): boolean =>
        existsSync(file) && readFileSync(file, 'utf8').includes('"session":{"id":1,');
      while (!isWritten()) await succeed(witness.guest.scan());
      const killed = service;
      await killed.stop();
      // The Windows of the new process is another one: nothing is connected there.
      await start('stand-in', [], remembering, killed);
      await world();
      expect(await witness.told('disconnected')).to.deep.equal({ operation: 'disconnected', sessionId: 1 });
      expect(await succeed(witness.guest.connect(orderFor(pskNet)))).to.include({ sessionId: 2 });
    });

    it('lets no second service have it: that one says so and runs without', async () => {
      const mine = readFileSync(file, 'utf8');
      const second = ['serve', '--listen', `tcp://127.0.0.1:${await freePort()}`, ...remembering];
      const running = wine.node(['cli/main.js', ...second], {}, 60_000);
      const says = (text: string): boolean => running.output().includes(text);
      while (!says('another service keeps its state in') || !says('listening for guests'))
        await service.standIn.tell('busy');
      running.kill();
      await running.ended;
      expect(readFileSync(file, 'utf8')).to.equal(mine);
    });
  });

  describe('at the level trace', () => {
    it('logs each call into Windows with its time and result, and no secret', async () => {
      await start('stand-in', [], ['--log-level', 'trace']);
      await world();
      const { guest: one } = await guest();
      await succeed(one.connect(orderFor(pskNet)));
      await service.logged(({ msg }) => msg === 'WlanConnect: ERROR_SUCCESS');
      const calls = service.log().filter(({ level }) => level === 10);
      expect(calls.map(({ operation }) => operation)).to.include.members([
        'WlanOpenHandle',
        'WlanRegisterNotification',
        'WlanGetNetworkBssList',
        'notification ACM 10',
      ]);
      for (const { ms, library, result } of calls) {
        expect(ms).to.be.a('number');
        expect(library).to.be.a('string');
        expect(result).to.be.a('string');
      }
      expect(service.running.output()).to.not.include(hexOf(keyOf(pskNet).reveal()));
    });
  });

  describe('without a wlanapi.dll', () => {
    it('says so once, and serves the fake networks', async () => {
      await start('none');
      const { guest: one } = await guest();
      const { networks } = await succeed(one.scan());
      expect(networks.map(({ ssid }) => String(ssid))).to.deep.equal([fake.ssid]);
      await service.logged(({ problem }) => String(problem).includes('Wireless LAN Service'));
      expect(service.log().filter(({ level }) => Number(level) >= 40)).to.have.length(1);
    });
  });

  describe('the command line', () => {
    const proxyWifi = (...words: readonly string[]): Promise<Outcome> =>
      wine.node(['cli/main.js', ...words], {}, 60_000).ended;

    /** With the stand-in in `System32`, and its world as these commands make it. */
    const withWorld = (script: readonly string[], ...words: readonly string[]): Promise<Outcome> => {
      copyFileSync(dll, join(cache, 'prefix', 'drive_c', 'windows', 'system32', 'wlanapi.dll'));
      return wine.node(
        ['cli/main.js', ...words],
        {
          WLANAPI_STAND_IN_SCRIPT: script.join(';'),
          WINEDLLOVERRIDES: 'mscoree,mshtml,winedbg.exe=;wlanapi=n',
        },
        60_000,
      ).ended;
    };

    it('says in doctor that consent is missing, and how it is given', async () => {
      const { code, output } = await withWorld(
        [...interfaceLines(0, 'Adapter'), 'deny WlanGetNetworkBssList', 'deny msm'],
        'doctor',
      );
      expect(code, output).to.equal(0);
      expect(output).to.match(/^missing {2}Wi-Fi networks +WlanGetNetworkBssList: ERROR_ACCESS_DENIED/m);
      expect(output).to.match(/^limited {2}Wi-Fi notifications/m);
      expect(output).to.match(/→ allow the location/);
    });

    it('writes a report without a name in it', async () => {
      const file = join(cache, 'build', 'report.json');
      const { code, output } = await withWorld(
        [...interfaceLines(0, 'Adapter of Jane'), networkLine(0, pskNet), 'cache 0'],
        ...['doctor', '--report', windowsPath(file)],
      );
      expect(code, output).to.equal(0);
      const text = readFileSync(file, 'utf8');
      const { found, platform } = JSON.parse(text);
      expect(platform).to.equal('win32-x64');
      expect(found.wlan.interfaces[0].accessPoints.count).to.equal(1);
      for (const secret of ['Jane', pskNet.ssid, pskNet.bssid, address(pskNet)])
        expect(text).to.not.include(secret);
    });

    it('plays its demo to the end', async () => {
      const { code, output } = await proxyWifi('demo');
      expect(code, output).to.equal(0);
    });

    it('says that there are no Hyper-V sockets when it cannot serve on them', async () => {
      const { code, output } = await proxyWifi('serve', '--listen', 'hvsocket://children');
      expect(code, output).to.equal(1);
      expect(output).to.include('error: listen hvsocket://children: this system has no Hyper-V sockets');
    });
  });
});
