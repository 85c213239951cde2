import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { ran } from './kept-terminal.js';

const packageFacts: { readonly version: string } = JSON.parse(
  readFileSync(new URL('../../package.json', import.meta.url), 'utf8'),
);

describe('the command line, asked for nothing', () => {
  it('shows what there is when nothing is asked for, with exit code 2', async () => {
    const { code, err } = await ran([]);
    expect(code).to.equal(2);
    for (const command of ['serve', 'guest', 'demo', 'replay', 'doctor', 'register', 'viz'])
      expect(err).to.include(`  ${command} `);
  });
});

describe('the command line, asked for its version', () => {
  it('gives it with exit code 0', async () => {
    const { code, out } = await ran(['--version']);
    expect([code, out]).to.deep.equal([0, packageFacts.version]);
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
