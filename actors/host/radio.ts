/** One radio back end: opened, watched, and opened again with growing pauses; its interfaces come and go. */
import { catchError, concat, map, type Observable, of } from 'rxjs';
import { assign, enqueueActions, fromEventObservable, setup } from 'xstate';
import type { InterfaceId, RadioBackend, RadioFailure } from '../../native/radio.js';
import type { Explains } from '../explains.js';
import { Seat } from '../seat.js';
import type { Service } from '../service.js';
import { pause, reopening } from '../supervision/retry-schedule.js';
import { supervised } from '../supervision/supervised.js';
import { type Concerned, departInterface } from './departure.js';
import { supervisedInterface } from './host-interface.js';
import { InterfaceEntry } from './interface-register.js';

export type RadioEvent =
  | { readonly type: 'radio.opened' }
  /** Its device is in the register of interfaces. */
  | { readonly type: 'interface.arrived'; readonly interfaceId: InterfaceId }
  | { readonly type: 'interface.left'; readonly interfaceId: InterfaceId }
  | { readonly type: 'radio.lost'; readonly detail: string }
  | { readonly type: 'radio.missed' };

export interface RadioState {
  readonly interfaceIds: readonly InterfaceId[];
  /** Failures since it was last ready. */
  readonly failures: number;
  readonly problem: string | null;
}

/** One radio back end and the place of its actor. */
export class RadioPlace {
  readonly backend: RadioBackend;
  readonly seat: Seat<RadioState, RadioEvent> = new Seat();

  constructor(backend: RadioBackend) {
    this.backend = backend;
  }

  /** A simulated radio knows the keys of its networks: it stays out of snapshots. */
  toJSON(): { readonly name: string } {
    return { name: this.backend.name };
  }
}

export interface RadioInput extends Concerned {
  readonly service: Service;
  readonly place: RadioPlace;
}

interface RadioContext extends RadioState, RadioInput {
  /** When it was lost last, in the clock's elapsed milliseconds. */
  readonly lostAt: number;
}

/** What the back end tells, for as long as it is open. A device goes into the register at once: a machine's event is plain data. */
const radioEvents = ({ place: { backend }, interfaces }: RadioInput): Observable<RadioEvent> =>
  concat(backend.open, of({ type: 'ended' as const })).pipe(
    catchError((failure: RadioFailure) => of({ type: 'failed' as const, failure })),
    map((event): RadioEvent => {
      switch (event.type) {
        case 'opened':
          return { type: 'radio.opened' };
        case 'interface.arrived':
          interfaces.admit(new InterfaceEntry(event.interface, backend.name));
          return { type: 'interface.arrived', interfaceId: event.interface.id };
        case 'interface.left':
          return { type: 'interface.left', interfaceId: event.id };
        case 'failed':
          return { type: 'radio.lost', detail: `${event.failure.operation}: ${event.failure.detail}` };
        case 'ended':
          return { type: 'radio.lost', detail: 'the back end ended' };
      }
    }),
  );

const childId = (id: InterfaceId): string => `interface:${id}`;

