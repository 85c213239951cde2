import { expect } from 'chai';
import { ran } from './kept-terminal.js';

interface Mistake {
  readonly argv: readonly string[];
  /** Everything that the error has to say. */
  readonly says: readonly string[];
}

const port = 'expected a whole number from';

const mistakes: readonly Mistake[] = [
  { argv: ['sevre'], says: ["unknown command 'sevre'", 'serve'] },
  { argv: ['--lisen', 'x'], says: ["unknown option '--lisen'"] },
  { argv: ['serve', '--lisen', 'x'], says: ["unknown option '--lisen'", '--listen'] },
  { argv: ['serve', 'now', 'please'], says: ['"now", "please"', 'expected no argument'] },
  { argv: ['serve', '--listen'], says: ["'--listen <url>' argument missing"] },
  { argv: ['serve', '--listen', 'http://x'], says: ['--listen: expected an endpoint URL', '"http://x"'] },
  { argv: ['serve', '--request-port', '70000'], says: [`--request-port: ${port} 0 to 65535`, '70000'] },
  { argv: ['serve', '--request-port', '12e3'], says: [`--request-port: ${port} 0 to 65535`, '"12e3"'] },
  { argv: ['serve', '--notification-port', '0'], says: [`--notification-port: ${port} 1 to 65535`, '0'] },
  { argv: ['serve', '--allow', 'nobody'], says: ['--allow: expected a guest', '"nobody"'] },
  { argv: ['serve', '--radio', 'loud'], says: ['--radio: expected one of "host"', '"simulated"', '"loud"'] },
  { argv: ['serve', '--driver', 'old'], says: ['--driver: expected one of "with-scan-complete"', '"old"'] },
  { argv: ['serve', '--contention', 'war'], says: ['--contention: expected one of "first-wins"', '"war"'] },
  { argv: ['serve', '--metrics', 'x:y'], says: ['--metrics: expected PORT', '127.0.0.1:9464', '"x:y"'] },
  { argv: ['serve', '--inspect', '65536'], says: ['--inspect: expected a port from 0', '"65536"'] },
  { argv: ['serve', '--metrics', '65536'], says: ['--metrics: expected PORT', '"65536"'] },
  { argv: ['serve', '--log-level', 'loud'], says: ['--log-level: expected one of "silent"', '"loud"'] },
  {
    argv: ['serve', '--radio', 'none', '--scenario', 'x.json'],
    says: ['--scenario: expected --radio simulated', '--radio none'],
  },
  {
    argv: ['serve', '--config', '/nowhere/at/all.json'],
    says: ['/nowhere/at/all.json', 'no such file', 'ENOENT'],
  },
  { argv: ['serve', '--scenario', '/nowhere.json'], says: ['/nowhere.json', 'no such file'] },
  { argv: ['serve', '--networks', '/'], says: ['/: cannot be read', 'folder', 'EISDIR'] },
  { argv: ['guest', 'dance'], says: ["unknown command 'dance'"] },
  {
    argv: ['guest', 'scan', '--endpoint', 'ftp://x'],
    says: ['--endpoint: "ftp://x": expected', 'tcp://ADDRESS'],
  },
  { argv: ['guest', 'scan', '--address', 'me'], says: ['--address: expected an IP address', '"me"'] },
  { argv: ['guest', 'scan', '--request-port', '0'], says: [`--request-port: ${port} 1 to 65535`, '"0"'] },
  { argv: ['guest', 'scan', '--notification-port', '-'], says: [`--notification-port: ${port} 1`, '"-"'] },
  { argv: ['guest', 'scan', '--driver', 'old'], says: ["--driver: expected 'with-scan-complete'", '"old"'] },
  { argv: ['guest', 'scan', 'x'.repeat(33)], says: ['SSID "xxx', 'at most 32 bytes', '33'] },
  { argv: ['guest', 'scan', '--hex', 'abc'], says: ['SSID "abc"', 'digits 0-9 and a-f'] },
  { argv: ['guest', 'scan', 'a', 'b'], says: ['unexpected argument "b"', 'expected one argument at most'] },
  { argv: ['guest', 'connect'], says: ["missing required argument 'ssid'"] },
  {
    argv: ['guest', 'connect', 'x', '--open', '--bssid', '02:00'],
    says: ['--bssid: expected an address', '"02:00"'],
  },
  {
    argv: ['guest', 'connect', 'x', '--open', '--passphrase-stdin'],
    says: ['--open, --passphrase-stdin, --passphrase-file: expected one of them'],
  },
  { argv: ['guest', 'connect', 'x'], says: ['no passphrase', '--passphrase-stdin', '--open'] },
  { argv: ['guest', 'connect', 'x', '--passphrase-file', '/nowhere'], says: ['/nowhere', 'no such file'] },
  {
    argv: ['guest', 'connect', 'x', '--passphrase', 'hunter2hunter2'],
    says: ["unknown option '--passphrase'"],
  },
  { argv: ['guest', 'disconnect'], says: ["missing required argument 'session'"] },
  { argv: ['guest', 'disconnect', 'first'], says: ['SESSION: expected the number', '"first"'] },
  { argv: ['guest', 'disconnect', '-1'], says: ['SESSION: expected the number', '"-1"'] },
  { argv: ['replay'], says: ["missing required argument 'file'"] },
  { argv: ['replay', '/nowhere.ndjson'], says: ['/nowhere.ndjson', 'no such file'] },
  { argv: ['doctor', '--request-port', '1.5'], says: [`--request-port: ${port} 1 to 65535`, '"1.5"'] },
  { argv: ['register', '--port', '70000'], says: [`--port: ${port} 1 to 65535`, '"70000"'] },
  { argv: ['register', '12345'], says: ['unexpected argument "12345"', 'expected no argument'] },
  { argv: ['demo', 'me'], says: ['unexpected argument "me"', 'expected no argument'] },
];

