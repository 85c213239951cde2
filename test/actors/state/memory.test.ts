import { expect } from 'chai';
import * as E from 'fp-ts/lib/Either.js';
import * as O from 'fp-ts/lib/Option.js';
import sinon from 'sinon';
import { Memory } from '../../../actors/state/memory.js';
import { encodeState, nothingRemembered, type ServiceState } from '../../../actors/state/service-state.js';
import { interfaceId } from '../../../native/radio.js';
import type { StateFailure } from '../../../native/state-store.js';
import { ssid } from '../../stage/networks.js';
import { Records } from '../../stage/records.js';

const link = { interfaceId: interfaceId('wlan0'), ssid: ssid('Cafe'), former: null };
const known: ServiceState = { guests: [], links: [link] };
const failure = (reason: StateFailure['reason']): StateFailure => ({
  ...{ reason, code: 'EIO', detail: 'it is broken' },
});

describe('what a service remembers', () => {
  let records: Records;
  let opened: E.Either<StateFailure, O.Option<string>>;
  let saved: E.Either<StateFailure, void>;
  let written: string[];
  let close: sinon.SinonSpy;
  let memory: Memory;
  let changes: number;
  const { signal } = new AbortController();

  beforeEach(() => {
    records = new Records(() => undefined);
    opened = E.right(O.some(encodeState(known)));
    saved = E.right(undefined);
    written = [];
    changes = 0;
    close = sinon.fake.resolves(undefined);
    const store = {
      name: '/state',
      open: async () => opened,
      save: (text: string) => async () => {
        written.push(text);
        return saved;
      },
      close,
    };
    memory = new Memory(store, records.log);
    memory.changes.subscribe(() => {
      changes += 1;
    });
  });

  const said = (): readonly string[] => records.lines.map(({ message }) => message);

  it('is what stands in its store', async () => {
    expect(await memory.recall(signal)).to.deep.equal(known);
    expect(memory.links).to.deep.equal([link]);
    expect(memory.linkOn(link.interfaceId)).to.deep.equal(link);
    expect(memory.linkOn(interfaceId('wlan1'))).to.equal(undefined);
    expect([said(), changes]).to.deep.equal([[], 0]);
    opened = E.right(O.none);
    expect(await memory.recall(signal), 'another time nothing').to.deep.equal(nothingRemembered);
    expect(memory.links).to.deep.equal([]);
  });

  it('is written once, and again only where it is another one or was let go of meanwhile', async () => {
    await memory.save(known);
    expect(written, 'before it is taken').to.deep.equal([]);
    await memory.recall(signal);
    for (const state of [known, known, nothingRemembered, known]) await memory.save(state);
    expect(written).to.deep.equal([known, nothingRemembered, known].map(encodeState));
    await memory.close();
    sinon.assert.calledOnce(close);
    await memory.save(nothingRemembered);
    expect(written, 'after it was let go of').to.have.length(3);
    await memory.recall(signal);
    await memory.save(known);
    expect(written, 'with the same text').to.have.length(4);
  });

  it('is tried again as long as it cannot be written', async () => {
    await memory.recall(signal);
    saved = E.left(failure('failed'));
    expect(await memory.save(known)).to.deep.equal(saved);
    saved = E.right(undefined);
    expect(await memory.save(known)).to.deep.equal(E.right(undefined));
    await memory.save(known);
    expect(written).to.have.length(2);
  });

  it('is nothing where it cannot be read, and is written anew', async () => {
    opened = E.left(failure('failed'));
    expect(await memory.recall(signal)).to.deep.equal(nothingRemembered);
    expect(said()).to.deep.equal(['what was remembered cannot be read: it is broken']);
    await memory.save(known);
    expect(written).to.have.length(1);
  });

  it('is nothing where another service has it, and is not written', async () => {
    opened = E.left(failure('in use'));
    expect(await memory.recall(signal)).to.deep.equal(nothingRemembered);
    expect(said()).to.deep.equal(['nothing is remembered: it is broken']);
    expect(await memory.save(known)).to.deep.equal(E.right(undefined));
    expect(written).to.deep.equal([]);
  });

  it('is nothing where what stands there makes no sense, which is said', async () => {
    opened = E.right(O.some('{"version": 2}'));
    expect(await memory.recall(signal)).to.deep.equal(nothingRemembered);
    expect(said()).to.have.length(1);
    expect(said()[0]).to.match(/^\/state: version: .*The service goes on as if it had never run/);
    await memory.save(known);
    expect(written).to.have.length(1);
  });

  it('is nothing for who does not wait any more, but is written anew, of which it is told', async () => {
    const abort = new AbortController();
    const recalled = memory.recall(abort.signal);
    abort.abort();
    expect(await recalled).to.deep.equal(nothingRemembered);
    expect([changes, memory.links.length]).to.deep.equal([1, 0]);
    await memory.save(known);
    expect(written).to.have.length(1);
  });

  it('is nobody’s where it was let go of before it was there', async () => {
    const recalled = memory.recall(signal);
    await memory.close();
    expect(await recalled).to.deep.equal(nothingRemembered);
    await memory.save(known);
    expect([written, said(), changes]).to.deep.equal([[], [], 0]);
  });

  it('is nothing without a store', async () => {
    const none = new Memory(undefined, records.log);
    expect([memory.isKept, none.isKept]).to.deep.equal([true, false]);
    expect(await none.recall(signal)).to.deep.equal(nothingRemembered);
    expect(await none.save(known)).to.deep.equal(E.right(undefined));
    await none.close();
    expect(said()).to.deep.equal([]);
  });

  it('tells whoever listens of changes, and of a store that is silent', () => {
    memory.noteChange();
    memory.warnOfSilence();
    expect(changes).to.equal(1);
    expect(said()).to.have.length(1);
    expect(said()[0]).to.match(/^\/state does not answer\./);
  });
});
