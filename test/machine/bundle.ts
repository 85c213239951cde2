/**
 * Bundles programs for the virtual machine, where TypeScript would be slow to start: `bundle.ts <out folder> NAME=FILE…`
 * writes `NAME.mjs` for each.
 */
import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';

const [, , out = 'tmp', ...programs] = process.argv;

/** Modules of the bundles that are CommonJS ask for `require`. */
const banner = {
  js: "import { createRequire as bundleRequire } from 'node:module'; const require = bundleRequire(import.meta.url);",
};

await build({
  entryPoints: Object.fromEntries(programs.map((program) => program.split('=', 2) as [string, string])),
  outdir: out,
  outExtension: { '.js': '.mjs' },
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node20',
  sourcemap: 'inline',
  // Native code and what loads files beside itself stay in node_modules.
  external: ['koffi', 'mocha', 'pino', 'pino-pretty', '@koromix/*'],
  banner,
  logLevel: 'warning',
});

// The programs ask their own package for its version: here they are a package of their own.
copyFileSync('package.json', join(out, 'package.json'));
