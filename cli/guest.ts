/** `proxy-wifi guest scan` and `guest disconnect`: one request each, as the guest driver makes it. */
import * as E from 'fp-ts/lib/Either.js';
import { filter, firstValueFrom, map, type Observable, race, shareReplay, timer } from 'rxjs';
import { type GuestEvent, guestFailureText } from '../native/guest/index.js';
import type { Bss } from '../protocol/index.js';
import { asGuest } from './as-guest.js';
import { type KnownSession, lastSession, rememberSession } from './guest-memory.js';
import type { GuestFlags } from './guest-options.js';
import { networkJson, networksTable } from './networks-table.js';
import { readSsid } from './ssid-argument.js';
import { complain, type ExitCode, type Terminal } from './terminal.js';

/** Milliseconds that the driver waits for the rest of a scan. */
const restOfScan = 10_000;

/** The networks of the next notification that ends a scan. */
const scanResults = (events: Observable<GuestEvent>): Observable<readonly Bss[]> =>
  events.pipe(
    filter((event) => event.type === 'message'),
    map(({ message }) => message),
    filter((message) => message.operation === 'scan.response'),
    filter(({ complete }) => complete),
    map(({ networks }) => networks),
  );

export interface ScanFlags extends GuestFlags {
  readonly hex?: boolean;
}

/** Prints the networks; where the host still scans, those of its notification. */
export const guestScan = async (
  ssidText: string | undefined,
  flags: ScanFlags,
  terminal: Terminal,
): Promise<ExitCode> => {
  const ssid = ssidText === undefined ? E.right(undefined) : readSsid(ssidText, flags.hex);
  if (E.isLeft(ssid)) return complain(terminal, ssid.left, 2);
  return asGuest(flags, terminal, async ({ guest, terminal: own, patiently, failed }) => {
    const events = guest.notifications.pipe(shareReplay());
    const results = events.subscribe();
    const first = await firstValueFrom(events, { defaultValue: undefined });
    const answer = await patiently(guest.scan(ssid.right)());
    if (E.isLeft(answer)) return failed(answer.left);
    let { complete, networks } = answer.right;
    if (!complete && first?.type === 'listening') {
      const rest = await firstValueFrom(
        race(scanResults(events), timer(restOfScan).pipe(map(() => undefined))),
        {
          defaultValue: undefined,
        },
      );
      complete = rest !== undefined;
      networks = rest ?? networks;
    }
    results.unsubscribe();
    if (flags.json === true) own.out(JSON.stringify({ complete, networks: networks.map(networkJson) }));
    else for (const line of networksTable(networks, own)) own.out(line);
    if (complete) return 0;
    own.err('The host still scans, so there may be more: scan again in a few seconds.');
    if (first?.type === 'failure') own.err(`No notifications: ${guestFailureText(first.failure)}`);
    return 0;
  });
};

/** What is to be said of a session after the host has answered. `ended`: it was the one in effect, as far as is known. */
interface Ending {
  readonly ended: boolean;
  readonly text: string;
}

const endingOf = (sessionId: number, known: KnownSession | undefined): Ending => {
  if (known === undefined)
    return {
      ended: true,
      text: `Session ${sessionId} is over. A host says the same of one that was not in effect.`,
    };
  const { sessionId: last, ssid, over } = known;
  if (over && sessionId <= last)
    return { ended: false, text: `Session ${sessionId} was not in effect: it was over before.` };
  if (sessionId < last)
    return {
      ended: false,
      text: `Session ${sessionId} was not in effect: session ${last} (${ssid}) is, and goes on. It ends with: proxy-wifi guest disconnect ${last}`,
    };
  return { ended: true, text: `Session ${sessionId}${sessionId === last ? ` (${ssid})` : ''} is over.` };
};

/** Ends a session. */
export const guestDisconnect = async (
  sessionText: string,
  flags: GuestFlags,
  terminal: Terminal,
): Promise<ExitCode> => {
  const sessionId = /^\d+$/.test(sessionText) ? Number(sessionText) : Number.NaN;
  // Hosts count sessions from 1 on.
  if (!Number.isSafeInteger(sessionId) || sessionId === 0)
    return complain(
      terminal,
      [`SESSION: expected the number that connect has printed, got ${JSON.stringify(sessionText)}`],
      2,
    );
  return asGuest(flags, terminal, async ({ guest, terminal: own, patiently, failed }) => {
    const answer = await patiently(guest.disconnect(sessionId)());
    if (E.isLeft(answer)) return failed(answer.left);
    const known = await lastSession(flags);
    const { ended, text } = endingOf(sessionId, known);
    // A host ends the session in effect for a later number too.
    if (known !== undefined && ended) await rememberSession(flags, { ...known, over: true });
    own.out(flags.json === true ? JSON.stringify({ disconnected: ended, sessionId }) : text);
    return 0;
  });
};
