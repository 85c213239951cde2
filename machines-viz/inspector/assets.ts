/** The files of the page: built beside this module for a release, bundled in memory when run from the sources. */
import { readFile } from 'node:fs/promises';

/** By path on the server. */
export type Assets = ReadonlyMap<string, { readonly type: string; readonly body: string }>;

const types: Readonly<Record<string, string>> = {
  'index.html': 'text/html; charset=utf-8',
  'page.js': 'text/javascript; charset=utf-8',
  'page.css': 'text/css; charset=utf-8',
  'icon.svg': 'image/svg+xml',
};

/** Names of the files, as `build-page.ts` writes them. */
const assetNames: readonly string[] = Object.keys(types);

const built = new URL('../page/built/', import.meta.url);

const fromSources = async (): Promise<ReadonlyMap<string, string>> =>
  (await import('../build-page.js')).bundlePage();

const fromBuild = async (): Promise<ReadonlyMap<string, string>> =>
  new Map(
    await Promise.all(
      assetNames.map(async (name) => [name, await readFile(new URL(name, built), 'utf8')] as const),
    ),
  );

/** Rejects when the page has neither been built nor can be. */
export const loadAssets = async (): Promise<Assets> => {
  const files = import.meta.url.endsWith('.ts') ? await fromSources() : await fromBuild();
  return new Map(
    assetNames.map((name) => [
      name === 'index.html' ? '/' : `/${name}`,
      { type: types[name] ?? '', body: files.get(name) ?? '' },
    ]),
  );
};
