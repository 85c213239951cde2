/**
 * One simulated station interface. Its link outlives the radio's being closed, as it does on a real host when the
 * service that watches it ends; what is under way then does not.
 */
import * as E from 'fp-ts/lib/Either.js';
import * as O from 'fp-ts/lib/Option.js';
import { Subject } from 'rxjs';
import type { Ssid } from '../../protocol/ssid.js';
import { StatusCode } from '../../protocol/status.js';
import type {
  ConnectFailure,
  ConnectOrder,
  HostLink,
  RadioFailure,
  StationEvent,
  StationInterface,
} from '../radio.js';
import type { OnAir } from './air.js';
import { associate, failure, failureOf, strongest } from './association.js';
import { Scanner } from './scanner.js';
import type { NetworkChoice, ScenarioInterface } from './scenario.js';
import type { Cancel } from './schedule.js';
import { faulty, gone, type Surroundings } from './surroundings.js';

interface Link {
  readonly onAir: OnAir;
  readonly host: HostLink;
}

type Connected = (result: E.Either<ConnectFailure, HostLink>) => void;
type Disconnected = (result: E.Either<RadioFailure, void>) => void;

/** One interface of the scenario, present or not. */
export class Station {
  readonly spec: ScenarioInterface;
  readonly #world: Surroundings;
  readonly #scanner: Scanner;
  #link: O.Option<Link> = O.none;
  /** Set while someone watches. */
  #events: Subject<StationEvent> | undefined;
  /** Ends the connect that is under way. */
  #giveUp: ((failure: ConnectFailure) => void) | undefined;
  /** Ends each disconnect that is under way. */
  readonly #disconnecting = new Set<(failure: RadioFailure) => void>();

  constructor(spec: ScenarioInterface, world: Surroundings) {
    this.spec = spec;
    this.#world = world;
    this.#scanner = new Scanner(spec, world, (event) => this.#emit(event));
  }

  /** It is plugged in and the host's Wi-Fi service runs: the host connects it to the network that it knows. */
  start(): void {
    if (O.isSome(this.spec.link)) this.#link = this.#linkTo(this.spec.link.value);
  }

  /** It is pulled out, or the host's Wi-Fi service is gone. */
  stop(why: string): void {
    this.detach(why);
    this.#scanner.forget();
    const link = this.#link;
    this.#link = O.none;
    if (O.isSome(link)) this.#occurred('disconnected', link.value.host.ssid);
  }

