import { expect } from 'chai';
import * as fc from 'fast-check';
import { Holders } from '../../../actors/ownership/holders.js';
import {
  attested,
  type Change,
  type Consequence,
  type Contention,
  claim,
  confirm,
  guestDirectedInterfaces,
  guestLeft,
  guestsOn,
  interfaceLeft,
  join,
  leave,
  linkLost,
  linkUp,
  networksChanged,
  type OwnershipTable,
  settle,
} from '../../../actors/ownership/ownership-table.js';
import type { GuestId, InterfaceId } from '../../../index.js';
import { interfaceId } from '../../../native/radio.js';
import { guestIdOf } from '../../../native/sockets/endpoint.js';
import { ssid } from '../../stage/networks.js';

const [wlan0, wlan1] = [interfaceId('wlan0'), interfaceId('wlan1')];
const [ann, bob, cleo] = ['1', '2', '3'].map((cid) => guestIdOf({ scheme: 'vsock', address: cid })) as [
  GuestId,
  GuestId,
  GuestId,
];
const [cafe, bar] = [ssid('Cafe'), ssid('Bar')];

const brief = ({ consequences }: Pick<Change, 'consequences'>): readonly string[] =>
  consequences.map(({ type, guest, interfaceId: where }) => `${type} ${guest} ${where}`);

/** Ann has connected wlan0 to `Cafe`, and has been told. */
const held = (contention: Contention = 'first-wins'): OwnershipTable => {
  const claimed = claim({}, wlan0, ann, cafe, contention);
  const linked = linkUp(claimed.table, wlan0, cafe);
  return confirm(settle(linked.table, wlan0, ann, 'connected', contention).table, wlan0, ann);
};

const joined = (table: OwnershipTable, guest: GuestId): OwnershipTable =>
  confirm(join(table, wlan0, guest, cafe, false).table, wlan0, guest);

