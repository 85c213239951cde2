/** Disconnected: the host's notification that a session has ended. */
import { layout } from './layout.js';
import { type Body, operationOf } from './operation.js';
import { sessionIdField } from './session-id.js';

/** Host → guest: this session has ended on the host. The driver ignores one that is older than its own. */
export interface DisconnectedNotification {
  readonly operation: 'disconnected';
  /** 0 to 2^53−1: 64 bits on the wire, of which larger ones read as 2^53−1. */
  readonly sessionId: number;
}

export const disconnectedNotification = operationOf<DisconnectedNotification>(
  {
    code: 7,
    name: 'disconnected',
    from: 'host',
    sentAs: 'notification',
    doc: 'This session has ended on the host.',
  },
  'disconnected',
  layout<Body<DisconnectedNotification>>({ sessionId: sessionIdField('the session that ended') }),
);
