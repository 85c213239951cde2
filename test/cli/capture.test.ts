import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { appendFile, readFile, rename, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import * as E from 'fp-ts/lib/Either.js';
import sinon from 'sinon';
import { capture } from '../../cli/capture.js';
import { type CapturedFrame, framesOfPcapng } from '../../cli/pcapng.js';
import { guestSession, hex } from '../protocol/captures.js';
import type { CliProcess } from './cli-process.js';
import { KeptTerminal, ran } from './kept-terminal.js';
import { eventStream, scriptedService } from './scripted-service.js';
import { folderOfEach, serving } from './serving.js';

const session = fileURLToPath(new URL('../fixtures/linux-guest-session.ndjson', import.meta.url));
const main = fileURLToPath(new URL('../../cli/main.ts', import.meta.url));

const framesOf = (bytes: Uint8Array): readonly CapturedFrame[] =>
  E.getOrElse((problem: string): readonly CapturedFrame[] => expect.fail(problem))(framesOfPcapng(bytes));

const lineOf = (t: number, digits: string, guest = 'vsock://3'): string =>
  `${JSON.stringify({ t, channel: 'request', from: 'guest', guest, hex: digits })}\n`;

/** A `capture` to standard output, and what it has written. */
class Following {
  readonly #child: ReturnType<typeof spawn>;
  readonly ended: Promise<number | null>;
  #out = Buffer.alloc(0);
  #more = (): void => undefined;

  constructor(...what: readonly string[]) {
    this.#child = spawn(process.execPath, ['--import', 'tsx', main, 'capture', ...what, '--pcapng', '-']);
    this.#child.stdout?.on('data', (chunk: Buffer) => {
      this.#out = Buffer.concat([this.#out, chunk]);
      this.#more();
    });
    this.ended = new Promise((resolve) => this.#child.once('close', resolve));
  }

  /** Frames that have come. */
  get count(): number {
    return this.#out.length === 0 ? 0 : framesOf(this.#out).length;
  }

  /** Waits until so many frames are there. */
  async frames(count: number): Promise<readonly string[]> {
    for (;;) {
      const frames = this.#out.length === 0 ? [] : framesOf(this.#out);
      if (frames.length >= count) return frames.map(({ time, frame }) => `${time} ${hex(frame)}`);
      await new Promise<void>((resolve) => {
        this.#more = resolve;
      });
    }
  }

  stop(signal: 'SIGINT' | 'SIGTERM' = 'SIGINT'): void {
    this.#child.kill(signal);
  }
}

