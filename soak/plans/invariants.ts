/** What must be so whenever nothing is under way. */
import * as O from 'fp-ts/lib/Option.js';
import type { GuestId, ServiceStatus } from '../../index.js';
import type { StationInterface } from '../../native/radio.js';
import type { SimulatedGuest } from './guest.js';

const isResting = (state: unknown): boolean => state === 'idle';

/** Everything by which a service at rest differs from what its guests and its host know; a sentence each. */
export const differences = (
  { guests, interfaces, ownership, radios, endpoints }: ServiceStatus,
  players: readonly SimulatedGuest[],
  stations: ReadonlyMap<string, StationInterface>,
): readonly string[] => [
  ...endpoints.flatMap(({ endpoint, address }) => (address === null ? [`${endpoint} does not listen`] : [])),
  ...radios.flatMap(({ name, problem }) => (problem === null ? [] : [`radio ${name}: ${problem}`])),
  ...players.flatMap((player) => {
    const known = guests.find(({ id }) => id === player.id);
    const id = known?.session?.id ?? 0;
    return player.doubt || player.belief === id
      ? []
      : [`${player.name} believes to have session ${player.belief}, the service knows ${id}`];
  }),
  ...guests.flatMap(
    ({ id, requestChannel, dispatcher, notificationChannel, connections, queue, session }) => [
      ...(isResting(requestChannel)
        ? []
        : [`the request channel of ${id} is ${JSON.stringify(requestChannel)}`]),
      ...(isResting(dispatcher) ? [] : [`the dispatcher of ${id} is ${JSON.stringify(dispatcher)}`]),
      ...(isResting(notificationChannel)
        ? []
        : [`the notification channel of ${id} is ${JSON.stringify(notificationChannel)}`]),
      ...(connections === 0 ? [] : [`${id} has ${connections} connections open`]),
      ...(queue === 0 ? [] : [`${queue} notifications wait for ${id}`]),
      ...(session === null || ownership[session.interfaceId]?.holders[id] === 'in effect'
        ? []
        : [`${id} has session ${session.id} on ${session.interfaceId}, which the table does not know`]),
      ...(session === null || ownership[session.interfaceId]?.ssid === session.ssid
        ? []
        : [
            `${id} has a session on ${session.ssid}, and the table says ${ownership[session.interfaceId]?.ssid}`,
          ]),
    ],
  ),
  ...Object.entries(ownership).flatMap(([port, row]) => [
    ...(row.claim === null ? [] : [`${row.claim.guest} still claims ${port}`]),
    ...row.waiting.map(({ guest }) => `${guest} still waits for ${port}`),
    ...Object.keys(row.holders).flatMap((holder) => {
      const session = guests.find(({ id }) => id === (holder as GuestId))?.session;
      return session?.interfaceId === port ? [] : [`${holder} holds ${port} without a session there`];
    }),
  ]),
  ...interfaces.flatMap(({ id, link, state }) => {
    const real = O.toNullable(stations.get(id)?.link() ?? O.none);
    return [
      ...(link?.ssid === real?.ssid && link?.bssid === real?.bssid
        ? []
        : [
            `${id} (${JSON.stringify(state)}) is connected to ${real?.ssid ?? 'nothing'}, and the service says ${link?.ssid ?? 'nothing'}`,
          ]),
      ...((ownership[id]?.ssid ?? null) === (link?.ssid ?? null)
        ? []
        : [
            `${id} is connected to ${link?.ssid ?? 'nothing'}, and the table says ${ownership[id]?.ssid ?? 'nothing'}`,
          ]),
      ...(/connecting/.test(JSON.stringify(state)) ? [`${id} is ${JSON.stringify(state)}`] : []),
    ];
  }),
  ...[...stations.keys()].flatMap((id) =>
    interfaces.some((port) => port.id === id) ? [] : [`${id} is there, and the service does not have it`],
  ),
];
