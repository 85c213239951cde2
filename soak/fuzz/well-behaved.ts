/** Guests that behave, while others do not: they scan, connect and disconnect, and each of their answers is looked at. */
import * as E from 'fp-ts/lib/Either.js';
import { answerOf } from '../../bench/guests.js';
import { decodeHostMessage, encodeRequest, type HostMessage, type Request } from '../../protocol/index.js';
import { connectToOpen, lobbyScenario, scanForAll } from '../lobby.js';

/** The host that they know: two networks. */
export const behavedScenario = lobbyScenario(1);

/** What a guest that behaves asks, and what the answer has to be like. */
const exchanges: readonly (readonly [Request, (answer: HostMessage) => boolean])[] = [
  [
    scanForAll,
    (answer) =>
      answer.operation === 'scan.response' &&
      answer.networks
        .map((network) => String(network.ssid))
        .sort()
        .join() === 'Lobby,Network 0',
  ],
  [connectToOpen('Lobby'), (answer) => answer.operation === 'connect.response' && answer.status === 0],
  [
    { operation: 'disconnect', sessionId: Number.MAX_SAFE_INTEGER },
    (answer) => answer.operation === 'disconnect.response',
  ],
];

/** Milliseconds after which an answer does not come any more, however busy this machine is. */
const patience = 60_000;

/** A guest that behaves: what it is answered must be right, each time. */
export const behave = async (
  port: number,
  address: string,
): Promise<{ took: readonly number[]; findings: readonly string[] }> => {
  const took: number[] = [];
  const findings: string[] = [];
  for (const [request, isRight] of exchanges) {
    const started = performance.now();
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<undefined>((resolve) => {
      timer = setTimeout(() => resolve(undefined), patience);
    });
    const frame = await Promise.race([
      answerOf(port, address, encodeRequest(request)).catch((error: unknown) => String(error)),
      late,
    ]);
    clearTimeout(timer);
    took.push(performance.now() - started);
    const answer = frame instanceof Uint8Array ? decodeHostMessage(frame) : undefined;
    if (answer === undefined || E.isLeft(answer) || !isRight(answer.right))
      findings.push(
        `a guest that behaves asked ${request.operation} and got ${JSON.stringify(answer ?? frame ?? 'nothing')}`,
      );
  }
  return { took, findings };
};
