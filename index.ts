/**
 * `proxy-wifi`: the host half of Wi-Fi for virtual machines. Create the root actor with `createActor(proxyWifi, { input })` from
 * xstate. Beside this door: `proxy-wifi/guest`, `/protocol`, `/simulated`, `/inspector`, `/control`, `/host`,
 * `/settings` and `/metrics`.
 */

import type { ProxyWifiLogic } from './actors/application/logic.js';
import { proxyWifiOn } from './actors/proxy-wifi.js';
import { thisPlatform } from './platform.js';

/** The root actor's logic on this system's sockets and radios. Input: `ProxyWifiInput`; emits `Fact`s. */
export const proxyWifi: ProxyWifiLogic =
  // The machine's own type is over a thousand lines, and knows what is nobody's outside.
  proxyWifiOn(thisPlatform) as unknown as ProxyWifiLogic;

export {
  type CounterName,
  counterLabels,
  type MetricsSink,
  type Tally,
} from './actors/application/counters.js';
export type { ConnectionProposal, Decision, Refusal } from './actors/application/decision.js';
// What comes out.
export type {
  ConnectionType,
  DisconnectionOutcome,
  EndpointFailed,
  Fact,
  GuestConnectionCompleted,
  GuestDisconnectionCompleted,
  GuestDisconnectionRequested,
  GuestScanCompleted,
  GuestScanRequested,
  HostConnected,
  HostDisconnected,
  ScanOutcome,
} from './actors/application/facts.js';
export type { FrameTap, SeenFrame } from './actors/application/frame-tap.js';
export { type Log, type LogFacts, silentLog } from './actors/application/log.js';
export type {
  ProxyWifiCommand,
  ProxyWifiLogic,
  ProxyWifiSnapshot,
  ProxyWifiState,
} from './actors/application/logic.js';
export type { Observer } from './actors/application/observer.js';
// What goes in.
export { connectionPolicy, type PolicyRules } from './actors/application/policy.js';
export {
  type ChangedSettings,
  InvalidInputError,
  type ProxyWifiInput,
  type RadioChoice,
} from './actors/application/settings.js';
export type {
  EndpointStatus,
  GuestStatus,
  InterfaceStatus,
  OwnershipStatus,
  RadioStatus,
  ServiceStatus,
} from './actors/application/status.js';
export { NoEndpointError } from './actors/door/no-endpoint-error.js';
export type { Contention } from './actors/ownership/ownership-table.js';
export { fakeNetworksInterfaceId } from './native/fake/fake-networks.js';
export type { FakeNetwork, InterfaceId } from './native/radio.js';
export {
  defaultNotificationPort,
  defaultRequestPort,
  type Endpoint,
  type EndpointProblem,
  endpointProblemText,
  formatEndpoint,
  type GuestId,
  parseEndpoint,
  parseGuestId,
} from './native/sockets/endpoint.js';
export { decodeInput } from './platform.js';
export type { GuestAuth, NetworkAuth } from './protocol/security.js';
export { type Clock, ManualClock, systemClock } from './streams/clock.js';
