/** The capability field of an access point of which the elements are known. */
import { Capability } from '../../protocol/capabilities.js';
import { advertisedSecurity } from '../../protocol/security.js';
import type { ScenarioAccessPoint, ScenarioNetwork } from './scenario.js';

/** `privacy`: the bit, where it is known; otherwise it is set if an element speaks of security, which WEP has none for. */
export const capabilitiesOf = (
  { ssid }: Pick<ScenarioNetwork, 'ssid'>,
  accessPoint: Omit<ScenarioAccessPoint, 'capabilities'>,
  privacy?: boolean,
): number => {
  const { signal: rssi } = accessPoint;
  const open = { ...accessPoint, ssid, rssi, capabilities: Capability.ess };
  return (privacy ?? advertisedSecurity(open).kind !== 'open')
    ? Capability.ess | Capability.privacy
    : Capability.ess;
};
