import { expect } from 'chai';
import { hasForgotten, helloPatience, readerOf, replyHello } from '../../../actors/guest/hello.js';
import { Interfaces } from '../../../actors/host/interface-register.js';
import { HelloCapability } from '../../../protocol/hello.js';
import { decodeHostMessage, instanceIdOf } from '../../../protocol/index.js';
import type { HelloRequest } from '../../../protocol/messages.js';
import { right } from '../../protocol/either.js';
import { asked, sessionWith } from './requests.js';

const [mine, other] = [instanceIdOf(1n), instanceIdOf(2n)];
const hello = (parts: Partial<HelloRequest> = {}): HelloRequest => ({
  ...{ operation: 'hello', capabilities: 0, instance: mine, sessionId: 0 },
  ...parts,
});

describe("a guest's hello", () => {
  it('says how its driver reads, each capability by itself', () => {
    const of = (capabilities: number) => readerOf(hello({ capabilities }));
    const older = { format: 'without-scan-complete', skills: { sae: false }, patience: 8 };
    expect(of(0)).to.deep.equal(older);
    expect(of(HelloCapability.scanComplete)).to.deep.equal({ ...older, format: 'with-scan-complete' });
    expect(of(HelloCapability.saeByPassword)).to.deep.equal({ ...older, skills: { sae: true } });
    expect(of(HelloCapability.patientNotifications)).to.deep.equal({ ...older, patience: 800 });
  });

  it('forgets a session where another driver had it, and this one holds none', () => {
    const session = sessionWith({ id: 3 });
    const forgets = (instance: typeof mine | null, held: typeof session | null, sessionId: number) =>
      hasForgotten({ instance, session: held } as never, asked(hello({ sessionId })));
    expect(forgets(other, session, 0)).to.equal(true);
    expect(forgets(mine, session, 0), 'the same driver').to.equal(false);
    expect(forgets(other, null, 0), 'there is none').to.equal(false);
    expect(forgets(other, session, 3), 'it holds it').to.equal(false);
    expect(forgets(other, session, 1), 'it holds another one').to.equal(false);
  });

  it('is answered with what the host can, whether the session is in effect, and half a minute until the next', () => {
    const answer = (held: number | null, sessionId: number) => {
      const request = asked(hello({ sessionId }));
      replyHello(request, held === null ? null : sessionWith({ id: held }), new Interfaces(), other);
      const [[frame, outcome] = [new Uint8Array(), '']] = request.replies;
      return { ...right(decodeHostMessage(frame)), outcome };
    };
    expect(answer(3, 3)).to.deep.equal({
      ...{ operation: 'hello.response', capabilities: HelloCapability.scanComplete, instance: other },
      ...{ inEffect: true, nextHello: 30_000, outcome: 'success' },
    });
    expect([answer(3, 2), answer(3, 0), answer(null, 0), answer(null, 3)]).to.satisfy(
      (answers: readonly { readonly inEffect?: boolean }[]) =>
        answers.every(({ inEffect }) => inEffect === false),
    );
    expect(helloPatience, 'three of them').to.equal(90_000);
  });
});
