/** What this Windows host can do, for `doctor`: looks at things and changes nothing. */
import * as E from 'fp-ts/lib/Either.js';
import * as O from 'fp-ts/lib/Option.js';
import type { HostCheck } from '../check.js';
import { hyperV, serviceId } from './hvsocket.js';
import { constants, newerConstants } from './layouts.js';
import { registrations } from './registration.js';
import { windowsSockets } from './winsock.js';
import type { WlanInterface } from './wlan-decoding.js';
import { isDenied, type WlanFailure } from './wlan-failure.js';
import { loadWlanApi, systemWlanApi, type WlanClient } from './wlanapi.js';

/** What to look at; this machine's own unless a test says otherwise. */
export interface CheckedWindows {
  /** The ports of guest requests and of notifications. */
  readonly ports: readonly number[];
  /** Path of the Wlan API. */
  readonly dll?: string;
}

/** What to do about a failure of the Wlan API, by its code. */
const fixFor = (failure: WlanFailure): string => {
  if (isDenied(failure))
    return 'allow the location: start ms-settings:privacy-location, switch on "Location services" and "Let desktop apps access your location" (for a service: for all users of this computer, Group Policy "Let Windows apps access location" included)';
  switch (failure.error) {
    case constants.ERROR_SERVICE_NOT_ACTIVE:
      return 'as administrator: Set-Service WlanSvc -StartupType Automatic; Start-Service WlanSvc';
    case newerConstants.ERROR_NDIS_DOT11_POWER_STATE_INVALID:
      return 'switch Wi-Fi on: start ms-settings:network-wifi';
    default:
      return 'as administrator: Restart-Service WlanSvc';
  }
};

const missing = (name: string, failure: WlanFailure): HostCheck => ({
  name,
  state: 'missing',
  detail: failure.detail,
  fix: fixFor(failure),
});

/** A list that tells where we are is what Windows keeps back first: reading one shows whether guests will see anything. */
const networksCheck = async (
  client: WlanClient,
  interfaces: readonly WlanInterface[],
): Promise<HostCheck> => {
  const name = 'Wi-Fi networks';
  let seen = 0;
  for (const { guid } of interfaces) {
    const list = await client.bssList(guid)();
    if (E.isLeft(list)) return missing(name, list.left);
    const current = await client.currentConnection(guid)();
    if (E.isLeft(current)) return missing(name, current.left);
    seen += list.right.length;
  }
  return { name, state: 'ok', detail: `Windows shows what it has seen: ${seen} access points at the moment` };
};

const notificationsCheck = ({ withheld }: WlanClient): HostCheck => {
  const name = 'Wi-Fi notifications';
  return O.isSome(withheld)
    ? {
        name,
        state: 'limited',
        detail: `guests are told neither of signals nor of roaming. ${withheld.value.detail}`,
        fix: fixFor(withheld.value),
      }
    : { name, state: 'ok', detail: 'of connections, signals and roaming' };
};

const interfaceChecks = async (client: WlanClient): Promise<readonly HostCheck[]> => {
  const name = 'Wi-Fi interfaces';
  const found = await client.interfaces();
  if (E.isLeft(found)) return [missing(name, found.left)];
  if (found.right.length === 0)
    return [
      {
        name,
        state: 'missing',
        detail: 'Windows has none',
        fix: 'plug in a Wi-Fi adapter, or enable it in the device manager',
      },
    ];
  return [
    { name, state: 'ok', detail: found.right.map(({ description }) => description).join(', ') },
    await networksCheck(client, found.right),
    notificationsCheck(client),
  ];
};

const wlanChecks = async (dll: string): Promise<readonly HostCheck[]> => {
  const api = loadWlanApi(dll);
  if (E.isLeft(api))
    return [
      {
        name: 'Wlan API',
        state: 'missing',
        detail: api.left.detail,
        fix: 'on Windows Server: Install-WindowsFeature Wireless-Networking, then restart',
      },
    ];
  const library: HostCheck = { name: 'Wlan API', state: 'ok', detail: dll };
  const client = await api.right.open();
  if (E.isLeft(client)) return [library, missing('Wlan service', client.left)];
  const interfaces = await interfaceChecks(client.right);
  await client.right.close();
  return [library, { name: 'Wlan service', state: 'ok', detail: 'it answers' }, ...interfaces];
};

const hyperVCheck = (): HostCheck => {
  const name = 'Hyper-V sockets';
  const { calls } = windowsSockets();
  const opened = calls.open(hyperV);
  if (E.isLeft(opened))
    return {
      name,
      state: 'missing',
      detail: hyperV.what?.(opened.left.code) ?? `AF_HYPERV gives ${opened.left.code}`,
      fix: 'as administrator: Enable-WindowsOptionalFeature -Online -FeatureName Microsoft-Hyper-V -All, then restart',
    };
  calls.close(opened.right);
  return { name, state: 'ok', detail: 'AF_HYPERV is there' };
};

const registrationCheck = async (ports: readonly number[]): Promise<HostCheck> => {
  const name = 'Hyper-V registration';
  const found = await registrations(ports)();
  if (E.isLeft(found))
    return { name, state: 'missing', detail: found.left.detail, fix: 'as administrator: proxy-wifi doctor' };
  const missing = found.right.filter(({ outcome }) => outcome === 'not registered').map(({ port }) => port);
  return missing.length > 0
    ? {
        name,
        state: 'missing',
        detail: `no registry key for ${missing.map((port) => `port ${port} (${serviceId(port)})`).join(', ')}`,
        fix: 'as administrator: proxy-wifi register',
      }
    : { name, state: 'ok', detail: `ports ${ports.join(', ')}` };
};

/** Everything that `doctor` shows on Windows, in the order in which one thing needs the other. */
export const windowsChecks = async ({
  ports,
  dll = systemWlanApi(),
}: CheckedWindows): Promise<readonly HostCheck[]> => [
  ...(await wlanChecks(dll)),
  hyperVCheck(),
  await registrationCheck(ports),
];
