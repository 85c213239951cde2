/**
 * A policy that asks its user, on the terminal here and in a dialog elsewhere: `tsx examples/ask-the-user.ts [ENDPOINT]`. What was
 * answered holds for that guest and that network.
 */
import { createInterface } from 'node:readline/promises';
import { type ConnectionProposal, type Decision, proxyWifi } from 'proxy-wifi';
import { createActor, waitFor } from 'xstate';

const terminal = createInterface({ input: process.stdin, output: process.stdout });

const ask = async ({ guest, type, ssid }: ConnectionProposal): Promise<Decision> => {
  const what = type === 'hostMirroring' ? 'use this host’s connection to' : 'connect this host to';
  const answer = await terminal.question(`May ${guest} ${what} ${ssid}? [y/N] `);
  return /^y/i.test(answer) ? 'approve' : 'deny';
};

/** What was answered or is being asked, by guest and network. */
const decisions = new Map<string, Promise<Decision>>();
/** The last question: two at once would be a muddle. */
let asked: Promise<unknown> = Promise.resolve();

/** The service waits 5 s for a hook, then denies. The question stays, and its answer counts for the next attempt. */
const authorizeGuestConnection = (proposal: ConnectionProposal): Promise<Decision> => {
  const key = JSON.stringify([proposal.guest, proposal.type, proposal.ssid]);
  const known = decisions.get(key);
  if (known !== undefined) return known;
  const decision = asked.then(() => ask(proposal));
  asked = decision.catch(() => undefined);
  decisions.set(key, decision);
  return decision;
};

const proxy = createActor(proxyWifi, {
  input: {
    endpoints: [process.argv[2] ?? 'tcp://127.0.0.1'],
    radio: 'simulated',
    observer: { authorizeGuestConnection },
  },
});
proxy.on('guestConnectionCompleted', ({ guest, ssid, status }) =>
  console.log(`${guest} ${status === 0 ? 'is connected to' : 'is not connected to'} ${ssid}.`),
);
proxy.start();
await waitFor(proxy, (snapshot) => snapshot.matches('running'));
for (const { address } of proxy.getSnapshot().context.status.read().endpoints)
  console.log(`Guests reach us at ${address}. Ctrl-C stops.`);

// Ctrl-C, or the end of the input.
terminal.once('close', () => proxy.send({ type: 'stop' }));
