/** An open radio on a wpa_supplicant in memory, with all that it tells. */
import { expect } from 'chai';
import { linuxRadio } from '../../../native/linux/wpa-radio.js';
import type { RadioEvent, RadioFailure, StationEvent, StationInterface } from '../../../native/radio.js';
import { ManualClock } from '../../../streams/clock.js';
import { settled } from './fake-bus.js';
import { FakeSupplicant } from './fake-supplicant.js';

/** Another one for each test. */
export class RadioScene {
  readonly supplicant = new FakeSupplicant();
  readonly clock = new ManualClock();
  readonly events: RadioEvent[] = [];
  readonly told: StationEvent[] = [];
  failure: RadioFailure | undefined;
  close: () => void = () => {};

  async open(): Promise<this> {
    const subscription = linuxRadio({ bus: this.supplicant.bus.open, clock: this.clock }).open.subscribe({
      next: (event) => {
        this.events.push(event);
        if (event.type === 'interface.arrived' && event.interface.kind === 'station')
          event.interface.events.subscribe((reported) => this.told.push(reported));
      },
      error: (failure: RadioFailure) => {
        this.failure = failure;
      },
    });
    this.close = () => subscription.unsubscribe();
    await settled();
    return this;
  }

  get station(): StationInterface {
    const arrival = this.events.findLast((event) => event.type === 'interface.arrived');
    if (arrival?.type !== 'interface.arrived' || arrival.interface.kind !== 'station')
      throw new Error('no station has arrived');
    return arrival.interface;
  }

  get types(): readonly string[] {
    return this.events.map(({ type }) => type);
  }

  /** Nothing is left of it: nobody at the bus, no timer. Throws if anything is. */
  async end(): Promise<void> {
    this.close();
    await settled();
    expect(this.supplicant.bus.users).to.equal(0);
    expect(this.clock.pending).to.equal(0);
  }
}
