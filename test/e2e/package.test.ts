/** The package as somebody gets it who installs it. */
import { execFile } from 'node:child_process';
import { mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect } from 'chai';

const run = promisify(execFile);
const root = fileURLToPath(new URL('../../', import.meta.url));

describe('the package', () => {
  let folder = '';
  let files: readonly string[] = [];

  before(async function () {
    this.timeout(180_000);
    folder = await mkdtemp(join(tmpdir(), 'proxy-wifi-package-'));
    const { stdout } = await run('npm', ['pack', '--json', '--silent', '--pack-destination', folder], {
      cwd: root,
    });
    const [packed] = JSON.parse(stdout.slice(stdout.indexOf('['))) as [
      { readonly files: readonly { readonly path: string }[]; readonly filename: string },
    ];
    files = packed.files.map(({ path }) => path);
    await run('tar', ['-xzf', packed.filename], { cwd: folder });
    const modules = join(folder, 'node_modules');
    await run('mkdir', [modules]);
    for (const name of await readdir(join(root, 'node_modules')))
      await symlink(join(root, 'node_modules', name), join(modules, name));
    await symlink(join(folder, 'package'), join(modules, 'proxy-wifi'));
    await symlink(join(root, 'node_modules'), join(folder, 'package', 'node_modules'));
  });

  after(() => rm(folder, { recursive: true, force: true }));

  it('holds what runs and nothing else', () => {
    expect(
      files.filter(
        (path) => !/^(dist\/|docs\/scenario\.schema\.json$|package\.json$|README\.md$|LICENSE$)/.test(path),
      ),
    ).to.deep.equal([]);
    expect(files.filter((path) => /^dist\/(test|bench|docs)\//.test(path))).to.deep.equal([]);
    expect(files).to.include.members([
      'dist/index.js',
      'dist/index.d.ts',
      'dist/cli/main.js',
      'README.md',
      'LICENSE',
    ]);
  });

  it('runs the program of the README as an ES module', async () => {
    const { build } = await import('esbuild');
    const program = join(folder, 'embed.mjs');
    await build({
      entryPoints: [join(root, 'docs/examples/embed.ts')],
      outfile: program,
      format: 'esm',
      logLevel: 'silent',
    });
    const { stdout } = await run(process.execPath, [program], { timeout: 30_000 });
    expect(stdout).to.match(/guests reach us at tcp:\/\/127\.0\.0\.1:\d+\nstopped\n$/);
  }).timeout(60_000);

  it('can be required from CommonJS', async () => {
    const program = join(folder, 'embed.cjs');
    await writeFile(
      program,
      `const { proxyWifi } = require('proxy-wifi');
       const { createActor, waitFor } = require('xstate');
       const proxy = createActor(proxyWifi, { input: { endpoints: ['tcp://127.0.0.1'], requestPort: 0 } }).start();
       waitFor(proxy, (s) => s.matches('running')).then(() => { console.log('running'); proxy.stop(); });`,
    );
    const { stdout } = await run(process.execPath, ['--no-warnings', program], { timeout: 30_000 });
    expect(stdout).to.equal('running\n');
  }).timeout(60_000);

  it('starts its command', async () => {
    const { stdout } = await run(process.execPath, [join(folder, 'package/dist/cli/main.js'), '--help'], {
      timeout: 30_000,
    });
    expect(stdout).to.contain('serve').and.contain('demo').and.contain('guest');
  }).timeout(60_000);

  it('tells TypeScript every event and its payload', async () => {
    await writeFile(
      join(folder, 'types.mts'),
      `import { createActor } from 'xstate';
       import { proxyWifi, type HostDisconnected } from 'proxy-wifi';
       const proxy = createActor(proxyWifi, { input: { endpoints: ['tcp://127.0.0.1'] } });
       proxy.on('hostDisconnected', (fact) => { const whole: HostDisconnected = fact; console.log(whole.interfaceId, whole.ssid); });
       // @ts-expect-error no such event
       proxy.on('hostExploded', () => {});
       // @ts-expect-error no such option
       createActor(proxyWifi, { input: { endpoints: [], colour: 'red' } });`,
    );
    const tsc = join(root, 'node_modules/typescript/bin/tsc');
    const options = [
      '--noEmit',
      '--strict',
      '--module',
      'nodenext',
      '--target',
      'es2023',
      '--types',
      'node',
      '--skipLibCheck',
    ];
    await run(process.execPath, [tsc, ...options, 'types.mts'], { cwd: folder });
  }).timeout(120_000);
});
