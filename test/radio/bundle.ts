/** Bundles the tests and the command line for the virtual machine: TypeScript would be slow to start there. */
import { existsSync } from 'node:fs';
import { build } from 'esbuild';

const [, , out = 'tmp'] = process.argv;

/** Modules of the bundles that are CommonJS ask for `require`. */
const banner = {
  js: "import { createRequire as bundleRequire } from 'node:module'; const require = bundleRequire(import.meta.url);",
};

await build({
  entryPoints: {
    tests: 'test/radio/run.ts',
    ...(existsSync('cli/main.ts') ? { 'proxy-wifi': 'cli/main.ts' } : {}),
  },
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
