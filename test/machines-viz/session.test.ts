import { expect } from 'chai';
import type {
  ActorMessage,
  EventMessage,
  RecordedMessage,
  SnapshotMessage,
  StatusMessage,
} from '../../machines-viz/inspector/messages.js';
import { Session } from '../../machines-viz/page/session.js';
import { loadSession, saveSession } from '../../machines-viz/page/session-file.js';
import { activePaths, stateText } from '../../machines-viz/page/state-text.js';
import { stateWith } from './states.js';

const base = (id: number) => ({
  sessionId: 'x:0',
  rootId: 'x:0',
  createdAt: String(id),
  id: String(id),
  _version: '1',
});

const actor: ActorMessage = {
  ...base(0),
  type: '@xstate.actor',
  name: 'lamp',
  parentId: undefined,
  definition: undefined,
  snapshot: { status: 'active', value: 'off' },
  machine: 'lamp',
};

const pressed = (id: number, cause: string | null = null): EventMessage => ({
  ...base(id),
  type: '@xstate.event',
  event: { type: 'pressed' },
  sourceId: undefined,
  cause,
});

const became = (id: number, value: string, status = 'active'): SnapshotMessage => ({
  ...base(id),
  type: '@xstate.snapshot',
  event: { type: 'pressed' },
  cause: String(id - 1),
  snapshot: { status, value },
  transitions: [{ source: '', event: 'pressed', targets: [value] }],
});

const noted = (id: number): StatusMessage => ({
  type: '@proxy-wifi.status',
  id: String(id),
  createdAt: String(id),
  ...stateWith({}),
});

const sessionOf = (messages: readonly RecordedMessage[], limit = 100): Session => {
  const session = new Session(limit);
  for (const message of messages) session.add(message);
  return session;
};

const valueAt = (session: Session, number: number) =>
  session.sceneAt(number).actors.get('x:0')?.snapshot.value;

describe('a session on the page', () => {
  const story = [actor, pressed(1), became(2, 'on'), pressed(3), became(4, 'off')];

  it('has the state of everything at any point: with an event, what came of it', () => {
    const session = sessionOf(story);
    expect(valueAt(session, 0)).to.equal('off');
    expect(valueAt(session, 1)).to.equal('on');
    expect(valueAt(session, 3)).to.equal('off');
    expect(session.live.actors.get('x:0')?.snapshot.value).to.equal('off');
  });

  it('forgets an actor when it ends, but not its name', () => {
    const session = sessionOf([...story, pressed(5), became(6, 'on', 'stopped')]);
    expect(session.live.actors.size).to.equal(0);
    expect(session.nameOf('x:0')).to.equal('lamp');
    expect(session.sceneAt(4).actors.size).to.equal(1);
  });

  it('finds what an event led to, and where its cause is', () => {
    const session = sessionOf([
      actor,
      pressed(1),
      pressed(2, '1'),
      became(3, 'on'),
      { ...became(4, 'on'), cause: '1' },
    ]);
    expect(session.followers('1').map((number) => session.row(number)?.id)).to.deep.equal(['2']);
    expect(session.resultOf('1')?.id).to.equal('4');
    expect(session.numberOf('1')).to.equal(1);
  });

  it('keeps no more events than it may, and still knows the state before the oldest', () => {
    const session = sessionOf([actor], 10);
    for (let id = 1; id < 200; id += 2) {
      session.add(pressed(id));
      session.add(became(id + 1, id % 4 === 1 ? 'on' : 'off'));
    }
    expect(session.rows(() => true).length)
      .to.be.at.most(11)
      .and.at.least(10);
    expect(session.first).to.be.greaterThan(100);
    const [oldest = 0] = session.rows(() => true);
    expect(valueAt(session, oldest)).to.be.oneOf(['on', 'off']);
    expect(session.sceneAt(oldest).actors.get('x:0')?.name).to.equal('lamp');
    expect(session.numberOf('1')).to.equal(undefined);
  });

  it('keeps a bounded number of states of everything, however long it is looked at', () => {
    const session = sessionOf(story);
    for (let id = 10; id < 2000; id += 1) session.add(noted(id));
    const { messages } = session.contents();
    expect(messages.filter(({ type }) => type === '@proxy-wifi.status').length).to.be.within(100, 320);
    expect(session.statuses(session.next, 120).map(({ id }) => Number(id))).to.deep.equal(
      Array.from({ length: 120 }, (_, i) => 1880 + i),
    );
    expect(valueAt(session, 3)).to.equal('off');
    expect(session.sceneAt(session.next - 1).status?.id).to.equal('1999');
  });

  it('is the same after it has been saved and loaded', () => {
    const session = sessionOf(story);
    const loaded = loadSession(saveSession(session));
    if (typeof loaded === 'string') throw new Error(loaded);
    expect(loaded.contents().messages.length).to.be.greaterThan(0);
    expect(valueAt(loaded, 1)).to.equal('on');
    expect(loaded.live.actors.get('x:0')).to.deep.equal(session.live.actors.get('x:0'));
  });

  for (const [what, text] of [
    ['no JSON', 'nothing'],
    ['no session', '{"messages":[]}'],
    ['another version', '{"format":"proxy-wifi inspector session","version":2,"before":[],"messages":[]}'],
    [
      'something else among the messages',
      '{"format":"proxy-wifi inspector session","version":1,"before":[],"messages":[{"type":"@xstate.event"}]}',
    ],
  ] as const)
    it(`says what is wrong with a file that is ${what}`, () => {
      expect(loadSession(text)).to.be.a('string').and.match(/file/);
    });
});

describe('the text of a state', () => {
  it('names the innermost states, of parallel regions all', () => {
    expect(stateText('idle')).to.equal('idle');
    expect(stateText({ busy: 'matching' })).to.equal('busy.matching');
    expect(stateText({ link: 'connected', scan: { running: 'asked' } })).to.equal(
      'link.connected, scan.running.asked',
    );
    expect(stateText(undefined)).to.equal('');
  });

  it('knows the outer states that are active too', () => {
    expect(activePaths({ link: 'connected', scan: { running: 'asked' } })).to.deep.equal([
      'link',
      'link.connected',
      'scan',
      'scan.running',
      'scan.running.asked',
    ]);
  });
});
