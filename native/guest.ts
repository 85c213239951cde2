/**
 * Behaves like the guest driver towards any endpoint: for the command line, for tests, and for replaying captures. Like our
 * own driver, which says hello, or like the vendor's, which does not.
 */
import * as E from 'fp-ts/lib/Either.js';
import * as O from 'fp-ts/lib/Option.js';
import type * as TE from 'fp-ts/lib/TaskEither.js';
import { Observable, Subject, type Subscriber, Subscription } from 'rxjs';
import type { Bssid } from '../protocol/bssid.js';
import type { ConnectRequest, ConnectResponse } from '../protocol/connect.js';
import { AuthType, WpaVersion } from '../protocol/connect.js';
import {
  type DriverFormat,
  decodeHostMessage,
  encodeRequest,
  type HostMessageFault,
} from '../protocol/frame.js';
import { HelloCapability, type HelloResponse } from '../protocol/hello.js';
import { KeyMaterial } from '../protocol/key-material.js';
import type { HostMessage, Request, ScanResponse } from '../protocol/messages.js';
import type { Ssid } from '../protocol/ssid.js';
import { StatusCode } from '../protocol/status.js';
import { AkmSuite, CipherSuite } from '../protocol/suites.js';
import { type Clock, systemClock } from '../streams/clock.js';
import { checkAnswer } from './guest/answer.js';
import { answerTimeout, GuestChannel, ofSocket } from './guest/channel.js';
import type { GuestFailure } from './guest/failure.js';
import { type HelloNotice, Hellos, helloTimeout } from './guest/hello.js';
import { defaultNotificationPort, defaultRequestPort, type Endpoint } from './sockets/endpoint.js';
import type { Connection, SocketFailure } from './sockets/transport.js';
import { guestSideFor } from './sockets/transports.js';

export { type GuestFailure, guestFailureText } from './guest/failure.js';
export type { HelloNotice } from './guest/hello.js';

/**
 * Milliseconds from a notification's connection to its last byte. The driver gives 10: too few to be a fair measure of
 * a host from a process that shares its processor.
 */
const notificationTimeout = 1000;

/** Milliseconds that a guest takes to end its session before it leaves. */
const leaveTimeout = 2000;

/** Which host a guest turns to, and as whom. */
export interface GuestOptions {
  readonly endpoint: Endpoint;
  /** 12345 unless given; an endpoint's own port goes first. */
  readonly requestPort?: number | undefined;
  /** 12346 unless given. */
  readonly notificationPort?: number | undefined;
  /** The guest's own address, where the address family lets it choose: `127.0.1.7`. */
  readonly address?: string | undefined;
  /** Which release of the driver to be: how scan responses look. */
  readonly driver?: DriverFormat | undefined;
  /**
   * Say hello, as our own driver does: with the first request or subscription, and then as often as the host wants, until
   * `leave` or `close`. True unless given; false is the vendor's driver.
   */
  readonly hello?: boolean | undefined;
  readonly clock?: Clock | undefined;
}

/** A network to connect to, with what a driver offloads: nothing for an open one, the WPA2-PSK handshake, SAE. */
export type GuestNetwork = {
  readonly ssid: Ssid;
  /** Any access point of the network unless given. */
  readonly bssid?: Bssid | undefined;
} & (
  | { readonly security: 'open' }
  /** `key`: the 32-byte PMK (`derivePmk`). */
  | { readonly security: 'wpa2-psk'; readonly key: KeyMaterial }
  /** `key`: the bytes of the password. Only our own driver does this: see `HelloCapability.saeByPassword`. */
  | { readonly security: 'wpa3-sae'; readonly key: KeyMaterial }
);

/** What a guest hears unasked: on its notification port, and in the answers to its hellos. */
export type GuestEvent =
  /** Notifications can be received from now on; `address` is where. */
  | { readonly type: 'listening'; readonly address: string }
  | { readonly type: 'message'; readonly message: HostMessage }
  /** What an answer to hello says. */
  | HelloNotice
  /** One notification was unusable; or, followed by the end of the events, the port cannot be listened on. */
  | { readonly type: 'failure'; readonly failure: GuestFailure };

