/** Every message between host and guest as a value. One file per operation says how it looks on the wire. */
import type { ConnectRequest, ConnectResponse } from './connect.js';
import type { DisconnectRequest, DisconnectResponse } from './disconnect.js';
import type { DisconnectedNotification } from './disconnected.js';
import type { HelloRequest, HelloResponse } from './hello.js';
import type { InvalidAnswer } from './invalid.js';
import type { ScanRequest, ScanResponse } from './scan.js';
import type { SignalNotification } from './signal.js';

export type {
  ConnectRequest,
  ConnectResponse,
  DisconnectedNotification,
  DisconnectRequest,
  DisconnectResponse,
  HelloRequest,
  HelloResponse,
  InvalidAnswer,
  ScanRequest,
  ScanResponse,
  SignalNotification,
};

/** What a guest asks for: one request per connection. */
export type Request = ScanRequest | ConnectRequest | DisconnectRequest | HelloRequest;

/** What the host sends: the one answer on a request's connection, or a notification on a connection of its own. */
export type HostMessage =
  | ScanResponse
  | ConnectResponse
  | DisconnectResponse
  | HelloResponse
  | InvalidAnswer
  | DisconnectedNotification
  | SignalNotification;
