/** The scans of one interface of wpa_supplicant: those that are asked for, and the search for one network, band by band. */
import * as E from 'fp-ts/lib/Either.js';
import * as O from 'fp-ts/lib/Option.js';
import { type Ssid, ssidBytes } from '../../protocol/ssid.js';
import type { Clock } from '../../streams/clock.js';
import type { RadioFailure, StationEvent } from '../radio.js';
import { type Dbus, Variant } from './dbus.js';
import { type SearchPart, searchParts, type Whereabouts } from './search-parts.js';
import { wpa } from './wpa-objects.js';

/** Milliseconds within which a scan that is given up has ended; the kernel has it done in a few. */
const scanEndLimit = 1000;

/** The error of `Scan` when a scan is pending already. */
const scanPending = `${wpa.interface}.ScanError`;

const givenUp: StationEvent = { type: 'scan.failed', reason: 'given up for a connection' };

/** Asks wpa_supplicant for scans, and tells how they end. */
export class WpaScans {
  readonly #bus: Dbus;
  readonly #path: string;
  readonly #clock: Clock;
  readonly #tell: (event: StationEvent) => void;
  #scanning = false;
  #stopped = false;
  /** Looked for as soon as the pending scan has ended. */
  #postponed: O.Option<Ssid> = O.none;
  /** Takes the end of the scan that was given up, or that is a part of a search: nobody else hears of it. */
  #taken: ((success: boolean) => void) | undefined;
  /** While there is a search: whether somebody has asked for a scan meanwhile. */
  #search: { asked: boolean } | undefined;

  /** `path`: the `Interface` object. */
  constructor(bus: Dbus, path: string, clock: Clock, tell: (event: StationEvent) => void) {
    this.#bus = bus;
    this.#path = path;
    this.#clock = clock;
    this.#tell = tell;
  }

  /** Property `Scanning`. */
  note(scanning: boolean): void {
    this.#scanning = scanning;
  }

  /** The interface has left. */
  stop(): void {
    this.#stopped = true;
    this.#taken?.(false);
  }

  /** A scan for everybody, and for this network by name. */
  async ask(ssid: O.Option<Ssid>): Promise<E.Either<RadioFailure, 'running'>> {
    if (this.#search !== undefined) {
      this.#search.asked = true;
      return E.right('running');
    }
    const started = await this.#request(ssid);
    if (E.isLeft(started) && started.left.code !== scanPending) return started;
    // One is pending already. Its end is as good, unless it does not look for this network.
    if (E.isLeft(started) && O.isSome(ssid)) this.#postponed = ssid;
    return E.right('running');
  }

  /** Signal `ScanDone`, once its results have been read. */
  async done(success: boolean): Promise<void> {
    const taken = this.#taken;
    if (taken !== undefined) return taken(success);
    const postponed = this.#postponed;
    this.#postponed = O.none;
    // Whoever waits gets the results of the scan that looks for the network.
    if (O.isSome(postponed) && E.isRight(await this.#request(postponed))) return;
    if (this.#stopped) return;
    this.#tell(
      success
        ? { type: 'scan.completed' }
        : { type: 'scan.failed', reason: 'wpa_supplicant reports that the scan failed' },
    );
  }

  /** Gives up the scan that is under way, and resolves when it has ended. */
  async end(): Promise<void> {
    if (!this.#scanning || this.#taken !== undefined) return;
    await new Promise<void>((resolve) => {
      const end = (): void => {
        this.#taken = undefined;
        this.#clock.clearTimeout(timer);
        resolve();
      };
      const timer = this.#clock.setTimeout(end, scanEndLimit);
      this.#taken = () => {
        this.#postponed = O.none;
        if (!this.#stopped) this.#tell(givenUp);
        end();
      };
      void this.#bus
        .call({ destination: wpa.name, path: this.#path, interface: wpa.interface, member: 'AbortScan' })()
        .then((asked) => {
          // It has ended by itself meanwhile, or is none of wpa_supplicant's.
          if (E.isLeft(asked)) end();
        });
    });
  }

  /** Looks for a network, part by part, until `isSeen`, or until the search is given up. */
  async lookFor(ssid: Ssid, isSeen: () => boolean, abort: AbortSignal): Promise<Whereabouts> {
    await this.end();
    const search = { asked: false };
    this.#search = search;
    let whereabouts: Whereabouts = 'absent';
    for (const part of searchParts) {
      if (abort.aborted || this.#stopped) {
        whereabouts = 'unknown';
        break;
      }
      const searched = await this.#searched(ssid, part, abort);
      if (isSeen()) {
        whereabouts = 'seen';
        break;
      }
      if (!searched && part.everywhere) whereabouts = 'unknown';
    }
    this.#search = undefined;
    // The part that is under way is no scan for anybody else.
    if (abort.aborted) await this.end();
    else if (search.asked && !this.#stopped) this.#tell(givenUp);
    return whereabouts;
  }

  /** Whether a part has been searched. */
  async #searched(ssid: Ssid, { channels }: SearchPart, abort: AbortSignal): Promise<boolean> {
    const ended = new Promise<boolean>((resolve) => {
      const end = (success: boolean): void => {
        this.#taken = undefined;
        abort.removeEventListener('abort', giveUp);
        resolve(success);
      };
      const giveUp = (): void => end(false);
      this.#taken = end;
      abort.addEventListener('abort', giveUp, { once: true });
    });
    const started = await this.#request(O.some(ssid), channels);
    if (E.isLeft(started)) this.#taken?.(false);
    return ended;
  }

  /** `channels`: middles in MHz; all, unless told otherwise. */
  #request(
    ssid: O.Option<Ssid>,
    channels: readonly number[] = [],
  ): Promise<E.Either<RadioFailure, readonly unknown[]>> {
    const wildcard = Buffer.alloc(0);
    const ssids = O.isSome(ssid) ? [ssidBytes(ssid.value), wildcard] : [wildcard];
    const where = channels.map((middle) => [middle, channelWidth]);
    return this.#bus.call({
      destination: wpa.name,
      path: this.#path,
      interface: wpa.interface,
      member: 'Scan',
      signature: 'a{sv}',
      body: [
        {
          Type: new Variant('s', 'active'),
          SSIDs: new Variant('aay', ssids),
          // A guest that looks around must not make the host change its access point.
          AllowRoam: new Variant('b', false),
          ...(where.length === 0 ? {} : { Channels: new Variant('a(uu)', where) }),
        },
      ],
    })();
  }
}

/** Width that `Channels` wants beside each middle, in MHz; beacons come on the primary channel. */
const channelWidth = 20;