/** A guest. Its requests go one at a time, each on a connection of its own. */
export interface Guest {
  /** The networks: all of them, or a directed scan. Incomplete ones are followed by a notification. */
  readonly scan: (ssid?: Ssid) => TE.TaskEither<GuestFailure, ScanResponse>;
  /** Connects, and remembers the session's id. A status other than 0 is a failure. */
  readonly connect: (network: GuestNetwork) => TE.TaskEither<GuestFailure, ConnectResponse>;
  /** Ends this session, or the remembered one. */
  readonly disconnect: (sessionId?: number) => TE.TaskEither<GuestFailure, void>;
  /** Sends any bytes as a request and gives the bytes of the answer, whatever they are. Waits for no other request. */
  readonly exchange: (request: Uint8Array) => TE.TaskEither<GuestFailure, Uint8Array>;
  /** Cold, and never errors. A disconnected notification for a session older than the remembered one is ignored. */
  readonly notifications: Observable<GuestEvent>;
  /** The id of the last session that was connected successfully; 0 before. */
  readonly sessionId: () => number;
  /** The id of the session that is in effect as far as the guest knows; 0: none. */
  readonly heldSession: () => number;
  /** What the host has said of itself; undefined before its answer to hello, and where it does not know it. */
  readonly host: () => HelloResponse | undefined;
  /** Ends the session that the guest holds, if it holds one, in `leaveTimeout` at most; then closes. */
  readonly leave: () => TE.TaskEither<GuestFailure, void>;
  /** Gives up everything that is pending, says no more hello and stops listening. The host keeps the session. */
  readonly close: () => void;
}

const connectRequest = (network: GuestNetwork): ConnectRequest => {
  const common = {
    operation: 'connect',
    ssid: network.ssid,
    bssid: O.fromNullable(network.bssid),
    authType: AuthType.openSystem,
  } as const;
  const ccmp = { pairwiseCipherSuites: [CipherSuite.ccmp], groupCipherSuite: CipherSuite.ccmp };
  switch (network.security) {
    case 'open':
      return {
        ...common,
        wpaVersions: 0,
        akmSuites: [],
        pairwiseCipherSuites: [],
        groupCipherSuite: 0,
        key: KeyMaterial.none,
      };
    case 'wpa2-psk':
      return {
        ...common,
        ...ccmp,
        wpaVersions: WpaVersion.wpa2,
        akmSuites: [AkmSuite.psk],
        key: network.key,
      };
    case 'wpa3-sae':
      return {
        ...common,
        ...ccmp,
        authType: AuthType.sae,
        wpaVersions: WpaVersion.wpa3,
        akmSuites: [AkmSuite.sae],
        key: network.key,
      };
  }
};

const capabilitiesOf = (driver: DriverFormat): number =>
  (driver === 'with-scan-complete' ? HelloCapability.scanComplete : 0) |
  HelloCapability.saeByPassword |
  HelloCapability.patientNotifications;

const read = (frame: Uint8Array, driver: DriverFormat): E.Either<GuestFailure, HostMessage> => {
  const checked = checkAnswer(frame, driver);
  if (E.isLeft(checked)) return E.left({ reason: 'malformed answer', fault: checked.left });
  return E.mapLeft((fault: HostMessageFault): GuestFailure => ({ reason: 'malformed answer', fault }))(
    decodeHostMessage(checked.right, driver),
  );
};

/** The answer that belongs to a request, or the failure that another one means. */
const expectAnswer =
  <Operation extends HostMessage['operation']>(operation: Operation) =>
  (message: HostMessage): E.Either<GuestFailure, Extract<HostMessage, { operation: Operation }>> => {
    const is = (m: HostMessage): m is Extract<HostMessage, { operation: Operation }> =>
      m.operation === operation;
    if (is(message)) return E.right(message);
    if (message.operation === 'invalid') return E.left({ reason: 'refused by host' });
    return E.left({ reason: 'unexpected answer', operation: message.operation });
  };

class DriverLikeGuest implements Guest {
  readonly #driver: DriverFormat;
  readonly #channel: GuestChannel;
  readonly #clock: Clock;
  readonly #hellos: Hellos | undefined;
  readonly #notices = new Subject<HelloNotice>();
  #queue: Promise<unknown> = Promise.resolve();
  #sessionId = 0;
  #held = 0;

