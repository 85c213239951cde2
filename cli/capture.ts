/** `proxy-wifi capture [FILE] --pcapng OUT`: for Wireshark a recording, also while it is being written, or a running service. */
import { createWriteStream } from 'node:fs';
import { type FileHandle, open, stat } from 'node:fs/promises';
import type { Writable } from 'node:stream';
import * as E from 'fp-ts/lib/Either.js';
import {
  type ControlAddress,
  controlClient,
  findControlAddress,
  parseControlAddress,
  type ServiceEvent,
} from '../control/index.js';
import { exitCodes, type Interrupt, onInterrupt } from './interruption.js';
import { pcapngPacket, pcapngStart } from './pcapng.js';
import { frameOfEvent, missingGuest, parseRecording, type RecordedFrame } from './record-format.js';
import { controlToken } from './steering.js';
import { complain, type ExitCode, type Terminal } from './terminal.js';
import { fileProblem, readBytes } from './text-file.js';

export interface CaptureFlags {
  /** `-`: standard output. */
  readonly pcapng: string;
  readonly guest?: string;
  readonly follow?: boolean;
  /** Where a running service is steered; only without a file. */
  readonly control?: string;
  readonly force?: boolean;
}

/** Milliseconds between two looks at a recording that is being written. */
const lookEvery = 200;

/** Puts frames of one recording out, those of a guest or all. */
class Capture {
  readonly #out: Writable;
  readonly #guest: string | undefined;
  #time = 0;
  frames = 0;

  constructor(out: Writable, guest: string | undefined) {
    this.#out = out;
    this.#guest = guest;
    out.write(pcapngStart());
  }

  put(frames: readonly RecordedFrame[]): void {
    for (const frame of frames) {
      if (this.#guest !== undefined && frame.guest !== this.#guest) continue;
      // A frame that does not say when it was comes right after the one before.
      this.#time = frame.time ?? this.#time;
      this.#out.write(pcapngPacket({ ...frame, time: this.#time }));
      this.frames += 1;
    }
  }
}

/** What comes to a file from its start on, a whole line at a time; also to the one that takes its place. */
class Lines {
  readonly #path: string;
  #file: FileHandle | undefined;
  #rest = '';
  /** Of the recording's first line: when it began. */
  #head = '';

  constructor(path: string) {
    this.#path = path;
  }

