/** Carries out what the dispatcher decides: asks, tells, and puts answers together. */
import type { ConnectOrder, InterfaceId } from '../native/radio.js';
import { anyBssid } from '../protocol/bssid.js';
import { encodeHostMessage } from '../protocol/frame.js';
import type { ConnectRequest } from '../protocol/messages.js';
import { offeredSecurity } from '../protocol/security.js';
import { StatusCode, statusName } from '../protocol/status.js';
import type { DispatcherEvent } from './dispatcher-events.js';
import type { Fact } from './facts.js';
import type { GuestDesk } from './guest-desk.js';
import { matchNetwork, type NetworkMatch } from './network-match.js';
import { type ScanOutcome, type ScanResult, ScanRound } from './scan-round.js';
import type { Services } from './services.js';
import { type Attempt, type CurrentRequest, endsSession, type GuestSession } from './session.js';

const disconnectAnswer = encodeHostMessage({ operation: 'disconnect.response' });

export class GuestLane {
  readonly #desk: GuestDesk;
  readonly #services: Services;
  #round: ScanRound;
  #result: ScanResult | undefined;
  /** The exchange whose completion has been published. */
  #reported = 0;

  constructor(desk: GuestDesk, services: Services) {
    this.#desk = desk;
    this.#services = services;
    this.#round = new ScanRound(0, services);
  }

  /** The facts of a request, without its key. */
  take(exchange: number): CurrentRequest | null {
    const request = this.#desk.intake.request(exchange);
    const receivedAt = this.#desk.intake.receivedAt(exchange);
    switch (request?.operation) {
      case undefined:
        return null;
      case 'scan':
        return {
          exchange,
          operation: 'scan',
          ssid: request.ssid._tag === 'Some' ? request.ssid.value : null,
          sessionId: 0,
          receivedAt,
          rematched: false,
        };
      case 'connect':
        return {
          exchange,
          operation: 'connect',
          ssid: request.ssid,
          sessionId: 0,
          receivedAt,
          rematched: false,
        };
      case 'disconnect':
        return {
          exchange,
          operation: 'disconnect',
          ssid: null,
          sessionId: request.sessionId,
          receivedAt,
          rematched: false,
        };
    }
  }

