/** Winsock's error codes as Node names them on every system: `EADDRINUSE` for WSAEADDRINUSE. */
import { constants } from 'node:os';

const names: ReadonlyMap<number, string> = new Map(
  Object.entries(constants.errno)
    .filter(([name]) => name.startsWith('WSA'))
    .map(([name, number]) => [number, name.slice('WSA'.length)]),
);

/** `EADDRINUSE`, or `WSA error 10999` for a code without a name. */
export const winsockErrorName = (number: number): string => names.get(number) ?? `WSA error ${number}`;
