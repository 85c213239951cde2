import { expect } from 'chai';
import sinon from 'sinon';
import type { ConnectionProposal } from '../../../actors/application/decision.js';
import { connectionPolicy, type PolicyRules } from '../../../actors/application/policy.js';
import { guestIdOf } from '../../../native/sockets/endpoint.js';
import { ManualClock } from '../../../streams/clock.js';
import { ssid } from '../../stage/networks.js';

const proposal = (name: string, parts: Partial<ConnectionProposal> = {}): ConnectionProposal => ({
  guest: guestIdOf({ scheme: 'tcp', address: '127.0.1.1' }),
  type: 'guestDirected',
  ssid: ssid(name),
  auth: 'wpa2-psk',
  networkAuth: null,
  ...parts,
});
const mirrored = { type: 'hostMirroring' } as const;

describe('rules for connections of guests', () => {
  const clock = new ManualClock();
  const decisions = (rules: PolicyRules, ...proposals: readonly ConnectionProposal[]): unknown[] => {
    const decide = connectionPolicy(rules, undefined, clock);
    return proposals.map((one) => decide(one));
  };
  const refused = (rule: string) => ({ status: 37, rule });

  it('without one nothing is refused', () => {
    const open = { auth: 'open' } as const;
    expect(
      decisions(
        {},
        proposal('Cafe'),
        proposal('Cafe', mirrored),
        proposal('Cafe', open),
        proposal('Cafe', { ...open, ...mirrored }),
      ),
    ).to.deep.equal(Array(4).fill('approve'));
  });

  it('mirrorOnly never moves the host', () => {
    expect(decisions({ mirrorOnly: true }, proposal('Cafe'), proposal('Cafe', mirrored))).to.deep.equal([
      refused('mirrorOnly'),
      'approve',
    ]);
  });

  it('allowSsids lets the named networks pass and no others, for sharing as well', () => {
    const rules = { allowSsids: ['Cafe', 'Bar\\'], allowSsidsHex: ['00ff'] };
    expect(
      decisions(
        rules,
        proposal('Cafe'),
        proposal('Bar\\'),
        proposal('x', { ssid: '\\x00\\xff' as ConnectionProposal['ssid'] }),
        proposal('Home'),
        proposal('Home', mirrored),
        proposal('cafe'),
      ),
    ).to.deep.equal([
      'approve',
      'approve',
      'approve',
      refused('allowSsids'),
      refused('allowSsids'),
      refused('allowSsids'),
    ]);
  });

  it('denySsids goes before allowSsids', () => {
    const rules = {
      allowSsids: ['Cafe', 'Bar'],
      denySsids: ['Cafe'],
      denySsidsHex: ['42 61 72'.replaceAll(' ', '')],
    };
    expect(decisions(rules, proposal('Cafe'), proposal('Bar'), proposal('Home'))).to.deep.equal([
      refused('denySsids'),
      refused('denySsids'),
      refused('allowSsids'),
    ]);
  });

  it('refuseOpenNetworks counts what the guest asks for, and what the host is connected to', () => {
    const open = { auth: 'open' } as const;
    expect(
      decisions(
        { refuseOpenNetworks: true },
        proposal('Cafe'),
        proposal('Cafe', open),
        // A network of that name has a passphrase; the guest asks for one without.
        proposal('Cafe', { ...open, networkAuth: 'wpa2-psk' }),
        proposal('Cafe', { ...open, ...mirrored }),
      ),
    ).to.deep.equal(['approve', ...Array<unknown>(3).fill(refused('refuseOpenNetworks'))]);
  });

  it('changesPerMinute counts those of all guests together that it lets pass, within any minute', async () => {
    const decide = connectionPolicy({ changesPerMinute: 2, denySsids: ['Bar'] }, undefined, clock);
    const other = { guest: guestIdOf({ scheme: 'tcp', address: '127.0.1.2' }) };
    expect(decide(proposal('Bar'))).to.deep.equal(refused('denySsids'));
    expect(decide(proposal('Cafe'))).to.equal('approve');
    await clock.advance(30_000);
    expect(decide(proposal('Home', other))).to.equal('approve');
    expect(decide(proposal('Cafe'))).to.deep.equal(refused('changesPerMinute'));
    expect(decide(proposal('Cafe', mirrored))).to.equal('approve');
    await clock.advance(29_999);
    expect(decide(proposal('Cafe'))).to.deep.equal(refused('changesPerMinute'));
    await clock.advance(1);
    expect(decide(proposal('Cafe'))).to.equal('approve');
    expect(decide(proposal('Cafe'))).to.deep.equal(refused('changesPerMinute'));
  });

  it('ask the host application about what they let pass, and about nothing else', async () => {
    const next = sinon.fake.resolves('deny');
    const decide = connectionPolicy({ mirrorOnly: true }, next);
    expect(decide(proposal('Cafe'))).to.deep.equal(refused('mirrorOnly'));
    sinon.assert.notCalled(next);
    expect(await decide(proposal('Bar', mirrored))).to.equal('deny');
    sinon.assert.calledOnceWithExactly(next, proposal('Bar', mirrored));
  });

  it('that are wrong are said to be, each in a sentence', () => {
    const rules = { allowSsids: [''], changesPerMinute: 0, mirorOnly: true } as unknown as PolicyRules;
    expect(() => connectionPolicy(rules)).to.throw(
      TypeError,
      /allowSsids\[0\].*SSID of 1 to 32 bytes.*changesPerMinute.*from 1 to 600|mirorOnly/,
    );
  });
});
