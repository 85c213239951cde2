/**
 * Recordings: every frame with its time and direction, one JSON object a line. The captures of the real driver in
 * `test/fixtures` have the same fields, without `guest`.
 */
import { type FileHandle, open } from 'node:fs/promises';
import * as E from 'fp-ts/lib/Either.js';
import type { FrameTap, Log } from '../index.js';
import { ObjectType, optional, required, TextType, WordType } from '../json/codecs.js';
import { decode } from '../json/decoding.js';
import { problemText } from '../json/problem.js';
import { parseJson } from '../json/text.js';
import { fileProblem } from './text-file.js';

/** One frame of a recording. */
export interface RecordedFrame {
  /** Where it stands in the file, from 1 on. */
  readonly line: number;
  /** As in a `GuestId`; undefined where the recording is of one guest only. */
  readonly guest: string | undefined;
  readonly channel: 'request' | 'notification';
  readonly from: 'guest' | 'host';
  readonly frame: Uint8Array;
}

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

const frameOf = (text: string, line: number): E.Either<readonly string[], readonly RecordedFrame[]> => {
  const json = parseJson(text);
  if (E.isLeft(json)) return E.left([`line ${line}: expected one JSON object a line`]);
  const { right: value } = json;
  // A line that only says what was done next.
  if (typeof value === 'object' && value !== null && 'note' in value && !('hex' in value)) return E.right([]);
  return E.bimap(
    (problems: readonly Parameters<typeof problemText>[0][]) =>
      problems.map((problem) => `line ${line}: ${problemText(problem)}`),
    ({ hex, guest, channel, from }: (typeof frameLine)['_A']): readonly RecordedFrame[] => [
      { line, guest, channel, from, frame: Uint8Array.from(Buffer.from(hex, 'hex')) },
    ],
  )(decode(frameLine, value));
};

/** The frames of a recording's text, in their order, or everything that is wrong with it. */
export const parseRecording = (text: string): E.Either<readonly string[], readonly RecordedFrame[]> => {
  const lines = text
    .split(/\r?\n/)
    .map((line, i) => (line.trim() === '' ? E.right([]) : frameOf(line, i + 1)));
  const problems = lines.flatMap((line) => (E.isLeft(line) ? line.left : []));
  return problems.length > 0
    ? E.left(problems)
    : E.right(lines.flatMap((line) => (E.isRight(line) ? line.right : [])));
};

/** Bytes that may wait for the disk; what is seen beyond is left out, so that a slow disk cannot eat the memory. */
const mostWaiting = 16 * 1024 * 1024;

/** A file that is being recorded to. */
export interface Recording {
  readonly tap: FrameTap;
  /** Writes what is left and closes the file. */
  readonly close: () => Promise<void>;
}

/** Records to a file, from its start; a new one is for this user only. Left: why it cannot be written. */
export const openRecording = async (
  path: string,
  log: Log,
): Promise<E.Either<readonly string[], Recording>> => {
  let file: FileHandle;
  try {
    file = await open(path, 'w', 0o600);
  } catch (error) {
    return E.left([fileProblem(path, 'written', error)]);
  }
  const stream = file.createWriteStream();
  let complete = true;
  const lose = (why: string): void => {
    if (complete) log.error({ file: path }, `the recording is incomplete: ${why}`);
    complete = false;
  };
  stream.on('error', (error) => lose(fileProblem(path, 'written', error)));
  const ended = new Promise<void>((resolve) => stream.once('close', resolve));
  let start: number | undefined;
  return E.right({
    tap: ({ time, guest, channel, from, frame }) => {
      if (stream.destroyed) return;
      if (stream.writableLength > mostWaiting) return lose('the disk is too slow');
      start ??= time;
      const t = (time - start) / 1000;
      stream.write(
        `${JSON.stringify({ t, channel, from, guest, hex: Buffer.from(frame).toString('hex') })}\n`,
      );
    },
    close: () => {
      stream.end();
      return ended;
    },
  });
};