  /** Asks every interface for its networks. */
  beginScan(request: CurrentRequest | null, later: (event: DispatcherEvent) => void): void {
    const round = new ScanRound(this.#round.number + 1, this.#services);
    this.#round = round;
    this.#result = undefined;
    round.begin(this.#desk.guest, request?.ssid ?? null, (interfaceId, outcome) =>
      later({ type: 'interface.scanned', interfaceId, round: round.number, outcome }),
    );
  }

  /** Every interface knows what it sees without being asked, and no hook wants to hear of scans. */
  get isAllKnown(): boolean {
    const { observer, allInstant } = this.#services;
    return allInstant && !observer.has('guestScanRequested') && !observer.has('guestScanCompleted');
  }

  /** Answers a scan with what is known, in one go. */
  answerScan(exchange: number): void {
    const request = this.take(exchange);
    this.beginScan(request, () => undefined);
    const { frame, outcome } = this.#scanAnswer();
    this.#desk.intake.answerAtOnce(exchange, frame, outcome);
    this.publishRequested(request, null);
    this.publishCompleted(request, null, null);
  }

  recordScan(round: number, interfaceId: InterfaceId, outcome: ScanOutcome): void {
    if (round === this.#round.number) this.#round.record(interfaceId, outcome);
  }

  get isScanDone(): boolean {
    return this.#round.complete;
  }

  /** Which way the connect request can go. */
  match(request: CurrentRequest | null): Promise<NetworkMatch> {
    const connect = this.#connectRequest(request);
    if (connect === undefined)
      return Promise.resolve({ type: 'impossible', status: StatusCode.unspecifiedFailure, auth: 'open' });
    return matchNetwork(this.#services, connect);
  }

  /** The attempt that follows from a match; null for a request that is gone. */
  attempt(request: CurrentRequest | null, match: NetworkMatch): Attempt | null {
    if (request?.ssid === null || request === null) return null;
    const { ssid } = request;
    const { auth } = match;
    const status = StatusCode.unspecifiedFailure;
    switch (match.type) {
      case 'mirror':
        return {
          type: 'hostMirroring',
          ssid,
          auth,
          candidates: [match.interfaceId],
          status,
          interfaceId: null,
          bssid: match.bssid,
        };
      case 'direct':
        return {
          type: 'guestDirected',
          ssid,
          auth,
          candidates: match.candidates,
          status,
          interfaceId: null,
          bssid: null,
        };
      case 'impossible':
        return {
          type: 'guestDirected',
          ssid,
          auth,
          candidates: [],
          status: match.status,
          interfaceId: null,
          bssid: null,
        };
    }
  }

  authorize(attempt: Attempt | null): Promise<'approve' | 'deny'> {
    if (attempt === null) return Promise.resolve('deny');
    return this.#services.observer.authorize({
      guest: this.#desk.guest,
      type: attempt.type,
      ssid: attempt.ssid,
    });
  }

  /** What an interface is told to connect to, key included. */
  order(request: CurrentRequest | null): ConnectOrder | null {
    const connect = this.#connectRequest(request);
    if (connect === undefined) return null;
    const security = offeredSecurity(connect);
    if (security._tag === 'Left') return null;
    return { ssid: connect.ssid, bssid: connect.bssid, security: security.right, key: connect.key };
  }

  publishRequested(request: CurrentRequest | null, session: GuestSession | null): void {
    const fact = this.#requestedFact(request, session);
    if (fact !== null) this.#services.publish(fact);
  }

  /** Resolves when the observer is through. */
  async tellRequested(request: CurrentRequest | null, session: GuestSession | null): Promise<void> {
    const fact = this.#requestedFact(request, session);
    if (fact !== null) await this.#services.observer.tell(fact);
  }

  /** Once for each request, however it ends. */
  publishCompleted(
    request: CurrentRequest | null,
    attempt: Attempt | null,
    session: GuestSession | null,
  ): void {
    if (request === null || request.exchange === this.#reported) return;
    this.#reported = request.exchange;
    const fact = this.#completedFact(request, attempt, session);
    if (fact !== null) this.#services.publish(fact);
  }

  async tellCompleted(
    request: CurrentRequest | null,
    attempt: Attempt | null,
    session: GuestSession | null,
  ): Promise<void> {
    const fact = this.#completedFact(request, attempt, session);
    if (fact !== null) await this.#services.observer.tell(fact);
  }

  /** Writes the answer; gives the session that begins with it, if one does. */
  answer(request: CurrentRequest | null, attempt: Attempt | null): GuestSession | null {
    if (request === null) return null;
    const { intake } = this.#desk;
    switch (request.operation) {
      case 'scan': {
        const { frame, outcome } = this.#scanAnswer();
        intake.answer(request.exchange, frame, outcome);
        return null;
      }
      case 'disconnect':
        intake.answer(request.exchange, disconnectAnswer, 'success');
        return null;
      case 'connect':
        return this.#answerConnect(request, attempt);
    }
  }

  notifyDisconnected(session: GuestSession): void {
    const { settings, log } = this.#services;
    log.info({ guest: this.#desk.guest, session: session.id, ssid: session.ssid }, 'session lost');
    if (!settings.notifyDisconnected) return;
    const frame = encodeHostMessage({ operation: 'disconnected', sessionId: session.id });
    this.#desk.notify('disconnected', () => frame);
  }

  #answerConnect(request: CurrentRequest, attempt: Attempt | null): GuestSession | null {
    const status = attempt?.status ?? StatusCode.sequenceTimeout;
    const asked = this.#connectRequest(request)?.bssid;
    const bssid = attempt?.bssid ?? (asked?._tag === 'Some' ? asked.value : anyBssid);
    this.#desk.lastSessionId += 1;
    const id = this.#desk.lastSessionId;
    const frame = encodeHostMessage({ operation: 'connect.response', status, bssid, sessionId: id });
    const session: GuestSession | null =
      attempt !== null && attempt.interfaceId !== null && status === StatusCode.success
        ? {
            id,
            type: attempt.type,
            interfaceId: attempt.interfaceId,
            ssid: attempt.ssid,
            exchange: request.exchange,
          }
        : null;
    this.#desk.sessionInEffect = session?.id ?? this.#desk.sessionInEffect;
    this.#desk.intake.answer(request.exchange, frame, statusName(status));
    return session;
  }

  #connectRequest(request: CurrentRequest | null): ConnectRequest | undefined {
    const whole = request === null ? undefined : this.#desk.intake.request(request.exchange);
    return whole?.operation === 'connect' ? whole : undefined;
  }

  #scanResult(): ScanResult {
    this.#result ??= this.#round.result();
    return this.#result;
  }

  #scanAnswer(): { readonly frame: Uint8Array; readonly outcome: string } {
    const { networks, complete } = this.#scanResult();
    const frame = this.#services.shown.frame(networks, complete, this.#desk.driver);
    return { frame, outcome: complete ? 'complete' : 'partial' };
  }

  #requestedFact(request: CurrentRequest | null, session: GuestSession | null): Fact | null {
    const { guest } = this.#desk;
    if (request?.operation === 'scan') return { type: 'guestScanRequested', guest, ssid: request.ssid };
    if (!endsSession(session, request)) return null;
    const { type: connection, interfaceId, ssid } = session;
    return { type: 'guestDisconnectionRequested', guest, connection, interfaceId, ssid };
  }

  #completedFact(
    request: CurrentRequest | null,
    attempt: Attempt | null,
    session: GuestSession | null,
  ): Fact | null {
    const { guest } = this.#desk;
    switch (request?.operation) {
      case undefined:
        return null;
      case 'scan': {
        const { networks, complete } = this.#scanResult();
        return { type: 'guestScanCompleted', guest, networks: networks.length, complete };
      }
      case 'connect': {
        if (request.ssid === null) return null;
        const {
          type: connection,
          status,
          interfaceId,
          auth,
        } = attempt ?? {
          type: 'guestDirected' as const,
          status: StatusCode.sequenceTimeout,
          interfaceId: null,
          auth: 'wpa2-psk' as const,
        };
        return {
          type: 'guestConnectionCompleted',
          guest,
          connection,
          status,
          interfaceId,
          ssid: request.ssid,
          auth,
        };
      }
      case 'disconnect': {
        if (!endsSession(session, request)) return null;
        const { type: connection, interfaceId, ssid } = session;
        return { type: 'guestDisconnectionCompleted', guest, connection, interfaceId, ssid };
      }
    }
  }
}
