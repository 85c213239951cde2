/** Connections through wpa_supplicant alone. */
import * as E from 'fp-ts/lib/Either.js';
import * as O from 'fp-ts/lib/Option.js';
import type { ConnectFailure, ConnectOrder, HostLink, RadioFailure } from '../radio.js';
import {
  abandoned,
  absent,
  type Connector,
  failed,
  follow,
  interfaceLeft,
  type LostLink,
  type Resumes,
  type StationView,
  Turns,
} from './connector.js';
import type { Dbus } from './dbus.js';
import { type Before, nothingBefore } from './wpa-mark.js';
import { type NetworksNow, networkOf, WpaNetworks } from './wpa-networks.js';

/** The network of ours that the interface has, and what there was before the first of ours. */
interface Ours {
  readonly path: string;
  readonly sae: boolean;
  readonly before: Before;
}

/** What the user has now. */
const usersState = ({ current, users }: NetworksNow): Before => ({
  enabled: users.filter(({ enabled }) => enabled),
  current: O.chain((path: string) => O.fromNullable(users.find((network) => network.path === path)))(current),
});

/** What the user had before any of these networks of ours: each lists only what was enabled when it was selected. */
const beforeAll = (marked: NetworksNow['marked'], now: Before): Before => {
  const all = [...marked.map(({ before }) => before), now];
  const enabled = new Map(all.flatMap((before) => before.enabled).map((network) => [network.path, network]));
  const current = all.find((before) => O.isSome(before.current))?.current ?? O.none;
  return { enabled: [...enabled.values()], current };
};

/** Connects by adding networks of our own. */
export class WpaConnector implements Connector {
  readonly #networks: WpaNetworks;
  readonly #view: StationView;
  readonly #restore: boolean;
  #ours: Ours | undefined;
  readonly #turns = new Turns();
  /** Ends the way back to a network of ours, which a failed try has cost its link. */
  #goingBack: AbortController | undefined;

  /**
   * `path`: the `Interface` object; `restore`: after `disconnect`, reconnect the host to what it was connected to; `unsave`: what
   * others save of ours is taken out of wpa_supplicant's file.
   */
  constructor(bus: Dbus, path: string, view: StationView, restore: boolean, unsave = true) {
    this.#networks = new WpaNetworks(bus, path, unsave);
    this.#view = view;
    this.#restore = restore;
    view.losses.subscribe({
      next: (lost) => this.#lose(lost),
      complete: () => void this.#networks.leave(),
    });
  }

  async connect(order: ConnectOrder, abort: AbortSignal): Promise<E.Either<ConnectFailure, HostLink>> {
    const possible = networkOf(order, []);
    if (E.isLeft(possible)) return E.left(possible.left);
    if (abort.aborted) return E.left(abandoned);
    return this.#ask(() => this.#connect(order, abort));
  }

  disconnect(): Promise<E.Either<RadioFailure, void>> {
    return this.#ask(() => this.#disconnect());
  }

