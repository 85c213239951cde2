/** What the captured access points looked like, from the fixture. */
import { readFileSync } from 'node:fs';

/** One access point: SSID, BSSID and information elements in hex, frequency in MHz. */
export interface Captured {
  readonly SSID: string;
  readonly BSSID: string;
  readonly Frequency: number;
  readonly Privacy: boolean;
  readonly IEs: string;
}

/** Element 5 (TIM) counts beacons, and is in beacons only. */
const trafficMap = 5;

/**
 * What differs from one time on the air to the next is taken out: the TIM, and the BSS colour of an 802.11ax network,
 * which hostapd draws by lot (byte 4 of the HE operation element: 255, 36).
 */
export const withoutChance = (elements: string): string => {
  let kept = '';
  for (let at = 0; at < elements.length; ) {
    const [id, size] = [0, 2].map((offset) =>
      Number.parseInt(elements.slice(at + offset, at + offset + 2), 16),
    );
    const end = at + 4 + 2 * (size ?? 0);
    if (id !== trafficMap) kept += elements.slice(at, end);
    at = end;
  }
  return kept.replace(/(ff0724f03f00)[\da-f]{2}(fcff)/, '$1--$2');
};

/** `test/fixtures/access-points.ndjson`. */
export const captured: readonly Captured[] = readFileSync(
  '/project/test/fixtures/access-points.ndjson',
  'utf8',
)
  .trim()
  .split('\n')
  .map((line) => {
    const { SSID, BSSID, Frequency, Privacy, IEs } = JSON.parse(line) as Captured;
    return { SSID, BSSID, Frequency, Privacy, IEs: withoutChance(IEs) };
  });
