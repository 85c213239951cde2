/** Where the service runs and what lies under the Wi-Fi interface: the tests are the same for all. */
import type { ServiceSettings } from '../host/orders.js';
import { forbidden, neighbourhood } from './air.js';
import type { Reach } from './driver.js';
import type { Host } from './host.js';

/** One arrangement of host and guest. */
export interface Arrangement {
  readonly name: string;
  readonly host: Host;
  /** How the driver reaches the service. */
  readonly reach: Reach;
  /** How the service is reached: its endpoints and ports. */
  readonly input: ServiceSettings['input'];
  /** The Ethernet device under the Wi-Fi interface. */
  readonly lower: string;
  /** The address of the Wi-Fi interface on that Ethernet, with its prefix. */
  readonly address: string;
  /** Somebody on that Ethernet who answers pings, and sends `sent` bytes to who connects to the port. */
  readonly peer: { readonly address: string; readonly port: number };
}

/** Bytes that come from the peer's port: 100 MB. */
export const sent = 100_000_000;

/** Starts the service of an arrangement with a simulated radio. */
export const startSimulated = (
  { host, input }: Arrangement,
  more: Partial<ServiceSettings> = {},
): Promise<void> => host.start({ input, scenario: neighbourhood, deny: [forbidden], ...more });
