/** What a host application may print of the service: a scenario's keys are in none of it. */
import { inspect } from 'node:util';
import { expect } from 'chai';
import { type AnyActor, createActor, waitFor } from 'xstate';
import { InvalidInputError, proxyWifi } from '../../index.js';

const secret = 'not so secret words';
const scenario = (security: string) => ({
  interfaces: [{ name: 'wlan0' }],
  networks: [
    {
      ssid: 'Cafe',
      security,
      secret,
      accessPoints: [{ bssid: '02:00:00:00:00:01', channel: 1, signal: -40 }],
    },
  ],
});
const service = (security: string): AnyActor =>
  createActor(proxyWifi, {
    input: {
      endpoints: ['tcp://127.0.0.1'],
      requestPort: 0,
      // As a host application has it: read from a file of its own.
      radio: { scenario: JSON.parse(JSON.stringify(scenario(security))) },
    },
  });

/** The key as text, and as its bytes would be shown. */
const isShown = (value: unknown): boolean => {
  const text = inspect(value, { depth: 9, maxStringLength: null, maxArrayLength: null });
  const bytes = [...Buffer.from(secret)].slice(0, 6);
  return [secret, bytes.join(', '), bytes.map((byte) => byte.toString(16).padStart(2, '0')).join(' ')].some(
    (shown) => text.includes(shown),
  );
};

const shownIn = (actor: AnyActor): readonly string[] => {
  const children = Object.values(actor.getSnapshot().children ?? {}) as AnyActor[];
  return [
    ...(isShown(actor) ? [actor.sessionId] : []),
    ...(isShown(actor.getSnapshot()) ? [`snapshot of ${actor.sessionId}`] : []),
    ...children.flatMap(shownIn),
  ];
};

describe('what is printed of the service', function () {
  // Every actor is printed with all that hangs on it.
  this.timeout(60_000);

  it('shows no key of a scenario in the root actor, in its snapshot and in every actor below', async () => {
    const proxy = service('wpa2-psk');
    expect(isShown({ given: scenario('wpa2-psk') }), 'it would be found').to.equal(true);
    proxy.start();
    await waitFor(proxy, (snapshot) => snapshot.matches('running'));
    expect(Object.keys(proxy.getSnapshot().children)).to.not.be.empty;
    expect(shownIn(proxy)).to.deep.equal([]);
    proxy.send({ type: 'stop' });
    await waitFor(proxy, (snapshot) => snapshot.matches('stopped'));
    expect(shownIn(proxy)).to.deep.equal([]);
    proxy.stop();
  });

  it('shows none where the input is wrong', () => {
    const proxy = service('wpa2-pks');
    let problem: unknown;
    proxy.subscribe({
      error: (error) => {
        problem = error;
      },
    });
    proxy.start();
    expect(problem).to.be.instanceOf(InvalidInputError);
    expect(isShown(problem)).to.equal(false);
    expect(shownIn(proxy)).to.deep.equal([]);
  });
});
