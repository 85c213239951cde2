/** A radio that does exactly what a test tells it, for faults that the simulated one cannot make. */
import * as E from 'fp-ts/lib/Either.js';
import * as O from 'fp-ts/lib/Option.js';
import { Observable, Subject, type Subscriber } from 'rxjs';
import type { InterfaceId } from '../../index.js';
import type {
  ConnectFailure,
  ConnectOrder,
  HostLink,
  RadioBackend,
  RadioEvent,
  RadioFailure,
  RadioInterface,
  StationEvent,
  StationInterface,
} from '../../native/index.js';
import { interfaceId } from '../../native/radio.js';
import type { Bss } from '../../protocol/bss.js';
import { ssid } from './networks.js';

export class ScriptedStation implements StationInterface {
  readonly kind = 'station';
  readonly id: InterfaceId;
  readonly name: string;
  readonly instant: boolean = false;
  readonly events = new Subject<StationEvent>();
  /** What the host has cached. */
  seen: readonly Bss[] = [];
  current: O.Option<HostLink> = O.none;
  supported = true;
  /** What a scan does; by default it runs until the test emits `scan.completed`. */
  onScan: () => ReturnType<StationInterface['scan']> = () => E.right('running');
  /** What the scan does that an interface makes when it arrives; by default it is over at once. */
  onArrivalScan: () => ReturnType<StationInterface['scan']> = () => E.right('complete');
  /** What a connect does; by default it never ends by itself. */
  onConnect: (order: ConnectOrder, abort: AbortSignal) => Promise<E.Either<ConnectFailure, HostLink>> = (
    _order,
    abort,
  ) =>
    new Promise((resolve) => {
      const abandoned: ConnectFailure = { reason: 'abandoned', status: 1, detail: 'abandoned' };
      abort.addEventListener('abort', () => resolve(E.left(abandoned)));
    });
  onDisconnect: () => Promise<E.Either<RadioFailure, void>> = async () => {
    this.lose();
    return E.right(undefined);
  };
  /** Operations that were asked for, in order; the scan at arrival is not among them. */
  readonly asked: ('scan' | 'connect' | 'disconnect')[] = [];

  #arrived = false;

  /** What was said of its signal, in order: wanted, or not any more. */
  readonly followed: boolean[] = [];

  constructor(name: string) {
    this.id = interfaceId(name);
    this.name = name;
  }

  readonly link: StationInterface['link'] = () => this.current;
  readonly networks: StationInterface['networks'] = () => this.seen;
  readonly supports: StationInterface['supports'] = () => this.supported;
  readonly followSignal = (wanted: boolean): void => {
    this.followed.push(wanted);
  };

  readonly scan: StationInterface['scan'] = () => {
    if (!this.#arrived) {
      this.#arrived = true;
      return this.onArrivalScan();
    }
    this.asked.push('scan');
    return this.onScan();
  };

  readonly connect: StationInterface['connect'] = (order, abort) => () => {
    this.asked.push('connect');
    return this.onConnect(order, abort);
  };

  readonly disconnect: StationInterface['disconnect'] = () => () => {
    this.asked.push('disconnect');
    return this.onDisconnect();
  };

  /** The host connects it. */
  join(link: HostLink): void {
    this.current = O.some(link);
    this.events.next({ type: 'connected', link });
  }

  /** The link is lost. */
  lose(): void {
    const link = this.current;
    this.current = O.none;
    if (O.isSome(link)) this.events.next({ type: 'disconnected', ssid: link.value.ssid, reason: 'lost' });
  }

  signal(rssi: number): void {
    this.events.next({ type: 'signal', rssi });
  }

  completeScan(): void {
    this.events.next({ type: 'scan.completed' });
  }

  /** From now on each connect succeeds at once. */
  connectsAt(link: HostLink): this {
    this.onConnect = async ({ ssid: wanted }) => {
      this.lose();
      const made = { ...link, ssid: wanted };
      this.join(made);
      return E.right(made);
    };
    return this;
  }
}

export const linkTo = (name: string, { bssid }: Pick<Bss, 'bssid'>): HostLink => ({
  ssid: ssid(name),
  bssid,
});

/** The back end that has these interfaces from the moment of its opening. */
export class ScriptedRadio implements RadioBackend {
  readonly name: string;
  readonly #interfaces: RadioInterface[];
  #watcher: Subscriber<RadioEvent> | undefined;
  /** While set, opening fails. */
  broken: RadioFailure | undefined;
  /** How often it was opened. */
  openings = 0;

  constructor(interfaces: readonly RadioInterface[], name = 'scripted') {
    this.#interfaces = [...interfaces];
    this.name = name;
  }

  readonly open = new Observable<RadioEvent>((subscriber) => {
    this.openings += 1;
    if (this.broken !== undefined) return subscriber.error(this.broken);
    this.#watcher = subscriber;
    subscriber.next({ type: 'opened' });
    for (const port of this.#interfaces) subscriber.next({ type: 'interface.arrived', interface: port });
    return () => {
      this.#watcher = undefined;
    };
  });

  get isOpen(): boolean {
    return this.#watcher !== undefined;
  }

  arrive(port: RadioInterface): void {
    this.#interfaces.push(port);
    this.#watcher?.next({ type: 'interface.arrived', interface: port });
  }

  leave(id: InterfaceId): void {
    this.#watcher?.next({ type: 'interface.left', id });
  }

  /** The Wi-Fi service of the host goes away, and stays away until `broken` is unset. */
  die(): void {
    this.broken = { operation: 'open', code: 'SCRIPTED', detail: 'the Wi-Fi service went away' };
    this.#watcher?.error(this.broken);
  }
}
