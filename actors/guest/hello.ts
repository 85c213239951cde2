/** What a guest's hello says of it, and what it is answered. */

import { encodeHostMessage } from '../../protocol/frame.js';
import { HelloCapability } from '../../protocol/hello.js';
import type { InstanceId } from '../../protocol/instance-id.js';
import type { HelloRequest } from '../../protocol/messages.js';
import { patientUncertainty, uncertainty } from '../../streams/pacing.js';
import type { Interfaces } from '../host/interface-register.js';
import type { Reader } from '../host/shown-networks.js';
import type { DispatcherState } from './dispatcher-state.js';
import type { GuestRequest } from './guest-request.js';

/** Milliseconds until a guest's next hello is expected. */
const helloInterval = 30_000;

/** After three missed hellos a guest is gone. */
export const helloPatience = 3 * helloInterval;

/** How the driver that says this reads scan responses and notifications, and what it can do. */
export const readerOf = ({ capabilities }: HelloRequest): Reader => ({
  format: capabilities & HelloCapability.scanComplete ? 'with-scan-complete' : 'without-scan-complete',
  skills: { sae: (capabilities & HelloCapability.saeByPassword) !== 0 },
  patience: capabilities & HelloCapability.patientNotifications ? patientUncertainty : uncertainty,
});

/** The guest's session was that of another driver, which is not loaded any more, and this one holds none. */
export const hasForgotten = (
  { instance, session }: Pick<DispatcherState, 'instance' | 'session'>,
  { body }: GuestRequest<HelloRequest>,
): boolean => session !== null && body.sessionId === 0 && body.instance !== instance;

/** Writes the answer to a hello. `host`: the random number of this start of the service. */
export const replyHello = (
  { body, reply }: GuestRequest<HelloRequest>,
  session: DispatcherState['session'],
  interfaces: Interfaces,
  host: InstanceId,
): void => {
  const { scanComplete, saeByPassword } = HelloCapability;
  reply(
    encodeHostMessage({
      operation: 'hello.response',
      capabilities: scanComplete | (interfaces.canSae ? saeByPassword : 0),
      instance: host,
      inEffect: session !== null && session.id === body.sessionId,
      nextHello: helloInterval,
    }),
    'success',
  );
};
