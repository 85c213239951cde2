/** A stage with guests by name, on which one path of a model is played, and what could be seen of it since the last step. */
import { expect } from 'chai';
import * as O from 'fp-ts/lib/Option.js';
import type { Subscription } from 'rxjs';
import {
  type ConnectionProposal,
  type Decision,
  decodeHostMessage,
  encodeRequest,
  type GuestEvent,
  type GuestStatus,
  type HostMessage,
  type InterfaceStatus,
  type Observer,
  type ProxyWifiInput,
  type Request,
  statusName,
} from '../../index.js';
import { guestAddress } from '../../native/sockets/endpoint.js';
import { AuthType, type ConnectResponse, WpaVersion } from '../../protocol/connect.js';
import { AkmSuite, CipherSuite } from '../../protocol/suites.js';
import { right } from '../protocol/either.js';
import type { StagedGuest } from '../stage/guests.js';
import { anyKey, ssid } from '../stage/networks.js';
import { Stage, type StageOptions } from '../stage/stage.js';
import { NotificationLine } from './line.js';
import {
  type Account,
  factText,
  type GuestName,
  got,
  heard,
  isQuestion,
  shows,
  useOf,
  without,
} from './words.js';

/** A request of WPA2-Enterprise, which no interface can serve for a guest. */
const enterprise = {
  operation: 'connect',
  bssid: O.none,
  authType: AuthType.openSystem,
  wpaVersions: WpaVersion.wpa2,
  akmSuites: [AkmSuite.ieee8021x],
  pairwiseCipherSuites: [CipherSuite.ccmp],
  groupCipherSuite: CipherSuite.ccmp,
  key: anyKey,
} as const;

const numbers: Readonly<Record<GuestName, number>> = { A: 1, B: 2 };

/** One guest, and what its driver remembers. */
interface Player {
  staged: StagedGuest;
  hearing: Subscription | undefined;
  /** Connect answers so far: the id of the last one. */
  answers: number;
  /** Id of the last successful one. */
  inEffect: number;
}

export interface SceneOptions extends Pick<StageOptions, 'interfaces' | 'networks'> {
  readonly guests: readonly GuestName[];
  /** With hooks for every fact. */
  readonly hooked: boolean;
  readonly input?: Partial<ProxyWifiInput>;
}

/** How the host application decides. `late`: it never does. */
export type Verdict = Decision | 'late';

const byGuest = (lines: readonly string[]): readonly string[] =>
  ['A', 'B'].flatMap((name) => lines.filter((line) => line.startsWith(`${name}:`)));

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** A state's path: `busy.connecting`. */
const pathOf = (state: unknown): string =>
  typeof state === 'object' && state !== null
    ? Object.entries(state)
        .map(([name, inner]) => `${name}.${pathOf(inner)}`)
        .join(' ')
    : String(state);

export class Scene {
  readonly stage: Stage;
  /** The way to the guests' notification ports. */
  readonly line: NotificationLine;
  readonly #hooked: boolean;
  readonly #players = new Map<GuestName, Player>();
  /** How the host application decides from now on. */
  verdict: Verdict = 'approve';
  /** dBm of the access points, as far as a model changes it. */
  signal = -50;
  /** Steps that have agreed with their model. */
  agreed = 0;
  #answers: string[] = [];
  #told: string[] = [];
  /** dBm of the last signal notification. */
  #signalTold = 0;
  #seen = 0;
  #counted = 0;

  private constructor(stage: Stage, line: NotificationLine, hooked: boolean) {
    this.stage = stage;
    this.line = line;
    line.changed = stage.changed;
    this.#hooked = hooked;
  }

  static async open({ guests, hooked, input = {}, ...options }: SceneOptions): Promise<Scene> {
    let ask = (_: ConnectionProposal): Promise<Decision> => Promise.resolve('approve');
    const observer: Observer = {
      authorizeGuestConnection: (proposal) => ask(proposal),
      ...(hooked ? everyHook : {}),
    };
    const line = new NotificationLine();
    const { platform } = line;
    const stage = await Stage.open({ ...options, time: 'manual', observer, input, platform });
    const scene = new Scene(stage, line, hooked);
    ask = () => scene.#decide();
    for (const name of guests) scene.#cast(name);
    await Promise.all(guests.map((name) => scene.hear(name)));
    return scene;
  }

