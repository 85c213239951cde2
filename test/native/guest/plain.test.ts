import { expect } from 'chai';
import { firstValueFrom, ReplaySubject } from 'rxjs';
import {
  createPlainGuest,
  GuestError,
  type PlainGuest,
  type PlainNetwork,
} from '../../../native/guest/plain.js';
import type { GuestEvent } from '../../../native/guest.js';
import { derivePmk } from '../../../native/pmk.js';
import { guestIdOf } from '../../../native/sockets/endpoint.js';
import { tcp } from '../../../native/sockets/tcp.js';
import { anyBssid } from '../../../protocol/bssid.js';
import { decodeRequest, encodeHostMessage } from '../../../protocol/frame.js';
import { ssidFromText } from '../../../protocol/ssid.js';
import { bytesOf, capturedFrames, right, ScriptedHost } from './scripted-host.js';

const connected = (sessionId: number, status = 0): Uint8Array =>
  encodeHostMessage({ operation: 'connect.response', status, bssid: anyBssid, sessionId });
const disconnected = encodeHostMessage({ operation: 'disconnect.response' });

describe('a plain guest', () => {
  const address = '127.0.2.9';
  let host: ScriptedHost;
  let guest: PlainGuest;

  beforeEach(async () => {
    host = new ScriptedHost({
      family: tcp,
      endpoint: { scheme: 'tcp', host: '127.0.0.1', port: 0 },
      requestPort: 0,
      guest: guestIdOf({ scheme: 'tcp', address }),
    });
    const endpoint = await host.listening;
    if (endpoint.scheme !== 'tcp') return expect.fail('not over TCP');
    guest = createPlainGuest({
      endpoint: `tcp://127.0.0.1:${endpoint.port}`,
      notificationPort: 23457,
      address,
      hello: false,
    });
  });

  afterEach(() => {
    guest.close();
    host.stop();
  });

  const thrown = async (act: () => unknown): Promise<unknown> => {
    try {
      await act();
    } catch (error) {
      return error;
    }
    return expect.fail('nothing was thrown');
  };

  it('scans, connects and disconnects', async () => {
    host.reactions.push(bytesOf(capturedFrames('request', 'host')[0]), connected(7), disconnected);
    expect((await guest.scan()).networks).to.have.length(4);
    expect(await guest.connect({ ssid: 'Quay', bssid: '02:00:00:00:00:01' })).to.include({ sessionId: 7 });
    expect(guest.heldSession()).to.equal(7);
    await guest.disconnect();
    expect(guest.heldSession()).to.equal(0);
  });

  it('makes a passphrase the key that its network needs', async () => {
    host.reactions.push(connected(1), connected(2));
    await guest.connect({ ssid: 'Quay', passphrase: 'correct horse' });
    await guest.connect({ ssid: 'Quay', passphrase: 'short', security: 'wpa3' });
    const keys = host.requests.map((frame) => {
      const request = right(decodeRequest(bytesOf(frame)));
      return request.operation === 'connect' ? Buffer.from(request.key.reveal()) : undefined;
    });
    const pmk = right(derivePmk('correct horse', right(ssidFromText('Quay'))));
    expect(keys).to.deep.equal([Buffer.from(pmk.reveal()), Buffer.from('short')]);
  });

  it('takes passwords of 1 to 255 bytes', async () => {
    host.reactions.push(connected(1), connected(2));
    for (const passphrase of ['x', 'x'.repeat(255)])
      await guest.connect({ ssid: 'Quay', passphrase, security: 'wpa3' });
    expect(host.requests.map((frame) => frame.slice(2, 6))).to.deep.equal(['4d00', '4b01']);
  });

  it('rejects with what went wrong, for people and for programs', async () => {
    host.reactions.push(connected(2, 43));
    const error = await thrown(() => guest.connect({ ssid: 'Quay' }));
    expect(error).to.be.instanceOf(GuestError);
    expect(error).to.have.nested.property('failure.reason', 'connection denied');
    expect(error).to.have.property('message').that.includes('invalid AKM suite (status 43)');
  });

  it('calls back for what the host tells, until that is called off', async () => {
    const events = new ReplaySubject<GuestEvent>();
    const callOff = guest.watch((event) => events.next(event));
    expect(await firstValueFrom(events)).to.have.property('type', 'listening');
    callOff();
  });

  it('leaves after it has ended its session', async () => {
    host.reactions.push(connected(7), disconnected);
    await guest.connect({ ssid: 'Quay' });
    await guest.leave();
    expect(host.requests.at(-1)).to.equal('050800000001000700000000000000');
    expect(await thrown(() => guest.scan())).to.have.nested.property('failure.reason', 'closed');
  });

  for (const [what, network, message] of [
    ['an empty name', { ssid: '' }, 'ssid: expected the name of a network, got an empty one'],
    [
      'a name that is too long',
      { ssid: 'x'.repeat(33) },
      'ssid: an SSID has at most 32 bytes, this one has 33',
    ],
    [
      'an address that is none',
      { ssid: 'x', bssid: 'ap1' },
      'bssid: a BSSID looks like 02:00:00:00:00:01, not like "ap1"',
    ],
    [
      'a passphrase that is too short',
      { ssid: 'x', passphrase: 'seven 7' },
      'passphrase: The passphrase has 7 characters.',
    ],
    [
      'an empty password',
      { ssid: 'x', passphrase: '', security: 'wpa3' },
      'passphrase: expected 1 to 255 bytes, got 0',
    ],
    [
      'a password that is too long',
      { ssid: 'x', passphrase: `${'é'.repeat(127)}xx`, security: 'wpa3' },
      'passphrase: expected 1 to 255 bytes, got 256',
    ],
    [
      'security without a passphrase',
      { ssid: 'x', security: 'wpa2' },
      'passphrase: expected one for wpa2, got none',
    ],
  ] as const satisfies readonly (readonly [string, PlainNetwork, string])[]) {
    it(`sends nothing for ${what}`, async () => {
      const error = await thrown(() => guest.connect(network));
      expect(error).to.be.instanceOf(TypeError).and.have.property('message').that.includes(message);
      expect(host.requests).to.deep.equal([]);
    });
  }

  it('is not made for an endpoint that is none', async () => {
    const error = await thrown(() => createPlainGuest({ endpoint: 'ftp://x' }));
    expect(error)
      .to.be.instanceOf(TypeError)
      .and.have.property('message')
      .that.matches(/^endpoint: /);
  });
});
