/** The root actor: starts and stops everything, and speaks to the host application. */
import {
  type AnyActorScope,
  type AnyStateMachine,
  assign,
  type EventObject,
  enqueueActions,
  fromCallback,
  fromPromise,
  setup,
  spawnChild,
  stopChild,
} from 'xstate';
import type { InterfaceId } from '../native/radio.js';
import { formatEndpoint, type GuestId } from '../native/sockets/endpoint.js';
import { FactStream } from './application/fact-stream.js';
import type { Fact } from './application/facts.js';
import {
  type ChangedSettings,
  decodeInput,
  InvalidInputError,
  type ProxyWifiInput,
  reconfigured,
} from './application/settings.js';
import { LiveStatus, readStatus } from './application/status.js';
import { mayComeIn } from './door/admission.js';
import { type EndpointPlace, listener } from './door/listener.js';
import { NoEndpointError } from './door/no-endpoint-error.js';
import type { Explains } from './explains.js';
import { Guests } from './guest/guest-register.js';
import { supervisedGuests } from './guest/guests.js';
import { Interfaces } from './host/interface-register.js';
import { RadioPlace, radio } from './host/radio.js';
import { ownership } from './ownership/ownership.js';
import type { OwnershipSeat } from './ownership/ownership-state.js';
import { guestDirectedInterfaces } from './ownership/ownership-table.js';
import { Seat } from './seat.js';
import { type Platform, Service } from './service.js';
import { leftLinkOf, recallGuests } from './state/recall.js';
import { rememberedNow } from './state/remembered.js';
import { supervisedStateKeeper } from './state/state-keeper.js';
import { turn } from './turn.js';

type ProxyWifiEvent =
  /** Starts a stopped service again. */
  | { readonly type: 'start' }
  /** Stops a running one: `stopped` is reached when nothing is left. */
  | { readonly type: 'stop' }
  /** Ends the session of a guest, which is told. */
  | { readonly type: 'dismiss'; readonly guest: GuestId }
  /** The host application's list of fake networks is another one. */
  | { readonly type: 'networks.changed' }
  /** Other settings, of those that take effect at once. */
  | { readonly type: 'settings.changed'; readonly settings: ChangedSettings }
  /** An endpoint is bound, or could not be. */
  | { readonly type: 'endpoint.settled' }
  /** A guest has shown up, and there is no room for its actors. */
  | { readonly type: 'guests.crowded' };

export interface ProxyWifiContext {
  readonly service: Service;
  readonly facts: FactStream;
  readonly interfaces: Interfaces;
  readonly guests: Guests;
  readonly ownership: OwnershipSeat;
  readonly endpoints: readonly EndpointPlace[];
  readonly radios: readonly RadioPlace[];
  /** A start at which no endpoint could be bound, in sentences; empty: there was none. */
  readonly unbound: readonly string[];
  /** Houses of guests that still stand. */
  readonly houses: readonly string[];
  /** The state of everything, live; plain JSON when serialized. */
  readonly status: LiveStatus;
}

/** How long endpoints may take to bind before the service counts as running without them, in milliseconds. */
const startTime = 5000;

const isBound = ({ seat: { state } }: EndpointPlace): boolean => (state?.address ?? null) !== null;

const hasFailed = ({ seat: { state } }: EndpointPlace): boolean => (state?.problem ?? null) !== null;

const whyUnbound = ({ endpoint, seat: { state } }: EndpointPlace): string =>
  state?.problem ?? `listen ${formatEndpoint(endpoint)}: not bound within ${startTime / 1000} s`;

/** How long the store may take that remembers things, in milliseconds. */
const memoryTime = 2000;

/** How long the host may take to disconnect and to close when the service stops, in milliseconds. */
const stopTime = 5000;

/** The last step of a stop on the host: these interfaces' connections end. */
const disconnectAll = async (interfaces: Interfaces, ids: readonly InterfaceId[]): Promise<void> => {
  const devices = ids.map((id) => interfaces.get(id)?.device);
  await Promise.all(
    devices.map((device) => (device?.kind === 'station' ? device.disconnect()() : undefined)),
  );
};

