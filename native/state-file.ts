/**
 * The state of a service in a file: written to another file first, which then takes its place, so that a crash in the middle
 * costs nothing. A Unix socket beside it (on Windows a named pipe) shows that a service has the file: it goes with its process.
 */
import { createHash } from 'node:crypto';
import { createServer, type Server } from 'node:net';
import { dirname, resolve } from 'node:path';
import * as E from 'fp-ts/lib/Either.js';
import * as O from 'fp-ts/lib/Option.js';
import { SerialQueue } from '../streams/serial-queue.js';
import { type Disk, type FileLock, systemFiles } from './disk.js';
import { codeOf } from './sockets/failure.js';
import { clearSocketFile, isAnswered } from './sockets/socket-file.js';
import type { StateFailure, StateStore } from './state-store.js';

/** Larger files were not written by this service, in bytes. */
const largest = 64 * 2 ** 20;

const failed = (what: string, path: string, error: unknown): StateFailure => {
  const code = codeOf(error);
  return { reason: 'failed', code, detail: `${what} ${path}: ${code}` };
};

const inUse = (path: string): StateFailure => ({
  reason: 'in use',
  code: 'EADDRINUSE',
  detail: `another service keeps its state in ${path}. Give this one a file of its own with --state FILE, or let it keep none with --state none`,
});

const pipeOf = (path: string): string =>
  `\\\\.\\pipe\\proxy-wifi-${createHash('sha256').update(path.toLowerCase()).digest('hex').slice(0, 32)}`;

const listen = (server: Server, path: string): Promise<void> =>
  new Promise((done, refused) => {
    server.once('error', refused);
    server.listen({ path }, () => {
      server.off('error', refused);
      done();
    });
  });

/** Shows to others that the file is taken, as long as the server listens. */
const lock = async (path: string): Promise<E.Either<StateFailure, FileLock>> => {
  const isPipe = process.platform === 'win32';
  const place = isPipe ? pipeOf(path) : `${path}.lock`;
  // A second listener is refused on Windows (libuv asks for the pipe's first instance), but not under Wine 8.
  if (isPipe && (await isAnswered(place))) return E.left(inUse(path));
  if (!isPipe) {
    const cleared = await clearSocketFile(place, place);
    if (E.isLeft(cleared)) {
      const { code } = cleared.left;
      return E.left(
        code === 'EADDRINUSE' ? inUse(path) : { reason: 'in use', code, detail: `lock ${place}: ${code}` },
      );
    }
  }
  // Who connects looks whether it is in use: that it listens is the answer.
  const server = createServer((socket) => socket.destroy()).unref();
  try {
    await listen(server, place);
    server.on('error', () => undefined);
    return E.right({ release: () => new Promise((done) => server.close(() => done())) });
  } catch (error) {
    return E.left(
      codeOf(error) === 'EADDRINUSE' ? inUse(path) : { ...failed('lock', place, error), reason: 'in use' },
    );
  }
};

const systemDisk: Disk = { ...systemFiles, lock };

const read = async (disk: Disk, path: string): Promise<E.Either<StateFailure, O.Option<string>>> => {
  try {
    const { isFile, size } = await disk.find(path);
    if (!isFile) return E.left({ reason: 'failed', code: 'EINVAL', detail: `read ${path}: this is no file` });
    if (size > largest)
      return E.left({ reason: 'failed', code: 'EFBIG', detail: `read ${path}: no state has ${size} bytes` });
    return E.right(O.some(await disk.read(path)));
  } catch (error) {
    return codeOf(error) === 'ENOENT' ? E.right(O.none) : E.left(failed('read', path, error));
  }
};

/** A state file on any disk. */
export const stateFileOn = (disk: Disk, file: string): StateStore => {
  const path = resolve(file);
  const jobs = new SerialQueue();
  let held: FileLock | undefined;
  const take = async (): Promise<E.Either<StateFailure, void>> => {
    if (held !== undefined) return E.right(undefined);
    try {
      await disk.makeFolder(dirname(path));
    } catch (error) {
      return E.left(failed('make the folder of', path, error));
    }
    const locked = await disk.lock(path);
    if (E.isLeft(locked)) return locked;
    held = locked.right;
    return E.right(undefined);
  };
  return {
    name: path,
    open: () =>
      jobs.add(async () => {
        const taken = await take();
        return E.isLeft(taken) ? taken : read(disk, path);
      }),
    save: (text) => () =>
      jobs.add(async () => {
        // What could not be taken when it was opened can be by now.
        const taken = await take();
        if (E.isLeft(taken)) return taken;
        const next = `${path}.new`;
        try {
          await disk.write(next, text);
          await disk.replace(next, path);
          return E.right(undefined);
        } catch (error) {
          return E.left(failed('write', path, error));
        }
      }),
    close: () =>
      jobs.add(async () => {
        const lockHeld = held;
        held = undefined;
        await lockHeld?.release();
      }),
  };
};

/** A state file. Its folder is made when it is opened, for the user of the service alone. */
export const stateFile = (file: string): StateStore => stateFileOn(systemDisk, file);
