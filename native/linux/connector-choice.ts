/** Chooses who makes the next connection of an interface. */
import * as O from 'fp-ts/lib/Option.js';
import type { Connector, Resumes, StationView } from './connector.js';
import type { Dbus } from './dbus.js';
import { NetworkManagerConnector } from './network-manager.js';
import { managedDevice } from './network-manager-objects.js';
import { WpaConnector } from './wpa-connector.js';

/** Who makes connections. `auto`: NetworkManager where it manages the interface, else wpa_supplicant. */
export type Connections = 'auto' | 'wpa_supplicant' | 'networkmanager';

/** The connectors of an interface. */
export interface Connectors {
  /** Who makes the next connection; asked anew each time, because the user may hand an interface over. */
  readonly current: () => Promise<Connector>;
  /** `recover` of whoever may have left something. */
  readonly recover: (resumes: Resumes) => Promise<void>;
  /** `leave` of whoever may have something. */
  readonly leave: () => Promise<void>;
}

/** The connectors of the interface at `path` with the name `interfaceName`. */
export const connectorsOf = (
  bus: Dbus,
  path: string,
  interfaceName: string,
  view: StationView,
  {
    connections,
    restore,
    unsave,
  }: { readonly connections: Connections; readonly restore: boolean; readonly unsave: boolean },
): Connectors => {
  const direct = new WpaConnector(bus, path, view, restore, unsave);
  const managed = new NetworkManagerConnector(bus, interfaceName, view, restore);
  return {
    current: async () => {
      if (connections !== 'auto') return connections === 'wpa_supplicant' ? direct : managed;
      return O.isSome(await managedDevice(bus, interfaceName)) ? managed : direct;
    },
    recover: async (resumes) => {
      await direct.recover(resumes);
      await managed.recover(resumes);
    },
    leave: async () => {
      await direct.leave();
      await managed.leave();
    },
  };
};
