// `npm run build`: declarations and modules by tsc for those who embed the library, and the command line as a bundle,
// which starts in half the time of several hundred module files. Everything is built beside `dist` and takes its place
// when it is whole, so that an interrupted build leaves what was there before.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { cp, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, dirname, join, relative } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build, transform } from 'esbuild';

const require = createRequire(import.meta.url);
const root = fileURLToPath(new URL('.', import.meta.url));
const target = join(root, 'dist');
const partial = join(root, '.dist-partial');
const former = join(root, '.dist-former');

/** The doors by their subpaths: where they are in `dist`, without the extension. */
const doors = Object.values(JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).exports).flatMap(
  (door) => (typeof door === 'string' ? [] : [door.import.default.replace(/^\.\/dist\/|\.js$/g, '')]),
);

let child;
const signals = [
  ['SIGINT', 130],
  ['SIGTERM', 143],
  ['SIGHUP', 129],
];
let isInterrupted = false;
for (const [signal, code] of signals)
  process.once(signal, async () => {
    isInterrupted = true;
    if (child !== undefined) {
      child.kill();
      await Promise.race([once(child, 'exit'), setTimeout(2000)]);
    }
    // The compiler's own processes may write for a moment longer.
    for (let quiet = 0, rounds = 0; quiet < 3 && rounds < 100; rounds += 1) {
      const isThere = existsSync(partial);
      quiet = isThere ? 0 : quiet + 1;
      if (isThere) await rm(partial, { recursive: true, force: true }).catch(() => {});
      await setTimeout(50);
    }
    process.exit(code);
  });

const run = async (...args) => {
  child = spawn(process.execPath, args, { stdio: 'inherit', cwd: root });
  const [code] = await once(child, 'exit');
  child = undefined;
  if (code === 0) return;
  // A terminal interrupts both: this process may hear of it a moment later than its child.
  await setTimeout(100);
  if (isInterrupted) await new Promise(() => {});
  throw new Error(`${args[0]} ended with ${code}`);
};

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

// Likewise fp-ts and io-ts: their CommonJS builds are bundled whole.
const functional = {
  name: 'fp-ts and io-ts as ES modules',
  setup: ({ onResolve }) => {
    onResolve({ filter: /^(fp-ts\/(lib|es6)\/|io-ts$)/ }, ({ path }) => {
      const [name, , file = 'index.js'] = path.split('/');
      const folder = require.resolve(`${name}/package.json`).replace(/package\.json$/, 'es6/');
      return { path: `${folder}${file.replace(/(\.js)?$/, '.js')}`, sideEffects: false };
    });
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

/**
 * The command line as CommonJS, which is there sooner than ES modules are: esbuild shares code between parts in ES modules only, so that is
 * made first. `start.ts` becomes `main.js`.
 */
const bundleCommandLine = async () => {
  const folder = join(partial, 'cli');
  const { outputFiles } = await build({
    entryPoints: [join(root, 'cli/main.ts')],
    outdir: folder,
    write: false,
    bundle: true,
    splitting: true,
    entryNames: 'part-[name]-[hash]',
    chunkNames: 'part-[hash]',
    platform: 'node',
    format: 'esm',
    target: 'node20.19',
    plugins: [rxjs, functional, picturesOnDemand],
    // Native code, and what is rarely wanted: loaded from node_modules when it is.
    external: ['koffi', 'dbus-native', 'prom-client', 'pino-pretty', 'ws'],
    define: { 'process.env.NODE_ENV': '"production"', 'import.meta.url': 'moduleUrl' },
    legalComments: 'linked',
    logLevel: 'warning',
  });
  await mkdir(folder, { recursive: true });
  const id = createHash('sha256');
  let mainPart = '';
  for (const { path, text } of outputFiles) {
    if (path.endsWith('.txt')) {
      await writeFile(path, text);
      continue;
    }
    const { code } = await transform(text, {
      format: 'cjs',
      platform: 'node',
      target: 'node20.19',
      banner: [
        text.includes('moduleUrl')
          ? 'const moduleUrl=require("node:url").pathToFileURL(__filename).href;'
          : '',
        /\bimport\(/.test(text) ? 'const importOther=require.importOther??(name=>import(name));' : '',
      ].join(''),
      minifySyntax: true,
      minifyWhitespace: true,
    });
    const part = code
      .replaceAll(/import\("\.\/(part-[\w-]+)\.js"\)/g, 'Promise.resolve().then(()=>require("./$1.cjs"))')
      .replaceAll(/\bimport\("/g, 'importOther("')
      .replaceAll(/require\("\.\/(part-[\w-]+)\.js"\)/g, 'require("./$1.cjs")');
    const name = basename(path).replace(/\.js$/, '.cjs');
    if (name.startsWith('part-main-')) mainPart = name;
    id.update(name).update(part);
    await writeFile(join(folder, name), part);
  }
  await build({
    entryPoints: [join(root, 'cli/start.ts')],
    outfile: join(folder, 'main.js'),
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20.19',
    define: { buildId: JSON.stringify(id.digest('hex').slice(0, 16)), mainPart: JSON.stringify(mainPart) },
    minifySyntax: true,
    logLevel: 'warning',
  });
};

/** The declarations that lead on from those of the doors. */
const reachable = async () => {
  const reached = new Set();
  const visit = async (file) => {
    if (reached.has(file)) return;
    reached.add(file);
    const text = await readFile(join(partial, file), 'utf8');
    for (const [, path] of text.matchAll(/(?:from |import\()['"](\.[^'"]+)\.js['"]/g))
      await visit(join(dirname(file), `${path}.d.ts`));
  };
  for (const door of doors) await visit(`${door}.d.ts`);
  return reached;
};

/**
 * CommonJS: each door requires the ES module, as every Node that this package runs on can, so that there is one copy of
 * everything. TypeScript wants declarations that are CommonJS as well: the same ones, in a folder that says so.
 */
const writeCommonJs = async () => {
  const folder = join(partial, 'cjs');
  for (const file of await reachable()) await cp(join(partial, file), join(folder, file));
  for (const door of doors) {
    const names = Object.keys(await import(pathToFileURL(join(partial, `${door}.js`)).href));
    const path = join(folder, `${door}.js`);
    const module = relative(dirname(path), join(partial, `${door}.js`)).replaceAll('\\', '/');
    await mkdir(dirname(path), { recursive: true });
    await writeFile(
      path,
      // The second line is for tools that look for names without running anything.
      `'use strict';\nmodule.exports = require('${module}');\n0 && (module.exports = { ${names.join(', ')} });\n`,
    );
  }
  await writeFile(join(folder, 'package.json'), '{ "type": "commonjs" }\n');
};

await rm(partial, { recursive: true, force: true });
try {
  await run(
    join(root, 'node_modules/typescript/bin/tsc'),
    '-p',
    join(root, 'tsconfig.build.json'),
    '--outDir',
    partial,
  );
  await rm(join(partial, 'cli'), { recursive: true, force: true });
  await run(
    '--import',
    'tsx',
    join(root, 'machines-viz/build-page.ts'),
    join(partial, 'machines-viz/page/built'),
  );
  await bundleCommandLine();
  await writeCommonJs();
} catch (error) {
  await rm(partial, { recursive: true, force: true });
  throw error;
}
await rm(former, { recursive: true, force: true });
await rename(target, former).catch((error) => {
  if (error.code !== 'ENOENT') throw error;
});
await rename(partial, target);
await rm(former, { recursive: true, force: true });
