import { expect } from 'chai';
import { EventLog } from '../../machines-viz/inspector/log.js';

interface Entry {
  readonly name: string;
  readonly isEvent: boolean;
}

const event = (name: string): Entry => ({ name, isEvent: true });
const other = (name: string): Entry => ({ name, isEvent: false });

const logOf = (limit: number) => {
  const evicted: string[] = [];
  const log = new EventLog<Entry>(
    limit,
    ({ isEvent }) => isEvent,
    ({ name }) => evicted.push(name),
  );
  const kept = (): readonly (string | undefined)[] =>
    Array.from({ length: log.next - log.first }, (_, i) => log.at(log.first + i)?.name);
  return { log, evicted, kept };
};

describe('what is kept of a service', () => {
  it('has so many events at most, the newest ones', () => {
    const { log, evicted, kept } = logOf(2);
    for (const name of ['a', 'b', 'c']) log.push(event(name));
    expect(kept()).to.deep.equal(['b', 'c']);
    expect(evicted).to.deep.equal(['a']);
    expect([log.first, log.next]).to.deep.equal([1, 3]);
  });

  it('has four times as many entries at most, whatever they are', () => {
    const { log, evicted, kept } = logOf(2);
    for (let i = 0; i < 8; i += 1) log.push(other(String(i)));
    expect(evicted).to.deep.equal([]);
    log.push(other('8'));
    expect(evicted).to.deep.equal(['0']);
    expect(kept()).to.deep.equal(['1', '2', '3', '4', '5', '6', '7', '8']);
  });

  it('lets what came before the oldest event go with it', () => {
    const { log, evicted, kept } = logOf(1);
    for (const entry of [other('before'), event('a'), other('between'), event('b')]) log.push(entry);
    expect(evicted).to.deep.equal(['before', 'a']);
    expect(kept()).to.deep.equal(['between', 'b']);
  });

  it('has nothing at numbers that are not kept any more, or not yet given', () => {
    const { log } = logOf(1);
    for (const name of ['a', 'b']) log.push(event(name));
    expect([0, 1, 2].map((number) => log.at(number)?.name)).to.deep.equal([undefined, 'b', undefined]);
  });

  it('leaves the number empty of what is removed, and counts it no more', () => {
    const { log, evicted, kept } = logOf(2);
    for (const entry of [other('a'), event('b')]) log.push(entry);
    log.remove(0);
    log.remove(7);
    expect(kept()).to.deep.equal([undefined, 'b']);
    for (const name of ['c', 'd']) log.push(event(name));
    expect(evicted, 'what was removed is not told').to.deep.equal(['b']);
  });
});
