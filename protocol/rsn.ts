/**
 * The two elements that say how a network encrypts: RSN (WPA2, WPA3, OWE; IEEE 802.11-2020, 9.4.2.24) and the older
 * WPA element, which is Microsoft's vendor element of type 1. Every part after the version is optional, and what
 * is missing has a default.
 */
import * as E from 'fp-ts/lib/Either.js';
import { ElementId, type InformationElement } from './elements.js';
import { AkmSuite, CipherSuite } from './suites.js';

/** What both elements begin with. A part can only be there if all parts before it are. */
export interface SuiteSelection {
  /** Cipher for frames to all stations. */
  readonly group?: CipherSuite;
  /** Ciphers for frames to one station. */
  readonly pairwise?: readonly CipherSuite[];
  readonly akms?: readonly AkmSuite[];
  /** RSN capabilities, 16 bits: see `RsnCapability`. */
  readonly capabilities?: number;
}

/** The body of an RSN element of version 1. */
export interface Rsn extends SuiteSelection {
  /** Identifiers of cached keys, 16 bytes each. */
  readonly pmkids?: readonly Uint8Array[];
  /** Cipher for management frames to all stations. */
  readonly groupManagement?: CipherSuite;
  /** What a later edition of the standard may append. */
  readonly rest?: Uint8Array;
}

/** The body of a WPA element of version 1. */
export interface Wpa extends SuiteSelection {
  readonly rest?: Uint8Array;
}

/** Why an element is no RSN or WPA element that can be understood. */
export type RsnProblem =
  /** Another element, or a vendor element of somebody else. */
  | { readonly reason: 'another element' }
  | { readonly reason: 'unsupported version'; readonly version: number }
  /** The body ends in the middle of a part. */
  | { readonly reason: 'cut off'; readonly part: string };

/** One line for people. */
export const rsnProblemText = (problem: RsnProblem): string => {
  switch (problem.reason) {
    case 'another element':
      return 'this is another element';
    case 'unsupported version':
      return `version ${problem.version} instead of 1`;
    case 'cut off':
      return `cut off in ${problem.part}`;
  }
};

/** Bits of the RSN capabilities (IEEE 802.11-2020, 9.4.2.24.4). */
export const RsnCapability = {
  /** Bit 6: management frames must be protected. */
  mfpRequired: 1 << 6,
  /** Bit 7: management frames can be protected. */
  mfpCapable: 1 << 7,
} as const;

/** What applies where an RSN element does not say (IEEE 802.11-2020, 9.4.2.24.1). */
export const rsnDefaults = {
  group: CipherSuite.ccmp,
  pairwise: [CipherSuite.ccmp],
  akms: [AkmSuite.ieee8021x],
} as const;

/** What applies where a WPA element does not say. */
export const wpaDefaults = {
  group: CipherSuite.wpaTkip,
  pairwise: [CipherSuite.wpaTkip],
  akms: [AkmSuite.wpaIeee8021x],
} as const;

const version = 1;
const pmkidSize = 16;
/** OUI 00-50-F2, type 1. */
const wpaType = [0x00, 0x50, 0xf2, 0x01] as const;

/** Is this vendor element the WPA element? */
export const isWpaElement = ({ id, body }: InformationElement): boolean =>
  id === ElementId.vendorSpecific && wpaType.every((byte, i) => body[i] === byte);

/** Reads an RSN element. */
export const parseRsnElement = (element: InformationElement): E.Either<RsnProblem, Rsn> => {
  if (element.id !== ElementId.rsn) return E.left({ reason: 'another element' });
  const reader = new BodyReader(element.body);
  const rsn: { -readonly [K in keyof Rsn]: Rsn[K] } = {};
  const selection = readSelection(reader, rsn);
  if (selection !== undefined) return E.left(selection);
  if (reader.more) {
    const pmkids = reader.list(pmkidSize, (view, at) => bytesOf(view, at, pmkidSize));
    if (pmkids === undefined) return cutOff('the PMKIDs');
    rsn.pmkids = pmkids;
  }
  if (reader.more) {
    const suite = reader.suite();
    if (suite === undefined) return cutOff('the group management cipher suite');
    rsn.groupManagement = suite;
  }
  if (reader.more) rsn.rest = reader.rest();
  return E.right(rsn);
};

/** Reads a WPA element. */
export const parseWpaElement = (element: InformationElement): E.Either<RsnProblem, Wpa> => {
  if (!isWpaElement(element)) return E.left({ reason: 'another element' });
  const reader = new BodyReader(element.body.subarray(wpaType.length));
  const wpa: { -readonly [K in keyof Wpa]: Wpa[K] } = {};
  const selection = readSelection(reader, wpa);
  if (selection !== undefined) return E.left(selection);
  if (reader.more) wpa.rest = reader.rest();
  return E.right(wpa);
};

