/** `proxy-wifi guest connect`: connects, says why not, and with `--stay` holds the session. */
import * as E from 'fp-ts/lib/Either.js';
import { type Observable, ReplaySubject } from 'rxjs';
import {
  type GuestEvent,
  type GuestFailure,
  type GuestNetwork,
  guestFailureText,
} from '../native/guest/index.js';
import { advertisedSecurity, parseBssid, type Ssid, ssidHex, statusName } from '../protocol/index.js';
import { asGuest, type GuestAtWork } from './as-guest.js';
import { type DeniedConnect, deniedText } from './connect-failure.js';
import { rememberSession } from './guest-memory.js';
import { type GuestFlags, guestOptions } from './guest-options.js';
import { signalText } from './networks-table.js';
import { type PassphraseSource, readKey } from './passphrase.js';
import { readSsid } from './ssid-argument.js';
import { complain, type ExitCode, type Terminal } from './terminal.js';

export interface ConnectFlags extends GuestFlags, PassphraseSource {
  readonly bssid?: string;
  readonly open?: boolean;
  readonly hex?: boolean;
  readonly stay?: boolean;
}

/** What the host shows of a network, asked after it did not connect to it. */
const securityOf = async (
  { guest, patiently }: GuestAtWork,
  ssid: Ssid,
): Promise<DeniedConnect['security']> => {
  const scan = await patiently(guest.scan(ssid)());
  if (E.isLeft(scan)) return 'unknown';
  const bss = scan.right.networks.find((other) => other.ssid === ssid);
  if (bss !== undefined) return advertisedSecurity(bss).kind;
  return scan.right.complete ? 'missing' : 'unknown';
};

const denied = async (
  work: GuestAtWork,
  network: GuestNetwork,
  failure: Extract<GuestFailure, { reason: 'connection denied' }>,
  json: boolean,
): Promise<ExitCode> => {
  const { status, sessionId } = failure;
  const { ssid } = network;
  const security = await securityOf(work, ssid);
  if (json)
    work.terminal.out(
      JSON.stringify({
        connected: false,
        ssid,
        ssidHex: ssidHex(ssid),
        status,
        statusName: statusName(status),
        sessionId,
      }),
    );
  return complain(
    work.terminal,
    [deniedText({ ssid, status, hasKey: network.security !== 'open', security })],
    1,
  );
};

/** What a guest that stays tells of its session. */
const stayLine = (event: GuestEvent, terminal: Terminal): string | undefined => {
  switch (event.type) {
    case 'host.restarted':
      return 'The service was started anew.';
    case 'failure':
      return 'A notification of the host was unusable.';
    case 'message':
      return event.message.operation === 'signal'
        ? `Signal: ${signalText(event.message.rssi, terminal)}`
        : undefined;
    case 'listening':
    case 'session.lost':
      return undefined;
  }
};

/** Holds the session until it ends or a signal comes; resolves with the exit code. `events`: since before the session. */
const stay = (
  { terminal }: GuestAtWork,
  ssid: Ssid,
  held: number,
  json: boolean,
  events: Observable<GuestEvent>,
): Promise<ExitCode> =>
  new Promise((resolve) => {
    let listening = false;
    const say = (text: string, facts: Readonly<Record<string, unknown>>): void =>
      terminal.out(json ? JSON.stringify(facts) : text);
    const over = (sessionId: number, how: string): void => {
      say(`${ssid}: session ${sessionId} has ended${how}. Nothing is listened to any more.`, {
        event: 'ended',
        sessionId,
      });
      resolve(1);
    };
    events.subscribe({
      next: (event) => {
        if (event.type === 'failure' && !listening) {
          complain(terminal, [`${ssid}: the session cannot be held: ${guestFailureText(event.failure)}`], 1);
        } else if (event.type === 'listening') {
          listening = true;
          say(`Holding session ${held} until Ctrl-C.`, { event: 'holding', sessionId: held });
        } else if (event.type === 'session.lost') over(event.sessionId, ', and the host did not tell');
        else if (event.type === 'message' && event.message.operation === 'disconnected') {
          // An older session's end is none of this one's.
          if (event.message.sessionId >= held) over(event.message.sessionId, ' on the host');
        } else {
          const line = stayLine(event, terminal);
          if (line !== undefined && !json) terminal.out(line);
        }
      },
      complete: () => resolve(1),
    });
  });

const networkOf = async (
  ssidText: string,
  flags: ConnectFlags,
  terminal: Terminal,
): Promise<E.Either<readonly string[], GuestNetwork>> => {
  const options = guestOptions(flags);
  const ssid = readSsid(ssidText, flags.hex);
  const bssid = flags.bssid === undefined ? E.right(undefined) : parseBssid(flags.bssid);
  const sources = [flags.open === true, flags.passphraseStdin === true, flags.passphraseFile !== undefined];
  const problems = [
    ...(E.isLeft(options) ? options.left : []),
    ...(E.isLeft(ssid) ? ssid.left : []),
    ...(E.isRight(ssid) && ssid.right === ''
      ? ['SSID: expected the name of a network, got an empty one']
      : []),
    ...(E.isLeft(bssid)
      ? [`--bssid: expected an address such as 02:00:00:00:00:01, got ${JSON.stringify(flags.bssid)}`]
      : []),
    ...(sources.filter((source) => source).length > 1
      ? ['--open, --passphrase-stdin, --passphrase-file: expected one of them, got several']
      : []),
  ];
  if (E.isLeft(ssid) || E.isLeft(bssid) || problems.length > 0) return E.left(problems);
  const network = { ssid: ssid.right, bssid: bssid.right };
  if (flags.open === true) return E.right({ ...network, security: 'open' });
  return E.map(
    (key: Extract<GuestNetwork, { security: 'wpa2-psk' }>['key']): GuestNetwork => ({
      ...network,
      security: 'wpa2-psk',
      key,
    }),
  )(await readKey(flags, ssid.right, terminal));
};

/** Connects to a network and prints the session. */
export const guestConnect = async (
  ssidText: string,
  flags: ConnectFlags,
  terminal: Terminal,
): Promise<ExitCode> => {
  const read = await networkOf(ssidText, flags, terminal);
  if (E.isLeft(read)) return complain(terminal, read.left, 2);
  const network = read.right;
  const json = flags.json === true;
  const connect = async (work: GuestAtWork): Promise<ExitCode> => {
    const events = new ReplaySubject<GuestEvent>();
    if (flags.stay === true) work.guest.notifications.subscribe(events);
    const answer = await work.patiently(work.guest.connect(network)());
    if (E.isLeft(answer))
      return answer.left.reason === 'connection denied'
        ? denied(work, network, answer.left, json)
        : work.failed(answer.left);
    const { status, bssid, sessionId } = answer.right;
    const { ssid } = network;
    await rememberSession(flags, { sessionId, ssid, over: false });
    work.terminal.out(
      json
        ? JSON.stringify({
            connected: true,
            status,
            statusName: statusName(status),
            ssid,
            ssidHex: ssidHex(ssid),
            bssid,
            sessionId,
          })
        : `Connected to ${ssid} (${bssid}), session ${sessionId}.`,
    );
    if (flags.stay === true) {
      const code = await stay(work, ssid, sessionId, json, events);
      await rememberSession(flags, { sessionId, ssid, over: true });
      return code;
    }
    if (!json)
      work.terminal.err(
        `Nobody listens for what the host tells of it, and a guest that does not is gone to the host after a while: with --stay it does. It ends with: proxy-wifi guest disconnect ${sessionId}`,
      );
    return 0;
  };
  return asGuest(flags, terminal, connect, { stays: flags.stay === true });
};
