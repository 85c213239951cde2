/** `proxy-wifi/protocol`: the bytes between guest and host as values, and back. `docs/protocol.md` describes them. */
export type { Bss } from './bss.js';
export { type Bssid, parseBssid } from './bssid.js';
export { describeFrame } from './describe.js';
export {
  type DriverFormat,
  decodeHostMessage,
  decodeRequest,
  encodeHostMessage,
  encodeRequest,
} from './frame.js';
export { type Channel, channelOfFrequency } from './frequency.js';
export { HelloCapability } from './hello.js';
export { type InstanceId, instanceIdOf } from './instance-id.js';
export { KeyMaterial } from './key-material.js';
export type {
  ConnectRequest,
  ConnectResponse,
  DisconnectedNotification,
  DisconnectRequest,
  DisconnectResponse,
  HelloRequest,
  HelloResponse,
  HostMessage,
  InvalidAnswer,
  Request,
  ScanRequest,
  ScanResponse,
  SignalNotification,
} from './messages.js';
export { type AdvertisedSecurity, advertisedSecurity, type GuestAuth, securityText } from './security.js';
export {
  type Ssid,
  ssidBytes,
  ssidFromBytes,
  ssidFromHex,
  ssidFromText,
  ssidHex,
  ssidProblemText,
} from './ssid.js';
export { StatusCode, statusName } from './status.js';
