/** The guest for programs that know no fp-ts: text and options in, promises out, errors thrown. */
import * as E from 'fp-ts/lib/Either.js';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import { bssidProblemText, parseBssid } from '../../protocol/bssid.js';
import { KeyMaterial } from '../../protocol/key-material.js';
import type { ConnectResponse, ScanResponse } from '../../protocol/messages.js';
import { type Ssid, ssidFromText, ssidProblemText } from '../../protocol/ssid.js';
import {
  createGuest,
  type GuestEvent,
  type GuestFailure,
  type GuestNetwork,
  type GuestOptions,
  guestFailureText,
} from '../guest.js';
import { derivePmk, passphraseProblemText } from '../pmk.js';
import { endpointProblemText, parseEndpoint } from '../sockets/endpoint.js';

/** What a plain guest's promises reject with when it did not come about. */
export class GuestError extends Error {
  /** The same for programs, tagged by `reason`. */
  readonly failure: GuestFailure;

  constructor(failure: GuestFailure) {
    super(guestFailureText(failure));
    this.name = 'GuestError';
    this.failure = failure;
  }
}

/** As `GuestOptions`, with the host's URL as text. */
export interface PlainGuestOptions extends Omit<GuestOptions, 'endpoint'> {
  /** The host: `tcp://127.0.0.1`, `unix:///run/vm1.vsock`. */
  readonly endpoint: string;
}

/** A network to connect to. Without a passphrase it is an open one. */
export interface PlainNetwork {
  /** Its name, of 1 to 32 bytes in UTF-8. */
  readonly ssid: string;
  /** 8 to 63 printable ASCII characters, or the 32-byte key itself as 64 hex digits; for WPA3 any 1 to 255 bytes. */
  readonly passphrase?: string;
  /** Which handshake the passphrase is for: `wpa2` unless given. */
  readonly security?: 'wpa2' | 'wpa3';
  /** `02:00:00:00:00:01`: this access point only. */
  readonly bssid?: string;
}

/**
 * A guest. Its requests go one at a time, in the order in which they were asked for. Promises reject with a `GuestError`, or
 * with a `TypeError` for an argument that is wrong, and then nothing has been sent.
 */
export interface PlainGuest {
  /** The networks: all of them, or a search for one that may be hidden. */
  readonly scan: (ssid?: string) => Promise<ScanResponse>;
  /** Connects, and gives the session. */
  readonly connect: (network: PlainNetwork) => Promise<ConnectResponse>;
  /** Ends this session, or the last one. */
  readonly disconnect: (sessionId?: number) => Promise<void>;
  /** Calls back for everything that the host tells, from now on; returns how to call that off. */
  readonly watch: (listener: (event: GuestEvent) => void) => () => void;
  /** The id of the session in effect as far as the guest knows; 0: none. */
  readonly heldSession: () => number;
  /** Ends the session if there is one, and closes. */
  readonly leave: () => Promise<void>;
  /** Gives up everything at once; the host keeps the session. */
  readonly close: () => void;
}

const reject = (argument: string, problem: string): never => {
  throw new TypeError(`${argument}: ${problem}`);
};

const taken = <Problem, A>(
  argument: string,
  read: E.Either<Problem, A>,
  textOf: (problem: Problem) => string,
): A => (E.isRight(read) ? read.right : reject(argument, textOf(read.left)));

const nameOf = (text: string): Ssid => {
  const ssid = taken('ssid', ssidFromText(text), ssidProblemText);
  return ssid === '' ? reject('ssid', 'expected the name of a network, got an empty one') : ssid;
};

const passwordOf = (password: string): KeyMaterial => {
  const bytes = new TextEncoder().encode(password);
  return bytes.length < 1 || bytes.length > 0xff
    ? reject('passphrase', `expected 1 to 255 bytes, got ${bytes.length}`)
    : new KeyMaterial(bytes);
};

const networkOf = ({ ssid: name, passphrase, security, bssid: address }: PlainNetwork): GuestNetwork => {
  const ssid = nameOf(name);
  const bssid = address === undefined ? undefined : taken('bssid', parseBssid(address), bssidProblemText);
  if (passphrase === undefined)
    return security === undefined
      ? { ssid, bssid, security: 'open' }
      : reject('passphrase', `expected one for ${security}, got none`);
  return security === 'wpa3'
    ? { ssid, bssid, security: 'wpa3-sae', key: passwordOf(passphrase) }
    : {
        ssid,
        bssid,
        security: 'wpa2-psk',
        key: taken('passphrase', derivePmk(passphrase, ssid), passphraseProblemText),
      };
};

const settled = async <A>(task: TaskEither<GuestFailure, A>): Promise<A> => {
  const result = await task();
  if (E.isLeft(result)) throw new GuestError(result.left);
  return result.right;
};

/** A guest that has just loaded its driver. It says hello until it leaves, which keeps the process running. */
export const createPlainGuest = ({ endpoint, ...options }: PlainGuestOptions): PlainGuest => {
  const guest = createGuest({
    ...options,
    endpoint: taken('endpoint', parseEndpoint(endpoint), endpointProblemText),
  });
  return {
    scan: async (ssid) => settled(guest.scan(ssid === undefined ? undefined : nameOf(ssid))),
    connect: async (network) => settled(guest.connect(networkOf(network))),
    disconnect: (sessionId) => settled(guest.disconnect(sessionId)),
    watch: (listener) => {
      const watching = guest.notifications.subscribe(listener);
      return () => watching.unsubscribe();
    },
    heldSession: guest.heldSession,
    leave: () => settled(guest.leave()),
    close: guest.close,
  };
};
