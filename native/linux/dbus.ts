/**
 * The little of D-Bus that the Linux host needs: calls, signals and the loss of the bus. The library behind it is
 * known to `system-bus.ts` only; tests put a bus of their own here.
 */
import * as E from 'fp-ts/lib/Either.js';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import type { Observable } from 'rxjs';
import type { RadioFailure } from '../radio.js';

/**
 * A value on its way to the bus in a variant, with its signature (D-Bus specification, "Type System"). Values that come
 * from the bus are plain: a variant is its value, `a{sv}` an object, `ay` bytes.
 */
export class Variant {
  constructor(
    readonly signature: string,
    readonly value: unknown,
  ) {}
}

/** A call of one method. `body` has one value for each complete type of `signature`. */
export interface DbusCall {
  /** Bus name, well-known or unique. */
  readonly destination: string;
  readonly path: string;
  readonly interface: string;
  readonly member: string;
  readonly signature?: string;
  readonly body?: readonly unknown[];
}

/** A signal that one of the subscribed rules let through. */
export interface DbusSignal {
  readonly path: string;
  readonly interface: string;
  readonly member: string;
  readonly body: readonly unknown[];
}

/** One connection to a message bus. */
export interface Dbus {
  /** Our own unique name on the bus: `:1.42`. No other connection gets it again as long as the bus lives. */
  readonly name: string;
  /** The values of the reply. Left: the error's name as code; `ETIMEDOUT` after 10 s, `ECONNCLOSED` when the bus is gone. */
  readonly call: (call: DbusCall) => TaskEither<RadioFailure, readonly unknown[]>;
  /** Asks the bus for signals by match rule (D-Bus specification, "Match Rules"); until the connection closes. */
  readonly subscribe: (rule: string) => TaskEither<RadioFailure, void>;
  /** Hot: the signals of all rules, in the order in which they were sent. */
  readonly signals: Observable<DbusSignal>;
  /** Answers every call of one method on this side with an error, whose name `answer` gives by the call's values. */
  readonly refuse: (
    method: Pick<DbusCall, 'path' | 'interface' | 'member'>,
    answer: (body: readonly unknown[]) => string,
  ) => void;
  /** Resolves once the connection is closed and its socket released. */
  readonly closed: Promise<void>;
}

/**
 * Cold: subscribing connects and emits one connection, unsubscribing closes it. Errors with a `RadioFailure` when the
 * bus cannot be reached or goes away.
 */
export type OpenDbus = Observable<Dbus>;

/** The error of a call that the bus's policy forbids. */
export const accessDenied = 'org.freedesktop.DBus.Error.AccessDenied';

/** The interface of properties that every object on the bus has. */
export const propertiesInterface = 'org.freedesktop.DBus.Properties';

/** An `a{sv}` as it comes from the bus. */
export type Properties = Readonly<Record<string, unknown>>;

/** Whether a value from the bus is an `a{sv}`. */
const isProperties = (value: unknown): value is Properties =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !ArrayBuffer.isView(value);

/** An `a{sv}`, empty if the value is something else. */
export const propertiesOf = (value: unknown): Properties => (isProperties(value) ? value : {});
/** A string or object path, empty if the value is something else. */
export const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');
/** A number, `fallback` if the value is something else. */
export const numberOf = (value: unknown, fallback = 0): number =>
  typeof value === 'number' ? value : fallback;
/** An `ay`, empty if the value is something else. */
export const bytesOf = (value: unknown): Uint8Array =>
  value instanceof Uint8Array ? value : new Uint8Array();
/** The strings or object paths of an array. */
export const textsOf = (value: unknown): readonly string[] =>
  Array.isArray(value) ? value.filter((item): item is string => typeof item === 'string') : [];

/** All properties of one interface of an object. */
export const getAll = (
  bus: Dbus,
  destination: string,
  path: string,
  ofInterface: string,
): TaskEither<RadioFailure, Properties> => {
  const get = bus.call({
    destination,
    path,
    interface: propertiesInterface,
    member: 'GetAll',
    signature: 's',
    body: [ofInterface],
  });
  return async () => E.map(([properties]: readonly unknown[]) => propertiesOf(properties))(await get());
};

/** Sets one property. */
export const setProperty = (
  bus: Dbus,
  destination: string,
  path: string,
  ofInterface: string,
  property: string,
  value: Variant,
): TaskEither<RadioFailure, void> => {
  const set = bus.call({
    destination,
    path,
    interface: propertiesInterface,
    member: 'Set',
    signature: 'ssv',
    body: [ofInterface, property, value],
  });
  return async () => E.map(() => undefined)(await set());
};

/** Whether a bus name has an owner: whether the service runs. */
export const hasOwner = (bus: Dbus, name: string): TaskEither<RadioFailure, boolean> => {
  const ask = bus.call({
    destination: 'org.freedesktop.DBus',
    path: '/org/freedesktop/DBus',
    interface: 'org.freedesktop.DBus',
    member: 'NameHasOwner',
    signature: 's',
    body: [name],
  });
  return async () => E.map(([answer]: readonly unknown[]) => answer === true)(await ask());
};

/** The match rule for the comings and goings of a bus name; see `ownerChange`. */
export const ownerRule = (name: string): string =>
  `type='signal',sender='org.freedesktop.DBus',interface='org.freedesktop.DBus',member='NameOwnerChanged',arg0='${name}'`;

/** What a signal says of the owner of `name`: `undefined` when it is about something else. */
export const ownerChange = (signal: DbusSignal, name: string): 'gone' | 'new' | undefined => {
  if (signal.member !== 'NameOwnerChanged' || signal.body[0] !== name) return undefined;
  return signal.body[2] === '' ? 'gone' : 'new';
};

/** Whether a service with this unique name is still on the bus, and is not this one. */
export const livesElsewhere = async (bus: Dbus, service: string): Promise<boolean> => {
  if (service === '' || service === bus.name) return false;
  const owned = await hasOwner(bus, service)();
  return E.isRight(owned) && owned.right;
};
