/** A recorded answer beside the one that a host gives now: could the driver accept it, and in what does it differ? */
import * as E from 'fp-ts/lib/Either.js';
import { checkAnswer } from '../native/guest/index.js';
import {
  advertisedSecurity,
  type Bss,
  type DriverFormat,
  decodeHostMessage,
  type HostMessage,
  securityText,
  statusName,
} from '../protocol/index.js';
import type { RecordedFrame } from './recording.js';

/** A request of the recording with the answer that it got then. */
export interface RecordedExchange {
  readonly operation: 'scan' | 'connect' | 'disconnect' | 'unknown';
  readonly request: RecordedFrame;
  /** Undefined where the recording has none that makes sense. */
  readonly answer: HostMessage | undefined;
}

const operations: ReadonlyMap<number | undefined, RecordedExchange['operation']> = new Map([
  [1, 'scan'],
  [3, 'connect'],
  [5, 'disconnect'],
]);

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
    return [
      {
        operation: operations.get(request.frame[0]) ?? 'unknown',
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

const differs = (what: string, then: unknown, now: unknown): readonly string[] =>
  then === now ? [] : [`${what}: ${String(then)} then, ${String(now)} now`];

const kindOf = (bss: Bss): string =>
  `${JSON.stringify(bss.ssid)} ${securityText(advertisedSecurity(bss))} ${bss.frequency} kHz`;

const networkDifferences = (then: readonly Bss[], now: readonly Bss[]): readonly string[] => {
  const nowByBssid = new Map(now.map((bss) => [bss.bssid, bss]));
  const thenBssids = new Set(then.map(({ bssid }) => bssid));
  return [
    ...differs('networks', then.length, now.length),
    ...then.flatMap((bss) => {
      const other = nowByBssid.get(bss.bssid);
      return other === undefined
        ? [`${bss.bssid} is missing`]
        : differs(bss.bssid, kindOf(bss), kindOf(other));
    }),
    ...now.filter(({ bssid }) => !thenBssids.has(bssid)).map(({ bssid }) => `${bssid} is new`),
  ];
};

/** In which fields an answer differs in kind: signals come and go, so they do not count. */
export const differences = (then: HostMessage | undefined, now: HostMessage): readonly string[] => {
  if (then === undefined) return ['the recording has no answer that makes sense'];
  if (then.operation === 'scan.response' && now.operation === 'scan.response')
    return [
      ...differs('complete', then.complete, now.complete),
      ...networkDifferences(then.networks, now.networks),
    ];
  if (then.operation === 'connect.response' && now.operation === 'connect.response')
    return [
      ...differs('status', statusName(then.status), statusName(now.status)),
      ...differs('bssid', then.bssid, now.bssid),
      ...differs('session', then.sessionId, now.sessionId),
    ];
  return differs('answer', then.operation, now.operation);
};

/** Where the id of the session stands in a disconnect request: after the header. */
const sessionIdAt = 7;
const disconnectSize = 15;

/** Sessions of the recording and what they are called now: a driver sends the id that it was given. */
export class SessionIds {
  readonly #now = new Map<number, number>();

  /** Notes what a connect answer calls the session that it called otherwise then. */
  learn(then: HostMessage | undefined, now: HostMessage): void {
    if (then?.operation === 'connect.response' && now.operation === 'connect.response')
      this.#now.set(then.sessionId, now.sessionId);
  }

  /** The request with the id of today, if it is a disconnect request for a session that is known. */
  translated(request: Uint8Array): Uint8Array {
    if (operations.get(request[0]) !== 'disconnect' || request.length < disconnectSize) return request;
    const copy = Uint8Array.from(request);
    const view = new DataView(copy.buffer);
    const now = this.#now.get(Number(view.getBigUint64(sessionIdAt, true)));
    if (now !== undefined) view.setBigUint64(sessionIdAt, BigInt(now), true);
    return copy;
  }
}
