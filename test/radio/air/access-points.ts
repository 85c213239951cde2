/** Access points on the simulated radios, run by hostapd. */
import { writeFileSync } from 'node:fs';
import { Program, run } from './programs.js';

/** One access point: hostapd's own settings, and its SSID in hex. */
export interface AccessPoint {
  readonly ssid: string;
  readonly bssid: string;
  readonly settings: Readonly<Record<string, string | number>>;
}

/** The passphrase of every protected network here. */
export const passphrase = 'correct horse';

const wpa2 = { wpa: 2, rsn_pairwise: 'CCMP' };

/** Settings by kind of security, as in hostapd.conf. */
export const security = {
  open: {},
  psk: { ...wpa2, wpa_key_mgmt: 'WPA-PSK', wpa_passphrase: passphrase },
  gcmp: { wpa: 2, rsn_pairwise: 'GCMP', wpa_key_mgmt: 'WPA-PSK', wpa_passphrase: passphrase },
  pskSha256: { ...wpa2, wpa_key_mgmt: 'WPA-PSK-SHA256', wpa_passphrase: passphrase, ieee80211w: 2 },
  ftPsk: {
    ...wpa2,
    wpa_key_mgmt: 'FT-PSK',
    wpa_passphrase: passphrase,
    mobility_domain: 'a1b2',
    nas_identifier: 'ap1.example',
    ft_over_ds: 1,
    ft_psk_generate_local: 1,
  },
  transition: {
    ...wpa2,
    wpa_key_mgmt: 'WPA-PSK SAE',
    wpa_passphrase: passphrase,
    ieee80211w: 1,
  },
  sae: { ...wpa2, wpa_key_mgmt: 'SAE', sae_password: passphrase, ieee80211w: 2 },
  owe: { ...wpa2, wpa_key_mgmt: 'OWE', ieee80211w: 2 },
  eap: {
    ...wpa2,
    wpa_key_mgmt: 'WPA-EAP',
    ieee8021x: 1,
    auth_server_addr: '127.0.0.1',
    auth_server_shared_secret: 'none',
  },
  eap192: {
    wpa: 2,
    rsn_pairwise: 'GCMP-256',
    group_mgmt_cipher: 'BIP-GMAC-256',
    wpa_key_mgmt: 'WPA-EAP-SUITE-B-192',
    ieee80211w: 2,
    ieee8021x: 1,
    auth_server_addr: '127.0.0.1',
    auth_server_shared_secret: 'none',
  },
  wpa1: { wpa: 1, wpa_pairwise: 'TKIP', wpa_key_mgmt: 'WPA-PSK', wpa_passphrase: passphrase },
  mixed: {
    wpa: 3,
    wpa_pairwise: 'TKIP',
    rsn_pairwise: 'CCMP TKIP',
    wpa_key_mgmt: 'WPA-PSK',
    wpa_passphrase: passphrase,
  },
} as const;

const lines = (settings: Readonly<Record<string, string | number>>): string =>
  Object.entries(settings)
    .map(([name, value]) => `${name}=${value}\n`)
    .join('');

/**
 * Time units between the beacons of a radio with one access point (25.6 ms): a scan stays on a channel for 30 ms, and
 * hostapd may be too slow to answer its probe in that time.
 */
const quickBeacon = 25;

/** Folder of hostapd's control sockets. */
const control = '/run/hostapd';

/** One radio with access points on one channel. */
export class AirRadio {
  readonly #interface: string;
  readonly #program: Program;
  readonly #enter: readonly string[];

  private constructor(radioInterface: string, program: Program, enter: readonly string[]) {
    this.#enter = enter;
    this.#interface = radioInterface;
    this.#program = program;
  }

