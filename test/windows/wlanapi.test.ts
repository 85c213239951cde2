/** The bindings of the Wlan API against the stand-in: values, failures, memory, notifications. */
import { expect } from 'chai';
import * as E from 'fp-ts/lib/Either.js';
import * as O from 'fp-ts/lib/Option.js';
import type { Subscription } from 'rxjs';
import { constants } from '../../native/windows/layouts.js';
import type { WlanFailure } from '../../native/windows/wlan-failure.js';
import type { WlanNotification } from '../../native/windows/wlan-notifications.js';
import { wlanProfile } from '../../native/windows/wlan-profile.js';
import { loadWlanApi, type WlanClient } from '../../native/windows/wlanapi.js';
import type { Bss } from '../../protocol/bss.js';
import { bssidBytes } from '../../protocol/bssid.js';
import { KeyMaterial } from '../../protocol/key-material.js';
import { ssidFromBytes, ssidFromText } from '../../protocol/ssid.js';
import { CipherSuite } from '../../protocol/suites.js';
import { cast } from '../compliance/radio-stage.js';
import { right } from '../protocol/either.js';
import { address } from './commands.js';
import { bssOf, show } from './rig.js';
import { StandIn, standInPath } from './stand-in.js';

const standIn = new StandIn();

/** Opens the API; every test's client is closed by the hook below. */
const opened = async (): Promise<WlanClient> => {
  const client = right(await right(loadWlanApi(standInPath)).open());
  clients.push(client);
  return client;
};

const clients: WlanClient[] = [];

/** Collects notifications, and tells when as many have come. */
class Heard {
  readonly all: WlanNotification[] = [];
  readonly subscription: Subscription;
  #wanted = 0;
  #enough: () => void = () => undefined;

