/** The commands of the stand-in for `wlanapi.dll` (`stand-in/script.c`), as text. */
import type { Bss } from '../../protocol/bss.js';
import { bssidBytes } from '../../protocol/bssid.js';
import { hexOf } from '../../protocol/hex.js';
import { ssidHex } from '../../protocol/ssid.js';

/** GUIDs of the stand-in's interfaces by their number. */
export const guids = [
  '0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0',
  '11111111-2222-3333-4444-555555555555',
  'abcdefab-cdef-abcd-efab-cdefabcdefab',
] as const;

/** `DOT11_AUTH_ALGORITHM` and `DOT11_CIPHER_ALGORITHM` of a network, and what else Windows says of it. */
export interface NetworkTraits {
  readonly auth: number;
  readonly cipher: number;
  readonly connectable: boolean;
  readonly reason: number;
  readonly hidden: boolean;
  /** What `keyMaterial` must be; anything without. */
  readonly key: string;
}

const usual: NetworkTraits = { auth: 7, cipher: 4, connectable: true, reason: 0, hidden: false, key: '-' };

/** An interface that the API lists unless told otherwise, and how long its scans and connections take: 5 ms. */
export const interfaceLines = (index: number, name: string, listed = true): readonly string[] => [
  `interface ${index} ${guids[index] ?? guids[0]} ${listed ? 1 : 0} ${name}`,
  `scan ${index} 5 complete`,
  `connecting ${index} 5 0 0`,
];

/** A BSSID as the commands take it. */
export const address = ({ bssid }: Pick<Bss, 'bssid'>): string => hexOf(bssidBytes(bssid));

/** A network in the air, which the service has not seen yet. */
export const networkLine = (index: number, bss: Bss, traits: Partial<NetworkTraits> = {}): string => {
  const { auth, cipher, connectable, reason, hidden, key } = { ...usual, ...traits };
  return [
    `network ${index}`,
    ssidHex(bss.ssid) || '-',
    address(bss),
    bss.frequency,
    bss.rssi,
    bss.capabilities,
    bss.beaconInterval,
    auth,
    cipher,
    connectable ? 1 : 0,
    reason,
    hidden ? 1 : 0,
    key,
    hexOf(bss.elements) || '-',
  ].join(' ');
};
