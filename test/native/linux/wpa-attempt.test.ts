import { expect } from 'chai';
import {
  type AttemptFact,
  disconnectText,
  factsOf,
  isDecided,
  judge,
  newAttempt,
  type Verdict,
} from '../../../native/linux/wpa-attempt.js';
import { StatusCode } from '../../../protocol/status.js';

const state = (name: string): AttemptFact => ({ type: 'state', state: name });
const refused = (status: number): AttemptFact => ({ type: 'refused', status });
const reason = (code: number): AttemptFact => ({ type: 'disconnect reason', reason: code });
const began: AttemptFact = { type: 'search began' };
const searched: AttemptFact = { type: 'searched' };

const course = (facts: readonly AttemptFact[], { sae = false } = {}): Verdict => {
  let verdict: Verdict = newAttempt(sae);
  for (const fact of facts) {
    if (isDecided(verdict)) throw new Error('decided before the last fact');
    verdict = judge(verdict, fact);
  }
  return verdict;
};

const handshake = [state('scanning'), state('authenticating'), state('associated'), state('4way_handshake')];

describe('a try to connect through wpa_supplicant', () => {
  it('succeeds when the state is completed', () => {
    expect(course([...handshake, state('group_handshake'), state('completed')])).to.equal('connected');
  });

  it('is not decided by the end of the link that it replaces', () => {
    expect(isDecided(course([reason(-3), state('disconnected'), state('scanning')]))).to.equal(false);
  });

  const failures: readonly [string, readonly AttemptFact[], object, { sae?: boolean }?][] = [
    ['a handshake that ends with a reason', [...handshake, reason(15)], { reason: 'wrong key', status: 15 }],
    [
      'a handshake that falls back',
      [...handshake, state('disconnected')],
      { reason: 'wrong key', status: 15 },
    ],
    ['a key mismatch', [...handshake, { type: 'key mismatch' }], { reason: 'wrong key', status: 15 }],
    [
      'a refused SAE password',
      [state('authenticating'), refused(1)],
      { reason: 'wrong key', status: 15 },
      { sae: true },
    ],
    [
      'too many stations',
      [state('associating'), refused(17)],
      { reason: 'rejected', status: StatusCode.noMoreStations },
    ],
    [
      'too many stations for SAE',
      [state('associating'), refused(17)],
      { reason: 'rejected', status: 17 },
      { sae: true },
    ],
    [
      'an access point that never answers',
      [state('authenticating'), state('disconnected'), state('authenticating'), state('scanning')],
      { reason: 'timed out', status: StatusCode.sequenceTimeout },
    ],
    [
      'a scan without the network',
      [began, state('scanning'), searched],
      { reason: 'network not found', status: 1 },
    ],
    [
      'a scan of its own after one that was under way before',
      [searched, began, searched],
      { reason: 'network not found' },
    ],
    ['a disabled interface', [state('interface_disabled')], { reason: 'failed', status: 1 }],
    [
      'what somebody else knows',
      [{ type: 'failed', failure: { reason: 'failed', status: 1, detail: 'so' } }],
      { reason: 'failed', detail: 'so' },
    ],
  ];
  for (const [title, facts, expected, options] of failures)
    it(`fails by ${title}`, () => {
      expect(course(facts, options)).to.include(expected);
    });

  it('goes on when a scan ends while the access point is being tried', () => {
    expect(isDecided(course([began, state('authenticating'), searched]))).to.equal(false);
  });

  it('goes on after one silence, and after a scan that was under way before', () => {
    expect(isDecided(course([state('authenticating'), state('disconnected')]))).to.equal(false);
    expect(isDecided(course([state('scanning'), searched]))).to.equal(false);
  });

  for (const status of [76, 77, 126, 127])
    it(`goes on with SAE after status ${status}, which is none of refusal`, () => {
      const facts = [state('authenticating'), refused(status)];
      expect(isDecided(course(facts, { sae: true }))).to.equal(false);
      expect(course(facts)).to.include({ reason: 'rejected', status });
    });

  it('is in the handshake until that ends, whatever is said again of the steps before it', () => {
    for (const name of ['authenticating', 'associating', 'associated'])
      expect(course([...handshake, state(name), state('disconnected')]), name).to.include({
        reason: 'wrong key',
      });
    expect(course([...handshake, state('group_handshake')])).to.include({ phase: 'handshake' });
    expect(isDecided(course([...handshake, reason(0)])), 'no reason').to.equal(false);
    expect(isDecided(course([...handshake, began, searched])), 'a search').to.equal(false);
    expect(course([...handshake, refused(17)])).to.include({ reason: 'rejected', status: 17 });
  });

  for (const name of ['authenticating', 'associating', 'associated'])
    it(`counts a silence for each fall back from ${name}, and gives up at the second`, () => {
      const fall = [state(name), state('scanning')];
      expect(course(fall)).to.deep.equal({ ...newAttempt(false), silences: 1 });
      expect(course([...fall, state('scanning'), state('disconnected')])).to.include({ silences: 1 });
      expect(course([...fall, ...fall])).to.include({ reason: 'timed out' });
    });

  it('by SAE fails by a wrong password at status 1 or 15 only, and without SAE by neither', () => {
    for (const status of [StatusCode.unspecifiedFailure, StatusCode.challengeFailure]) {
      const facts = [state('authenticating'), refused(status)];
      expect(course(facts, { sae: true })).to.include({ reason: 'wrong key', status: 15 });
      expect(course(facts)).to.include({ reason: 'rejected', status });
    }
    expect(isDecided(course([refused(15)], { sae: true })), 'before it begins').to.equal(false);
  });

  it('looks for the network where it has not got any further', () => {
    expect(course([began])).to.deep.equal({ ...newAttempt(false), searching: true });
    expect(course([state('inactive'), state('scanning')])).to.deep.equal(newAttempt(false));
    expect(course([], { sae: true })).to.deep.equal({
      phase: 'searching',
      searching: false,
      silences: 0,
      sae: true,
    });
  });

  it('takes no notice of success codes and of codes from before', () => {
    expect(isDecided(course([refused(1), state('authenticating'), refused(0)]))).to.equal(false);
  });
});

describe('changed properties of an interface', () => {
  it('give the codes before the state that they explain', () => {
    expect(
      factsOf({ State: 'disconnected', DisconnectReason: -3, AssocStatusCode: 17, Scanning: true }),
    ).to.deep.equal([refused(17), reason(-3), began, state('disconnected')]);
  });
});

describe('changed properties that say nothing of a try', () => {
  it('give none of its facts', () => {
    expect(factsOf({})).to.deep.equal([]);
    expect(
      factsOf({
        State: 1,
        DisconnectReason: 'x',
        AuthStatusCode: null,
        AssocStatusCode: '17',
        Scanning: false,
      }),
    ).to.deep.equal([]);
  });

  it('give both codes, of which 0 is one', () => {
    expect(factsOf({ AuthStatusCode: 0, AssocStatusCode: 1, DisconnectReason: 0 })).to.deep.equal([
      refused(0),
      refused(1),
      reason(0),
    ]);
  });
});

describe('the reason of a disconnection', () => {
  it('says who ended the link, and why', () => {
    expect(disconnectText(0)).to.equal('the link was lost');
    expect(disconnectText(-3)).to.equal('by this host: the access point or station leaves');
    expect(disconnectText(4)).to.equal('by the access point: inactivity');
  });
});
