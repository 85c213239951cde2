import { inspect } from 'node:util';
import { expect } from 'chai';
import * as fc from 'fast-check';
import { type Hold, Holders } from '../../../actors/ownership/holders.js';
import type { GuestId } from '../../../index.js';
import { guestIdOf } from '../../../native/sockets/endpoint.js';

const guestNumber = (number: number): GuestId => guestIdOf({ scheme: 'vsock', address: `${number}` });

const anyGuest = fc.integer({ min: 1, max: 40 }).map(guestNumber);
const anyHold = fc.constantFrom<Hold[]>('pending', 'in effect');
const anyChange = fc.tuple(anyGuest, fc.option(anyHold));

/** Applies each change: a hold, or none for a guest that goes. */
const madeOf = (changes: readonly (readonly [GuestId, Hold | null])[]) => {
  const map = new Map<GuestId, Hold>();
  let holders = Holders.none;
  for (const [guest, hold] of changes) {
    if (hold === null) map.delete(guest);
    else map.set(guest, hold);
    holders = hold === null ? holders.without(guest) : holders.with(guest, hold);
  }
  return { map, holders };
};

/** Longest way from the root to a leaf. */
const depth = (at: Holders['root']): number =>
  at === null ? 0 : 1 + Math.max(depth(at.before), depth(at.after));

describe('the holders of an interface', () => {
  it('are what a map would hold, whatever comes and goes', () =>
    fc.assert(
      fc.property(fc.array(anyChange, { maxLength: 120 }), (changes) => {
        const { map, holders } = madeOf(changes);
        const told = [...map].filter(([, hold]) => hold === 'in effect').map(([guest]) => guest);
        expect(holders.toJSON()).to.deep.equal(Object.fromEntries(map));
        expect([holders.size, holders.told]).to.deep.equal([map.size, told.length]);
        expect([...holders.guests()]).to.have.members([...map.keys()]);
        expect([...holders.toldGuests()]).to.have.members(told);
        for (let number = 1; number <= 40; number += 1) {
          const guest = guestNumber(number);
          expect(holders.get(guest)).to.equal(map.get(guest));
          expect(holders.hasOthersThan(guest)).to.equal([...map.keys()].some((other) => other !== guest));
        }
      }),
    ));

  it('are the same tree however they came together, so that tests and snapshots may compare them', () =>
    fc.assert(
      fc.property(fc.array(anyChange, { maxLength: 120 }), (changes) => {
        const { map, holders } = madeOf(changes);
        expect(Holders.of(Object.fromEntries([...map].reverse()))).to.deep.equal(holders);
      }),
    ));

  it('are the same tree also where two guests have the same rank', () => {
    const alike = [guestNumber(88_807), guestNumber(163_500)];
    expect(alike.map((guest) => Holders.none.with(guest, 'pending').root?.rank)).to.deep.equal([
      1_792_002_044, 1_792_002_044,
    ]);
    for (const guests of [alike, [...alike, guestNumber(1)], [guestNumber(2), ...alike]]) {
      const holdings = guests.map((guest) => [guest, 'pending'] as const);
      expect(madeOf([...holdings].reverse()).holders).to.deep.equal(madeOf(holdings).holders);
    }
  });

  it('are never changed in place', () => {
    const [one, two] = [guestNumber(1), guestNumber(2)];
    const before = Holders.none.with(one, 'pending');
    before.with(two, 'pending').with(one, 'in effect').without(one);
    expect(before.toJSON()).to.deep.equal({ [one]: 'pending' });
    expect(before.with(one, 'pending')).to.equal(before);
    expect(before.without(two)).to.equal(before);
  });

  it('are found in a few steps among four thousand', () => {
    let holders = Holders.none;
    for (let number = 1; number <= 4000; number += 1)
      holders = holders.with(guestNumber(number), 'in effect');
    expect(holders.size).to.equal(4000);
    // A list would be 4,000 deep, a perfect tree 12.
    expect(depth(holders.root)).to.be.below(40);
  });

  it('show each guest with its hold in JSON and in a debugger', () => {
    const holders = Holders.none.with(guestNumber(1), 'pending');
    expect(JSON.stringify(holders)).to.equal('{"vsock://1":"pending"}');
    expect(inspect(holders)).to.equal("{ 'vsock://1': 'pending' }");
  });
});
