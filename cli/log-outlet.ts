/**
 * Where log lines go: standard error, whose reader may be stuck or gone. Nobody waits for it, and little is kept for it: a line
 * that finds no room is dropped and counted, and how many they were is said when it reads again.
 */
import type { Writable } from 'node:stream';

/** Bytes that are kept for a reader that does not read. */
const keptForReader = 256 * 1024;

interface LogOutlet {
  /** One line, with its newline. */
  readonly write: (line: string) => void;
  /** Lines dropped so far. */
  readonly dropped: () => number;
}

/**
 * Writes to a stream that does not block, as Node's standard error is on pipes and sockets; a file takes every line at once.
 * `readsAgain` hears how many lines have been dropped since it was called last.
 */
export const openOutlet = (stream: Writable, readsAgain: (dropped: number) => void): LogOutlet => {
  let dropped = 0;
  let unsaid = 0;
  let isAwaited = false;
  const drop = (): void => {
    dropped += 1;
    unsaid += 1;
  };
  /** A reader that is gone (EPIPE), or a disk that is full: there is nobody to whom it could be said. */
  const onError = (): void => drop();
  const onDrain = (): void => {
    isAwaited = false;
    const count = unsaid;
    unsaid = 0;
    readsAgain(count);
  };
  stream.on('error', onError);
  return {
    write: (line) => {
      if (stream.writableLength + line.length <= keptForReader) stream.write(line);
      else {
        drop();
        if (!isAwaited) stream.once('drain', onDrain);
        isAwaited = true;
      }
    },
    dropped: () => dropped,
  };
};
