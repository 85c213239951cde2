/**
 * The handshake of hybrid vsock (Firecracker, Cloud Hypervisor, crosvm): who wants a port of the guest writes
 * `CONNECT <port>\n` to the hypervisor's socket and reads `OK <n>\n`; what follows on the stream is the guest's.
 */
import type { Socket } from 'node:net';
import * as E from 'fp-ts/lib/Either.js';
import type { Clock } from '../../streams/clock.js';

/** Milliseconds for the whole handshake: the hypervisor is on the same machine and has nothing to look up. */
const handshakeDeadline = 1000;

/** Bytes in the longest line: `CONNECT 4294967295`. */
const longestLine = 18;

/** Why there was no line. */
export type LineProblem =
  | { readonly reason: 'too long'; readonly start: string }
  | { readonly reason: 'ended' | 'timed out' };

const newline = 0x0a;

/**
 * Reads a paused socket up to and including the first newline, in whatever chunks it comes, and leaves the socket
 * paused with everything behind it unread.
 */
export const readLine = (socket: Socket, clock: Clock): Promise<E.Either<LineProblem, string>> =>
  new Promise((resolve) => {
    let line = '';
    const settle = (result: E.Either<LineProblem, string>): void => {
      clock.clearTimeout(timer);
      socket.off('data', onData).off('end', onEnd).off('close', onEnd);
      socket.pause();
      resolve(result);
    };
    const onData = (chunk: Buffer): void => {
      const end = chunk.indexOf(newline);
      line += chunk.toString('latin1', 0, Math.min(end < 0 ? chunk.length : end, longestLine + 1));
      if (line.length > longestLine) {
        settle(E.left({ reason: 'too long', start: line }));
      } else if (end >= 0) {
        settle(E.right(line));
        socket.unshift(chunk.subarray(end + 1));
      }
    };
    const onEnd = (): void => settle(E.left({ reason: 'ended' }));
    const timer = clock.setTimeout(() => settle(E.left({ reason: 'timed out' })), handshakeDeadline);
    socket.on('data', onData).on('end', onEnd).on('close', onEnd);
    socket.resume();
  });

/** The line, without its newline, that asks for a port of the guest. */
export const connectLine = (port: number): string => `CONNECT ${port}`;

/** The port that a line asks for. */
export const requestedPort = (line: string): number | undefined => {
  const [, port] = /^CONNECT (\d{1,10})$/.exec(line) ?? [];
  return port === undefined ? undefined : Number(port);
};

/** Does the line say that the stream is open? The number is the port that the hypervisor took on the host's side. */
export const isOk = (line: string): boolean => /^OK \d{1,10}$/.test(line);
