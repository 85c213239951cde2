/** One radio back end: opened, watched, and opened again with growing pauses; its interfaces come and go. */
import { assign, enqueueActions, fromCallback, setup } from 'xstate';
import type { InterfaceId, RadioBackend, RadioFailure, RadioInterface } from '../native/radio.js';
import { departInterface } from './departure.js';
import type { Explains } from './explains.js';
import { hostInterface } from './host-interface.js';
import { stopOrphans } from './orphans.js';
import { pause, reopening } from './retry-schedule.js';
import type { Services } from './services.js';

export type RadioEvent =
  | { readonly type: 'radio.opened' }
  /** Its port is in the register of interfaces. */
  | { readonly type: 'interface.arrived'; readonly interfaceId: InterfaceId }
  | { readonly type: 'interface.left'; readonly interfaceId: InterfaceId }
  /** A crashed interface actor has rested. */
  | { readonly type: 'interface.due'; readonly interfaceId: InterfaceId }
  | { readonly type: 'radio.lost'; readonly detail: string }
  | { readonly type: `xstate.error.actor.${string}`; readonly error: unknown };

export interface RadioContext {
  readonly services: Services;
  readonly backend: RadioBackend;
  readonly interfaces: readonly InterfaceId[];
  /** Failures since it was last ready. */
  readonly failures: number;
  readonly problem: string | null;
  /** Crashes of interface actors. */
  readonly crashes: number;
}

const childId = (id: InterfaceId): string => `interface:${id}`;

export const radio = setup({
  types: {
    meta: {} as Explains<RadioEvent['type'], 'reopenPause'>,
    context: {} as RadioContext,
    events: {} as RadioEvent,
    input: {} as { services: Services; backend: RadioBackend },
    children: {} as Record<string, 'hostInterface'>,
  },
  actors: {
    hostInterface,
    openRadio: fromCallback<RadioEvent, { services: Services; backend: RadioBackend }>(
      ({ input, sendBack }) => {
        const { services, backend } = input;
        const subscription = backend.open.subscribe({
          next: (event) => {
            switch (event.type) {
              case 'opened':
                return sendBack({ type: 'radio.opened' });
              case 'interface.arrived':
                services.admit({ port: event.interface, radio: backend.name, actor: undefined });
                return sendBack({ type: 'interface.arrived', interfaceId: event.interface.id });
              case 'interface.left':
                return sendBack({ type: 'interface.left', interfaceId: event.id });
            }
          },
          error: (failure: RadioFailure) =>
            sendBack({ type: 'radio.lost', detail: `${failure.operation}: ${failure.detail}` }),
          complete: () => sendBack({ type: 'radio.lost', detail: 'the back end ended' }),
        });
        return () => subscription.unsubscribe();
      },
    ),
  },
  actions: {
    startInterface: enqueueActions(({ context, event, enqueue }) => {
      if (event.type !== 'interface.arrived' && event.type !== 'interface.due') return;
      const { services, interfaces } = context;
      const port: RadioInterface | undefined = services.interfaces.get(event.interfaceId)?.port;
      if (port === undefined) return;
      enqueue.assign({
        interfaces: [...interfaces.filter((id) => id !== event.interfaceId), event.interfaceId],
      });
      enqueue.spawnChild('hostInterface', { id: childId(event.interfaceId), input: { services, port } });
      services.log.info(
        { interfaceId: event.interfaceId, name: port.name, radio: context.backend.name },
        'interface arrived',
      );
    }),
    endInterface: enqueueActions(({ context, event, enqueue }) => {
      if (event.type !== 'interface.left') return;
      departInterface(context.services, event.interfaceId);
      context.services.resting.delete(event.interfaceId);
      enqueue.stopChild(childId(event.interfaceId));
      enqueue.assign({ interfaces: context.interfaces.filter((id) => id !== event.interfaceId) });
      context.services.log.info(
        { interfaceId: event.interfaceId, radio: context.backend.name },
        'interface left',
      );
    }),
    endInterfaces: enqueueActions(({ context, enqueue }) => {
      for (const id of context.interfaces) {
        departInterface(context.services, id);
        context.services.resting.delete(id);
        enqueue.stopChild(childId(id));
      }
      enqueue.assign({ interfaces: [] });
    }),
    /** A crashed interface actor leaves like an interface that was pulled out, and comes back after a pause. */
    restartInterface: enqueueActions(({ context, event, enqueue }) => {
      if (!('error' in event)) return;
      const id = context.interfaces.find((known) => event.type === `xstate.error.actor.${childId(known)}`);
      const entry = id === undefined ? undefined : context.services.interfaces.get(id);
      if (id === undefined || entry === undefined) return;
      const { services } = context;
      services.counters.count('restarts', 'interface');
      services.log.error(
        { interfaceId: id, error: String(event.error) },
        'the actor of an interface crashed; it is started again',
      );
      stopOrphans(entry.actor);
      departInterface(services, id);
      services.resting.set(id, entry);
      enqueue.stopChild(childId(id));
      enqueue.assign({ crashes: context.crashes + 1 });
      enqueue.raise(
        { type: 'interface.due', interfaceId: id },
        { delay: pause(reopening, context.crashes + 1, services.settings.random) },
      );
    }),
    readmit: ({ context: { services }, event }) => {
      if (event.type !== 'interface.due') return;
      const entry = services.resting.get(event.interfaceId);
      services.resting.delete(event.interfaceId);
      if (entry !== undefined) services.admit({ ...entry, actor: undefined });
    },
    noteReady: assign({ failures: 0, problem: null }),
    noteLoss: assign({
      failures: ({ context }) => context.failures + 1,
      problem: ({ event }) => (event.type === 'radio.lost' ? event.detail : null),
    }),
    logLoss: ({ context }) => {
      const { services, backend, failures, problem } = context;
      services.counters.count('restarts', 'radio');
      const level = failures === 1 ? 'warn' : 'debug';
      services.log[level](
        { radio: backend.name, failures, problem },
        'the radio is not there; it is looked for again',
      );
    },
  },
  delays: {
    reopenPause: ({ context }) => pause(reopening, context.failures, context.services.settings.random),
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
      'interface.due': 'The interface of a crashed actor has rested; it comes back.',
      'radio.lost': 'The Wi-Fi service of the host is not there, or went away.',
      'xstate.error.actor.*': 'The actor of an interface crashed.',
    },
    delays: {
      reopenPause: 'Half a second after the first failure, growing to half a minute.',
    },
  },
  context: ({ input }) => ({ ...input, interfaces: [], failures: 0, problem: null, crashes: 0 }),
  initial: 'open',
  states: {
    open: {
      description: 'The Wi-Fi service of the host is open or being opened.',
      invoke: { src: 'openRadio', input: ({ context: { services, backend } }) => ({ services, backend }) },
      on: {
        'radio.lost': { target: 'backingOff', actions: ['endInterfaces', 'noteLoss', 'logLoss'] },
        'interface.left': { actions: 'endInterface' },
        'xstate.error.actor.*': { actions: 'restartInterface' },
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
          on: {
            'interface.arrived': { actions: 'startInterface' },
            'interface.due': { actions: ['readmit', 'startInterface'] },
          },
        },
      },
    },
    backingOff: {
      description:
        'The Wi-Fi service is not there, or went away with its interfaces; it is looked for again.',
      after: { reopenPause: { target: 'open' } },
    },
  },
});
