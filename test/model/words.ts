/**
 * The words in which models say what is to happen and scenes say what has happened: one line for each thing that can be
 * seen from outside, so that the two can be compared and their differences read.
 */
import type { ConnectionType, Fact } from '../../index.js';

/** The guests of a scene. */
export type GuestName = 'A' | 'B';

/** What one step brings about. */
export interface Effects {
  /** Answers to requests of guests. */
  readonly answers: readonly string[];
  /** Notifications that reached guests. */
  readonly told: readonly string[];
  /** What the observer was told and asked, in order. */
  readonly heard: readonly string[];
  /** What was counted of notifications, where a model says it. */
  readonly counted?: readonly string[];
}

export const noEffects: Effects = { answers: [], told: [], heard: [] };

/** Everything that a model says of the moment after a step. */
export interface Account extends Effects {
  /** The service's snapshot. */
  readonly service: readonly string[];
}

const verbs: Readonly<Record<ConnectionType, 'mirrors' | 'directs'>> = {
  hostMirroring: 'mirrors',
  guestDirected: 'directs',
};

/** How a guest uses an interface. */
export type Use = 'mirrors' | 'directs';

export const useOf = (type: ConnectionType): Use => verbs[type];

const on = (port: string | null): string => (port === null ? '' : ` on ${port}`);

/** What the observer hears, and is asked. */
export const heard = {
  scans: (guest: string, network?: string): string =>
    `${guest} scans${network === undefined ? '' : ` for ${network}`}`,
  scanned: (guest: string, networks: number, complete = true): string =>
    `${guest} has scanned: ${networks} networks${complete ? '' : ', more to come'}`,
  may: (guest: string, use: Use, network: string): string =>
    `may ${guest} ${use === 'mirrors' ? 'mirror' : 'direct'} ${network}?`,
  completed: (guest: string, use: Use, network: string, port: string | null, status = 'success'): string =>
    `${guest} ${use} ${network}${on(port)}: ${status}`,
  leaves: (guest: string, use: Use, network: string, port: string): string =>
    `${guest} wants to leave what it ${use}: ${network}${on(port)}`,
  left: (guest: string, use: Use, network: string, port: string): string =>
    `${guest} has left what it ${use}: ${network}${on(port)}`,
  up: (port: string, network: string): string => `${port} connected to ${network}`,
  down: (port: string, network: string): string => `${port} disconnected from ${network}`,
};

/** What concerns one guest: between lines about different guests there is no order. */
export const without = (other: GuestName, lines: readonly string[]): readonly string[] =>
  lines.filter((line) => !line.startsWith(`${other} `) && !line.startsWith(`may ${other} `));

/** Is the line a question, which is asked of the hook and emitted to nobody? */
export const isQuestion = (line: string): boolean => line.endsWith('?');

/** An authentication that no model speaks of: every network of the scenes is WPA2-PSK to a guest. */
const strangeAuth = (auth: string): string => (auth === 'wpa2-psk' ? '' : ` by ${auth}`);

/** A fact in words. `nameOf`: the name of a guest; `status`: of a status code. */
export const factText = (
  fact: Fact,
  nameOf: (guest: string) => string,
  statusText: (status: number) => string,
): string => {
  switch (fact.type) {
    case 'guestScanRequested':
      return heard.scans(nameOf(fact.guest), fact.ssid ?? undefined);
    case 'guestScanCompleted':
      return heard.scanned(nameOf(fact.guest), fact.networks, fact.complete);
    case 'guestConnectionCompleted': {
      const { guest, connection, ssid, interfaceId, status, auth } = fact;
      const said = heard.completed(nameOf(guest), verbs[connection], ssid, interfaceId, statusText(status));
      return `${said}${strangeAuth(auth)}`;
    }
    case 'guestDisconnectionRequested':
      return heard.leaves(nameOf(fact.guest), verbs[fact.connection], fact.ssid, fact.interfaceId);
    case 'guestDisconnectionCompleted':
      return heard.left(nameOf(fact.guest), verbs[fact.connection], fact.ssid, fact.interfaceId);
    case 'hostConnected':
      return `${heard.up(fact.interfaceId, fact.ssid)}${strangeAuth(fact.auth)}`;
    case 'hostDisconnected':
      return heard.down(fact.interfaceId, fact.ssid);
    case 'endpointFailed':
      return `${fact.endpoint} failed: ${fact.code}`;
  }
};

/** What guests get. */
export const got = {
  connected: (guest: string, network: string): string => `${guest}: connected to ${network}`,
  failed: (guest: string, network: string, status: string): string =>
    `${guest}: ${network} failed, ${status}`,
  disconnected: (guest: string): string => `${guest}: disconnected`,
  networks: (guest: string, networks: readonly string[], complete = true): string =>
    `${guest}: sees ${networks.join(', ') || 'nothing'}${complete ? '' : ', more to come'}`,
  /** What it sent was no request. */
  refused: (guest: string): string => `${guest}: refused`,
  /** Its connection was closed without an answer. */
  cutOff: (guest: string): string => `${guest}: cut off`,
  /** The notification that its session is over. */
  lost: (guest: string): string => `${guest}: session lost`,
  signal: (guest: string): string => `${guest}: signal`,
  /** A signal that is not the newest any more. */
  olderSignal: (guest: string): string => `${guest}: older signal`,
};

/** A row of the ownership table. */
export interface RowWords {
  readonly network: string | null;
  readonly origin: 'host' | 'guests';
  readonly users: readonly string[];
  readonly claim?: string | undefined;
  readonly waiting?: readonly string[];
}

/** What the service's snapshot shows. */
export const shows = {
  radio: (state: string): string => `radio: ${state}`,
  interface: (port: string, link: string, network: string | null, scan = 'idle'): string =>
    `${port}: ${link}${network === null ? '' : ` to ${network}`}, scan ${scan}`,
  /** Rows of interfaces that nobody uses and that have no link say nothing. */
  row: (port: string, { network, origin, users, claim, waiting = [] }: RowWords): readonly string[] =>
    network === null && users.length === 0 && claim === undefined && waiting.length === 0
      ? []
      : [
          [
            `${port} in the table: ${network === null ? 'no network' : `${network} of the ${origin}`}`,
            `used by ${[...users].sort().join(', ') || 'nobody'}`,
            ...(claim === undefined ? [] : [`claimed by ${claim}`]),
            ...(waiting.length === 0 ? [] : [`waited for by ${waiting.join(', ')}`]),
          ].join('; '),
        ],
  guest: (
    guest: string,
    session: { readonly use: Use; readonly network: string; readonly port: string } | null,
    parts: { readonly dispatcher?: string; readonly channel?: string; readonly queue?: number } = {},
  ): string => {
    const { dispatcher = 'idle', channel = 'idle', queue = 0 } = parts;
    const use = session === null ? 'no session' : `${session.use} ${session.network}${on(session.port)}`;
    return `${guest}: ${use}; dispatcher ${dispatcher}; notifications ${channel}, ${queue} waiting`;
  },
};
