/** Whether a guest's key opens a network of a scenario. */
import * as O from 'fp-ts/lib/Option.js';
import type { KeyMaterial } from '../../protocol/key-material.js';
import type { OfferedSecurity } from '../../protocol/security.js';
import { derivePmk, pmkSize } from '../pmk.js';
import type { ScenarioNetwork } from './scenario.js';

/** For WPA2 the key is the PMK, for WPA3 it is the password. Where no secret is known, any key of that kind will do. */
export const opens = (network: ScenarioNetwork, kind: OfferedSecurity['kind'], key: KeyMaterial): boolean => {
  const { secret } = network;
  switch (kind) {
    case 'open':
      return true;
    case 'wpa3-sae':
      return O.isSome(secret) ? secret.value.equals(key) : key.length > 0;
    case 'wpa2-psk': {
      if (O.isNone(secret)) return key.length === pmkSize;
      const pmk = pmkOf(network, secret.value);
      return O.isSome(pmk) && pmk.value.equals(key);
    }
  }
};

/** Deriving a PMK takes milliseconds: once for each network, when it is first asked for. */
const pmks = new WeakMap<ScenarioNetwork, O.Option<KeyMaterial>>();

const pmkOf = (network: ScenarioNetwork, secret: KeyMaterial): O.Option<KeyMaterial> => {
  const known = pmks.get(network);
  if (known !== undefined) return known;
  const derived = O.fromEither(derivePmk(new TextDecoder().decode(secret.reveal()), network.ssid));
  pmks.set(network, derived);
  return derived;
};
