/** What a service that runs is recorded to, which may change. How recordings are written is loaded when there is one. */
import * as E from 'fp-ts/lib/Either.js';
import type { FrameTap, Log } from '../index.js';
import type { Recording } from './recording.js';

/** A recording that can be ended, and begun in another file. */
export interface RecordingSwitch {
  readonly tap: FrameTap;
  /** Null: to no file any more. Left: why it cannot be written; then what was recorded goes on. */
  readonly change: (file: string | null, force: boolean) => Promise<E.Either<readonly string[], void>>;
  readonly close: () => Promise<void>;
}

/** `first` is what is recorded to from the start; `limit`: bytes after which a file is full, as for that one. */
export const recordingSwitch = (first: Recording | undefined, log: Log, limit?: number): RecordingSwitch => {
  let current = first;
  return {
    tap: (seen) => current?.tap(seen),
    change: async (file, force) => {
      const next =
        file === null
          ? undefined
          : await (await import('./recording.js')).openRecording(file, log, { force, limit });
      if (next !== undefined && E.isLeft(next)) return next;
      const before = current;
      current = next?.right;
      await before?.close();
      log.info({ file }, file === null ? 'nothing is recorded any more' : 'recording');
      return E.right(undefined);
    },
    close: async () => current?.close(),
  };
};
