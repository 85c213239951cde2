/** Information elements for networks that no access point sends. */
import type { Ssid } from './ssid.js';

/** The security of a made-up network. */
export type NetworkSecurity =
  | { readonly kind: 'wpa2-psk'; readonly cipher: 'ccmp' | 'gcmp' }
  | {
      readonly kind:
        | 'open'
        | 'wep'
        | 'wpa-psk'
        | 'wpa/wpa2-psk'
        | 'psk-sha256'
        | 'ft-psk'
        | 'wpa2/wpa3-transition'
        | 'wpa3-sae'
        | 'owe'
        | 'wpa2-enterprise'
        | 'wpa3-enterprise-192';
    };

/** Elements of a beacon of such a network. `frequency` in kHz. */
export declare const elementsFor: (security: NetworkSecurity, ssid: Ssid, frequency: number) => Uint8Array;
/** The capability field that goes with it. */
export declare const capabilitiesFor: (security: NetworkSecurity) => number;
