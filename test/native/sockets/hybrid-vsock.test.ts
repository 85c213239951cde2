import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { expect } from 'chai';
import * as E from 'fp-ts/lib/Either.js';
import { connectLine, isOk, readLine, requestedPort } from '../../../native/sockets/hybrid-vsock.js';
import { ManualClock } from '../../../streams/clock.js';

/** The longest line that there is. */
const longest = 'CONNECT 4294967295';

describe('the handshake of hybrid vsock', () => {
  let server: Server;
  let writer: Socket;
  let reader: Socket;
  let clock: ManualClock;

  beforeEach(async () => {
    clock = new ManualClock();
    server = createServer({ pauseOnConnect: true });
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const address = server.address();
    const accepted = once(server, 'connection');
    writer = connect({ port: typeof address === 'object' && address !== null ? address.port : 0 });
    [reader] = await accepted;
  });

  afterEach(() => {
    writer.destroy();
    reader.destroy();
    server.close();
    expect(clock.pending).to.equal(0);
  });

  it('takes the longest line that there is', async () => {
    writer.write(`${longest}\n`);
    expect(await readLine(reader, clock)).to.deep.equal(E.right(longest));
    expect(longest).to.equal(connectLine(4294967295));
  });

  for (const [title, text] of [
    ['with its end', `${longest}0\nmore`],
    ['without an end', `${longest}0`],
    ['in one piece with much more', `${longest}${'0'.repeat(5000)}`],
  ] as const)
    it(`refuses a line that is one byte longer, ${title}, and keeps no more of it`, async () => {
      writer.write(text);
      expect(await readLine(reader, clock)).to.deep.equal(
        E.left({ reason: 'too long', start: `${longest}0` }),
      );
    });

  it('leaves what follows the line to whoever reads next', async () => {
    writer.write('OK 1\nbytes');
    expect(await readLine(reader, clock)).to.deep.equal(E.right('OK 1'));
    expect(String((await once(reader.resume(), 'data'))[0])).to.equal('bytes');
  });

  it('asks for a port, and for nothing besides', () => {
    expect(requestedPort('CONNECT 12346')).to.equal(12346);
    for (const line of [
      'CONNECT 12346 ',
      'CONNECT 12346x',
      ' CONNECT 1',
      'CONNECT',
      'CONNECT ',
      'connect 1',
      'CONNECT 12345678901',
    ])
      expect(requestedPort(line), line).to.equal(undefined);
  });

  it('says OK with a number, and nothing besides', () => {
    expect(isOk('OK 1073741824')).to.equal(true);
    for (const line of ['OK', 'OK 1 ', 'OK 1x', 'NOT OK 1', 'OK 12345678901'])
      expect(isOk(line), line).to.equal(false);
  });
});
