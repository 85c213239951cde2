/** A bus in memory with the objects that a test puts there. */
import * as E from 'fp-ts/lib/Either.js';
import { Observable, Subject } from 'rxjs';
import {
  type Dbus,
  type DbusCall,
  type DbusSignal,
  type OpenDbus,
  propertiesInterface,
  Variant,
} from '../../../native/linux/dbus.js';
import type { RadioFailure } from '../../../native/radio.js';

type Answer = E.Either<RadioFailure, readonly unknown[]>;
type Method = (call: DbusCall) => Answer | Promise<Answer>;

/** The failure of a call with this D-Bus error name. */
export const refusal = (code: string): Answer =>
  E.left({ operation: 'call', code, detail: 'refused by the test' });

/** What an `a{sv}` holds, without the variants. */
export const plain = (properties: unknown): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(properties as Record<string, unknown>).map(([name, value]) => [
      name,
      value instanceof Variant ? value.value : value,
    ]),
  );

/** Objects, methods and what was called. */
export class FakeBus implements Dbus {
  readonly name = ':1.7';
  readonly #signals = new Subject<DbusSignal>();
  readonly signals = this.#signals.asObservable();
  readonly closed = Promise.resolve();
  readonly #objects = new Map<string, Record<string, unknown>>();
  readonly #methods = new Map<string, Method>();
  readonly #forbidden = new Set<string>();
  readonly owners = new Set<string>();
  /** Every call that was not one for properties or owners, as `Member argument argument`. */
  readonly called: string[] = [];
  readonly calls: DbusCall[] = [];
  readonly rules: string[] = [];
  readonly #lost = new Subject<never>();
  /** How many have the bus open. */
  users = 0;

  /** Opens this bus. */
  readonly open: OpenDbus = new Observable((subscriber) => {
    this.users++;
    const loss = this.#lost.subscribe({ error: (failure: unknown) => subscriber.error(failure) });
    subscriber.next(this);
    return () => {
      this.users--;
      loss.unsubscribe();
    };
  });

  readonly #held = new Set<string>();
  #muted = false;

  /** Calls of this method are never answered. */
  hold(member: string): void {
    this.#held.add(member);
  }

  readonly #gates = new Map<string, Promise<void>>();

  /** Calls of this object are not answered before the result is called. */
  slow(path: string): () => void {
    let release = (): void => {};
    this.#gates.set(
      path,
      new Promise((resolve) => {
        release = resolve;
      }),
    );
    return release;
  }

  /** From now on nothing that is asked for happens, as if who asks had been killed. */
  mute(): void {
    this.#muted = true;
  }

  unmute(): void {
    this.#muted = false;
  }

  readonly call = (call: DbusCall) => async (): Promise<Answer> => {
    if (this.#held.has(call.member)) return new Promise(() => {});
    await this.#gates.get(call.path);
    if (this.#muted) return refusal('ECONNCLOSED');
    const [first, second, third] = call.body ?? [];
    if (call.member === 'NameHasOwner') return E.right([this.owners.has(String(first))]);
    if (call.interface === propertiesInterface) {
      const object = this.#objects.get(call.path);
      if (this.#forbidden.has(call.path)) return refusal('org.freedesktop.DBus.Error.AccessDenied');
      if (object === undefined) return refusal('org.freedesktop.DBus.Error.UnknownObject');
      if (call.member === 'GetAll') return E.right([{ ...object }]);
      this.called.push(
        `Set ${call.path} ${String(second)} ${String(third instanceof Variant ? third.value : third)}`,
      );
      if (third instanceof Variant) object[String(second)] = third.value;
      return E.right([]);
    }
    this.calls.push(call);
    const shown = (call.body ?? []).filter((value) => typeof value === 'string');
    this.called.push([call.member, ...shown].join(' '));
    const method = this.#methods.get(call.member);
    return method === undefined ? refusal('org.freedesktop.DBus.Error.UnknownMethod') : method(call);
  };

  readonly subscribe = (rule: string) => async (): Promise<E.Either<RadioFailure, void>> => {
    this.rules.push(rule);
    return E.right(undefined);
  };

  readonly #refused = new Map<string, (body: readonly unknown[]) => string>();

  readonly refuse: Dbus['refuse'] = ({ path, interface: of, member }, answer) => {
    this.#refused.set(`${path} ${of}.${member}`, answer);
  };

  /** The error with which this side answers a call: `path interface.member`. */
  refusalOf(method: string, ...body: readonly unknown[]): string | undefined {
    return this.#refused.get(method)?.(body);
  }

  /** Puts an object there, or changes its properties without a signal. */
  put(path: string, properties: Readonly<Record<string, unknown>>): void {
    this.#objects.set(path, { ...this.#objects.get(path), ...properties });
  }

  /** The properties of an object as they are now. */
  object(path: string): Readonly<Record<string, unknown>> | undefined {
    return this.#objects.get(path);
  }

  take(path: string): void {
    this.#objects.delete(path);
  }

  /** The bus denies access to an object. */
  forbid(path: string): void {
    this.#forbidden.add(path);
  }

  /** How the bus answers calls of this method. */
  method(member: string, answer: Method): void {
    this.#methods.set(member, answer);
  }

  /** The last call of this method. */
  last(member: string): DbusCall | undefined {
    return this.calls.findLast((call) => call.member === member);
  }

  emit(path: string, from: string, member: string, ...body: unknown[]): void {
    this.#signals.next({ path, interface: from, member, body });
  }

  /** Changes properties and says so. */
  change(path: string, of: string, properties: Readonly<Record<string, unknown>>): void {
    this.put(path, properties);
    this.emit(path, propertiesInterface, 'PropertiesChanged', of, properties, []);
  }

  /** The owner of a name goes away. */
  loseOwner(name: string): void {
    this.owners.delete(name);
    this.emit('/org/freedesktop/DBus', 'org.freedesktop.DBus', 'NameOwnerChanged', name, ':1.5', '');
  }

  /** The bus itself goes away. */
  break(failure: RadioFailure): void {
    this.#lost.error(failure);
  }
}

/** Lets everything that is already under way happen. */
export const settled = async (): Promise<void> => {
  for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
};
