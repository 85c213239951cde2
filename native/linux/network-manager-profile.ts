/** The volatile profiles that NetworkManager gets from us: settings of settings (nm-settings-dbus(5)). Pure. */
import * as E from 'fp-ts/lib/Either.js';
import * as O from 'fp-ts/lib/Option.js';
import { bssidBytes } from '../../protocol/bssid.js';
import { hexOf } from '../../protocol/hex.js';
import { ssidBytes } from '../../protocol/ssid.js';
import type { ConnectFailure, ConnectOrder } from '../radio.js';
import { type GuestKey, keyOf } from './connector.js';
import { type Properties, propertiesOf, textOf, Variant } from './dbus.js';

/**
 * Key in the data of the `user` setting. Every profile of ours has it: the UUID of the user's profile that was active before
 * the first of ours, so that a service that was killed knows it again.
 */
const beforeKey = 'proxy-wifi.before';

/** Key for the service's name on the bus, by which another one sees that it still lives. */
const serviceKey = 'proxy-wifi.service';

/** In place of a UUID: nothing was active. */
const nothing = 'nothing';

/**
 * A profile as `AddAndActivateConnection2` takes it. `before`: UUID of the user's profile that was active; `service`: our
 * name on the bus.
 */
export const profileOf = (
  order: ConnectOrder,
  before: O.Option<string>,
  service: string,
): E.Either<ConnectFailure, Readonly<Record<string, Properties>>> =>
  E.map((key: GuestKey): Readonly<Record<string, Properties>> => {
    const automatic = { method: new Variant('s', 'auto'), 'may-fail': new Variant('b', true) };
    const security =
      key.kind === 'none'
        ? {}
        : {
            '802-11-wireless-security':
              key.kind === 'pmk'
                ? { 'key-mgmt': new Variant('s', 'wpa-psk'), psk: new Variant('s', hexOf(key.bytes)) }
                : { 'key-mgmt': new Variant('s', 'sae'), psk: new Variant('s', key.text) },
          };
    return {
      connection: {
        type: new Variant('s', '802-11-wireless'),
        id: new Variant('s', `proxy-wifi: ${order.ssid}`),
        autoconnect: new Variant('b', false),
      },
      user: {
        data: new Variant('a{ss}', {
          [beforeKey]: O.getOrElse(() => nothing)(before),
          [serviceKey]: service,
        }),
      },
      '802-11-wireless': {
        ssid: new Variant('ay', ssidBytes(order.ssid)),
        hidden: new Variant('b', true),
        ...(O.isSome(order.bssid) ? { bssid: new Variant('ay', bssidBytes(order.bssid.value)) } : {}),
      },
      ...security,
      ipv4: automatic,
      ipv6: automatic,
    };
  })(keyOf(order));

/** What a profile of ours says of the user's: the UUID that was active, or that none was; undefined for another profile. */
export const beforeIn = (settings: Properties): O.Option<string> | undefined => {
  const before = propertiesOf(propertiesOf(settings.user).data)[beforeKey];
  if (typeof before !== 'string') return undefined;
  return before === nothing ? O.none : O.some(before);
};

/** The name on the bus of the service that has made a profile. */
export const serviceIn = (settings: Properties): string =>
  textOf(propertiesOf(propertiesOf(settings.user).data)[serviceKey]);
