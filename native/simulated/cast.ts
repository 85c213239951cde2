/** Who takes part in a scenario file, so that what refers to them can be checked; and what was found wrong so far. */
import * as E from 'fp-ts/lib/Either.js';
import * as O from 'fp-ts/lib/Option.js';
import { Finding, fieldPath, type Problem, shownValue } from '../../json/problem.js';
import { type Bssid, parseBssid } from '../../protocol/bssid.js';
import { bytesFromHex } from '../../protocol/hex.js';
import { type Ssid, ssidFromBytes, ssidFromHex, ssidFromText, ssidHex } from '../../protocol/ssid.js';
import { type InterfaceId, interfaceId } from '../radio.js';
import { expectedSsid } from './network-fields.js';
import type { NetworkChoice, Scenario } from './scenario.js';

/** How the file writes an SSID: `ssid` or `ssidHex`. */
export interface WrittenSsid {
  readonly ssid?: string;
  readonly ssidHex?: string;
}

/** What the codecs have checked already; a Left is a mistake in them. */
export const checked = <A>(result: E.Either<unknown, A>): A => {
  if (E.isLeft(result)) throw new Error('the codec of scenario files let something through');
  return result.right;
};

/** What a codec has taken for hex digits, as bytes. */
export const checkedBytes = (hex: string): Uint8Array => checked(E.fromOption(() => hex)(bytesFromHex(hex)));

/** Takes the place of what is wrong: once a problem is reported, no scenario is made. */
const placeholder: Ssid = checked(ssidFromBytes(new Uint8Array(0)));

/** What a cast is made of: a scenario file is one. */
interface Roster {
  readonly interfaces: readonly {
    readonly name: string;
    readonly id?: string;
    readonly scanDuration?: number;
  }[];
  readonly networks: readonly (WrittenSsid & {
    readonly accessPoints: readonly { readonly bssid: string }[];
  })[];
  readonly timeline?: readonly {
    readonly name?: string;
    readonly after?: { readonly event: string; readonly step?: string };
  }[];
}

/** Who takes part in a scenario that is being played. */
export const castOf = ({ interfaces, networks }: Scenario): Cast =>
  new Cast({
    interfaces,
    networks: networks.map(({ ssid, accessPoints }) => ({ ssidHex: ssidHex(ssid), accessPoints })),
  });

/** Built from a file of the right shape; keeps the problems of everyone who looks something up in it. */
export class Cast {
  readonly problems: Problem[] = [];
  readonly #interfaces = new Map<string, InterfaceId>();
  readonly #instant = new Set<InterfaceId>();
  readonly #ssids = new Map<Bssid, Ssid>();
  /** By its name, which step a step waits for. */
  readonly #steps = new Map<string, string | undefined>();

