/**
 * Keeps what XState's inspection and the frame tap report. This runs within every event of the service: it notes
 * references and leaves everything else for when somebody looks.
 */
import type { AnyActorRef, AnyTransitionDefinition, InspectionEvent, Snapshot } from 'xstate';
import type { SeenFrame } from '../../actors/application/frame-tap.js';
import { type Entry, type EventEntry, eventData, type StatusEntry, stateOf, type Track } from './entries.js';
import { EventLog } from './log.js';
import { eventLimit } from './messages.js';
import { StatusHistory } from './status-history.js';

const noSteps: readonly AnyTransitionDefinition[] = [];

export class Recorder {
  readonly log = new EventLog<Entry>(
    eventLimit,
    ({ kind }) => kind === 'event',
    (entry) => this.#forget(entry),
  );
  /** Of actors that live. */
  readonly #tracks = new Map<AnyActorRef, Track>();
  /** Of those that have ended, as long as somebody knows them. */
  readonly #ended = new WeakMap<AnyActorRef, Track>();
  /** Actors whose beginning is not kept any more. */
  readonly #elders = new Set<Track>();
  /** Those that have not begun yet: of one that is stopped before, XState says nothing. */
  readonly #unbegun = new Set<Track>();
  /** What is being handled right now, innermost last. */
  readonly #handling: EventEntry[] = [];
  readonly #now: () => number;
  readonly #history = new StatusHistory<StatusEntry['status']>();
  /** The last state of everything that is not kept any more. */
  #elderStatus: StatusEntry | undefined;
  #root: AnyActorRef | undefined;
  #heard: (() => void) | undefined;

  constructor(now: () => number) {
    this.#now = now;
  }

  /** The newest root actor. */
  get root(): AnyActorRef | undefined {
    return this.#root;
  }

  /** Actors that lived before the oldest entry and have not ended since, parents first. */
  elders(): readonly Track[] {
    return [...this.#elders];
  }

  /** The state of everything before the oldest entry, as far as it was noted. */
  get elderStatus(): StatusEntry | undefined {
    return this.#elderStatus;
  }

  /** Called after each entry. */
  onEntry(heard: () => void): void {
    this.#heard = heard;
  }

  readonly inspect = (inspected: InspectionEvent): void => {
    switch (inspected.type) {
      case '@xstate.event':
        this.#noteEvent(inspected);
        break;
      case '@xstate.snapshot':
        this.#noteSnapshot(inspected);
        break;
      case '@xstate.microstep':
        this.#noteSteps(inspected);
        break;
      case '@xstate.actor':
        this.#unbegun.add(this.#noteActor(inspected.actorRef as AnyActorRef, inspected.rootId));
        break;
      case '@xstate.action':
        break;
    }
  };

  readonly frameTap = (seen: SeenFrame): void => {
    this.#push({ kind: 'frame', seen });
  };

  noteStatus(given: StatusEntry['status']): void {
    this.#history.forgetBefore(this.log.first);
    const { status, dropped } = this.#history.note(this.log.next, given);
    for (const number of dropped) this.log.remove(number);
    this.#push({ kind: 'status', time: this.#now(), status });
  }

  #push(entry: Entry): void {
    this.log.push(entry);
    this.#heard?.();
  }

