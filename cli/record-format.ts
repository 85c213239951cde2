/**
 * What recordings look like: every frame with its time and direction, as one JSON object a line or as pcapng, by the name of
 * the file. The captures of the real driver in `test/fixtures` have the same lines, without `guest`. Bytes of keys are zero.
 */
import * as E from 'fp-ts/lib/Either.js';
import type * as t from 'io-ts';
import type { SeenFrame } from '../index.js';
import { ObjectType, optional, required, TextType, WordType } from '../json/codecs.js';
import { decode } from '../json/decoding.js';
import { type Problem, problemText } from '../json/problem.js';
import { parseJson } from '../json/text.js';
import { framesOfPcapng, isPcapng, pcapngPacket, pcapngStart } from './pcapng.js';

/** One frame of a recording. */
export interface RecordedFrame {
  /** Where it stands in the file, from 1 on: the line, or the number of the packet. */
  readonly line: number;
  /** Milliseconds since the epoch, or since the start where the recording does not say when that was; undefined: not known. */
  readonly time: number | undefined;
  /** As in a `GuestId`; undefined where the recording is of one guest only. */
  readonly guest: string | undefined;
  readonly channel: 'request' | 'notification';
  readonly from: 'guest' | 'host';
  readonly frame: Uint8Array;
}

/** How frames become bytes of a file. */
export interface RecordFormat {
  /** What each file begins with. `start`: milliseconds since the epoch, of the first frame of the recording. */
  readonly head: (start: number) => Uint8Array;
  readonly entry: (seen: SeenFrame, start: number) => Uint8Array;
}

const lineOf = (value: Readonly<Record<string, unknown>>): Uint8Array =>
  Buffer.from(`${JSON.stringify(value)}\n`);

const ndjson: RecordFormat = {
  head: (start) => lineOf({ t: 0, note: 'recorded by proxy-wifi; the bytes of keys are zero', start }),
  entry: ({ time, guest, channel, from, frame }, start) =>
    lineOf({
      t: (time - start) / 1000,
      channel,
      from,
      guest,
      hex: Buffer.from(frame.buffer, frame.byteOffset, frame.byteLength).toString('hex'),
    }),
};

const pcapng: RecordFormat = { head: pcapngStart, entry: pcapngPacket };

/** The format that a file of this name has: pcapng where it ends so, else a JSON object a line. */
export const formatOf = (path: string): RecordFormat => (/\.pcapng$/i.test(path) ? pcapng : ndjson);

const frameLine = new ObjectType(
  'a recorded frame',
  {
    channel: required(new WordType({ request: 'guest to host', notification: 'host to guest' }), ''),
    from: required(new WordType({ guest: 'the guest sent it', host: 'the host sent it' }), ''),
    guest: optional(new TextType('a guest'), 'Which guest.'),
    hex: required(new TextType('a frame in hex', { pattern: '^([0-9a-fA-F]{2})+$' }), 'The whole frame.'),
  },
  [],
  true,
);

type FrameLine = t.TypeOf<typeof frameLine>;

/** A line that says something else than a frame: what was done next, or when the recording began. */
const isNote = (value: unknown): value is { readonly note: unknown; readonly start?: unknown } =>
  typeof value === 'object' && value !== null && 'note' in value && !('hex' in value);

const numberIn = (value: unknown, name: string): number | undefined => {
  if (typeof value !== 'object' || value === null || !(name in value)) return undefined;
  const found = Object.entries(value).find(([key]) => key === name)?.[1];
  return typeof found === 'number' && Number.isFinite(found) ? found : undefined;
};

/** The frame that an object describes. Left: one sentence for each thing that is wrong with it. */
const frameIn = (value: unknown): E.Either<readonly string[], Omit<RecordedFrame, 'line' | 'time'>> =>
  E.bimap(
    (problems: readonly Problem[]) => problems.map(problemText),
    ({ hex, guest, channel, from }: FrameLine) => ({
      ...{ guest, channel, from },
      frame: Uint8Array.from(Buffer.from(hex, 'hex')),
    }),
  )(decode(frameLine, value));

/** The frame of an event of a running service's control; `line`: its number. */
export const frameOfEvent = (value: unknown, line: number): E.Either<readonly string[], RecordedFrame> =>
  E.map((frame: Omit<RecordedFrame, 'line' | 'time'>) => ({ ...frame, line, time: numberIn(value, 'time') }))(
    frameIn(value),
  );

type Parsed = E.Either<readonly string[], readonly RecordedFrame[]>;

const parseLines = (text: string): Parsed => {
  const problems: string[] = [];
  const frames: RecordedFrame[] = [];
  let start = 0;
  for (const [i, line] of text.split(/\r?\n/).entries()) {
    if (line.trim() === '') continue;
    const json = parseJson(line);
    if (E.isLeft(json)) {
      problems.push(`line ${i + 1}: expected one JSON object a line`);
      continue;
    }
    if (isNote(json.right)) {
      start = numberIn(json.right, 'start') ?? start;
      continue;
    }
    const frame = frameIn(json.right);
    if (E.isLeft(frame)) {
      problems.push(...frame.left.map((problem) => `line ${i + 1}: ${problem}`));
      continue;
    }
    const seconds = numberIn(json.right, 't');
    const time = seconds === undefined ? undefined : start + Math.round(seconds * 1000);
    frames.push({ ...frame.right, line: i + 1, time });
  }
  return problems.length > 0 ? E.left(problems) : E.right(frames);
};

/** The frames of a recording in their order, or everything that is wrong with it. */
export const parseRecording = (file: Uint8Array): Parsed => {
  if (!isPcapng(file))
    return parseLines(Buffer.from(file.buffer, file.byteOffset, file.byteLength).toString('utf8'));
  return E.bimap(
    (problem: string) => [problem],
    (frames: readonly Omit<RecordedFrame, 'line'>[]) => frames.map((frame, i) => ({ ...frame, line: i + 1 })),
  )(framesOfPcapng(file));
};

const guestsIn = (frames: readonly RecordedFrame[]): readonly string[] => [
  ...new Set(frames.flatMap(({ guest }) => (guest === undefined ? [] : [guest]))),
];

/** Why there is nothing of that guest in a recording; undefined if there is. */
export const missingGuest = (frames: readonly RecordedFrame[], wanted: string): string | undefined => {
  const guests = guestsIn(frames);
  return guests.includes(wanted)
    ? undefined
    : `no guest ${JSON.stringify(wanted)}: there is ${guests.join(', ') || 'one without a name'}`;
};

/** The frames of one guest: of `wanted`, or of the only one there is. Left: which guests there are. */
export const framesOfGuest = (frames: readonly RecordedFrame[], wanted: string | undefined): Parsed => {
  const guests = guestsIn(frames);
  if (wanted === undefined && guests.length > 1)
    return E.left([`several guests: choose one with --guest: ${guests.join(', ')}`]);
  const missing = wanted === undefined ? undefined : missingGuest(frames, wanted);
  if (missing !== undefined) return E.left([missing]);
  const own = frames.filter(({ guest }) => wanted === undefined || guest === wanted);
  return own.some(({ from }) => from === 'guest') ? E.right(own) : E.left(['no request of a guest in it']);
};
