/** What the actor of an interface does on its device: watch it, connect it, disconnect it. */
import { isSome } from 'fp-ts/lib/Option.js';
import { map, mergeMap, Observable } from 'rxjs';
import { fromEventObservable, fromPromise } from 'xstate';
import type { ConnectFailure, ConnectOrder, HostLink, StationEvent } from '../../native/radio.js';
import { StatusCode } from '../../protocol/status.js';
import type { InterfaceEntry } from './interface-register.js';
import type { HostInterfaceEvent } from './interface-state.js';
import type { HostScanEvent } from './scan-state.js';

const gone: ConnectFailure = {
  reason: 'failed',
  status: StatusCode.unspecifiedFailure,
  detail: 'the interface has left the host',
};

/** The host was there, and is on another network, or on none, before the result has come. */
export const overtaken: ConnectFailure = {
  reason: 'failed',
  status: StatusCode.refusedTemporarily,
  detail: 'the host was connected, and has left the network since',
};

const toldOfLink = (event: StationEvent): readonly HostInterfaceEvent[] => {
  switch (event.type) {
    case 'connected':
      return [{ type: 'link.up', link: event.link }];
    case 'disconnected':
      return [{ type: 'link.lost', ssid: event.ssid, reason: event.reason }];
    case 'signal':
      return [{ type: 'signal.changed', rssi: event.rssi }];
    case 'scan.completed':
    case 'scan.failed':
      return [];
  }
};

const toldOfScans = (event: StationEvent): readonly HostScanEvent[] =>
  event.type === 'scan.completed' || event.type === 'scan.failed' ? [event] : [];

/** What the host tells of a station's link, beginning with the link that is there; of fake networks, that their list has changed. */
const stationEvents = ({ device, events }: InterfaceEntry): Observable<HostInterfaceEvent> => {
  if (device.kind === 'fake') return device.changes.pipe(map(() => ({ type: 'networks.changed' })));
  return new Observable<HostInterfaceEvent>((subscriber) => {
    // Subscribed before the link is read, so that no change falls between the two.
    const subscription = events.pipe(mergeMap(toldOfLink)).subscribe((event) => subscriber.next(event));
    const link = device.link();
    if (isSome(link)) subscriber.next({ type: 'link.up', link: link.value });
    return subscription;
  });
};

export const watchStation = fromEventObservable<HostInterfaceEvent, InterfaceEntry>(({ input }) =>
  stationEvents(input),
);

/** The host tells of scans, whoever asked for them. */
export const watchScans = fromEventObservable<HostScanEvent, InterfaceEntry>(({ input: { events } }) =>
  events.pipe(mergeMap(toldOfScans)),
);

export const connectStation = fromPromise<HostLink, { entry: InterfaceEntry; order: ConnectOrder | null }>(
  async ({ input: { entry, order }, signal }) => {
    const { device } = entry;
    if (device.kind === 'fake' || order === null) throw gone;
    const result = await device.connect(order, signal)();
    if (result._tag === 'Left') throw result.left;
    return result.right;
  },
);

/** What it resolves with is the link that was to end: by then the host may have another one. */
export const disconnectStation = fromPromise<
  HostLink | null,
  { entry: InterfaceEntry; link: HostLink | null }
>(async ({ input: { entry, link } }) => {
  if (entry.device.kind === 'fake') return null;
  const result = await entry.device.disconnect()();
  if (result._tag === 'Left') throw result.left;
  return link;
});

/** What an attempt failed with, whatever was thrown. */
export const failureOf = (error: unknown): ConnectFailure => {
  if (typeof error === 'object' && error !== null && 'status' in error && 'reason' in error)
    return error as ConnectFailure;
  return { reason: 'failed', status: StatusCode.unspecifiedFailure, detail: String(error) };
};
