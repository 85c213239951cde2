/** A stage with guests by name, on which one path of a model is played, and what could be seen of it since the last step. */
import { expect } from 'chai';
import type { ConnectionProposal, Decision, Observer, ProxyWifiInput } from '../../index.js';
import { guestAddress } from '../../native/sockets/endpoint.js';
import { type DriverFormat, statusName } from '../../protocol/index.js';
import { Stage, type StageOptions } from '../stage/stage.js';
import { NotificationLine } from './line.js';
import { Player } from './player.js';
import { dispatcherOf, linkOf, pathOf, snapshotText } from './snapshot-words.js';
import { type Account, factText, type GuestName, heard, isQuestion, useOf, without } from './words.js';

const addressOfA = 'tcp://127.0.1.1';

const driverOfA = (driver: DriverFormat): Partial<ProxyWifiInput> => ({
  guests: { [addressOfA]: { driver } },
});

const numbers: Readonly<Record<GuestName, number>> = { A: 1, B: 2 };

/** How a walk wants its scenes. */
export interface Staging extends Pick<StageOptions, 'inspect'> {
  /** With hooks for every fact. */
  readonly hooked: boolean;
}

/** What a scene is made of. */
export interface SceneOptions extends Pick<StageOptions, 'interfaces' | 'networks'>, Staging {
  readonly guests: readonly GuestName[];
  readonly input?: Partial<ProxyWifiInput>;
  /** How guest A's driver reads scan responses, and the service is told so; the newer one unless given. */
  readonly driver?: DriverFormat;
}

/** How the host application decides. `late`: it never does. */
export type Verdict = Decision | 'late';

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Everything that was seen and everything that should have been, in parts that can be compared. */
type Parts = Readonly<Record<string, readonly string[]>>;

/** One path is played on one scene: models do things to it, and compare. */
export class Scene {
  readonly stage: Stage;
  /** The way to the guests' notification ports. */
  readonly line: NotificationLine;
  readonly #hooked: boolean;
  readonly #driver: DriverFormat | undefined;
  readonly #players = new Map<GuestName, Player>();
  /** How the host application decides from now on. */
  verdict: Verdict = 'approve';
  /** dBm of the access points, as far as a model changes it. */
  signal = -50;
  /** Steps that have agreed with their model. */
  agreed = 0;
  /** Entries of the stage's records that belong to steps before. */
  #seen = 0;
  #counted = 0;

  private constructor(
    stage: Stage,
    line: NotificationLine,
    { hooked, driver }: { readonly hooked: boolean; readonly driver: DriverFormat | undefined },
  ) {
    this.stage = stage;
    this.line = line;
    line.changed = stage.changed;
    this.#hooked = hooked;
    this.#driver = driver;
  }

  static async open({ guests, hooked, input = {}, driver, ...options }: SceneOptions): Promise<Scene> {
    let decide = (): Promise<Decision> => Promise.resolve('approve');
    const observer: Observer = {
      authorizeGuestConnection: () => decide(),
      ...(hooked ? everyHook : {}),
    };
    const line = new NotificationLine();
    const { platform } = line;
    const settings = driver === undefined ? input : { ...input, ...driverOfA(driver) };
    const stage = await Stage.open({ ...options, time: 'manual', observer, input: settings, platform });
    const scene = new Scene(stage, line, { hooked, driver });
    decide = () => scene.#decide();
    for (const name of guests) await scene.#cast(name);
    return scene;
  }

