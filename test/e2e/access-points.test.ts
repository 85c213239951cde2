/** A scan over sixteen captured access points: what guests are shown, read by a reader that shares nothing with us. */
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { driverExchange } from '../cli/driver-exchange.js';
import { type Serving, serving } from '../cli/serving.js';
import { accessPoints, type CapturedAccessPoint } from '../protocol/captures.js';
import { type ReadNetwork, readAsDriver } from '../protocol/driver-reader.js';

const capture = fileURLToPath(new URL('../fixtures/access-points.ndjson', import.meta.url));
const hidden = '68696464656e2d70736b';

/** A scan request; directed at an SSID in hex if there is one. */
const scanRequest = (ssid = ''): Buffer => {
  const body = Buffer.alloc(33);
  body[0] = ssid.length / 2;
  body.write(ssid, 1, 'hex');
  return Buffer.concat([Buffer.from('01210000000100', 'hex'), body]);
};

/** A WPA2-PSK/CCMP connect request with a PMK of zeros, which a scenario made of a capture accepts. */
const connectRequest = (ssid: string): Buffer => {
  const body = Buffer.alloc(76 + 32);
  body[0] = ssid.length / 2;
  body.write(ssid, 1, 'hex');
  body[40] = 2;
  body[41] = 1;
  body.writeUInt32LE(0x000fac02, 42);
  body[50] = 1;
  body.writeUInt32LE(0x000fac04, 51);
  body.writeUInt32LE(0x000fac04, 71);
  body[75] = 32;
  return Buffer.concat([Buffer.from('036c0000000100', 'hex'), body]);
};

/** Open without encryption, or nothing but PSK with CCMP or GCMP: what a guest can use by itself. */
const isUsable = ({ Privacy, RSN, WPA }: CapturedAccessPoint): boolean =>
  !Privacy ||
  (WPA.KeyMgmt.length === 0 &&
    RSN.KeyMgmt.join() === 'wpa-psk' &&
    [...RSN.Pairwise, RSN.Group].every((cipher) => cipher === 'ccmp' || cipher === 'gcmp'));

const bssidOf = ({ BSSID }: CapturedAccessPoint): string => BSSID.replace(/(..)(?=.)/g, '$1:');

/** The elements, by offset: id, length, bytes. */
const elementsOf = (bytes: Buffer): ReadonlyMap<number, string> => {
  const elements = new Map<number, string>();
  for (let at = 0; at < bytes.length; at += 2 + bytes.readUInt8(at + 1))
    elements.set(
      bytes.readUInt8(at),
      bytes.subarray(at + 2, at + 2 + bytes.readUInt8(at + 1)).toString('hex'),
    );
  return elements;
};

/** An RSN element with version 1, group CCMP, pairwise CCMP, PSK, and nothing that a guest must be able to do besides. */
const wpa2PskCcmp = /^0100000fac040100000fac040100000fac02(0000)?$/;

describe('a scan over the captured access points', () => {
  let host: Serving;
  let shown: ReadonlyMap<string, ReadNetwork>;

  const ask = async (request: Buffer) => {
    const { hostname, port } = new URL(host.endpoint.replace('tcp:', 'http:'));
    return readAsDriver(await driverExchange({ host: hostname, port: Number(port) }, request));
  };

  const scan = async (ssid?: string): Promise<readonly ReadNetwork[]> => {
    const frame = await ask(scanRequest(ssid));
    if (frame.code !== 2) throw new Error(`the answer to a scan has code ${frame.code}`);
    return frame.networks;
  };

  before(async function () {
    this.timeout(30_000);
    host = await serving('--scenario', capture, '--log-level', 'debug', '--log-json');
    shown = new Map((await scan(hidden)).map((network) => [network.bssid, network]));
  });

  after(async () => {
    host.cli.signal('SIGTERM');
    await host.cli.ended;
  });

  const networkOf = (accessPoint: CapturedAccessPoint): ReadNetwork => {
    const network = shown.get(bssidOf(accessPoint));
    if (network === undefined) throw new Error(`no network ${bssidOf(accessPoint)} in the answer`);
    return network;
  };

  it('shows each of them once, the hidden one to the guest that asks for it', async () => {
    expect([...shown.keys()].sort()).to.deep.equal(accessPoints.map(bssidOf).sort());
  });

  for (const accessPoint of accessPoints) {
    const name = Buffer.from(accessPoint.SSID, 'hex')
      .toString('latin1')
      .replace(/[^ -~]/g, '?');
    it(`shows ${JSON.stringify(name)} with its own BSSID, frequency and signal`, () => {
      const network = networkOf(accessPoint);
      expect(network.frequency).to.equal(accessPoint.Frequency * 1000);
      expect(network.rssi).to.equal(accessPoint.Signal);
      expect(network.capabilities & 0x11).to.equal(accessPoint.Privacy ? 0x11 : 0x01);
    });
    if (isUsable(accessPoint))
      it(`leaves the elements of ${JSON.stringify(name)} as they are, byte for byte`, () => {
        expect(networkOf(accessPoint).elements.toString('hex')).to.equal(accessPoint.IEs);
      });
    else
      it(`shows ${JSON.stringify(name)} as WPA2-PSK/CCMP with its own SSID`, () => {
        const elements = elementsOf(networkOf(accessPoint).elements);
        expect(elements.get(0)).to.equal(accessPoint.SSID);
        expect(elements.get(48)).to.match(wpa2PskCcmp);
      });
  }

  // The second one takes PSK-SHA256 only, which a guest cannot offer: status 43, invalid AKM suite.
  for (const [ssid, text, status, said] of [
    ['786d6c203c263e2227200001206e616d65', `xml <&>"' \\x00\\x01 name`, 0, /host connected/],
    ['c3a9c3a8f09f93b6e282ac0102', 'éè📶€\\x01\\x02', 43, /connection failed/],
  ] as const)
    it(`connects to ${JSON.stringify(text)} with status ${status}, and logs it on one line of valid JSON`, async () => {
      const answer = await ask(connectRequest(ssid));
      expect(answer).to.include({ code: 4, status });
      await host.cli.says(said);
      const lines = host.cli.err.trim().split('\n');
      for (const line of lines) expect(line).not.to.match(/\p{Cc}/u);
      const logged = lines.flatMap((line) =>
        Object.values(JSON.parse(line) as Readonly<Record<string, unknown>>),
      );
      expect(logged.some((value) => String(value).includes(text))).to.equal(true);
    });
});
