import { expect } from 'chai';
import { EMPTY } from 'rxjs';
import { createActor, createMachine } from 'xstate';
import { InterfaceEntry, Interfaces } from '../../../actors/host/interface-register.js';
import type { HostInterfaceState } from '../../../actors/host/interface-state.js';
import { matchNetwork } from '../../../actors/host/network-match.js';
import type { Seen } from '../../../actors/seat.js';
import type { FakeInterface, RadioInterface } from '../../../native/index.js';
import { interfaceId } from '../../../native/radio.js';
import { elementsFor } from '../../../protocol/network-elements.js';
import { StatusCode } from '../../../protocol/status.js';
import { AkmSuite } from '../../../protocol/suites.js';
import { bss, bssidNumber, ssid } from '../../stage/networks.js';
import { linkTo, ScriptedStation } from '../../stage/scripted-radio.js';
import { connectTo } from '../guest/requests.js';

const fake = (...names: readonly string[]): FakeInterface => {
  const networks = names.map((name, i) => bss(name, 100 + i));
  return {
    kind: 'fake',
    changes: EMPTY,
    id: interfaceId('fake'),
    name: 'fake',
    ask: () => networks,
    networks: () => networks,
  };
};

/** A register in which every actor lives, except those of `asleep`. */
const registerOf = (
  devices: readonly RadioInterface[],
  asleep: readonly RadioInterface[] = [],
): Interfaces => {
  const interfaces = new Interfaces();
  for (const device of devices) {
    const entry = new InterfaceEntry(device, 'test');
    const actor = createActor(createMachine({})).start();
    type Holder = Parameters<typeof entry.seat.take>[0];
    const seen = { ...actor.getSnapshot(), context: {} as HostInterfaceState } as Seen<HostInterfaceState>;
    if (!asleep.includes(device)) entry.seat.take({ ...actor, getSnapshot: () => seen } as unknown as Holder);
    interfaces.admit(entry);
  }
  return interfaces;
};

const linked = (name: string, to: string, accessPoint: number): ScriptedStation => {
  const device = new ScriptedStation(name);
  device.join(linkTo(to, bss(to, accessPoint)));
  return device;
};

describe('which way a connect request can go', () => {
  const [wlan0, wlan1] = [new ScriptedStation('wlan0'), new ScriptedStation('wlan1')];

  it('mirrors the first interface, in dispatch order, that is connected to the network', () => {
    const devices = [wlan0, linked('wlan1', 'Cafe', 1), linked('wlan2', 'Cafe', 2)];
    expect(matchNetwork(registerOf(devices), connectTo('Cafe'))).to.deep.equal({
      type: 'mirror',
      interfaceId: interfaceId('wlan1'),
      bssid: bssidNumber(1),
      auth: 'wpa2-psk',
      networkAuth: null,
    });
  });

  it('a fake network wins, whatever BSSID was named', () => {
    const devices = [linked('wlan0', 'Cafe', 1), fake('Lab', 'Cafe')];
    const request = { ...connectTo('Cafe'), bssid: { _tag: 'Some', value: bssidNumber(1) } } as const;
    const match = matchNetwork(registerOf(devices), request);
    expect(match).to.include({ type: 'mirror', interfaceId: interfaceId('fake'), bssid: bssidNumber(101) });
  });

  it('an interface whose actor rests is not mirrored', () => {
    const device = linked('wlan0', 'Cafe', 1);
    expect(matchNetwork(registerOf([device], [device]), connectTo('Cafe')).type).to.equal('direct');
  });

  it('directs the stations that can, in dispatch order; a link to another network does not matter', () => {
    const cannot = new ScriptedStation('wlan2');
    cannot.supported = false;
    const devices = [wlan1, cannot, linked('wlan3', 'Home', 3), wlan0, fake('Lab')];
    expect(matchNetwork(registerOf(devices), connectTo('Cafe'))).to.deep.equal({
      type: 'direct',
      candidates: ['wlan1', 'wlan3', 'wlan0'].map(interfaceId),
      auth: 'wpa2-psk',
      networkAuth: null,
    });
  });

  it('knows the authentication as it is: of the link, or of the strongest access point of that name', () => {
    const sae = { elements: elementsFor({ kind: 'wpa3-sae' }, ssid('Cafe'), 5_180_000) };
    const device = new ScriptedStation('wlan4');
    device.seen = [bss('Cafe', 1, { rssi: -80 }), bss('Cafe', 2, { ...sae, rssi: -40 }), bss('Bar', 3)];
    expect(matchNetwork(registerOf([device]), connectTo('Cafe')).networkAuth).to.equal('wpa3-sae');
    const named = { ...connectTo('Cafe'), bssid: { _tag: 'Some', value: bssidNumber(1) } } as const;
    expect(matchNetwork(registerOf([device]), named).networkAuth).to.equal('wpa2-psk');
    device.join(linkTo('Cafe', bss('Cafe', 2)));
    expect(matchNetwork(registerOf([device]), named)).to.include({
      type: 'mirror',
      auth: 'wpa2-psk',
      networkAuth: 'wpa3-sae',
    });
  });

  it('an empty SSID is impossible, even where a network shows it', () => {
    const request = { ...connectTo('x'), ssid: ssid('') };
    expect(matchNetwork(registerOf([linked('wlan0', '', 1)]), request)).to.include({
      type: 'impossible',
      status: StatusCode.unspecifiedFailure,
    });
  });

  it('what no station supports, and a host without stations, are impossible with a status of their own', () => {
    const cannot = new ScriptedStation('wlan0');
    cannot.supported = false;
    const of = (...devices: readonly RadioInterface[]) =>
      matchNetwork(registerOf(devices), connectTo('Cafe'));
    expect(of(cannot)).to.include({ type: 'impossible', status: StatusCode.unsupportedAuthAlgorithm });
    expect(of(fake('Lab'))).to.include({ type: 'impossible', status: StatusCode.unspecifiedFailure });
  });

  it('security that a guest cannot offer is impossible, but a network that is there is mirrored', () => {
    const request = { ...connectTo('Cafe'), akmSuites: [AkmSuite.ieee8021x] };
    expect(matchNetwork(registerOf([wlan0]), request)).to.include({
      type: 'impossible',
      status: StatusCode.invalidAkmp,
    });
    expect(matchNetwork(registerOf([linked('wlan0', 'Cafe', 1)]), request).type).to.equal('mirror');
  });
});
