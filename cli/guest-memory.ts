/**
 * What `guest connect` was given last, by host and guest: a host answers `guest disconnect` with success whatever session it
 * names, so only this tells a person that it named another one. A file that cannot be read or written costs no more than that.
 */
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import * as E from 'fp-ts/lib/Either.js';
import * as t from 'io-ts';
import type { GuestFlags } from './guest-options.js';
import { stateFolder } from './state-place.js';

const known = t.readonly(
  t.type({
    sessionId: t.number,
    /** As it is shown to people. */
    ssid: t.string,
    /** It was ended by this command. */
    over: t.boolean,
  }),
);

/** A session that this command has got. */
export type KnownSession = t.TypeOf<typeof known>;

const memories = t.record(t.string, known);

/** So many guests are remembered, the latest ones. */
const limit = 64;

const read = async (path: string): Promise<t.TypeOf<typeof memories>> => {
  try {
    const decoded = memories.decode(JSON.parse(await readFile(path, 'utf8')));
    return E.isRight(decoded) ? decoded.right : {};
  } catch {
    return {};
  }
};

const nameOf = ({ endpoint, address, requestPort }: GuestFlags): string =>
  [endpoint, requestPort, address].map((part) => part ?? '').join(' ');

/** The last session that `guest connect` has got with these flags. */
export const lastSession = async (flags: GuestFlags, env = process.env): Promise<KnownSession | undefined> =>
  (await read(join(stateFolder(env), 'guests.json')))[nameOf(flags)];

/** Remembers a session in place of the one before. */
export const rememberSession = async (
  flags: GuestFlags,
  session: KnownSession,
  env = process.env,
): Promise<void> => {
  const path = join(stateFolder(env), 'guests.json');
  const { [nameOf(flags)]: _, ...others } = await read(path);
  const kept = Object.fromEntries([...Object.entries(others), [nameOf(flags), session]].slice(-limit));
  try {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    const next = `${path}.${process.pid}`;
    await writeFile(next, JSON.stringify(kept), { mode: 0o600 });
    await rename(next, path);
  } catch {
    // Then `guest disconnect` says less.
  }
};
