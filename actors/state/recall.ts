/** What an earlier run of the service knew, back in the places of those who know it. */
import type { InterfaceId, LeftLink } from '../../native/radio.js';
import { mayComeIn } from '../door/admission.js';
import type { Guests } from '../guest/guest-register.js';
import type { OwnershipSeat } from '../ownership/ownership-state.js';
import type { Row } from '../ownership/ownership-table.js';
import type { Service } from '../service.js';
import type { RememberedGuest, ServiceState } from './service-state.js';

/** Guests that get their actors in one turn of the event loop. */
const portion = 32;

/** One that may not come in any more has lost its session. */
const admitted =
  (service: Service) =>
  (known: RememberedGuest): RememberedGuest =>
    mayComeIn(service.settings, known.guest)
      ? known
      : { ...known, session: null, untold: known.session?.id ?? known.untold };

/**
 * Guests that had a session, or believe in one, get their actors at once, with it: whether its link is still there the host shows.
 * The others get theirs when they ask for something.
 */
export const recallGuests = async (
  state: ServiceState,
  service: Service,
  guests: Guests,
  signal: AbortSignal,
): Promise<void> => {
  const known = state.guests.slice(0, service.settings.maximumGuests).map(admitted(service));
  guests.recall(new Map(known.map((guest) => [guest.guest, guest])));
  const concerned = known.filter(({ session, untold }) => session !== null || untold !== null);
  for (const [i, { guest }] of concerned.entries()) {
    if (i % portion === portion - 1) await new Promise((resolve) => setImmediate(resolve));
    if (signal.aborted) return;
    guests.welcome(guest);
  }
};

/** What the radios have to know of the connection that the earlier run left on an interface. */
export const leftLinkOf = (
  { memory }: Service,
  ownership: OwnershipSeat,
  id: InterfaceId,
): LeftLink | undefined => {
  const left = memory.linkOn(id);
  if (left === undefined) return undefined;
  const row: Row | undefined = ownership.state?.table[id];
  const isNeeded = row?.origin === 'guests' && row.ssid === left.ssid && row.holders.size > 0;
  return { ssid: left.ssid, former: left.former, isNeeded };
};
