/**
 * Plans over real sockets, with a process that is really killed: the command line as its own process, its state file on a real disk,
 * guests on loopback. Chance comes from the seed, but not the order in which things arrive: what a plan finds may want several tries.
 */
import { mkdir, mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import * as E from 'fp-ts/lib/Either.js';
import { controlClient, parseControlAddress } from '../../control/index.js';
import { parseEndpoint, systemClock } from '../../index.js';
import { guestIdOf } from '../../native/sockets/endpoint.js';
import { tcp } from '../../native/sockets/tcp.js';
import { CliProcess } from '../../test/cli/cli-process.js';
import { Dice } from '../dice.js';
import { freePort } from '../many/measured-service.js';
import { SimulatedGuest, signalOf } from './guest.js';
import { differencesFromGuests, type ShownToGuests } from './invariants.js';
import { type Manner, networkNames } from './plan.js';

export interface RealOutcome {
  readonly violations: readonly string[];
  readonly answers: number;
  /** Ends of the process in the middle of everything. */
  readonly kills: number;
}

const guestCount = 4;
const stepCount = 40;

/** Milliseconds in which everything must have come to rest: longer than all pauses and tries. */
const restTime = 40_000;

/** The host is connected to Cafe whenever the service starts: who shares that keeps its session, who had more is told. */
const scenario = {
  seed: 1,
  interfaces: [
    {
      name: 'wlan0',
      scanDuration: 30,
      connectDuration: 30,
      disconnectDuration: 10,
      link: { ssid: networkNames[0] },
    },
    { name: 'wlan1', scanDuration: 5, connectDuration: 120, disconnectDuration: 0 },
  ],
  networks: networkNames.map((ssid, n) => ({
    ssid,
    security: 'wpa2-psk',
    accessPoints: [{ bssid: `02:00:00:00:00:0${n + 1}`, channel: 1, signal: signalOf[ssid] }],
  })),
};

class RealHost {
  readonly violations: string[] = [];
  readonly guests: readonly SimulatedGuest[];
  kills = 0;
  readonly #folder: string;
  readonly #dice: Dice;
  readonly #notificationPort = freePort();
  #cli: CliProcess | undefined;
  #port = 0;
  #excuses = 0;
  #isServing = false;
  /** The state file cannot be written. */
  #isObstructed = false;

  constructor(folder: string, seed: number) {
    this.#folder = folder;
    this.#dice = new Dice(seed);
    const around = {
      clock: systemClock,
      network: {
        guestSide: (name: string) =>
          tcp.guestSide(
            { scheme: 'tcp', host: '127.0.0.1', port: this.#port },
            { requestPort: this.#port, notificationPort: this.#notificationPort, address: name },
            systemClock,
          ),
        guestId: (name: string) => guestIdOf({ scheme: 'tcp', address: name }),
        disturbances: () => 0,
        isTroubled: () => false,
      },
      // A busy machine takes its time.
      writingTime: 2000,
      dice: this.#dice,
      note: () => undefined,
      violated: (what: string) => this.violations.push(what),
      excuse: () => this.#excuses,
      isServing: () => this.#isServing,
    };
    this.guests = Array.from(
      { length: guestCount },
      (_, n) => new SimulatedGuest(`127.99.${seed % 250}.${n + 1}`, around),
    );
  }

  get answers(): number {
    return this.guests.reduce((sum, { answers }) => sum + answers, 0);
  }

  async begin(): Promise<void> {
    await writeFile(join(this.#folder, 'scenario.json'), JSON.stringify(scenario));
    await this.#start();
    for (const guest of this.guests) guest.listen();
  }

  async step(): Promise<void> {
    const dice = this.#dice;
    const guest = dice.pick(this.guests);
    const kind = dice.below(100);
    if (kind < 62) {
      const what = dice.pick(['scan', 'look for', 'connect', 'connect', 'connect', 'disconnect'] as const);
      const manner = dice.pick<Manner>(['plain', 'plain', 'plain', 'half closed', 'hung up', 'kept']);
      guest.ask(what, dice.pick(networkNames.slice(0, 3)), manner);
    } else if (kind < 67) guest.babble(dice.below(5));
    else if (kind < 82) await wait(dice.pick([0, 5, 20, 60, 150]));
    else if (kind < 85) guest.deafen();
    else if (kind < 89) guest.listen();
    else if (kind < 93) await this.#restart('SIGTERM');
    else {
      // Some in the middle of everything, some when all is written down.
      if (dice.chance(0.4)) await this.#calm(5000);
      await this.#restart('SIGKILL');
    }
  }

  /** Everything is repaired, comes to rest, and is compared. */
  async end(): Promise<void> {
    await this.#obstruct(false);
    for (const guest of this.guests) guest.listen();
    const until = performance.now() + restTime;
    let found: readonly string[];
    do {
      await wait(200);
      found = [
        ...this.guests.flatMap(({ isIdle, name }) => (isIdle ? [] : [`${name} still waits for an answer`])),
        ...differencesFromGuests(await this.#status(), this.guests),
      ];
    } while (found.length > 0 && performance.now() < until);
    this.violations.push(...found);
    for (const guest of this.guests) guest.close();
    await this.#stop('SIGTERM');
  }

  async abandon(): Promise<void> {
    for (const guest of this.guests) guest.close();
    this.#cli?.signal('SIGKILL');
    await this.#cli?.ended;
  }

  get #state(): string {
    return join(this.#folder, 'state.json');
  }

  async #start(): Promise<void> {
    this.#cli = new CliProcess(
      [
        'serve',
        ...['--listen', 'tcp://127.0.0.1:0', '--scenario', join(this.#folder, 'scenario.json')],
        ...['--state', this.#state, '--notification-port', String(this.#notificationPort)],
        ...['--control', `unix://${join(this.#folder, 'control.sock')}`, '--log-level', 'error'],
      ],
      '',
      {},
    );
    const [, url = ''] = await this.#cli.says(/Listening for guests at (tcp:\S+\d)\./);
    const endpoint = parseEndpoint(url);
    if (E.isLeft(endpoint) || endpoint.right.scheme !== 'tcp') throw new Error(`no endpoint in ${url}`);
    this.#port = endpoint.right.port ?? 0;
    this.#isServing = true;
  }

  async #stop(signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    this.#isServing = false;
    this.#excuses += 1;
    const begun = performance.now();
    this.#cli?.signal(signal);
    const ended = await this.#cli?.ended;
    if (signal === 'SIGKILL' || ended === undefined) return;
    if (ended.code !== 0 && ended.code !== 143)
      this.violations.push(`the service ended with ${ended.code}: ${ended.err.slice(-1000)}`);
    if (performance.now() - begun > 6000)
      this.violations.push(`the service took ${performance.now() - begun} ms to stop`);
  }

  async #restart(signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    if (signal === 'SIGKILL') this.kills += 1;
    await this.#stop(signal);
    const isTorn = this.#dice.chance(0.15) && (await this.#tear());
    const memory = isTorn ? 'none' : this.#isObstructed ? 'old' : 'whole';
    for (const guest of this.guests) guest.hostStartsAnew(memory);
    await this.#obstruct(this.#dice.chance(0.15));
    await this.#start();
    this.#excuses += 1;
  }

  /** Waits until nobody asks for anything, and what was settled is written down. */
  async #calm(most: number): Promise<void> {
    const until = performance.now() + most;
    while (this.guests.some(({ isIdle }) => !isIdle) && performance.now() < until) await wait(50);
    await wait(2200);
  }

  /** Only a part of the state file is left. */
  async #tear(): Promise<boolean> {
    const text = await readFile(this.#state, 'utf8').catch(() => '');
    if (text.length === 0) return false;
    await truncate(this.#state, this.#dice.below(text.length));
    return true;
  }

  /** A folder that lies where the next state is to be written: not even root can write there. */
  async #obstruct(isObstructed: boolean): Promise<void> {
    const place = `${this.#state}.new`;
    await rm(place, { recursive: true, force: true });
    if (isObstructed) await mkdir(join(place, 'obstacle'), { recursive: true });
    this.#isObstructed = isObstructed;
  }

  async #status(): Promise<ShownToGuests> {
    const address = parseControlAddress(`unix://${join(this.#folder, 'control.sock')}`);
    if (E.isLeft(address)) throw new Error('no address of a control');
    const status = await controlClient(address.right).ask('readStatus')();
    if (E.isLeft(status)) throw new Error(status.left.detail);
    return status.right;
  }
}

/** Plays the plan of a seed. */
export const playForReal = async (seed: number): Promise<RealOutcome> => {
  const folder = await mkdtemp(join(tmpdir(), 'proxy-wifi-plans-'));
  const host = new RealHost(folder, seed);
  try {
    await host.begin();
    for (let step = 0; step < stepCount; step++) await host.step();
    await host.end();
  } catch (error) {
    host.violations.push(
      `the plan could not be played: ${error instanceof Error ? error.stack : String(error)}`,
    );
  } finally {
    await host.abandon();
    await rm(folder, { recursive: true, force: true });
  }
  return { violations: host.violations, answers: host.answers, kills: host.kills };
};
