/**
 * The temporary profile with which Windows connects: XML of the schema "WLAN_profile" (namespace …/profile/v1). An XML
 * library writes it, as an SSID is any bytes; its exact bytes go in as hex, its printable text is the name.
 */
import XMLBuilder from 'fast-xml-builder';
import * as E from 'fp-ts/lib/Either.js';
import { hexOf } from '../../protocol/hex.js';
import type { KeyMaterial } from '../../protocol/key-material.js';
import type { OfferedSecurity } from '../../protocol/security.js';
import { type Ssid, ssidHex } from '../../protocol/ssid.js';
import { StatusCode } from '../../protocol/status.js';
import type { ConnectFailure, ConnectOrder } from '../radio.js';

/** Bytes in a PMK (IEEE 802.11-2020, 12.7.1.3). */
const pmkSize = 32;

const builder = new XMLBuilder({ ignoreAttributes: false, attributeNamePrefix: '@' });

interface Authentication {
  readonly authentication: 'open' | 'WPA2PSK' | 'WPA3SAE';
  readonly encryption: 'none' | 'AES';
  readonly sharedKey?: { readonly keyType: 'networkKey' | 'passPhrase'; readonly keyMaterial: string };
}

const unusable = (detail: string): ConnectFailure => ({
  reason: 'unsupported',
  status: StatusCode.invalidParameters,
  detail,
});

/** A passphrase as Windows takes it: 8 to 63 printable ASCII characters. */
const asPassphrase = (key: KeyMaterial): string | undefined => {
  const text = new TextDecoder('latin1').decode(key.reveal());
  return /^[\x20-\x7e]{8,63}$/.test(text) ? text : undefined;
};

const authenticationFor = (
  { kind }: OfferedSecurity,
  key: KeyMaterial,
): E.Either<ConnectFailure, Authentication> => {
  switch (kind) {
    case 'open':
      return E.right({ authentication: 'open', encryption: 'none' });
    case 'wpa2-psk':
      if (key.length !== pmkSize)
        return E.left(unusable(`a WPA2 key has ${pmkSize} bytes, the guest's has ${key.length}`));
      return E.right({
        authentication: 'WPA2PSK',
        encryption: 'AES',
        sharedKey: { keyType: 'networkKey', keyMaterial: hexOf(key.reveal()) },
      });
    case 'wpa3-sae': {
      const passphrase = asPassphrase(key);
      if (passphrase === undefined)
        return E.left(unusable('the guest sent no passphrase, which WPA3 needs (8 to 63 ASCII characters)'));
      return E.right({
        authentication: 'WPA3SAE',
        encryption: 'AES',
        sharedKey: { keyType: 'passPhrase', keyMaterial: passphrase },
      });
    }
  }
};

/** The name that Windows shows for the connection. */
export const profileName = (ssid: Ssid): string => ssid;

/** The profile for an order. `hidden`: no beacon names the SSID, so Windows has to probe for it. */
export const wlanProfile = (
  { ssid, security, key }: Pick<ConnectOrder, 'ssid' | 'security' | 'key'>,
  hidden: boolean,
): E.Either<ConnectFailure, string> =>
  ssid === ''
    ? E.left(unusable('the guest named no network'))
    : E.map(({ sharedKey, ...auth }: Authentication) =>
        builder.build({
          WLANProfile: {
            '@xmlns': 'http://www.microsoft.com/networking/WLAN/profile/v1',
            name: profileName(ssid),
            SSIDConfig: { SSID: { hex: ssidHex(ssid).toUpperCase() }, nonBroadcast: hidden },
            connectionType: 'ESS',
            connectionMode: 'manual',
            MSM: {
              security: {
                authEncryption: { ...auth, useOneX: false },
                ...(sharedKey === undefined
                  ? {}
                  : {
                      sharedKey: {
                        keyType: sharedKey.keyType,
                        protected: false,
                        keyMaterial: sharedKey.keyMaterial,
                      },
                    }),
              },
            },
          },
        }),
      )(authenticationFor(security, key));
