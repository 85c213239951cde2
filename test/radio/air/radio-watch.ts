/** Opens the host's radio and keeps everything that it reports. */
import * as E from 'fp-ts/lib/Either.js';
import * as O from 'fp-ts/lib/Option.js';
import { firstValueFrom, ReplaySubject, Subject, type Subscription } from 'rxjs';
import { filter } from 'rxjs/operators';
import { type LinuxRadioOptions, linuxRadio } from '../../../native/linux/wpa-radio.js';
import { derivePmk } from '../../../native/pmk.js';
import type {
  ConnectFailure,
  ConnectOrder,
  HostLink,
  RadioEvent,
  RadioFailure,
  StationEvent,
  StationInterface,
} from '../../../native/radio.js';
import { KeyMaterial } from '../../../protocol/key-material.js';
import type { OfferedSecurity } from '../../../protocol/security.js';
import { type Ssid, ssidFromText } from '../../../protocol/ssid.js';
import { CipherSuite } from '../../../protocol/suites.js';

/** The SSID with this text. */
export const named = (text: string): Ssid => {
  const ssid = ssidFromText(text);
  if (E.isLeft(ssid)) throw new Error(`not an SSID: ${text}`);
  return ssid.right;
};

const ccmp = { pairwise: CipherSuite.ccmp, group: CipherSuite.ccmp };

/** What a guest orders. `key`: a passphrase for WPA2, turned into the PMK as the guest's wpa_supplicant does. */
export const order = (ssid: Ssid, kind: OfferedSecurity['kind'] = 'open', key = ''): ConnectOrder => {
  if (kind === 'open') return { ssid, bssid: O.none, security: { kind }, key: KeyMaterial.none };
  if (kind === 'wpa3-sae') {
    const password = new KeyMaterial(new TextEncoder().encode(key));
    return { ssid, bssid: O.none, security: { kind, ...ccmp }, key: password };
  }
  const pmk = derivePmk(key, ssid);
  if (E.isLeft(pmk)) throw new Error(pmk.left.reason);
  return { ssid, bssid: O.none, security: { kind, ...ccmp }, key: pmk.right };
};

/** An open radio. */
export class RadioWatch {
  readonly #radio = new ReplaySubject<RadioEvent>();
  readonly #station = new Subject<StationEvent>();
  readonly #subscription: Subscription;
  /** Everything that the stations reported, in order. */
  readonly events: StationEvent[] = [];

  constructor(options: LinuxRadioOptions = {}) {
    this.#subscription = linuxRadio(options).open.subscribe({
      next: (event) => {
        if (event.type === 'interface.arrived' && event.interface.kind === 'station')
          event.interface.events.subscribe((reported) => {
            this.events.push(reported);
            this.#station.next(reported);
          });
        this.#radio.next(event);
      },
      error: (failure: RadioFailure) => {
        throw new Error(failure.detail);
      },
    });
  }

  /** The interface that arrives, or has arrived. */
  async arrival(): Promise<StationInterface> {
    for (;;) {
      const event = await firstValueFrom(
        this.#radio.pipe(filter((reported) => reported.type === 'interface.arrived')),
      );
      if (event.type === 'interface.arrived' && event.interface.kind === 'station') return event.interface;
    }
  }

  /** The next event of this type that a station reports from now on. */
  async reports<T extends StationEvent['type']>(type: T): Promise<Extract<StationEvent, { type: T }>> {
    const event = await firstValueFrom(
      this.#station.pipe(
        filter((reported): reported is Extract<StationEvent, { type: T }> => reported.type === type),
      ),
    );
    return event;
  }

  close(): void {
    this.#subscription.unsubscribe();
  }
}

/** Scans and waits for the end of the scan. */
export const scanned = async (
  watch: RadioWatch,
  station: StationInterface,
  ssid: O.Option<Ssid> = O.none,
): Promise<void> => {
  const completed = watch.reports('scan.completed');
  const started = await station.scan(ssid);
  if (E.isLeft(started))
    throw new Error(`${started.left.operation}: ${started.left.code}: ${started.left.detail}`);
  await completed;
};

/** Connects; the link or the failure. */
export const connected = (
  station: StationInterface,
  wanted: ConnectOrder,
  abort = new AbortController().signal,
): Promise<E.Either<ConnectFailure, HostLink>> => station.connect(wanted, abort)();
