import { once } from 'node:events';
import { connect, Server, type Socket } from 'node:net';
import { expect } from 'chai';
import sinon from 'sinon';
import { createActor, setup } from 'xstate';
import { type LogFacts, silentLog } from '../../index.js';
import { createInspector, type Inspector } from '../../machines-viz/index.js';
import { Guard } from '../../machines-viz/inspector/guard.js';
import { machines } from '../../machines-viz/machines.js';
import { right } from '../protocol/either.js';
import { Listener } from './listener.js';

interface Line extends LogFacts {
  readonly message: string;
}

/** A log that keeps its errors. */
const keptLog = () => {
  const lines: Line[] = [];
  return {
    lines,
    log: { ...silentLog, error: (facts: LogFacts, message: string) => lines.push({ ...facts, message }) },
  };
};

const upgradeOf = (target: string, port: number, token = ''): string =>
  [
    `GET ${target}${token} HTTP/1.1`,
    `Host: 127.0.0.1:${port}`,
    'Connection: Upgrade',
    'Upgrade: websocket',
    'Sec-WebSocket-Version: 13',
    'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==',
    '\r\n',
  ].join('\r\n');

/** Status of the answer to bytes that are no browser's. */
const statusOf = async (port: number, bytes: string): Promise<string> => {
  const socket = connect({ host: '127.0.0.1', port });
  socket.write(bytes);
  const [answer] = await once(socket, 'data');
  socket.destroy();
  return String(answer).split(' ')[1] ?? '';
};

describe('the inspector goes on', () => {
  let inspector: Inspector;
  let kept: ReturnType<typeof keptLog>;
  let listening: sinon.SinonSpy;

  beforeEach(async () => {
    kept = keptLog();
    listening = sinon.spy(Server.prototype, 'listen');
    inspector = right(await createInspector({ port: 0, log: kept.log })());
  });

  afterEach(async () => {
    listening.restore();
    await inspector.close();
  });

  const isServed = async (): Promise<void> => {
    expect((await fetch(`http://127.0.0.1:${inspector.port}/icon.svg`)).status).to.equal(200);
  };

  for (const target of ['//', 'http://[', '//:%', '\\\\'])
    it(`when a socket is asked for at ${target}, which is no address`, async () => {
      expect(await statusOf(inspector.port, upgradeOf(target, inspector.port))).to.match(/^40[01]$/);
      await isServed();
    });

  it('when a page is asked for at an address that is none', async () => {
    const request = `GET // HTTP/1.1\r\nHost: 127.0.0.1:${inspector.port}\r\n\r\n`;
    expect(await statusOf(inspector.port, request)).to.match(/^40[04]$/);
    await isServed();
  });

  it('when sockets that it refuses are reset', async () => {
    for (let i = 0; i < 40; i += 1) {
      const socket = connect({ host: '127.0.0.1', port: inspector.port });
      socket.on('error', () => undefined);
      await once(socket, 'connect');
      socket.write(upgradeOf('/', inspector.port), () => socket.resetAndDestroy());
      await once(socket, 'close');
    }
    await isServed();
  });

  it('when who was refused does not hang up: it ends all the same', async () => {
    const socket: Socket = connect({ host: '127.0.0.1', port: inspector.port, allowHalfOpen: true });
    socket.on('error', () => undefined);
    socket.write(upgradeOf('/', inspector.port));
    await once(socket, 'data');
    await inspector.close();
    socket.destroy();
  });

  it('when the system cannot accept a connection, and says so', async () => {
    const server = listening.thisValues[0] as Server;
    for (let i = 0; i < 3; i += 1) server.emit('error', new Error('accept EMFILE'));
    await isServed();
    expect(kept.lines.map(({ problem }) => problem)).to.include('Error: accept EMFILE');
  });

  it('when what it is shown cannot be kept: the service never notices', () => {
    const broken = {
      get type(): never {
        throw new Error('no type today');
      },
    };
    expect(() => inspector.inspect(broken as never)).not.to.throw();
    expect(() => inspector.frameTap(null as never)).not.to.throw();
    expect(kept.lines[0]).to.deep.include({ problem: 'Error: no type today', failures: 1 });
  });

  it('when a machine cannot be drawn: it is drawn when it is asked for again, and then once', async () => {
    const machine = machines.find(({ id }) => id === 'stateKeeper');
    if (machine === undefined) throw new Error('no machine');
    const root = sinon.stub();
    const own = Object.getOwnPropertyDescriptor(machine, 'root');
    const states = machine.root;
    Object.defineProperty(machine, 'root', { get: root, configurable: true });
    try {
      const asked = () => fetch(`http://127.0.0.1:${inspector.port}/machines/stateKeeper.svg`);
      root.throws(new Error('no pencil'));
      const failed = await asked();
      expect(failed.status).to.equal(500);
      expect(await failed.text()).to.include('no pencil');
      expect(kept.lines.map(({ problem }) => problem)).to.include('Error: no pencil');
      root.resetBehavior();
      root.returns(states);
      expect((await asked()).status).to.equal(200);
      const looks = root.callCount;
      expect((await asked()).status).to.equal(200);
      expect(root.callCount).to.equal(looks);
    } finally {
      if (own === undefined) Reflect.deleteProperty(machine, 'root');
      else Object.defineProperty(machine, 'root', own);
    }
  });

  it('when one message cannot be made: the others come', async () => {
    const unnamed = setup({}).createMachine({
      id: 'unnamed',
      on: { tick: { guard: () => true } },
    });
    const actor = createActor(unnamed, { inspect: inspector.inspect }).start();
    actor.send({ type: 'tick', at: 5n });
    const listener = new Listener(inspector.socketUrl());
    await listener.first('@proxy-wifi.caught-up');
    const tick = await listener.first('@xstate.event', ({ event }) => event.type === 'tick');
    listener.close();
    actor.stop();
    expect(tick.event).to.deep.equal({ type: 'tick', at: '5' });
    expect(listener.messages.some(({ type }) => type === '@xstate.actor')).to.equal(false);
    expect(kept.lines[0]?.problem).to.include('machine unnamed');
  });
});

describe('a guard', () => {
  it('counts what fails under it, and says so at the first, second, fourth, eighth … time', () => {
    const { lines, log } = keptLog();
    const guard = new Guard(log);
    const fail = guard.top('the tap', (text: string) => {
      throw new TypeError(text);
    });
    for (let i = 1; i <= 9; i += 1) fail(`no ${i}`);
    expect(lines.map(({ source, failures, problem }) => [source, failures, problem])).to.deep.equal([
      ['the tap', 1, 'TypeError: no 1'],
      ['the tap', 2, 'TypeError: no 2'],
      ['the tap', 4, 'TypeError: no 4'],
      ['the tap', 8, 'TypeError: no 8'],
    ]);
    expect(guard.failures).to.equal(9);
  });

  it('passes on what does not fail', () => {
    const heard = sinon.spy();
    new Guard(silentLog).top('the tap', heard)('frame', 7);
    expect(heard.args).to.deep.equal([['frame', 7]]);
  });

  it('stands though the log fails', () => {
    const guard = new Guard({
      ...silentLog,
      error: () => {
        throw new Error('no paper');
      },
    });
    expect(guard.top('the tap', () => JSON.parse('{'))).not.to.throw();
  });
});
