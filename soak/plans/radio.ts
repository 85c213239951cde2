/** The radio of a simulation, and its links as they really are: what the service believes is compared with them. */
import * as O from 'fp-ts/lib/Option.js';
import { NEVER, tap } from 'rxjs';
import { type Clock, silentLog } from '../../index.js';
import { interfaceId, type RadioBackend, type StationInterface } from '../../native/radio.js';
import { type SimulatedBackend, simulatedBackend } from '../../native/simulated/index.js';
import { network, station } from '../../test/stage/networks.js';
import { signalOf } from './guest.js';
import { networkNames, type Plan, portCount } from './plan.js';

const portNames = Array.from({ length: portCount }, (_, n) => `wlan${n}`);

export class SimulatedRadio {
  readonly control: SimulatedBackend['control'];
  /** As the service opens it. */
  readonly backend: RadioBackend;
  /** The interfaces that are there, by id. */
  readonly stations: ReadonlyMap<string, StationInterface>;

  /** `isMute`: the host's Wi-Fi service says nothing when it is opened. */
  constructor({ order, durations }: Pick<Plan, 'order' | 'durations'>, clock: Clock, isMute: boolean) {
    const [scanDuration, connectDuration, disconnectDuration] = durations;
    const radio = simulatedBackend(
      {
        startAt: O.none,
        seed: O.some(order),
        jitter: O.none,
        interfaces: portNames.map((name) =>
          station(name, { scanDuration, connectDuration, disconnectDuration }),
        ),
        networks: networkNames.map((name, n) =>
          network(name, n + 1, { signal: signalOf[name] ?? -50, hidden: name === 'Cellar' }),
        ),
        timeline: [],
      },
      { clock, log: silentLog },
    );
    const stations = new Map<string, StationInterface>();
    const open = radio.open.pipe(
      tap((event) => {
        if (event.type === 'interface.arrived' && event.interface.kind === 'station')
          stations.set(event.interface.id, event.interface);
        if (event.type === 'interface.left') stations.delete(event.id);
      }),
    );
    this.control = radio.control;
    this.stations = stations;
    this.backend = { ...radio, open: isMute ? NEVER : open };
  }

  port(n: number) {
    return interfaceId(portNames[n] ?? '');
  }

  /** Everything is there again. */
  repair(): void {
    this.control.reviveService();
    for (const name of portNames) this.control.arrive(interfaceId(name));
  }
}
