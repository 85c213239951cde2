/** `proxy-wifi guest …`: does what the guest driver does, one thing at a time, and shows what the host answers. */
import * as E from 'fp-ts/lib/Either.js';
import { filter, firstValueFrom, map, type Observable, race, shareReplay, timer } from 'rxjs';
import {
  createGuest,
  type Guest,
  type GuestEvent,
  type GuestFailure,
  guestFailureText,
} from '../native/guest/index.js';
import {
  type Bss,
  parseBssid,
  type Ssid,
  ssidFromHex,
  ssidFromText,
  ssidHex,
  ssidProblemText,
  statusName,
} from '../protocol/index.js';
import { type GuestFlags, guestOptions } from './guest-options.js';
import { onInterrupt } from './interruption.js';
import { networkJson, networksTable, signalText } from './networks-table.js';
import { type PassphraseSource, readKey } from './passphrase.js';
import { complain, type ExitCode, type Terminal } from './terminal.js';

/** Milliseconds that the driver waits for the rest of a scan. */
const restOfScan = 10_000;

/** Runs something as the guest of the flags, and lets go of everything afterwards. */
const asGuest = async (
  flags: GuestFlags,
  terminal: Terminal,
  act: (guest: Guest) => Promise<ExitCode>,
): Promise<ExitCode> => {
  const options = guestOptions(flags);
  if (E.isLeft(options)) return complain(terminal, options.left, 2);
  const guest = createGuest({ ...options.right, hello: false });
  const letGo = onInterrupt((signal) => {
    guest.close();
    terminal.err(`Stopped by ${signal}.`);
  });
  try {
    return await act(guest);
  } finally {
    letGo();
    guest.close();
  }
};

const failed = (terminal: Terminal, failure: GuestFailure, json = false): ExitCode => {
  if (json && failure.reason === 'connection denied') {
    const { status, sessionId } = failure;
    terminal.out(JSON.stringify({ connected: false, status, statusName: statusName(status), sessionId }));
  }
  return complain(terminal, [guestFailureText(failure)], 1);
};

const readSsid = (text: string, isHex = false): E.Either<readonly string[], Ssid> =>
  E.mapLeft((problem: Parameters<typeof ssidProblemText>[0]) => [
    `SSID ${JSON.stringify(text)}: ${ssidProblemText(problem)}`,
  ])(isHex ? ssidFromHex(text) : ssidFromText(text));

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
  return asGuest(flags, terminal, async (guest) => {
    const events = guest.notifications.pipe(shareReplay());
    const results = events.subscribe();
    const first = await firstValueFrom(events, { defaultValue: undefined });
    const answer = await guest.scan(ssid.right)();
    if (E.isLeft(answer)) return failed(terminal, answer.left);
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
    if (flags.json === true) terminal.out(JSON.stringify({ complete, networks: networks.map(networkJson) }));
    else for (const line of networksTable(networks, terminal)) terminal.out(line);
    if (complete) return 0;
    terminal.err('The host still scans, so there may be more: scan again in a few seconds.');
    if (first?.type === 'failure') terminal.err(`No notifications: ${guestFailureText(first.failure)}`);
    return 0;
  });
};

export interface ConnectFlags extends GuestFlags, PassphraseSource {
  readonly bssid?: string;
  readonly open?: boolean;
  readonly hex?: boolean;
}

/** Connects to a network and prints the session. */
export const guestConnect = async (
  ssidText: string,
  flags: ConnectFlags,
  terminal: Terminal,
): Promise<ExitCode> => {
  const options = guestOptions(flags);
  const ssid = readSsid(ssidText, flags.hex);
  const bssid = flags.bssid === undefined ? E.right(undefined) : parseBssid(flags.bssid);
  const sources = [flags.open === true, flags.passphraseStdin === true, flags.passphraseFile !== undefined];
  const problems = [
    ...(E.isLeft(options) ? options.left : []),
    ...(E.isLeft(ssid) ? ssid.left : []),
    ...(E.isLeft(bssid)
      ? [`--bssid: expected an address such as 02:00:00:00:00:01, got ${JSON.stringify(flags.bssid)}`]
      : []),
    ...(sources.filter((source) => source).length > 1
      ? ['--open, --passphrase-stdin, --passphrase-file: expected one of them, got several']
      : []),
  ];
  if (E.isLeft(ssid) || E.isLeft(bssid) || problems.length > 0) return complain(terminal, problems, 2);
  const key = flags.open === true ? undefined : await readKey(flags, ssid.right, terminal);
  if (key !== undefined && E.isLeft(key)) return complain(terminal, key.left, 2);
  const network = { ssid: ssid.right, bssid: bssid.right };
  return asGuest(flags, terminal, async (guest) => {
    const answer = await guest.connect(
      key === undefined
        ? { ...network, security: 'open' }
        : { ...network, security: 'wpa2-psk', key: key.right },
    )();
    if (E.isLeft(answer)) return failed(terminal, answer.left, flags.json);
    const { status, sessionId } = answer.right;
    if (flags.json === true) {
      const { ssid, bssid } = { ssid: network.ssid, bssid: answer.right.bssid };
      const session = {
        connected: true,
        status,
        statusName: statusName(status),
        ssid,
        ssidHex: ssidHex(ssid),
      };
      terminal.out(JSON.stringify({ ...session, bssid, sessionId }));
    } else {
      terminal.out(`Connected to ${network.ssid} (${answer.right.bssid}), session ${sessionId}.`);
    }
    return 0;
  });
};

