/** What every guest command does around its work: who the guest is, waiting for a slow host, and signals. */
import * as E from 'fp-ts/lib/Either.js';
import { defaultRequestPort, formatEndpoint } from '../index.js';
import {
  createGuest,
  type Guest,
  type GuestFailure,
  type GuestOptions,
  guestFailureText,
} from '../native/guest/index.js';
import { type GuestFlags, guestOptions } from './guest-options.js';
import { exitCodes, onInterrupt } from './interruption.js';
import { complain, type ExitCode, type Terminal } from './terminal.js';

/** Milliseconds after which a person is told what is being waited for. */
const patience = 1000;

/** A guest at work for one command. */
export interface GuestAtWork {
  readonly guest: Guest;
  /** The host's address for people, with its port. */
  readonly host: string;
  /** What the command says; nothing any more once it is interrupted. */
  readonly terminal: Terminal;
  /** The result; after a second of silence it is said who is waited for. */
  readonly patiently: <A>(result: Promise<A>) => Promise<A>;
  /** Says what went wrong. */
  readonly failed: (failure: GuestFailure) => ExitCode;
}

/** How a guest command differs from others. */
interface Manner {
  /** Says hello, as our own driver does, and ends its session before it goes. */
  readonly stays?: boolean;
}

const hostOf = ({ endpoint, requestPort }: GuestOptions): string => {
  const port = requestPort ?? defaultRequestPort;
  if (endpoint.scheme !== 'tcp') return `${formatEndpoint(endpoint)} (port ${port})`;
  return formatEndpoint({ ...endpoint, port: endpoint.port ?? port });
};

/** Runs something as the guest of the flags, and lets go of everything afterwards. Exit code 130 or 143 after a signal. */
export const asGuest = async (
  flags: GuestFlags,
  terminal: Terminal,
  act: (work: GuestAtWork) => Promise<ExitCode>,
  { stays = false }: Manner = {},
): Promise<ExitCode> => {
  const options = guestOptions(flags);
  if (E.isLeft(options)) return complain(terminal, options.left, 2);
  const guest = createGuest({ ...options.right, hello: stays });
  const host = hostOf(options.right);
  let interrupted: ExitCode | undefined;
  let leaving: Promise<unknown> | undefined;
  const letGo = onInterrupt((signal) => {
    interrupted = exitCodes[signal];
    terminal.err(`Stopped by ${signal}.`);
    if (stays) leaving = guest.leave()();
    else guest.close();
  });
  const unlessInterrupted = (say: (line: string) => void) => (line: string) => {
    if (interrupted === undefined) say(line);
  };
  const own: Terminal = {
    colour: terminal.colour,
    ask: terminal.ask,
    readInput: terminal.readInput,
    out: unlessInterrupted(terminal.out),
    err: unlessInterrupted(terminal.err),
  };
  const patiently = async <A>(result: Promise<A>): Promise<A> => {
    const timer = setTimeout(() => own.err(`Waiting for ${host} to answer …`), patience);
    try {
      return await result;
    } finally {
      clearTimeout(timer);
    }
  };
  const failed = (failure: GuestFailure): ExitCode =>
    complain(
      own,
      [failure.reason === 'socket' ? guestFailureText(failure) : `${host}: ${guestFailureText(failure)}`],
      1,
    );
  try {
    const code = await act({ guest, host, terminal: own, patiently, failed });
    if (stays) await (leaving ?? guest.leave()());
    return interrupted ?? code;
  } finally {
    letGo();
    guest.close();
  }
};