  constructor(file: Roster) {
    for (const [i, { name, id = name, scanDuration = 0 }] of file.interfaces.entries()) {
      const own = interfaceId(id);
      if (this.#interfaces.has(name)) this.report(`interfaces[${i}].name`, name, 'a name of its own');
      else if (this.#interfaces.has(own)) this.report(`interfaces[${i}].id`, id, 'an id of its own');
      this.#interfaces.set(name, own).set(own, own);
      if (scanDuration === 0) this.#instant.add(own);
    }
    for (const [i, network] of file.networks.entries()) {
      const ssid = this.ssid(`networks[${i}]`, network);
      for (const [j, entry] of network.accessPoints.entries()) {
        const bssid = this.bssid(entry.bssid);
        const path = `networks[${i}].accessPoints[${j}].bssid`;
        if (this.#ssids.has(bssid)) this.report(path, entry.bssid, 'a BSSID of its own');
        this.#ssids.set(bssid, ssid);
      }
    }
    for (const [i, { name, after }] of (file.timeline ?? []).entries()) {
      if (name === undefined) continue;
      if (this.#steps.has(name)) this.report(`timeline[${i}].name`, name, 'a name of its own');
      this.#steps.set(name, after?.event === 'step' ? after.step : undefined);
    }
  }

  /** `found` is shown abbreviated. */
  report(path: string, found: unknown, expected: string): void {
    this.problems.push({ path, value: shownValue(found), expected });
  }

  /** Where the file has one; what is wrong with it is reported once, by the constructor. */
  ssid(path: string, { ssid, ssidHex = '' }: WrittenSsid): Ssid {
    if (ssid === undefined) return checked(ssidFromHex(ssidHex));
    const result = ssidFromText(ssid);
    if (E.isRight(result)) return result.right;
    this.report(fieldPath(path, 'ssid'), ssid, expectedSsid);
    return placeholder;
  }

  bssid(text: string): Bssid {
    return checked(parseBssid(text));
  }

  /** Is there a step of this name? */
  hasStep(name: string): boolean {
    return this.#steps.has(name);
  }

  /** Is `step` the step `other`, or does it wait for it, perhaps by way of more steps? */
  waitsFor(step: string, other: string): boolean {
    const met = new Set<string>();
    for (let at: string | undefined = step; at !== undefined && !met.has(at); at = this.#steps.get(at)) {
      if (at === other) return true;
      met.add(at);
    }
    return false;
  }

  /** The SSID of one of the file's networks. */
  knownSsid(path: string, written: WrittenSsid): Ssid {
    const ssid = this.ssid(path, written);
    if (ssid !== placeholder && ![...this.#ssids.values()].includes(ssid)) {
      const [field, found] =
        written.ssid === undefined ? ['ssidHex', written.ssidHex] : ['ssid', written.ssid];
      this.report(fieldPath(path, field), found, 'the SSID of one of the networks');
    }
    return ssid;
  }

  /** As `knownSsid`, where the file may leave it out. */
  optionalSsid(path: string, written: WrittenSsid): O.Option<Ssid> {
    return written.ssid === undefined && written.ssidHex === undefined
      ? O.none
      : O.some(this.knownSsid(path, written));
  }

  /** The BSSID of one of the file's access points. */
  knownBssid(path: string, text: string): Bssid {
    const bssid = this.bssid(text);
    if (!this.#ssids.has(bssid))
      this.report(fieldPath(path, 'bssid'), text, 'the BSSID of one of the access points');
    return bssid;
  }

  /** One of the file's networks, and perhaps which of its access points. */
  choice(path: string, written: WrittenSsid & { readonly bssid?: string }): NetworkChoice {
    const ssid = this.knownSsid(path, written);
    if (written.bssid === undefined) return { ssid, bssid: O.none };
    const bssid = this.bssid(written.bssid);
    if (this.#ssids.get(bssid) !== ssid)
      this.report(fieldPath(path, 'bssid'), written.bssid, 'the BSSID of an access point of that network');
    return { ssid, bssid: O.some(bssid) };
  }

  /** The interface with this name or id. */
  interface(path: string, text: string): InterfaceId {
    const id = this.#interfaces.get(text) ?? this.#interfaces.get(interfaceId(text));
    if (id === undefined) this.report(path, text, 'the name or id of one of the interfaces');
    return id ?? interfaceId(text);
  }

  /** The interface with this name or id; the only one if none is named. */
  theInterface(path: string, text: string | undefined): InterfaceId {
    if (text !== undefined) return this.interface(fieldPath(path, 'interface'), text);
    const [first, ...others] = new Set(this.#interfaces.values());
    if (first === undefined || others.length > 0)
      this.report(
        fieldPath(path, 'interface'),
        undefined,
        'the name of an interface, since there are several',
      );
    return first ?? interfaceId('');
  }

  /** Reports a fault of scans that take time, where no scan takes time. */
  needsScanTime(path: string, id: O.Option<InterfaceId>): void {
    const all = new Set(this.#interfaces.values());
    const instant = O.isSome(id) ? this.#instant.has(id.value) : this.#instant.size === all.size;
    if (instant) this.report(path, new Finding('instant scans'), 'an interface whose scans take time');
  }
}
