/** What the service tells the host application: the same facts reach the observer's hooks and `actor.on(...)`. */

import type { InterfaceId } from '../../native/radio.js';
import type { GuestId } from '../../native/sockets/endpoint.js';
import type { GuestAuth, NetworkAuth } from '../../protocol/security.js';
import type { Ssid } from '../../protocol/ssid.js';
import type { StatusCode } from '../../protocol/status.js';

/** `hostMirroring`: the host is connected already and stays as it is. `guestDirected`: the host is to connect. */
export type ConnectionType = 'hostMirroring' | 'guestDirected';

/** A guest asks which networks there are. `ssid`: of a directed scan, otherwise null. */
export interface GuestScanRequested {
  readonly type: 'guestScanRequested';
  readonly guest: GuestId;
  readonly ssid: Ssid | null;
}

/**
 * What became of a scan. `complete`: these are all. `promised`: an interface still scans, and the rest follows as a notification.
 * `failed`: no interface has seen anything new. `abandoned`: the guest hung up before it was answered.
 */
export type ScanOutcome = 'complete' | 'promised' | 'failed' | 'abandoned';

/** The answer to a scan is about to go. `networks`: how many; `complete`: false while an interface still scans for this guest. */
export interface GuestScanCompleted {
  readonly type: 'guestScanCompleted';
  readonly guest: GuestId;
  readonly networks: number;
  readonly complete: boolean;
  readonly outcome: ScanOutcome;
  /** Interfaces whose scan failed, or that did not answer in time: of them the answer has what they had seen before. */
  readonly failed: readonly InterfaceId[];
}

/** Comes before the answer to a connect request, whatever the outcome. */
export interface GuestConnectionCompleted {
  readonly type: 'guestConnectionCompleted';
  readonly guest: GuestId;
  readonly connection: ConnectionType;
  /** IEEE 802.11-2020, 9.4.1.9: 0 is success. */
  readonly status: StatusCode;
  /** Null when no interface connected. */
  readonly interfaceId: InterfaceId | null;
  readonly ssid: Ssid;
  /** As the guest was shown it, or asked for it. */
  readonly auth: GuestAuth;
  /** As the network is: `wpa3-sae` and so on; null where no scan has shown it. */
  readonly networkAuth: NetworkAuth | null;
}

/** A guest ends a session that it has. */
export interface GuestDisconnectionRequested {
  readonly type: 'guestDisconnectionRequested';
  readonly guest: GuestId;
  readonly connection: ConnectionType;
  readonly interfaceId: InterfaceId;
  readonly ssid: Ssid;
}

/**
 * What became of the host's connection when a session ended. `disconnected`: it has ended too. `kept`: the host made it itself, or
 * another guest uses it. `failed`: the host has not disconnected within its time, or refused. `guest gone`: nobody has asked; the
 * guest was silent for too long, or its driver knows of no session. `dismissed`: the host application has ended it.
 */
export type DisconnectionOutcome = 'disconnected' | 'kept' | 'failed' | 'guest gone' | 'dismissed';

/** The session has ended, whatever became of the host's connection. */
export interface GuestDisconnectionCompleted {
  readonly type: 'guestDisconnectionCompleted';
  readonly guest: GuestId;
  readonly connection: ConnectionType;
  readonly interfaceId: InterfaceId;
  readonly ssid: Ssid;
  readonly outcome: DisconnectionOutcome;
}

/** A host interface is connected: it just connected, or it was when it arrived. */
export interface HostConnected {
  readonly type: 'hostConnected';
  readonly interfaceId: InterfaceId;
  readonly ssid: Ssid;
  /** As a guest sees it in a scan. */
  readonly auth: GuestAuth;
}

/** A host interface has lost its network, or has left while connected. */
export interface HostDisconnected {
  readonly type: 'hostDisconnected';
  readonly interfaceId: InterfaceId;
  readonly ssid: Ssid;
}

/** An endpoint could not be bound, or was lost after it had been. It is tried again by itself, with growing pauses. */
export interface EndpointFailed {
  readonly type: 'endpointFailed';
  /** The endpoint's URL, as the status has it. */
  readonly endpoint: string;
  /** The system's symbolic name: `EADDRINUSE`, `EACCES`, `ENOENT`. */
  readonly code: string;
  /** Where, what was wrong and what to do, in a sentence. */
  readonly problem: string;
  /** Failures since it last listened, this one included. */
  readonly failures: number;
}

/** Everything that the root actor emits. */
export type Fact =
  | EndpointFailed
  | GuestScanRequested
  | GuestScanCompleted
  | GuestConnectionCompleted
  | GuestDisconnectionRequested
  | GuestDisconnectionCompleted
  | HostConnected
  | HostDisconnected;
