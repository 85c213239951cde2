/** What a user of the guest has: iw, wpa_supplicant, iwd, NetworkManager, each on the driver's interface. */
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { Program, run } from '../../radio/air/programs.js';
import { runInGuest, startInGuest } from './bus.js';
import { WirelessEvents, wifi } from './driver.js';

/** One network as `iw scan dump` shows it. */
export interface Heard {
  readonly bssid: string;
  readonly ssid: string;
  /** MHz. */
  readonly frequency: number;
  /** dBm. */
  readonly signal: number;
  readonly text: string;
}

/** Reads what `iw scan dump` wrote. */
const parseDump = (dump: string): readonly Heard[] =>
  dump
    .split(/^BSS /m)
    .slice(1)
    .map((text) => ({
      bssid: text.slice(0, 17),
      ssid: /^\tSSID: (.*)$/m.exec(text)?.[1] ?? '',
      frequency: Number(/^\tfreq: ([\d.]+)/m.exec(text)?.[1]),
      signal: Number(/^\tsignal: (-?[\d.]+)/m.exec(text)?.[1]),
      text,
    }));

/** The Wi-Fi interface as iw shows it, with an ear on the kernel's wireless events. */
export class Station {
  readonly name: string;
  readonly events: WirelessEvents;
  readonly #enter: readonly string[];

  private constructor(name: string, events: WirelessEvents, enter: readonly string[]) {
    this.name = name;
    this.events = events;
    this.#enter = enter;
  }

  /** `namespace`: the network namespace in which the interface is. */
  static async open(name = wifi, namespace?: string): Promise<Station> {
    const enter = namespace === undefined ? [] : ['ip', 'netns', 'exec', namespace];
    return new Station(name, await WirelessEvents.start(enter), enter);
  }

