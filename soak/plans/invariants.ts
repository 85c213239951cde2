/** What must be so whenever nothing is under way. */
import * as O from 'fp-ts/lib/Option.js';
import type { GuestId, ServiceStatus } from '../../index.js';
import type { StationInterface } from '../../native/radio.js';
import type { SimulatedGuest } from './guest.js';

const isResting = (state: unknown): boolean => state === 'idle';

/** What a service shows of guests, in the same process or over its control. */
export interface ShownToGuests {
  readonly endpoints: readonly { readonly endpoint: string; readonly address: string | null }[];
  readonly radios: readonly { readonly name: string; readonly problem: string | null }[];
  readonly guests: readonly {
    readonly id: string;
    /** States of its three actors. */
    readonly requestChannel: unknown;
    readonly dispatcher: unknown;
    readonly notificationChannel: unknown;
    readonly session: { readonly id: number } | null;
    readonly connections: number;
    readonly queue: number;
  }[];
}

/** Everything by which a service at rest differs from what its guests know; a sentence each. */
export const differencesFromGuests = (
  { guests, radios, endpoints }: ShownToGuests,
  players: readonly SimulatedGuest[],
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
  ...guests.flatMap(({ id, requestChannel, dispatcher, notificationChannel, connections, queue }) => [
    ...(isResting(requestChannel)
      ? []
      : [`the request channel of ${id} is ${JSON.stringify(requestChannel)}`]),
    ...(isResting(dispatcher) ? [] : [`the dispatcher of ${id} is ${JSON.stringify(dispatcher)}`]),
    ...(isResting(notificationChannel)
      ? []
      : [`the notification channel of ${id} is ${JSON.stringify(notificationChannel)}`]),
    ...(connections === 0 ? [] : [`${id} has ${connections} connections open`]),
    ...(queue === 0 ? [] : [`${queue} notifications wait for ${id}`]),
  ]),
];

/** What sessions and the ownership table say of one another. */
export const differencesInside = ({
  guests,
  ownership,
}: Pick<ServiceStatus, 'guests' | 'ownership'>): readonly string[] => [
  ...guests.flatMap(({ id, session }) => [
    ...(session === null || ownership[session.interfaceId]?.holders[id] === 'in effect'
      ? []
      : [`${id} has session ${session.id} on ${session.interfaceId}, which the table does not know`]),
    ...(session === null || ownership[session.interfaceId]?.ssid === session.ssid
      ? []
      : [
          `${id} has a session on ${session.ssid}, and the table says ${ownership[session.interfaceId]?.ssid}`,
        ]),
  ]),
  ...Object.entries(ownership).flatMap(([port, row]) => [
    ...(row.claim === null ? [] : [`${row.claim.guest} still claims ${port}`]),
    ...row.waiting.map(({ guest }) => `${guest} still waits for ${port}`),
    ...Object.keys(row.holders).flatMap((holder) => {
      const session = guests.find(({ id }) => id === (holder as GuestId))?.session;
      return session?.interfaceId === port ? [] : [`${holder} holds ${port} without a session there`];
    }),
  ]),
];

/** Everything by which it differs from what its host is connected to. */
export const differencesFromHost = (
  { interfaces, ownership }: Pick<ServiceStatus, 'interfaces' | 'ownership'>,
  stations: ReadonlyMap<string, StationInterface>,
): readonly string[] => [
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
