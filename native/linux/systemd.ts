/**
 * What systemd wants to hear of a service of `Type=notify` (sd_notify(3)): datagrams on the socket in `NOTIFY_SOCKET`. Node has no
 * datagrams on Unix sockets, and a `systemd-notify` process for each sign of life would be another process that must be allowed: so
 * the C library's calls through koffi.
 */
import { constants } from 'node:os';
import * as E from 'fp-ts/lib/Either.js';

/** A service that systemd has started, or any other program that reads `NOTIFY_SOCKET`. */
export interface ServiceSupervisor {
  /** Guests are served; also once a reload is through. `status` is shown by `systemctl status`. Signs of life begin. */
  readonly ready: (status: string) => void;
  /** The configuration is being read again. */
  readonly reloading: () => void;
  /** The service ends; signs of life end. */
  readonly stopping: () => void;
}

type Environment = Readonly<Record<string, string | undefined>>;

const AF_UNIX = 1;
const SOCK_DGRAM = 2;
const SOCK_CLOEXEC = 0o2000000;
const MSG_NOSIGNAL = 0x4000;
/** Bytes in `sun_path` of `struct sockaddr_un` (unix(7)). */
const pathSize = 108;

/** A `struct sockaddr_un` in the byte order of the machine. A name that begins with `@` is abstract: its first byte is zero. */
export const unixAddress = (name: string): Uint8Array | undefined => {
  const path = Buffer.from(name);
  if ((name[0] !== '/' && name[0] !== '@') || path.length >= pathSize) return undefined;
  if (name[0] === '@') path[0] = 0;
  const family = Buffer.alloc(2);
  family.writeUInt16LE(AF_UNIX);
  // Abstract names have no closing zero: it would belong to them.
  return Buffer.concat(name[0] === '@' ? [family, path] : [family, path, Buffer.alloc(1)]);
};

/** Sends one datagram. */
type Send = (text: string) => void;

const openSocket = async (name: string, onFault: (problem: string) => void): Promise<Send | undefined> => {
  const address = unixAddress(name);
  if (address === undefined) {
    onFault(`NOTIFY_SOCKET: expected a path or an abstract name, found ${JSON.stringify(name)}`);
    return undefined;
  }
  const loaded = await E.tryCatch(
    () => import('koffi'),
    () => undefined,
  );
  if (E.isLeft(loaded)) return undefined;
  const { default: koffi } = await loaded.right;
  const libc = koffi.load(null);
  const socket: (family: number, type: number, protocol: number) => number = libc.func(
    'int socket(int family, int type, int protocol)',
  );
  const sendto: (
    fd: number,
    bytes: Uint8Array,
    size: number,
    flags: number,
    address: Uint8Array,
    addressSize: number,
  ) => number = libc.func(
    'intptr_t sendto(int fd, const void *bytes, size_t size, int flags, const void *address, uint32_t address_size)',
  );
  const nameOf = (number: number): string =>
    Object.entries(constants.errno).find(([, value]) => value === number)?.[0] ?? `errno ${number}`;
  const fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (fd < 0) {
    onFault(`socket: ${nameOf(koffi.errno())}`);
    return undefined;
  }
  return (text) => {
    const bytes = Buffer.from(text);
    if (sendto(fd, bytes, bytes.length, MSG_NOSIGNAL, address, address.length) < 0)
      onFault(`sendto: ${nameOf(koffi.errno())}`);
  };
};

/** Half of the time after which systemd takes the service for hung, in milliseconds; undefined: it does not watch. */
const beatOf = ({ WATCHDOG_USEC, WATCHDOG_PID }: Environment): number | undefined => {
  const microseconds = Number(WATCHDOG_USEC ?? 'none');
  const isOurs = WATCHDOG_PID === undefined || WATCHDOG_PID === String(process.pid);
  return isOurs && microseconds > 0 ? Math.max(1, Math.floor(microseconds / 2000)) : undefined;
};

/**
 * Whoever has started this process and wants to hear how it is; undefined: nobody does. `onFault` hears what could not be said.
 * Signs of life come from the event loop: a service whose loop hangs gives none, and is started again.
 */
export const serviceSupervisor = async (
  env: Environment,
  onFault: (problem: string) => void,
): Promise<ServiceSupervisor | undefined> => {
  const name = env.NOTIFY_SOCKET;
  if (process.platform !== 'linux' || name === undefined || name === '') return undefined;
  const send = await openSocket(name, onFault);
  if (send === undefined) return undefined;
  const beat = beatOf(env);
  let beating: NodeJS.Timeout | undefined;
  return {
    ready: (status) => {
      send(`READY=1\nSTATUS=${status.replace(/\n/g, ' ')}\n`);
      if (beat !== undefined) beating ??= setInterval(() => send('WATCHDOG=1\n'), beat).unref();
    },
    // Newer systemd (253) wants to know since when: CLOCK_MONOTONIC, which Node's hrtime is on Linux.
    reloading: () => send(`RELOADING=1\nMONOTONIC_USEC=${process.hrtime.bigint() / 1000n}\n`),
    stopping: () => {
      clearInterval(beating);
      send('STOPPING=1\nSTATUS=stopping\n');
    },
  };
};
