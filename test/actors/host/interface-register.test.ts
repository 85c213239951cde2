import { expect } from 'chai';
import { defer, Subject } from 'rxjs';
import { InterfaceEntry, Interfaces } from '../../../actors/host/interface-register.js';
import type { HostInterfaceState } from '../../../actors/host/interface-state.js';
import type { StationEvent } from '../../../native/radio.js';
import { interfaceId } from '../../../native/radio.js';
import { bss, bssidNumber, ssid } from '../../stage/networks.js';
import { ScriptedStation } from '../../stage/scripted-radio.js';

describe('what the host tells of an interface', () => {
  /** A station that counts who has subscribed to it. */
  const counting = () => {
    const told = new Subject<StationEvent>();
    let subscribed = 0;
    const events = defer(() => {
      subscribed += 1;
      return told;
    });
    const station = Object.assign(new ScriptedStation('wlan0'), { events: events as Subject<StationEvent> });
    return { told, entry: new InterfaceEntry(station, 'test'), subscribed: () => subscribed };
  };

  it('reaches each of its actors, and the station is subscribed to once', () => {
    const { told, entry, subscribed } = counting();
    const heard: string[] = [];
    const both = ['link', 'scans'].map((name) =>
      entry.events.subscribe(({ type }) => heard.push(`${name}: ${type}`)),
    );
    told.next({ type: 'scan.completed' });
    expect(heard).to.deep.equal(['link: scan.completed', 'scans: scan.completed']);
    expect(subscribed()).to.equal(1);
    for (const subscription of both) subscription.unsubscribe();
    expect(told.observed).to.equal(false);
  });

  it('is heard again by actors that are started again after a crash', () => {
    const { told, entry, subscribed } = counting();
    entry.events.subscribe().unsubscribe();
    const heard: StationEvent[] = [];
    entry.events.subscribe((event) => heard.push(event));
    told.next({ type: 'signal', rssi: -60 });
    expect(heard).to.deep.equal([{ type: 'signal', rssi: -60 }]);
    expect(subscribed()).to.equal(2);
  });
});

describe('the signal that a guest is told of its network', () => {
  const wlan0 = interfaceId('wlan0');
  const [cafe, bar] = [ssid('Cafe'), ssid('Bar')];

  /** The host is connected to Cafe's second access point. */
  const signalsOf = ({ rssi = null as number | null, seen = ['Cafe', 'Cafe', 'Bar'] } = {}) => {
    const station = new ScriptedStation('wlan0');
    station.seen = seen.map((name, i) => bss(name, i + 1, { rssi: -60 - i }));
    const entry = new InterfaceEntry(station, 'test');
    const interfaces = new Interfaces();
    interfaces.admit(entry);
    const context: Pick<HostInterfaceState, 'link' | 'rssi'> = {
      link: { ssid: cafe, bssid: bssidNumber(2) },
      rssi,
    };
    entry.seat.take({ getSnapshot: () => ({ status: 'active', context }) } as never);
    return (name: typeof cafe) => interfaces.signalOf(wlan0, name);
  };

  it('is what the host told last of its link', () => {
    expect(signalsOf({ rssi: -42 })(cafe)).to.equal(-42);
  });

  it('is that of its access point where the host has told nothing, or of another one of the network', () => {
    expect(signalsOf()(cafe)).to.equal(-61);
    expect(signalsOf({ seen: ['Cafe'] })(cafe)).to.equal(-60);
  });

  it('is never that of another network, which the host is on', () => {
    expect(signalsOf({ rssi: -42 })(bar)).to.equal(-62);
    expect(signalsOf({ rssi: -42, seen: ['Cafe', 'Cafe'] })(bar)).to.equal(null);
  });
});
