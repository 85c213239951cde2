/** What the page has been told, and the state of everything at any point of it. Knows nothing of the browser. */

import type {
  ActorMessage,
  EventMessage,
  FrameMessage,
  InspectedSnapshot,
  RecordedMessage,
  SnapshotMessage,
  StatusMessage,
  TakenTransition,
} from '../inspector/messages.js';
import { StatusHistory } from '../inspector/status-history.js';

export interface ActorView {
  readonly sessionId: string;
  readonly name: string;
  readonly parentId: string | undefined;
  readonly machine: string | null;
  readonly snapshot: InspectedSnapshot;
  /** What it did last. */
  readonly transitions: readonly TakenTransition[];
}

/** Everything at one point in time. */
export interface Scene {
  /** Living actors, parents before children. */
  readonly actors: Map<string, ActorView>;
  status: StatusMessage | undefined;
}

/** What stands in the list of events. */
export type Row = EventMessage | FrameMessage;

const isRow = (message: RecordedMessage): message is Row =>
  message.type === '@xstate.event' || message.type === '@proxy-wifi.frame';

const viewOf = ({ sessionId, name, parentId, machine, snapshot }: ActorMessage): ActorView => ({
  sessionId,
  name,
  parentId,
  machine,
  snapshot,
  transitions: [],
});

const apply = (scene: Scene, message: RecordedMessage): void => {
  switch (message.type) {
    case '@xstate.actor':
      scene.actors.set(message.sessionId, viewOf(message));
      break;
    case '@xstate.snapshot': {
      const { sessionId, snapshot, transitions } = message;
      const actor = scene.actors.get(sessionId);
      if (actor === undefined) break;
      if (snapshot.status === 'active')
        scene.actors.set(sessionId, {
          ...actor,
          snapshot,
          transitions: transitions.length > 0 ? transitions : actor.transitions,
        });
      else scene.actors.delete(sessionId);
      break;
    }
    case '@proxy-wifi.status':
      scene.status = message;
      break;
    case '@xstate.event':
    case '@proxy-wifi.frame':
      break;
  }
};

const copyOf = ({ actors, status }: Scene): Scene => ({ actors: new Map(actors), status });

/** Room that is made at once when there is none left, as a share of the limit. */
const slack = 0.1;

export class Session {
  readonly #limit: number;
  /** Undefined where a state of everything has been let go of. */
  #messages: (RecordedMessage | undefined)[] = [];
  /** Number of the first message. */
  #first = 0;
  #events = 0;
  readonly #base: Scene = { actors: new Map(), status: undefined };
  readonly #live: Scene = { actors: new Map(), status: undefined };
  readonly #names = new Map<string, ActorView>();
  readonly #byId = new Map<string, number>();
  readonly #results = new Map<string, number>();
  readonly #history = new StatusHistory<Pick<StatusMessage, 'status' | 'networks'>>();

  /** `limit`: most events that are kept. */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Number of the oldest message. Numbers go up by one and are never used again. */
  get first(): number {
    return this.#first;
  }

  /** Number that the next message will have. */
  get next(): number {
    return this.#first + this.#messages.length;
  }

  get live(): Scene {
    return this.#live;
  }

  at(number: number): RecordedMessage | undefined {
    return this.#messages[number - this.#first];
  }

