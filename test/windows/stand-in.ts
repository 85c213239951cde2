/** The stand-in for `wlanapi.dll` from the tests' side: a world that is told what happens. */
import koffi from 'koffi';
import type { Bss } from '../../protocol/bss.js';
import { bssidBytes } from '../../protocol/bssid.js';
import { hexOf } from '../../protocol/hex.js';
import { ssidHex } from '../../protocol/ssid.js';

/** The DLL's path, which the runner gives. */
export const standInPath: string =
  process.env.WLANAPI_STAND_IN ?? 'WLANAPI_STAND_IN is not set: run this through test/windows/run.sh';

/** GUIDs of the stand-in's interfaces by their number. */
export const guids = [
  '0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0',
  '11111111-2222-3333-4444-555555555555',
  'abcdefab-cdef-abcd-efab-cdefabcdefab',
] as const;

/** `DOT11_AUTH_ALGORITHM` and `DOT11_CIPHER_ALGORITHM` of a network, and what else Windows says of it. */
export interface NetworkTraits {
  readonly auth: number;
  readonly cipher: number;
  readonly connectable: boolean;
  readonly reason: number;
  readonly hidden: boolean;
  /** What `keyMaterial` must be; anything without. */
  readonly key: string;
}

const usual: NetworkTraits = { auth: 7, cipher: 4, connectable: true, reason: 0, hidden: false, key: '-' };

export class StandIn {
  readonly #tell: (line: string) => number;
  readonly #profile: (text: Uint8Array, room: number, bssids: Uint8Array) => number;

  constructor() {
    const library = koffi.load(standInPath);
    this.#tell = library.func('int StandIn(const char *)');
    this.#profile = library.func('int StandInProfile(void *, int, void *)');
  }

  /** One command (see `script.c`); throws when the stand-in does not understand it. */
  tell(line: string): number {
    const answer = this.#tell(line);
    if (answer < 0) throw new Error(`the stand-in does not understand: ${line}`);
    return answer;
  }

  /** An interface that the API lists, without a notification. Its scans take 5 ms, its connections 5 ms. */
  interface(index: number, name = `Adapter ${index}`, listed = true): string {
    const guid = guids[index] ?? guids[0];
    this.tell(`interface ${index} ${guid} ${listed ? 1 : 0} ${name}`);
    this.tell(`scan ${index} 5 complete`);
    this.tell(`connecting ${index} 5 0 0`);
    return guid;
  }

  /** A network in the air, which the service has not seen yet. */
  network(index: number, bss: Bss, traits: Partial<NetworkTraits> = {}): void {
    const { auth, cipher, connectable, reason, hidden, key } = { ...usual, ...traits };
    this.tell(
      [
        `network ${index}`,
        ssidHex(bss.ssid) || '-',
        hexOf(bssidBytes(bss.bssid)),
        bss.frequency,
        bss.rssi,
        bss.capabilities,
        bss.beaconInterval,
        auth,
        cipher,
        connectable ? 1 : 0,
        reason,
        hidden ? 1 : 0,
        key,
        hexOf(bss.elements) || '-',
      ].join(' '),
    );
  }

  /** The XML of the last connection, and the bytes of the BSSID list that came with it. */
  profile(): { readonly xml: string; readonly bssids: Uint8Array } {
    const text = new Uint8Array(8192);
    const bssids = new Uint8Array(64);
    const size = this.#profile(text, 4096, bssids);
    const whole = new TextDecoder('utf-16le').decode(text);
    return { xml: whole.slice(0, whole.indexOf('\0')), bssids: bssids.slice(0, size) };
  }

  /** Everything as at first: no interfaces, the service runs. */
  reset(): void {
    this.tell('reset');
  }
}
