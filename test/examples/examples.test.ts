/** The programs in `examples/`, each run as somebody runs it; `electron-main.cjs` runs with the package. */
import { type ChildProcess, spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { createPlainGuest } from '../../native/guest/index.js';

const root = fileURLToPath(new URL('../../', import.meta.url));
const read = (path: string): string => readFileSync(`${root}${path}`, 'utf8');

/** One of the programs, running. */
class Program {
  readonly #child: ChildProcess;
  readonly ended: Promise<number | null>;
  #look: () => void = () => undefined;
  out = '';

  constructor(name: string, ...args: readonly string[]) {
    this.#child = spawn(process.execPath, ['--import', 'tsx', `examples/${name}`, ...args], { cwd: root });
    for (const stream of [this.#child.stdout, this.#child.stderr])
      stream?.setEncoding('utf8').on('data', (text: string) => {
        this.out += text;
        this.#look();
      });
    this.ended = new Promise((resolve) => this.#child.once('close', resolve));
  }

  /** What the pattern finds, now or once it is written. */
  says(pattern: RegExp): Promise<readonly string[]> {
    return new Promise((resolve, reject) => {
      this.#look = () => {
        const found = pattern.exec(this.out);
        if (found !== null) resolve(found.slice(1));
      };
      this.#look();
      void this.ended.then((code) =>
        reject(new Error(`ended with ${code} without ${pattern}:\n${this.out}`)),
      );
    });
  }

  type(text: string): void {
    this.#child.stdin?.write(text);
  }

  endInput(): void {
    this.#child.stdin?.end();
  }

  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }
}

describe('the examples', function () {
  this.timeout(60_000);
  let running: Program | undefined;
  const start = (name: string, ...args: readonly string[]): Program => {
    running = new Program(name, ...args);
    return running;
  };
  afterEach(() => running?.signal('SIGKILL'));

  it('minimal.ts starts a service and stops it, and the README shows that program', async () => {
    const program = start('minimal.ts');
    expect(await program.ended).to.equal(0);
    expect(program.out).to.match(/^guests reach us at tcp:\/\/127\.0\.0\.1:\d+\nstopped\n$/);
    const source = read('examples/minimal.ts').replace(/^\/\*\*.*\n/, '');
    expect(read('README.md')).to.include(`\`\`\`ts\n${source}\`\`\``);
    expect(source).to.include("proxy.on('endpointFailed'");
  });

  it('ask-the-user.ts asks once for each guest and network, and does as it is told', async () => {
    const program = start('ask-the-user.ts', 'tcp://127.0.0.1:0');
    const [endpoint = ''] = await program.says(/Guests reach us at (tcp:\S+\d)\. /);
    const guest = createPlainGuest({ endpoint, hello: false });
    const connect = () => guest.connect({ ssid: 'Harbour Cafe', passphrase: 'fish and chips' });
    const denied = connect().catch((error: Error) => error.message);
    await program.says(/May tcp:\/\/127\.0\.0\.1 connect this host to Harbour Cafe\? \[y\/N\] /);
    program.type('no\n');
    expect(await denied).to.include('request declined');
    expect(await connect().catch((error: Error) => error.message)).to.include('request declined');
    const open = guest.connect({ ssid: 'Harbour Guests' });
    await program.says(/connect this host to Harbour Guests\? /);
    program.type('y\n');
    expect((await open).sessionId).to.equal(3);
    await program.says(/is connected to Harbour Guests\./);
    expect(program.out.match(/May /g)).to.have.length(2);
    guest.close();
    program.endInput();
    expect(await program.ended).to.equal(0);
  });

  it('changing-networks.ts shows a guest the networks that the application has at that moment', async () => {
    const program = start('changing-networks.ts');
    expect(await program.ended).to.equal(0);
    expect(program.out.trim().split('\n')).to.deep.equal([
      'In sight: nothing',
      'In sight: Lecture Hall, Library',
      'Connected to 02:00:00:00:00:02',
      'In sight: Lecture Hall',
    ]);
  });

  it('web-page.ts sends facts to a page as they happen, and nothing to pages of others', async () => {
    const program = start('web-page.ts', 'tcp://127.0.0.1:0', '0');
    const [endpoint = ''] = await program.says(/Guests reach us at (tcp:\S+\d)\./);
    const [page = ''] = await program.says(/The page is at (http:\S+) until/);
    expect(await (await fetch(page)).text()).to.include("new EventSource('/facts')");
    const facts = await fetch(`${page}facts`);
    const guest = createPlainGuest({ endpoint, hello: false });
    await guest.scan();
    guest.close();
    const decoder = new TextDecoder();
    let seen = '';
    for await (const chunk of facts.body ?? []) {
      seen += decoder.decode(chunk, { stream: true });
      if (seen.includes('guestScanCompleted')) break;
    }
    expect(seen).to.match(
      /^data: \{"type":"guestScanRequested","guest":"tcp:\/\/127\.0\.0\.1","ssid":null\}$/m,
    );
    const status = (await (await fetch(`${page}status`)).json()) as { readonly guests: readonly object[] };
    expect(status.guests).to.have.length(1);
    // `fetch` sets the name itself.
    const { request } = await import('node:http');
    const foreign = await new Promise<number | undefined>((resolve) =>
      request(page, { headers: { host: 'elsewhere.example' } }, ({ statusCode }) =>
        resolve(statusCode),
      ).end(),
    );
    expect(foreign).to.equal(403);
    program.signal('SIGINT');
    expect(await program.ended).to.equal(0);
  });

  it('are all run somewhere, and docs/examples.md says what each is', () => {
    const page = read('docs/examples.md');
    const tested = `${read('test/examples/examples.test.ts')}${read('test/examples/other-languages.test.ts')}${read('test/package/package.test.ts')}${read('test/docs/commands.test.ts')}`;
    for (const name of readdirSync(`${root}examples`)) {
      expect(page, name).to.include(`(../examples/${name})`);
      if (!name.includes('settings-screen')) expect(tested, name).to.include(name);
    }
  });

  it('electron-main.cjs meets what Electron forbids: no native call asks for a buffer outside of V8’s cage', () => {
    const sources = readdirSync(`${root}native`, { recursive: true, encoding: 'utf8' })
      .filter((path) => path.endsWith('.ts'))
      .map((path) => read(`native/${path}`));
    expect(
      sources.filter((source) => /from 'koffi'|import\('koffi'\)|require\('koffi'\)/.test(source)),
    ).not.to.deep.equal([]);
    // koffi.view() is the one function of koffi that makes an external ArrayBuffer.
    expect(sources.filter((source) => /\bkoffi\.view\b|\bview\(/.test(source))).to.deep.equal([]);
  });
});
