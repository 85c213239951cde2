/** What follows when an interface is not there any more, pulled out, crashed or lost with its Wi-Fi service. */
import type { InterfaceId } from '../../native/radio.js';
import { StatusCode } from '../../protocol/status.js';
import type { FactStream } from '../application/fact-stream.js';
import type { Guests } from '../guest/guest-register.js';
import type { OwnershipSeat } from '../ownership/ownership-state.js';
import type { Enqueue } from '../seat.js';
import type { Interfaces } from './interface-register.js';
import { notifyWithout, tellOutcome } from './scan-notification.js';

/** Whom a departure concerns. */
export interface Concerned {
  readonly facts: FactStream;
  readonly interfaces: Interfaces;
  readonly guests: Guests;
  readonly ownership: OwnershipSeat;
}

/** The interface is out of the register: everybody who used it or waits for it is told. Crashed actors count with what they knew. */
export const departInterface = (
  { facts, interfaces, guests, ownership }: Concerned,
  post: Enqueue,
  interfaceId: InterfaceId,
): void => {
  const entry = interfaces.get(interfaceId);
  if (entry === undefined) return;
  const { link = null, serving = null } = entry.seat.lastState ?? {};
  const { waiters = [], promised = [] } = entry.scanSeat.lastState ?? {};
  post(() => interfaces.remove(interfaceId));
  ownership.tell(post, { type: 'interface.left', interfaceId });
  if (link !== null) post(() => facts.announce({ type: 'hostDisconnected', interfaceId, ssid: link.ssid }));
  if (serving !== null)
    guests.tell(post, serving, {
      type: 'interface.refused',
      interfaceId,
      reason: 'the interface has left',
      status: StatusCode.unspecifiedFailure,
    });
  tellOutcome(guests, post, interfaceId, waiters, 'failed');
  const owed = promised.map(({ guest }) => guest);
  notifyWithout(interfaces, guests, post, interfaceId, owed);
};
