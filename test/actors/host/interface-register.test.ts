import { expect } from 'chai';
import { defer, Subject } from 'rxjs';
import { InterfaceEntry } from '../../../actors/host/interface-register.js';
import type { StationEvent } from '../../../native/radio.js';
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
