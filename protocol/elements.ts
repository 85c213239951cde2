/**
 * 802.11 information elements: a list of id, length and body (IEEE 802.11-2020, 9.4.2.1). What nobody here
 * understands is kept as it is, so that a list that was parsed is built again byte for byte.
 */
import * as E from 'fp-ts/lib/Either.js';
import { hexOf } from './hex.js';
import { maximumSsidSize, type Ssid, ssidBytes, ssidFromBytes } from './ssid.js';

/** One information element. */
export interface InformationElement {
  /** 8 bits, see `ElementId`. */
  readonly id: number;
  /** What follows id and length: 0 to 255 bytes. */
  readonly body: Uint8Array;
}

/** Why bytes are not a list of elements: the element at byte `offset` announces more than there is. */
export interface ElementsProblem {
  readonly reason: 'cut off';
  readonly offset: number;
}

/** Element ids (IEEE 802.11-2020, table 9-92). */
export const ElementId = {
  ssid: 0,
  supportedRates: 1,
  dsParameterSet: 3,
  tim: 5,
  country: 7,
  bssLoad: 11,
  erp: 42,
  htCapabilities: 45,
  rsn: 48,
  extendedSupportedRates: 50,
  mobilityDomain: 54,
  supportedOperatingClasses: 59,
  htOperation: 61,
  rmEnabledCapabilities: 70,
  extendedCapabilities: 127,
  vhtCapabilities: 191,
  vhtOperation: 192,
  transmitPowerEnvelope: 195,
  vendorSpecific: 221,
  rsnExtension: 244,
  extension: 255,
} as const;

const elementNames: ReadonlyMap<number, string> = new Map([
  [ElementId.ssid, 'SSID'],
  [ElementId.supportedRates, 'Supported Rates'],
  [ElementId.dsParameterSet, 'DSSS Parameter Set'],
  [ElementId.tim, 'TIM'],
  [ElementId.country, 'Country'],
  [ElementId.bssLoad, 'BSS Load'],
  [ElementId.erp, 'ERP'],
  [ElementId.htCapabilities, 'HT Capabilities'],
  [ElementId.rsn, 'RSN'],
  [ElementId.extendedSupportedRates, 'Extended Supported Rates'],
  [ElementId.mobilityDomain, 'Mobility Domain'],
  [ElementId.supportedOperatingClasses, 'Supported Operating Classes'],
  [ElementId.htOperation, 'HT Operation'],
  [ElementId.rmEnabledCapabilities, 'RM Enabled Capabilities'],
  [ElementId.extendedCapabilities, 'Extended Capabilities'],
  [ElementId.vhtCapabilities, 'VHT Capabilities'],
  [ElementId.vhtOperation, 'VHT Operation'],
  [ElementId.transmitPowerEnvelope, 'Transmit Power Envelope'],
  [ElementId.vendorSpecific, 'Vendor Specific'],
  [ElementId.rsnExtension, 'RSN Extension'],
  [ElementId.extension, 'Extension'],
]);

/** The name of an element: `RSN`, `Vendor Specific 00-50-f2`, `Extension 36`, `element 99`. */
export const elementName = ({ id, body }: InformationElement): string => {
  const name = elementNames.get(id) ?? `element ${id}`;
  if (id === ElementId.vendorSpecific) return `${name} ${hexOf(body.subarray(0, 3), '-')}`;
  return id === ElementId.extension ? `${name} ${body[0] ?? 'without id'}` : name;
};

/** The elements in `bytes`, in their order; the bodies are not copied. */
export const parseElements = (
  bytes: Uint8Array,
): E.Either<ElementsProblem, readonly InformationElement[]> => {
  const { elements, end } = leadingElements(bytes);
  return end === bytes.length ? E.right(elements) : E.left({ reason: 'cut off', offset: end });
};

/** The bytes of a list of elements. A body of more than 255 bytes throws: that is a programming error. */
export const buildElements = (elements: readonly InformationElement[]): Uint8Array => {
  const bytes = new Uint8Array(elements.reduce((size, { body }) => size + 2 + body.length, 0));
  let at = 0;
  for (const { id, body } of elements) {
    if (body.length > 0xff)
      throw new RangeError(`the body of element ${id} has ${body.length} bytes, 255 are the most`);
    bytes.set([id, body.length], at);
    bytes.set(body, at + 2);
    at += 2 + body.length;
  }
  return bytes;
};

/** The SSID element of a network. */
export const ssidElement = (ssid: Ssid): InformationElement => ({
  id: ElementId.ssid,
  body: ssidBytes(ssid),
});

/**
 * The SSID that elements announce: empty if there is none, and if it is hidden, that is, of no bytes or of zeros.
 * Elements behind a malformed one are not looked at.
 */
export const advertisedSsid = (elements: Uint8Array): Ssid => {
  const body =
    leadingElements(elements).elements.find(({ id }) => id === ElementId.ssid)?.body ?? new Uint8Array(0);
  const hidden = body.length > maximumSsidSize || body.every((byte) => byte === 0);
  return E.getOrElse(() => '' as Ssid)(ssidFromBytes(hidden ? new Uint8Array(0) : body));
};

/** The elements before the first one that is cut off, and where they end. */
export const leadingElements = (
  bytes: Uint8Array,
): { readonly elements: readonly InformationElement[]; readonly end: number } => {
  const elements: InformationElement[] = [];
  let at = 0;
  for (;;) {
    const id = bytes[at];
    const size = bytes[at + 1];
    if (id === undefined || size === undefined || at + 2 + size > bytes.length) return { elements, end: at };
    elements.push({ id, body: bytes.subarray(at + 2, at + 2 + size) });
    at += 2 + size;
  }
};
