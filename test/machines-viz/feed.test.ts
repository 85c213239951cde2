import { expect } from 'chai';
import sinon from 'sinon';
import { createActor, createMachine } from 'xstate';
import { silentLog } from '../../index.js';
import { Feed, type FeedSocket } from '../../machines-viz/inspector/feed.js';
import { Guard } from '../../machines-viz/inspector/guard.js';
import { eventLimit, type InspectorMessage } from '../../machines-viz/inspector/messages.js';
import { Recorder } from '../../machines-viz/inspector/recorder.js';
import { stateWith } from './states.js';

const megabyte = 1024 * 1024;

/** A page that reads when it likes. */
class SlowSocket {
  bufferedAmount = 0;
  pieces = 0;
  readonly types: string[] = [];
  readonly ids: number[] = [];

  send(text: string): void {
    this.pieces += 1;
    const parsed = JSON.parse(text) as InspectorMessage | readonly InspectorMessage[];
    for (const message of 'type' in parsed ? [parsed] : parsed) {
      this.types.push(message.type);
      if ('id' in message && message.type !== '@xstate.actor') this.ids.push(Number(message.id));
    }
  }

  count(type: string): number {
    return this.types.filter((one) => one === type).length;
  }
}

describe('the feed of a page', () => {
  const lamp = createMachine({ id: 'lamp', on: { pressed: {} } });
  let clock: sinon.SinonFakeTimers;
  let recorder: Recorder;
  let socket: SlowSocket;
  let feed: Feed;
  let press: (times: number) => void;
  let end: () => void;

  const open = (forPage = false): void => {
    socket = new SlowSocket();
    const given: unknown = socket;
    feed = new Feed(given as FeedSocket, recorder, {
      key: 'the key',
      forPage,
      guard: new Guard(silentLog),
    });
    recorder.onEntry(() => feed.wake());
  };

  beforeEach(() => {
    clock = sinon.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    recorder = new Recorder(() => 0);
    const actor = createActor(lamp, { inspect: recorder.inspect }).start();
    press = (times) => {
      for (let i = 0; i < times; i += 1) actor.send({ type: 'pressed' });
    };
    end = () => actor.stop();
  });

  afterEach(() => {
    feed.close();
    end();
    clock.restore();
  });

  const inOrder = (): void => {
    expect(socket.ids).to.deep.equal([...socket.ids].sort((a, b) => a - b));
    expect(new Set(socket.ids).size).to.equal(socket.ids.length);
  };

  it('tells what is kept in pieces, says once that this was all, and goes on with what happens', () => {
    press(1000);
    open();
    expect(socket.types).to.deep.equal(['@proxy-wifi.hello']);
    const atOnce: number[] = [];
    while (socket.count('@proxy-wifi.caught-up') === 0) {
      const before = socket.types.length;
      clock.next();
      atOnce.push(socket.types.length - before);
    }
    // An actor, 1001 events, as many snapshots, and the word that this was all.
    expect(atOnce).to.deep.equal([400, 400, 400, 400, 400, 4]);
    expect(socket.types.at(-1)).to.equal('@proxy-wifi.caught-up');
    expect(socket.count('@xstate.event')).to.equal(1001);
    press(2);
    clock.runAll();
    expect(socket.count('@xstate.event')).to.equal(1003);
    expect(socket.count('@proxy-wifi.caught-up')).to.equal(1);
    inOrder();
  });

  it('waits while more than 4 MiB are on their way to a page that does not read', () => {
    press(500);
    open();
    clock.next();
    const told = socket.types.length;
    socket.bufferedAmount = 4 * megabyte + 1;
    for (let i = 0; i < 100; i += 1) clock.next();
    expect(socket.types).to.have.lengthOf(told);
    socket.bufferedAmount = 4 * megabyte;
    clock.runAll();
    expect(socket.types.at(-1)).to.equal('@proxy-wifi.caught-up');
    inOrder();
  });

  it('begins anew for a page that has missed what is no longer kept', () => {
    press(10);
    open();
    clock.runAll();
    socket.bufferedAmount = 5 * megabyte;
    press(eventLimit + 100);
    clock.next();
    socket.bufferedAmount = 0;
    clock.runAll();
    expect(socket.count('@proxy-wifi.hello')).to.equal(2);
    expect(socket.count('@proxy-wifi.caught-up')).to.equal(2);
    expect(socket.types.indexOf('@proxy-wifi.hello', 1)).to.be.lessThan(
      socket.types.lastIndexOf('@proxy-wifi.caught-up'),
    );
    const anew = socket.types.slice(socket.types.lastIndexOf('@proxy-wifi.hello'));
    expect(anew[1], 'the actor whose beginning is not kept').to.equal('@xstate.actor');
    expect(anew.filter((type) => type === '@xstate.event')).to.have.lengthOf(eventLimit);
  });

  it('tells its own page as much in a few pieces as it tells other tools in many', () => {
    press(4000);
    open();
    clock.runAll();
    const { types, ids, pieces } = socket;
    expect(pieces).to.equal(types.length);
    feed.close();
    open(true);
    clock.runAll();
    expect(socket.types).to.deep.equal(types);
    expect(socket.ids).to.deep.equal(ids);
    expect(socket.pieces).to.be.within(10, 30);
  });

  it('begins with the state of everything that was before the oldest event', () => {
    recorder.noteStatus(stateWith({ incomplete: 1 }));
    press(eventLimit + 10);
    open();
    clock.next();
    expect(socket.types.slice(0, 3)).to.deep.equal([
      '@proxy-wifi.hello',
      '@xstate.actor',
      '@proxy-wifi.status',
    ]);
  });

  it('is silent once it is closed', () => {
    press(1000);
    open();
    clock.next();
    const told = socket.types.length;
    feed.close();
    press(1);
    clock.runAll();
    expect(socket.types).to.have.lengthOf(told);
  });
});
