import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { ran } from '../cli/kept-terminal.js';
import { folderOfEach, serving } from '../cli/serving.js';
import { dissector } from './tshark.js';

const main = fileURLToPath(new URL('../../cli/main.ts', import.meta.url));

describe('proxy-wifi capture --pcapng - | tshark -i -', () => {
  const folder = folderOfEach();
  let stop: () => Promise<unknown> = async () => undefined;
  let isOver = false;
  afterEach(async () => {
    isOver = true;
    await stop();
  });

  it('shows a request and its answer while the service runs', async () => {
    const control = `unix://${folder.path('control.sock')}`;
    const { cli, asGuest } = await serving('--control', control);
    await cli.says(/The control is at/);
    const watching = ['capture', '--control', control, '--pcapng', '-'];
    const capture = spawn(process.execPath, ['--import', 'tsx', main, ...watching], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const shown = ['-T', 'fields', '-e', '_ws.col.Protocol', '-e', '_ws.col.Info'];
    const tshark = spawn('tshark', ['-n', '-l', '-X', `lua_script:${dissector}`, '-i', '-', ...shown], {
      stdio: [capture.stdout, 'pipe', 'ignore'],
    });
    const ended = new Promise((resolve) => tshark.once('close', resolve));
    stop = () => {
      capture.kill('SIGINT');
      return ended;
    };
    const lines: string[] = [];
    let isAnswered = false;
    createInterface({ input: tshark.stdout }).on('line', (line) => {
      // A capture that begins between a request and its answer shows that answer alone.
      if (lines.length > 0 || line.includes('request')) lines.push(line);
      isAnswered ||= lines.length > 1;
    });
    const guest = asGuest();
    // What was said before the capture is not in it.
    do await ran(['guest', 'disconnect', '1', ...guest]);
    while (!isAnswered && !isOver);
    expect(cli.hasEnded).to.equal(false);
    expect(lines.slice(0, 2)).to.deep.equal([
      'proxy-wifi\tdisconnect request: session 1',
      'proxy-wifi\tdisconnect response',
    ]);
  });
});
