import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { copyFile, mkdir, readdir, readFile, rm, stat, watch, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect } from 'chai';
import { quickInfo } from './hover.js';
import { type Packed, Project, root } from './installed.js';

const run = promisify(execFile);

/** The doors, with a value of each. */
const doors = {
  'proxy-wifi': 'proxyWifi',
  'proxy-wifi/guest': 'createGuest',
  'proxy-wifi/protocol': 'describeFrame',
  'proxy-wifi/simulated': 'loadScenario',
  'proxy-wifi/inspector': 'createInspector',
  'proxy-wifi/control': 'createControl',
  'proxy-wifi/host': 'checkHost',
  'proxy-wifi/settings': 'settingsTable',
} as const;

/** What Electron's `electron` is to `examples/electron-main.cjs`, and no more: it writes what would be shown. */
const electron = `
const { EventEmitter } = require('node:events');
const app = new EventEmitter();
app.whenReady = async () => {};
app.quit = () => {
  let isPrevented = false;
  app.emit('before-quit', { preventDefault: () => { isPrevented = true; } });
  if (!isPrevented) console.log('quit');
};
const handlers = new Map();
const ipcMain = { handle: (name, handler) => handlers.set(name, handler) };
const dialog = { showErrorBox: (title, text) => console.log(title, text) };
class BrowserWindow {
  isDestroyed() { return false; }
  webContents = { send: (name, fact) => console.log(name, structuredClone(fact).type) };
  async loadFile() {
    const status = () => structuredClone(handlers.get('status')());
    while (!status().endpoints[0]?.address) await new Promise(setImmediate);
    const { createPlainGuest } = require('proxy-wifi/guest');
    const guest = createPlainGuest({ endpoint: status().endpoints[0].address, notificationPort: 0 });
    await guest.scan();
    await guest.leave();
    app.quit();
  }
}
module.exports = { app, BrowserWindow, dialog, ipcMain };
`;

/** A host and its guest in one program: what somebody tries first. */
const scenario = `
const proxy = createActor(proxyWifi, { input: { endpoints: ['tcp://127.0.0.1'], requestPort: 0, radio: 'simulated' } });
proxy.start();
const scan = async () => {
  await waitFor(proxy, (snapshot) => snapshot.matches('running'));
  const [{ address }] = proxy.getSnapshot().context.status.read().endpoints;
  const guest = createGuest({ endpoint: parseEndpoint(address).right });
  const answer = await guest.scan()();
  guest.close();
  console.log(answer._tag, typeof answer.right.complete);
  proxy.send({ type: 'stop' });
  await waitFor(proxy, (snapshot) => snapshot.matches('stopped'));
};
scan();
`;

const programs = {
  'scan.mjs': `import { proxyWifi } from 'proxy-wifi';
import { createGuest, parseEndpoint } from 'proxy-wifi/guest';
import { createActor, waitFor } from 'xstate';
${scenario}`,
  'scan.cjs': `const { proxyWifi } = require('proxy-wifi');
const { createGuest, parseEndpoint } = require('proxy-wifi/guest');
const { createActor, waitFor } = require('xstate');
${scenario}`,
};

