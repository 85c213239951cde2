/** Chooses who makes the next connection of an interface. */
import * as O from 'fp-ts/lib/Option.js';
import type { Connector, StationView } from './connector.js';
import type { Dbus } from './dbus.js';
import { managedDevice, NetworkManagerConnector } from './network-manager.js';
import { WpaConnector } from './wpa-connector.js';

/** Who makes connections. `auto`: NetworkManager where it manages the interface, else wpa_supplicant. */
export type Connections = 'auto' | 'wpa_supplicant' | 'networkmanager';

/** Tells who makes the next connection; asked anew each time, because the user may hand an interface over. */
export interface Connectors {
  readonly current: () => Promise<Connector>;
}

/** The connectors of the interface at `path` with the name `interfaceName`. */
export const connectorsOf = (
  bus: Dbus,
  path: string,
  interfaceName: string,
  view: StationView,
  { connections, restore }: { readonly connections: Connections; readonly restore: boolean },
): Connectors => {
  const direct = new WpaConnector(bus, path, view, restore);
  const managed = new NetworkManagerConnector(bus, interfaceName, view, restore);
  return {
    current: async () => {
      if (connections !== 'auto') return connections === 'wpa_supplicant' ? direct : managed;
      return O.isSome(await managedDevice(bus, interfaceName)) ? managed : direct;
    },
  };
};
