/** The virtual machine of WSL, by a `wsl.exe` that the test answers for. */
import { expect } from 'chai';
import * as E from 'fp-ts/lib/Either.js';
import type { Subscription } from 'rxjs';
import {
  type RunWsl,
  runningDistributions,
  vmIdOf,
  type WslRun,
  wslVm,
} from '../../../native/windows/wsl.js';
import { ManualClock } from '../../../streams/clock.js';

const first = '0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0';
const second = '11111111-2222-3333-4444-555555555555';

const said = (text: string, code = 0, encoding: BufferEncoding = 'utf8'): E.Either<string, WslRun> =>
  E.right({ code, output: Buffer.from(text, encoding) });

/** What runs, what it tells of its machine, and what was typed. */
class FakeWsl {
  running: readonly string[] = [];
  id = first;
  /** Distributions without a `wslinfo`. */
  readonly silent = new Set<string>();
  missing = false;
  readonly typed: string[] = [];

  readonly run: RunWsl = async (parameters) => {
    this.typed.push(parameters.join(' '));
    if (this.missing) return E.left('ENOENT');
    if (parameters[0] === '--list')
      return this.running.length === 0
        ? said('There are no running distributions.\r\n', 0xffffffff, 'utf16le')
        : said(this.running.map((name) => `${name}\r\n`).join(''), 0, 'utf16le');
    return this.silent.has(parameters[1] ?? '') ? said('not found', 127) : said(this.id);
  };

  get asked(): number {
    return this.typed.filter((line) => line.includes('wslinfo')).length;
  }
}

describe("WSL's virtual machine", () => {
  let wsl: FakeWsl;
  let clock: ManualClock;
  let told: (string | undefined)[];
  let failure: unknown;
  let subscription: Subscription;

  const follow = async (): Promise<void> => {
    subscription = wslVm(wsl.run, clock).subscribe({
      next: (id) => told.push(id),
      error: (reason: unknown) => {
        failure = reason;
      },
    });
    await clock.advance(0);
  };

  beforeEach(() => {
    [wsl, clock, told, failure] = [new FakeWsl(), new ManualClock(0), [], undefined];
  });

  afterEach(() => {
    subscription.unsubscribe();
    expect(clock.pending).to.equal(0);
  });

  it('is found through a distribution that runs, and told again when its id has changed', async () => {
    wsl.running = ['Ubuntu 24.04'];
    await follow();
    expect(told).to.deep.equal([first]);
    expect(wsl.typed).to.deep.equal([
      '--list --running --quiet',
      '--distribution Ubuntu 24.04 --exec wslinfo --vm-id -n',
    ]);
    wsl.running = [];
    await clock.advance(5_000);
    wsl.id = second;
    wsl.running = ['Ubuntu 24.04'];
    await clock.advance(5_000);
    expect(told).to.deep.equal([first, undefined, second]);
  });

  it('is not started by looking for it', async () => {
    await follow();
    await clock.advance(60_000);
    expect(told).to.deep.equal([undefined]);
    expect(wsl.asked).to.equal(0);
    expect(wsl.typed).to.have.length(13);
  });

  it('is not kept running by asking: once in five minutes while the same distributions run', async () => {
    wsl.running = ['Ubuntu'];
    await follow();
    await clock.advance(299_000);
    expect(wsl.asked).to.equal(1);
    wsl.id = second;
    await clock.advance(6_000);
    expect(wsl.asked).to.equal(2);
    expect(told).to.deep.equal([first, second]);
  });

  it('is asked for anew when other distributions run, and told once while it is the same', async () => {
    wsl.running = ['Ubuntu'];
    await follow();
    wsl.running = ['Ubuntu', 'Debian'];
    await clock.advance(5_000);
    expect(wsl.asked).to.equal(2);
    expect(told).to.deep.equal([first]);
  });

  it('is looked for until one tells it: docker-desktop has no wslinfo', async () => {
    wsl.running = ['docker-desktop'];
    wsl.silent.add('docker-desktop');
    await follow();
    expect(told).to.deep.equal([undefined]);
    wsl.running = ['docker-desktop', 'Debian'];
    await clock.advance(5_000);
    expect(told).to.deep.equal([undefined, first]);
  });

  it('is a failure where there is no wsl.exe', async () => {
    wsl.missing = true;
    await follow();
    expect(failure).to.equal('ENOENT');
  });

  it('is not asked about any more once nobody wants to know', async () => {
    wsl.running = ['Ubuntu'];
    subscription = wslVm(wsl.run, clock).subscribe((id) => told.push(id));
    subscription.unsubscribe();
    await clock.advance(60_000);
    expect([told, wsl.asked]).to.deep.equal([[], 0]);
  });
});

describe('what wsl.exe says', () => {
  const answering = (run: E.Either<string, WslRun>) => async () => run;

  it('is read in UTF-16 and in UTF-8, and is nothing where it fails', async () => {
    for (const encoding of ['utf16le', 'utf8'] as const)
      expect(
        await runningDistributions(answering(said('Ubuntu\r\n\r\nMünchen\r\n', 0, encoding))),
      ).to.deep.equal(E.right(['Ubuntu', 'München']));
    expect(await runningDistributions(answering(said('Es läuft nichts.', 0xffffffff)))).to.deep.equal(
      E.right([]),
    );
  });

  it('is an id only where it is a GUID: WSL 1 says "wsl1"', async () => {
    expect(await vmIdOf(answering(said('wsl1')), ['one'])).to.deep.equal(E.right(undefined));
    expect(await vmIdOf(answering(said(`{${first.toUpperCase()}}\n`)), ['one'])).to.deep.equal(
      E.right(first),
    );
    expect(await vmIdOf(answering(said(first, 1)), ['one'])).to.deep.equal(E.right(undefined));
  });
});
