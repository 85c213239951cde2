/** Access points for tests. */
import type { Bss } from '../../protocol/bss.js';
import { bssidFromBytes } from '../../protocol/bssid.js';
import { Capability } from '../../protocol/capabilities.js';
import { capabilitiesFor, elementsFor, type NetworkSecurity } from '../../protocol/network-elements.js';
import { ssidFromHex, ssidFromText } from '../../protocol/ssid.js';
import { bytes, type CapturedAccessPoint } from './captures.js';
import { right } from './either.js';

/** A captured access point as a host interface would give it; no beacon interval was captured. */
export const bssOf = (captured: CapturedAccessPoint): Bss => ({
  bssid: right(bssidFromBytes(bytes(captured.BSSID))),
  ssid: right(ssidFromHex(captured.SSID)),
  capabilities: Capability.ess | (captured.Privacy ? Capability.privacy : 0),
  rssi: captured.Signal,
  beaconInterval: 100,
  frequency: captured.Frequency * 1000,
  elements: bytes(captured.IEs),
});

/** A made-up network on channel 36. */
export const bssWith = (security: NetworkSecurity, parts: Partial<Bss> = {}): Bss => {
  const ssid = right(ssidFromText('net'));
  return {
    bssid: right(bssidFromBytes(bytes('020000000001'))),
    ssid,
    capabilities: capabilitiesFor(security),
    rssi: -50,
    beaconInterval: 100,
    frequency: 5180000,
    elements: elementsFor(security, ssid, 5180000),
    ...parts,
  };
};