describe('the command line, typed wrongly', () => {
  for (const { argv, says } of mistakes) {
    it(`ends with exit code 2 and says what was expected: ${argv.join(' ')}`, async () => {
      const { code, out, err } = await ran(argv);
      expect(code).to.equal(2);
      for (const text of says) expect(err).to.include(text);
      expect(err).not.to.match(/\n\s+at /);
      expect(out).to.equal('');
    });
  }

  it('names every mistake at once', async () => {
    const { err } = await ran(['serve', '--listen', 'here', '--request-port', '-1', '--metrics', 'there']);
    expect(err.split('\n').filter((line) => line.startsWith('error: '))).to.have.length(3);
  });

  it('shows what there is when nothing is asked for, with exit code 2', async () => {
    const { code, err } = await ran([]);
    expect(code).to.equal(2);
    for (const command of ['serve', 'guest', 'demo', 'replay', 'doctor', 'register', 'viz'])
      expect(err).to.include(`  ${command} `);
  });
});

describe('the command line, asked for help', () => {
  for (const argv of [
    ['--help'],
    ['serve', '--help'],
    ['guest', '--help'],
    ['guest', 'connect', '--help'],
    ['replay', '--help'],
  ]) {
    it(`gives it on standard output with exit code 0: ${argv.join(' ')}`, async () => {
      const { code, out, err } = await ran(argv);
      expect(code).to.equal(0);
      expect(out).to.include('Usage: proxy-wifi');
      expect(err).to.equal('');
    });
  }

  it('does not repeat what may be a passphrase', async () => {
    const { code, err } = await ran(['guest', 'connect', 'Harbour Cafe', 'hunter2hunter2']);
    expect(code).to.equal(2);
    expect(err).to.include('--passphrase-stdin').and.not.to.include('hunter2');
  });

  it('never offers to take a passphrase as an argument', async () => {
    const { out } = await ran(['guest', 'connect', '--help']);
    expect(out).to.include('--passphrase-stdin').and.to.include('--passphrase-file <file>');
    expect(out).not.to.match(/--passphrase[ =]/);
  });
});
