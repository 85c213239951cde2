import { readdir, readFile, writeFile } from 'node:fs/promises';
import { expect } from 'chai';
import { createMachine } from 'xstate';
import { viz } from '../../cli/viz.js';
import { Listener } from '../machines-viz/listener.js';
import { startCli } from './cli-process.js';
import { KeptTerminal, ran } from './kept-terminal.js';
import { folderOfEach, nextAddress, serving } from './serving.js';

describe('proxy-wifi viz', function () {
  this.timeout(60_000);
  const folder = folderOfEach();

  it('draws every machine and the tree of actors into a folder, and says which files it wrote', async () => {
    const { code, out } = await ran(['viz', folder.path('pictures')]);
    expect(code).to.equal(0);
    const files = await readdir(folder.path('pictures'));
    expect(files).to.include('dispatcher.svg').and.include('actor-tree.svg');
    expect(out.split('\n').sort()).to.deep.equal(files.map((name) => folder.path(`pictures/${name}`)).sort());
    expect(await readFile(folder.path('pictures/dispatcher.svg'), 'utf8')).to.match(/^<svg /);
  });

  it('writes what Stately opens with --stately', async () => {
    const { code, out } = await ran(['viz', folder.path('stately'), '--stately', '--json']);
    expect(code).to.equal(0);
    const paths = JSON.parse(out) as readonly string[];
    const machines = await Promise.all(
      paths.map(async (path) => createMachine(JSON.parse(await readFile(path, 'utf8')))),
    );
    expect(machines.map(({ id }) => id))
      .to.include('hostInterface')
      .and.include('proxyWifi');
  });

  it('says what is wrong with a folder that is none', async () => {
    await writeFile(folder.path('file'), '');
    const { code, err } = await ran(['viz', folder.path('file'), '--stately']);
    expect(code).to.equal(1);
    expect(err).to.include('cannot be written');
  });

  it('takes no mistake of the program for one of the folder', async () => {
    const terminal = new KeptTerminal();
    const broken = {
      ...terminal,
      out: () => {
        throw new TypeError('a slip');
      },
    };
    const outcome = await viz(folder.path('stately'), { stately: true }, broken).catch(
      (error: unknown) => error,
    );
    expect(outcome).to.be.an.instanceOf(TypeError);
    expect(terminal.complaints).to.deep.equal([]);
  });

  it('gives another address of the inspector whenever one is asked for with SIGUSR2', async () => {
    const { cli } = await serving('--inspect', '0');
    const addresses: string[] = [];
    const opens = async (pattern: RegExp): Promise<void> => {
      const [, port = '', token = ''] = await cli.says(pattern);
      addresses.push(token);
      const listener = new Listener(`ws://127.0.0.1:${port}/?token=${token}`);
      await listener.first('@proxy-wifi.caught-up');
      listener.close();
    };
    const [, pid] = await cli.says(/for one page \(another address: kill -USR2 (\d+)\)/);
    expect(Number(pid)).to.be.greaterThan(1);
    await opens(/127\.0\.0\.1:(\d+)\/#token=([\w-]+) for one page/);
    cli.signal('SIGUSR2');
    await opens(/127\.0\.0\.1:(\d+)\/#token=([\w-]+) for one more page\./);
    expect(new Set(addresses).size).to.equal(2);
  });

  it('says that the address with a token of the environment is for any number of pages', async () => {
    const cli = startCli(['serve', '--listen', `tcp://${nextAddress()}:0`, '--inspect', '0'], '', {
      PROXY_WIFI_INSPECT_TOKEN: 'kept-over-a-restart',
    });
    await cli.says(/#token=kept-over-a-restart for any number of pages\./);
  });

  it('serves the inspector of a service with --inspect, and says where', async () => {
    const { cli } = await serving('--inspect', '0');
    await cli.says(/Ctrl-C stops/);
    const [, port = '', token = ''] = /http:\/\/127\.0\.0\.1:(\d+)\/#token=([\w-]+)/.exec(cli.out) ?? [];
    const listener = new Listener(`ws://127.0.0.1:${port}/?token=${token}`);
    const { status } = await listener.first('@proxy-wifi.status');
    expect(status.interfaces.map(({ name }) => name)).to.include('wlan0');
    listener.close();
  });

  for (const port of ['65536', '-1', 'here'])
    it(`refuses ${port} as a port of the inspector`, async () => {
      const { code, err } = await ran(['viz', `--inspect=${port}`]);
      expect(code).to.equal(2);
      expect(err).to.include('--inspect').and.include(port);
    });
});
