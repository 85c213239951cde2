/**
 * What goes over the inspector's socket: one JSON object per message, or, for the inspector's own page, a list of them. Those that begin with `@xstate.` have the shape of
 * `@statelyai/inspect`, with a few fields more; its tools read them from the same socket and ignore the others.
 */
import type { StateValue } from 'xstate';
import type { ServiceStatus } from '../../actors/application/status.js';
import type { Json } from '../export.js';

interface StatelyMessage {
  /** Of the actor that it is about. */
  readonly sessionId: string;
  readonly rootId: string;
  /** Milliseconds since the epoch, as text. */
  readonly createdAt: string;
  /** Counts up over everything that happens; text. */
  readonly id: string;
  readonly _version: string;
}

export interface InspectedSnapshot {
  readonly status: string;
  readonly value?: StateValue;
  readonly context?: Json;
  readonly output?: Json;
  readonly error?: Json;
}

export interface InspectedEvent {
  readonly type: string;
  readonly [field: string]: Json;
}

/** An actor has come to be. */
export interface ActorMessage extends StatelyMessage {
  readonly type: '@xstate.actor';
  readonly name: string;
  readonly parentId: string | undefined;
  /** JSON of the machine for Stately; left out for the inspector's own page, which has drawings. */
  readonly definition: string | undefined;
  readonly snapshot: InspectedSnapshot;
  /** Id of its machine; null for an actor that carries out an effect. */
  readonly machine: string | null;
}

/** An event has been sent to an actor. */
export interface EventMessage extends StatelyMessage {
  readonly type: '@xstate.event';
  readonly event: InspectedEvent;
  /** The actor that sent it; undefined: it came from outside the machines. */
  readonly sourceId: string | undefined;
  /** The event whose handling led to this one; null: it came by itself. */
  readonly cause: string | null;
}

/** What a machine did with an event, one for each step. */
export interface TakenTransition {
  /** Paths as in a `Statechart`. */
  readonly source: string;
  readonly event: string;
  readonly targets: readonly string[];
}

/** An actor is through with an event. */
export interface SnapshotMessage extends StatelyMessage {
  readonly type: '@xstate.snapshot';
  readonly event: InspectedEvent;
  /** Id of the message with that event. */
  readonly cause: string | null;
  readonly snapshot: InspectedSnapshot;
  readonly transitions: readonly TakenTransition[];
}

/** First on every connection. */
interface HelloMessage {
  readonly type: '@proxy-wifi.hello';
  /** Opens the next connection in place of the token, which is used up. */
  readonly key: string;
  /** How many events are kept. */
  readonly limit: number;
  /** True: the radio is simulated, and the page may do steps of a scenario on it. */
  readonly air?: true;
}

/** What became of a step that the page wanted done. */
interface ActedMessage {
  readonly type: '@proxy-wifi.acted';
  /** Null: done. */
  readonly problem: string | null;
}

/** A frame went over a channel; the bytes of a key are zero. */
export interface FrameMessage {
  readonly type: '@proxy-wifi.frame';
  readonly id: string;
  readonly createdAt: string;
  readonly guest: string;
  readonly channel: 'request' | 'notification';
  readonly from: 'guest' | 'host';
  readonly base64: string;
}

export interface SeenNetwork {
  readonly ssid: string;
  readonly bssid: string;
  /** dBm. */
  readonly rssi: number;
  /** MHz. */
  readonly frequency: number;
  readonly security: string;
}

/** The state of everything: once a second while a page is open, and after seconds in which something happened. */
export interface StatusMessage {
  readonly type: '@proxy-wifi.status';
  readonly id: string;
  readonly createdAt: string;
  readonly status: ServiceStatus;
  /** By interface, in dispatch order. */
  readonly networks: Readonly<Record<string, readonly SeenNetwork[]>>;
}

/** Everything that was kept has been sent; what follows happens now. */
interface CaughtUpMessage {
  readonly type: '@proxy-wifi.caught-up';
}

/** What is kept in the order in which it happened. */
export type RecordedMessage = ActorMessage | EventMessage | SnapshotMessage | FrameMessage | StatusMessage;

export type InspectorMessage = RecordedMessage | HelloMessage | CaughtUpMessage | ActedMessage;

/** Most events that are kept, in the service and on a page. */
export const eventLimit = 10_000;