  /** The lines that are new since the last call. */
  async read(): Promise<string> {
    this.#file ??= await open(this.#path, 'r');
    const text = this.#rest + (await this.#file.readFile('utf8'));
    const end = text.lastIndexOf('\n') + 1;
    this.#rest = text.slice(end);
    const lines = text.slice(0, end);
    if (this.#head === '' && lines !== '') this.#head = lines.slice(0, lines.indexOf('\n') + 1);
    else if (lines !== '' && isNote(this.#head)) return this.#head + lines;
    return lines;
  }

  /** Has another file this name now? Then nothing more comes to this one. */
  async isReplaced(): Promise<boolean> {
    const [now, own] = await Promise.all([stat(this.#path).catch(() => undefined), this.#file?.stat()]);
    return own !== undefined && now !== undefined && now.ino !== own.ino;
  }

  /** Goes on with the file that has this name now. */
  async turn(): Promise<void> {
    await this.close();
    this.#rest = '';
    this.#head = '';
  }

  async close(): Promise<void> {
    await this.#file?.close();
    this.#file = undefined;
  }
}

const isNote = (line: string): boolean => line.includes('"start"');

type Frames = E.Either<readonly string[], readonly RecordedFrame[]>;

const readAll = async (file: string, guest: string | undefined): Promise<Frames> => {
  const bytes = await readBytes(file);
  if (E.isLeft(bytes)) return bytes;
  const frames = parseRecording(bytes.right);
  if (E.isLeft(frames)) return E.left(frames.left.map((problem) => `${file}: ${problem}`));
  const missing = guest === undefined ? undefined : missingGuest(frames.right, guest);
  return missing === undefined ? frames : E.left([`${file}: ${missing}`]);
};

/**
 * Frames that there are before anything is written: a capture is neither begun nor overwritten for something that cannot be
 * read. Left: why it cannot.
 */
const firstFrames = async (
  from: string | ControlAddress,
  { follow, guest }: CaptureFlags,
): Promise<Frames> => {
  if (typeof from === 'string' && follow !== true) return readAll(from, guest);
  if (typeof from !== 'string') {
    const asked = await controlClient(from, controlToken()).ask('listGuests')();
    return E.isLeft(asked) ? E.left([asked.left.detail]) : E.right([]);
  }
  try {
    await (await open(from, 'r')).close();
    return E.right([]);
  } catch (error) {
    return E.left([fileProblem(from, 'read', error)]);
  }
};

/** Puts out what a running service sees, until it ends or `isOver` is aborted. */
const watchService = async (
  address: ControlAddress,
  capture: Capture,
  isOver: AbortSignal,
  warn: (line: string) => void,
): Promise<readonly string[]> => {
  let number = 0;
  const show = ({ event, data }: ServiceEvent): void => {
    if (event === 'missed') warn(`${String(data.count)} frames are missing here: they came too fast.`);
    if (event !== 'frame') return;
    number += 1;
    const frame = frameOfEvent(data, number);
    if (E.isLeft(frame))
      for (const problem of frame.left) warn(`frame ${number} is missing here: ${problem}`);
    else capture.put([frame.right]);
  };
  const watched = await controlClient(address, controlToken()).watch(show, isOver, 'frames')();
  return E.isLeft(watched) ? [watched.left.detail] : [];
};

/** What the frames come from: a recording, or a running service. Left: what was typed wrongly. */
const sourceOf = (
  file: string | undefined,
  { follow, control }: CaptureFlags,
): E.Either<string, string | ControlAddress> => {
  if (file !== undefined)
    return control === undefined
      ? E.right(file)
      : E.left(`--control: expected no recording beside it, found ${JSON.stringify(file)}`);
  if (follow === true)
    return E.left('--follow: expected a recording beside it; a running service is followed anyway');
  if (control === undefined) return E.right(findControlAddress());
  return E.mapLeft((expected: string) => `--control: expected ${expected}, found ${JSON.stringify(control)}`)(
    parseControlAddress(control),
  );
};

/** Puts out what comes until `isOver`. */
const follow = async (
  file: string,
  capture: Capture,
  isOver: () => boolean,
  wait: () => Promise<void>,
): Promise<readonly string[]> => {
  const lines = new Lines(file);
  try {
    while (!isOver()) {
      // Asked before the last look at it, so that nothing is missed in between.
      const isReplaced = await lines.isReplaced();
      const text = await lines.read();
      const frames = parseRecording(Buffer.from(text));
      if (E.isLeft(frames)) return frames.left.map((problem) => `${file}: ${problem}`);
      capture.put(frames.right);
      if (isReplaced) await lines.turn();
      else if (text === '') await wait();
    }
    return [];
  } catch (error) {
    return [fileProblem(file, 'read', error)];
  } finally {
    await lines.close();
  }
};

const outputOf = async (path: string, force: boolean): Promise<E.Either<string, Writable>> => {
  if (path === '-') {
    return process.stdout.isTTY
      ? E.left('--pcapng -: this is no text. Send it on: proxy-wifi capture … --pcapng - | wireshark -k -i -')
      : E.right(process.stdout);
  }
  try {
    return E.right(createWriteStream('', { fd: await open(path, force ? 'w' : 'wx', 0o600) }));
  } catch (error) {
    return E.left(fileProblem(path, 'written', error));
  }
};

const ended = (out: Writable): Promise<void> =>
  new Promise((resolve) => {
    if (out === process.stdout) out.write('', () => resolve());
    else out.end(() => resolve());
  });

/**
 * Writes a capture of a recording, or of a running service. Of a service, and with `follow`, it goes on with what comes, until
 * that ends or a signal ends it: 130 or 143.
 */
export const capture = async (
  file: string | undefined,
  flags: CaptureFlags,
  terminal: Terminal,
): Promise<ExitCode> => {
  const source = sourceOf(file, flags);
  if (E.isLeft(source)) return complain(terminal, [source.left], 2);
  const from = source.right;
  const first = await firstFrames(from, flags);
  if (E.isLeft(first)) return complain(terminal, first.left, 1);
  const out = await outputOf(flags.pcapng, flags.force === true);
  if (E.isLeft(out)) return complain(terminal, [out.left], flags.pcapng === '-' ? 2 : 1);
  const writing = new Capture(out.right, flags.guest);
  writing.put(first.right);
  let interrupted: Interrupt | undefined;
  const over = new AbortController();
  let wake = (): void => undefined;
  const letGo = onInterrupt((signal) => {
    interrupted = signal;
    over.abort();
    wake();
  });
  const wait = (): Promise<void> =>
    new Promise((resolve) => {
      const timer = setTimeout(resolve, lookEvery);
      wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  const write = async (): Promise<readonly string[]> => {
    if (typeof from !== 'string') return watchService(from, writing, over.signal, terminal.err);
    return flags.follow === true ? follow(from, writing, () => over.signal.aborted, wait) : [];
  };
  const problems = await write();
  letGo();
  await ended(out.right);
  if (problems.length > 0) return complain(terminal, problems, 1);
  if (flags.pcapng !== '-') terminal.out(`${flags.pcapng}: ${writing.frames} frames.`);
  if (interrupted === undefined) return 0;
  terminal.err(`Stopped by ${interrupted}.`);
  return exitCodes[interrupted];
};