const radioMachine = setup({
  types: {
    meta: {} as Explains<RadioEvent['type'], 'reopenPause'>,
    context: {} as RadioContext,
    events: {} as RadioEvent,
    input: {} as RadioInput,
    children: {} as Record<string, 'interface'>,
  },
  actors: {
    interface: supervisedInterface,
    openRadio: fromEventObservable<RadioEvent, RadioInput>(({ input }) => radioEvents(input)),
    hearWishes: fromEventObservable<RadioEvent, RadioInput>(({ input: { interfaces } }) =>
      interfaces.misses.pipe(map((): RadioEvent => ({ type: 'radio.missed' }))),
    ),
  },
  actions: {
    takeSeat: ({ context, self }) => context.place.seat.take(self),
    startInterface: enqueueActions(({ context, event, enqueue }) => {
      if (event.type !== 'interface.arrived') return;
      const { interfaceId } = event;
      const { service, interfaceIds, facts, interfaces, guests, ownership } = context;
      const entry = interfaces.get(interfaceId);
      if (entry === undefined) return;
      enqueue.assign({ interfaceIds: [...interfaceIds.filter((id) => id !== interfaceId), interfaceId] });
      enqueue.spawnChild('interface', {
        id: childId(interfaceId),
        input: { service, entry, facts, interfaces, guests, ownership },
      });
      ownership.tell(enqueue, { type: 'interface.arrived', interfaceId });
      enqueue(() =>
        service.log.info({ interfaceId, name: entry.device.name, radio: entry.radio }, 'interface arrived'),
      );
    }),
    endInterface: enqueueActions(({ context, event, enqueue }) => {
      if (event.type !== 'interface.left') return;
      const { service, place, interfaceIds } = context;
      const { interfaceId } = event;
      departInterface(context, enqueue, interfaceId);
      enqueue.stopChild(childId(interfaceId));
      enqueue.assign({ interfaceIds: interfaceIds.filter((id) => id !== interfaceId) });
      enqueue(() => service.log.info({ interfaceId, radio: place.backend.name }, 'interface left'));
    }),
    endInterfaces: enqueueActions(({ context, enqueue }) => {
      for (const id of context.interfaceIds) {
        departInterface(context, enqueue, id);
        enqueue.stopChild(childId(id));
      }
      enqueue.assign({ interfaceIds: [] });
    }),
    noteReady: assign({ failures: 0, problem: null }),
    noteLoss: assign({
      failures: ({ context }) => context.failures + 1,
      problem: ({ event }) => (event.type === 'radio.lost' ? event.detail : null),
      lostAt: ({ context }) => context.service.clock.elapsed(),
    }),
    logLoss: ({ context: { service, place, failures, problem } }) => {
      service.counters.count('restarts', 'radio');
      const level = failures === 1 ? 'warn' : 'debug';
      service.log[level](
        { radio: place.backend.name, failures, problem },
        'the radio is not there; it is looked for again',
      );
    },
  },
  guards: {
    /** However often guests ask, the host is asked no more often than after the first failure. */
    hasRested: ({ context: { lostAt, service } }) => service.clock.elapsed() - lostAt >= reopening.first,
  },
  delays: {
    reopenPause: ({ context: { failures, service } }) => pause(reopening, failures, service.settings.random),
  },
}).createMachine({
  id: 'radio',
  description: 'One source of host interfaces.',
  meta: {
    per: 'radio back end',
    events: {
      'radio.opened': 'The Wi-Fi service of the host answers.',
      'interface.arrived': 'The host has one more interface.',
      'interface.left': 'An interface was pulled out or switched off.',
      'radio.lost': 'The Wi-Fi service of the host is not there, or went away.',
      'radio.missed': 'A guest asked for something, and no station was there.',
    },
    delays: {
      reopenPause: 'Half a second after the first failure, growing to half a minute.',
    },
  },
  context: ({ input }) => ({ ...input, interfaceIds: [], failures: 0, problem: null, lostAt: 0 }),
  entry: 'takeSeat',
  initial: 'open',
  states: {
    open: {
      description: 'The Wi-Fi service of the host is open or being opened.',
      invoke: { src: 'openRadio', input: ({ context }) => context },
      on: {
        'radio.lost': { target: 'backingOff', actions: ['endInterfaces', 'noteLoss', 'logLoss'] },
        'interface.left': { actions: 'endInterface' },
      },
      initial: 'opening',
      states: {
        opening: {
          description: 'No answer from the Wi-Fi service yet.',
          on: {
            'radio.opened': { target: 'ready', actions: 'noteReady' },
            'interface.arrived': { target: 'ready', actions: ['noteReady', 'startInterface'] },
          },
        },
        ready: {
          description: 'Interfaces come and go.',
          on: { 'interface.arrived': { actions: 'startInterface' } },
        },
      },
    },
    backingOff: {
      description:
        'The Wi-Fi service is not there, or went away with its interfaces; it is looked for again, sooner if a guest asks.',
      invoke: { src: 'hearWishes', input: ({ context }) => context },
      on: { 'radio.missed': { guard: 'hasRested', target: 'open' } },
      after: { reopenPause: { target: 'open' } },
    },
  },
});

export const radio = supervised<RadioInput>({
  part: 'radio',
  children: { radio: radioMachine },
  facts: ({ place }) => ({ radio: place.backend.name }),
  onCrash: (input, post) => {
    for (const id of input.place.seat.lastState?.interfaceIds ?? []) departInterface(input, post, id);
  },
});
