/** What an information element means, for people. */
import * as E from 'fp-ts/lib/Either.js';
import {
  advertisedSsid,
  buildElements,
  ElementId,
  elementName,
  type InformationElement,
} from './elements.js';
import {
  isWpaElement,
  parseRsnElement,
  parseWpaElement,
  type RsnProblem,
  rsnDefaults,
  rsnProblemText,
  type SuiteSelection,
  wpaDefaults,
} from './rsn.js';
import { akmSuiteName, cipherSuiteName } from './suites.js';

/** `SSID open-net`, `SSID, hidden`, `RSN: PSK, pairwise CCMP, group CCMP`, `HT Capabilities`. */
export const describeElement = (element: InformationElement): string => {
  if (element.id === ElementId.ssid) {
    const ssid = advertisedSsid(buildElements([element]));
    return ssid === '' ? 'SSID, hidden' : `SSID ${ssid}`;
  }
  if (element.id === ElementId.rsn) return `RSN: ${selectionText(parseRsnElement(element), rsnDefaults)}`;
  if (isWpaElement(element)) return `WPA: ${selectionText(parseWpaElement(element), wpaDefaults)}`;
  return elementName(element);
};

const selectionText = (parsed: E.Either<RsnProblem, SuiteSelection>, defaults: SuiteSelection): string => {
  if (E.isLeft(parsed)) return rsnProblemText(parsed.left);
  const akms = parsed.right.akms ?? defaults.akms ?? [];
  const pairwise = parsed.right.pairwise ?? defaults.pairwise ?? [];
  const group = parsed.right.group ?? defaults.group ?? 0;
  return [
    akms.map(akmSuiteName).join(' '),
    `pairwise ${pairwise.map(cipherSuiteName).join(' ')}`,
    `group ${cipherSuiteName(group)}`,
  ].join(', ');
};
