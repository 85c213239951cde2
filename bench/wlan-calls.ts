/** Runs under Wine: measures calls of the Wlan API through koffi, on the stand-in of the Windows tests. Prints figures. */
import { readFileSync } from 'node:fs';
import { monitorEventLoopDelay, performance } from 'node:perf_hooks';
import * as E from 'fp-ts/lib/Either.js';
import * as O from 'fp-ts/lib/Option.js';
import { filter, firstValueFrom, ReplaySubject } from 'rxjs';
import type { StationInterface } from '../native/radio.js';
import { wlanRadio } from '../native/windows/wlan-radio.js';
import { StandIn, standInPath } from '../test/windows/stand-in.js';

const rounds = Number(process.argv[2] ?? 100);
const networks = 64;

/** Milliseconds that each call of the slow scan takes. */
const slow = 500;

const standIn = new StandIn();
standIn.reset();
standIn.interface(0);

/** So many access points with the elements of captured ones. */
const fill = (count: number): void => {
  const captured = readFileSync('test/fixtures/access-points.ndjson', 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { readonly SSID: string; readonly IEs: string });
  for (let n = 0; n < count; n += 1) {
    const { SSID, IEs } = captured[n % captured.length] ?? { SSID: '', IEs: '' };
    const bssid = `0200000002${n.toString(16).padStart(2, '0')}`;
    standIn.tell(`network 0 ${SSID || '-'} ${bssid} 2412000 -50 17 100 7 4 1 0 0 - ${IEs || '-'}`);
  }
};

/** A scan from the request to its results, with both readings of the list. */
const scan = async (station: StationInterface): Promise<void> => {
  const done = firstValueFrom(station.events.pipe(filter(({ type }) => type === 'scan.completed')));
  const asked = await station.scan(O.none);
  if (E.isLeft(asked)) throw new Error(asked.left.detail);
  await done;
};

/** Milliseconds for which the event loop is busy during each scan. */
const scanCosts = async (station: StationInterface, count: number): Promise<readonly number[]> => {
  const costs: number[] = [];
  for (let round = 0; round < count; round += 1) {
    const before = performance.eventLoopUtilization();
    await scan(station);
    costs.push(performance.eventLoopUtilization(before).active);
  }
  return costs;
};

/** Longest delay of the event loop, in milliseconds, while each call of a scan takes half a second. */
const delayOfSlowScan = async (station: StationInterface): Promise<number> => {
  for (const call of ['WlanGetNetworkBssList', 'WlanScan']) standIn.tell(`delay ${call} ${slow} 1`);
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  await scan(station);
  delay.disable();
  return delay.max / 1e6;
};

fill(networks);
standIn.tell('scan 0 1 complete');
const radio = wlanRadio({ log: { info: () => undefined, warn: () => undefined }, dll: standInPath });
const stations = new ReplaySubject<StationInterface>();
const subscription = radio.open.subscribe({
  next: (event) => {
    if (event.type === 'interface.arrived' && event.interface.kind === 'station')
      stations.next(event.interface);
  },
  error: (failure) => stations.error(failure),
});
const station = await firstValueFrom(stations);
await scanCosts(station, 100);
const scans = await scanCosts(station, rounds);
if (station.networks().length !== networks)
  throw new Error(`a scan shows ${station.networks().length} networks`);
const delays: number[] = [];
for (let round = 0; round < 5; round += 1) delays.push(await delayOfSlowScan(station));
subscription.unsubscribe();
await radio.closed?.();
console.log(JSON.stringify({ scans, delays }));