/** Ends a session. */
export const guestDisconnect = async (
  sessionText: string,
  flags: GuestFlags,
  terminal: Terminal,
): Promise<ExitCode> => {
  const sessionId = /^\d+$/.test(sessionText) ? Number(sessionText) : Number.NaN;
  if (!Number.isSafeInteger(sessionId))
    return complain(
      terminal,
      [`SESSION: expected the number that connect has printed, got ${JSON.stringify(sessionText)}`],
      2,
    );
  return asGuest(flags, terminal, async (guest) => {
    const answer = await guest.disconnect(sessionId)();
    if (E.isLeft(answer)) return failed(terminal, answer.left);
    terminal.out(
      flags.json === true
        ? JSON.stringify({ disconnected: true, sessionId })
        : `Disconnected (session ${sessionId}).`,
    );
    return 0;
  });
};

const eventJson = (event: GuestEvent): Readonly<Record<string, unknown>> => {
  switch (event.type) {
    case 'listening':
      return { event: 'listening', address: event.address };
    case 'host.restarted':
      return { event: event.type };
    case 'session.lost':
      return { event: event.type, sessionId: event.sessionId };
    case 'failure':
      return { event: 'failure', problem: guestFailureText(event.failure) };
    case 'message': {
      const { operation, ...fields } = event.message;
      return {
        event: operation,
        ...fields,
        ...('networks' in fields ? { networks: fields.networks.map(networkJson) } : {}),
      };
    }
  }
};

const eventLines = (event: GuestEvent, terminal: Terminal): readonly string[] => {
  switch (event.type) {
    case 'listening':
      return [`Listening for notifications at ${event.address}. Ctrl-C stops.`];
    case 'host.restarted':
      return ['The service was started anew.'];
    case 'session.lost':
      return [`Session ${event.sessionId} has ended, and the host did not tell.`];
    case 'failure':
      return [`Unusable notification: ${guestFailureText(event.failure)}`];
    case 'message': {
      const { message } = event;
      switch (message.operation) {
        case 'scan.response':
          return [`Scan results: ${message.networks.length}`, ...networksTable(message.networks, terminal)];
        case 'signal':
          return [`Signal: ${signalText(message.rssi, terminal)}`];
        case 'disconnected':
          return [`Disconnected by the host: session ${message.sessionId}`];
        default:
          return [`A message that is no notification: ${message.operation}`];
      }
    }
  }
};

/** Prints what the host tells until the guest is closed. The host tells only guests that have asked something. */
export const guestWatch = (flags: GuestFlags, terminal: Terminal): Promise<ExitCode> =>
  asGuest(flags, terminal, (guest) => {
    const show = (event: GuestEvent): void => {
      if (flags.json === true) terminal.out(JSON.stringify(eventJson(event)));
      else for (const line of eventLines(event, terminal)) terminal.out(line);
    };
    return new Promise((resolve) => {
      let heard: GuestEvent['type'] | undefined;
      let code: ExitCode = 0;
      guest.notifications.subscribe({
        next: (event) => {
          if (event.type === 'failure' && heard === undefined) {
            code = complain(terminal, [guestFailureText(event.failure)], 1);
            return;
          }
          show(event);
          if (heard === undefined) void introduce();
          heard = event.type;
        },
        complete: () => resolve(code),
      });
      const introduce = async (): Promise<void> => {
        const answer = await guest.scan()();
        if (E.isRight(answer)) return show({ type: 'message', message: answer.right });
        if (answer.left.reason === 'closed') return;
        code = failed(terminal, answer.left);
        guest.close();
      };
    });
  });