describe('the ownership table', () => {
  it('fake networks that are gone end the sessions on them, and no others', () => {
    const table = [ann, bob, cleo].reduce(
      (before, guest) => confirm(join(before, wlan0, guest, cafe, true).table, wlan0, guest),
      {} as OwnershipTable,
    );
    const uses = new Map([
      [ann, [cafe]],
      [bob, [bar]],
      // About to change from one to the other.
      [cleo, [cafe, bar]],
    ]);
    const change = networksChanged(table, wlan0, [bar], (guest) => uses.get(guest) ?? []);
    expect(change.consequences).to.deep.equal(
      [ann, cleo].map((guest) => ({ type: 'session.lost', guest, interfaceId: wlan0, ssid: cafe })),
    );
    expect([...guestsOn(change.table, wlan0)].sort()).to.deep.equal([bob, cleo]);
  });

  describe('a claim', () => {
    it('on a free interface is granted', () => {
      expect(brief(claim({}, wlan0, ann, cafe, 'first-wins'))).to.deep.equal([
        'claim.granted vsock://1 wlan0',
      ]);
    });

    /** Bob wants for `Bar` what Ann holds for `Cafe`. */
    const contested = (table = held()): Change => claim(table, wlan0, bob, bar, 'first-wins');

    it('on an interface that somebody else holds waits for that one’s sign of life when the first one wins', () => {
      expect(brief(contested())).to.deep.equal(['sign.requested vsock://1 wlan0']);
    });

    it('is refused, and those that wait with it, when the holder is there', () => {
      const waiting = claim(contested().table, wlan0, cleo, bar, 'first-wins').table;
      const there = attested(waiting, ann, 'first-wins');
      expect(brief(there)).to.deep.equal(['claim.refused vsock://2 wlan0', 'claim.refused vsock://3 wlan0']);
      expect(there.table).to.deep.equal(held());
    });

    it('of the only holder, made while it is asked, is granted when that is there', () => {
      const own = claim(contested().table, wlan0, ann, bar, 'first-wins');
      expect(brief(own)).to.deep.equal([]);
      expect(brief(attested(own.table, ann, 'first-wins'))).to.deep.equal([
        'claim.refused vsock://2 wlan0',
        'claim.granted vsock://1 wlan0',
      ]);
    });

    it('is granted when the holder turns out to be gone, and the host stays connected until then', () => {
      const gone = leave(contested().table, wlan0, ann);
      expect(brief(gone)).to.deep.equal(['claim.granted vsock://2 wlan0']);
      expect(gone.disconnect).to.equal(false);
    });

    it('waits for the next holder’s sign when one is gone', () => {
      const { table } = contested(joined(held(), cleo));
      const gone = leave(table, wlan0, ann);
      expect(brief(gone)).to.deep.equal(['sign.requested vsock://3 wlan0']);
      expect(brief(attested(gone.table, cleo, 'first-wins'))).to.deep.equal([
        'claim.refused vsock://2 wlan0',
      ]);
    });

    it('waits on for the holder that was asked when another one goes', () => {
      const { table } = contested(joined(held(), cleo));
      const gone = leave(table, wlan0, cleo);
      expect(brief(gone)).to.deep.equal([]);
      expect(brief(attested(gone.table, ann, 'first-wins'))).to.deep.equal(['claim.refused vsock://2 wlan0']);
    });

    it('is granted when the link is lost meanwhile, and refused when the interface leaves', () => {
      expect(brief(linkLost(contested().table, wlan0))).to.deep.equal([
        'session.lost vsock://1 wlan0',
        'claim.granted vsock://2 wlan0',
      ]);
      expect(brief(interfaceLeft(contested().table, wlan0))).to.deep.equal([
        'session.lost vsock://1 wlan0',
        'claim.refused vsock://2 wlan0',
      ]);
    });

    it('whose guest gives up asks nobody any more', () => {
      const { table } = settle(contested().table, wlan0, bob, 'failed', 'first-wins');
      expect(brief(attested(table, ann, 'first-wins'))).to.deep.equal([]);
      expect(table).to.deep.equal(held());
    });

    it('on an interface that somebody else holds is granted when the last one wins', () => {
      expect(brief(claim(held(), wlan0, bob, bar, 'last-wins'))).to.deep.equal([
        'claim.granted vsock://2 wlan0',
      ]);
    });

    it('on an interface that only the guest itself holds is granted', () => {
      expect(brief(claim(held(), wlan0, ann, bar, 'first-wins'))).to.deep.equal([
        'claim.granted vsock://1 wlan0',
      ]);
    });

    it('for the network that is there by now is outdated', () => {
      expect(brief(claim(held(), wlan0, bob, cafe, 'first-wins'))).to.deep.equal([
        'claim.outdated vsock://2 wlan0',
      ]);
    });

    it('on an interface that the host alone uses is granted', () => {
      const { table } = linkUp({}, wlan0, cafe);
      expect(brief(claim(table, wlan0, ann, bar, 'first-wins'))).to.deep.equal([
        'claim.granted vsock://1 wlan0',
      ]);
    });

    it('during another one waits, and is decided when that is settled', () => {
      const first = claim({}, wlan0, ann, cafe, 'first-wins');
      const second = claim(first.table, wlan0, bob, bar, 'first-wins');
      const third = claim(second.table, wlan0, cleo, cafe, 'first-wins');
      expect(brief(second).concat(brief(third))).to.deep.equal([]);
      expect(brief(settle(third.table, wlan0, ann, 'connected', 'first-wins'))).to.deep.equal([
        'claim.refused vsock://2 wlan0',
        'claim.outdated vsock://3 wlan0',
      ]);
      expect(brief(settle(third.table, wlan0, ann, 'failed', 'first-wins'))).to.deep.equal([
        'claim.granted vsock://2 wlan0',
      ]);
    });

    it('that waited is granted when the last one wins, whoever has connected meanwhile', () => {
      const first = claim({}, wlan0, ann, cafe, 'last-wins');
      const second = claim(first.table, wlan0, bob, bar, 'last-wins');
      expect(brief(settle(second.table, wlan0, ann, 'connected', 'last-wins'))).to.deep.equal([
        'claim.granted vsock://2 wlan0',
      ]);
    });

    it('that waits can be taken back', () => {
      const first = claim({}, wlan0, ann, cafe, 'first-wins');
      const second = claim(first.table, wlan0, bob, bar, 'first-wins');
      const back = settle(second.table, wlan0, bob, 'failed', 'first-wins');
      expect(brief(settle(back.table, wlan0, ann, 'failed', 'first-wins'))).to.deep.equal([]);
    });

    it('that is settled by a guest without one changes nothing', () => {
      expect(settle(held(), wlan0, bob, 'connected', 'first-wins')).to.deep.equal({
        table: held(),
        consequences: [],
        disconnect: false,
      });
    });

    it('that succeeds takes the interface from who held it', () => {
      const { table } = claim(joined(held(), cleo), wlan0, bob, bar, 'last-wins');
      const settled = settle(table, wlan0, bob, 'connected', 'last-wins');
      expect(brief(settled)).to.have.members([
        'session.lost vsock://1 wlan0',
        'session.lost vsock://3 wlan0',
      ]);
      expect(settled.table[wlan0]?.holders.toJSON()).to.deep.equal({ [bob]: 'pending' });
    });

    it('that fails and cost the guest its own link reports that session as lost', () => {
      const { table } = linkLost(claim(held(), wlan0, ann, bar, 'first-wins').table, wlan0);
      expect(brief(settle(table, wlan0, ann, 'failed', 'first-wins'))).to.deep.equal([
        'session.lost vsock://1 wlan0',
      ]);
      expect(brief(settle(table, wlan0, ann, 'connected', 'first-wins'))).to.deep.equal([]);
    });
  });

  describe('a link', () => {
    it('that a guest claimed is the guests’; any other one is the host’s', () => {
      expect(held()[wlan0]?.origin).to.equal('guests');
      expect(linkUp({}, wlan0, cafe).table[wlan0]?.origin).to.equal('host');
      const claimed = claim({}, wlan0, ann, cafe, 'first-wins').table;
      expect(linkUp(claimed, wlan0, bar).table[wlan0]?.origin).to.equal('host');
    });

    it('that is reported again changes nothing', () => {
      expect(linkUp(held(), wlan0, cafe)).to.deep.equal({ table: held(), consequences: [] });
    });

    it('that is lost ends the sessions of all who used it', () => {
      const lost = linkLost(joined(held(), bob), wlan0);
      expect(brief(lost)).to.deep.equal(['session.lost vsock://1 wlan0', 'session.lost vsock://2 wlan0']);
      expect(lost.table[wlan0]).to.deep.include({ ssid: null, holders: Holders.none });
    });

    it('to another network ends the sessions on the former one', () => {
      const moved = linkUp(held(), wlan0, bar);
      expect(brief(moved)).to.deep.equal(['session.lost vsock://1 wlan0']);
      expect(moved.table[wlan0]).to.deep.include({ ssid: bar, origin: 'host' });
    });
  });

  describe('joining and leaving', () => {
    it('a guest joins the network that is there, and no other', () => {
      expect(join(held(), wlan0, bob, cafe, false).joined).to.equal(true);
      expect(join(held(), wlan0, bob, bar, false)).to.deep.equal({ table: held(), joined: false });
      expect(join({}, wlan0, bob, cafe, false).joined).to.equal(false);
    });

    it('the interface of fake networks has every network', () => {
      expect(join({}, wlan0, bob, cafe, true).joined).to.equal(true);
    });

    it('the last one to leave a link that guests wanted disconnects it', () => {
      const both = joined(held(), bob);
      const first = leave(both, wlan0, ann);
      expect(first.disconnect).to.equal(false);
      expect(leave(first.table, wlan0, bob).disconnect).to.equal(true);
    });

    it('the last one to leave the host’s own link does not', () => {
      const { table } = join(linkUp({}, wlan0, cafe).table, wlan0, ann, cafe, false);
      expect(leave(table, wlan0, ann).disconnect).to.equal(false);
    });

    it('one who does not hold it leaves nothing', () => {
      expect(leave(held(), wlan0, bob)).to.deep.equal({
        table: held(),
        consequences: [],
        disconnect: false,
      });
    });

    it('the last one leaves while another one connects the interface: that one needs it', () => {
      const { table } = claim(held(), wlan0, bob, bar, 'last-wins');
      expect(leave(table, wlan0, ann).disconnect).to.equal(false);
    });

    it('which is disconnected when that one fails after all, unless somebody else is still there, wants it or wanted it', () => {
      const claimed = claim(held(), wlan0, bob, bar, 'last-wins').table;
      const fails = (table: OwnershipTable) => settle(table, wlan0, bob, 'failed', 'last-wins').disconnect;
      const left = leave(claimed, wlan0, ann).table;
      expect(fails(left)).to.equal(true);
      expect(settle(left, wlan0, bob, 'connected', 'last-wins').disconnect).to.equal(false);
      expect(settle(left, wlan0, ann, 'failed', 'last-wins').disconnect, 'who claims nothing').to.equal(
        false,
      );
      expect(fails(claimed), 'ann is there').to.equal(false);
      for (const wanted of [bar, cafe])
        expect(fails(claim(left, wlan0, cleo, wanted, 'last-wins').table), wanted).to.equal(false);
      expect(fails(linkLost(left, wlan0).table), 'it is gone').to.equal(false);
      const own = linkUp({}, wlan0, cafe).table;
      expect(fails(claim(own, wlan0, bob, bar, 'last-wins').table), 'the host’s own').to.equal(false);
    });

    it('a guest that is gone holds, claims and waits for nothing any more', () => {
      const claimed = claim(held(), wlan1, ann, bar, 'first-wins').table;
      const waiting = claim(claimed, wlan1, bob, cafe, 'first-wins').table;
      const gone = guestLeft(waiting, ann, 'first-wins');
      expect(brief(gone)).to.deep.equal(['claim.granted vsock://2 wlan1']);
      expect(gone.table[wlan0]?.holders.size).to.equal(0);
    });
  });

  describe('an interface that leaves', () => {
    it('ends the sessions on it and refuses who waits', () => {
      const claimed = claim(held(), wlan0, ann, bar, 'first-wins').table;
      const waiting = claim(claimed, wlan0, bob, bar, 'first-wins').table;
      const left = interfaceLeft(waiting, wlan0);
      expect(brief(left)).to.deep.equal(['session.lost vsock://1 wlan0', 'claim.refused vsock://2 wlan0']);
      expect(left.table).to.deep.equal({});
    });
  });

  describe('who hears of what', () => {
    it('only guests that have been told of their session hear of the signal', () => {
      const { table } = join(held(), wlan0, bob, cafe, false);
      expect([...guestsOn(table, wlan0)]).to.deep.equal([ann]);
      expect([...guestsOn(confirm(table, wlan0, bob), wlan0)]).to.deep.equal([ann, bob]);
      expect([...guestsOn(table, wlan1)]).to.deep.equal([]);
    });

    it('a guest that joins again is still in effect', () => {
      expect([...guestsOn(join(held(), wlan0, ann, cafe, false).table, wlan0)]).to.deep.equal([ann]);
    });

    it('disconnectOnStop ends the links that guests wanted', () => {
      const { table } = linkUp(held(), wlan1, bar);
      expect(guestDirectedInterfaces(table)).to.deep.equal([wlan0]);
      expect(guestDirectedInterfaces(linkLost(table, wlan0).table)).to.deep.equal([]);
    });
  });

  describe('whatever happens in whatever order', () => {
    const guests = [ann, bob, cleo];
    const interfaces = [wlan0, wlan1];
    const anyGuest = fc.constantFrom(...guests);
    const anyInterface = fc.constantFrom(...interfaces);
    const anySsid = fc.constantFrom(cafe, bar);
    type Step = (table: OwnershipTable, contention: Contention) => Change;
    /** A guest wants one thing at a time: its requests are serial. */
    const isBusy = (table: OwnershipTable, guest: GuestId): boolean =>
      Object.values(table).some(
        (row) => row.claim?.guest === guest || row.waiting.some((wish) => wish.guest === guest),
      );
    const quiet = (table: OwnershipTable): Change => ({ table, consequences: [] });
    const step: fc.Arbitrary<Step> = fc.oneof(
      fc.tuple(anyInterface, anyGuest, anySsid).map(
        ([i, g, s]): Step =>
          (table, contention) =>
            isBusy(table, g) ? quiet(table) : claim(table, i, g, s, contention),
      ),
      fc.tuple(anyInterface, anyGuest, fc.constantFrom('connected' as const, 'failed' as const)).map(
        ([i, g, outcome]): Step =>
          (table, contention) =>
            // Whose claim is not granted connects nothing.
            outcome === 'connected' && (table[i]?.claim?.asked ?? null) !== null
              ? quiet(table)
              : settle(table, i, g, outcome, contention),
      ),
      anyGuest.map(
        (g): Step =>
          (table, contention) =>
            attested(table, g, contention),
      ),
      fc.tuple(anyInterface, anyGuest, anySsid).map(
        ([i, g, s]): Step =>
          (table) =>
            quiet(join(table, i, g, s, false).table),
      ),
      fc.tuple(anyInterface, anyGuest).map(
        ([i, g]): Step =>
          (table) =>
            quiet(confirm(table, i, g)),
      ),
      fc.tuple(anyInterface, anyGuest).map(
        ([i, g]): Step =>
          (table) =>
            leave(table, i, g),
      ),
      fc.tuple(anyInterface, anySsid).map(
        ([i, s]): Step =>
          (table) =>
            linkUp(table, i, s),
      ),
      anyInterface.map(
        (i): Step =>
          (table) =>
            linkLost(table, i),
      ),
      anyInterface.map(
        (i): Step =>
          (table) =>
            interfaceLeft(table, i),
      ),
      anyGuest.map(
        (g): Step =>
          (table, contention) =>
            guestLeft(table, g, contention),
      ),
    );

    /** Runs the steps and shows each change, with the table before it, to `check`. */
    const always = (check: (before: OwnershipTable, change: Change, contention: Contention) => void) =>
      fc.assert(
        fc.property(
          fc.array(step, { maxLength: 40 }),
          fc.constantFrom<Contention[]>('first-wins', 'last-wins'),
          (steps, contention) => {
            steps.reduce<OwnershipTable>((before, take) => {
              const change = take(before, contention);
              check(before, change, contention);
              return change.table;
            }, {});
          },
        ),
        { numRuns: 500 },
      );

    const of = (consequences: readonly Consequence[], type: Consequence['type']): readonly Consequence[] =>
      consequences.filter((consequence) => consequence.type === type);
    const holders = (table: OwnershipTable, id: InterfaceId): readonly string[] => [
      ...(table[id]?.holders.guests() ?? []),
    ];

    it('a grant goes to the one guest whose claim stands, and only while there is one', () =>
      always((_before, { table, consequences }) => {
        for (const { guest, interfaceId: id } of of(consequences, 'claim.granted'))
          expect(table[id]?.claim?.guest).to.equal(guest);
      }));

    it('only who holds the interface is asked for a sign of life, and a grant goes out when nobody does', () =>
      always((_before, { table, consequences }) => {
        for (const row of Object.values(table))
          if (row.claim !== null && row.claim.asked !== null)
            expect(row.holders.has(row.claim.asked)).to.equal(true);
        for (const { guest, interfaceId: id } of of(consequences, 'claim.granted'))
          expect(table[id]?.claim).to.deep.include({ guest, asked: null });
      }));

    it('nobody waits for an interface that nobody claims', () =>
      always((_before, { table }) => {
        for (const row of Object.values(table)) if (row.claim === null) expect(row.waiting).to.deep.equal([]);
      }));

    it('nobody holds an interface without a network, but one whose claim may yet bring it back', () =>
      always((_before, { table }) => {
        for (const row of Object.values(table))
          if (row.ssid === null) expect(row.holders.hasOthersThan(row.claim?.guest ?? ann)).to.equal(false);
      }));

    it('a link that is not there is nobody’s wish', () =>
      always((_before, { table }) => {
        for (const row of Object.values(table)) if (row.ssid === null) expect(row.origin).to.equal('host');
      }));

    it('a session is reported as lost to exactly those who held the interface and do not any more', () =>
      always((before, { table, consequences }) => {
        for (const { guest, interfaceId: id } of of(consequences, 'session.lost')) {
          expect(holders(before, id)).to.include(guest);
          expect(holders(table, id)).to.not.include(guest);
        }
      }));

    it('when the first one wins, no grant goes out while somebody else holds the interface', () =>
      always((_before, { table, consequences }, contention) => {
        if (contention === 'last-wins') return;
        for (const { guest, interfaceId: id } of of(consequences, 'claim.granted'))
          expect(holders(table, id).filter((holder) => holder !== guest)).to.deep.equal([]);
      }));

    it('every wish is answered once: by a grant, a refusal or word that it is outdated', () =>
      always((before, { consequences }) => {
        for (const id of interfaces) {
          const answered = consequences.filter(
            ({ type, interfaceId: where }) => where === id && type.startsWith('claim.'),
          );
          const wishes = (before[id]?.waiting.length ?? 0) + 1;
          expect(answered.length).to.be.at.most(wishes);
        }
      }));

    it('a guest that is gone is nowhere in the table', () =>
      always((before, _change, contention) => {
        for (const guest of guests)
          expect(JSON.stringify(guestLeft(before, guest, contention).table)).to.not.include(`"${guest}"`);
      }));
  });
});