describe('proxy-wifi capture', function () {
  this.timeout(60_000);
  const folder = folderOfEach();

  it('makes a pcapng file of a recording, and never overwrites one', async () => {
    const out = folder.path('session.pcapng');
    expect(await ran(['capture', session, '--pcapng', out])).to.include({
      code: 0,
      out: `${out}: 36 frames.`,
    });
    const frames = framesOf(await readFile(out));
    expect(frames.map(({ from, channel, frame }) => ({ from, channel, hex: hex(frame) }))).to.deep.equal(
      guestSession.map(({ from, channel, hex: digits }) => ({ from, channel, hex: digits })),
    );
    const refused = await ran(['capture', session, '--pcapng', out]);
    expect(refused.code).to.equal(1);
    expect(refused.err).to.include('is there already').and.to.include('--force');
    expect((await ran(['capture', session, '--pcapng', out, '--force'])).code).to.equal(0);
  });

  it('neither begins nor overwrites a file for what cannot be read, or is not there', async () => {
    const out = folder.path('out.pcapng');
    const broken = folder.path('broken.ndjson');
    await writeFile(broken, 'hello');
    const sources = [
      [folder.path('none')],
      [folder.path('none'), '--follow'],
      [broken],
      ['--control', `unix://${folder.path('none.sock')}`],
    ];
    for (const source of sources) {
      expect((await ran(['capture', ...source, '--pcapng', out])).code, source.join(' ')).to.equal(1);
      expect(existsSync(out)).to.equal(false);
    }
    await writeFile(out, 'precious');
    for (const source of sources) await ran(['capture', ...source, '--pcapng', out, '--force']);
    expect(await readFile(out, 'utf8')).to.equal('precious');
  });

  it('may take the place of what it is made of', async () => {
    const out = folder.path('session.pcapng');
    await ran(['capture', session, '--pcapng', out]);
    expect(await ran(['capture', out, '--pcapng', out, '--force'])).to.include({ out: `${out}: 36 frames.` });
  });

  it('says which guests there are when one is named that is not there', async () => {
    const out = folder.path('out.pcapng');
    const { code, err } = await ran(['capture', session, '--pcapng', out, '--guest', 'vsock://5']);
    expect(code).to.equal(1);
    expect(err).to.match(/^error: .*\.ndjson: no guest "vsock:\/\/5": there is one without a name$/);
    expect(existsSync(out)).to.equal(false);
  });

  it('takes the frames of one guest', async () => {
    const file = folder.path('seen.ndjson');
    await writeFile(
      file,
      lineOf(0, '01', 'vsock://3') + lineOf(1, '02', 'vsock://4') + lineOf(2, '03', 'vsock://3'),
    );
    const out = folder.path('three.pcapng');
    expect((await ran(['capture', file, '--pcapng', out, '--guest', 'vsock://3'])).code).to.equal(0);
    expect(framesOf(await readFile(out)).map(({ frame }) => hex(frame))).to.deep.equal(['01', '03']);
  });

  it('follows a recording that is being written, over half lines and from one file to the next, until Ctrl-C', async () => {
    const file = folder.path('seen.ndjson');
    const head = `${JSON.stringify({ t: 0, note: 'begin', start: 1000 })}\n`;
    await writeFile(file, head + lineOf(0, '01'));
    const following = new Following(file, '--follow');
    expect(await following.frames(1)).to.deep.equal(['1000 01']);
    const line = lineOf(0.5, '02');
    await appendFile(file, line.slice(0, 10));
    await appendFile(file, line.slice(10));
    expect((await following.frames(2)).at(-1)).to.equal('1500 02');
    await rename(file, folder.path('seen.1.ndjson'));
    await writeFile(folder.path('next'), head + lineOf(0.7, '03'));
    await rename(folder.path('next'), file);
    expect((await following.frames(3)).at(-1)).to.equal('1700 03');
    following.stop();
    expect(await following.ended).to.equal(130);
  });

  for (const [what, stop, exitCode] of [
    ['Ctrl-C', (following: Following) => following.stop(), 130],
    ['SIGTERM', (following: Following) => following.stop('SIGTERM'), 143],
    ['the service ends', (_: Following, service: CliProcess) => service.signal('SIGTERM'), 0],
  ] as const)
    it(`shows what a running service sees as it happens, until ${what}`, async () => {
      const control = `unix://${folder.path('control.sock')}`;
      const { cli, asGuest } = await serving('--control', control);
      await cli.says(/The control is at/);
      const following = new Following('--control', control);
      const guest = asGuest();
      // What was said before the capture is not in it.
      do await ran(['guest', 'disconnect', '1', ...guest]);
      while (following.count === 0);
      await ran(['guest', 'disconnect', '1', ...guest]);
      // It may have begun between a request and its answer.
      const lines = await following.frames(3);
      const first = lines.findIndex((line) => / 05/.test(line));
      expect(lines[first]).to.match(/^\d{13} 05/);
      expect(lines[first + 1]).to.match(/^\d{13} 06/);
      stop(following, cli);
      expect(await following.ended).to.equal(exitCode);
    });

  it('says when there is no such service, or two things to capture', async () => {
    const control = `unix://${folder.path('none.sock')}`;
    const out = ['--pcapng', folder.path('x.pcapng')];
    const none = await ran(['capture', '--control', control, ...out]);
    expect(none).to.include({ code: 1 });
    expect(none.err).to.equal(
      `error: connect ${control}: there is no such socket (ENOENT). Is a service running with --control? Say which with --control.`,
    );
    const both = await ran(['capture', session, '--control', control, ...out]);
    expect(both).to.include({
      code: 2,
      err: `error: --control: expected no recording beside it, found ${JSON.stringify(session)}`,
    });
    const bare = await ran(['capture', '--follow', ...out]);
    expect(bare.code).to.equal(2);
    expect(bare.err).to.include('--follow: expected a recording beside it');
    const wrong = await ran(['capture', '--control', 'http://here', ...out]);
    expect(wrong.code).to.equal(2);
    expect(wrong.err).to.match(/--control: expected unix:.*, found "http:\/\/here"/);
  });

  it('says what is wrong with the recording', async () => {
    const { code, err } = await ran(['capture', folder.path('none'), '--pcapng', folder.path('x')]);
    expect({ code, err }).to.deep.equal({
      code: 1,
      err: `error: ${folder.path('none')}: cannot be read: no such file. Check the path (ENOENT).`,
    });
  });
});

