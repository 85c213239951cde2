/** Socket errors as messages for people: one table from code to sentence, for every address family. */
import type { Delivery, SocketFailure } from './transport.js';

type Operation = SocketFailure['operation'];

interface Explanation {
  readonly what: string;
  /** What to do about it; the same for every operation, or per operation. `{option}`: the option for the port. */
  readonly advice?: string | Partial<Record<Operation, string>>;
}

const gone: Explanation = { what: 'the other end has closed the connection' };

/** By errno name; Winsock's `WSA…` names are looked up without their prefix. */
const explanations: ReadonlyMap<string, Explanation> = new Map<string, Explanation>([
  [
    'EADDRINUSE',
    {
      what: 'address in use',
      advice: 'Is another proxy-wifi running? Choose another port with {option}.',
    },
  ],
  [
    'EADDRNOTAVAIL',
    {
      what: 'this machine has no such address',
      advice: 'Give an address of one of its interfaces, or 127.0.0.1.',
    },
  ],
  [
    'EACCES',
    {
      what: 'permission denied',
      advice: {
        listen: 'Choose a port above 1023.',
      },
    },
  ],
  ['EPERM', { what: 'operation not permitted', advice: 'Check the rights of this user and the firewall.' }],
  [
    'EEXIST',
    {
      what: 'the path is taken by something that is not a socket',
      advice: 'It has been left alone: move it, or choose another path.',
    },
  ],
  [
    'ENOENT',
    {
      what: 'no such file or folder',
      advice: {
        listen: "Create the folder first; give the path of the hypervisor's socket.",
        connect: 'Is the virtual machine (or the service, for a guest) running, and is the path right?',
      },
    },
  ],
  ['ENOTDIR', { what: 'a part of the path is not a folder', advice: 'Check the path.' }],
  ['ENOTSOCK', { what: 'the path is not a socket', advice: "Give the path of the hypervisor's socket." }],
  [
    'ENAMETOOLONG',
    { what: 'the path is too long for a socket', advice: 'Choose one of at most 100 bytes, port and all.' },
  ],
  [
    'ECONNREFUSED',
    {
      what: 'nobody listens there',
      advice: 'Is the service (or the driver, for a guest) running, and is it this port?',
    },
  ],
  ['ECONNRESET', gone],
  ['EPIPE', gone],
  ['ENOTCONN', gone],
  ['ECONNABORTED', gone],
  ['ETIMEDOUT', { what: 'no answer', advice: 'Is the virtual machine running and not suspended?' }],
  ['EHOSTUNREACH', { what: 'the host cannot be reached', advice: 'Check the address.' }],
  ['ENETUNREACH', { what: 'the network cannot be reached', advice: 'Check the address.' }],
  ['ENOTFOUND', { what: 'no such host name', advice: 'Check the spelling, or give an IP address.' }],
  ['EAI_AGAIN', { what: 'the host name cannot be looked up now', advice: 'Give an IP address.' }],
  [
    'EMFILE',
    {
      what: 'too many open files in this process',
      advice: 'Raise the limit (ulimit -n) or allow fewer guests.',
    },
  ],
  ['ENFILE', { what: 'too many open files on this machine', advice: 'Close some, or raise the limit.' }],
  ['ENOBUFS', { what: 'the system has no memory for sockets' }],
  ['EINVAL', { what: 'the system does not accept this address', advice: 'Check the endpoint.' }],
  [
    'EAFNOSUPPORT',
    {
      what: 'this system does not have this kind of sockets',
      advice: 'proxy-wifi doctor says which it has.',
    },
  ],
  [
    'EPROTO',
    {
      what: 'the answer to CONNECT is not OK',
      advice: "Is this the path of a hypervisor's hybrid vsock socket?",
    },
  ],
  ['ECANCELED', { what: 'the connection was closed on this side' }],
  ['ABORT_ERR', { what: 'given up before the connection was there' }],
  ['EALREADY', { what: 'this side of the connection has already ended' }],
]);

