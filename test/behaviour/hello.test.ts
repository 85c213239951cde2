/** behaviour.md, “Hello”: what a guest says of itself, and what follows when it says nothing any more. */
import { expect } from 'chai';
import { HelloCapability, type HelloResponse } from '../../protocol/hello.js';
import { decodeHostMessage, encodeRequest } from '../../protocol/index.js';
import { type InstanceId, instanceIdOf } from '../../protocol/instance-id.js';
import { advertisedSecurity } from '../../protocol/security.js';
import { AkmSuite } from '../../protocol/suites.js';
import { right } from '../protocol/either.js';
import type { StagedGuest } from '../stage/guests.js';
import { bss, network, ssid, station } from '../stage/networks.js';
import { linkTo, ScriptedRadio, ScriptedStation } from '../stage/scripted-radio.js';
import { useStages } from '../stage/stage.js';

const { scanComplete, saeByPassword } = HelloCapability;

/** A driver, and the same one loaded anew. */
const [loaded, loadedAnew] = [instanceIdOf(1n), instanceIdOf(2n)];

interface Said {
  readonly capabilities?: number;
  readonly instance?: InstanceId;
  readonly sessionId?: number;
}

/** Says hello as this guest, and gives the answer. */
const hello = async (
  { guest }: StagedGuest,
  { capabilities = scanComplete, instance = loaded, sessionId = 0 }: Said = {},
): Promise<HelloResponse> => {
  const request = encodeRequest({ operation: 'hello', capabilities, instance, sessionId });
  const answer = right(decodeHostMessage(right(await guest.exchange(request)())));
  if (answer.operation !== 'hello.response') throw new Error(answer.operation);
  return answer;
};

describe('hello', () => {
  const stage = useStages();

  /** One guest that has said hello and is connected to `Cafe`, for the host by nobody else. */
  const connected = async () => {
    const port = new ScriptedStation('wlan0').connectsAt(linkTo('Cafe', bss('Cafe', 1)));
    const s = await stage({ time: 'manual', radio: new ScriptedRadio([port]) });
    const guest = await s.guest(1);
    await hello(guest);
    await guest.connect('Cafe');
    return { s, port, guest };
  };

  it('hello 1: the answer says what the host can do, which start of the service this is, and when to say hello again', async () => {
    const s = await stage({ interfaces: [station('wlan0')], networks: [network('Cafe', 1)] });
    const [first, second] = [await hello(await s.guest(1)), await hello(await s.guest(2))];
    expect(first).to.include({
      capabilities: scanComplete | saeByPassword,
      inEffect: false,
      nextHello: 30_000,
    });
    expect(second.instance, 'one start, one number').to.equal(first.instance);
  });

  it('hello 1: the number of a start is random in all its 64 bits', async () => {
    for (const [random, instance] of [
      [0, '0000000000000000'],
      [0.5, '8000000080000000'],
      [1 - 2 ** -32, 'ffffffffffffffff'],
    ] as const) {
      const s = await stage({ interfaces: [station('wlan0')], input: { random: () => random } });
      expect((await hello(await s.guest(1))).instance).to.equal(instance);
      await s.halt();
    }
  });

  it('hello 1: a host none of whose interfaces can do SAE does not offer it', async () => {
    const port = new ScriptedStation('wlan0');
    port.supported = false;
    const s = await stage({ radio: new ScriptedRadio([port]) });
    expect((await hello(await s.guest(1))).capabilities).to.equal(scanComplete);
  });

  it('hello 1: the answer says whether the session that the guest names is in effect', async () => {
    const { guest } = await connected();
    expect((await hello(guest, { sessionId: 1 })).inEffect).to.equal(true);
    expect((await hello(guest, { sessionId: 2 })).inEffect).to.equal(false);
    await guest.disconnect();
    expect((await hello(guest, { sessionId: 1 })).inEffect).to.equal(false);
  });

  it('shown 3: a guest that says it can do SAE is shown SAE networks as they are, another guest is not', async () => {
    const s = await stage({
      interfaces: [station('wlan0')],
      networks: [network('Safe', 1, { security: { kind: 'wpa3-sae' } })],
    });
    const akms = async (guest: StagedGuest) => {
      const [seen] = (await guest.scan()).networks;
      const security = seen === undefined ? undefined : advertisedSecurity(seen);
      return security?.kind === 'rsn' ? security.akms : [];
    };
    const [able, other] = [await s.guest(1), await s.guest(2)];
    await hello(able, { capabilities: scanComplete | saeByPassword });
    await hello(other);
    expect([await akms(able), await akms(other)]).to.deep.equal([[AkmSuite.sae], [AkmSuite.psk]]);
  });

  it('hello 2: a guest that does not say hello for 90 s is gone: its session ends, and the host disconnects', async () => {
    const { s, port, guest } = await connected();
    await s.clock.advance(89_999);
    expect(s.statusOf(guest)?.session).to.include({ id: 1, ssid: ssid('Cafe') });
    await s.clock.advance(1);
    await s.until(() => port.asked.length === 2, 'the host is asked');
    expect(port.asked).to.deep.equal(['connect', 'disconnect']);
    expect(s.statusOf(guest)?.session).to.equal(null);
    expect(s.records.factsOf('guestDisconnectionCompleted')).to.have.length(1);
  });

  it('hello 2: each hello begins the 90 s anew', async () => {
    const { s, guest } = await connected();
    await s.clock.advance(60_000);
    await hello(guest, { sessionId: 1 });
    await s.clock.advance(89_999);
    expect(s.statusOf(guest)?.session).to.include({ id: 1 });
  });

  it('hello 3: a driver that was loaded anew and holds no session ends that of the one before', async () => {
    const { s, port, guest } = await connected();
    await hello(guest, { instance: loaded, sessionId: 0 });
    expect(s.statusOf(guest)?.session, 'the answer may be under way still').to.include({ id: 1 });
    expect((await hello(guest, { instance: loadedAnew, sessionId: 0 })).inEffect).to.equal(false);
    await s.until(() => port.asked.length === 2, 'the host is asked');
    expect(port.asked).to.deep.equal(['connect', 'disconnect']);
    expect(s.statusOf(guest)?.session).to.equal(null);
  });

  it('hello 3: the 90 s of such a driver begin with its own hello', async () => {
    const { s, guest } = await connected();
    await s.clock.advance(60_000);
    await hello(guest, { instance: loadedAnew, sessionId: 0 });
    await guest.connect('Cafe');
    await s.clock.advance(89_999);
    expect(s.statusOf(guest)?.session).to.include({ id: 2 });
    await s.clock.advance(1);
    await s.until(() => s.statusOf(guest)?.session === null, 'it is gone');
  });
});