/** The RSN element with these parts; parts after the first missing one are left out. */
export const rsnElement = (rsn: Rsn): InformationElement => {
  const parts = selectionParts(rsn);
  const { pmkids, groupManagement, rest } = rsn;
  return {
    id: ElementId.rsn,
    body: joined([
      ...parts,
      pmkids && [...u16(pmkids.length), ...pmkids.flatMap((pmkid) => [...pmkid])],
      groupManagement === undefined ? undefined : suiteBytes(groupManagement),
      rest && [...rest],
    ]),
  };
};

/** The WPA element with these parts; parts after the first missing one are left out. */
export const wpaElement = (wpa: Wpa): InformationElement => ({
  id: ElementId.vendorSpecific,
  body: Uint8Array.from([...wpaType, ...joined([...selectionParts(wpa), wpa.rest && [...wpa.rest]])]),
});

const readSelection = (
  reader: BodyReader,
  into: { -readonly [K in keyof SuiteSelection]: SuiteSelection[K] },
): RsnProblem | undefined => {
  const found = reader.u16();
  if (found === undefined) return { reason: 'cut off', part: 'the version' };
  if (found !== version) return { reason: 'unsupported version', version: found };
  if (!reader.more) return undefined;
  const group = reader.suite();
  if (group === undefined) return { reason: 'cut off', part: 'the group cipher suite' };
  into.group = group;
  if (!reader.more) return undefined;
  const pairwise = reader.list(4, suiteAt);
  if (pairwise === undefined) return { reason: 'cut off', part: 'the pairwise cipher suites' };
  into.pairwise = pairwise;
  if (!reader.more) return undefined;
  const akms = reader.list(4, suiteAt);
  if (akms === undefined) return { reason: 'cut off', part: 'the AKM suites' };
  into.akms = akms;
  if (!reader.more) return undefined;
  const capabilities = reader.u16();
  if (capabilities === undefined) return { reason: 'cut off', part: 'the capabilities' };
  into.capabilities = capabilities;
  return undefined;
};

const suiteAt = (view: DataView, at: number): number => view.getUint32(at, false);

const bytesOf = (view: DataView, at: number, size: number): Uint8Array =>
  new Uint8Array(view.buffer, view.byteOffset + at, size);

/** Goes through a body from part to part; a part that is cut off is `undefined`. */
class BodyReader {
  readonly #view: DataView;
  #at = 0;

  constructor(body: Uint8Array) {
    this.#view = new DataView(body.buffer, body.byteOffset, body.byteLength);
  }

  get more(): boolean {
    return this.#at < this.#view.byteLength;
  }

  u16(): number | undefined {
    const at = this.#take(2);
    return at === undefined ? undefined : this.#view.getUint16(at, true);
  }

  suite(): number | undefined {
    const at = this.#take(4);
    return at === undefined ? undefined : suiteAt(this.#view, at);
  }

  /** A 16-bit count and so many items of `size` bytes. */
  list<T>(size: number, item: (view: DataView, at: number) => T): readonly T[] | undefined {
    const count = this.u16();
    const at = count === undefined ? undefined : this.#take(count * size);
    return at === undefined
      ? undefined
      : Array.from({ length: count ?? 0 }, (_, i) => item(this.#view, at + i * size));
  }

  rest(): Uint8Array {
    const at = this.#at;
    this.#at = this.#view.byteLength;
    return bytesOf(this.#view, at, this.#at - at);
  }

  #take(size: number): number | undefined {
    const at = this.#at;
    if (at + size > this.#view.byteLength) return undefined;
    this.#at += size;
    return at;
  }
}

const cutOff = (part: string): E.Either<RsnProblem, never> => E.left({ reason: 'cut off', part });

type Part = readonly number[] | undefined;

const u16 = (value: number): readonly number[] => [value & 0xff, (value >>> 8) & 0xff];
const suiteBytes = (suite: number): readonly number[] =>
  [24, 16, 8, 0].map((shift) => (suite >>> shift) & 0xff);
const suiteList = (suites: readonly number[] | undefined): Part =>
  suites && [...u16(suites.length), ...suites.flatMap(suiteBytes)];

const selectionParts = ({ group, pairwise, akms, capabilities }: SuiteSelection): readonly Part[] => [
  u16(version),
  group === undefined ? undefined : suiteBytes(group),
  suiteList(pairwise),
  suiteList(akms),
  capabilities === undefined ? undefined : u16(capabilities),
];

/** The parts up to the first one that is missing. */
const joined = (parts: readonly Part[]): Uint8Array => {
  const missing = parts.indexOf(undefined);
  return Uint8Array.from((missing < 0 ? parts : parts.slice(0, missing)).flatMap((part) => part ?? []));
};
