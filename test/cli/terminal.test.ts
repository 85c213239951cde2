import { expect } from 'chai';
import sinon from 'sinon';
import { exitCodes, onInterrupt } from '../../cli/interruption.js';
import { complain, processTerminal, styled } from '../../cli/terminal.js';
import { fileProblem } from '../../cli/text-file.js';
import { KeptTerminal } from './kept-terminal.js';

describe('the terminal of this process', () => {
  afterEach(() => sinon.restore());

  const at = (stream: 'stdin' | 'stdout' | 'stderr', isTTY: boolean | undefined): void => {
    sinon.stub(process, stream).value({ isTTY, write: () => true });
  };

  it('has colour where a person looks who does not mind it', () => {
    const colourOf = (isTTY: boolean | undefined, noColour: string | undefined): boolean => {
      at('stdout', isTTY);
      sinon.stub(process, 'env').value({ NO_COLOR: noColour });
      const { colour } = processTerminal();
      sinon.restore();
      return colour;
    };
    expect([colourOf(true, undefined), colourOf(true, '')]).to.deep.equal([true, true]);
    expect([colourOf(true, '1'), colourOf(false, undefined), colourOf(undefined, undefined)]).to.deep.equal([
      false,
      false,
      false,
    ]);
  });

  it('asks only where a person types and reads', () => {
    const asks = (input: boolean, output: boolean): boolean => {
      at('stdin', input);
      at('stderr', output);
      const { ask } = processTerminal();
      sinon.restore();
      return ask !== undefined;
    };
    expect([asks(true, true), asks(true, false), asks(false, true), asks(false, false)]).to.deep.equal([
      true,
      false,
      false,
      false,
    ]);
  });

  it('writes whole lines, results to one side and the rest to the other', () => {
    const [out, err] = [sinon.fake(), sinon.fake()];
    sinon.stub(process, 'stdout').value({ write: out });
    sinon.stub(process, 'stderr').value({ write: err });
    const terminal = processTerminal();
    terminal.out('done');
    terminal.err('not done');
    sinon.restore();
    expect([out.args, err.args]).to.deep.equal([[['done\n']], [['not done\n']]]);
  });

  it('has texts in a style only where there are styles', () => {
    expect(styled({ colour: true }, 'red', 'x')).to.equal('\u001b[31mx\u001b[39m');
    expect(styled({ colour: false }, 'red', 'x')).to.equal('x');
  });

  it('gets a line for each thing that went wrong', () => {
    const terminal = new KeptTerminal();
    expect(complain(terminal, ['one', 'two'], 2)).to.equal(2);
    expect(terminal.complaints).to.deep.equal(['error: one', 'error: two']);
  });
});

describe('what the system says of a file', () => {
  it('is a sentence with its code, whatever was thrown', () => {
    const said = (error: unknown) => fileProblem('/x', 'read', error);
    expect(said({ code: 'EISDIR' })).to.equal(
      '/x: cannot be read: this is a folder. Give the path of a file (EISDIR).',
    );
    expect(said({ code: 'EIO' })).to.equal('/x: cannot be read: the system refuses (EIO).');
    for (const error of [{}, null, undefined, 'EIO', 5])
      expect(said(error)).to.equal('/x: cannot be read: the system refuses (UNKNOWN).');
  });
});

describe('Ctrl-C and kill', () => {
  afterEach(() => sinon.restore());
  const signals = ['SIGINT', 'SIGQUIT', 'SIGTERM'] as const;

  it('stop once, end the process with the code of the second one, and are let go of', () => {
    const others = new Map(signals.map((signal) => [signal, process.listeners(signal)]));
    const send = (signal: (typeof signals)[number]): void => {
      for (const listener of process.listeners(signal))
        if (others.get(signal)?.includes(listener) === false) listener(signal);
    };
    const exit = sinon.stub(process, 'exit');
    for (const signal of signals) {
      const stop = sinon.fake();
      const letGo = onInterrupt(stop);
      send(signal);
      expect(exit.args).to.deep.equal([]);
      send('SIGTERM');
      expect(exit.firstCall.args).to.deep.equal([143]);
      expect(stop.firstCall.args).to.deep.equal([signal]);
      letGo();
      exit.resetHistory();
      stop.resetHistory();
      send(signal);
      expect([stop.callCount, exit.callCount]).to.deep.equal([0, 0]);
    }
    for (const signal of signals) expect(process.listeners(signal)).to.deep.equal(others.get(signal));
    expect(exitCodes).to.deep.equal({ SIGINT: 130, SIGQUIT: 131, SIGTERM: 143 });
  });
});