/** Builds the root machine on a platform; `index.ts` does it for the real one. */
export const proxyWifiOn = (platform: Platform) => {
  const machine = setup({
    types: {
      meta: {} as Explains<ProxyWifiEvent['type'], 'startTimeout' | 'stopTimeout' | 'memoryTimeout'>,
      context: {} as ProxyWifiContext,
      events: {} as ProxyWifiEvent,
      input: {} as ProxyWifiInput,
      emitted: {} as Fact,
      children: {} as Record<
        string,
        'guests' | 'listener' | 'nativeLog' | 'radio' | 'ownership' | 'stateKeeper'
      >,
    },
    actors: {
      ownership,
      radio,
      guests: supervisedGuests,
      listener,
      /** Writes what native code does, while anything is open. */
      nativeLog: fromCallback<EventObject, Service>(({ input: { platform: native, log } }) => {
        const followed = native.logNative(log);
        return () => followed.unsubscribe();
      }),
      /** Ends what is left of deadlines, also when the actor is stopped from outside: then no exit action runs. */
      holdProcess: fromCallback<EventObject, Service>(({ input: { deadlines, memory } }) => () => {
        deadlines.clear();
        void memory.close();
      }),
      stateKeeper: supervisedStateKeeper,
      /** What an earlier run knew; guests that had a session have it again. Whatever is wrong with it is logged. */
      recall: fromPromise<void, ProxyWifiContext>(async ({ input: { service, guests }, signal }) =>
        recallGuests(await service.memory.recall(signal), service, guests, signal),
      ),
      /** The last word to the next run: once guests hear nothing more, and before anything changes on the host. */
      writeDown: fromPromise<void, ProxyWifiContext>(async ({ input }) => {
        const saved = await input.service.memory.save(rememberedNow(input));
        if (saved._tag === 'Left') input.service.log.warn({ code: saved.left.code }, saved.left.detail);
      }),
      turn,
      /** Ends guest-directed connections, if that is wanted. */
      windDown: fromPromise<void, ProxyWifiContext>(({ input: { service, interfaces, ownership: seat } }) =>
        disconnectAll(
          interfaces,
          service.settings.disconnectOnStop ? guestDirectedInterfaces(seat.state?.table ?? {}) : [],
        ),
      ),
      /** Nobody could reach the service: what becomes the root's own error. */
      fail: fromPromise<void, readonly string[]>(({ input }) => Promise.reject(new NoEndpointError(input))),
      /** Resolves when the operating system has everything back. */
      release: fromPromise<void, ProxyWifiContext>(async ({ input: { radios, service } }) => {
        await Promise.all([...radios.map(({ backend }) => backend.closed?.()), service.memory.close()]);
      }),
    },
    actions: {
      startOwnership: enqueueActions(({ context, enqueue }) => {
        const { service, interfaces, guests, ownership: seat } = context;
        enqueue.spawnChild('ownership', { id: 'ownership', input: { service, interfaces, guests, seat } });
      }),
      openPlaces: assign(({ context: { service, ownership: seat } }) => ({
        endpoints: service.settings.endpoints.map((endpoint) => ({ endpoint, seat: new Seat() })),
        radios: platform
          .radios(service.settings, (id) => leftLinkOf(service, seat, id))
          .map((backend) => new RadioPlace(backend)),
      })),
      closePlaces: assign({ endpoints: [], radios: [] }),
      startKeeper: enqueueActions(({ context, enqueue }) => {
        const { service, interfaces, guests, ownership: seat } = context;
        if (service.memory.isKept)
          enqueue.spawnChild('stateKeeper', {
            id: 'state',
            input: { service, interfaces, guests, ownership: seat },
          });
      }),
      startRadios: enqueueActions(({ context, enqueue }) => {
        const { service, facts, interfaces, guests, ownership: seat } = context;
        for (const [i, place] of context.radios.entries())
          enqueue.spawnChild('radio', {
            id: `radio:${i}`,
            input: { service, place, facts, interfaces, guests, ownership: seat },
          });
      }),
      openHouse: enqueueActions(({ context, enqueue }) => {
        const { service, facts, interfaces, guests, ownership: seat, houses } = context;
        const id = `guests:${houses.length}`;
        enqueue.spawnChild('guests', {
          id,
          input: { service, facts, interfaces, guests, ownership: seat },
        });
        enqueue.assign({ houses: [...houses, id] });
      }),
      startListeners: enqueueActions(({ context: { service, facts, guests, endpoints }, self, enqueue }) => {
        const onSettled = (): void => self.send({ type: 'endpoint.settled' });
        for (const [i, place] of endpoints.entries())
          enqueue.spawnChild('listener', {
            id: `listener:${i}`,
            input: { service, facts, guests, ...place, onSettled },
          });
      }),
      noteUnbound: assign({ unbound: ({ context: { endpoints } }) => endpoints.map(whyUnbound) }),
      stopListeners: enqueueActions(({ context: { endpoints }, enqueue }) => {
        enqueue.stopChild('state');
        for (const i of endpoints.keys()) enqueue.stopChild(`listener:${i}`);
      }),
      stopHouse: enqueueActions(({ context: { houses }, enqueue }) => {
        const [first, ...others] = houses;
        if (first !== undefined) enqueue.stopChild(first);
        enqueue.assign({ houses: others });
      }),
      stopHouses: enqueueActions(({ context: { houses }, enqueue }) => {
        for (const id of houses) enqueue.stopChild(id);
        enqueue.assign({ houses: [] });
      }),
      stopHost: enqueueActions(({ context, enqueue }) => {
        const { service, interfaces, guests, radios } = context;
        for (const i of radios.keys()) enqueue.stopChild(`radio:${i}`);
        enqueue.stopChild('ownership');
        enqueue(() => {
          guests.clear();
          interfaces.clear();
          service.observer.release();
          service.deadlines.clear();
        });
      }),
      dismissGuest: enqueueActions(({ context: { guests }, event, enqueue }) => {
        if (event.type === 'dismiss') guests.tell(enqueue, event.guest, { type: 'session.dismissed' });
      }),
      /** A guest that may not come in any more is cut off, and told that its session is over. */
      adoptSettings: enqueueActions(({ context: { service, guests }, event, enqueue }) => {
        if (event.type !== 'settings.changed') return;
        const next = reconfigured(service.settings, event.settings);
        if (next._tag === 'Left') {
          for (const problem of next.left)
            enqueue(() => service.log.error({ problem }, 'the settings stay as they were'));
          return;
        }
        enqueue(() => service.adopt(next.right));
        for (const { guest, connections } of guests.entries()) {
          if (mayComeIn(next.right, guest)) continue;
          guests.tell(enqueue, guest, { type: 'session.dismissed' });
          enqueue(() => connections.close());
        }
      }),
      followNative: spawnChild('nativeLog', {
        id: 'nativeLog',
        input: ({ context }: { readonly context: ProxyWifiContext }) => context.service,
      }),
      unfollowNative: stopChild('nativeLog'),
      warnOfSilence: ({ context: { service } }) => service.memory.warnOfSilence(),
      /** What comes of it the interface of fake networks tells. */
      askApplication: ({ context: { interfaces } }) => void interfaces.askApplication(),
      releaseProcess: stopChild('holdProcess'),
      logState: ({ context: { service } }, { state }: { state: string }) =>
        service.log.info({ state }, `proxy-wifi ${state}`),
    },
    guards: {
      areEndpointsSettled: ({ context: { endpoints } }) =>
        endpoints.every((place) => isBound(place) || hasFailed(place)),
      haveAllEndpointsFailed: ({ context: { endpoints } }) => endpoints.every(hasFailed),
      isUnreachable: ({ context: { endpoints } }) => !endpoints.some(isBound),
      hasFailed: ({ context: { unbound } }) => unbound.length > 0,
      keepsNothing: ({ context: { service } }) => !service.memory.isKept,
      hasGuests: ({ context: { houses } }) => houses.length > 0,
    },
    delays: { startTimeout: startTime, stopTimeout: stopTime, memoryTimeout: memoryTime },
  }).createMachine({
    id: 'proxyWifi',
    description: 'The host half of Wi-Fi for virtual machines.',
    meta: {
      events: {
        start: 'The host application starts a stopped service again.',
        stop: 'The host application wants everything closed.',
        dismiss: 'The host application ends the session of a guest.',
        'networks.changed': 'The host application has other fake networks than before.',
        'settings.changed': 'The host application has other settings, of those that take effect at once.',
        'guests.crowded': 'From the register of guests: one more has shown up than its actors have room.',
        'endpoint.settled': 'From a listener: its endpoint is bound, or could not be.',
      },
      delays: {
        startTimeout: 'An endpoint that binds so slowly is not waited for.',
        stopTimeout: 'A host that closes so slowly is not waited for.',
        memoryTimeout: 'A disk that is so slow is not waited for.',
      },
    },
    context: ({ input, self }) => {
      forgetInput(self);
      const settings = decodeInput(input);
      if (settings._tag === 'Left') throw new InvalidInputError(settings.left);
      const problems = platform.problemsOf(settings.right);
      if (problems.length > 0) throw new InvalidInputError(problems);
      const service = new Service(settings.right, platform);
      const parts = {
        service,
        facts: new FactStream(service.observer),
        interfaces: new Interfaces(),
        guests: new Guests(service, () => self.send({ type: 'guests.crowded' })),
        ownership: new Seat() as OwnershipSeat,
      };
      return {
        ...parts,
        endpoints: [],
        radios: [],
        unbound: [],
        houses: [],
        status: new LiveStatus(() => readStatus(self.getSnapshot().context)),
      };
    },
    invoke: { id: 'holdProcess', src: 'holdProcess', input: ({ context }) => context.service },
    initial: 'starting',
    states: {
      stopped: {
        id: 'stopped',
        description: 'Nothing is open.',
        entry: ['closePlaces', 'unfollowNative'],
        always: { guard: 'hasFailed', target: 'failed' },
        on: { start: { target: 'starting' }, 'settings.changed': { actions: 'adoptSettings' } },
      },
      failed: {
        description: 'No endpoint could be bound: the actor ends with that error, and nothing is open.',
        // An actor that ends with an error stops none of its children.
        entry: 'releaseProcess',
        invoke: { src: 'fail', input: ({ context }) => context.unbound },
      },
      starting: {
        description: 'Radios and listeners are started, until each endpoint is bound or has failed once.',
        entry: 'followNative',
        initial: 'recalling',
        states: {
          recalling: {
            description: 'What an earlier run knew is read, before anybody comes in.',
            always: { guard: 'keepsNothing', target: 'opening' },
            invoke: {
              src: 'recall',
              input: ({ context }) => context,
              onDone: { target: 'opening' },
              onError: { target: 'opening' },
            },
            after: { memoryTimeout: { target: 'opening', actions: 'warnOfSilence' } },
          },
          opening: {
            description: 'Everything is opened.',
            entry: ['openPlaces', 'startOwnership', 'startKeeper', 'startRadios', 'startListeners'],
          },
        },
        after: {
          startTimeout: [
            { guard: 'isUnreachable', target: 'stopping', actions: 'noteUnbound' },
            { target: 'running' },
          ],
        },
        on: {
          'endpoint.settled': [
            { guard: 'haveAllEndpointsFailed', target: 'stopping', actions: 'noteUnbound' },
            { guard: 'areEndpointsSettled', target: 'running' },
          ],
          'guests.crowded': { actions: 'openHouse' },
          'settings.changed': { actions: 'adoptSettings' },
          stop: { target: 'stopping' },
        },
      },
      running: {
        description: 'Guests are served.',
        entry: { type: 'logState', params: { state: 'running' } },
        on: {
          'guests.crowded': { actions: 'openHouse' },
          dismiss: { actions: 'dismissGuest' },
          'networks.changed': { actions: 'askApplication' },
          'settings.changed': { actions: 'adoptSettings' },
          stop: { target: 'stopping' },
        },
      },
      stopping: {
        description: 'Guests are cut off, the host is left as it is to be left, everything is released.',
        entry: 'stopListeners',
        initial: 'dismissing',
        states: {
          dismissing: {
            description:
              'One house of guests after the other goes, with a turn of the event loop in between.',
            entry: 'stopHouse',
            invoke: {
              src: 'turn',
              onDone: [
                { guard: 'hasGuests', target: 'dismissing', reenter: true },
                { target: 'remembering' },
              ],
            },
          },
          remembering: {
            description: 'Nobody hears anything any more: what the next run has to know is written down.',
            always: { guard: 'keepsNothing', target: 'disconnecting' },
            invoke: {
              src: 'writeDown',
              input: ({ context }) => context,
              onDone: { target: 'disconnecting' },
              onError: { target: 'disconnecting' },
            },
            after: { memoryTimeout: { target: 'disconnecting' } },
          },
          disconnecting: {
            description: 'Guest-directed connections end, if that is wanted.',
            invoke: {
              src: 'windDown',
              input: ({ context }) => context,
              onDone: { target: 'releasing' },
              onError: { target: 'releasing' },
            },
          },
          releasing: {
            description: 'The operating system gets everything back.',
            entry: 'stopHost',
            invoke: {
              src: 'release',
              input: ({ context }) => context,
              onDone: { target: '#stopped' },
              onError: { target: '#stopped' },
            },
          },
        },
        after: { stopTimeout: { target: 'stopped', actions: ['stopHouses', 'stopHost'] } },
        exit: { type: 'logState', params: { state: 'stopped' } },
      },
    },
  });
  return emittingFacts(machine);
};

