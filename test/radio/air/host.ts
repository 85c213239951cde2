/** The host's own services in the virtual machine: the system bus, wpa_supplicant, NetworkManager. */
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { Program, run } from './programs.js';

/** The station interface of the host. The radios before it carry access points. */
export const station = 'wlan3';

/** How many radios there are: wlan0 to wlan2 for the captured access points, the station, three for other tests. */
export const radios = 7;

/** The interface of the access point whose address is in another network namespace than the station's. */
export const distant = 'wlan5';
/** That namespace. */
export const distantNamespace = 'far';

/** A country that allows access points on channel 36 and has few channels else: scans are short. */
export const country = 'UY';

/** Moves the machine to another country, once everybody has heard of it. */
export const changeCountry = async (to: string): Promise<void> => {
  if ((await run('iw', 'reg', 'get')).includes(`country ${to}`)) return;
  const changes = await Program.start('iw-event', ['stdbuf', '-oL', 'iw', 'event'], '');
  const heard = changes.says(`set to ${to}`).then(() => true);
  // `iw event` does not say when it begins to listen: the change may be over before.
  for (let changed = false; !changed; ) {
    await run('iw', 'reg', 'set', to);
    changed =
      (await Promise.race([heard, pause(1000)])) || (await run('iw', 'reg', 'get')).includes(`country ${to}`);
  }
  await changes.stop();
};

/** Loads the simulated radios. */
export const plugRadios = async (): Promise<void> => {
  await run('modprobe', 'mac80211_hwsim', `radios=${radios}`);
  await changeCountry(country);
};

const pause = (milliseconds: number): Promise<false> =>
  new Promise((resolve) => setTimeout(() => resolve(false), milliseconds));

let bus: Program | undefined;

/** Ends the system bus with everybody on it, and starts a new one. */
export const restartBus = async (): Promise<void> => {
  await bus?.stop('SIGKILL');
  await startBus();
};

/** Starts the system bus. */
export const startBus = async (): Promise<void> => {
  mkdirSync('/run/dbus', { recursive: true });
  rmSync('/run/dbus/system_bus_socket', { force: true });
  bus = await Program.start(
    'dbus',
    ['dbus-daemon', '--system', '--nofork', '--nopidfile', '--print-address=1'],
    'unix:path',
  );
};

/** The configuration of wpa_supplicant, unless told otherwise. */
export const supplicantFile = '/tmp/wpa_supplicant.conf';

/**
 * Starts wpa_supplicant on the bus; `networks`: blocks of its configuration, the user's own networks. `saved`: with the
 * configuration as it was saved last.
 */
export const startSupplicant = (networks: string | 'saved' = '', file = supplicantFile): Promise<Program> => {
  if (networks !== 'saved') writeFileSync(file, `ctrl_interface=/run/wpa_supplicant\n${networks}`);
  const command = ['wpa_supplicant', '-u', '-Dnl80211', `-i${station}`, `-c${file}`];
  return Program.start('wpa_supplicant', command, 'Successfully initialized wpa_supplicant');
};

/** Makes the kernel forget what the station has seen: a flushing scan of one channel. */
export const forgetScans = async (): Promise<void> => {
  await run('ip', 'link', 'set', station, 'up');
  const events = await Program.start('iw-event', ['stdbuf', '-oL', 'iw', 'event'], '');
  const heard = events.says('scan finished').then(() => true);
  // `iw event` does not say when it begins to listen: a scan may be over before.
  for (let finished = false; !finished; ) {
    // Busy as long as a scan of somebody who has just ended goes on.
    await run('iw', 'dev', station, 'scan', 'trigger', 'freq', '2412', 'flush').catch(() => '');
    finished = await Promise.race([heard, pause(1000)]);
  }
  await events.stop();
};

/** Starts wpa_supplicant without an interface, as NetworkManager wants it. */
export const startBareSupplicant = (): Promise<Program> =>
  Program.start('wpa_supplicant', ['wpa_supplicant', '-u'], 'Successfully initialized wpa_supplicant');

/** The interface that NetworkManager may be told to manage as well. */
export const second = 'wlan6';

/**
 * Starts NetworkManager, which manages the station interface and nothing else as long as nobody tells it to. `polkit`: what others
 * than root may do is asked there; nothing otherwise.
 */
export const startNetworkManager = async ({ polkit = false } = {}): Promise<Program> => {
  mkdirSync('/etc/NetworkManager/conf.d', { recursive: true });
  mkdirSync('/run/udev', { recursive: true });
  writeFileSync(
    '/etc/NetworkManager/NetworkManager.conf',
    `[main]\nplugins=keyfile\nauth-polkit=${polkit ? 'true' : 'false'}\nno-auto-default=*\n[logging]\nlevel=INFO\n
[keyfile]\nunmanaged-devices=interface-name:*,except:interface-name:${station},except:interface-name:${second}\n
[device]\nwifi.scan-rand-mac-address=no\n`,
  );
  if (!existsSync('/run/udev/control')) {
    await run('/usr/lib/systemd/systemd-udevd', '--daemon');
    await run('udevadm', 'trigger', '--subsystem-match=net', '--action=add');
    await run('udevadm', 'settle', '--timeout=10');
  }
  const manager = await Program.start('NetworkManager', ['NetworkManager', '--debug'], 'startup complete');
  await run('nmcli', 'device', 'set', second, 'managed', 'no');
  return manager;
};

/** The address of an interface, as hostapd_cli takes it. */
export const addressOf = async (name: string): Promise<string> =>
  (await run('cat', `/sys/class/net/${name}/address`)).trim();
