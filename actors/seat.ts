/** The places of actors that others speak to: an actor that crashed is replaced by another one, its place stays. */
import type { ActorRef, AnyActorRef, EventObject, Snapshot, StateValue } from 'xstate';

/** What may be read of an actor: the state it is in, and what it knows. */
export type Seen<State> = Snapshot<unknown> & { readonly value: StateValue; readonly context: State };

/** The part of XState's `enqueue` by which events are sent: they go out once the sender is through with its own step. */
export interface Post {
  readonly sendTo: (actor: AnyActorRef, event: EventObject) => void;
}

/** XState's `enqueue` with effects too, which are carried out when the action is. */
export type Enqueue = Post & ((effect: () => void) => void);

/** The place of one actor: `State` is what others may know of its context, `Event` what it may be told. */
export class Seat<State, Event extends EventObject> {
  #holder: ActorRef<Seen<State>, Event> | undefined;

  /** An actor has started and sits here from now on. */
  take(actor: ActorRef<Seen<State>, Event>): void {
    this.#holder = actor;
  }

  /** The actor that took this place last. Asking before any has is a mistake of the one who asks. */
  get holder(): ActorRef<Seen<State>, Event> {
    if (this.#holder === undefined) throw new Error('nobody has taken this place yet');
    return this.#holder;
  }

  /** Does an actor live here at the moment? */
  get isTaken(): boolean {
    return this.#holder?.getSnapshot().status === 'active';
  }

  /** Tells whoever lives here; a crashed actor's successor does not hear what was said before it started. */
  tell(post: Post, event: Event): void {
    if (this.#holder !== undefined && this.isTaken) post.sendTo(this.#holder, event);
  }

  /** The same from outside of every actor: a socket, a stream, a timer. */
  send(event: Event): void {
    if (this.isTaken) this.#holder?.send(event);
  }

  /** What the living actor knows. */
  get state(): State | undefined {
    return this.isTaken ? this.#holder?.getSnapshot().context : undefined;
  }

  /** What the last actor knew, even if it has crashed or stopped. */
  get lastState(): State | undefined {
    return this.#holder?.getSnapshot().context;
  }

  /** The state that the living actor is in. */
  get value(): StateValue | null {
    return this.isTaken ? (this.#holder?.getSnapshot().value ?? null) : null;
  }

  /** Keeps actors out of snapshots. */
  toJSON(): undefined {
    return undefined;
  }
}
