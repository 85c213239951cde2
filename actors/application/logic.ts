/** The root actor's type as host applications see it: what goes in, what comes out, and in which states it can be. */
import type { ActorLogic, ActorSystem, ActorSystemInfo, Snapshot } from 'xstate';
import type { GuestId } from '../../native/sockets/endpoint.js';
import type { ProxyWifiContext } from '../proxy-wifi-steps.js';
import type { Fact } from './facts.js';
import type { ChangedSettings, ProxyWifiInput } from './settings.js';

/** In which states the service can be. `failed`: no endpoint could be bound; the actor's error is a `NoEndpointError`. */
export type ProxyWifiState = 'stopped' | 'starting' | 'running' | 'stopping' | 'failed';

/**
 * What a host application sends: `stop`, `start` to start a stopped service again, `dismiss` to end the session of a guest, which is
 * told, `networks.changed` when its list of fake networks is another one: it is asked for it at once, instead of at the next
 * scan or connect, and `settings.changed` with other values of settings that take effect at once. A wrong one changes nothing and is
 * logged.
 */
export type ProxyWifiCommand =
  | { readonly type: 'start' }
  | { readonly type: 'stop' }
  | { readonly type: 'dismiss'; readonly guest: GuestId }
  | { readonly type: 'networks.changed' }
  | { readonly type: 'settings.changed'; readonly settings: ChangedSettings };

/** What `getSnapshot()` and `subscribe()` give. `JSON.stringify` makes the state of everything of it. */
export type ProxyWifiSnapshot = Snapshot<unknown> & {
  readonly value: ProxyWifiState;
  /** `context.status.read()`: endpoints, radios, interfaces, guests, sessions, queues and counters, as plain data. */
  readonly context: Pick<ProxyWifiContext, 'status'>;
  readonly matches: (state: ProxyWifiState) => boolean;
};

/** Logic for `createActor(proxyWifi, { input })`. */
export interface ProxyWifiLogic
  extends ActorLogic<
    ProxyWifiSnapshot,
    ProxyWifiCommand,
    ProxyWifiInput,
    ActorSystem<ActorSystemInfo>,
    Fact
  > {}
