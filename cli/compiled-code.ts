/**
 * What V8 has made of the program's parts is kept, so that the next start need not compile them again: a third of the time
 * until `serve` listens. From Node 22.8 on Node does that; before, it is done here.
 */
import { lstatSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import module, { createRequire } from 'node:module';
import { homedir } from 'node:os';
import { dirname, isAbsolute, join } from 'node:path';
import { Script } from 'node:vm';

/** What Node brings for this; absent before the versions that are named. */
interface CompileCache {
  /** 22.8: keeps what it compiles in this folder, at the latest when the process exits. */
  readonly enableCompileCache?: (folder: string) => unknown;
  /** 22.10: keeps what it has by now. */
  readonly flushCompileCache?: () => void;
}

/** Milliseconds after the start at which it is kept: what most users make it do has been compiled by then. */
const keepAfter = 2000;

/** The folder for what can be made again (XDG Base Directory Specification; a relative path there is to be ignored). */
export const cacheFolder = (env: NodeJS.ProcessEnv): string => {
  const { CACHE_DIRECTORY: unit = '', XDG_CACHE_HOME: xdg = '', LOCALAPPDATA: local = '' } = env;
  // systemd has made it, for a unit with CacheDirectory=.
  if (isAbsolute(unit)) return unit;
  if (isAbsolute(xdg)) return join(xdg, 'proxy-wifi');
  if (process.platform === 'win32' && isAbsolute(local)) return join(local, 'proxy-wifi', 'cache');
  if (process.getuid?.() === 0) return '/var/cache/proxy-wifi';
  return join(homedir(), '.cache', 'proxy-wifi');
};

/**
 * Makes the folder. Undefined where there is none to be had, or where somebody else may write: what is read from it is run
 * as it is.
 */
export const ownFolder = (folder: string): string | undefined => {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const found = lstatSync(folder);
    const own = process.getuid?.() ?? found.uid;
    const isOurs = found.uid === own && (process.platform === 'win32' || (found.mode & 0o022) === 0);
    return found.isDirectory() && isOurs ? folder : undefined;
  } catch {
    return undefined;
  }
};

const readIfThere = (file: string): Buffer | undefined => {
  try {
    return readFileSync(file);
  } catch {
    return undefined;
  }
};

/** Another process may read it at any time. A disk that is full costs the next start its speed, nothing else. */
const keep = (file: string, script: Script): void => {
  const partial = `${file}.${process.pid}`;
  try {
    writeFileSync(partial, script.createCachedData(), { mode: 0o600 });
    renameSync(partial, file);
  } catch {}
};

/** The parts of the program, CommonJS files in the folder of `start`, with what is kept of them in `kept`. */
const partsWith = (start: string, kept: string): ((name: string) => unknown) => {
  const requireOther = createRequire(start);
  const folder = dirname(start);
  const loaded = new Map<string, { exports: unknown }>();
  const compiled = new Map<string, Script>();
  const requirePart = Object.assign(
    (id: string): unknown => (id.startsWith('./part-') ? load(id.slice(2)) : requireOther(id)),
    requireOther,
    // A script with cached data has no import() of its own. The parts are beside this file: relative names mean the same.
    { importOther: (name: string): Promise<unknown> => import(name) },
  );
  const load = (name: string): unknown => {
    const before = loaded.get(name);
    if (before !== undefined) return before.exports;
    const filename = join(folder, name);
    const cached = readIfThere(join(kept, name));
    const script = new Script(module.wrap(readFileSync(filename, 'utf8')), {
      filename,
      ...(cached === undefined ? {} : { cachedData: cached }),
    });
    if (cached === undefined || script.cachedDataRejected === true) compiled.set(name, script);
    const part: { exports: unknown } = { exports: {} };
    loaded.set(name, part);
    script.runInThisContext()(part.exports, requirePart, part, filename, folder);
    return part.exports;
  };
  const keepAll = (): void => {
    for (const [name, script] of compiled) keep(join(kept, name), script);
    compiled.clear();
  };
  setTimeout(keepAll, keepAfter).unref();
  process.once('exit', keepAll);
  return load;
};

/**
 * How the parts beside the file `start` are loaded. `build`: what no two builds of the program have in common. Nothing is kept where
 * the user wants it so (`NODE_DISABLE_COMPILE_CACHE`, as Node has it), and where there is no place for it.
 */
export const partsOf = (
  start: string,
  build: string,
  env: NodeJS.ProcessEnv = process.env,
): ((name: string) => unknown) => {
  const plain = (name: string): unknown => createRequire(start)(`./${name}`);
  if (env.NODE_DISABLE_COMPILE_CACHE) return plain;
  const folder = ownFolder(cacheFolder(env));
  if (folder === undefined) return plain;
  const { enableCompileCache, flushCompileCache }: typeof module & CompileCache = module;
  if (enableCompileCache === undefined) {
    const kept = ownFolder(join(folder, `${build}-${process.versions.v8}-${process.arch}`));
    return kept === undefined ? plain : partsWith(start, kept);
  }
  enableCompileCache(folder);
  if (flushCompileCache !== undefined) setTimeout(flushCompileCache, keepAfter).unref();
  return plain;
};
