/** `proxy-wifi replay FILE`: plays the guest of a recording to a host, and judges the answers as the driver would. */
import * as E from 'fp-ts/lib/Either.js';
import { createGuest, type Guest, type GuestFailure, guestFailureText } from '../native/guest/index.js';
import { type DriverFormat, decodeRequest, encodeRequest } from '../protocol/index.js';
import { type GuestFlags, guestOptions } from './guest-options.js';
import { exitCodes, type Interrupt, onInterrupt } from './interruption.js';
import { framesOfGuest, parseRecording, type RecordedFrame } from './record-format.js';
import {
  acceptable,
  type Difference,
  differences,
  exchangesOf,
  type RecordedExchange,
  SessionIds,
} from './replay-answers.js';
import { isMasked, readSecrets, type Secrets, unmasked } from './replay-secrets.js';
import { complain, type ExitCode, styled, type Terminal } from './terminal.js';
import { readBytes } from './text-file.js';

export interface ReplayFlags extends GuestFlags {
  readonly guest?: string;
  readonly secrets?: string;
}

/** What a host answers now, beside what was recorded: `similar` differs in nothing that matters to a guest. */
type Verdict = 'same' | 'similar' | 'differs' | 'unacceptable';

/** One request of the recording and what the host of today says to it. */
export interface ReplayedRequest {
  /** Where the request stands in the file. */
  readonly line: number;
  readonly operation: string;
  readonly verdict: Verdict;
  /** Its key was masked in the recording, and nobody has said what it is. */
  readonly masked: boolean;
  /** What the driver could not accept, or in what the answer differs from the recorded one. */
  readonly notes: readonly Difference[];
}

/** What the whole replay goes by. */
interface Surroundings {
  readonly guest: Guest;
  readonly driver: DriverFormat | undefined;
  readonly secrets: Secrets;
  readonly ids: SessionIds;
}

/** The bytes to send: today's session ids and the keys that are known; anything that is no request as it is. */
const requestOf = (
  frame: Uint8Array,
  { ids, secrets }: Surroundings,
): { frame: Uint8Array; masked: boolean } => {
  const recorded = decodeRequest(frame);
  if (E.isLeft(recorded)) return { frame, masked: false };
  const request = unmasked(ids.translated(recorded.right), secrets);
  return {
    frame: request === recorded.right ? frame : encodeRequest(request),
    masked: isMasked(request),
  };
};

const verdictOf = (notes: readonly Difference[]): Verdict => {
  if (notes.length === 0) return 'same';
  return notes.some(({ matters }) => matters) ? 'differs' : 'similar';
};

/** Without its key a request may fail: that says nothing about the host. */
const forgiven = (notes: readonly Difference[], masked: boolean): readonly Difference[] =>
  notes.map((note) =>
    masked && note.what === 'status'
      ? { ...note, text: `${note.text}: its key is masked in the recording`, matters: false }
      : note,
  );

const replayOne = async (
  exchange: RecordedExchange,
  surroundings: Surroundings,
): Promise<E.Either<GuestFailure, ReplayedRequest>> => {
  const { operation, request } = exchange;
  const { guest, driver, ids } = surroundings;
  const sent = requestOf(request.frame, surroundings);
  const of = { line: request.line, operation, masked: sent.masked };
  const unacceptable = (text: string): E.Either<GuestFailure, ReplayedRequest> =>
    E.right({ ...of, verdict: 'unacceptable', notes: [{ what: 'answer', text, matters: true }] });
  const frame = await guest.exchange(sent.frame)();
  if (E.isLeft(frame)) {
    const { left } = frame;
    const isOver = left.reason === 'socket' || left.reason === 'closed';
    return isOver ? frame : unacceptable(guestFailureText(left));
  }
  const answer = acceptable(exchange, frame.right, driver);
  if (E.isLeft(answer)) return unacceptable(answer.left);
  ids.learn(exchange.answer, answer.right);
  const notes = forgiven(differences(exchange.answer, answer.right), sent.masked);
  return E.right({ ...of, verdict: verdictOf(notes), notes });
};

