/** Keys for a replay: a recording has zeros in their place, so whoever replays it may say what the passphrases are. */
import * as E from 'fp-ts/lib/Either.js';
import { parseJson } from '../json/text.js';
import { derivePmk, passphraseProblemText } from '../native/guest/index.js';
import { KeyMaterial, type Request, type Ssid, ssidFromText } from '../protocol/index.js';
import { readTextFile } from './text-file.js';

/** The passphrases of networks. */
export type Secrets = ReadonlyMap<Ssid, string>;

/** In a connect request: authentication by SAE takes the password itself, everything else the key derived from it. */
const sae = 4;

const expected = 'expected an object of passphrases by SSID: {"Harbour Cafe": "fish and chips"}';

const secretsIn = (text: string): E.Either<readonly string[], Secrets> => {
  const json = parseJson(text);
  if (E.isLeft(json) || typeof json.right !== 'object' || json.right === null || Array.isArray(json.right))
    return E.left([expected]);
  const problems: string[] = [];
  const secrets = new Map<Ssid, string>();
  for (const [name, secret] of Object.entries(json.right as Readonly<Record<string, unknown>>)) {
    const ssid = ssidFromText(name);
    // Nothing of a value is shown: it may be a passphrase with a slip of the pen.
    if (E.isLeft(ssid) || typeof secret !== 'string') {
      problems.push(`${JSON.stringify(name)}: expected an SSID with its passphrase as text`);
      continue;
    }
    const key = derivePmk(secret, ssid.right);
    if (E.isLeft(key)) problems.push(`${JSON.stringify(name)}: ${passphraseProblemText(key.left)}`);
    else secrets.set(ssid.right, secret);
  }
  return problems.length > 0 ? E.left(problems) : E.right(secrets);
};

/** The passphrases in a JSON file. Left: one sentence for each thing that is wrong, without a passphrase. */
export const readSecrets = async (file: string): Promise<E.Either<readonly string[], Secrets>> => {
  const text = await readTextFile(file);
  if (E.isLeft(text)) return text;
  return E.mapLeft((problems: readonly string[]) => problems.map((problem) => `${file}: ${problem}`))(
    secretsIn(text.right),
  );
};

/** Did this request have a key, of which the recording kept the size only? */
export const isMasked = (request: Request): boolean =>
  request.operation === 'connect' &&
  request.key.length > 0 &&
  request.key.equals(new KeyMaterial(new Uint8Array(request.key.length)));

/** The request with its key, where it was masked and the passphrase is known. */
export const unmasked = (request: Request, secrets: Secrets): Request => {
  if (request.operation !== 'connect' || !isMasked(request)) return request;
  const secret = secrets.get(request.ssid);
  if (secret === undefined) return request;
  if (request.authType === sae) return { ...request, key: new KeyMaterial(new TextEncoder().encode(secret)) };
  const key = derivePmk(secret, request.ssid);
  return E.isLeft(key) ? request : { ...request, key: key.right };
};
