/**
 * proxy-wifi: the host half of Wi-Fi for virtual machines. Create the root actor with `createActor(proxyWifi, { input })`
 * from xstate; everything else that a host application, a tool or a test needs is exported here too.
 */
import { proxyWifiOn } from './actors/proxy-wifi.js';
import { thisPlatform } from './platform.js';

/** The root actor's logic on this system's sockets and radios. Input: `ProxyWifiInput`; emits `Fact`s. */
export const proxyWifi = proxyWifiOn(thisPlatform);

export { type CounterName, counterLabels, type MetricsSink, type Tally } from './actors/counters.js';
export type {
  ConnectionType,
  Fact,
  GuestConnectionCompleted,
  GuestDisconnectionCompleted,
  GuestDisconnectionRequested,
  GuestScanCompleted,
  GuestScanRequested,
  HostConnected,
  HostDisconnected,
} from './actors/facts.js';
export type { FrameTap, SeenFrame } from './actors/frame-tap.js';
export { type Log, type LogFacts, silentLog } from './actors/log.js';
export type { ConnectionProposal, Decision, Observer } from './actors/observer.js';
export type { Contention } from './actors/ownership-table.js';
export type { ProxyWifiContext, ProxyWifiEvent } from './actors/proxy-wifi.js';
export { proxyWifiOn } from './actors/proxy-wifi.js';
export type { Platform } from './actors/services.js';
export {
  decodeInput,
  InvalidInputError,
  type ProxyWifiInput,
  type RadioChoice,
} from './actors/settings.js';
export type {
  EndpointStatus,
  GuestStatus,
  InterfaceStatus,
  RadioStatus,
  ServiceStatus,
} from './actors/status.js';
export { exportMachine, type Json } from './machines-viz/export.js';
export type { Inspector, InspectorFailure, InspectorOptions } from './machines-viz/inspector/inspector.js';
export {
  createInspector,
  drawActorTree,
  drawMachine,
  serviceMachines,
  writeDrawings,
  writeExports,
} from './machines-viz/on-demand.js';
export type { HostCheck } from './native/check.js';
export { checkHost, type HostPorts } from './native/checks.js';
export { fakeBss } from './native/fake/fake-network.js';
export { type AnswerFault, checkAnswer } from './native/guest/answer.js';
export {
  createGuest,
  type Guest,
  type GuestEvent,
  type GuestFailure,
  type GuestNetwork,
  type GuestOptions,
  guestFailureText,
} from './native/guest.js';
export { registerHyperVServices } from './native/hyper-v-registration.js';
export { logNativeCode, type TracingLog } from './native/log.js';
export { type NativeCall, nativeCalls } from './native/native-calls.js';
export { derivePmk, type PassphraseProblem, passphraseProblemText } from './native/pmk.js';
export type {
  ConnectFailure,
  ConnectOrder,
  FakeNetwork,
  HostLink,
  InterfaceId,
  PretendedInterface,
  RadioBackend,
  RadioEvent,
  RadioFailure,
  RadioInterface,
  StationEvent,
  StationInterface,
} from './native/radio.js';
export { type HostReport, reportHost } from './native/report/report.js';
export {
  atMostOne,
  FlagType,
  IntegerType,
  ListType,
  ObjectType,
  optional,
  required,
  TextType,
  WordType,
} from './native/simulated/codecs.js';
export { decode } from './native/simulated/decoding.js';
export { defaultScenario, harbourCafeSecret } from './native/simulated/default-scenario.js';
export { parseJson } from './native/simulated/json-text.js';
export { loadScenario } from './native/simulated/load.js';
export { type Problem, problemText } from './native/simulated/problem.js';
export { type SimulatedBackend, simulatedBackend } from './native/simulated/radio.js';
export type { Scenario } from './native/simulated/scenario.js';
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
export type { SocketFailure } from './native/sockets/transport.js';
export type { Registration, RegistrationFailure } from './native/windows/registration.js';
export { thisPlatform } from './platform.js';
export type { Bss } from './protocol/bss.js';
export { type Bssid, parseBssid } from './protocol/bssid.js';
export { describeFrame } from './protocol/describe.js';
export { type DriverFormat, decodeHostMessage, encodeHostMessage, encodeRequest } from './protocol/frame.js';
export { type Channel, channelOfFrequency } from './protocol/frequency.js';
export { KeyMaterial } from './protocol/key-material.js';
export type {
  ConnectRequest,
  ConnectResponse,
  DisconnectedNotification,
  DisconnectRequest,
  DisconnectResponse,
  HostMessage,
  InvalidAnswer,
  Request,
  ScanRequest,
  ScanResponse,
  SignalNotification,
} from './protocol/messages.js';
export {
  type AdvertisedSecurity,
  advertisedSecurity,
  type GuestAuth,
  securityText,
} from './protocol/security.js';
export {
  type Ssid,
  ssidBytes,
  ssidFromBytes,
  ssidFromHex,
  ssidFromText,
  ssidHex,
  ssidProblemText,
} from './protocol/ssid.js';
export { StatusCode, statusName } from './protocol/status.js';
export { type Clock, ManualClock, systemClock } from './streams/clock.js';
