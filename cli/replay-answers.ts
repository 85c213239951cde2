/** A recorded answer beside the one that a host gives now: could the driver accept it, and in what does it differ? */
import * as E from 'fp-ts/lib/Either.js';
import { checkAnswer } from '../native/guest/index.js';
import {
  advertisedSecurity,
  type Bss,
  type DriverFormat,
  decodeHostMessage,
  decodeRequest,
  type HostMessage,
  type Request,
  type ScanResponse,
  securityText,
  statusName,
} from '../protocol/index.js';
import type { RecordedFrame } from './record-format.js';

/** A request of the recording with the answer that it got then. */
export interface RecordedExchange {
  readonly operation: Request['operation'] | 'unknown';
  readonly request: RecordedFrame;
  /** Undefined where the recording has none that makes sense. */
  readonly answer: HostMessage | undefined;
}

/** The requests of one guest, each with its answer: a guest has one at a time. */
export const exchangesOf = (
  frames: readonly RecordedFrame[],
  driver?: DriverFormat,
): readonly RecordedExchange[] => {
  const onChannel = frames.filter(({ channel }) => channel === 'request');
  return onChannel.flatMap((request, i) => {
    if (request.from !== 'guest') return [];
    const next = onChannel[i + 1];
    const answer = next?.from === 'host' ? decodeHostMessage(next.frame, driver) : undefined;
    const asked = decodeRequest(request.frame);
    return [
      {
        operation: E.isRight(asked) ? asked.right.operation : 'unknown',
        request,
        answer: answer !== undefined && E.isRight(answer) ? answer.right : undefined,
      },
    ];
  });
};

/** Could the driver accept this answer to that request? Right: what it says. Left: what is wrong with it. */
export const acceptable = (
  { operation }: Pick<RecordedExchange, 'operation'>,
  frame: Uint8Array,
  driver: DriverFormat = 'with-scan-complete',
): E.Either<string, HostMessage> => {
  const checked = checkAnswer(frame, driver);
  if (E.isLeft(checked)) {
    const { reason, ...numbers } = checked.left;
    const details = Object.entries(numbers).map(([name, value]) => `${name} ${value}`);
    return E.left(`the driver cannot read it: ${[reason, ...details].join(', ')}`);
  }
  const message = decodeHostMessage(frame, driver);
  if (E.isLeft(message)) return E.left(`it makes no sense: ${message.left.reason}`);
  const { right } = message;
  if (right.operation === 'invalid') return E.left('the host refused the request');
  return right.operation === `${operation}.response`
    ? message
    : E.left(`it is a ${right.operation}, not a ${operation}.response`);
};

/** In what an answer differs from the recorded one. */
export interface Difference {
  /** The field, or the access point. */
  readonly what: string;
  readonly text: string;
  /** False for what a guest does not care about: numbers that count on, signals, what the rest of a scan will bring. */
  readonly matters: boolean;
}

const differs = (what: string, then: unknown, now: unknown, matters = true): readonly Difference[] =>
  then === now ? [] : [{ what, text: `${what}: ${String(then)} then, ${String(now)} now`, matters }];

const kindOf = (bss: Bss): string =>
  `${JSON.stringify(bss.ssid)} ${securityText(advertisedSecurity(bss))} ${bss.frequency} kHz`;

/** What a scan finds matters, except what is only not there yet. */
const networkDifferences = (then: ScanResponse, now: ScanResponse): readonly Difference[] => {
  const nowByBssid = new Map(now.networks.map((bss) => [bss.bssid, bss]));
  const thenBssids = new Set(then.networks.map(({ bssid }) => bssid));
  return [
    ...differs('networks', then.networks.length, now.networks.length, false),
    ...then.networks.flatMap((bss) => {
      const other = nowByBssid.get(bss.bssid);
      return other === undefined
        ? [
            {
              what: bss.bssid,
              text: `${bss.bssid} (${JSON.stringify(bss.ssid)}) is missing`,
              matters: now.complete,
            },
          ]
        : differs(bss.bssid, kindOf(bss), kindOf(other));
    }),
    ...now.networks
      .filter(({ bssid }) => !thenBssids.has(bssid))
      .map(({ bssid, ssid }) => ({
        what: bssid,
        text: `${bssid} (${JSON.stringify(ssid)}) is new`,
        matters: then.complete,
      })),
  ];
};

/** In what an answer differs in kind: signals come and go, so they are not compared. */
export const differences = (then: HostMessage | undefined, now: HostMessage): readonly Difference[] => {
  if (then === undefined)
    return [{ what: 'answer', text: 'the recording has no answer that makes sense', matters: true }];
  if (then.operation === 'scan.response' && now.operation === 'scan.response')
    return [...differs('complete', then.complete, now.complete, false), ...networkDifferences(then, now)];
  if (then.operation === 'connect.response' && now.operation === 'connect.response')
    return [
      ...differs('status', statusName(then.status), statusName(now.status)),
      ...differs('bssid', then.bssid, now.bssid, then.status === now.status),
      ...differs('session', then.sessionId, now.sessionId, false),
    ];
  if (then.operation === 'hello.response' && now.operation === 'hello.response')
    return [
      ...differs('capabilities', then.capabilities, now.capabilities),
      ...differs('session in effect', then.inEffect, now.inEffect),
      ...differs('milliseconds until the next hello', then.nextHello, now.nextHello, false),
    ];
  return differs('answer', then.operation, now.operation);
};

/** Sessions of the recording and what they are called now: a driver sends the id that it was given. */
export class SessionIds {
  readonly #now = new Map<number, number>();

  /** Notes what a connect answer calls the session that it called otherwise then. */
  learn(then: HostMessage | undefined, now: HostMessage): void {
    if (then?.operation === 'connect.response' && now.operation === 'connect.response')
      this.#now.set(then.sessionId, now.sessionId);
  }

  /** The request with the id of today, if it names a session that is known. */
  translated(request: Request): Request {
    if (!('sessionId' in request)) return request;
    const sessionId = this.#now.get(request.sessionId);
    return sessionId === undefined ? request : { ...request, sessionId };
  }
}