describe('a capture of a recording that is followed', () => {
  const folder = folderOfEach();
  /** Signals are caught by mocha as well: only who has come since is told. */
  const others = new Set(process.listeners('SIGINT'));
  const interrupt = (): void => {
    for (const listener of process.listeners('SIGINT')) if (!others.has(listener)) listener('SIGINT');
  };
  beforeEach(() => {
    others.clear();
    for (const listener of process.listeners('SIGINT')) others.add(listener);
  });
  afterEach(() => {
    interrupt();
    sinon.restore();
  });

  it('waits where nothing new has come, and not once it is interrupted', async () => {
    const file = folder.path('seen.ndjson');
    await writeFile(file, `${JSON.stringify({ t: 0, note: 'begin', start: 1000 })}\n${lineOf(0, '01')}`);
    const waits = new Promise<number>((resolve) => {
      sinon
        .stub(globalThis, 'setTimeout')
        .callsFake(((_: () => void, milliseconds: number) =>
          resolve(milliseconds)) as unknown as typeof setTimeout);
    });
    const terminal = new KeptTerminal();
    const out = folder.path('out.pcapng');
    const captured = capture(file, { pcapng: out, follow: true }, terminal);
    expect(await waits).to.equal(200);
    interrupt();
    expect(await captured).to.equal(130);
    expect([terminal.lines, terminal.complaints]).to.deep.equal([
      [`${out}: 1 frames.`],
      ['Stopped by SIGINT.'],
    ]);
  });

  it('ends with what is wrong with a line that comes', async () => {
    const file = folder.path('seen.ndjson');
    await writeFile(file, `${lineOf(0, '01')}nonsense\n`);
    const { code, err } = await ran(['capture', file, '--follow', '--pcapng', folder.path('out.pcapng')]);
    expect([code, err]).to.deep.equal([1, `error: ${file}: line 2: expected one JSON object a line`]);
  });
});

describe('a capture of a running service', () => {
  const { address, answers } = scriptedService();
  const folder = folderOfEach();
  const captured = (...more: readonly string[]) =>
    ran(['capture', '--control', address(), '--pcapng', folder.path('out.pcapng'), ...more]);
  const frame = (guest: string, digits: string, time?: number) =>
    ['frame', { time, guest, channel: 'request', from: 'guest', hex: digits }] as const;
  beforeEach(() => answers.set('/guests', { guests: [] }));

  it('has the frames that came, says which did not, and ends with the service', async () => {
    answers.set(
      '/events?only=frames',
      eventStream(
        frame('vsock://3', '01', 1000),
        ['missed', { count: 12 }],
        ['fact', { type: 'guestAppeared' }],
        frame('vsock://3', 'xx', 2000),
        frame('vsock://4', '02'),
        frame('vsock://3', '03', 3000),
      ),
    );
    const { code, out, err } = await captured();
    const [one, two, ...more] = err.split('\n');
    expect(one).to.equal('12 frames are missing here: they came too fast.');
    expect(two).to.match(/^frame 2 is missing here: hex: expected a frame in hex/);
    expect(more).to.deep.equal([]);
    expect([code, out]).to.deep.equal([0, `${folder.path('out.pcapng')}: 3 frames.`]);
    const frames = framesOf(await readFile(folder.path('out.pcapng')));
    expect(
      frames.map(({ time, guest, frame: bytes }) => [time, guest, hex(bytes)]),
      'a frame without a time comes right after the one before',
    ).to.deep.equal([
      [1000, 'vsock://3', '01'],
      [1000, 'vsock://4', '02'],
      [3000, 'vsock://3', '03'],
    ]);
  });

  it('has those of one guest where one is named', async () => {
    answers.set(
      '/events?only=frames',
      eventStream(frame('vsock://3', '01', 1), frame('vsock://4', '02', 2), frame('vsock://3', '03', 3)),
    );
    expect((await captured('--guest', 'vsock://4')).out).to.equal(`${folder.path('out.pcapng')}: 1 frames.`);
    expect(framesOf(await readFile(folder.path('out.pcapng'))).map(({ guest }) => guest)).to.deep.equal([
      'vsock://4',
    ]);
  });

  it('says why there is none when it cannot be watched', async () => {
    expect(await captured()).to.deep.include({
      code: 1,
      err: `error: ${address()}: this is not proxy-wifi (HTTP 404)`,
    });
  });
});