/** XState keeps what an actor was given, and a scenario has keys: `util.inspect` and `console.log` show none of them. */
const forgetInput = (root: object): void => {
  if ('options' in root && typeof root.options === 'object')
    Object.assign(root, { options: { ...root.options, input: undefined } });
};

/**
 * Has anybody ever called `actor.on`? XState does not say it in public, so that any other answer than an empty list counts as yes.
 */
const isListenedTo = (root: object): boolean => {
  const listeners: unknown = Reflect.get(root, 'eventListeners');
  return !(listeners instanceof Map) || listeners.size > 0;
};

/**
 * The root emits facts straight from their stream, and only when somebody listens: an event of the machine for each would cost a
 * scan a fifth of its time, and even the stream costs it 5 µs.
 */
const emittingFacts = <Machine extends AnyStateMachine>(machine: Machine): Machine => {
  const start = machine.start.bind(machine);
  return Object.assign(machine, {
    start: (
      snapshot: Parameters<typeof start>[0] & { readonly context: ProxyWifiContext },
      scope: AnyActorScope,
    ) => {
      const { facts } = snapshot.context;
      facts.facts.subscribe((fact: Fact) => scope.emit(fact));
      facts.isHeard = () => isListenedTo(scope.self);
      start(snapshot);
    },
  });
};