  #cast(name: GuestName): void {
    const staged = this.stage.deafGuest(numbers[name]);
    this.#players.set(name, { staged, hearing: undefined, answers: 0, inEffect: 0 });
  }

  #player(name: GuestName): Player {
    const player = this.#players.get(name);
    if (player === undefined) throw new Error(`no guest ${name} in this scene`);
    return player;
  }

  #decide(): Promise<Decision> {
    return this.verdict === 'late' ? new Promise(() => undefined) : Promise.resolve(this.verdict);
  }

  /** The guest's driver listens for notifications. */
  async hear(name: GuestName): Promise<void> {
    const player = this.#player(name);
    await new Promise<void>((resolve, reject) => {
      player.hearing = player.staged.guest.notifications.subscribe((event) => {
        if (event.type === 'listening') resolve();
        else if (event.type === 'message') this.#tell(this.#messageText(name, event.message));
        else {
          this.#tell(
            `${name}: ${JSON.stringify((event as Extract<GuestEvent, { type: 'failure' }>).failure)}`,
          );
          reject(new Error(`guest ${name} cannot listen`));
        }
      });
    });
  }

  /** Nothing listens for the guest's notifications any more: connections are refused. */
  deafen(name: GuestName): void {
    this.#player(name).hearing?.unsubscribe();
  }

  connect(name: GuestName, network: string): void {
    const outcome = this.#player(name).staged.connect(network);
    void outcome.then(
      (answer) => this.#answer(this.#connectText(name, network, answer)),
      (error) => this.#answer(`${name}: ${String(error)}`),
    );
  }

  /** Connects with what no interface of the scene can do: WPA2-Enterprise. */
  connectAsEnterprise(name: GuestName, network: string): void {
    const request: Request = { ...enterprise, ssid: ssid(network) };
    void this.#player(name)
      .staged.guest.exchange(encodeRequest(request))()
      .then((bytes) => {
        const message = right(decodeHostMessage(right(bytes)));
        this.#answer(
          message.operation === 'connect.response'
            ? this.#connectText(name, network, message)
            : `${name}: ${message.operation}`,
        );
      });
  }

  /** `older`: by an id that was handed out before that of the session in effect. */
  disconnect(name: GuestName, by: 'its id' | 'an older id' = 'its id'): void {
    const { staged, inEffect } = this.#player(name);
    const request = staged.disconnect(by === 'its id' ? inEffect : Math.max(0, inEffect - 1));
    void request.then(
      () => this.#answer(got.disconnected(name)),
      (error) => this.#answer(`${name}: ${String(error)}`),
    );
  }

  /** Sends bytes that are no request. */
  sendNonsense(name: GuestName): void {
    void this.#player(name)
      .staged.guest.exchange(new Uint8Array(7).fill(0xff))()
      .then((bytes) => {
        const { operation } = right(decodeHostMessage(right(bytes)));
        this.#answer(operation === 'invalid' ? got.refused(name) : `${name}: ${operation}`);
      });
  }

  scan(name: GuestName, network?: string): void {
    const request = this.#player(name).staged.scan(network === undefined ? undefined : ssid(network));
    void request.then(
      ({ networks, complete }) =>
        this.#answer(
          got.networks(
            name,
            networks.map((bss) => bss.ssid),
            complete,
          ),
        ),
      (error) => this.#answer(`${name}: ${String(error)}`),
    );
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
      this.#cast(name);
      await this.hear(name);
    }
  }

  /** Resolves when the interface's link is in this state. */
  async linkIs(port: string, state: string): Promise<void> {
    await this.stage.until(() => linkOf(this.stage.interfaceStatus(port)) === state, `${port} is ${state}`);
  }

  /** Resolves when the guest's notification channel is in this state. */
  async channelIs(name: GuestName, state: string): Promise<void> {
    const is = (): boolean =>
      pathOf(this.stage.statusOf(this.#player(name).staged)?.notificationChannel) === state;
    await this.stage.until(is, `the notification channel of ${name} is ${state}`);
  }

  /** The guest's own address. */
  addressOf(name: GuestName): string {
    return guestAddress(this.#player(name).staged.id).address;
  }

  /** Resolves when the guest's dispatcher is in this state. */
  async dispatcherIs(name: GuestName, state: string): Promise<void> {
    const is = (): boolean => dispatcherOf(this.stage.statusOf(this.#player(name).staged)) === state;
    await this.stage.until(is, `the dispatcher of ${name} is ${state}`);
  }

  #connectText(
    name: GuestName,
    network: string,
    { status, sessionId, bssid }: Pick<ConnectResponse, 'status' | 'sessionId' | 'bssid'>,
  ): string {
    const player = this.#player(name);
    player.answers += 1;
    const strange = sessionId === player.answers ? '' : `, id ${sessionId} instead of ${player.answers}`;
    if (status !== 0) return `${got.failed(name, network, statusName(status))}${strange}`;
    player.inEffect = sessionId;
    const link = this.stage.status.interfaces.find(({ link }) => link?.bssid === bssid)?.link;
    const elsewhere = link?.ssid === network ? '' : `, but ${bssid} is not what the host has`;
    return `${got.connected(name, network)}${strange}${elsewhere}`;
  }

  #messageText(name: GuestName, message: HostMessage): string {
    switch (message.operation) {
      case 'disconnected': {
        const { inEffect } = this.#player(name);
        return message.sessionId === inEffect
          ? got.lost(name)
          : `${got.lost(name)} of id ${message.sessionId} instead of ${inEffect}`;
      }
      case 'signal': {
        const isNew = message.rssi < this.#signalTold;
        this.#signalTold = message.rssi;
        if (message.rssi === this.signal) return got.signal(name);
        return isNew && message.rssi > this.signal
          ? got.olderSignal(name)
          : `${got.signal(name)} of ${message.rssi} instead of ${this.signal}`;
      }
      case 'scan.response':
        return got.networks(
          name,
          message.networks.map((bss) => bss.ssid),
          message.complete,
        );
      default:
        return `${name}: ${message.operation}`;
    }
  }

  #answer(line: string): void {
    this.#answers.push(line);
    this.stage.changed();
  }

  #tell(line: string): void {
    this.#told.push(line);
    this.stage.changed();
  }

  /** Everything that can be seen, since the last step that agreed. */
  #account(): Account & { readonly emitted: readonly string[] } {
    const nameOf = (id: string): string =>
      [...this.#players].find(([, { staged }]) => staged.id === id)?.[0] ?? id;
    const entries = this.stage.records.entries.slice(this.#seen);
    return {
      service: this.#service(nameOf),
      answers: byGuest(this.#answers),
      told: byGuest(this.#told),
      heard: entries.flatMap((entry) => {
        if (entry.kind !== 'hook') return [];
        if (entry.name !== 'authorizeGuestConnection')
          return [factText(entry.facts as Parameters<typeof factText>[0], nameOf, statusName)];
        const { guest, type, ssid: network } = entry.facts as ConnectionProposal;
        return [heard.may(nameOf(guest), useOf(type), network)];
      }),
      counted: this.stage.records.counts
        .slice(this.#counted)
        .flatMap(({ counter, label }) =>
          counter.startsWith('notifications') ? [`${counter.slice(13).toLowerCase()} ${label}`] : [],
        ),
      emitted: entries.flatMap((entry) =>
        entry.kind === 'fact' ? [factText(entry.fact, nameOf, statusName)] : [],
      ),
    };
  }

  #service(nameOf: (id: string) => string): readonly string[] {
    const { status } = this.stage;
    return [
      ...status.radios.map(({ state }) => shows.radio(pathOf(state))),
      ...status.interfaces.map((port) =>
        shows.interface(port.name, linkOf(port), port.link?.ssid ?? null, scanOf(port)),
      ),
      ...Object.entries(status.ownership).flatMap(([port, row]) =>
        shows.row(port, {
          network: row.ssid,
          origin: row.origin,
          users: Object.entries(row.holders).map(
            ([id, held]) => nameOf(id) + (held === 'pending' ? ' soon' : ''),
          ),
          claim: row.claim === null ? undefined : `${nameOf(row.claim.guest)} for ${row.claim.ssid}`,
          waiting: row.waiting.map((wish) => `${nameOf(wish.guest)} for ${wish.ssid}`),
        }),
      ),
      ...status.guests.map((guest) => this.#guestText(guest, nameOf(guest.id))).sort(),
    ];
  }

  #guestText(guest: GuestStatus, name: string): string {
    const { session, lastSessionId, queue } = guest;
    const player = this.#players.get(name as GuestName);
    const line = shows.guest(
      name,
      session === null
        ? null
        : { use: useOf(session.type), network: session.ssid, port: session.interfaceId },
      { dispatcher: dispatcherOf(guest), channel: pathOf(guest.notificationChannel), queue },
    );
    const wrong = [
      ...(lastSessionId === player?.answers
        ? []
        : [`last id ${lastSessionId} instead of ${player?.answers}`]),
      ...(session === null || session.id === player?.inEffect
        ? []
        : [`session ${session.id} instead of ${player?.inEffect}`]),
      ...(dispatcherOf(guest) === 'idle' && guest.requestChannel !== 'idle'
        ? [`requests ${pathOf(guest.requestChannel)}`]
        : []),
    ];
    return [line, ...wrong].join('; ');
  }

  #differences(expected: Account): { readonly actual: Parts; readonly wanted: Parts } {
    const { emitted, heard: hooks, counted = [], ...actual } = this.#account();
    const isCounted = expected.counted !== undefined;
    const facts = expected.heard.filter((line) => !isQuestion(line));
    return {
      actual: {
        ...actual,
        ...perGuest('hooks', hooks),
        ...perGuest('emitted', emitted),
        ...(isCounted ? { counted } : {}),
      },
      wanted: {
        service: expected.service,
        answers: byGuest(expected.answers),
        told: byGuest(expected.told),
        ...perGuest('hooks', this.#hooked ? expected.heard : expected.heard.filter(isQuestion)),
        ...perGuest('emitted', facts),
        ...(expected.counted === undefined ? {} : { counted: expected.counted }),
      },
    };
  }

  /** Waits until everything is as the model says, and shows that it stays so when nothing is left to be handled. */
  async agreesOn(expected: Account): Promise<void> {
    const facts = expected.heard.filter((line) => !isQuestion(line)).length;
    const agrees = (): boolean => {
      // What costs little is looked at first: this is asked after every event of every actor.
      const { entries } = this.stage.records;
      if (this.#answers.length < expected.answers.length || this.#told.length < expected.told.length)
        return false;
      if (!this.line.isQuiet || entries.length - this.#seen < facts) return false;
      const { actual, wanted } = this.#differences(expected);
      return JSON.stringify(actual) === JSON.stringify(wanted);
    };
    await this.stage.until(agrees, 'the model is right').catch(() => undefined);
    await turn();
    await this.stage.until(() => this.line.isQuiet, 'nothing is on its way').catch(() => undefined);
    const { actual, wanted } = this.#differences(expected);
    expect(actual, differenceText(actual, wanted)).to.deep.equal(wanted);
    this.#answers = [];
    this.#told = [];
    this.#seen = this.stage.records.entries.length;
    this.#counted = this.stage.records.counts.length;
    this.agreed += 1;
  }

  /** The drivers make themselves known, by a request of which nobody hears. */
  async introduce(...names: readonly GuestName[]): Promise<void> {
    for (const name of names) this.disconnect(name);
    await this.stage.until(() => this.#answers.length === names.length, 'every driver is known');
    this.#answers = [];
  }

  /** Ends the path; nothing may be left of the service. */
  async stop(): Promise<void> {
    for (const { hearing } of this.#players.values()) hearing?.unsubscribe();
    this.line.stopResetting();
    await this.stage.stop();
  }

  /** Ends a path that has failed: what is left over is not what failed. */
  async abandon(): Promise<void> {
    await this.stop().catch(() => undefined);
  }
}

type Parts = Readonly<Record<string, readonly string[]>>;

const perGuest = (part: string, lines: readonly string[]): Parts => ({
  [`${part} without B`]: without('B', lines),
  [`${part} without A`]: without('A', lines),
});

/** What is not as it should be, part by part. */
const differenceText = (actual: Parts, wanted: Parts): string =>
  Object.keys(wanted)
    .filter((part) => JSON.stringify(actual[part]) !== JSON.stringify(wanted[part]))
    .map(
      (part) =>
        `${part}: ${JSON.stringify(actual[part])}, and the model says ${JSON.stringify(wanted[part])}`,
    )
    .join('\n');

const linkOf = (port: InterfaceStatus | undefined): string => {
  const { link } = (port?.state ?? { link: 'gone' }) as { readonly link: string };
  return link;
};

const scanOf = ({ state }: InterfaceStatus): string => {
  const { scan } = (state ?? { scan: 'gone' }) as { readonly scan: string };
  return scan;
};

const dispatcherOf = (guest: GuestStatus | undefined): string => pathOf(guest?.dispatcher ?? 'gone');

const everyHook: Observer = {
  guestScanRequested: () => undefined,
  guestScanCompleted: () => undefined,
  guestConnectionCompleted: () => undefined,
  guestDisconnectionRequested: () => undefined,
  guestDisconnectionCompleted: () => undefined,
  hostConnected: () => undefined,
  hostDisconnected: () => undefined,
};
