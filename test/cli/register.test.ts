import { expect } from 'chai';
import * as E from 'fp-ts/lib/Either.js';
import sinon from 'sinon';
import { register } from '../../cli/register.js';
import type { Registration, registerHyperVServices } from '../../native/index.js';
import { KeptTerminal, ran } from './kept-terminal.js';

const requests = '00003039-facb-11e6-bd58-64006a7986d3';

/** A registry that answers this. */
const answering = (answer: Awaited<ReturnType<ReturnType<typeof registerHyperVServices>>>) =>
  sinon.fake(
    (..._asked: Parameters<typeof registerHyperVServices>) =>
      async () =>
        answer,
  );

const became = (outcome: Registration['outcome'], name?: string) =>
  answering(E.right([{ port: 12345, serviceId: requests, outcome, name }]));

describe('proxy-wifi register', () => {
  it('registers the ports for requests and notifications, unless others are given', async () => {
    const change = answering(E.right([]));
    expect(await register({}, new KeptTerminal(), change)).to.equal(0);
    expect(await register({ port: ['2000', '2001', '2000'] }, new KeptTerminal(), change)).to.equal(0);
    expect(change.args).to.deep.equal([
      [[12345, 12346], 'register'],
      [[2000, 2001], 'register'],
    ]);
  });

  it('removes with --remove', async () => {
    const change = became('removed');
    await register({ remove: true, port: ['12345'] }, new KeptTerminal(), change);
    sinon.assert.calledOnceWithExactly(change, [12345], 'remove');
  });

  for (const [outcome, name, says] of [
    ['registered', 'proxy-wifi port 12345', 'registered as "proxy-wifi port 12345"'],
    ['already registered', 'proxy-wifi port 12345', 'already registered as "proxy-wifi port 12345"'],
    ['removed', 'proxy-wifi port 12345', 'removed'],
    ['not registered', undefined, 'was not registered'],
    ['foreign', 'theirs', 'registered by another program as "theirs", and left as it is'],
  ] as const)
    it(`says what became of a port: ${outcome}`, async () => {
      const terminal = new KeptTerminal();
      expect(await register({}, terminal, became(outcome, name))).to.equal(0);
      expect(terminal.lines).to.deep.equal([`Port 12345 (${requests}): ${says}.`]);
    });

  it('gives programs the same as one line of JSON', async () => {
    const terminal = new KeptTerminal();
    await register({ json: true }, terminal, became('foreign', 'theirs'));
    expect(terminal.lines.map((line) => JSON.parse(line))).to.deep.equal([
      { registrations: [{ port: 12345, serviceId: requests, outcome: 'foreign', name: 'theirs' }] },
    ]);
  });

  it('without rights passes on what to do, with exit code 1', async () => {
    const terminal = new KeptTerminal();
    const refused = answering(
      E.left({
        operation: 'RegCreateKeyExW',
        code: 'ERROR_ACCESS_DENIED',
        detail: 'Windows refuses. Open a terminal with "Run as administrator".',
      }),
    );
    expect(await register({}, terminal, refused)).to.equal(1);
    expect(terminal.complaints).to.deep.equal([
      'error: Windows refuses. Open a terminal with "Run as administrator".',
    ]);
    expect(terminal.lines).to.deep.equal([]);
  });

  it('names all wrong ports at once with exit code 2, and changes nothing', async () => {
    const change = answering(E.right([]));
    const terminal = new KeptTerminal();
    expect(await register({ port: ['0', '12345', '65536', '12345 '] }, terminal, change)).to.equal(2);
    expect(terminal.complaints).to.deep.equal(
      ['"0"', '"65536"', '"12345 "'].map(
        (got) => `error: --port: expected a whole number from 1 to 65535, found ${got}`,
      ),
    );
    sinon.assert.notCalled(change);
  });

  if (process.platform !== 'win32')
    it('elsewhere than on Windows says that there is nothing to register, with exit code 1', async () => {
      for (const argv of [['register'], ['register', '--remove', '--port', '12345']]) {
        const { code, out, err } = await ran(argv);
        expect([code, out]).to.deep.equal([1, '']);
        expect(err).to.match(/^error: .* on Windows only, and this is \w+: nothing to register\. .*\.$/);
      }
    });
});
