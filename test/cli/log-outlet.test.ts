import { Writable } from 'node:stream';
import { expect } from 'chai';
import { openOutlet } from '../../cli/log-outlet.js';

/** A reader that takes nothing until it is told to. */
const stuck = () => {
  const taken: string[] = [];
  let goOn: (() => void) | undefined;
  let isReading = false;
  const stream = new Writable({
    decodeStrings: false,
    write: (line: string, _encoding, done) => {
      taken.push(line);
      if (isReading) done();
      else goOn = done;
    },
  });
  const said: number[] = [];
  const outlet = openOutlet(stream, (dropped) => said.push(dropped));
  const read = async (): Promise<void> => {
    isReading = true;
    goOn?.();
    await new Promise((resolve) => setImmediate(resolve));
  };
  return { stream, outlet, taken, said, read, stick: () => (isReading = false) };
};

const kilobyte = `${'x'.repeat(1023)}\n`;

describe('the outlet of the log', () => {
  it('keeps 256 KiB for a reader that does not read, drops the rest, and says so once it reads', async () => {
    const { stream, outlet, taken, said, read, stick } = stuck();
    for (let n = 0; n < 300; n++) outlet.write(kilobyte);
    expect(stream.writableLength).to.equal(256 * 1024);
    expect(outlet.dropped()).to.equal(44);
    expect(said).to.deep.equal([]);
    await read();
    expect(said).to.deep.equal([44]);
    expect(taken).to.have.length(256);
    stick();
    for (let n = 0; n < 260; n++) outlet.write(kilobyte);
    expect(outlet.dropped()).to.equal(48);
    await read();
    expect(said, 'each line is said once').to.deep.equal([44, 4]);
  });

  it('says nothing where nothing was dropped', async () => {
    const { outlet, said, read } = stuck();
    for (let n = 0; n < 200; n++) outlet.write(kilobyte);
    await read();
    expect(said).to.deep.equal([]);
    expect(outlet.dropped()).to.equal(0);
  });

  it('survives a reader that is gone', async () => {
    const { stream, outlet } = stuck();
    stream.emit('error', Object.assign(new Error('write EPIPE'), { code: 'EPIPE' }));
    expect(outlet.dropped()).to.equal(1);
    outlet.write('more\n');
  });
});
