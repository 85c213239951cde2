/** A simulated radio on a clock that a test moves, and everything that it tells, with the time at which it did. */
import { isRight } from 'fp-ts/lib/Either.js';
import { none, type Option } from 'fp-ts/lib/Option.js';
import { problemText } from '../../../json/problem.js';
import { derivePmk } from '../../../native/pmk.js';
import { type ConnectOrder, interfaceId, type StationInterface } from '../../../native/radio.js';
import { decodeScenario } from '../../../native/simulated/load.js';
import { type SimulatedBackend, simulatedBackend } from '../../../native/simulated/radio.js';
import type { Scenario, Target } from '../../../native/simulated/scenario.js';
import type { ScenarioFile } from '../../../native/simulated/scenario-file.js';
import { type Bssid, parseBssid } from '../../../protocol/bssid.js';
import { KeyMaterial } from '../../../protocol/key-material.js';
import { type Ssid, ssidFromText } from '../../../protocol/ssid.js';
import { CipherSuite } from '../../../protocol/suites.js';
import { ManualClock } from '../../../streams/clock.js';
import { right } from '../../protocol/either.js';
import { KeptLog } from './log.js';

/** The SSID of a text. */
export const ssid = (text: string): Ssid => right(ssidFromText(text));
/** A BSSID by its last byte. */
export const bssid = (last: number): Bssid =>
  right(parseBssid(`02:00:00:00:00:${last.toString(16).padStart(2, '0')}`));
/** All access points of an SSID. */
export const network = (text: string): Target => ({ kind: 'ssid', ssid: ssid(text) });

/** Of the network `cafe`. */
export const passphrase = 'correct horse';

/** Three networks: `cafe` (WPA2-PSK) with two access points, 1 at −60 and 2 at −50 dBm, `open` and `far`. */
export const places: ScenarioFile['networks'] = [
  {
    ssid: 'cafe',
    security: 'wpa2-psk',
    secret: passphrase,
    accessPoints: [
      { bssid: bssid(1), channel: 1, signal: -60 },
      { bssid: bssid(2), channel: 36, signal: -50 },
    ],
  },
  { ssid: 'open', security: 'open', accessPoints: [{ bssid: bssid(3), channel: 6, signal: -55 }] },
  { ssid: 'far', security: 'open', accessPoints: [{ bssid: bssid(4), channel: 11, signal: -94 }] },
];

/** The interface of a scene unless a test says otherwise: a scan takes 1 s, a connect 0.5 s, a disconnect 0.2 s. */
export const takesTime = { name: 'wlan0', scanDuration: 1000, connectDuration: 500, disconnectDuration: 200 };
/** The id of that interface. */
export const wlan0 = interfaceId('wlan0');

/** The scenario behind a file that must be right. */
const scenarioOf = (file: Partial<ScenarioFile>): Scenario => {
  const result = decodeScenario({ interfaces: [takesTime], networks: places, ...file });
  if (isRight(result)) return result.right;
  throw new Error(result.left.map(problemText).join('\n'));
};

/** What a guest orders that knows everything; `parts` differ. */
export const orderFor = (text: string, parts: Partial<ConnectOrder> = {}): ConnectOrder => {
  const name = ssid(text);
  return text === 'cafe'
    ? {
        ssid: name,
        bssid: none,
        security: { kind: 'wpa2-psk', pairwise: CipherSuite.ccmp, group: CipherSuite.ccmp },
        key: right(derivePmk(passphrase, name)),
        ...parts,
      }
    : { ssid: name, bssid: none, security: { kind: 'open' }, key: KeyMaterial.none, ...parts };
};

/** One interface that does everything at once. */
export const instant: ScenarioFile['interfaces'] = [{ name: 'wlan0' }];

/** A scene that is open, and whose arrivals are no news any more. */
export const begin = (file: Partial<ScenarioFile> = {}): Scene => {
  const scene = new Scene(file).open();
  scene.news();
  return scene;
};

/** A radio and what it tells, from its making on. */
export class Scene {
  readonly clock = new ManualClock(1_700_000_000_000);
  readonly log = new KeptLog();
  readonly radio: SimulatedBackend;
  /** `0 opened`, `1000 wlan0 scan.completed`: milliseconds since the scene began. */
  readonly history: string[] = [];
  readonly #start = this.clock.now();
  readonly #stations = new Map<string, StationInterface>();
  #close: (() => void) | undefined;

  constructor(file: Partial<ScenarioFile> = {}, newSeed?: () => number) {
    this.radio = simulatedBackend(scenarioOf(file), {
      clock: this.clock,
      log: this.log,
      ...(newSeed === undefined ? {} : { newSeed }),
    });
  }

  open(): this {
    const subscription = this.radio.open.subscribe({
      next: (event) => {
        if (event.type === 'interface.arrived' && event.interface.kind === 'station')
          this.#watch(event.interface);
        else this.tell('id' in event ? `${event.id} left` : event.type);
      },
      error: (failure: { readonly code: string }) => this.tell(`failed ${failure.code}`),
    });
    this.#close = () => subscription.unsubscribe();
    return this;
  }

  close(): void {
    this.#close?.();
  }

  station(name = 'wlan0'): StationInterface {
    const found = this.#stations.get(name);
    if (found === undefined) throw new Error(`no ${name}`);
    return found;
  }

  /** What `history` has got since the last call. */
  news(): readonly string[] {
    return this.history.splice(0);
  }

  tell(what: string): void {
    this.history.push(`${this.clock.now() - this.#start} ${what}`);
  }

  /** Asks for a scan, and tells the answer. */
  async scan(directed: Option<Ssid> = none, name = 'wlan0'): Promise<void> {
    const answer = await this.station(name).scan(directed);
    this.tell(`${name} scan ${isRight(answer) ? answer.right : answer.left.code}`);
  }

  /** Begins to connect; tells the outcome once it is known. */
  connect(order: ConnectOrder, name = 'wlan0'): AbortController {
    const abort = new AbortController();
    this.station(name)
      .connect(order, abort.signal)()
      .then(
        (result) =>
          this.tell(
            `${name} ${isRight(result) ? `joined ${result.right.bssid}` : `${result.left.reason} ${result.left.status}`}`,
          ),
        (reason: unknown) => this.tell(`threw ${String(reason)}`),
      );
    return abort;
  }

  /** Begins to disconnect; tells the outcome once it is known. */
  disconnect(name = 'wlan0'): void {
    this.station(name)
      .disconnect()()
      .then(
        (result) => this.tell(`${name} disconnect ${isRight(result) ? 'done' : result.left.code}`),
        (reason: unknown) => this.tell(`threw ${String(reason)}`),
      );
  }

  /** `cafe -50`, … of what the interface has seen. */
  seen(name = 'wlan0'): readonly string[] {
    return this.station(name)
      .networks()
      .map((bss) => `${bss.ssid} ${bss.rssi}`);
  }

  #watch(station: StationInterface): void {
    const { name } = station;
    this.#stations.set(name, station);
    const link = station.link();
    this.tell(`${name} arrived${link._tag === 'Some' ? ` on ${link.value.ssid}` : ''}`);
    station.events.subscribe({
      next: (event) => {
        if (event.type === 'connected') this.tell(`${name} connected ${event.link.ssid}`);
        else if (event.type === 'disconnected') this.tell(`${name} disconnected ${event.ssid}`);
        else if (event.type === 'signal') this.tell(`${name} signal ${event.rssi}`);
        else this.tell(`${name} ${event.type}`);
      },
      complete: () => this.tell(`${name} complete`),
    });
  }
}
