/** A dispatcher by itself: the table, the interfaces, the channels and the host application do as a test says, and what each hears is kept. */
import { createActor, createMachine, type EventObject, fromPromise, type StateValue, waitFor } from 'xstate';
import { dispatcher } from '../../../actors/guest/dispatcher.js';
import type { DispatcherInput } from '../../../actors/guest/dispatcher-context.js';
import type { DispatcherEvent, DispatcherState } from '../../../actors/guest/dispatcher-state.js';
import type { KnownBefore } from '../../../actors/guest/session.js';
import type { NetworkMatch } from '../../../actors/host/network-match.js';
import type { Post } from '../../../actors/seat.js';
import { Seat } from '../../../actors/seat.js';
import { silentLog } from '../../../index.js';
import { type InterfaceId, interfaceId } from '../../../native/radio.js';
import { StatusCode } from '../../../protocol/status.js';
import { ManualClock } from '../../../streams/clock.js';
import { Alarm, Deadlines } from '../../../streams/deadlines.js';
import { bssidNumber } from '../../stage/networks.js';
import { asked, connectTo, scanFor } from './requests.js';

export const wlan0 = interfaceId('wlan0');
export const wlan1 = interfaceId('wlan1');
const guest = 'tcp://127.0.1.1';

const security = { auth: 'wpa2-psk', networkAuth: null } as const;

/** Cafe could be had on these, in their order. */
export const direct = (...candidates: readonly InterfaceId[]): NetworkMatch => ({
  type: 'direct',
  candidates,
  ...security,
});

/** The host is connected to Cafe on wlan0. */
export const mirror: NetworkMatch = {
  type: 'mirror',
  interfaceId: wlan0,
  bssid: bssidNumber(1),
  ...security,
};

export interface DispatcherSettings {
  /** What each look for the wanted network finds; the last one from then on. */
  readonly matches?: readonly NetworkMatch[];
  /** What the guest is known for. */
  readonly known?: KnownBefore;
  readonly approves?: StatusCode;
  /** Interfaces that have just left. */
  readonly gone?: readonly InterfaceId[];
  /** The host application takes for ever over how a request went. */
  readonly hangs?: boolean;
}

/** One that hears everything, and keeps it. */
const listening = (hear: (event: EventObject) => void) =>
  createActor(createMachine({ on: { '*': { actions: ({ event }) => hear(event) } } })).start();

export const dispatcherOf = ({
  matches = [direct(wlan0)],
  known,
  approves = StatusCode.success,
  gone = [],
  hangs = false,
}: DispatcherSettings = {}) => {
  const clock = new ManualClock();
  const deadlines = new Deadlines(clock);
  const heard: string[] = [];
  const facts: string[] = [];
  const hear =
    (who: string) =>
    ({ type, ...parts }: EventObject): void => {
      const { interfaceId: on, outcome } = parts as { interfaceId?: string; outcome?: string };
      heard.push([who, type, on, outcome].filter((word) => word !== undefined).join(' '));
    };
  const seatOf = (who: string): Seat<never, never> => {
    const seat = new Seat<never, never>();
    seat.take(listening(hear(who)) as unknown as Parameters<typeof seat.take>[0]);
    return seat;
  };
  const interfaceSeats = new Map([wlan0, wlan1].map((id) => [id, seatOf(id)]));
  const own = new Seat<DispatcherState, DispatcherEvent>();
  let looks = 0;
  const input = {
    entry: {
      guest,
      dispatcher: own,
      requestChannel: seatOf('channel'),
      notificationChannel: seatOf('notifications'),
      reader: { format: 'with-scan-complete', skills: { sae: false }, patience: 10 },
      recalled: known ?? null,
      silence: new Alarm(deadlines),
      deadline: new Alarm(deadlines),
    },
    service: {
      clock,
      deadlines,
      log: silentLog,
      settings: { notifyDisconnected: true, scanInterval: 5000 },
      memory: { noteChange: () => undefined },
      observer: {
        has: () => false,
        tell: (fact: { type: string; outcome?: string; status?: number }) => {
          facts.push(`${fact.type} ${fact.outcome ?? fact.status ?? ''}`.trim());
          return hangs && fact.type.endsWith('Completed') ? new Promise(() => undefined) : Promise.resolve();
        },
        authorize: () => Promise.resolve(approves),
      },
    },
    facts: { publish: () => undefined, announce: ({ type }: EventObject) => facts.push(`announced ${type}`) },
    interfaces: {
      ids: [wlan0, wlan1],
      tell: (post: Post, id: InterfaceId, event: never) => interfaceSeats.get(id)?.tell(post, event),
      isAwake: (id: InterfaceId) => !gone.includes(id),
      tellScan: (post: Post, id: InterfaceId, event: never) => interfaceSeats.get(id)?.tell(post, event),
      noteWish: () => undefined,
      /** wlan0 scanned at the beginning. */
      staleFor: (_: unknown, now: number, interval: number) => (now < interval ? [] : [wlan0]),
      networks: () => [],
      shown: { frame: () => new Uint8Array() },
      networkAuthOf: () => null,
      signalOf: () => null,
    },
    guests: { notify: (_post: Post, _guest: string, kind: string) => heard.push(`notified ${kind}`) },
    ownership: seatOf('table'),
  } as unknown as DispatcherInput;
  const machine = dispatcher.provide({
    actors: {
      matchNetwork: fromPromise(() => {
        looks += 1;
        return Promise.resolve(matches[looks - 1] ?? matches.at(-1) ?? null);
      }),
    },
  });
  const actor = createActor(machine, { input, clock }).start();
  let exchanges = 0;
  return {
    actor,
    clock,
    heard,
    facts,
    tell: (...events: readonly DispatcherEvent[]): void => {
      for (const event of events) actor.send(event);
    },
    /** The guest asks for Cafe. */
    connect: () => {
      exchanges += 1;
      const request = asked(connectTo('Cafe'), exchanges);
      actor.send({ type: 'connect.requested', request });
      return request;
    },
    /** The guest wants to know the networks; its channel took that up at this time. */
    scan: (takenAt: number) => {
      exchanges += 1;
      const request = asked(scanFor(), exchanges);
      actor.send({ type: 'scan.requested', request, takenAt });
      return request;
    },
    /** The guest ends its session. */
    disconnect: (sessionId: number) => {
      exchanges += 1;
      const request = asked({ operation: 'disconnect', sessionId } as const, exchanges);
      actor.send({ type: 'disconnect.requested', request });
      return request;
    },
    /** It is in this state, now or soon. */
    is: async (value: StateValue): Promise<void> => {
      await waitFor(actor, (snapshot) => snapshot.matches(value as never));
    },
    value: (): StateValue => actor.getSnapshot().value,
    session: () => actor.getSnapshot().context.session,
    looks: () => looks,
  };
};
