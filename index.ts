/**
 * proxy-wifi: the host half of Wi-Fi for virtual machines. Create the root actor with `createActor(proxyWifi, { input })`
 * from xstate; everything that a host application needs is exported here.
 */
import { proxyWifiOn } from './actors/proxy-wifi.js';
import { thisPlatform } from './platform.js';

export const proxyWifi = proxyWifiOn(thisPlatform);
