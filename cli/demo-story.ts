/**
 * The story of the demo: a real service on a simulated radio, and a real guest, over sockets of this machine. Every step is
 * told when it has happened, and not because it is due; one that does not happen ends the story.
 */
import { randomBytes } from 'node:crypto';
import { type AddressInfo, createServer } from 'node:net';
import * as E from 'fp-ts/lib/Either.js';
import { filter, firstValueFrom, map, type Observable, ReplaySubject, skip, timeout } from 'rxjs';
import { createActor, waitFor } from 'xstate';
import { type Fact, proxyWifi, type ServiceStatus } from '../index.js';
import {
  createGuest,
  derivePmk,
  type Guest,
  type GuestEvent,
  guestFailureText,
} from '../native/guest/index.js';
import {
  type Bss,
  type Bssid,
  type HostMessage,
  KeyMaterial,
  type Ssid,
  ssidFromText,
} from '../protocol/index.js';
import type { DemoScenario } from './demo-scenario.js';
import { type Interrupt, onInterrupt } from './interruption.js';

/** What has happened. */
export type StoryStep =
  | { readonly step: 'started'; readonly host: string; readonly guest: string }
  | { readonly step: 'scanned'; readonly networks: readonly Bss[] }
  | {
      readonly step: 'connected' | 'mirrored';
      readonly ssid: Ssid;
      readonly bssid: Bssid;
      readonly sessionId: number;
    }
  | { readonly step: 'fading'; readonly ssid: Ssid }
  | { readonly step: 'signal'; readonly rssi: number }
  | { readonly step: 'lost'; readonly sessionId: number }
  | { readonly step: 'hostConnected'; readonly ssid: Ssid }
  | { readonly step: 'disconnected'; readonly sessionId: number; readonly host: Ssid }
  | { readonly step: 'stopped' };

/** How the story ended: in full, with the sentence that says what did not happen, or by a signal. */
export type StoryEnd =
  | { readonly end: 'complete' }
  | { readonly end: 'brokenOff'; readonly problem: string }
  | { readonly end: 'stopped'; readonly by: Interrupt };

/** Ends the story; the message says what should have happened. */
class StoryEnded extends Error {}

const loopback = '127.0.0.1';

/** The first of what comes, or the end of the story. */
const nextWithin =
  (patience: number) =>
  <T>(coming: Observable<T>, what: string): Promise<T> =>
    firstValueFrom(coming.pipe(timeout({ first: patience }))).catch(() => {
      throw new StoryEnded(`the story stops here: ${what}`);
    });

const done = <A>(result: E.Either<Parameters<typeof guestFailureText>[0], A>, what: string): A => {
  if (E.isRight(result)) return result.right;
  throw new StoryEnded(`the story stops here: ${what}: ${guestFailureText(result.left)}`);
};

const insist = (isSo: boolean, what: string): void => {
  if (!isSo) throw new StoryEnded(`the story stops here: ${what}`);
};

/** A port that is free now: the guest must know its host's port before the host is there. */
const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, loopback, () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });

type Message<Operation extends HostMessage['operation']> = Extract<HostMessage, { operation: Operation }>;

/** What the host tells its guest. */
const told = <Operation extends HostMessage['operation']>(
  events: Observable<GuestEvent>,
  operation: Operation,
): Observable<Message<Operation>> =>
  events.pipe(
    filter((event) => event.type === 'message'),
    map(({ message }) => message),
    filter((message): message is Message<Operation> => message.operation === operation),
  );

const factOf = <Type extends Fact['type']>(facts: Observable<Fact>, type: Type) =>
  facts.pipe(filter((fact): fact is Extract<Fact, { type: Type }> => fact.type === type));

const named = (text: string): Ssid => {
  const ssid = ssidFromText(text);
  if (E.isRight(ssid)) return ssid.right;
  throw new StoryEnded(`${JSON.stringify(text)} is no SSID`);
};

/** A host and a guest that know each other, and what is heard of both. */
interface Stage {
  readonly guest: Guest;
  readonly events: Observable<GuestEvent>;
  readonly facts: Observable<Fact>;
  readonly status: () => ServiceStatus;
}

