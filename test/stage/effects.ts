/** What a service under test does to the world, told to whoever watches: sockets, radios, timers, the host application, its log. */
import { map } from 'rxjs';
import type { RadioBackend, RadioInterface } from '../../native/index.js';
import type { Connection } from '../../native/sockets/transport.js';

type Watcher = (effect: string) => void;

let watcher: Watcher | undefined;

/** Tells one watcher at a time; undefined: nobody watches any more. */
export const watchEffects = (next: Watcher | undefined): void => {
  watcher = next;
};

/** Something is done. */
export const noteEffect = (effect: string): void => watcher?.(effect);

/** The same object, of which these methods tell when they are called. */
export const telling = <T extends object>(object: T, what: string, methods: readonly (keyof T)[]): T =>
  new Proxy(object, {
    get: (target, key) => {
      const value: unknown = Reflect.get(target, key);
      if (typeof value !== 'function') return value;
      return (...args: readonly unknown[]): unknown => {
        if (methods.includes(key as keyof T)) noteEffect(`${what}.${String(key)}`);
        return Reflect.apply(value, target, args);
      };
    },
  });

const tellingPort = (port: RadioInterface): RadioInterface =>
  port.kind === 'fake'
    ? telling(port, 'radio', ['ask'])
    : telling(port, 'radio', ['scan', 'connect', 'disconnect', 'followSignal']);

/** A radio of which every call that asks something of the host tells. */
export const tellingRadio = <Radio extends RadioBackend>(radio: Radio): RadioBackend => ({
  ...radio,
  open: radio.open.pipe(
    map((event) =>
      event.type === 'interface.arrived' ? { ...event, interface: tellingPort(event.interface) } : event,
    ),
  ),
});

export const tellingConnection = (connection: Connection): Connection =>
  telling(connection, 'connection', ['finish', 'destroy']);
