/** Why a host did not connect, in people's words and with the next step; a scan says what a status alone does not. */
import { type AdvertisedSecurity, type Ssid, StatusCode, statusName } from '../protocol/index.js';

/** What was wanted, what the host said, and what a scan found of the network. */
export interface DeniedConnect {
  readonly ssid: Ssid;
  readonly status: StatusCode;
  /** Did the guest offer a key? */
  readonly hasKey: boolean;
  /** Of the network, as the host shows it now; `missing`: it shows none; `unknown`: it did not say. */
  readonly security: AdvertisedSecurity['kind'] | 'missing' | 'unknown';
}

const why = ({ ssid, status, hasKey, security }: DeniedConnect): string => {
  if (status === StatusCode.requestDeclined)
    return 'denied by policy: the rules of the host, or whoever is asked there, do not allow it. Ask who runs the host.';
  if (status === StatusCode.challengeFailure && hasKey)
    return 'the passphrase is wrong. Try again with another one.';
  if (security === 'missing')
    return `no network of that name is in sight. proxy-wifi guest scan shows those that are; a hidden one must be named exactly: proxy-wifi guest scan ${JSON.stringify(ssid)}`;
  if (!hasKey && security !== 'open' && security !== 'unknown')
    return 'the network has a passphrase. Leave out --open, and it will be asked for.';
  if (hasKey && security === 'open') return 'the network has no passphrase. Connect with --open.';
  switch (status) {
    case StatusCode.noMoreStations:
    case StatusCode.refusedTemporarily:
      return "the host's Wi-Fi is in use: another guest holds it, or something else is being connected. Try again later.";
    case StatusCode.invalidAkmp:
      return 'the network wants something else than a WPA2 passphrase (WPA3, or a login), which this command does not have. A guest shares it when the host itself is connected to it.';
    case StatusCode.sequenceTimeout:
      return 'it took too long: the access point is far away, or does not answer. Try again.';
    default:
      return 'the host could not connect. Its log says why; proxy-wifi guest scan shows what is in sight.';
  }
};

/** One sentence and the next step, always with the network's name. */
export const deniedText = (denied: DeniedConnect): string =>
  `${denied.ssid}: ${why(denied)} (${statusName(denied.status)}, status ${denied.status})`;
