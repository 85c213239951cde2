import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { declareProgram } from '../../cli/program.js';
import { KeptTerminal, ran } from './kept-terminal.js';

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

describe('what can be typed', () => {
  const declared = (first?: string) => declareProgram(new KeptTerminal(), () => undefined, first).commands;
  const names = (first?: string): readonly string[] => declared(first).map((command) => command.name());

  it('is declared as far as it is needed for what was typed first', () => {
    const all = names();
    expect(all).to.include.members(['serve', 'guest', 'ctl', 'doctor', 'install', 'completion']);
    expect(names('guest')).to.deep.equal(['guest']);
    expect(names('unsave')).to.deep.equal(['doctor', 'install', 'uninstall', 'unsave', 'register']);
    for (const first of ['completion', 'sevre', '--help']) expect(names(first), first).to.deep.equal(all);
  });

  it('has flags without white space around them', () => {
    const [serve] = declared('serve');
    for (const { flags } of serve?.options ?? expect.fail()) expect(flags).to.equal(flags.trim());
    expect(serve?.options.map(({ flags }) => flags)).to.include.members(['--log-json', '--radio <kind>']);
  });
});
