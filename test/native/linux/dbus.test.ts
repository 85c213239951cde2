import { expect } from 'chai';
import * as E from 'fp-ts/lib/Either.js';
import {
  bytesOf,
  getAll,
  hasOwner,
  livesElsewhere,
  numberOf,
  ownerChange,
  ownerRule,
  propertiesOf,
  setProperty,
  textOf,
  textsOf,
  Variant,
} from '../../../native/linux/dbus.js';
import { FakeBus, refusal } from './fake-bus.js';

describe('a value from the bus', () => {
  it('is a text, or none', () => {
    expect(['x', '/path', 7, undefined, ['x']].map(textOf)).to.deep.equal(['x', '/path', '', '', '']);
  });

  it('is a number, or what takes its place', () => {
    expect([7, 0, '7', undefined].map((value) => numberOf(value))).to.deep.equal([7, 0, 0, 0]);
    expect(numberOf('7', -50)).to.equal(-50);
  });

  it('is bytes, or none', () => {
    expect([...bytesOf(Uint8Array.of(1, 2))]).to.deep.equal([1, 2]);
    expect([[1, 2], 'x', undefined].map((value) => bytesOf(value).length)).to.deep.equal([0, 0, 0]);
  });

  it('is texts, of which others are none', () => {
    expect(textsOf(['a', 7, '/b', null, ['c']])).to.deep.equal(['a', '/b']);
    expect([undefined, 'a', 7].map(textsOf)).to.deep.equal([[], [], []]);
  });
});

describe('properties from the bus', () => {
  it('are an object, or none', () => {
    expect(propertiesOf({ a: 1 })).to.deep.equal({ a: 1 });
    for (const other of [null, undefined, 'x', 7, ['a'], Uint8Array.of(1)])
      expect(propertiesOf(other)).to.deep.equal({});
  });

  it('are read and set by the name of their interface', async () => {
    const bus = new FakeBus();
    const asked: unknown[] = [];
    const watched = Object.assign(Object.create(bus) as FakeBus, {
      call: (call: Parameters<FakeBus['call']>[0]) => {
        asked.push(call);
        return bus.call(call);
      },
    });
    bus.put('/x', { Level: 3 });
    expect(await getAll(watched, 'org.x', '/x', 'org.x.Y')()).to.deep.equal(E.right({ Level: 3 }));
    expect(
      await setProperty(watched, 'org.x', '/x', 'org.x.Y', 'Level', new Variant('i', 7))(),
    ).to.deep.equal(E.right(undefined));
    expect(bus.object('/x')).to.deep.equal({ Level: 7 });
    expect(E.isLeft(await getAll(watched, 'org.x', '/y', 'org.x.Y')())).to.equal(true);
    const properties = { destination: 'org.x', path: '/x', interface: 'org.freedesktop.DBus.Properties' };
    expect(asked.slice(0, 2)).to.deep.equal([
      { ...properties, member: 'GetAll', signature: 's', body: ['org.x.Y'] },
      { ...properties, member: 'Set', signature: 'ssv', body: ['org.x.Y', 'Level', new Variant('i', 7)] },
    ]);
  });
});

describe('a name on the bus', () => {
  const change = (member: string, ...body: readonly unknown[]) => ({
    path: '/',
    interface: 'x',
    member,
    body,
  });

  it('has an owner or none, which the bus tells when that changes', () => {
    expect(ownerChange(change('NameOwnerChanged', 'org.x', ':1.5', ''), 'org.x')).to.equal('gone');
    expect(ownerChange(change('NameOwnerChanged', 'org.x', '', ':1.5'), 'org.x')).to.equal('new');
    expect(ownerChange(change('NameOwnerChanged', 'org.y', ':1.5', ''), 'org.x')).to.equal(undefined);
    expect(ownerChange(change('NameAcquired', 'org.x', ':1.5', ''), 'org.x')).to.equal(undefined);
    expect(ownerRule('org.x')).to.include("member='NameOwnerChanged',arg0='org.x'");
  });

  it('is that of another service where that is there, and it is not our own', async () => {
    const bus = new FakeBus();
    bus.owners.add(':1.3').add(bus.name).add('');
    expect(await livesElsewhere(bus, ':1.3')).to.equal(true);
    for (const service of ['', bus.name, ':1.4']) expect(await livesElsewhere(bus, service)).to.equal(false);
    const deaf = Object.assign(Object.create(bus) as FakeBus, { call: () => async () => refusal('x') });
    expect(await livesElsewhere(deaf, ':1.3')).to.equal(false);
    const odd = Object.assign(Object.create(bus) as FakeBus, { call: () => async () => E.right(['yes']) });
    expect(await hasOwner(odd, ':1.3')()).to.deep.equal(E.right(false));
  });
});