/** Events, payloads and options as TypeScript sees them; the same in a module of either kind. */
const typed = `import { createActor } from 'xstate';
import { type Fact, type HostDisconnected, ManualClock, type ProxyWifiInput, proxyWifi } from 'proxy-wifi';
import { createGuest, createPlainGuest, type GuestFailure, parseEndpoint } from 'proxy-wifi/guest';
import { checkHost, type RadioBackend } from 'proxy-wifi/host';
import { createInspector } from 'proxy-wifi/inspector';
import { describeFrame, type Ssid } from 'proxy-wifi/protocol';
import { settingsTable } from 'proxy-wifi/settings';
import { decodeScenario, loadScenario, type Scenario, simulatedBackend } from 'proxy-wifi/simulated';
const input: ProxyWifiInput = { endpoints: ['tcp://127.0.0.1'], backlog: 3, observer: {
  authorizeGuestConnection: ({ ssid }) => (ssid === 'Lab' ? 'approve' : 'deny'),
} };
const proxy = createActor(proxyWifi, { input, clock: new ManualClock() });
proxy.on('hostDisconnected', (fact) => { const whole: HostDisconnected = fact; const ssid: Ssid = whole.ssid; console.log(ssid); });
proxy.on('*', (fact: Fact) => console.log(fact.type));
// @ts-expect-error no such event
proxy.on('hostExploded', () => {});
// @ts-expect-error no such option
createActor(proxyWifi, { input: { endpoints: [], colour: 'red' } });
// @ts-expect-error a number it is
createActor(proxyWifi, { input: { endpoints: [], scanInterval: '5s' } });
const endpoint = parseEndpoint('tcp://127.0.0.1');
if (endpoint._tag === 'Right') void createGuest({ endpoint: endpoint.right }).scan()();
const told: (failure: GuestFailure) => string = ({ reason }) => reason;
const radio: RadioBackend | undefined = undefined;
const scenario: Scenario | undefined = undefined;
const plain: Promise<void> = createPlainGuest({ endpoint: 'tcp://127.0.0.1' }).leave();
console.log(settingsTable.backlog.doc, checkHost, createInspector, describeFrame, decodeScenario, loadScenario, simulatedBackend, told, radio, scenario, plain);
`;

/** Each way in which TypeScript finds a package. */
const resolutions = {
  node16: ['--module', 'node16', '--moduleResolution', 'node16'],
  nodenext: ['--module', 'nodenext', '--moduleResolution', 'nodenext'],
  bundler: ['--module', 'esnext', '--moduleResolution', 'bundler'],
} as const;

const compilers = ['5.4.5', '5.9.3', '7.0.2'] as const;

/** The oldest XState that may be beside it; the newest is what an installation brings. */
const oldestXState = '5.25.0';