  /** Hands it out to the one who watches. */
  attach(): StationInterface {
    const events = new Subject<StationEvent>();
    this.#events = events;
    const { id, name, supports } = this.spec;
    const current = (): boolean => events === this.#events;
    const missing = gone('connect').detail;
    return {
      kind: 'station',
      id,
      name,
      events: events.asObservable(),
      link: () => (current() && O.isSome(this.#link) ? O.some(this.#link.value.host) : O.none),
      networks: () => (current() ? this.#scanner.networks() : nothingSeen),
      supports: ({ kind }) => supports.has(kind),
      scan: (ssid) => (current() ? this.#scanner.scan(ssid) : E.left(gone('scan'))),
      connect: (order, abort) => () =>
        new Promise((resolve) => {
          if (current()) this.#connect(order, abort, resolve);
          else resolve(E.left(failure('failed', missing)));
        }),
      disconnect: () => () =>
        new Promise((resolve) => {
          if (current()) this.#disconnect(resolve);
          else resolve(E.left(gone('disconnect')));
        }),
    };
  }

  /** Nobody watches any more: what is under way fails, the link stays. */
  detach(why: string): void {
    const events = this.#events;
    this.#events = undefined;
    this.#scanner.stop();
    this.#giveUp?.(failure('failed', gone('connect', why).detail));
    for (const end of this.#disconnecting) end(gone('disconnect', why));
    if (events !== undefined) this.#world.tell(() => events.complete());
  }

  /** The user of the host connects it, and knows every secret. A network that is not heard changes nothing. */
  connectByUser(choice: NetworkChoice): void {
    const link = this.#linkTo(choice);
    if (O.isNone(link)) return;
    this.#giveUp?.(failure('failed', 'the user of the host connected to another network'));
    this.#lose('the user of the host connects to another network');
    this.#join(link.value);
  }

  /** The user of the host disconnects it. */
  disconnectByUser(): void {
    this.#giveUp?.(failure('failed', 'the user of the host disconnected'));
    this.#lose('the user of the host disconnected');
  }

  /** The host scans of its own accord. */
  scanByHost(): void {
    this.#scanner.scanByHost();
  }

  /** An access point has come, gone or changed its signal. */
  heardChange(onAir: OnAir, rssiChanged: boolean): void {
    if (O.isNone(this.#link) || this.#link.value.onAir !== onAir) return;
    if (!onAir.heardBy(this.spec.id)) this.#lose('the access point is not heard any more');
    else if (rssiChanged) this.#emit({ type: 'signal', rssi: onAir.bss.rssi });
  }

  #connect(order: ConnectOrder, abort: AbortSignal, done: Connected): void {
    const { schedule, faults } = this.#world;
    const { id, supports, connectDuration } = this.spec;
    if (abort.aborted || !supports.has(order.security.kind)) {
      done(E.left(abort.aborted ? abandoned : unsupported(order)));
      return;
    }
    this.#giveUp?.(failure('abandoned', 'another connect took its place'));
    this.#lose('connecting to another network');
    let cancel: Cancel = () => undefined;
    const end = (result: E.Either<ConnectFailure, OnAir>): void => {
      cancel();
      abort.removeEventListener('abort', abandon);
      // Nothing is under way any more when the first one hears of the link: it may disconnect on the spot.
      this.#giveUp = undefined;
      if (E.isRight(result)) this.#join(linkOf(result.right));
      else this.#occurred('connect.failed', order.ssid);
      done(E.map((onAir: OnAir) => linkOf(onAir).host)(result));
    };
    const abandon = (): void => end(E.left(abandoned));
    this.#giveUp = (reason) => end(E.left(reason));
    abort.addEventListener('abort', abandon);
    if (faults.take('connect.hangs', id, order.ssid) !== undefined) return;
    const longer = faults.take('connect.slows', id, order.ssid)?.by ?? 0;
    const fault = faults.take('connect.fails', id, order.ssid);
    const finish = (): void =>
      end(fault === undefined ? associate(this.#heard(), order) : E.left(failureOf(fault)));
    if (connectDuration + longer === 0) finish();
    else cancel = schedule.in(connectDuration + longer, finish);
  }

  #disconnect(done: Disconnected): void {
    const { schedule, faults } = this.#world;
    const { id, disconnectDuration } = this.spec;
    let cancel: Cancel = () => undefined;
    const end: Disconnected = (result) => {
      cancel();
      this.#disconnecting.delete(fail);
      done(result);
    };
    const fail = (reason: RadioFailure): void => end(E.left(reason));
    this.#disconnecting.add(fail);
    if (faults.take('disconnect.hangs', id) !== undefined) return;
    const longer = faults.take('disconnect.slows', id)?.by ?? 0;
    const fails = faults.take('disconnect.fails', id) !== undefined;
    const finish = (): void => {
      if (!fails) {
        this.#giveUp?.(failure('abandoned', 'a disconnect took its place'));
        this.#lose('asked for');
      }
      end(fails ? E.left(faulty('disconnect')) : E.right(undefined));
    };
    if (disconnectDuration + longer === 0) finish();
    else cancel = schedule.in(disconnectDuration + longer, finish);
  }

  #heard(): readonly OnAir[] {
    return this.#world.air.accessPoints.filter((onAir) => onAir.heardBy(this.spec.id));
  }

  #linkTo(choice: NetworkChoice): O.Option<Link> {
    return O.map(linkOf)(strongest(this.#heard(), choice));
  }

  #join(link: Link): void {
    this.#link = O.some(link);
    this.#emit({ type: 'connected', link: link.host });
    this.#occurred('connected', link.host.ssid);
  }

  #lose(reason: string): void {
    if (O.isNone(this.#link)) return;
    const { ssid } = this.#link.value.host;
    this.#link = O.none;
    this.#emit({ type: 'disconnected', ssid, reason });
    this.#occurred('disconnected', ssid);
  }

  #occurred(event: 'connected' | 'disconnected' | 'connect.failed', ssid: Ssid): void {
    this.#world.occurred({ event, interface: this.spec.id, ssid: O.some(ssid) });
  }

  #emit(event: StationEvent): void {
    const events = this.#events;
    if (events !== undefined) this.#world.tell(() => events.next(event));
  }
}

const nothingSeen: readonly never[] = [];

const linkOf = (onAir: OnAir): Link => ({
  onAir,
  host: { ssid: onAir.network.ssid, bssid: onAir.accessPoint.bssid },
});

const abandoned = failure('abandoned', 'the connect was abandoned');

const unsupported = ({ security }: ConnectOrder): ConnectFailure =>
  failure(
    'unsupported',
    `the interface cannot connect with ${security.kind}`,
    security.kind === 'open' ? StatusCode.unsupportedAuthAlgorithm : StatusCode.invalidAkmp,
  );