  /** `iw dev <the interface> …`. */
  iw(...words: readonly string[]): Promise<string> {
    const [program = '', ...rest] = [...this.#enter, 'iw', 'dev', this.name, ...words];
    return run(program, ...rest);
  }

  /** Starts a scan, for one network or for all. */
  async triggerScan(...ssids: readonly string[]): Promise<void> {
    this.events.forget();
    await this.iw('scan', 'trigger', 'flush', ...(ssids.length === 0 ? [] : ['ssid', ...ssids]));
  }

  /** How the scan that was started ends. */
  async scanEnds(): Promise<'finished' | 'aborted'> {
    await this.events.says(new RegExp(`${this.name} .*: scan (finished|aborted)`));
    return /scan aborted/.test(this.events.output) ? 'aborted' : 'finished';
  }

  /** What the kernel knows to be there. */
  async known(): Promise<readonly Heard[]> {
    return parseDump(await this.iw('scan', 'dump'));
  }

  /** A whole scan. */
  async scan(...ssids: readonly string[]): Promise<readonly Heard[]> {
    await this.triggerScan(...ssids);
    const end = await this.scanEnds();
    if (end === 'aborted') throw new Error('the scan was aborted');
    return this.known();
  }

  /** `iw connect`: an open network. How it ends, in iw's words. */
  async connectOpen(ssid: string): Promise<string> {
    this.events.forget();
    await this.iw('connect', ssid);
    return this.connectEnds();
  }

  /** How the connect under way ends, in iw's words: `connected to …`, `failed to connect …`, `timed out …`. */
  async connectEnds(): Promise<string> {
    const end = new RegExp(`${this.name} .*: ((?:failed to connect|connected|timed out)[^\\n]*)\\n`);
    await this.events.says(end);
    return end.exec(this.events.output)?.[1] ?? '';
  }

  async disconnect(): Promise<void> {
    this.events.forget();
    await this.iw('disconnect');
    await this.isLost();
  }

  /** Waits until the kernel has said that it is connected no more, since its words were last forgotten. */
  isLost(): Promise<void> {
    // In one machine the host's interface may say the same.
    return this.events.says(new RegExp(`${this.name} .*: disconnected`));
  }

  /** `iw link`. */
  link(): Promise<string> {
    return this.iw('link');
  }

  /** Looks at `iw link` until it has this, for a minute of the machine's own time; rejects with what it said last. */
  async linkBecomes(text: string | RegExp): Promise<void> {
    const began = performance.now();
    for (;;) {
      const link = await this.link();
      if (typeof text === 'string' ? link.includes(text) : text.test(link)) return;
      if (performance.now() - began > 60_000) throw new Error(`iw link has no ${text}:\n${link}`);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }

  close(): Promise<void> {
    return this.events.stop();
  }
}

/** wpa_supplicant on the interface. `network`: lines of a network block. */
export const startWpaSupplicant = async (name: string, ...network: readonly string[]): Promise<Program> => {
  const file = `/tmp/guest-${name}.conf`;
  writeFileSync(
    file,
    `ctrl_interface=/run/wpa-guest\n${network.length === 0 ? '' : `network={\n${network.join('\n')}\n}\n`}`,
  );
  return Program.start(
    'guest-wpa_supplicant',
    ['wpa_supplicant', '-Dnl80211', `-i${name}`, `-c${file}`],
    'Successfully initialized wpa_supplicant',
  );
};

/** iwd on the interface alone. `known`: passphrases by SSID, kept where a user's connects would have put them. */
export const startIwd = async (name: string, known: Readonly<Record<string, string>>): Promise<Program> => {
  rmSync('/var/lib/iwd', { recursive: true, force: true });
  mkdirSync('/var/lib/iwd', { recursive: true });
  mkdirSync('/etc/iwd', { recursive: true });
  for (const [ssid, passphrase] of Object.entries(known)) {
    const hex = Buffer.from(ssid).toString('hex');
    const plain = /^[\w -]+$/.test(ssid) ? ssid : `=${hex}`;
    writeFileSync(
      `/var/lib/iwd/${plain}.psk`,
      `[Security]\nPassphrase=${passphrase}\n[Settings]\nAutoConnect=false\n`,
    );
  }
  writeFileSync(
    '/etc/iwd/main.conf',
    '[General]\nEnableNetworkConfiguration=false\n[DriverQuirks]\nDefaultInterface=*\n[Scan]\nDisablePeriodicScan=true\n',
  );
  const iwd = await startInGuest(
    'guest-iwd',
    ['/usr/libexec/iwd', '-d', `--interfaces=${name}`],
    /Wireless daemon version/,
  );
  // Its station is on the bus a little later.
  while (!(await runInGuest('iwctl', 'station', 'list').catch(() => '')).includes(name));
  return iwd;
};

/** Connects through iwd as a user does: scans until the network is listed, then connects. Rejects with iwctl's words. */
export const iwdConnect = async (name: string, ssid: string, kind: 'psk' | 'open' = 'psk'): Promise<void> => {
  for (;;) {
    // Busy while a scan of iwd's own is under way.
    await runInGuest('iwctl', 'station', name, 'scan').catch(() => '');
    // It does not know its own station for a moment while it starts.
    if ((await runInGuest('iwctl', 'station', name, 'get-networks').catch(() => '')).includes(ssid)) break;
  }
  try {
    await runInGuest('iwctl', '--dont-ask', 'station', name, 'connect', ssid, kind);
  } catch (error) {
    throw new Error(`iwctl connect: ${(error as { stdout?: string }).stdout ?? String(error)}`);
  }
};

/** NetworkManager, which manages the interface and nothing else. `backend`: what it drives. */
export const startNetworkManager = async (
  name: string,
  backend: 'wpa_supplicant' | 'iwd',
): Promise<Program> => {
  mkdirSync('/etc/NetworkManager/conf.d', { recursive: true });
  mkdirSync('/run/udev', { recursive: true });
  rmSync('/etc/NetworkManager/system-connections', { recursive: true, force: true });
  writeFileSync(
    '/etc/NetworkManager/NetworkManager.conf',
    `[main]\nplugins=keyfile\nauth-polkit=false\nno-auto-default=*\ndhcp=internal\n[logging]\nlevel=INFO\ndomains=DEFAULT,WIFI:DEBUG,DEVICE:DEBUG\n
[keyfile]\nunmanaged-devices=interface-name:*,except:interface-name:${name}\n
[device]\nwifi.backend=${backend}\nwifi.scan-rand-mac-address=no\n`,
  );
  if (!existsSync('/run/udev/control')) {
    await run('/usr/lib/systemd/systemd-udevd', '--daemon');
  }
  await run('udevadm', 'trigger', '--subsystem-match=net', '--action=add');
  await run('udevadm', 'settle', '--timeout=10');
  return startInGuest('guest-NetworkManager', ['NetworkManager', '--debug'], 'startup complete');
};

/** wpa_supplicant on the bus without an interface, as NetworkManager wants it. */
export const startBareWpaSupplicant = (): Promise<Program> =>
  startInGuest('guest-wpa_supplicant', ['wpa_supplicant', '-u'], 'Successfully initialized wpa_supplicant');
