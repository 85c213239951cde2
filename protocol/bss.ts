/** One access point as a host interface sees it. */
import type { Bssid } from './bssid.js';
import type { Ssid } from './ssid.js';

/**
 * A basic service set. Never changed once made: what is derived from it (its security, its bytes on the wire) is
 * cached by its identity.
 */
export interface Bss {
  readonly bssid: Bssid;
  /** What the host knows; the SSID element of a hidden network may be empty or all zero all the same. */
  readonly ssid: Ssid;
  /** The capability information field, 16 bits (IEEE 802.11-2020, 9.4.1.4): see `capabilities.ts`. */
  readonly capabilities: number;
  /** Signal in dBm, 32 bits signed. */
  readonly rssi: number;
  /** Time between beacons in time units of 1024 µs, 16 bits. */
  readonly beaconInterval: number;
  /** Centre frequency of the primary channel in kHz: 5240000. */
  readonly frequency: number;
  /** The information elements as the access point sent them, one after another. */
  readonly elements: Uint8Array;
}