  constructor(client: WlanClient) {
    this.subscription = client.notifications.subscribe((notification) => {
      this.all.push(notification);
      if (this.all.length >= this.#wanted) this.#enough();
    });
  }

  async atLeast(count: number): Promise<readonly WlanNotification[]> {
    this.#wanted = count;
    if (this.all.length < count)
      await new Promise<void>((resolve) => {
        this.#enough = resolve;
      });
    return this.all;
  }
}

const { open, secured, hidden } = cast;

describe('the Wlan API', () => {
  let guid = '';

  beforeEach(() => {
    standIn.reset();
    guid = standIn.interface(0, 'Adapter <&> ü');
    for (const network of [open, secured, hidden]) show(standIn, network);
    standIn.tell('cache 0');
  });

  afterEach(async () => {
    for (const client of clients.splice(0)) await client.close();
    expect(standIn.tell('outstanding'), 'blocks of memory not given back').to.equal(0);
    expect(standIn.tell('handles'), 'handles').to.equal(0);
  });

  describe('answers', () => {
    it('with its interfaces, names in Unicode, virtual ones left out', async () => {
      standIn.interface(1, 'a virtual adapter', false);
      const client = await opened();
      expect(await client.interfaces()).to.deep.equal(E.right([{ guid, description: 'Adapter <&> ü' }]));
    });

    it('with no connection where there is none', async () => {
      const client = await opened();
      expect(await client.currentConnection(guid)()).to.deep.equal(E.right(O.none));
    });

    it('with the current connection', async () => {
      standIn.tell(`connected 0 ${address(secured)}`);
      const client = await opened();
      expect(await client.currentConnection(guid)()).to.deep.equal(
        E.right(
          O.some({
            mode: 4,
            profile: "the user's own",
            ssid: secured.ssid,
            bssid: secured.bssid,
            signalQuality: 80,
          }),
        ),
      );
    });

    it('with each BSS as it is, its elements byte for byte', async () => {
      const client = await opened();
      const list = right(await client.bssList(guid)());
      const expected = [bssOf(open), bssOf(secured), { ...bssOf(hidden), ssid: right(ssidFromText('')) }];
      expect(list.map(plain)).to.deep.equal(expected.map(plain));
    });

    it('with an RSSI that is cut to what a byte can say', async () => {
      standIn.network(0, { ...bssOf(open), rssi: -200 });
      standIn.network(0, { ...bssOf(secured), rssi: 100_000 });
      standIn.tell('cache 0');
      const client = await opened();
      expect(right(await client.bssList(guid)()).map(({ rssi }) => rssi)).to.deep.equal([-128, 127, -50]);
    });

    it('with what Windows thinks of the networks', async () => {
      standIn.network(0, bssOf(open), { auth: 6, cipher: 8, connectable: false, reason: 0x30002 });
      standIn.tell('cache 0');
      const client = await opened();
      expect(right(await client.availableNetworks(guid)())[0]).to.deep.equal({
        ssid: open.ssid,
        connectable: false,
        reason: 0x30002,
        auth: 6,
        cipher: 8,
      });
    });
  });

  describe('a list that lies', () => {
    const lies: readonly (readonly [
      string,
      string,
      (client: WlanClient) => Promise<E.Either<WlanFailure, unknown>>,
    ])[] = [
      ['interface-count', 'more interfaces than there can be', (client) => client.interfaces()],
      ['bss-count', 'more BSS entries than its size holds', (client) => client.bssList(guid)()],
      ['bss-size', 'a size beyond all reason', (client) => client.bssList(guid)()],
      ['bss-short', 'a size that does not hold its own head', (client) => client.bssList(guid)()],
      ['ie-offset', 'elements that lie behind its end', (client) => client.bssList(guid)()],
      ['ie-size', 'elements that reach behind its end', (client) => client.bssList(guid)()],
      ['ssid-length', 'an SSID of 33 bytes', (client) => client.bssList(guid)()],
      ['available-count', 'more networks than there can be', (client) => client.availableNetworks(guid)()],
    ];
    for (const [corruption, what, ask] of lies)
      it(`about ${what} is an error, and its memory is given back`, async () => {
        const client = await opened();
        standIn.tell(`corrupt ${corruption}`);
        const failure = left(await ask(client));
        expect(failure.code).to.equal('MALFORMED');
        expect(failure.error).to.equal(undefined);
      });

    it('about the size of a connection is an error', async () => {
      standIn.tell(`connected 0 ${address(open)}`);
      const client = await opened();
      standIn.tell('corrupt connection-size');
      expect(left(await client.currentConnection(guid)()).code).to.equal('MALFORMED');
    });
  });

  describe('a call that fails', () => {
    const calls: readonly (readonly [
      string,
      (client: WlanClient) => Promise<E.Either<WlanFailure, unknown>>,
    ])[] = [
      ['WlanEnumInterfaces', (client) => client.interfaces()],
      ['WlanQueryInterface', (client) => client.currentConnection(guid)()],
      ['WlanGetNetworkBssList', (client) => client.bssList(guid)()],
      ['WlanGetAvailableNetworkList', (client) => client.availableNetworks(guid)()],
      ['WlanScan', (client) => client.scan(guid, O.none)()],
      ['WlanConnect', (client) => client.connect(guid, 'no profile', O.none)()],
      ['WlanDisconnect', (client) => client.disconnect(guid)()],
    ];
    for (const [operation, ask] of calls)
      it(`tells of ${operation} by operation, code and symbolic name`, async () => {
        const client = await opened();
        standIn.tell(`fail ${operation} ${constants.ERROR_ACCESS_DENIED} 1`);
        const failure = left(await ask(client));
        expect(failure).to.include({ operation, error: 5, code: 'ERROR_ACCESS_DENIED' });
        expect(failure.detail).to.include(operation).and.to.include('ERROR_ACCESS_DENIED');
      });

    it('tells that the service does not run, and what to do', async () => {
      standIn.tell('service stop');
      const failure = left(await right(loadWlanApi(standInPath)).open());
      expect(failure).to.include({ operation: 'WlanOpenHandle', code: 'ERROR_SERVICE_NOT_ACTIVE' });
      expect(failure.detail).to.include('Start-Service WlanSvc');
    });

    it('closes the handle again when it was the registration for notifications', async () => {
      standIn.tell(`fail WlanRegisterNotification ${constants.ERROR_INVALID_STATE} 1`);
      const failure = left(await right(loadWlanApi(standInPath)).open());
      expect(failure).to.include({ operation: 'WlanRegisterNotification', code: 'ERROR_INVALID_STATE' });
    });

    it('tells which DLL is not there, and where it comes from', () => {
      const failure = left(loadWlanApi('C:\\no such folder\\wlanapi.dll'));
      expect(failure).to.include({ operation: 'load wlanapi.dll', code: 'ERROR_MOD_NOT_FOUND' });
      expect(failure.detail).to.include('no such folder').and.to.include('Wireless LAN Service');
    });

    it('that lacks a function is a DLL that cannot be used', () => {
      const failure = left(loadWlanApi('C:\\windows\\system32\\kernel32.dll'));
      expect(failure).to.include({ operation: 'load wlanapi.dll' });
    });
  });

  describe('a connection', () => {
    const profileOf = (name: Uint8Array): string => {
      const ssid = right(ssidFromBytes(name));
      return right(wlanProfile({ ssid, security: { kind: 'open' }, key: KeyMaterial.none }, false));
    };

    it('arrives with its profile as it was written, whatever the SSID', async () => {
      const client = await opened();
      const profile = profileOf(Uint8Array.from(Buffer.from('<x>&"\'\0é ]]>')));
      expect(await client.connect(guid, profile, O.none)()).to.deep.equal(E.right(undefined));
      expect(standIn.profile()).to.deep.equal({ xml: profile, bssids: new Uint8Array(0) });
    });

    it('asks for the access point that the guest has named', async () => {
      const client = await opened();
      right(await client.connect(guid, profileOf(Buffer.from('a network')), O.some(secured.bssid))());
      const expected = Uint8Array.from([
        0x80,
        1,
        20,
        0,
        1,
        0,
        0,
        0,
        1,
        0,
        0,
        0,
        ...bssidBytes(secured.bssid),
        0,
        0,
      ]);
      expect(standIn.profile().bssids).to.deep.equal(expected);
    });

    it('carries a PMK as 64 hex digits, and a passphrase for SAE', async () => {
      const client = await opened();
      const ssid = right(ssidFromText('keys'));
      const suites = { pairwise: CipherSuite.ccmp, group: CipherSuite.ccmp };
      const pmk = {
        ssid,
        security: { kind: 'wpa2-psk', ...suites },
        key: new KeyMaterial(new Uint8Array(32).fill(0xa5)),
      } as const;
      right(await client.connect(guid, right(wlanProfile(pmk, false)), O.none)());
      expect(standIn.profile().xml).to.include(
        `<sharedKey><keyType>networkKey</keyType><protected>false</protected><keyMaterial>${'a5'.repeat(32)}</keyMaterial></sharedKey>`,
      );
      const sae = {
        ssid,
        security: { kind: 'wpa3-sae', ...suites },
        key: new KeyMaterial(Buffer.from('correct <horse>')),
      } as const;
      right(await client.connect(guid, right(wlanProfile(sae, false)), O.none)());
      expect(standIn.profile().xml).to.include('<authentication>WPA3SAE</authentication>');
      expect(standIn.profile().xml).to.include('<keyMaterial>correct &lt;horse&gt;</keyMaterial>');
    });
  });

  describe('notifications', () => {
    it("tell what happened to which interface, from the service's own threads", async () => {
      const client = await opened();
      const heard = new Heard(client);
      standIn.tell('arrive 0');
      await heard.atLeast(1);
      standIn.tell('scanned 0');
      await heard.atLeast(2);
      standIn.tell(`join 0 ${address(open)}`);
      await heard.atLeast(4);
      standIn.tell(`roam 0 ${address(secured)}`);
      await heard.atLeast(6);
      standIn.tell('signal 0 58');
      await heard.atLeast(7);
      standIn.tell('lose 0 0x3800b');
      await heard.atLeast(8);
      standIn.tell('scan 0 0 fail');
      standIn.tell('scanned 0');
      await heard.atLeast(9);
      standIn.tell('refresh 0');
      await heard.atLeast(10);
      standIn.tell('remove 0');
      const made = { guid, mode: 4, profile: "the user's own" };
      expect(await heard.atLeast(11)).to.deep.equal([
        { guid, type: 'arrival' },
        { guid, type: 'scan complete' },
        { ...made, type: 'associated', ssid: open.ssid, bssid: open.bssid },
        { ...made, type: 'connection complete', ssid: open.ssid, reason: 0 },
        { ...made, type: 'associated', ssid: secured.ssid, bssid: secured.bssid },
        { guid, type: 'roaming end' },
        { guid, type: 'signal quality', quality: 58 },
        { ...made, type: 'disconnected', ssid: secured.ssid, reason: 0x3800b },
        { guid, type: 'scan fail', reason: 0x30002 },
        { guid, type: 'scan list refresh' },
        { guid, type: 'removal' },
      ]);
    });

    it('come through, every one, when four threads send 1,000 at once', async () => {
      const client = await opened();
      const heard = new Heard(client);
      standIn.tell('burst 0 1000 4');
      await heard.atLeast(1000);
      const qualities = heard.all.flatMap((one) => (one.type === 'signal quality' ? [one.quality] : []));
      const expected = Array.from({ length: 1000 }, (_, i) => i % 101);
      expect([...qualities].sort((a, b) => a - b)).to.deep.equal(expected.sort((a, b) => a - b));
    });

    it('of one handle do not reach another, nor one that was closed', async () => {
      const first = await opened();
      const second = await opened();
      const heard = new Heard(first);
      const other = new Heard(second);
      let completed = false;
      first.notifications.subscribe({
        complete: () => {
          completed = true;
        },
      });
      await first.close();
      clients.splice(clients.indexOf(first), 1);
      standIn.tell('signal 0 10');
      await other.atLeast(1);
      expect(heard.all).to.deep.equal([]);
      expect(completed).to.equal(true);
    });
  });

  describe('closing', () => {
    it('while threads call back neither hangs nor calls into nothing, twenty times over', async () => {
      for (let round = 0; round < 20; round++) {
        const client = right(await right(loadWlanApi(standInPath)).open());
        standIn.tell('burst 0 200 4');
        await client.close();
        expect(standIn.tell('callbacks')).to.equal(0);
      }
    });

    it('ends the notifications before it gives the handle back', async () => {
      const client = right(await right(loadWlanApi(standInPath)).open());
      standIn.tell('delay WlanRegisterNotification 200 1');
      let closed = false;
      const closing = client.close().then(() => {
        closed = true;
      });
      while (standIn.tell('busy') === 0 && !closed) await new Promise(setImmediate);
      expect(standIn.tell('busy'), 'calls that end the notifications').to.equal(1);
      expect(standIn.tell('handles'), 'handles while they end').to.equal(1);
      await closing;
      expect(standIn.tell('handles'), 'handles in the end').to.equal(0);
    });

    it('comes to an end although the service has gone meanwhile', async () => {
      const client = right(await right(loadWlanApi(standInPath)).open());
      standIn.tell('burst 0 100 2');
      standIn.tell('service stop');
      await client.close();
    });

    it('comes to an end although every call fails', async () => {
      const client = right(await right(loadWlanApi(standInPath)).open());
      standIn.tell('fail WlanRegisterNotification 1722 1');
      standIn.tell('fail WlanCloseHandle 1722 1');
      await client.close();
      expect(standIn.tell('handles')).to.equal(1);
      // What Windows would do when the process ends.
      standIn.tell('service stop');
    });
  });
});

const plain = ({ elements, ...rest }: Bss): object => ({
  ...rest,
  elements: Buffer.from(elements).toString('hex'),
});

const left = (result: E.Either<WlanFailure, unknown>): WlanFailure => {
  if (E.isRight(result)) throw new Error('succeeded, and should have failed');
  return result.left;
};
