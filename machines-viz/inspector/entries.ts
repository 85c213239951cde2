/** What the recorder keeps of all that happens: one entry for each thing. */
import type { AnyActorRef, AnyTransitionDefinition, Snapshot, StateValue } from 'xstate';
import type { SeenFrame } from '../../actors/application/frame-tap.js';
import type { Json } from '../export.js';
import type { InspectedEvent, StatusMessage } from './messages.js';
import { plainData } from './plain-data.js';

/** What is kept of a snapshot: the rest of it can go. */
export interface SeenState {
  readonly status: string;
  readonly value?: StateValue;
  readonly context?: unknown;
  readonly output?: unknown;
  readonly error?: unknown;
}

/** An actor as the recorder knows it. */
export interface Track {
  readonly actor: AnyActorRef;
  readonly rootId: string;
  readonly parentId: string | undefined;
  readonly createdAt: number;
  /** Its snapshot before the oldest entry that is kept. */
  base: SeenState | undefined;
  /** Events that it has been sent and is not through with; the first is being handled. */
  readonly pending: EventEntry[];
  /** Steps of the event that is being handled. */
  steps: readonly AnyTransitionDefinition[];
  ended: boolean;
}

interface ActorEntry {
  readonly kind: 'actor';
  readonly time: number;
  readonly track: Track;
}

export interface EventEntry {
  readonly kind: 'event';
  readonly number: number;
  readonly time: number;
  readonly track: Track;
  readonly source: string | undefined;
  /** The event itself, to be recognized when its actor is through with it; then it can go, and what hangs on it: keys, sockets. */
  given: object | null;
  readonly event: InspectedEvent;
  readonly cause: number | null;
}

interface SnapshotEntry {
  readonly kind: 'snapshot';
  readonly time: number;
  readonly track: Track;
  readonly event: InspectedEvent;
  readonly cause: number | null;
  readonly state: SeenState;
  readonly steps: readonly AnyTransitionDefinition[];
}

interface FrameEntry {
  readonly kind: 'frame';
  readonly seen: SeenFrame;
}

export interface StatusEntry {
  readonly kind: 'status';
  readonly time: number;
  readonly status: Pick<StatusMessage, 'status' | 'networks'>;
}

export type Entry = ActorEntry | EventEntry | SnapshotEntry | FrameEntry | StatusEntry;

/** An event as data at once if it holds more than single values: what it points to may be secret, or change. */
export const eventData = (event: { readonly type: string }): InspectedEvent => {
  if (event.type === 'xstate.init') return { type: event.type };
  for (const name in event)
    if (['object', 'bigint'].includes(typeof Reflect.get(event, name)))
      return plainData(event) as { readonly type: string; readonly [field: string]: Json };
  return event as InspectedEvent;
};

/** Values and contexts of machines are immutable and hold no secrets; snapshots of other actors hold their input. */
export const stateOf = (snapshot: Snapshot<unknown>): SeenState => {
  const { status, output, error } = snapshot;
  if (!('value' in snapshot)) return { status, output: plainData(output), error: plainData(error) };
  const { value, context } = snapshot as { readonly value: StateValue; readonly context?: unknown };
  return status === 'active' ? { status, value, context } : { status, value, context, output, error };
};
