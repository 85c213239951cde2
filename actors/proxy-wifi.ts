/** The root actor: starts and stops everything, and speaks to the host application. */
import { enqueueActions, fromPromise, setup } from 'xstate';
import type { InterfaceId } from '../native/radio.js';
import type { GuestId } from '../native/sockets/endpoint.js';
import { decodeInput, InvalidInputError, type ProxyWifiInput } from './application/settings.js';
import { departInterface } from './departure.js';
import type { Explains } from './explains.js';
import type { Fact } from './facts.js';
import { guest } from './guest.js';
import { listener } from './listener.js';
import { stopOrphans } from './orphans.js';
import { ownership } from './ownership.js';
import { guestDirectedInterfaces } from './ownership-table.js';
import { radio } from './radio.js';
import { pause, reopening } from './retry-schedule.js';
import { type Platform, Services } from './services.js';
import { LiveStatus, readStatus } from './status.js';

export type ProxyWifiEvent =
  /** Starts a stopped service again. */
  | { readonly type: 'start' }
  /** Stops a running one: `stopped` is reached when nothing is left. */
  | { readonly type: 'stop' }
  | { readonly type: 'guest.appeared'; readonly guest: GuestId }
  | { readonly type: 'facts.happened'; readonly facts: readonly Fact[] }
  /** An endpoint is bound, or could not be. */
  | { readonly type: 'endpoint.settled' }
  /** A crashed actor has rested. */
  | { readonly type: 'child.due'; readonly id: string }
  | { readonly type: `xstate.error.actor.${string}`; readonly error: unknown };

export interface ProxyWifiContext {
  readonly services: Services;
  /** The state of everything, live; plain JSON when serialized. */
  readonly status: LiveStatus;
  /** Crashes of actors right below the root. */
  readonly crashes: number;
}

/** How long endpoints may take to bind before the service counts as running without them, in milliseconds. */
const startTime = 5000;

/** How long the host may take to disconnect and to close when the service stops, in milliseconds. */
const stopTime = 5000;