  /** An actor may have begun before anybody recorded. */
  #trackOf(actor: AnyActorRef, rootId: string): Track {
    return this.#tracks.get(actor) ?? this.#ended.get(actor) ?? this.#noteActor(actor, rootId);
  }

  #noteActor(actor: AnyActorRef, rootId: string): Track {
    const parent = actor._parent;
    const track: Track = {
      actor,
      rootId,
      parentId: parent?.sessionId,
      createdAt: this.#now(),
      base: undefined,
      pending: [],
      steps: noSteps,
      ended: false,
    };
    if (parent === undefined) this.#root = actor;
    this.#tracks.set(actor, track);
    this.#push({ kind: 'actor', time: track.createdAt, track });
    return track;
  }

  #noteSteps({
    actorRef,
    _transitions,
  }: Extract<InspectionEvent, { readonly type: '@xstate.microstep' }>): void {
    const track = this.#tracks.get(actorRef as AnyActorRef);
    if (track === undefined) return;
    // Most events take one step, whose own list will do.
    track.steps = track.steps.length === 0 ? _transitions : [...track.steps, ..._transitions];
  }

  #noteEvent(inspected: Extract<InspectionEvent, { readonly type: '@xstate.event' }>): void {
    const { actorRef, sourceRef, event, rootId } = inspected;
    const track = this.#trackOf(actorRef as AnyActorRef, rootId);
    const source = sourceRef === undefined ? undefined : this.#tracks.get(sourceRef as AnyActorRef);
    const cause = source === undefined ? this.#handling.at(-1) : source.pending[0];
    const entry: EventEntry = {
      kind: 'event',
      number: this.log.next,
      time: this.#now(),
      track,
      source: sourceRef?.sessionId,
      given: event,
      event: eventData(event),
      cause: cause?.number ?? null,
    };
    this.#push(entry);
    if (source !== undefined && event.type.startsWith('xstate.error.actor.')) this.#end(source);
    if (track.ended) return;
    // What an actor is sent before it begins waits until it has begun.
    if (event.type === 'xstate.init') {
      this.#unbegun.delete(track);
      track.pending.unshift(entry);
    } else track.pending.push(entry);
    if (track.pending[0] === entry && !this.#unbegun.has(track)) this.#handling.push(entry);
  }

  #noteSnapshot(inspected: Extract<InspectionEvent, { readonly type: '@xstate.snapshot' }>): void {
    const { actorRef, event, snapshot, rootId } = inspected;
    const track = this.#trackOf(actorRef as AnyActorRef, rootId);
    const entry = this.#handled(track, event);
    const { steps } = track;
    track.steps = noSteps;
    if (snapshot.status !== 'active') this.#close(track);
    this.#push({
      kind: 'snapshot',
      time: this.#now(),
      track,
      event: entry?.event ?? eventData(event),
      cause: entry?.number ?? null,
      state: stateOf(snapshot),
      steps,
    });
    this.#endUnbegun(track);
  }

  /** Takes the event that an actor is through with, and those before it that it never took, off its list. */
  #handled({ pending }: Track, event: object): EventEntry | undefined {
    const at = pending.findIndex(({ given }) => given === event);
    const entry = pending[at];
    for (let i = 0; i <= at; i += 1) {
      const done = pending.shift();
      if (done !== undefined) this.#unhandle(done);
    }
    const [next] = pending;
    if (entry !== undefined && next !== undefined) this.#handling.push(next);
    return entry;
  }

  /** An actor that threw gives no snapshot of its own accord. */
  #end(track: Track): void {
    if (track.ended) return;
    const [entry] = track.pending;
    this.#close(track);
    this.#push({
      kind: 'snapshot',
      time: this.#now(),
      track,
      event: entry?.event ?? { type: '' },
      cause: entry?.number ?? null,
      state: stateOf(track.actor.getSnapshot() as Snapshot<unknown>),
      steps: track.steps,
    });
    this.#endUnbegun(track);
  }

  /** What an actor has started begins within the same step, or never. */
  #endUnbegun({ actor }: Track): void {
    for (const track of this.#unbegun) {
      if (track.actor._parent !== actor) continue;
      this.#unbegun.delete(track);
      this.#close(track);
      this.#push({
        kind: 'snapshot',
        time: this.#now(),
        track,
        event: { type: 'xstate.stop' },
        cause: null,
        state: { status: 'stopped' },
        steps: noSteps,
      });
      this.#endUnbegun(track);
    }
  }

  /** XState forgets what an actor that ends has been sent and not taken. */
  #close(track: Track): void {
    track.ended = true;
    for (const done of track.pending.splice(0)) this.#unhandle(done);
    this.#tracks.delete(track.actor);
    this.#ended.set(track.actor, track);
  }

  #unhandle(entry: EventEntry): void {
    entry.given = null;
    const at = this.#handling.lastIndexOf(entry);
    if (at >= 0) this.#handling.splice(at, 1);
  }

  #forget(entry: Entry): void {
    if (entry.kind === 'actor') {
      this.#elders.add(entry.track);
    } else if (entry.kind === 'snapshot') {
      entry.track.base = entry.state;
      if (entry.state.status !== 'active') this.#elders.delete(entry.track);
    } else if (entry.kind === 'status') this.#elderStatus = entry;
  }
}
