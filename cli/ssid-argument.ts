/** SSIDs as people type them: as text, or in hex. */
import * as E from 'fp-ts/lib/Either.js';
import { type Ssid, ssidFromHex, ssidFromText, ssidProblemText } from '../protocol/index.js';

/** Left: what is wrong with it. */
export const readSsid = (text: string, isHex = false): E.Either<readonly string[], Ssid> =>
  E.mapLeft((problem: Parameters<typeof ssidProblemText>[0]) => [
    `SSID ${JSON.stringify(text)}: ${ssidProblemText(problem)}`,
  ])(isHex ? ssidFromHex(text) : ssidFromText(text));
