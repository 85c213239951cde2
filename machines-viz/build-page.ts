/** Bundles the inspector's page into four files that need nothing else. */
import { readFile } from 'node:fs/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { styleSheet } from './draw/look.js';
import { writeFiles } from './pictures.js';

const source = (name: string): string => fileURLToPath(new URL(`./page/${name}`, import.meta.url));

/** By name: `index.html`, `page.js`, `page.css`, `icon.svg`. */
export const bundlePage = async (): Promise<ReadonlyMap<string, string>> => {
  const { outputFiles } = await build({
    entryPoints: [source('main.ts')],
    bundle: true,
    minify: true,
    write: false,
    format: 'esm',
    target: 'es2022',
    legalComments: 'none',
    logLevel: 'silent',
  });
  const [script] = outputFiles;
  const [html, css, icon] = await Promise.all(
    ['index.html', 'page.css', 'icon.svg'].map((name) => readFile(source(name), 'utf8')),
  );
  return new Map([
    ['index.html', html ?? ''],
    ['page.js', script?.text ?? ''],
    ['page.css', `${css}\n${styleSheet}\n`],
    ['icon.svg', icon ?? ''],
  ]);
};

const [, script, folder] = process.argv;
if (script !== undefined && folder !== undefined && import.meta.url === pathToFileURL(script).href)
  await writeFiles(folder, await bundlePage());