  /**
   * Puts access points on the air; the first one is on the interface itself. `channel`: 1–14, or 36 and above.
   * `namespace`: the network namespace in which the interface is.
   */
  static async start(
    radioInterface: string,
    channel: number,
    points: readonly AccessPoint[],
    namespace?: string,
  ): Promise<AirRadio> {
    const band =
      channel < 36 ? { hw_mode: 'g' } : { hw_mode: 'a', ieee80211ac: 1, ieee80211ax: 1, he_bss_color: 57 };
    const blocks = points.map(({ ssid, bssid, settings }, i) =>
      lines({
        [i === 0 ? 'interface' : 'bss']: i === 0 ? radioInterface : `${radioInterface}_${i}`,
        ...(i === 0
          ? {
              driver: 'nl80211',
              channel,
              ...band,
              ieee80211n: 1,
              ctrl_interface: control,
              beacon_int: points.length === 1 ? quickBeacon : 100,
            }
          : { ctrl_interface: control }),
        bssid,
        ssid2: ssid,
        wmm_enabled: 1,
        auth_algs: 1,
        ...settings,
      }),
    );
    const first = points[0]?.bssid;
    if (first !== undefined && namespace === undefined) {
      await run('ip', 'link', 'set', radioInterface, 'down');
      await run('ip', 'link', 'set', radioInterface, 'address', first);
    }
    const file = `/tmp/hostapd-${radioInterface}.conf`;
    writeFileSync(file, blocks.join('\n'));
    const command = ['hostapd', file];
    const enter = namespace === undefined ? [] : ['ip', 'netns', 'exec', namespace];
    const program = await Program.start(`hostapd-${radioInterface}`, [...enter, ...command], 'AP-ENABLED');
    return new AirRadio(radioInterface, program, enter);
  }

  /** Access point number `point` of this radio sends a station away. */
  async deauthenticate(station: string, point = 0): Promise<void> {
    const from = point === 0 ? this.#interface : `${this.#interface}_${point}`;
    await run('hostapd_cli', '-p', control, '-i', from, 'deauthenticate', station);
  }

  /** Switched off without a word to the stations. */
  async cut(): Promise<void> {
    await this.#program.stop('SIGKILL');
    const [program = '', ...rest] = [...this.#enter, 'ip', 'link', 'set', this.#interface, 'down'];
    await run(program, ...rest);
  }

  /** Its beacons go on, but nobody answers any more. */
  silence(silent: boolean): void {
    this.#program.signal(silent ? 'SIGSTOP' : 'SIGCONT');
  }

  /** Shut down properly. */
  async stop(): Promise<void> {
    await this.#program.stop();
  }
}

const hex = (text: string): string => Buffer.from(text).toString('hex');
const address = (radio: number, index: number): string => `02:00:00:00:0${radio}:0${index}`;
const point = (
  radio: number,
  index: number,
  ssid: string,
  settings: Readonly<Record<string, string | number>>,
): AccessPoint => ({ ssid, bssid: address(radio, index), settings });

let capturedOnAir: Promise<readonly AirRadio[]> | undefined;

/** Puts the captured access points on the air, once for all tests that want them. */
export const putCapturedOnAir = (): Promise<readonly AirRadio[]> => {
  capturedOnAir ??= Promise.all(
    capturedAccessPoints.map(({ channel, points }, i) => AirRadio.start(`wlan${i}`, channel, points)),
  );
  return capturedOnAir;
};

/** Takes them off again, for tests that need their radios. */
export const takeCapturedOff = async (): Promise<void> => {
  for (const radio of (await capturedOnAir) ?? []) await radio.stop();
  capturedOnAir = undefined;
};

/** The access points of `test/fixtures/access-points.ndjson`, by radio: wlan0 on 1, wlan1 on 6, wlan2 on 36. */
export const capturedAccessPoints: readonly {
  readonly channel: number;
  readonly points: readonly AccessPoint[];
}[] = [
  {
    channel: 1,
    points: [
      point(0, 0, hex('open'), security.open),
      point(0, 1, hex('wpa2-psk'), security.psk),
      point(0, 2, hex('wpa2-wpa3-transition'), security.transition),
      point(0, 3, hex('wpa3-sae'), security.sae),
      point(0, 4, hex('owe'), security.owe),
      point(0, 5, hex('wpa2-eap'), security.eap),
      point(0, 6, hex('wpa1-tkip'), security.wpa1),
      point(0, 7, hex('wpa-wpa2-mixed'), security.mixed),
    ],
  },
  {
    channel: 6,
    points: [
      point(1, 0, hex('xml <&>"\' \0\x01 name'), security.psk),
      point(1, 1, hex('hidden-psk'), { ...security.psk, ignore_broadcast_ssid: 1 }),
      point(1, 2, 'c3a9c3a8f09f93b6e282ac0102', security.pskSha256),
      point(1, 3, hex('0123456789abcdef0123456789abcdef'), security.psk),
      point(1, 4, hex('wpa2-gcmp'), security.gcmp),
      point(1, 5, hex('wpa2-ft-psk'), security.ftPsk),
      point(1, 6, hex('wpa3-eap-192'), security.eap192),
    ],
  },
  { channel: 36, points: [point(2, 0, hex('five-gigahertz'), security.psk)] },
];
