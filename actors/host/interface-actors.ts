/** What the actor of an interface does on its port: watch it, connect it, disconnect it, let it scan. */
import { isSome, none, type Option, some } from 'fp-ts/lib/Option.js';
import { defer, EMPTY, from, map, mergeMap, Observable, of } from 'rxjs';
import { fromEventObservable, fromPromise } from 'xstate';
import type {
  ConnectFailure,
  ConnectOrder,
  HostLink,
  RadioInterface,
  StationEvent,
} from '../../native/radio.js';
import type { Ssid } from '../../protocol/ssid.js';
import { StatusCode } from '../../protocol/status.js';
import type { HostInterfaceEvent } from './interface-state.js';

const gone: ConnectFailure = {
  reason: 'failed',
  status: StatusCode.unspecifiedFailure,
  detail: 'the interface has left the host',
};

const told = (event: StationEvent): HostInterfaceEvent => {
  switch (event.type) {
    case 'connected':
      return { type: 'link.up', link: event.link };
    case 'disconnected':
      return { type: 'link.lost', ssid: event.ssid, reason: event.reason };
    case 'signal':
      return { type: 'signal.changed', rssi: event.rssi };
    case 'scan.completed':
    case 'scan.failed':
      return event;
  }
};

/** What the host tells of a station, beginning with the link that is there. Fake networks have nothing to tell. */
const stationEvents = (port: RadioInterface): Observable<HostInterfaceEvent> => {
  if (port.kind === 'fake') return EMPTY;
  return new Observable<HostInterfaceEvent>((subscriber) => {
    // Subscribed before the link is read, so that no change falls between the two.
    const subscription = port.events.pipe(map(told)).subscribe((event) => subscriber.next(event));
    const link = port.link();
    if (isSome(link)) subscriber.next({ type: 'link.up', link: link.value });
    return subscription;
  });
};

export const watchStation = fromEventObservable<HostInterfaceEvent, { port: RadioInterface }>(
  ({ input: { port } }) => stationEvents(port),
);

export const connectStation = fromPromise<HostLink, { port: RadioInterface; order: ConnectOrder | null }>(
  async ({ input: { port, order }, signal }) => {
    if (port.kind === 'fake' || order === null) throw gone;
    const result = await port.connect(order, signal)();
    if (result._tag === 'Left') throw result.left;
    return result.right;
  },
);

export const disconnectStation = fromPromise<void, { port: RadioInterface }>(async ({ input: { port } }) => {
  if (port.kind === 'fake') return;
  const result = await port.disconnect()();
  if (result._tag === 'Left') throw result.left;
});

/** Asks the host for a scan, or the host application for its networks: what comes of the asking, not of the scan. */
export const askForScan = fromEventObservable<
  HostInterfaceEvent,
  { port: RadioInterface; ssid: Ssid | null }
>(({ input: { port, ssid } }) => defer(() => asked(port, ssid === null ? none : some(ssid))));

const asked = (port: RadioInterface, ssid: Option<Ssid>): Observable<HostInterfaceEvent> => {
  if (port.kind === 'fake')
    return from(Promise.resolve(port.ask())).pipe(map(() => ({ type: 'scan.completed' })));
  return from(Promise.resolve(port.scan(ssid))).pipe(
    mergeMap((result): Observable<HostInterfaceEvent> => {
      if (result._tag === 'Left') return of({ type: 'scan.failed', reason: result.left.detail });
      return of({ type: result.right === 'complete' ? 'scan.completed' : 'scan.running' });
    }),
  );
};

/** What an attempt failed with, whatever was thrown. */
export const failureOf = (error: unknown): ConnectFailure => {
  if (typeof error === 'object' && error !== null && 'status' in error && 'reason' in error)
    return error as ConnectFailure;
  return { reason: 'failed', status: StatusCode.unspecifiedFailure, detail: String(error) };
};