  async #cast(name: GuestName): Promise<void> {
    const { stage } = this;
    const player = new Player(name, stage.deafGuest(numbers[name], name === 'A' ? this.#driver : undefined), {
      changed: stage.changed,
      interfaces: () => stage.status.interfaces,
      signal: () => this.signal,
    });
    this.#players.set(name, player);
    await player.hear();
  }

  #decide(): Promise<Decision> {
    return this.verdict === 'late' ? new Promise(() => undefined) : Promise.resolve(this.verdict);
  }

  guest(name: GuestName): Player {
    const player = this.#players.get(name);
    if (player === undefined) throw new Error(`no guest ${name} in this scene`);
    return player;
  }

  /** The service is stopped and started again; the guests find it, as the drivers of virtual machines that were started anew. */
  async restart(): Promise<void> {
    const { stage } = this;
    stage.proxy.send({ type: 'stop' });
    await stage.until(() => stage.isIn('stopped'), 'the service has stopped');
    stage.proxy.send({ type: 'start' });
    await stage.until(() => stage.isIn('running'), 'the service runs again');
    for (const [name, { staged }] of [...this.#players]) {
      staged.guest.close();
      await this.#cast(name);
    }
  }

  /** A guest's bytes that are no request, the first one ahead of the others. */
  async sendNonsense(name: GuestName): Promise<void> {
    const connection = this.stage.raw(numbers[name]);
    await connection.write(new Uint8Array(1).fill(0xff));
    await this.channelOfRequestsIs(name, 'receiving');
    await connection.write(new Uint8Array(6).fill(0xff));
    this.guest(name).awaitAnswer(connection);
  }

  /** Resolves when the guest's request channel is in this state. */
  async channelOfRequestsIs(name: GuestName, state: string): Promise<void> {
    const { staged } = this.guest(name);
    const is = (): boolean => this.stage.statusOf(staged)?.requestChannel === state;
    await this.stage.until(is, `the request channel of ${name} is ${state}`);
  }

  /** The guest accepts connections at its notification port, and breaks each. */
  async resetConnections(name: GuestName): Promise<void> {
    const player = this.guest(name);
    player.deafen();
    await this.line.reset(guestAddress(player.staged.id).address, this.stage.notificationPort);
  }

  /** Resolves when the interface's link is in this state. */
  async linkIs(port: string, state: string): Promise<void> {
    await this.stage.until(() => linkOf(this.stage.interfaceStatus(port)) === state, `${port} is ${state}`);
  }

  /** Resolves when the guest's dispatcher is in this state. */
  async dispatcherIs(name: GuestName, state: string): Promise<void> {
    const { staged } = this.guest(name);
    const is = (): boolean => dispatcherOf(this.stage.statusOf(staged)) === state;
    await this.stage.until(is, `the dispatcher of ${name} is ${state}`);
  }

  /** Resolves when the guest's notification channel is in this state. */
  async channelIs(name: GuestName, state: string): Promise<void> {
    const { staged } = this.guest(name);
    const is = (): boolean => pathOf(this.stage.statusOf(staged)?.notificationChannel) === state;
    await this.stage.until(is, `the notification channel of ${name} is ${state}`);
  }

  /** The drivers make themselves known, by a request of which nobody hears. */
  async introduce(...names: readonly GuestName[]): Promise<void> {
    for (const name of names) this.guest(name).disconnect();
    await this.stage.until(() => this.#answers.length === names.length, 'every driver is known');
    for (const player of this.#players.values()) player.forget();
  }

  get #answers(): readonly string[] {
    return [...this.#players.values()].flatMap(({ answers }) => answers);
  }

  get #told(): readonly string[] {
    return [...this.#players.values()].flatMap(({ told }) => told);
  }

  /** Everything that can be seen, since the last step that agreed. */
  #actual(): Parts {
    const players = [...this.#players.values()];
    const nameOf = (id: string): string => players.find(({ staged }) => staged.id === id)?.name ?? id;
    const { entries, counts } = this.stage.records;
    const recent = entries.slice(this.#seen);
    const hooks = recent.flatMap((entry) => {
      if (entry.kind !== 'hook') return [];
      if (entry.name !== 'authorizeGuestConnection')
        return [factText(entry.facts as Parameters<typeof factText>[0], nameOf, statusName)];
      const { guest, type, ssid: network } = entry.facts as ConnectionProposal;
      return [heard.may(nameOf(guest), useOf(type), network)];
    });
    const emitted = recent.flatMap((entry) =>
      entry.kind === 'fact' ? [factText(entry.fact, nameOf, statusName)] : [],
    );
    const counted = counts
      .slice(this.#counted)
      .flatMap(({ counter, label }) =>
        counter.startsWith('notifications') ? [`${counter.slice(13).toLowerCase()} ${label}`] : [],
      );
    return {
      service: snapshotText(this.stage.status, players),
      answers: this.#answers,
      told: this.#told,
      ...perGuest('hooks', hooks),
      ...perGuest('emitted', emitted),
      counted,
    };
  }

  /** The same parts as the model has them; `counted` only where it says something of it. */
  #wanted({ service, answers, told, heard: lines, counted }: Account): Parts {
    return {
      service,
      answers: byGuest(answers),
      told: byGuest(told),
      ...perGuest('hooks', this.#hooked ? lines : lines.filter(isQuestion)),
      ...perGuest(
        'emitted',
        lines.filter((line) => !isQuestion(line)),
      ),
      ...(counted === undefined ? {} : { counted }),
    };
  }

  /** Waits until everything is as the model says, and shows that it stays so when nothing is left to be handled. */
  async agreesOn(expected: Account): Promise<void> {
    const wanted = this.#wanted(expected);
    const agrees = (): boolean => {
      // What costs little is looked at first: this is asked after every event of every actor.
      if (!this.line.isQuiet || this.#answers.length < expected.answers.length) return false;
      return this.#told.length >= expected.told.length && differences(this.#actual(), wanted) === '';
    };
    const { stage } = this;
    await stage.until(agrees, 'the model is right').catch(() => undefined);
    await turn();
    await stage.until(() => this.line.isQuiet, 'nothing is on its way').catch(() => undefined);
    const differing = differences(this.#actual(), wanted);
    if (differing !== '') expect.fail(differing);
    for (const player of this.#players.values()) player.forget();
    this.#seen = stage.records.entries.length;
    this.#counted = stage.records.counts.length;
    this.agreed += 1;
  }

  /** Ends the path; nothing may be left of the service. */
  async stop(): Promise<void> {
    for (const player of this.#players.values()) player.deafen();
    this.line.stopResetting();
    await this.stage.stop();
  }

  /** Ends a path that has failed: what is left over is not what failed. */
  async abandon(): Promise<void> {
    await this.stop().catch(() => undefined);
  }
}

const byGuest = (lines: readonly string[]): readonly string[] =>
  ['A', 'B'].flatMap((name) => lines.filter((line) => line.startsWith(`${name}:`)));

const perGuest = (part: string, lines: readonly string[]): Parts => ({
  [`${part} without B`]: without('B', lines),
  [`${part} without A`]: without('A', lines),
});

/** What is not as it should be, a part a line; empty if all is. */
const differences = (actual: Parts, wanted: Parts): string =>
  Object.entries(wanted)
    .map(([part, lines]) => [part, JSON.stringify(actual[part]), JSON.stringify(lines)] as const)
    .filter(([, is, shouldBe]) => is !== shouldBe)
    .map(([part, is, shouldBe]) => `${part}: ${is}, and the model says ${shouldBe}`)
    .join('\n');

const everyHook: Observer = {
  guestScanRequested: () => undefined,
  guestScanCompleted: () => undefined,
  guestConnectionCompleted: () => undefined,
  guestDisconnectionRequested: () => undefined,
  guestDisconnectionCompleted: () => undefined,
  hostConnected: () => undefined,
  hostDisconnected: () => undefined,
  endpointFailed: () => undefined,
};
