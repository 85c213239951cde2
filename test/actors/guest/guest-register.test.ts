import { expect } from 'chai';
import { createActor, createMachine } from 'xstate';
import { decodeInput } from '../../../actors/application/settings.js';
import { Guests } from '../../../actors/guest/guest-register.js';
import { Service } from '../../../actors/service.js';
import { ManualClock, parseGuestId } from '../../../index.js';
import { thisPlatform } from '../../../platform.js';
import { right } from '../../protocol/either.js';
import { Records } from '../../stage/records.js';

const guest = right(parseGuestId('tcp://127.0.1.1'));

/** A register with room for so many guests, and what is counted of their notifications. */
const register = (maximumGuests = 1024) => {
  const clock = new ManualClock();
  const records = new Records(() => undefined);
  const { log, metrics } = records;
  const settings = right(decodeInput({ endpoints: ['memory://vm'], clock, log, metrics, maximumGuests }));
  const guests = new Guests(new Service(settings, thisPlatform), () => undefined);
  guests.open({ hasRoom: true, moveIn: () => undefined, moveOut: () => undefined });
  const heard: string[] = [];
  const listening = createMachine({ on: { '*': { actions: ({ event }) => heard.push(event.type) } } });
  return {
    guests,
    heard,
    /** The guest's notification channel is there. */
    takeChannel: (): void => {
      const seat = guests.get(guest)?.notificationChannel;
      seat?.take(createActor(listening).start() as unknown as Parameters<typeof seat.take>[0]);
    },
    /** When it made its last request. */
    requested: (at: number | null): void => {
      guests.connectionsOf(guest).requestedAt = at;
    },
    notify: (): void => {
      const post = (action: () => void): void => action();
      const sendTo = (_to: unknown, { type }: { readonly type: string }): void => void heard.push(type);
      guests.notify(Object.assign(post, { sendTo }) as never, guest, 'signal', () => new Uint8Array(1));
    },
    counted: () => records.counts.map(({ counter, label }) => `${counter} ${label}`),
    records,
  };
};

describe('a guest', () => {
  it('has a line in the log when it appears, and none when it is welcome once more', () => {
    const { guests, records } = register();
    guests.welcome(guest);
    guests.welcome(guest);
    expect(records.lines).to.deep.equal([{ level: 'info', facts: { guest }, message: 'guest appeared' }]);
  });
});

describe('the register of guests', () => {
  it('forgets everybody, also who was there in an earlier run, and has a new number', () => {
    const { guests } = register();
    const { instance } = guests;
    guests.recall(new Map([[guest, { lastSessionId: 1, session: null, untold: null }]]));
    expect(guests.recalled.size).to.equal(1);
    guests.welcome(right(parseGuestId('tcp://127.0.1.2')));
    expect(guests.size).to.equal(1);
    guests.clear();
    expect([guests.recalled.size, guests.size, [...guests.ids()]]).to.deep.equal([0, 0, []]);
    expect(guests.instance).to.not.equal(instance);
  });

  it('makes room by the guest that appeared first where several have been idle equally long', () => {
    const { guests } = register(3);
    const ids = [1, 2, 3, 4, 5].map((n) => right(parseGuestId(`tcp://127.0.1.${n}`)));
    for (const id of ids) guests.welcome(id);
    expect([...guests.ids()]).to.deep.equal(ids.slice(2));
  });
});

describe('a notification', () => {
  it('goes to the channel of a guest that has made a request', () => {
    const one = register();
    one.guests.welcome(guest);
    one.takeChannel();
    one.requested(0);
    one.notify();
    expect(one.heard).to.deep.equal(['notification.queued']);
    expect(one.counted()).to.deep.equal([]);
  });

  it('for a guest that is not there, has made no request, or whose actors rest is counted as dropped', () => {
    const one = register();
    one.notify();
    expect(one.counted(), 'not there').to.deep.equal(['notificationsDropped signal']);
    one.guests.welcome(guest);
    one.requested(0);
    one.notify();
    expect(one.counted(), 'its actors rest').to.have.length(2);
    one.takeChannel();
    one.requested(null);
    one.notify();
    expect(one.counted(), 'no request').to.have.length(3);
    expect(one.heard).to.deep.equal([]);
  });
});