const play = async (
  { guest, events, facts, status }: Stage,
  scenario: DemoScenario,
  tell: (step: StoryStep) => void,
) => {
  const next = nextWithin(scenario.patience);
  const first = named(scenario.first.ssid);
  const second = named(scenario.second.ssid);

  const answer = done(await guest.scan()(), 'the guest cannot scan');
  const { networks } = answer.complete
    ? answer
    : await next(told(events, 'scan.response'), 'the host does not tell the results of its scan');
  tell({ step: 'scanned', networks });
  insist(
    networks.some(({ ssid }) => ssid === first),
    `the scan does not show ${first}`,
  );

  const key = derivePmk(scenario.first.passphrase, first);
  if (E.isLeft(key)) throw new StoryEnded(`the passphrase of ${first} is none`);
  const connected = done(
    await guest.connect({ ssid: first, security: 'wpa2-psk', key: key.right })(),
    `the guest does not connect to ${first}`,
  );
  const directed = await next(
    factOf(facts, 'guestConnectionCompleted'),
    'the service does not tell of the connection',
  );
  insist(
    directed.connection === 'guestDirected' && directed.ssid === first,
    'the host did not connect for the guest',
  );
  tell({ step: 'connected', ssid: first, bssid: connected.bssid, sessionId: connected.sessionId });

  const signals: number[] = [];
  const watching = told(events, 'signal').subscribe(({ rssi }) => {
    if (signals.length === 0) tell({ step: 'fading', ssid: first });
    // A notification that was written late is sent once more.
    if (signals.at(-1) === rssi) return;
    signals.push(rssi);
    tell({ step: 'signal', rssi });
  });
  const lost = await next(told(events, 'disconnected'), `the guest does not hear that ${first} is gone`);
  watching.unsubscribe();
  const [strong] = signals;
  const weak = signals.at(-1);
  insist(strong !== undefined && weak !== undefined && weak < strong, 'the signal does not fade');
  insist(lost.sessionId === connected.sessionId, 'the session that ended is not the one of the guest');
  tell({ step: 'lost', sessionId: lost.sessionId });

  const joined = factOf(facts, 'hostConnected').pipe(filter(({ ssid }) => ssid === second));
  await next(joined, `the host does not connect to ${second}`);
  tell({ step: 'hostConnected', ssid: second });

  const anyKey = new KeyMaterial(randomBytes(32));
  const mirrored = done(
    await guest.connect({ ssid: second, security: 'wpa2-psk', key: anyKey })(),
    `the guest does not connect to ${second}`,
  );
  const completed = factOf(facts, 'guestConnectionCompleted').pipe(skip(1));
  const mirroring = await next(completed, 'the service does not tell of the second connection');
  insist(mirroring.connection === 'hostMirroring', 'the connection of the host is not mirrored');
  tell({ step: 'mirrored', ssid: second, bssid: mirrored.bssid, sessionId: mirrored.sessionId });

  done(await guest.disconnect()(), 'the guest cannot disconnect');
  await next(factOf(facts, 'guestDisconnectionCompleted'), 'the session does not end');
  const link = status().interfaces.find(({ link }) => link?.ssid === second)?.link;
  if (!link) throw new StoryEnded(`the story stops here: the host is not connected to ${second} any more`);
  tell({ step: 'disconnected', sessionId: mirrored.sessionId, host: link.ssid });
};

/** Plays the story and tells each step. */
export const playStory = async (
  scenario: DemoScenario,
  tell: (step: StoryStep) => void,
): Promise<StoryEnd> => {
  const port = await freePort();
  const guest = createGuest({
    endpoint: { scheme: 'tcp', host: loopback, port },
    notificationPort: 0,
    address: loopback,
    hello: false,
  });
  const events = new ReplaySubject<GuestEvent>();
  guest.notifications.subscribe(events);
  let by: Interrupt | undefined;
  const letGo = onInterrupt((signal) => {
    by = signal;
    guest.close();
  });
  try {
    await onStage(scenario, port, guest, events, tell);
    return by === undefined ? { end: 'complete' } : { end: 'stopped', by };
  } catch (error) {
    if (by !== undefined) return { end: 'stopped', by };
    if (error instanceof StoryEnded) return { end: 'brokenOff', problem: error.message };
    throw error;
  } finally {
    guest.close();
    letGo();
  }
};

const onStage = async (
  scenario: DemoScenario,
  port: number,
  guest: Guest,
  events: Observable<GuestEvent>,
  tell: (step: StoryStep) => void,
): Promise<void> => {
  const heard = await nextWithin(scenario.patience)(events, 'the guest cannot listen');
  if (heard.type !== 'listening') throw new StoryEnded('the guest cannot listen for notifications');
  const notificationPort = Number(heard.address.split(':').at(-1));
  const proxy = createActor(proxyWifi, {
    input: {
      endpoints: [`tcp://${loopback}:${port}`],
      notificationPort,
      radio: { scenario: scenario.scenario },
    },
  });
  const facts = new ReplaySubject<Fact>();
  proxy.on('*', (fact) => facts.next(fact));
  // Once the guest is closed, nothing more of the story happens.
  events.subscribe({ complete: () => facts.complete() });
  proxy.start();
  const status = (): ServiceStatus => proxy.getSnapshot().context.status.read();
  try {
    await waitFor(proxy, (snapshot) => snapshot.matches('running'));
    const [endpoint] = status().endpoints;
    if (!endpoint?.address) throw new StoryEnded(endpoint?.problem ?? 'the host cannot listen');
    tell({ step: 'started', host: endpoint.address, guest: heard.address });
    await play({ guest, events, facts, status }, scenario, tell);
  } finally {
    proxy.send({ type: 'stop' });
    await waitFor(proxy, (snapshot) => snapshot.matches('stopped'));
  }
  tell({ step: 'stopped' });
};