describe('the package', function () {
  this.timeout(240_000);
  let project: Project;
  let packed: Packed;

  before(async () => {
    project = await Project.create();
    packed = await project.pack();
    await project.install(packed.path);
  });
  after(() => project.remove());

  it('holds what runs and nothing else', () => {
    const { files } = packed;
    const expected =
      /^(dist\/|docs\/(scenario|configuration)\.schema\.json$|docs\/control-api\.json$|docs\/proxy-wifi\.1$|docs\/wireshark\/proxy-wifi\.lua$|package\.json$|README\.md$|CHANGELOG\.md$|LICENSE$)/;
    expect(files.filter((path) => !expected.test(path))).to.deep.equal([]);
    expect(files.filter((path) => /^dist\/(test|bench|docs)\/|\.map$/.test(path))).to.deep.equal([]);
    expect(files).to.include.members([
      'dist/index.js',
      'dist/cjs/index.d.ts',
      'dist/cli/main.js',
      'README.md',
    ]);
  });

  it('takes the XState that is beside it, from the oldest that is tested on', async () => {
    const { dependencies, peerDependencies } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));
    expect(peerDependencies.xstate).to.equal(`^${oldestXState}`);
    expect(dependencies).not.to.have.any.keys('xstate', 'elkjs', 'prom-client');
  });

  it('takes 42 MB at most with all that it brings', async () => {
    const { stdout } = await run('du', ['-sk', join(project.folder, 'node_modules')]);
    expect(Number.parseInt(stdout, 10) / 1024).to.be.lessThan(42);
  });

  it('opens proxy-wifi/metrics to modules of both kinds, beside prom-client', async () => {
    const program = `import { registerMetrics } from 'proxy-wifi/metrics';
      import { createRequire } from 'node:module';
      import { register } from 'prom-client';
      const required = createRequire(import.meta.url)('proxy-wifi/metrics');
      registerMetrics(register, () => ({ counters: {}, guests: [], interfaces: [] })).close();
      console.log(required.registerMetrics === registerMetrics);`;
    await project.write('metrics.mjs', program);
    const alone = await project
      .node('metrics.mjs')
      .catch(({ stderr }: { readonly stderr: string }) => stderr);
    expect(alone).to.match(/Cannot find package 'prom-client'/);
    await project.install('prom-client@^15');
    expect((await project.node('--no-warnings', 'metrics.mjs')).stdout).to.equal('true\n');
  });

  for (const [door, name] of Object.entries(doors)) {
    it(`opens ${door} to modules of both kinds, as one and the same`, async () => {
      await project.write(
        'door.mjs',
        `import * as imported from '${door}';
         import { createRequire } from 'node:module';
         const required = createRequire(import.meta.url)('${door}');
         console.log(Object.keys(imported).join() === Object.keys(required).join(), imported.${name} === required.${name}, typeof imported.${name});`,
      );
      const { stdout } = await project.node('--no-warnings', 'door.mjs');
      expect(stdout).to.match(/^true true (function|object)\n$/);
    });
  }

  for (const xstate of ['newest', oldestXState])
    for (const [name, program] of Object.entries(programs))
      it(`serves a guest in ${name} with the ${xstate} XState`, async () => {
        await project.install(xstate === 'newest' ? 'xstate@^5' : `xstate@${xstate}`);
        const { version } = JSON.parse(await project.read('node_modules/xstate/package.json'));
        expect(version === oldestXState, version).to.equal(xstate === oldestXState);
        await project.write(name, program);
        const { stdout } = await project.node('--no-warnings', name);
        expect(stdout).to.equal('Right boolean\n');
      });

  it('runs the program of the README', async () => {
    const { build } = await import('esbuild');
    await project.install('xstate@^5');
    await build({
      entryPoints: [join(root, 'examples/minimal.ts')],
      outfile: join(project.folder, 'minimal.mjs'),
      format: 'esm',
      logLevel: 'silent',
    });
    const { stdout } = await project.node('minimal.mjs');
    expect(stdout).to.match(/guests reach us at tcp:\/\/127\.0\.0\.1:\d+\nstopped\n$/);
  });

  it('serves as the main process of Electron does, CommonJS, with something in Electron’s place', async () => {
    await project.install('xstate@^5');
    const folder = join(project.folder, 'node_modules/electron');
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, 'index.js'), electron);
    await copyFile(join(root, 'examples/electron-main.cjs'), join(project.folder, 'electron-main.cjs'));
    const { stdout } = await project.node('--no-warnings', 'electron-main.cjs');
    expect(stdout.trim().split('\n')).to.deep.equal([
      'fact guestScanRequested',
      'fact guestScanCompleted',
      'quit',
    ]);
  });

  it('starts its command', async () => {
    const { stdout } = await run(join(project.folder, 'node_modules/.bin/proxy-wifi'), ['--help']);
    expect(stdout).to.contain('serve').and.contain('demo').and.contain('guest');
  });

  describe('without what only some need', () => {
    const command = (...args: readonly string[]) =>
      project.node(join(project.folder, 'node_modules/proxy-wifi/dist/cli/main.js'), ...args).then(
        () => expect.fail('it should have failed'),
        ({ code, stderr }: { readonly code: number; readonly stderr: string }) => ({ code, stderr }),
      );

    before(async () => {
      await project.uninstall('prom-client');
      for (const name of ['elkjs', 'prom-client'])
        expect(existsSync(join(project.folder, 'node_modules', name)), name).to.equal(false);
    });

    it('asks for elkjs where machines are drawn', async () => {
      const advice =
        'elkjs, which places boxes and arrows, is not installed. Type: npm install elkjs (with --global where proxy-wifi is installed so)';
      expect(await command('viz', 'drawn')).to.deep.equal({ code: 1, stderr: `error: ${advice}\n` });
      expect(await command('serve', '--inspect', '0')).to.deep.equal({
        code: 1,
        stderr: `error: --inspect: ${advice}\n`,
      });
    });

    it('asks for prom-client where metrics are served', async () => {
      const advice =
        'prom-client, which writes metrics, is not installed. Type: npm install prom-client (with --global where proxy-wifi is installed so)';
      expect(await command('serve', '--metrics', '0')).to.deep.equal({
        code: 1,
        stderr: `error: --metrics: ${advice}\n`,
      });
    });
  });

  describe('as TypeScript sees it, libraries checked', () => {
    before(async () => {
      await project.install(
        'xstate@^5',
        ...compilers.map((version) => `typescript-${version}@npm:typescript@${version}`),
      );
      await project.write('typed.mts', typed);
      await project.write('typed.cts', typed);
    });

    it('shows types in an editor that a person can read, with what they are', async () => {
      const hovers = await quickInfo(project.folder, 'typescript-5.9.3');
      expect([...hovers.keys()]).to.include.members([
        'proxyWifi',
        'actor',
        'fact',
        'snapshot',
        'guest',
        'scenario',
      ]);
      // XState's own is not ours to shorten.
      hovers.delete('createActor');
      for (const [name, { text, doc }] of hovers) {
        expect(text.length, `${name}: ${text}`).to.be.lessThan(300);
        expect(text).not.to.match(/StateMachine|\bany\b|import\("/);
        if (text.startsWith('(alias)')) expect(doc, name).not.to.equal('');
      }
      expect(hovers.get('proxyWifi')?.text).to.match(/^\(alias\) const proxyWifi: ProxyWifiLogic\s/);
      expect(hovers.get('actor')?.text).to.equal('const actor: Actor<ProxyWifiLogic>');
    });

    for (const version of compilers)
      for (const [name, options] of Object.entries(resolutions))
        it(`compiles a module of either kind with ${version} and ${name}`, async () => {
          const tsc = join(project.folder, `node_modules/typescript-${version}/bin/tsc`);
          const rest = ['--noEmit', '--strict', '--target', 'es2022', '--skipLibCheck', 'false'];
          await project
            .node(tsc, ...options, ...rest, 'typed.mts', 'typed.cts')
            .catch(({ stdout }: { readonly stdout: string }) => expect.fail(stdout || 'it took too long'));
        });
  });

  describe('as tools judge it', () => {
    it('publint finds nothing', async () => {
      const { publint } = await import('publint');
      const { messages } = await publint({
        pkgDir: join(project.folder, 'node_modules/proxy-wifi'),
        level: 'suggestion',
      });
      expect(messages).to.deep.equal([]);
    });

    it('attw finds the types of every door, for every kind of module', async () => {
      const attw = join(root, 'node_modules/@arethetypeswrong/cli/dist/index.js');
      const { stdout } = await project
        .node(attw, packed.path, '--format', 'json', '--profile', 'node16')
        .catch((ended: { readonly stdout: string }) => ended);
      const { analysis } = JSON.parse(stdout) as {
        readonly analysis: { readonly problems: readonly { readonly resolutionKind?: string }[] };
      };
      // The resolution of Node 10 knows no doors at all; the profile leaves it out, the report does not.
      expect(analysis.problems.filter(({ resolutionKind }) => resolutionKind !== 'node10')).to.deep.equal([]);
    });
  });
});

describe('a build', function () {
  this.timeout(120_000);

  it('that is interrupted leaves what was there before, and nothing beside it', async () => {
    const isPartial = (name: string): boolean => /^\.dist-/.test(name);
    await rm(join(root, '.dist-partial'), { recursive: true, force: true });
    const before = await stat(join(root, 'dist/index.js'));
    const seen = watch(root);
    const build = spawn(process.execPath, ['build.mjs'], { cwd: root, stdio: 'ignore', detached: true });
    for await (const { filename } of seen) if (isPartial(filename ?? '')) break;
    process.kill(-(build.pid ?? 0), 'SIGINT');
    expect(await once(build, 'exit')).to.deep.equal([130, null]);
    expect((await readdir(root)).filter(isPartial)).to.deep.equal([]);
    expect((await stat(join(root, 'dist/index.js'))).mtimeMs).to.equal(before.mtimeMs);
    expect(await readFile(join(root, 'dist/cli/main.js'), 'utf8')).to.include('proxy-wifi');
  });
});
