/** What the actor of an interface does on its port: watch it, connect it, disconnect it, let it scan. */
import { isSome, type Option } from 'fp-ts/lib/Option.js';
import { fromCallback, fromPromise } from 'xstate';
import type {
  ConnectFailure,
  ConnectOrder,
  HostLink,
  InterfaceId,
  StationInterface,
} from '../native/radio.js';
import type { Ssid } from '../protocol/ssid.js';
import type { HostInterfaceContext, HostInterfaceEvent } from './host-interface-events.js';
import type { Services } from './services.js';

const stationOf = ({
  services,
  id,
}: Pick<HostInterfaceContext, 'services' | 'id'>): StationInterface | undefined => {
  const port = services.interfaces.get(id)?.port;
  return port?.kind === 'station' ? port : undefined;
};

const gone: ConnectFailure = { reason: 'failed', status: 1, detail: 'the interface has left the host' };

export const watchStation = fromCallback<HostInterfaceEvent, { services: Services; id: InterfaceId }>(
  ({ input, sendBack }) => {
    const station = stationOf(input);
    if (station === undefined) return;
    const subscription = station.events.subscribe((event) => {
      switch (event.type) {
        case 'connected':
          return sendBack({ type: 'link.up', link: event.link });
        case 'disconnected':
          return sendBack({ type: 'link.lost', ssid: event.ssid, reason: event.reason });
        case 'signal':
          return sendBack({ type: 'signal.changed', rssi: event.rssi });
        case 'scan.completed':
        case 'scan.failed':
          return sendBack(event);
      }
    });
    const link = station.link();
    if (isSome(link)) sendBack({ type: 'link.up', link: link.value });
    return () => subscription.unsubscribe();
  },
);

export const connectStation = fromPromise<
  HostLink,
  { services: Services; id: InterfaceId; order: ConnectOrder | null }
>(async ({ input, signal }) => {
  const station = stationOf(input);
  if (station === undefined || input.order === null) throw gone;
  const result = await station.connect(input.order, signal)();
  if (result._tag === 'Left') throw result.left;
  return result.right;
});

export const disconnectStation = fromPromise<void, { services: Services; id: InterfaceId }>(
  async ({ input }) => {
    const result = await stationOf(input)?.disconnect()();
    if (result?._tag === 'Left') throw result.left;
  },
);

export const scanStation = fromCallback<
  HostInterfaceEvent,
  { services: Services; id: InterfaceId; ssid: Option<Ssid> }
>(({ input, sendBack }) => {
  let stopped = false;
  void Promise.resolve(stationOf(input)?.scan(input.ssid)).then((result) => {
    if (stopped) return;
    if (result === undefined) sendBack({ type: 'scan.failed', reason: gone.detail });
    else if (result._tag === 'Left') sendBack({ type: 'scan.failed', reason: result.left.detail });
    else sendBack({ type: result.right === 'complete' ? 'scan.completed' : 'scan.running' });
  });
  return () => {
    stopped = true;
  };
});

/** What an attempt failed with, whatever was thrown. */
export const failureOf = (error: unknown): ConnectFailure => {
  if (typeof error === 'object' && error !== null && 'status' in error && 'reason' in error)
    return error as ConnectFailure;
  return { reason: 'failed', status: 1, detail: String(error) };
};
