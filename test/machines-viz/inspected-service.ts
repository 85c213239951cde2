/** A service with a simulated radio and the inspector on, and a guest of it. */
import { createServer } from 'node:net';
import { type Actor, createActor, waitFor } from 'xstate';
import { proxyWifiOn } from '../../actors/proxy-wifi.js';
import { actsOn } from '../../cli/inspector.js';
import {
  type FakeNetwork,
  type InterfaceStatus,
  parseEndpoint,
  silentLog,
  systemClock,
} from '../../index.js';
import { createInspector, type Inspector, type InspectorOptions } from '../../machines-viz/index.js';
import { createGuest, derivePmk, type Guest } from '../../native/guest/index.js';
import {
  defaultScenario,
  harbourCafeSecret,
  type SimulatedBackend,
  simulatedBackend,
} from '../../native/simulated/index.js';
import { thisPlatform } from '../../platform.js';
import { ssidFromText } from '../../protocol/index.js';
import { right } from '../protocol/either.js';

const cafeSsid = right(ssidFromText('Harbour Cafe'));

/** The WPA2 network of the default scenario, as a guest names it. */
export const cafe = {
  ssid: cafeSsid,
  security: 'wpa2-psk',
  key: right(derivePmk(harbourCafeSecret, cafeSsid)),
} as const;

const lab: FakeNetwork = { ssid: 'Lab', bssid: '02:00:00:00:00:01' };

const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' ? (address?.port ?? 0) : 0));
    });
  });

/** With the machine's own type: tests look at children and send what only its parts send. */
const proxyWifi = proxyWifiOn(thisPlatform);

export class InspectedService {
  readonly inspector: Inspector;
  readonly proxy: Actor<typeof proxyWifi>;
  readonly radio: SimulatedBackend;
  readonly #notificationPort: number;
  readonly #guests: Guest[] = [];

  private constructor(inspector: Inspector, notificationPort: number) {
    this.inspector = inspector;
    this.#notificationPort = notificationPort;
    this.radio = simulatedBackend(defaultScenario, { clock: systemClock, log: silentLog });
    this.proxy = createActor(proxyWifi, {
      inspect: inspector.inspect,
      input: {
        endpoints: ['tcp://127.0.0.1'],
        radio: this.radio,
        fakeNetworks: () => [lab],
        requestPort: 0,
        notificationPort,
        frameTap: inspector.frameTap,
      },
    });
  }

  /** Runs when this resolves. */
  static async start(options: InspectorOptions = { port: 0 }): Promise<InspectedService> {
    const service = new InspectedService(right(await createInspector(options)()), await freePort());
    service.proxy.start();
    await service.until('running');
    return service;
  }

  /** As `start`, and the page may do steps on the air. */
  static async steered(): Promise<InspectedService> {
    let service: InspectedService | undefined;
    const act = (step: unknown): string | null =>
      service === undefined ? 'too early' : actsOn(service.radio)(step);
    service = await InspectedService.start({ port: 0, act });
    return service;
  }

  async until(state: 'running' | 'stopped'): Promise<void> {
    await waitFor(this.proxy, (snapshot) => snapshot.matches(state));
  }

  /** Every interface is through with the scan that it makes when it arrives. */
  async scanned(): Promise<void> {
    const isThrough = ({ state }: InterfaceStatus): boolean =>
      typeof state === 'object' && state?.scan === 'idle';
    while (!this.proxy.getSnapshot().context.status.read().interfaces.every(isThrough))
      await new Promise((resolve) => setImmediate(resolve));
  }

  /** A guest at 127.0.1.`number`, listening for notifications. */
  guest(number: number): Guest {
    const { address } = this.proxy.getSnapshot().context.status.read().endpoints[0] ?? {};
    const guest = createGuest({
      endpoint: right(parseEndpoint(address ?? '')),
      notificationPort: this.#notificationPort,
      address: `127.0.1.${number}`,
      hello: false,
    });
    guest.notifications.subscribe({ error: () => undefined });
    this.#guests.push(guest);
    return guest;
  }

  async stop(): Promise<void> {
    for (const guest of this.#guests) guest.close();
    if (!this.proxy.getSnapshot().matches('stopped')) this.proxy.send({ type: 'stop' });
    await this.until('stopped');
    this.proxy.stop();
    await this.inspector.close();
  }
}
