/** A house of guests: starts and ends their actors, so that neither costs more the more guests there are below the root. */
import { enqueueActions, fromCallback, setup } from 'xstate';
import type { GuestId } from '../../native/sockets/endpoint.js';
import type { FactStream } from '../application/fact-stream.js';
import type { Explains } from '../explains.js';
import type { Interfaces } from '../host/interface-register.js';
import type { OwnershipSeat } from '../ownership/ownership-state.js';
import { guestsIn } from '../ownership/ownership-table.js';
import type { Service } from '../service.js';
import { supervised } from '../supervision/supervised.js';
import { guest } from './guest.js';
import type { Guests } from './guest-register.js';

type GuestsEvent =
  | { readonly type: 'guest.appeared'; readonly guest: GuestId; readonly room: number }
  | { readonly type: 'guest.forgotten'; readonly guest: GuestId; readonly room: number };

export interface GuestsInput {
  readonly service: Service;
  readonly facts: FactStream;
  readonly interfaces: Interfaces;
  readonly guests: Guests;
  readonly ownership: OwnershipSeat;
}

/**
 * Most guests of one house. XState copies an actor's list of children whenever one starts or stops: the time for all of them grows
 * with the square of their number.
 */
const houseSize = 32;

/** By the room: a list of children with the names of guests takes V8 five times as long to copy, since it has seen none like it. */
const childId = (room: number): string => String(room);

const guests = setup({
  types: {
    meta: {} as Explains<GuestsEvent['type'], never>,
    context: {} as GuestsInput,
    events: {} as GuestsEvent,
    input: {} as GuestsInput,
    children: {} as Record<string, 'guest'>,
  },
  actors: {
    guest,
    /** Is in the register of guests as long as this actor lives. */
    openHouse: fromCallback<GuestsEvent, Guests>(({ input: register, sendBack }) => {
      const rooms: (GuestId | undefined)[] = Array.from({ length: houseSize }, () => undefined);
      const house = {
        get hasRoom() {
          return rooms.includes(undefined);
        },
        moveIn: (id: GuestId) => {
          const room = rooms.indexOf(undefined);
          if (room < 0) return;
          rooms[room] = id;
          sendBack({ type: 'guest.appeared', guest: id, room });
        },
        moveOut: (id: GuestId) => {
          const room = rooms.indexOf(id);
          if (room < 0) return;
          rooms[room] = undefined;
          sendBack({ type: 'guest.forgotten', guest: id, room });
        },
      };
      register.open(house);
      return () => register.close(house);
    }),
  },
  actions: {
    startGuest: enqueueActions(({ context, event, enqueue }) => {
      const entry = context.guests.get(event.guest);
      if (entry === undefined) return;
      const { service, facts, interfaces, guests: register, ownership } = context;
      enqueue.spawnChild('guest', {
        id: childId(event.room),
        input: { entry, service, facts, interfaces, guests: register, ownership },
      });
    }),
    stopGuest: enqueueActions(({ context, event, enqueue }) => {
      enqueue.stopChild(childId(event.room));
      context.ownership.tell(enqueue, { type: 'guest.left', guest: event.guest });
    }),
  },
}).createMachine({
  id: 'guests',
  description: 'Starts and ends the actors of guests.',
  meta: {
    per: `${houseSize} guests`,
    events: {
      'guest.appeared': 'The first byte of a guest that may come in is here.',
      'guest.forgotten': 'It has been idle longest, and another one needs its place.',
    },
    delays: {},
  },
  context: ({ input: { service, facts, interfaces, guests: register, ownership } }) => ({
    service,
    facts,
    interfaces,
    guests: register,
    ownership,
  }),
  invoke: { src: 'openHouse', input: ({ context }) => context.guests },
  initial: 'open',
  states: {
    open: {
      description: 'Guests come and go.',
      on: {
        'guest.appeared': { actions: 'startGuest' },
        'guest.forgotten': { actions: 'stopGuest' },
      },
    },
  },
});

export const supervisedGuests = supervised<GuestsInput>({
  part: 'guests',
  children: { guests },
  facts: () => ({}),
  /** What those without a dispatcher held is free again; their successors tell them that their sessions are over. */
  onCrash: ({ guests: register, ownership }, post) => {
    for (const guest of guestsIn(ownership.state?.table ?? {}))
      if (register.get(guest)?.dispatcher.isTaken !== true)
        ownership.tell(post, { type: 'guest.left', guest });
  },
});
