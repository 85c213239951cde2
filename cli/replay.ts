/** `proxy-wifi replay FILE`: plays the guest of a recording to a host, and judges the answers as the driver would. */
import * as E from 'fp-ts/lib/Either.js';
import { createGuest, type Guest, type GuestFailure, guestFailureText } from '../native/guest/index.js';
import type { DriverFormat } from '../protocol/index.js';
import { type GuestFlags, guestOptions } from './guest-options.js';
import { onInterrupt } from './interruption.js';
import { parseRecording, type RecordedFrame } from './recording.js';
import { acceptable, differences, exchangesOf, type RecordedExchange, SessionIds } from './replay-answers.js';
import { complain, type ExitCode, styled, type Terminal } from './terminal.js';
import { readTextFile } from './text-file.js';

export interface ReplayFlags extends GuestFlags {
  readonly guest?: string;
}

/** One request of the recording and what the host of today says to it. */
export interface ReplayedRequest {
  /** Where the request stands in the file. */
  readonly line: number;
  readonly operation: string;
  readonly verdict: 'same' | 'differs' | 'unacceptable';
  /** What the driver could not accept, or in what the answer differs from the recorded one. */
  readonly notes: readonly string[];
}

const framesOf = (
  frames: readonly RecordedFrame[],
  wanted: string | undefined,
): E.Either<readonly string[], readonly RecordedFrame[]> => {
  const guests = [...new Set(frames.flatMap(({ guest }) => (guest === undefined ? [] : [guest])))];
  if (wanted === undefined && guests.length > 1)
    return E.left([`several guests: choose one with --guest: ${guests.join(', ')}`]);
  if (wanted !== undefined && !guests.includes(wanted))
    return E.left([
      `no guest ${JSON.stringify(wanted)}: there is ${guests.join(', ') || 'one without a name'}`,
    ]);
  const own = frames.filter(({ guest }) => wanted === undefined || guest === wanted);
  return own.some(({ from }) => from === 'guest') ? E.right(own) : E.left(['no request of a guest in it']);
};

const replayOne = async (
  guest: Guest,
  exchange: RecordedExchange,
  ids: SessionIds,
  driver: DriverFormat | undefined,
): Promise<E.Either<GuestFailure, ReplayedRequest>> => {
  const { operation, request } = exchange;
  const of = { line: request.line, operation };
  const frame = await guest.exchange(ids.translated(request.frame))();
  if (E.isLeft(frame)) {
    const { left } = frame;
    const isOver = left.reason === 'socket' || left.reason === 'closed';
    return isOver ? frame : E.right({ ...of, verdict: 'unacceptable', notes: [guestFailureText(left)] });
  }
  const answer = acceptable(exchange, frame.right, driver);
  if (E.isLeft(answer)) return E.right({ ...of, verdict: 'unacceptable', notes: [answer.left] });
  ids.learn(exchange.answer, answer.right);
  const notes = differences(exchange.answer, answer.right);
  return E.right({ ...of, verdict: notes.length === 0 ? 'same' : 'differs', notes });
};

const styles = { same: 'green', differs: 'yellow', unacceptable: 'red' } as const;

const linesOf = (
  { line, operation, verdict, notes }: ReplayedRequest,
  terminal: Terminal,
): readonly string[] => [
  `line ${String(line).padStart(3)}  ${operation.padEnd(10)}  ${styled(terminal, styles[verdict], verdict)}`,
  ...notes.map((note) => `          ${note}`),
];

/** Exit code 1 when the driver could not accept an answer, or got none. */
export const replay = async (file: string, flags: ReplayFlags, terminal: Terminal): Promise<ExitCode> => {
  const options = guestOptions(flags);
  if (E.isLeft(options)) return complain(terminal, options.left, 2);
  const text = await readTextFile(file);
  if (E.isLeft(text)) return complain(terminal, text.left, 2);
  const recording = E.chain((frames: readonly RecordedFrame[]) => framesOf(frames, flags.guest))(
    parseRecording(text.right),
  );
  if (E.isLeft(recording)) {
    const problems = recording.left.map((problem) => `${file}: ${problem}`);
    return complain(terminal, problems, 2);
  }

  const { driver } = options.right;
  const guest = createGuest({ ...options.right, hello: false });
  const letGo = onInterrupt(() => guest.close());
  const ids = new SessionIds();
  const replayed: ReplayedRequest[] = [];
  try {
    for (const exchange of exchangesOf(recording.right, driver)) {
      const request = await replayOne(guest, exchange, ids, driver);
      if (E.isLeft(request)) return complain(terminal, [guestFailureText(request.left)], 1);
      replayed.push(request.right);
      if (flags.json !== true) for (const line of linesOf(request.right, terminal)) terminal.out(line);
    }
  } finally {
    letGo();
    guest.close();
  }
  const count = (wanted: ReplayedRequest['verdict']): number =>
    replayed.filter(({ verdict }) => verdict === wanted).length;
  const counts = { same: count('same'), differs: count('differs'), unacceptable: count('unacceptable') };
  if (flags.json === true) terminal.out(JSON.stringify({ requests: replayed, ...counts }));
  else
    terminal.out(
      `${replayed.length} requests: ${counts.same} same, ${counts.differs} differ, ${counts.unacceptable} unacceptable.`,
    );
  return counts.unacceptable === 0 ? 0 : 1;
};