  constructor({ endpoint, requestPort, notificationPort, address, driver, hello, clock }: GuestOptions) {
    this.#driver = driver ?? 'with-scan-complete';
    this.#clock = clock ?? systemClock;
    const ports = {
      requestPort: requestPort ?? defaultRequestPort,
      notificationPort: notificationPort ?? defaultNotificationPort,
    };
    this.#channel = new GuestChannel(guestSideFor(endpoint, { ...ports, address }, clock), this.#clock);
    this.#hellos =
      hello === false
        ? undefined
        : new Hellos({
            clock: this.#clock,
            capabilities: capabilitiesOf(this.#driver),
            held: this.heldSession,
            ask: (request) => this.#inTurn(request, expectAnswer('hello.response'), helloTimeout),
            notice: this.#heed,
          });
  }

  readonly scan = (ssid?: Ssid) =>
    this.#ask({ operation: 'scan', ssid: O.fromNullable(ssid) }, expectAnswer('scan.response'));

  readonly connect = (network: GuestNetwork) =>
    this.#ask(connectRequest(network), (message) =>
      E.chain(this.#remember)(expectAnswer('connect.response')(message)),
    );

  readonly disconnect = (sessionId?: number) => async () => {
    const request = { operation: 'disconnect', sessionId: sessionId ?? this.#sessionId } as const;
    const answer = await this.#ask(request, expectAnswer('disconnect.response'))();
    if (E.isRight(answer)) this.#end(request.sessionId);
    return E.map(() => undefined)(answer);
  };

  readonly exchange = (request: Uint8Array) => () => this.#channel.exchange(request);

  readonly notifications = new Observable<GuestEvent>((subscriber) => {
    if (this.#channel.closed) return subscriber.complete();
    subscriber.add(this.#channel.onClose(() => subscriber.complete()));
    const fail = (failure: SocketFailure): void => {
      subscriber.next({ type: 'failure', failure: ofSocket(failure) });
      subscriber.complete();
    };
    void this.#channel.side().then((side) => {
      if (E.isLeft(side)) {
        fail(side.left);
        return;
      }
      const listening = side.right.notifications.subscribe({
        next: (event) => {
          if (event.type === 'listening') {
            subscriber.next(event);
            subscriber.add(this.#notices.subscribe((notice) => subscriber.next(notice)));
            this.#hellos?.begin();
          } else this.#receive(event.connection, subscriber);
        },
        error: fail,
      });
      subscriber.add(listening);
    });
  });

  readonly sessionId = (): number => this.#sessionId;

  readonly heldSession = (): number => this.#held;

  readonly host = (): HelloResponse | undefined => this.#hellos?.host;

  readonly leave = () => async () => {
    const timer = this.#clock.setTimeout(this.close, leaveTimeout);
    // A connect that is under way may yet begin a session.
    await this.#queue;
    const left: E.Either<GuestFailure, void> =
      this.#held === 0 ? E.right(undefined) : await this.disconnect(this.#held)();
    this.#clock.clearTimeout(timer);
    this.close();
    return E.isLeft(left) && left.left.reason === 'closed'
      ? E.left<GuestFailure, void>({ reason: 'timed out', milliseconds: leaveTimeout })
      : left;
  };

  readonly close = (): void => {
    this.#hellos?.end();
    this.#channel.close();
  };

  readonly #remember = (answer: ConnectResponse): E.Either<GuestFailure, ConnectResponse> => {
    const { status, bssid, sessionId } = answer;
    if (status !== StatusCode.success) {
      return E.left({ reason: 'connection denied', status, bssid, sessionId });
    }
    this.#sessionId = sessionId;
    this.#held = sessionId;
    return E.right(answer);
  };

  /** The session of this id has ended, and so has every older one. */
  #end(sessionId: number): void {
    if (sessionId >= this.#held) this.#held = 0;
  }

  readonly #heed = (notice: HelloNotice): void => {
    if (notice.type === 'session.lost') this.#end(notice.sessionId);
    this.#notices.next(notice);
  };

  /** A request when it is its turn, and before the first one hello. */
  #ask<Answer>(
    request: Request,
    pick: (message: HostMessage) => E.Either<GuestFailure, Answer>,
  ): TE.TaskEither<GuestFailure, Answer> {
    return () => {
      this.#hellos?.begin();
      return this.#inTurn(() => request, pick, answerTimeout);
    };
  }

  /** One request after the other: the driver has one queue. */
  #inTurn<Answer>(
    request: () => Request,
    pick: (message: HostMessage) => E.Either<GuestFailure, Answer>,
    deadline: number,
  ): Promise<E.Either<GuestFailure, Answer>> {
    const turn = this.#queue.then(async () => {
      const frame = await this.#channel.exchange(encodeRequest(request()), deadline);
      return E.chain(pick)(this.#read(frame));
    });
    // A request that cannot be encoded is the caller's error and nobody else's.
    this.#queue = turn.catch(() => undefined);
    return turn;
  }

  #read(frame: E.Either<GuestFailure, Uint8Array>): E.Either<GuestFailure, HostMessage> {
    return E.chain((bytes: Uint8Array) => read(bytes, this.#driver))(frame);
  }

  #receive(connection: Connection, subscriber: Subscriber<GuestEvent>): void {
    const reading = new Subscription();
    subscriber.add(reading);
    const giveUp = this.#channel.readFrame(connection, notificationTimeout, (frame) => {
      subscriber.remove(reading);
      const message = this.#read(frame);
      if (E.isLeft(message)) subscriber.next({ type: 'failure', failure: message.left });
      else if (!this.#isOutdated(message.right)) {
        if (message.right.operation === 'disconnected') this.#end(message.right.sessionId);
        subscriber.next({ type: 'message', message: message.right });
      }
    });
    reading.add(giveUp);
  }

  #isOutdated(message: HostMessage): boolean {
    return message.operation === 'disconnected' && message.sessionId < this.#sessionId;
  }
}

/** A guest that has just loaded its driver: nothing is opened before the first request or subscription. */
export const createGuest = (options: GuestOptions): Guest => new DriverLikeGuest(options);
