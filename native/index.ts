/**
 * `proxy-wifi/host`: what this machine can do, what it has to be told, and the types behind which radios stand, for those who
 * bring one of their own.
 */
export type { HostCheck } from './check.js';
export { checkHost, type HostPorts } from './checks.js';
export { registerHyperVServices } from './hyper-v-registration.js';
export { type FileObstacle, type UnsavedFile, unsave } from './linux/saved-file.js';
export { type ServiceSupervisor, serviceSupervisor } from './linux/systemd.js';
export { logNativeCode, type TracingLog } from './log.js';
export { type NativeCall, nativeCalls } from './native-calls.js';
export type {
  ConnectFailure,
  ConnectOrder,
  FakeInterface,
  HostLink,
  LeftLink,
  LeftLinks,
  RadioBackend,
  RadioEvent,
  RadioFailure,
  RadioInterface,
  StationEvent,
  StationInterface,
} from './radio.js';
export { type HostReport, reportHost } from './report/report.js';
export { stateFile } from './state-file.js';
export type { StateFailure, StateStore } from './state-store.js';
export type { Registration, RegistrationFailure } from './windows/registration.js';
