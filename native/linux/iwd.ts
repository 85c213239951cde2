/**
 * iwd, which some hosts have in place of wpa_supplicant. It has no D-Bus interface for what a guest needs: no information
 * elements, and no way to give it a PMK. So it is named, and nothing more.
 */
import * as E from 'fp-ts/lib/Either.js';
import type { RadioFailure } from '../radio.js';
import { type Dbus, hasOwner } from './dbus.js';

/** Its name on the bus. */
const iwdName = 'net.connman.iwd';

/** How to get from iwd to wpa_supplicant. Both at once would take the radios from each other. */
export const fromIwd =
  "let wpa_supplicant have the radios: stop iwd first, which ends its connection (systemctl disable --now iwd), take wifi.backend=iwd out of NetworkManager's configuration where it is, then systemctl enable --now wpa_supplicant";

/** Whether iwd runs. */
export const hasIwd = async (bus: Dbus): Promise<boolean> => {
  const owned = await hasOwner(bus, iwdName)();
  return E.isRight(owned) && owned.right;
};

/** What the radio fails with where iwd has it. */
export const iwdInstead: RadioFailure = {
  operation: 'look for wpa_supplicant on the system bus',
  code: 'NameHasNoOwner',
  detail: `iwd has the Wi-Fi of this host, and proxy-wifi works with wpa_supplicant only: ${fromIwd}`,
};
