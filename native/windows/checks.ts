/** What this Windows host can do, for `doctor`: looks at things and changes nothing. */
import * as E from 'fp-ts/lib/Either.js';
import type { HostCheck } from '../check.js';
import { hyperV, serviceId } from './hvsocket.js';
import { registrations } from './registration.js';
import { windowsSockets } from './winsock.js';
import { loadWlanApi, systemWlanApi, type WlanClient } from './wlanapi.js';

/** What to look at; this machine's own unless a test says otherwise. */
export interface CheckedWindows {
  /** The ports of guest requests and of notifications. */
  readonly ports: readonly number[];
  /** Path of the Wlan API. */
  readonly dll?: string;
}

const interfacesCheck = async (client: WlanClient): Promise<HostCheck> => {
  const name = 'Wi-Fi interfaces';
  const found = await client.interfaces();
  if (E.isLeft(found))
    return {
      name,
      state: 'missing',
      detail: found.left.detail,
      fix: 'as administrator: Restart-Service WlanSvc',
    };
  if (found.right.length === 0)
    return {
      name,
      state: 'missing',
      detail: 'Windows has none',
      fix: 'plug in a Wi-Fi adapter, or enable it in the device manager',
    };
  return { name, state: 'ok', detail: found.right.map(({ description }) => description).join(', ') };
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
  if (E.isLeft(client))
    return [
      library,
      {
        name: 'Wlan service',
        state: 'missing',
        detail: client.left.detail,
        fix: 'as administrator: Set-Service WlanSvc -StartupType Automatic; Start-Service WlanSvc',
      },
    ];
  const interfaces = await interfacesCheck(client.right);
  await client.right.close();
  return [library, { name: 'Wlan service', state: 'ok', detail: 'it answers' }, interfaces];
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
