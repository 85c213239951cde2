import { expect } from 'chai';
import { endsSession, knownBefore, untoldAfter } from '../../../actors/guest/session.js';
import { asked, connectTo, scanFor, sessionWith } from './requests.js';

const disconnect = (sessionId: number) => asked({ operation: 'disconnect', sessionId });

describe('a guest’s session', () => {
  const session = sessionWith({ id: 5 });

  it('is ended by a disconnect request with its own id or a later one, and by nothing else', () => {
    const ends = (request: Parameters<typeof endsSession>[1]) => endsSession(session, request);
    expect([4, 5, 6].map((id) => ends(disconnect(id)))).to.deep.equal([false, true, true]);
    expect(ends(asked(connectTo('Cafe')))).to.equal(false);
    expect(ends(asked(scanFor()))).to.equal(false);
    expect(ends(null)).to.equal(false);
    expect(endsSession(null, disconnect(5))).to.equal(false);
  });

  it('is over, without the guest knowing, for actors that follow others that crashed', () => {
    const recalled = { lastSessionId: 7, session, untold: null };
    const followed = (lastState: Parameters<typeof knownBefore>[0]['dispatcher']['lastState']) =>
      knownBefore({ dispatcher: { lastState }, recalled });
    expect(followed({ lastSessionId: 9, session, untold: 3 }), 'the newer one is untold').to.deep.equal({
      ...{ lastSessionId: 9, session: null, untold: 5 },
    });
    expect(followed({ lastSessionId: 9, session: null, untold: 3 })).to.deep.equal({
      ...{ lastSessionId: 9, session: null, untold: 3 },
    });
    expect(followed(undefined), 'of an earlier run').to.equal(recalled);
  });

  it('is none for a guest of whom nothing was known', () => {
    expect(knownBefore({ dispatcher: { lastState: undefined }, recalled: null })).to.deep.equal({
      ...{ lastSessionId: 0, session: null, untold: null },
    });
  });

  it('that is untold is known to who gets another one or ends one', () => {
    expect(untoldAfter(4, asked(connectTo('Cafe')), session)).to.equal(null);
    expect(untoldAfter(4, asked(connectTo('Cafe')), null), 'refused').to.equal(4);
    expect(untoldAfter(4, disconnect(4), null)).to.equal(null);
    expect(untoldAfter(4, asked(scanFor()), null)).to.equal(4);
    expect(untoldAfter(null, asked(scanFor()), null)).to.equal(null);
  });
});
