/** `proxy-wifi unsave`: takes out of wpa_supplicant's files what somebody has saved there of guests' networks. */
import * as E from 'fp-ts/lib/Either.js';
import { type UnsavedFile, unsave as unsaveFiles } from '../native/index.js';
import { complain, type ExitCode, type Terminal } from './terminal.js';

/** The flags as they were typed. */
export interface UnsaveFlags {
  readonly json?: boolean;
}

const counted = (networks: number): string => (networks === 1 ? 'one network' : `${networks} networks`);

/** Says of each file in which there was something what became of it. */
export const unsave = async (
  file: string | undefined,
  flags: UnsaveFlags,
  terminal: Terminal,
  change: (file?: string) => Promise<readonly UnsavedFile[]> = unsaveFiles,
): Promise<ExitCode> => {
  const files = await change(file);
  if (flags.json === true)
    terminal.out(
      JSON.stringify({
        files: files.map(({ path, taken }) =>
          E.isRight(taken) ? { path, networks: taken.right } : { path, problem: taken.left.why },
        ),
      }),
    );
  else
    for (const { path, taken } of files)
      if (E.isRight(taken) && (taken.right > 0 || file !== undefined))
        terminal.out(
          taken.right > 0
            ? `${path}: ${counted(taken.right)} of guests taken out.`
            : `${path}: nothing of guests stands there.`,
        );
  const problems = files.flatMap(({ path, taken }) =>
    E.isLeft(taken)
      ? [
          taken.left.step === 'read'
            ? `${path}: cannot be read (${taken.left.why}). Give the path of wpa_supplicant's file, and type it as root: sudo proxy-wifi unsave`
            : `${path}: cannot be written (${taken.left.why}). Type it as root: sudo proxy-wifi unsave`,
        ]
      : [],
  );
  return problems.length === 0 ? 0 : complain(terminal, problems, 1);
};
