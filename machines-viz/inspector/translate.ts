/** Entries of the recorder as messages for the socket. */
import type { AnyStateMachine, AnyTransitionDefinition } from 'xstate';
import { exportMachine, type Json } from '../export.js';
import type { Entry, SeenState, Track } from './entries.js';
import type { ActorMessage, InspectedSnapshot, RecordedMessage, TakenTransition } from './messages.js';
import { plainData } from './plain-data.js';

/** Of `@statelyai/inspect`, whose shapes these are. */
const shapeVersion = '0.7.2';

const isMachine = (logic: unknown): logic is AnyStateMachine =>
  typeof logic === 'object' && logic !== null && 'root' in logic && 'implementations' in logic;

const definitions = new WeakMap<AnyStateMachine, string>();

const definitionOf = (machine: AnyStateMachine): string => {
  const definition = definitions.get(machine) ?? JSON.stringify(exportMachine(machine));
  definitions.set(machine, definition);
  return definition;
};

const contexts = new WeakMap<object, Json | undefined>();

/** Contexts are immutable, and most events leave them as they are. */
const contextData = (context: unknown): Json | undefined => {
  if (typeof context !== 'object' || context === null) return plainData(context);
  if (!contexts.has(context)) contexts.set(context, plainData(context));
  return contexts.get(context);
};

const inspectedSnapshot = (state: SeenState | undefined): InspectedSnapshot => {
  if (state === undefined) return { status: 'active' };
  const { status, value, context, output, error } = state;
  const optional = (name: string, data: Json | undefined): object =>
    data === undefined ? {} : { [name]: data };
  return {
    status,
    ...(value === undefined ? {} : { value }),
    ...optional('context', contextData(context)),
    ...optional('output', plainData(output)),
    ...optional('error', plainData(error)),
  };
};

const taken = ({ source, eventType, target }: AnyTransitionDefinition): TakenTransition => ({
  source: source.path.join('.'),
  event: eventType,
  targets: (target ?? []).map(({ path }) => path.join('.')),
});

/** What is supervised may know its name: places of which there are thousands are only numbered. */
const supervisedName = (actor: Track['actor']): string | undefined => {
  const { context } = actor.getSnapshot() as { readonly context?: { readonly name?: unknown } };
  return typeof context?.name === 'string' ? context.name : undefined;
};

/** An actor goes by its id, an effect by the name under which its machine knows it. */
const nameOf = ({ actor }: Track, machine: AnyStateMachine | null): string => {
  if (machine === null) return typeof actor.src === 'string' ? actor.src : actor.id;
  const own = machine.id === 'supervised' ? supervisedName(actor) : undefined;
  return own ?? (actor.id === actor.sessionId ? machine.id : actor.id);
};

/** `id`: the number of the entry; `definitions`: with the machine's own JSON. */
export const actorMessage = (
  track: Track,
  id: string,
  state: SeenState | undefined,
  withDefinition: boolean,
): ActorMessage => {
  const logic: unknown = Reflect.get(track.actor, 'logic');
  const machine = isMachine(logic) ? logic : null;
  const name = nameOf(track, machine);
  return {
    type: '@xstate.actor',
    name,
    sessionId: track.actor.sessionId,
    parentId: track.parentId,
    rootId: track.rootId,
    createdAt: String(track.createdAt),
    id,
    _version: shapeVersion,
    definition: withDefinition
      ? machine === null
        ? JSON.stringify({ id: name })
        : definitionOf(machine)
      : undefined,
    snapshot: inspectedSnapshot(state),
    machine: machine?.id ?? null,
  };
};

/** One entry, numbered `number`, as the message for it. */
export const messageOf = (entry: Entry, number: number, withDefinition: boolean): RecordedMessage => {
  const id = String(number);
  switch (entry.kind) {
    case 'actor':
      return actorMessage(entry.track, id, undefined, withDefinition);
    case 'event':
    case 'snapshot': {
      const { track, time } = entry;
      const base = {
        sessionId: track.actor.sessionId,
        rootId: track.rootId,
        createdAt: String(time),
        id,
        _version: shapeVersion,
        event: entry.event,
        cause: entry.cause === null ? null : String(entry.cause),
      };
      return entry.kind === 'event'
        ? { type: '@xstate.event', ...base, sourceId: entry.source }
        : {
            type: '@xstate.snapshot',
            ...base,
            snapshot: inspectedSnapshot(entry.state),
            transitions: entry.steps.map(taken),
          };
    }
    case 'frame': {
      const { time, guest, channel, from, frame } = entry.seen;
      return {
        type: '@proxy-wifi.frame',
        id,
        createdAt: String(time),
        guest,
        channel,
        from,
        base64: Buffer.from(frame.buffer, frame.byteOffset, frame.byteLength).toString('base64'),
      };
    }
    case 'status':
      return { type: '@proxy-wifi.status', id, createdAt: String(entry.time), ...entry.status };
  }
};