const styles = { same: 'green', similar: 'green', differs: 'yellow', unacceptable: 'red' } as const;

const linesOf = (
  { line, operation, verdict, notes }: ReplayedRequest,
  terminal: Terminal,
): readonly string[] => [
  `line ${String(line).padStart(3)}  ${operation.padEnd(10)}  ${styled(terminal, styles[verdict], verdict)}`,
  ...notes.map(
    ({ text, matters }) => `          ${text}${matters ? '' : styled(terminal, 'dim', ' (does not matter)')}`,
  ),
];

const closing = (replayed: readonly ReplayedRequest[], counts: Readonly<Record<Verdict, number>>): string => {
  const masked = replayed.filter((request) => request.masked).length;
  return [
    `${replayed.length} requests: ${counts.same} same, ${counts.similar} similar, ${counts.differs} differ, ${counts.unacceptable} unacceptable.`,
    ...(masked === 0
      ? []
      : [
          `${masked} of them had a key that the recording does not hold: --secrets FILE says the passphrases.`,
        ]),
  ].join('\n');
};

/** What is to be replayed, read and checked. */
const recordingOf = async (
  file: string,
  wanted: string | undefined,
): Promise<E.Either<readonly string[], readonly RecordedFrame[]>> => {
  const bytes = await readBytes(file);
  if (E.isLeft(bytes)) return bytes;
  return E.mapLeft((problems: readonly string[]) => problems.map((problem) => `${file}: ${problem}`))(
    E.chain((frames: readonly RecordedFrame[]) => framesOfGuest(frames, wanted))(parseRecording(bytes.right)),
  );
};

/** Exit code 1 when an answer differs in something that matters, when the driver could not accept it, or when there was none; 130 or 143 after a signal. */
export const replay = async (file: string, flags: ReplayFlags, terminal: Terminal): Promise<ExitCode> => {
  const options = guestOptions(flags);
  const recording = await recordingOf(file, flags.guest);
  const secrets =
    flags.secrets === undefined
      ? E.right<readonly string[], Secrets>(new Map())
      : await readSecrets(flags.secrets);
  if (E.isLeft(options) || E.isLeft(recording) || E.isLeft(secrets)) {
    const problems = [options, recording, secrets].flatMap((read) => (E.isLeft(read) ? read.left : []));
    return complain(terminal, problems, 2);
  }

  const { driver } = options.right;
  const guest = createGuest({ ...options.right, hello: false });
  let interrupted: Interrupt | undefined;
  const letGo = onInterrupt((signal) => {
    interrupted = signal;
    guest.close();
  });
  const stoppedBy = (signal: Interrupt): ExitCode => {
    terminal.err(`Stopped by ${signal}.`);
    return exitCodes[signal];
  };
  const surroundings: Surroundings = { guest, driver, secrets: secrets.right, ids: new SessionIds() };
  const replayed: ReplayedRequest[] = [];
  try {
    for (const exchange of exchangesOf(recording.right, driver)) {
      const request = await replayOne(exchange, surroundings);
      if (interrupted !== undefined) return stoppedBy(interrupted);
      if (E.isLeft(request)) return complain(terminal, [guestFailureText(request.left)], 1);
      replayed.push(request.right);
      if (flags.json !== true) for (const line of linesOf(request.right, terminal)) terminal.out(line);
    }
  } finally {
    letGo();
    guest.close();
  }
  const count = (wanted: Verdict): number => replayed.filter(({ verdict }) => verdict === wanted).length;
  const counts = {
    same: count('same'),
    similar: count('similar'),
    differs: count('differs'),
    unacceptable: count('unacceptable'),
  };
  terminal.out(
    flags.json === true ? JSON.stringify({ requests: replayed, ...counts }) : closing(replayed, counts),
  );
  return counts.differs + counts.unacceptable === 0 ? 0 : 1;
};