  recover(resumes: Resumes): Promise<void> {
    return this.#ask(async () => {
      await this.#recover(resumes);
      await this.#networks.tidy();
    });
  }

  leave(): Promise<void> {
    return this.#ask(async () => {
      const ours = this.#ours;
      // Our network stays the current one. Once its link is lost, wpa_supplicant looks for these too.
      if (ours !== undefined) await this.#networks.restore(ours.before, false);
      await this.#networks.leave();
    });
  }

  #ask<T>(job: () => Promise<T>): Promise<T> {
    this.#goingBack?.abort();
    return this.#turns.ask(job);
  }

  /** wpa_supplicant would look for our network for ever, and connect to it as if it were the host's own. */
  #lose({ network, onPurpose }: LostLink): void {
    const ours = this.#ours;
    if (this.#turns.asking || this.#goingBack !== undefined || ours?.path !== network) return;
    this.#ours = undefined;
    // Whoever ended the link on this host does not want another one now.
    this.#turns.follow(() => this.#forget(ours, this.#restore && !onPurpose));
  }

  async #forget({ path, before }: Ours, reconnect: boolean): Promise<void> {
    await this.#networks.remove(path);
    await this.#networks.restore(before, reconnect);
  }

  async #recover(resumes: Resumes): Promise<void> {
    const read = await this.#networks.read();
    if (E.isLeft(read)) return;
    const { current } = read.right;
    const marked = read.right.marked.filter(({ foreign }) => !foreign);
    if (marked.length === 0) return;
    const used = marked.find(({ path }) => O.isSome(current) && current.value === path);
    const link = used === undefined ? undefined : (await this.#view.settledLink())?.link;
    const before = beforeAll(marked, nothingBefore);
    if (used !== undefined && link !== undefined && resumes(link)) {
      this.#ours = { path: used.path, sae: false, before };
      await this.#networks.adopt(used.path, before);
      for (const { path } of marked) if (path !== used.path) await this.#networks.remove(path);
      return;
    }
    for (const { path } of marked) await this.#networks.remove(path);
    // Another network that the host is connected to by now is what somebody wants.
    const another = O.isSome(current) && used === undefined;
    await this.#networks.restore(before, !another);
  }

  async #connect(order: ConnectOrder, abort: AbortSignal): Promise<E.Either<ConnectFailure, HostLink>> {
    // With the channels of 6 GHz the host's scan takes longer than a guest's try may. wpa_supplicant would wait for the end of one,
    // or begin one, unless its results are fresher than 5 s.
    const whereabouts = await this.#view.find(order, abort);
    if (abort.aborted) return E.left(abandoned);
    if (whereabouts === 'absent') return E.left(absent);
    const network = networkOf(order, this.#view.seen());
    if (E.isLeft(network)) return E.left(network.left);
    const before = await this.#before();
    if (E.isLeft(before)) return E.left(failed(before.left));
    const added = await this.#networks.add(network.right, before.right);
    if (E.isLeft(added)) return E.left(failed(added.left));

    const sae = order.security.kind === 'wpa3-sae';
    const result = await this.#try(added.right, sae, abort);
    const earlier = this.#ours;
    if (E.isRight(result)) {
      this.#ours = { path: added.right, sae, before: before.right };
      if (earlier !== undefined) await this.#networks.remove(earlier.path);
      return result;
    }
    // A failed try costs the host neither its networks nor the link that it had, be that the user's or a guest's.
    await this.#networks.remove(added.right);
    if (earlier === undefined) await this.#networks.restore(before.right, true);
    else this.#goBack(earlier);
    return result;
  }

  /** To the network of ours that there was before a failed try. If it is not there any more, nothing of it stays. */
  #goBack(earlier: Ours): void {
    const way = new AbortController();
    this.#goingBack = way;
    this.#turns.follow(async () => {
      const result = await this.#try(earlier.path, earlier.sae, way.signal);
      this.#goingBack = undefined;
      if (E.isRight(result) || way.signal.aborted || result.left === interfaceLeft) return;
      this.#ours = undefined;
      await this.#forget(earlier, this.#restore);
    });
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
   * What the user had before ours. Networks of ours that nobody uses any more are removed, such as the one that the user has
   * left for a network of his own.
   */
  async #before(): Promise<E.Either<RadioFailure, Before>> {
    const read = await this.#networks.read();
    if (E.isLeft(read)) return read;
    const { marked, current } = read.right;
    const strays = this.#ours === undefined ? marked : [];
    if (O.isSome(current) && current.value !== this.#ours?.path) this.#ours = undefined;
    const kept = this.#ours;
    for (const { path, foreign } of marked)
      if (path !== kept?.path && !foreign) await this.#networks.remove(path);
    return E.right(kept?.before ?? beforeAll(strays, usersState(read.right)));
  }

  async #try(path: string, sae: boolean, abort: AbortSignal) {
    const stopped = new AbortController();
    const stop = (): void => stopped.abort();
    abort.addEventListener('abort', stop, { once: true });
    if (abort.aborted) stop();
    const outcome = follow(this.#view, sae, stopped.signal, async () => {
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
