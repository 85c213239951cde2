/** The service's snapshot in the words of models. */
import type { GuestStatus, InterfaceStatus, ServiceStatus } from '../../index.js';
import type { Player } from './player.js';
import { shows, useOf } from './words.js';

/** A state's path: `busy.connecting`. */
export const pathOf = (state: unknown): string =>
  typeof state === 'object' && state !== null
    ? Object.entries(state)
        .map(([name, inner]) => `${name}.${pathOf(inner)}`)
        .join(' ')
    : String(state);

/** The state of an interface's link; `gone` without interface. */
export const linkOf = (port: InterfaceStatus | undefined): string => pathOf(port?.state?.link ?? 'gone');

/** The state of a guest's dispatcher; `gone` without one. */
export const dispatcherOf = (guest: GuestStatus | undefined): string => pathOf(guest?.dispatcher ?? 'gone');

const scanOf = ({ state }: InterfaceStatus): string => pathOf(state?.scan ?? 'gone');

const guestText = (guest: GuestStatus, name: string, player: Player | undefined): string => {
  const { session, lastSessionId, queue } = guest;
  const line = shows.guest(
    name,
    session === null ? null : { use: useOf(session.type), network: session.ssid, port: session.interfaceId },
    { dispatcher: dispatcherOf(guest), channel: pathOf(guest.notificationChannel), queue },
  );
  const isBusyAlone = dispatcherOf(guest) === 'idle' && guest.requestChannel !== 'idle';
  // What no model says, because it must be so in every state.
  const wrong = [
    ...(lastSessionId === player?.lastId ? [] : [`last id ${lastSessionId} instead of ${player?.lastId}`]),
    ...(session === null || session.id === player?.idInEffect
      ? []
      : [`session ${session.id} instead of ${player?.idInEffect}`]),
    ...(isBusyAlone ? [`requests ${pathOf(guest.requestChannel)}`] : []),
  ];
  return [line, ...wrong].join('; ');
};

/** Radios, interfaces, the ownership table and guests, as `shows` writes them. */
export const snapshotText = (status: ServiceStatus, players: readonly Player[]): readonly string[] => {
  const playerOf = (id: string): Player | undefined => players.find(({ staged }) => staged.id === id);
  const nameOf = (id: string): string => playerOf(id)?.name ?? id;
  return [
    ...status.radios.map(({ state }) => shows.radio(pathOf(state))),
    ...status.interfaces.map((port) =>
      shows.interface(port.name, linkOf(port), port.link?.ssid ?? null, scanOf(port)),
    ),
    ...Object.entries(status.ownership).flatMap(([port, row]) =>
      shows.row(port, {
        network: row.ssid,
        origin: row.origin,
        users: Object.entries(row.holders).map(
          ([id, held]) => nameOf(id) + (held === 'pending' ? ' soon' : ''),
        ),
        claim: row.claim === null ? undefined : `${nameOf(row.claim.guest)} for ${row.claim.ssid}`,
        waiting: row.waiting.map((wish) => `${nameOf(wish.guest)} for ${wish.ssid}`),
      }),
    ),
    ...status.guests.map((guest) => guestText(guest, nameOf(guest.id), playerOf(guest.id))).sort(),
  ];
};
