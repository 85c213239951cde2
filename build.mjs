// `npm run build`: declarations and modules by tsc for those who embed the library, and the command line as a bundle,
// which starts in half the time of several hundred module files.
import { execFileSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const require = createRequire(import.meta.url);
const root = fileURLToPath(new URL('.', import.meta.url));

// RxJS gives Node its CommonJS build, of which nothing can be left out.
const rxjs = {
  name: 'rxjs as ES modules',
  setup: ({ onResolve }) => {
    const folder = require.resolve('rxjs/package.json').replace(/package\.json$/, 'dist/esm/');
    onResolve({ filter: /^rxjs(\/operators)?$/ }, ({ path }) => ({
      path: `${folder}${path === 'rxjs' ? '' : 'operators/'}index.js`,
      sideEffects: false,
    }));
  },
};

// Drawings and the inspector are loaded from the modules beside the bundle, on demand.
const picturesOnDemand = {
  name: 'machines-viz on demand',
  setup: ({ onResolve }) => {
    onResolve({ filter: /^\.\// }, ({ path, importer }) =>
      importer.endsWith('machines-viz/on-demand.ts')
        ? { path: `../machines-viz/${path.slice(2)}`, external: true }
        : undefined,
    );
  },
};

rmSync(`${root}dist`, { recursive: true, force: true });
execFileSync(
  process.execPath,
  [`${root}node_modules/typescript/bin/tsc`, '-p', `${root}tsconfig.build.json`],
  { stdio: 'inherit' },
);
rmSync(`${root}dist/cli`, { recursive: true, force: true });
execFileSync(
  process.execPath,
  ['--import', 'tsx', `${root}machines-viz/build-page.ts`, `${root}dist/machines-viz/page/built`],
  { stdio: 'inherit' },
);
await build({
  entryPoints: [`${root}cli/main.ts`],
  outdir: `${root}dist/cli`,
  bundle: true,
  splitting: true,
  chunkNames: 'part-[hash]',
  platform: 'node',
  format: 'esm',
  target: 'node20.19',
  plugins: [rxjs, picturesOnDemand],
  // Native code, and what is rarely wanted: loaded from node_modules when it is.
  external: ['koffi', 'dbus-native', 'prom-client', 'pino-pretty', 'ws'],
  define: { 'process.env.NODE_ENV': '"production"' },
  minifySyntax: true,
  minifyWhitespace: true,
  legalComments: 'linked',
  banner: {
    js: "import { createRequire as requireOf } from 'node:module'; const require = requireOf(import.meta.url);",
  },
  logLevel: 'warning',
});
