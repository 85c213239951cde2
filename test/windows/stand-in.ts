/** The stand-in for `wlanapi.dll` from the tests' side: a world that is told what happens. */
import koffi from 'koffi';
import type { Bss } from '../../protocol/bss.js';
import { guids, interfaceLines, type NetworkTraits, networkLine } from './commands.js';

/** The DLL's path, which the runner gives. */
export const standInPath: string =
  process.env.WLANAPI_STAND_IN ?? 'WLANAPI_STAND_IN is not set: run this through test/windows/run.sh';

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

  /** An interface, without a notification. Returns its GUID. */
  interface(index: number, name = `Adapter ${index}`, listed = true): string {
    for (const line of interfaceLines(index, name, listed)) this.tell(line);
    return guids[index] ?? guids[0];
  }

  /** A network in the air, which the service has not seen yet. */
  network(index: number, bss: Bss, traits: Partial<NetworkTraits> = {}): void {
    this.tell(networkLine(index, bss, traits));
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
