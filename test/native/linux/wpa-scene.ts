/** Where the tests of wpa_supplicant's connections begin: a station on a D-Bus in memory that sees one network. */
import * as E from 'fp-ts/lib/Either.js';
import * as O from 'fp-ts/lib/Option.js';
import { linuxRadio } from '../../../native/linux/wpa-radio.js';
import type { ConnectOrder, HostLink, StationInterface } from '../../../native/radio.js';
import { KeyMaterial } from '../../../protocol/key-material.js';
import { ssidFromText } from '../../../protocol/ssid.js';
import { ManualClock } from '../../../streams/clock.js';
import { right } from '../../protocol/either.js';
import { plain, settled } from './fake-bus.js';
import { capturedBsss, FakeSupplicant } from './fake-supplicant.js';

export const [, psk = {}] = capturedBsss;
export const ssid = right(ssidFromText('wpa2-psk'));
export const suites = { pairwise: 0x000fac04, group: 0x000fac04 };
export const pmk = new Uint8Array(32).fill(7);

/** Directs the station to the network. */
export const order = (parts: Partial<ConnectOrder> = {}): ConnectOrder => ({
  ssid,
  bssid: O.none,
  security: { kind: 'wpa2-psk', ...suites },
  key: new KeyMaterial(pmk),
  ...parts,
});

/** Another one for each test. */
export class WpaScene {
  readonly supplicant = new FakeSupplicant();
  readonly abort = new AbortController();
  /** The object of the access point to which a selected network leads. */
  bss: string;
  #station: StationInterface | undefined;
  #close = (): void => undefined;

  constructor() {
    const [bss = ''] = this.supplicant.sees([psk]);
    this.bss = bss;
  }

  /** The one that has come last. */
  get station(): StationInterface {
    if (this.#station === undefined) throw new Error('no station has come yet');
    return this.#station;
  }

  get hasCome(): boolean {
    return this.#station !== undefined;
  }

  async open(restore = false, resumes: (link: HostLink) => boolean = () => false): Promise<ManualClock> {
    const clock = new ManualClock();
    const radio = linuxRadio({
      bus: this.supplicant.bus.open,
      clock,
      restore,
      resumes: (_, link) => resumes(link),
    });
    const subscription = radio.open.subscribe((event) => {
      if (event.type === 'interface.arrived' && event.interface.kind === 'station')
        this.#station = event.interface;
    });
    this.#close = () => subscription.unsubscribe();
    await settled();
    return clock;
  }

  close(): void {
    this.#close();
  }

  /** Selecting a network leads to a link at once. */
  succeeds(): void {
    this.supplicant.bus.method('SelectNetwork', ({ body }) => {
      this.supplicant.change({ State: '4way_handshake' });
      this.supplicant.completes(this.bss, String(body?.[0]));
      return E.right([]);
    });
  }

  /** Selecting a network of ours leads to a wrong key. */
  refusesKey(): void {
    this.supplicant.bus.method('SelectNetwork', () => {
      this.supplicant.change({ State: '4way_handshake' });
      this.supplicant.change({ DisconnectReason: 15, State: 'disconnected' });
      return E.right([]);
    });
  }

  /** The properties of the network that was added last, without our mark. */
  added(): Readonly<Record<string, unknown>> {
    const { id_str: _, ...rest } = plain(this.supplicant.bus.last('AddNetwork')?.body?.[0]);
    return rest;
  }

  connect(wanted = order()): ReturnType<ReturnType<StationInterface['connect']>> {
    return this.station.connect(wanted, this.abort.signal)();
  }

  /** What was called from the `start`th call on. */
  since(start: number): readonly string[] {
    return this.supplicant.bus.called.slice(start).map((call) => call.replace(/\/fi\S*\//, ''));
  }
}
