/** Signal quality: the host's notification about the current session's signal. */
import { integer } from './fields.js';
import { layout } from './layout.js';
import { type Body, operationOf } from './operation.js';

/** Host → guest: how strong the signal is now. */
export interface SignalNotification {
  readonly operation: 'signal';
  /** dBm; what is sent is within −128…127. */
  readonly rssi: number;
}

export const signalNotification = operationOf<SignalNotification>(
  {
    code: 8,
    name: 'signal quality',
    from: 'host',
    sentAs: 'notification',
    doc: 'How strong the signal is now.',
  },
  'signal',
  layout<Body<SignalNotification>>({
    rssi: integer('i8', 'signal', 'signal of the current link', { unit: 'dBm' }),
  }),
);
