/** A guest of a scene: what its driver does and remembers, and what it got, in words. */
import * as O from 'fp-ts/lib/Option.js';
import type { Subscription } from 'rxjs';
import type { InterfaceStatus } from '../../index.js';
import { AuthType, type ConnectResponse, WpaVersion } from '../../protocol/connect.js';
import { decodeHostMessage, encodeRequest, type HostMessage, statusName } from '../../protocol/index.js';
import { AkmSuite, CipherSuite } from '../../protocol/suites.js';
import { right } from '../protocol/either.js';
import type { RawConnection, StagedGuest } from '../stage/guests.js';
import { anyKey, ssid } from '../stage/networks.js';
import { type GuestName, got } from './words.js';

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

/** The network of requests that are written by hand. */
export const cafe = 'Cafe';

/** What a player has to know of its scene. */
export interface Surroundings {
  /** Something has come. */
  readonly changed: () => void;
  /** What the host is connected to, by the service's snapshot. */
  readonly interfaces: () => readonly InterfaceStatus[];
  /** dBm of the access points at the moment. */
  readonly signal: () => number;
}

/** Requests are begun, not waited for: what comes of them is added to `answers`. */
export class Player {
  readonly name: GuestName;
  readonly staged: StagedGuest;
  readonly #surroundings: Surroundings;
  /** Answers since the last `forget`. */
  answers: readonly string[] = [];
  /** Notifications since then. */
  told: readonly string[] = [];
  /** Id of the last connect answer: how many there were. */
  lastId = 0;
  /** Id of the last successful one. */
  idInEffect = 0;
  /** dBm of the last signal notification. */
  #signalTold = 0;
  #hearing: Subscription | undefined;
  /** Connections that it hung up on itself. */
  readonly #abandoned = new Set<RawConnection>();

  constructor(name: GuestName, staged: StagedGuest, surroundings: Surroundings) {
    this.name = name;
    this.staged = staged;
    this.#surroundings = surroundings;
  }

  /** A step is over. */
  forget(): void {
    this.answers = [];
    this.told = [];
  }

  /** The driver listens for notifications. */
  async hear(): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.#hearing = this.staged.guest.notifications.subscribe((event) => {
        if (event.type === 'listening') resolve();
        else if (event.type === 'message') this.#tell(this.#messageText(event.message));
        else if (event.type === 'failure') {
          this.#tell(`${this.name}: ${JSON.stringify(event.failure)}`);
          reject(new Error(`guest ${this.name} cannot listen`));
        }
      });
    });
  }

  /** Nothing listens for notifications any more: connections are refused. */
  deafen(): void {
    this.#hearing?.unsubscribe();
  }

  connect(network: string): void {
    this.#await(this.staged.connect(network), (answer) => this.#connectText(network, answer));
  }

  /** Connects with what no interface of a scene can do. */
  connectAsEnterprise(network: string): void {
    const frame = encodeRequest({ ...enterprise, ssid: ssid(network) });
    this.#await(this.#exchange(frame), (message) =>
      message.operation === 'connect.response'
        ? this.#connectText(network, message)
        : `${this.name}: ${message.operation}`,
    );
  }

  /** `an older id`: handed out before that of the session in effect. */
  disconnect(by: 'its id' | 'an older id' = 'its id'): void {
    const id = by === 'its id' ? this.idInEffect : Math.max(0, this.idInEffect - 1);
    this.#await(this.staged.disconnect(id), () => got.disconnected(this.name));
  }

  scan(network?: string): void {
    const answer = this.staged.scan(network === undefined ? undefined : ssid(network));
    this.#await(answer, ({ networks, complete }) => this.#networksText(networks, complete));
  }

  /** The answer on a connection that was opened and written to by hand; it is closed then, unless it is to be `kept` open. */
  awaitAnswer(connection: RawConnection, kept: 'kept' | 'closed' = 'closed'): void {
    this.#await(connection.ended, (bytes) => {
      if (this.#abandoned.has(connection)) return undefined;
      if (kept === 'closed') connection.destroy();
      return bytes.length === 0 ? got.cutOff(this.name) : this.#answerText(right(decodeHostMessage(bytes)));
    });
  }

  /** Hangs up on a connection whose answer was awaited: there is none. */
  expectNothing(connection: RawConnection): void {
    this.#abandoned.add(connection);
    connection.reset();
  }

  /** A connect was given up, or its answer lost: an id went with it of which this guest has not heard. */
  missId(): void {
    this.lastId += 1;
  }

  async #exchange(frame: Uint8Array): Promise<HostMessage> {
    return right(decodeHostMessage(right(await this.staged.guest.exchange(frame)())));
  }

  #await<Answer>(answer: Promise<Answer>, inWords: (answer: Answer) => string | undefined): void {
    const add = (line: string | undefined): void => {
      if (line === undefined) return;
      this.answers = [...this.answers, line];
      this.#surroundings.changed();
    };
    void answer.then(
      (there) => add(inWords(there)),
      (error: unknown) => add(`${this.name}: ${String(error)}`),
    );
  }

  #tell(line: string): void {
    this.told = [...this.told, line];
    this.#surroundings.changed();
  }

  #answerText(message: HostMessage): string {
    switch (message.operation) {
      case 'invalid':
        return got.refused(this.name);
      case 'disconnect.response':
        return got.disconnected(this.name);
      case 'scan.response':
        return this.#networksText(message.networks, message.complete);
      case 'connect.response':
        return this.#connectText(cafe, message);
      default:
        return `${this.name}: ${message.operation}`;
    }
  }

  #connectText(
    network: string,
    { status, sessionId, bssid }: Pick<ConnectResponse, 'status' | 'sessionId' | 'bssid'>,
  ): string {
    this.lastId += 1;
    const strange = sessionId === this.lastId ? '' : `, id ${sessionId} instead of ${this.lastId}`;
    if (status !== 0) return `${got.failed(this.name, network, statusName(status))}${strange}`;
    this.idInEffect = sessionId;
    const links = this.#surroundings.interfaces().map(({ link }) => link);
    const isThere = links.some((link) => link?.bssid === bssid && link.ssid === network);
    const elsewhere = isThere ? '' : `, but ${bssid} is not what the host has`;
    return `${got.connected(this.name, network)}${strange}${elsewhere}`;
  }

  #networksText(networks: readonly { readonly ssid: string }[], complete: boolean): string {
    const names = networks.map((bss) => bss.ssid);
    return got.networks(this.name, names, complete);
  }

  #messageText(message: HostMessage): string {
    switch (message.operation) {
      case 'disconnected':
        return message.sessionId === this.idInEffect
          ? got.lost(this.name)
          : `${got.lost(this.name)} of id ${message.sessionId} instead of ${this.idInEffect}`;
      case 'signal':
        return this.#signalText(message.rssi);
      case 'scan.response':
        return this.#networksText(message.networks, message.complete);
      default:
        return `${this.name}: ${message.operation}`;
    }
  }

  /** Signals of scenes only fade: an older one is stronger than the newest, and none comes after a weaker one. */
  #signalText(rssi: number): string {
    const newest = this.#surroundings.signal();
    const isInOrder = rssi <= this.#signalTold;
    this.#signalTold = rssi;
    if (rssi === newest) return got.signal(this.name);
    return isInOrder && rssi > newest
      ? got.olderSignal(this.name)
      : `${got.signal(this.name)} of ${rssi} instead of ${newest}`;
  }
}
