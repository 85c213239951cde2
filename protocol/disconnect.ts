/** Disconnect: the request, and the response with nothing in it. */
import { layout } from './layout.js';
import { type Body, type Operation, operationOf } from './operation.js';
import type { CountRefusal } from './refusal.js';
import { sessionIdField } from './session-id.js';

/** Guest → host: end this session. */
export interface DisconnectRequest {
  readonly operation: 'disconnect';
  /** 0 to 2^53−1: 64 bits on the wire, of which larger ones read as 2^53−1. */
  readonly sessionId: number;
}

/** Host → guest: the session is over. */
export interface DisconnectResponse {
  readonly operation: 'disconnect.response';
}

export const disconnectRequest = operationOf<DisconnectRequest>(
  { code: 5, name: 'disconnect request', from: 'guest', sentAs: 'request', doc: 'End this session.' },
  'disconnect',
  layout<Body<DisconnectRequest>>({ sessionId: sessionIdField('the session to end') }),
);

/** Read with one byte as well: another host implementation sends that, and the driver does not mind. */
export const disconnectResponse: Operation<DisconnectResponse, CountRefusal> = {
  ...operationOf<DisconnectResponse>(
    {
      code: 6,
      name: 'disconnect response',
      from: 'host',
      sentAs: 'answer',
      doc: 'The session is over. Empty; one byte is read too, and means nothing.',
    },
    'disconnect.response',
    layout<Body<DisconnectResponse>>({}),
  ),
  maximumSize: 1,
};
