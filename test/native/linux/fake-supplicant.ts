/** wpa_supplicant on the fake bus: one interface, its access points and networks. */
import { readFileSync } from 'node:fs';
import * as E from 'fp-ts/lib/Either.js';
import { wpa } from '../../../native/linux/wpa-objects.js';
import { FakeBus, plain } from './fake-bus.js';

/** Path of the interface. */
export const wlan0 = `${wpa.path}/Interfaces/0`;

interface Captured {
  readonly SSID: string;
  readonly BSSID: string;
  readonly Privacy: boolean;
  readonly Mode: string;
  readonly Signal: number;
  readonly Frequency: number;
  readonly IEs: string;
}

/** The access points of the capture, as wpa_supplicant gives them. */
export const capturedBsss: readonly Record<string, unknown>[] = readFileSync(
  new URL('../../fixtures/access-points.ndjson', import.meta.url),
  'utf8',
)
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as Captured)
  .map((bss) => ({
    SSID: Buffer.from(bss.SSID, 'hex'),
    BSSID: Buffer.from(bss.BSSID, 'hex'),
    IEs: Buffer.from(bss.IEs, 'hex'),
    Privacy: bss.Privacy,
    Mode: bss.Mode,
    Signal: bss.Signal,
    Frequency: bss.Frequency,
  }));

const bssPath = (index: number): string => `${wlan0}/BSSs/${index}`;

/** A bus with wpa_supplicant on it. */
export class FakeSupplicant {
  readonly bus = new FakeBus();
  #networks: string[] = [];
  #next = 0;

  constructor() {
    const { bus } = this;
    bus.owners.add(wpa.name);
    bus.put(wpa.path, { Interfaces: [wlan0] });
    bus.put(wlan0, {
      Ifname: 'wlan0',
      Driver: 'nl80211',
      State: 'disconnected',
      Scanning: false,
      CurrentBSS: '/',
      CurrentNetwork: '/',
      BSSs: [],
      Networks: [],
      Capabilities: { KeyMgmt: ['none', 'wpa-psk', 'sae'] },
    });
    bus.method('AddNetwork', ({ body }) => {
      const path = this.network(plain(body?.[0]));
      return E.right([path]);
    });
    bus.method('SelectNetwork', () => E.right([]));
    bus.method('RemoveNetwork', ({ body }) => {
      this.forget(String(body?.[0]));
      return E.right([]);
    });
    bus.method('Disconnect', () => E.right([]));
    bus.method('Reconnect', () => E.right([]));
    bus.method('Scan', () => E.right([]));
    bus.method('AbortScan', () => E.right([]));
    bus.method('SignalPoll', () => E.right([{ rssi: -50 }]));
  }

  /** Adds a network; its path. */
  network(properties: Record<string, unknown>, enabled = false): string {
    const path = `${wlan0}/Networks/${this.#next++}`;
    const quoted = Object.entries(properties).map(([name, value]) => [
      name,
      typeof value === 'string' ? `"${value}"` : value,
    ]);
    this.bus.put(path, { Properties: Object.fromEntries(quoted), Enabled: enabled });
    this.#networks = [...this.#networks, path];
    this.bus.put(wlan0, { Networks: this.#networks });
    return path;
  }

  /** Has this network no more, and says nothing of it. */
  forget(path: string | undefined): void {
    this.#networks = this.#networks.filter((other) => other !== path);
    this.bus.take(String(path));
    this.bus.put(wlan0, { Networks: this.#networks });
  }

  /** Shows these access points from now on; paths in their order. */
  sees(bsss: readonly Record<string, unknown>[]): readonly string[] {
    const paths = bsss.map((_, index) => bssPath(index));
    for (const [index, bss] of bsss.entries()) this.bus.put(bssPath(index), bss);
    this.bus.put(wlan0, { BSSs: paths });
    return paths;
  }

  change(properties: Readonly<Record<string, unknown>>): void {
    this.bus.change(wlan0, wpa.interface, properties);
  }

  /** A link comes up through this network. */
  completes(bss: string, network: string): void {
    this.change({ State: 'completed', CurrentBSS: bss, CurrentNetwork: network });
  }

  scanDone(success = true): void {
    this.bus.emit(wlan0, wpa.interface, 'ScanDone', success);
  }
}