  add(given: RecordedMessage): void {
    const number = this.next;
    const message = given.type === '@proxy-wifi.status' ? this.#noteStatus(number, given) : given;
    this.#messages.push(message);
    apply(this.#live, message);
    if (message.type === '@xstate.actor') this.#names.set(message.sessionId, viewOf(message));
    if (isRow(message)) this.#byId.set(message.id, number);
    if (message.type === '@xstate.snapshot' && message.cause !== null)
      this.#results.set(message.cause, number);
    if (message.type !== '@xstate.event') return;
    this.#events += 1;
    if (this.#events > this.#limit * (1 + slack)) this.#makeRoom();
  }

  /** Numbers of the rows for which `isShown`, from `start` on. */
  rows(isShown: (row: Row) => boolean, start = this.#first): readonly number[] {
    const numbers: number[] = [];
    for (let i = Math.max(0, start - this.#first); i < this.#messages.length; i += 1) {
      const message = this.#messages[i];
      if (message !== undefined && isRow(message) && isShown(message)) numbers.push(i + this.#first);
    }
    return numbers;
  }

  row(number: number): Row | undefined {
    const message = this.at(number);
    return message !== undefined && isRow(message) ? message : undefined;
  }

  /** Where the event with this id is. */
  numberOf(id: string): number | undefined {
    return this.#byId.get(id);
  }

  /** What its actor made of the event with this id. */
  resultOf(id: string): SnapshotMessage | undefined {
    const message = this.at(this.#results.get(id) ?? -1);
    return message?.type === '@xstate.snapshot' ? message : undefined;
  }

  /** Numbers of the events that the handling of this one led to. */
  followers(id: string): readonly number[] {
    const from = this.#byId.get(id);
    if (from === undefined) return [];
    const until = Math.max(from, this.#results.get(id) ?? from);
    return this.rows((row) => row.type === '@xstate.event' && row.cause === id, from).filter(
      (number) => number <= until + 64,
    );
  }

  /** The state of everything right after a message, with what its actor made of it if it is an event. */
  sceneAt(number: number): Scene {
    const scene = copyOf(this.#base);
    const message = this.at(number);
    const result = message?.type === '@xstate.event' ? this.#results.get(message.id) : undefined;
    const until = Math.max(number, result ?? number);
    for (let i = 0; i <= until - this.#first && i < this.#messages.length; i += 1) {
      const one = this.#messages[i];
      if (one !== undefined) apply(scene, one);
    }
    return scene;
  }

  /** The last states of everything up to a message, oldest first. */
  statuses(number: number, most: number): readonly StatusMessage[] {
    const known = this.#history.numbers.filter((at) => at >= this.#first && at <= number).slice(-most);
    return known.flatMap((at) => {
      const message = this.at(at);
      return message?.type === '@proxy-wifi.status' ? [message] : [];
    });
  }

  /** `dispatcher of guest:tcp://127.0.1.7`; also for actors that are no more. */
  nameOf(sessionId: string | undefined): string {
    const actor = sessionId === undefined ? undefined : this.#names.get(sessionId);
    if (actor === undefined) return sessionId ?? 'outside';
    const parent = actor.parentId === undefined ? undefined : this.#names.get(actor.parentId);
    return parent === undefined || parent.parentId === undefined
      ? actor.name
      : `${actor.name} of ${this.nameOf(parent.sessionId)}`;
  }

  /** `dispatcher`, or `outside` for what no actor sent. */
  shortNameOf(sessionId: string | undefined): string {
    return sessionId === undefined ? 'outside' : (this.#names.get(sessionId)?.name ?? sessionId);
  }

  /** For a file: what was before the first message, and the messages. */
  contents(): { readonly before: readonly ActorMessage[]; readonly messages: readonly RecordedMessage[] } {
    const before = [...this.#base.actors.values()].map(
      ({ sessionId, name, parentId, machine, snapshot }): ActorMessage => ({
        type: '@xstate.actor',
        sessionId,
        name,
        parentId,
        machine,
        snapshot,
        definition: undefined,
        rootId: '',
        createdAt: '0',
        id: '',
        _version: '',
      }),
    );
    return { before, messages: this.#messages.filter((message) => message !== undefined) };
  }

  #noteStatus(number: number, message: StatusMessage): StatusMessage {
    const { status, networks } = message;
    const noted = this.#history.note(number, { status, networks });
    for (const one of noted.dropped) this.#messages[one - this.#first] = undefined;
    return { ...message, ...noted.status };
  }

  #makeRoom(): void {
    let dropped = 0;
    while (this.#events > this.#limit && dropped < this.#messages.length) {
      const message = this.#messages[dropped];
      dropped += 1;
      if (message === undefined) continue;
      apply(this.#base, message);
      if (isRow(message)) this.#byId.delete(message.id);
      if (message.type === '@xstate.event') this.#events -= 1;
      if (message.type === '@xstate.snapshot') {
        if (message.cause !== null) this.#results.delete(message.cause);
        if (message.snapshot.status !== 'active') this.#names.delete(message.sessionId);
      }
    }
    this.#messages = this.#messages.slice(dropped);
    this.#first += dropped;
    this.#history.forgetBefore(this.#first);
  }
}