/** What Unix sockets mean by it: a path in place of an address and a port. */
const unixExplanations: ReadonlyMap<string, Explanation> = new Map<string, Explanation>([
  [
    'EADDRINUSE',
    {
      what: 'somebody listens at this socket already',
      advice: 'Is another proxy-wifi serving this virtual machine? Stop it, or give another path.',
    },
  ],
  [
    'EACCES',
    {
      what: 'this user has no access to the socket or its folder',
      advice: {
        listen: "Run as a user that may write to the folder, such as root or the hypervisor's own.",
        connect: "Run as the user that owns the hypervisor's socket, or ask for access to it.",
      },
    },
  ],
  [
    'EPERM',
    {
      what: 'this user may not give the socket to another one',
      advice: { listen: 'Run as root, or leave --socket-owner out.' },
    },
  ],
  ['EINVAL', { what: 'the system does not accept this path', advice: 'Check the path and the options.' }],
  ['EROFS', { what: 'the folder is read-only', advice: 'Give a path in another one, such as /run.' }],
  [
    'ECONNREFUSED',
    {
      what: 'nobody listens there',
      advice: 'Is the virtual machine running, and the driver in it (for a guest: the service)?',
    },
  ],
]);

/** The option for the port at which a guest listens. */
const notificationPortOption = '--notification-port';

/** Who holds a guest's port, in place of who holds a host's. */
const guestsPortInUse =
  'Another guest command holds it, probably guest watch or guest connect --stay: stop that, or choose another port with {option}.';

/** Node's own codes for what the system has a name for. */
const ownCodes: ReadonlyMap<string, string> = new Map([
  ['ERR_STREAM_DESTROYED', 'EPIPE'],
  ['ERR_STREAM_PREMATURE_CLOSE', 'EPIPE'],
  ['ERR_STREAM_WRITE_AFTER_END', 'EALREADY'],
  ['ERR_STREAM_ALREADY_FINISHED', 'EALREADY'],
]);

/** What is known beyond the code. */
export interface Particulars {
  /** What was wrong, in place of what the table says. */
  readonly what?: string;
  /** What to do about it, in place of what the table says. */
  readonly advice?: string;
  /** The command line's option that chooses the port in question; `--request-port` unless told otherwise. */
  readonly portOption?: string | undefined;
}

/** A failure with its message: `listen tcp://127.0.0.1:80: permission denied (EACCES). Choose …`. */
export const socketFailure = (
  operation: Operation,
  where: string,
  code: string,
  { what, advice: known, portOption = '--request-port' }: Particulars = {},
): SocketFailure => {
  const name = code.replace(/^WSA/, '');
  const special = where.startsWith('unix://') ? unixExplanations.get(name) : undefined;
  const { what: usual = 'failed', advice } = special ?? explanations.get(name) ?? {};
  const usualAdvice =
    name === 'EADDRINUSE' && portOption === notificationPortOption && special === undefined
      ? guestsPortInUse
      : typeof advice === 'string'
        ? advice
        : advice?.[operation];
  const todo = (known ?? usualAdvice)?.replace('{option}', portOption);
  const detail = `${operation} ${where}: ${what ?? usual} (${code})${todo === undefined ? '' : `. ${todo}`}`;
  return { operation, where, code, detail };
};

/** Tells a notification that it cannot even be tried: not from within the call that asked for it. The result makes that unheard. */
export const failLater = (failure: SocketFailure, delivery: Pick<Delivery, 'failed'>): (() => void) => {
  let isGivenUp = false;
  queueMicrotask(() => {
    if (!isGivenUp) delivery.failed(failure);
  });
  return () => {
    isGivenUp = true;
  };
};

/** The symbolic code of an error that Node gave: `ECONNRESET`. */
export const codeOf = (error: unknown): string => {
  const code =
    typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : 'UNKNOWN';
  return ownCodes.get(code) ?? code;
};
