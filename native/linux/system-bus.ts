/** The system bus, through the library dbus-native. */
import {
  createClient,
  DBusError,
  type InvokeCallback,
  Variant as LibraryVariant,
  type Message,
  type MessageBus,
} from 'dbus-native';
import * as E from 'fp-ts/lib/Either.js';
import { Observable, Subject } from 'rxjs';
import type { RadioFailure } from '../radio.js';
import { tracedBus } from '../traced-bus.js';
import { type Dbus, type DbusCall, type DbusSignal, type OpenDbus, Variant } from './dbus.js';

/** The address of the system bus: `DBUS_SYSTEM_BUS_ADDRESS`, else the well-known one (D-Bus specification). */
export const systemBusAddress = (environment: NodeJS.ProcessEnv = process.env): string =>
  environment.DBUS_SYSTEM_BUS_ADDRESS ?? 'unix:path=/var/run/dbus/system_bus_socket';

/** How long a method may take; a scan request or a profile is accepted within milliseconds. */
const callLimit = 10_000;

/** Type of a signal message (D-Bus specification, "Message Types"). */
const signalMessage = 4;

const reasonOf = (error: unknown): { code: string; detail: string } => {
  if (error instanceof DBusError && error.dbusName !== undefined)
    return { code: error.dbusName, detail: error.message };
  if (!(error instanceof Error)) return { code: 'unknown', detail: String(error) };
  const code = 'code' in error && typeof error.code === 'string' ? error.code : error.name;
  return { code, detail: error.message };
};

const failureOf = (operation: string, error: unknown): RadioFailure => ({ operation, ...reasonOf(error) });

const toLibrary = (value: unknown): unknown => {
  if (value instanceof Variant) return new LibraryVariant(value.signature, toLibrary(value.value));
  if (value instanceof Uint8Array) return Buffer.from(value.buffer, value.byteOffset, value.byteLength);
  if (Array.isArray(value)) return value.map(toLibrary);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, toLibrary(item)]));
};

/** The service is not to be started by a call to it (D-Bus specification, "Message Format": NO_AUTO_START). */
const noAutoStart = 2;

const connectionOf = (client: MessageBus, name: string, signals: Observable<DbusSignal>): Dbus => ({
  name,
  signals,
  closed: new Promise((resolve) => client.connection.on('close', () => resolve())),
  call: (call: DbusCall) => async () => {
    const operation = `${call.interface}.${call.member}`;
    const { body, ...rest } = call;
    const message = { ...rest, flags: noAutoStart };
    try {
      const whole: Message = body === undefined ? message : { ...message, body: body.map(toLibrary) };
      // The library's promise gives the first value only, its callback gives all.
      const values = await new Promise<readonly unknown[]>((resolve, reject) => {
        const answered: InvokeCallback = (error, ...answer) => (error ? reject(error) : resolve(answer));
        void client.invoke(whole, answered);
      });
      return E.right(values);
    } catch (error) {
      return E.left(failureOf(operation, error));
    }
  },
  refuse: ({ path, interface: of, member }, answer) => {
    const refuse = (...body: readonly unknown[]): never => {
      throw Object.assign(new Error('refused'), { dbusName: answer(body) });
    };
    client.setMethodCallHandler(path, of, member, [refuse, '']);
  },
  subscribe: (rule) => async () => {
    try {
      await client.addMatch(rule);
      return E.right(undefined);
    } catch (error) {
      return E.left(failureOf('org.freedesktop.DBus.AddMatch', error));
    }
  },
});

/** Opens the bus at `address`, the system bus unless told otherwise. `timeout`: milliseconds for each call. */
export const openBus = (address: string = systemBusAddress(), timeout = callLimit): OpenDbus =>
  new Observable((subscriber) => {
    const signals = new Subject<DbusSignal>();
    const lost = (error: unknown): void => {
      const { code, detail } = reasonOf(error ?? new Error('the bus closed the connection'));
      subscriber.error({
        operation: 'connect to the system bus',
        code,
        detail: `${detail}; is D-Bus running at ${address}?`,
      } satisfies RadioFailure);
    };
    let client: MessageBus;
    try {
      client = createClient({ busAddress: address, plainValues: true, timeout, direct: true });
    } catch (error) {
      lost(error);
      return;
    }
    const { connection } = client;
    connection.on('error', lost);
    connection.on('close', lost);
    connection.on('message', (message) => {
      if (message.type !== signalMessage) return;
      const { path = '', interface: from = '', member = '', body = [] } = message;
      signals.next({ path, interface: from, member, body });
    });
    let answered = false;
    const opened = (name: string): void => {
      answered = true;
      client.name = name;
      subscriber.next(tracedBus(connectionOf(client, name, signals)));
    };
    // Said here (`direct`), because the library throws where nobody can catch it when a bus refuses or is silent.
    client.invokeDbus<string>({ member: 'Hello' }).then(opened, lost);
    return () => {
      signals.complete();
      // A bus reads what is under way and closes; from anything else no end may ever come.
      if (answered) connection.end();
      else connection.stream.destroy();
    };
  });