/** Builds the root machine on a platform; `index.ts` does it for the real one. */
export const proxyWifiOn = (platform: Platform) =>
  setup({
    types: {
      meta: {} as Explains<ProxyWifiEvent['type'], 'startTimeout' | 'stopTimeout'>,
      context: {} as ProxyWifiContext,
      events: {} as ProxyWifiEvent,
      input: {} as ProxyWifiInput,
      emitted: {} as Fact,
      children: {} as Record<string, 'guest' | 'listener' | 'radio' | 'ownership'>,
    },
    actors: {
      guest,
      listener,
      radio,
      ownership,
      /** Ends guest-directed connections, if that is wanted. */
      windDown: fromPromise<void, { services: Services; interfaces: readonly InterfaceId[] }>(({ input }) =>
        input.services.windDown(input.interfaces),
      ),
      /** Resolves when the operating system has everything back. */
      release: fromPromise<void, Services>(({ input }) => input.released()),
    },
    actions: {
      startOwnership: enqueueActions(({ context: { services }, enqueue }) => {
        enqueue.spawnChild('ownership', { id: 'ownership', input: { services } });
      }),
      startRadios: enqueueActions(({ context: { services }, enqueue }) => {
        services.platform.radios(services.settings).forEach((backend, i) => {
          services.backends.set(`radio:${i}`, backend);
          enqueue.spawnChild('radio', { id: `radio:${i}`, input: { services, backend } });
        });
      }),
      startListeners: enqueueActions(({ context: { services }, enqueue }) => {
        services.settings.endpoints.forEach((endpoint, i) => {
          enqueue.spawnChild('listener', { id: `listener:${i}`, input: { services, endpoint } });
        });
      }),
      startGuest: enqueueActions(({ context: { services }, event, enqueue }) => {
        if (event.type !== 'guest.appeared') return;
        const desk = services.guests.get(event.guest);
        if (desk === undefined) return;
        enqueue.spawnChild('guest', { id: `guest:${event.guest}`, input: { desk, services } });
        services.log.info({ guest: event.guest }, 'guest appeared');
      }),
      emitFacts: enqueueActions(({ event, enqueue }) => {
        if (event.type === 'facts.happened') for (const fact of event.facts) enqueue.emit(fact);
      }),
      noteCrash: enqueueActions(({ context, event, self, enqueue }) => {
        if (!('error' in event)) return;
        const { services } = context;
        const id = event.type.slice('xstate.error.actor.'.length);
        services.counters.count('restarts', id.split(':')[0] ?? id);
        services.log.error({ actor: id, error: String(event.error) }, 'an actor crashed');
        stopOrphans(self.getSnapshot().children[id]);
        enqueue.stopChild(id);
        const lost = services.backends.get(id);
        for (const [interfaceId, { radio: name }] of services.interfaces)
          if (name === lost?.name) departInterface(services, interfaceId);
        if (id.startsWith('guest:')) services.dismiss(id.slice('guest:'.length) as GuestId);
        const crashes = context.crashes + 1;
        enqueue.assign({ crashes });
        enqueue.raise(
          { type: 'child.due', id },
          { id: `due ${id}`, delay: pause(reopening, crashes, services.settings.random) },
        );
        services.crashed.add(id);
      }),
      restartChild: enqueueActions(({ context: { services }, event, enqueue }) => {
        if (event.type !== 'child.due') return;
        const { id } = event;
        services.crashed.delete(id);
        const [kind, number] = id.split(':');
        const endpoint = services.settings.endpoints[Number(number)];
        const backend = services.backends.get(id);
        if (kind === 'listener' && endpoint !== undefined)
          enqueue.spawnChild('listener', { id, input: { services, endpoint } });
        else if (kind === 'radio' && backend !== undefined)
          enqueue.spawnChild('radio', { id, input: { services, backend } });
        else if (kind === 'ownership') enqueue.spawnChild('ownership', { id, input: { services } });
      }),
      stopGuests: enqueueActions(({ context: { services }, self, enqueue }) => {
        for (const id of services.crashed) enqueue.cancel(`due ${id}`);
        services.crashed.clear();
        for (const id of Object.keys(self.getSnapshot().children))
          if (id.startsWith('listener:') || id.startsWith('guest:')) enqueue.stopChild(id);
        enqueue(() => services.guests.clear());
      }),
      stopHost: enqueueActions(({ context: { services }, self, enqueue }) => {
        for (const id of Object.keys(self.getSnapshot().children))
          if (id.startsWith('radio:') || id === 'ownership') enqueue.stopChild(id);
        enqueue(() => {
          services.observer.release();
          services.interfaces.clear();
          services.resting.clear();
        });
      }),
      logState: ({ context: { services } }, { state }: { state: string }) =>
        services.log.info({ state }, `proxy-wifi ${state}`),
    },
    guards: {
      areEndpointsSettled: ({ context: { status } }) =>
        status.read().endpoints.every(({ address, problem }) => address !== null || problem !== null),
    },
    delays: { startTimeout: startTime, stopTimeout: stopTime },
  }).createMachine({
    id: 'proxyWifi',
    description: 'The host half of Wi-Fi for virtual machines.',
    meta: {
      events: {
        start: 'The host application starts a stopped service again.',
        stop: 'The host application wants everything closed.',
        'guest.appeared': 'From the door: a guest that may come in has connected for the first time.',
        'facts.happened': 'Something that the host application may watch; it is emitted.',
        'endpoint.settled': 'From a listener: its endpoint is bound, or could not be.',
        'child.due': 'A crashed actor has rested; it is started again.',
        'xstate.error.actor.*': 'A guest, listener, radio or the ownership table crashed.',
      },
      delays: {
        startTimeout: 'An endpoint that binds so slowly is not waited for.',
        stopTimeout: 'A host that closes so slowly is not waited for.',
      },
    },
    context: ({ input, self }) => {
      const settings = decodeInput(input);
      if (settings._tag === 'Left') throw new InvalidInputError(settings.left);
      const problems = platform.problemsOf(settings.right);
      if (problems.length > 0) throw new InvalidInputError(problems);
      const services = new Services(settings.right, platform, {
        publish: (facts) => self.send({ type: 'facts.happened', facts }),
        welcome: (id) => self.send({ type: 'guest.appeared', guest: id }),
      });
      return {
        services,
        status: new LiveStatus(() => readStatus(services, self.getSnapshot().children)),
        crashes: 0,
      };
    },
    initial: 'starting',
    on: {
      'facts.happened': { actions: 'emitFacts' },
      'guest.appeared': { actions: 'startGuest' },
      'child.due': { actions: 'restartChild' },
      'xstate.error.actor.*': { actions: 'noteCrash' },
    },
    states: {
      stopped: {
        id: 'stopped',
        description: 'Nothing is open.',
        on: { start: { target: 'starting' } },
      },
      starting: {
        description: 'Radios and listeners are started, until each endpoint is bound or has failed once.',
        entry: ['startOwnership', 'startRadios', 'startListeners'],
        after: { startTimeout: { target: 'running' } },
        on: {
          'endpoint.settled': { guard: 'areEndpointsSettled', target: 'running' },
          stop: { target: 'stopping' },
        },
      },
      running: {
        description: 'Guests are served.',
        entry: { type: 'logState', params: { state: 'running' } },
        on: {
          stop: { target: 'stopping' },
        },
      },
      stopping: {
        description: 'Guests are cut off, the host is left as it is to be left, everything is released.',
        entry: 'stopGuests',
        initial: 'disconnecting',
        states: {
          disconnecting: {
            description: 'Guest-directed connections end, if that is wanted.',
            invoke: {
              src: 'windDown',
              input: ({ context: { services, status } }) => ({
                services,
                interfaces: services.settings.disconnectOnStop
                  ? guestDirectedInterfaces(status.read().ownership)
                  : [],
              }),
              onDone: { target: 'releasing' },
              onError: { target: 'releasing' },
            },
          },
          releasing: {
            description: 'The operating system gets everything back.',
            entry: 'stopHost',
            invoke: {
              src: 'release',
              input: ({ context }) => context.services,
              onDone: { target: '#stopped' },
              onError: { target: '#stopped' },
            },
          },
        },
        after: { stopTimeout: { target: 'stopped', actions: 'stopHost' } },
        exit: { type: 'logState', params: { state: 'stopped' } },
      },
    },
  });
