/** Connections through wpa_supplicant alone. */
import * as E from 'fp-ts/lib/Either.js';
import * as O from 'fp-ts/lib/Option.js';
import type { ConnectFailure, ConnectOrder, HostLink, RadioFailure } from '../radio.js';
import {
  abandoned,
  type Connector,
  failed,
  follow,
  type LostLink,
  type StationView,
  Turns,
} from './connector.js';
import type { Dbus, Properties } from './dbus.js';
import { type NetworksNow, networkOf, WpaNetworks } from './wpa-networks.js';

/** The network of ours that the interface has, and what there was before the first of ours. */
interface Ours {
  readonly path: string;
  readonly before: NetworksNow;
}

/** Connects by adding networks of our own. */
export class WpaConnector implements Connector {
  readonly #networks: WpaNetworks;
  readonly #view: StationView;
  readonly #restore: boolean;
  #ours: Ours | undefined;
  readonly #turns = new Turns();

  /** `path`: the `Interface` object; `restore`: after `disconnect`, reconnect the host to what it was connected to. */
  constructor(bus: Dbus, path: string, view: StationView, restore: boolean) {
    this.#networks = new WpaNetworks(bus, path);
    this.#view = view;
    this.#restore = restore;
    view.losses.subscribe((lost) => this.#lose(lost));
  }

  async connect(order: ConnectOrder, abort: AbortSignal): Promise<E.Either<ConnectFailure, HostLink>> {
    const network = networkOf(order);
    if (E.isLeft(network)) return E.left(network.left);
    if (abort.aborted) return E.left(abandoned);
    return this.#turns.ask(() => this.#connect(network.right, order, abort));
  }

  disconnect(): Promise<E.Either<RadioFailure, void>> {
    return this.#turns.ask(() => this.#disconnect());
  }

  /** wpa_supplicant would look for our network for ever, and connect to it as if it were the host's own. */
  #lose({ network, onPurpose }: LostLink): void {
    const ours = this.#ours;
    if (this.#turns.asking || ours?.path !== network) return;
    this.#ours = undefined;
    // Whoever ended the link on this host does not want another one now.
    this.#turns.follow(() => this.#forget(ours, this.#restore && !onPurpose));
  }

  async #forget({ path, before }: Ours, reconnect: boolean): Promise<void> {
    await this.#networks.remove(path);
    await this.#networks.restore(before, reconnect);
  }

  async #connect(
    network: Properties,
    order: ConnectOrder,
    abort: AbortSignal,
  ): Promise<E.Either<ConnectFailure, HostLink>> {
    const before = await this.#before();
    if (E.isLeft(before)) return E.left(failed(before.left));
    const added = await this.#networks.add(network);
    if (E.isLeft(added)) return E.left(failed(added.left));

    const result = await this.#try(added.right, order, abort);
    const earlier = this.#ours;
    if (E.isRight(result)) {
      this.#ours = { path: added.right, before: before.right };
      if (earlier !== undefined) await this.#networks.remove(earlier.path);
      return result;
    }
    // A failed try costs the host neither its networks nor the link that it had, be that the user's or a guest's.
    await this.#networks.remove(added.right);
    if (earlier === undefined) await this.#networks.restore(before.right, true);
    else await this.#networks.select(earlier.path);
    return result;
  }

  async #disconnect(): Promise<E.Either<RadioFailure, void>> {
    const ended = await this.#networks.disconnect();
    const ours = this.#ours;
    this.#ours = undefined;
    if (ours !== undefined) await this.#forget(ours, this.#restore);
    // Not connected is what was wanted.
    if (E.isLeft(ended) && ended.left.code.endsWith('.NotConnected')) return E.right(undefined);
    return E.map(() => undefined)(ended);
  }

  /**
   * What there was before ours. Networks of ours that nobody uses any more are removed: those that an earlier run of the
   * service has left, and the one that the user has left for a network of his own.
   */
  async #before(): Promise<E.Either<RadioFailure, NetworksNow>> {
    const read = await this.#networks.read();
    if (E.isLeft(read)) return read;
    const { marked, current } = read.right;
    const used = marked.find((path) => O.isSome(current) && current.value === path);
    if (used !== undefined && used !== this.#ours?.path)
      this.#ours = { path: used, before: { ...read.right, current: O.none } };
    else if (used === undefined && O.isSome(current)) this.#ours = undefined;
    for (const path of marked) if (path !== this.#ours?.path) await this.#networks.remove(path);
    return E.right(this.#ours?.before ?? read.right);
  }

  async #try(path: string, { security }: ConnectOrder, abort: AbortSignal) {
    const stopped = new AbortController();
    const stop = (): void => stopped.abort();
    abort.addEventListener('abort', stop, { once: true });
    if (abort.aborted) stop();
    const outcome = follow(this.#view, security.kind === 'wpa3-sae', stopped.signal, async () => {
      const settled = await this.#view.settledLink();
      return settled?.network === path ? settled.link : undefined;
    });
    const selected = await this.#networks.select(path);
    if (E.isLeft(selected)) stop();
    const result = await outcome;
    abort.removeEventListener('abort', stop);
    return E.isLeft(selected) ? E.left(failed(selected.left)) : result;
  }
}
