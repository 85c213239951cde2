/** The fields of networks as people write them, in scenario files, captures and lists of fake networks alike. */
import * as E from 'fp-ts/lib/Either.js';
import { exactlyOne, IntegerType, optional, TextType } from '../../json/codecs.js';
import { type Problem, shownValue } from '../../json/problem.js';
import { advertisedSsid, parseElements } from '../../protocol/elements.js';
import type { Ssid } from '../../protocol/ssid.js';

const hexDigits = '^([0-9a-fA-F]{2})+$';

/** What messages expect where an SSID is a text. */
export const expectedSsid = 'an SSID of 1 to 32 bytes of UTF-8 without NUL';

const ssidText = new TextType(expectedSsid, { pattern: '^[^\\0]+$', maxLength: 32 });
const ssidHex = new TextType('an SSID of 1 to 32 bytes in hex', { pattern: hexDigits, maxLength: 64 });

/** Both ways to write an SSID; goes with the rule `oneSsid`. */
export const ssidFields = {
  ssid: optional(ssidText, 'The SSID as text.'),
  ssidHex: optional(ssidHex, 'The SSID as bytes in hex, for one that is not text. Instead of `ssid`.'),
};
/** An SSID is written in one of the two ways. */
export const oneSsid = exactlyOne('ssid', 'ssidHex');

/** Not all zero, which on the wire means any access point; no address of a group (IEEE 802-2014, 8.2.2). */
export const bssidText = new TextType('a BSSID like 02:00:00:00:00:01 (not all zero, second digit even)', {
  pattern: '^(?!(?:00[:-]){5}00$)[0-9a-fA-F][02468aceACE]([:-])[0-9a-fA-F]{2}(?:\\1[0-9a-fA-F]{2}){4}$',
});

/** Down to the least that fits into the wire's notification; see `weakest` in `air.ts` for what can still be heard. */
export const signal = new IntegerType(-128, 0, 'dBm');

/** 16 bits on the wire; 0 is no interval. */
export const beaconInterval = new IntegerType(1, 65_535, 'time units of 1024 µs');

/** As many as fit into the body of a management frame (IEEE 802.11-2020, 9.2.4.7). */
export const elementsHex = new TextType('information elements in hex, 2304 bytes at most', {
  pattern: hexDigits,
  maxLength: 2 * 2304,
});

/** What is wrong with the elements of an access point of this SSID. Hidden ones announce none, and a capture need not know which. */
export const elementsFault = (
  elements: Uint8Array,
  ssid: Ssid,
): Pick<Problem, 'value' | 'expected'> | undefined => {
  const parsed = parseElements(elements);
  if (E.isLeft(parsed))
    return {
      value: `an element cut off at byte ${parsed.left.offset}`,
      expected: 'whole information elements',
    };
  const advertised = advertisedSsid(elements);
  return advertised === '' || advertised === ssid || ssid === ''
    ? undefined
    : { value: `the SSID ${shownValue(advertised)}`, expected: `elements with the SSID ${shownValue(ssid)}` };
};

/** What people type for WPA (IEEE 802.11-2020, annex J.4.1); in no message. */
export const secretText = new TextType(
  'a passphrase of 8 to 63 printable ASCII characters, or 64 hex digits',
  { pattern: '^([ -~]{8,63}|[0-9a-fA-F]{64})$', secret: true },
);
