/** The steps of the root actor: what it starts, stops and adopts, and what it waits for. `proxy-wifi.ts` says when. */
import {
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
import type { FactStream } from './application/fact-stream.js';
import type { Fact } from './application/facts.js';
import { type ChangedSettings, type ProxyWifiInput, reconfigured } from './application/settings.js';
import type { LiveStatus, Parts } from './application/status.js';
import { mayComeIn } from './door/admission.js';
import { type EndpointPlace, listener } from './door/listener.js';
import { NoEndpointError } from './door/no-endpoint-error.js';
import type { Explains } from './explains.js';
import { supervisedGuests } from './guest/guests.js';
import type { Interfaces } from './host/interface-register.js';
import { RadioPlace, radio } from './host/radio.js';
import { ownership } from './ownership/ownership.js';
import { guestDirectedInterfaces } from './ownership/ownership-table.js';
import { Seat } from './seat.js';
import type { Platform, Service } from './service.js';
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

export interface ProxyWifiContext extends Parts {
  readonly facts: FactStream;
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

/** So many houses of guests go at a time: their guests take some milliseconds, for which nothing else runs. */
const housesAtOnce = 2;

/** The last step of a stop on the host: these interfaces' connections end. */
const disconnectAll = async (interfaces: Interfaces, ids: readonly InterfaceId[]): Promise<void> => {
  const devices = ids.map((id) => interfaces.get(id)?.device);
  await Promise.all(
    devices.map((device) => (device?.kind === 'station' ? device.disconnect()() : undefined)),
  );
};

/**
 * Everything that the root actor can do, ask and wait for, by name, on a platform.
 *
 * @internal Not all that its type is made of has a name in XState.
 */
export const running = (platform: Platform) =>
  setup({
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
      stopSomeHouses: enqueueActions(({ context: { houses }, enqueue }) => {
        for (const id of houses.slice(0, housesAtOnce)) enqueue.stopChild(id);
        enqueue.assign({ houses: houses.slice(housesAtOnce) });
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
  });
