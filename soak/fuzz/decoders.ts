/**
 * Everything in the project that reads what others wrote, each with what it must do whatever it is given: answer, and never
 * throw. A throw is a finding.
 */
import { readFileSync } from 'node:fs';
import * as E from 'fp-ts/lib/Either.js';
import { Subject } from 'rxjs';
import { checkInput } from '../../actors/application/settings.js';
import { configFile } from '../../cli/config-file.js';
import { parseRecording } from '../../cli/record-format.js';
import { ManualClock } from '../../index.js';
import { decode } from '../../json/decoding.js';
import { parseJson } from '../../json/text.js';
import { checkAnswer } from '../../native/guest/answer.js';
import { bytesOf, numberOf, propertiesOf, textOf, textsOf } from '../../native/linux/dbus.js';
import { bssOf } from '../../native/linux/wpa-objects.js';
import { loadScenario } from '../../native/simulated/load.js';
import { formatEndpoint, parseEndpoint, parseGuestId } from '../../native/sockets/endpoint.js';
import { isOk, requestedPort } from '../../native/sockets/hybrid-vsock.js';
import {
  decodeAssociationNotification,
  decodeAvailableNetworks,
  decodeBssList,
  decodeConnectionNotification,
  decodeCurrentConnection,
  decodeInterfaceList,
  decodeNotificationHead,
} from '../../native/windows/wlan-decoding.js';
import { describeFrame, withoutSecrets } from '../../protocol/describe.js';
import { parseElements } from '../../protocol/elements.js';
import {
  decodeHostMessage,
  decodeRequest,
  decodeRequestHeader,
  encodeHostMessage,
  encodeRequest,
} from '../../protocol/frame.js';
import { parseRsnElement, parseWpaElement } from '../../protocol/rsn.js';
import { advertisedSecurity } from '../../protocol/security.js';
import { decodeFakeNetworks } from '../../settings.js';
import { Deadlines } from '../../streams/deadlines.js';
import { requestFrame } from '../../streams/frames.js';
import { bss } from '../../test/stage/networks.js';
import { Dice } from '../dice.js';
import { changed, hostileFrame, hostileText, inPieces } from './hostile-bytes.js';

/** What stands at the end of a text that a person gives. */
const file = (path: string): string => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');

const must = (isSo: boolean, what: string): void => {
  if (!isSo) throw new Error(what);
};

const same = (a: Uint8Array, b: Uint8Array): boolean => Buffer.compare(a, b) === 0;

/** A frame that a host might send, with changes. */
const answers: readonly Uint8Array[] = [
  encodeHostMessage({
    operation: 'scan.response',
    complete: true,
    networks: [bss('Lobby', 1), bss('Bar', 2)],
  }),
  encodeHostMessage({ operation: 'connect.response', status: 0, bssid: bss('Bar', 2).bssid, sessionId: 9 }),
  encodeHostMessage({ operation: 'disconnected', sessionId: 3 }),
  encodeHostMessage({ operation: 'signal', rssi: -40 }),
  encodeHostMessage({ operation: 'invalid' }),
];

const hostileAnswer = (dice: Dice): Uint8Array => {
  let frame = dice.pick(answers);
  for (let changes = dice.below(4); changes > 0; changes--) frame = changed(frame, dice);
  return frame;
};

/** Counts, sizes and offsets in the first bytes, of lists as the Wlan API hands them out. */
const hostileList = (dice: Dice): Uint8Array => {
  const list = new Uint8Array(dice.below(3000));
  const view = new DataView(list.buffer);
  for (let at = 0; at + 4 <= list.length; at += 4)
    if (at < 16 || dice.chance(0.1))
      view.setUint32(at, dice.pick([0, 1, 2, 3, 8, 32, 33, 360, 604, 0x7fff_ffff, 0xffff_ffff]), true);
  return list;
};

/** A value as a broken D-Bus peer might send it. */
const hostileValue = (dice: Dice, depth = 0): unknown => {
  const more = (): unknown => hostileValue(dice, depth + 1);
  switch (dice.below(depth > 3 ? 7 : 10)) {
    case 0:
      return null;
    case 1:
      return dice.below(2 ** 32) - 2 ** 31;
    case 2:
      return dice.pick(['', 'infrastructure', '/', 'fi.w1', '\ud800']);
    case 3:
      return dice.bytes(dice.below(40));
    case 4:
      return dice.chance(0.5);
    case 5:
      return Number.NaN;
    case 6:
      return BigInt(dice.below(2 ** 31));
    case 7:
      return Array.from({ length: dice.below(5) }, more);
    case 8:
      return Object.fromEntries(
        ['BSSID', 'SSID', 'Mode', 'Signal', 'Frequency', 'IEs', 'Privacy', '__proto__'].map((name) => [
          name,
          more(),
        ]),
      );
    default:
      return {
        BSSID: dice.bytes(6),
        SSID: dice.bytes(dice.below(40)),
        Mode: 'infrastructure',
        Signal: more(),
        Frequency: more(),
        IEs: more(),
      };
  }
};

const texts = {
  scenario: file('docs/examples/bad-day.json'),
  capture: file('test/fixtures/access-points.ndjson'),
  recording: file('test/fixtures/linux-guest-session.ndjson'),
  networks: '[{"ssid":"Lobby","bssid":"02:00:00:00:00:01","security":"open","signal":-40,"channel":36}]',
  configuration:
    '{"endpoints":["tcp://127.0.0.1"],"allow":["tcp://127.0.1.7"],"scanInterval":"5s","contention":"last-wins","radio":"none","guests":{"tcp://127.0.1.7":{"driver":"without-scan-complete"}}}',
};

const jsonOf = (text: string): unknown => {
  const json = parseJson(text);
  return E.isLeft(json) ? undefined : json.right;
};

/** The name of each reader, and one hostile thing for it. */
export const decoders: Readonly<Record<string, (dice: Dice) => void>> = {
  request: (dice) => {
    const frame = hostileFrame(dice);
    const decoded = decodeRequest(frame);
    decodeRequestHeader(frame);
    if (E.isLeft(decoded)) return;
    const again = decodeRequest(encodeRequest(decoded.right));
    must(
      E.isRight(again) && same(encodeRequest(again.right), encodeRequest(decoded.right)),
      'a request changes when it is written and read',
    );
  },
  'request in pieces': (dice) => {
    const frame = hostileFrame(dice);
    const clock = new ManualClock();
    const deadlines = new Deadlines(clock);
    const bytes = new Subject<Uint8Array>();
    let request: unknown;
    let refused = false;
    requestFrame({ deadlines })(bytes).subscribe((event) => {
      if (event.type === 'request') request = event.request;
      if (event.type === 'refused') refused = true;
    });
    for (const piece of inPieces(frame, dice)) bytes.next(piece);
    const whole = decodeRequest(frame);
    if (E.isRight(whole))
      must(request !== undefined || refused, 'a request is not seen when it comes in pieces');
    else must(request === undefined, 'pieces are a request, and the whole is none');
    bytes.complete();
    must(
      request !== undefined || refused || frame.length === 0,
      'an end in the middle of a frame is not seen',
    );
    deadlines.clear();
    must(clock.pending === 0, 'a timer is left');
  },
  'answer of a host': (dice) => {
    const frame = hostileAnswer(dice);
    for (const driver of ['with-scan-complete', 'without-scan-complete'] as const) {
      decodeHostMessage(frame, driver);
      checkAnswer(frame, driver);
    }
  },
  'description of a frame': (dice) => {
    const frame = dice.chance(0.5) ? hostileFrame(dice) : hostileAnswer(dice);
    describeFrame(frame);
    describeFrame(frame, 'guest');
    describeFrame(frame, 'host');
    must(withoutSecrets(frame).length === frame.length, 'a frame without its secrets has another length');
  },
  'information elements': (dice) => {
    const bytes = dice.bytes(dice.below(200));
    const parsed = parseElements(bytes);
    const elements = E.isRight(parsed) ? parsed.right : [];
    for (const element of elements) {
      parseRsnElement(element);
      parseWpaElement(element);
    }
    advertisedSecurity(bss('Lobby', 1, { capabilities: dice.below(65_536), elements: bytes }));
  },
  'Wlan API': (dice) => {
    const bytes = hostileList(dice);
    decodeInterfaceList(bytes);
    decodeBssList(bytes);
    decodeAvailableNetworks(bytes);
    decodeCurrentConnection(bytes);
    decodeConnectionNotification(bytes);
    decodeAssociationNotification(bytes);
    decodeNotificationHead(bytes);
  },
  'D-Bus': (dice) => {
    const value = hostileValue(dice);
    bssOf(propertiesOf(value));
    for (const read of [textOf, numberOf, bytesOf, textsOf]) read(value);
  },
  'hybrid vsock': (dice) => {
    const line = hostileText(dice.pick(['CONNECT 12345', 'OK 7']), dice);
    isOk(line);
    const port = requestedPort(line);
    must(port === undefined || (port >= 0 && port <= 0xffff_ffff), `port ${port} of ${JSON.stringify(line)}`);
  },
  endpoint: (dice) => {
    const text = hostileText(
      dice.pick([
        'tcp://127.0.0.1:5',
        'tcp://[::1]',
        'unix:///run/vm.vsock',
        'vsock://3',
        'hvsocket://children',
        'memory://a',
      ]),
      dice,
    );
    parseGuestId(text);
    const endpoint = parseEndpoint(text);
    if (E.isRight(endpoint))
      must(E.isRight(parseEndpoint(formatEndpoint(endpoint.right))), `${text} cannot be written`);
  },
  scenario: (dice) =>
    void loadScenario(hostileText(dice.chance(0.7) ? texts.scenario : texts.capture, dice), 'file'),
  'fake networks': (dice) => void decodeFakeNetworks(jsonOf(hostileText(texts.networks, dice))),
  configuration: (dice) => {
    const json = jsonOf(hostileText(texts.configuration, dice));
    decode(configFile, json);
    checkInput(json);
  },
  recording: (dice) => {
    const bytes = new TextEncoder().encode(texts.recording.slice(0, 3000));
    let hostile = dice.chance(0.8) ? bytes : dice.bytes(300);
    for (let changes = dice.below(4); changes > 0; changes--) hostile = changed(hostile, dice);
    parseRecording(hostile);
  },
};

export interface Finding {
  readonly decoder: string;
  /** Gives the same bytes again. */
  readonly seed: number;
  readonly problem: string;
}

/** Gives each of these readers `rounds` hostile things, from seed `first` on. */
export const fuzzDecoders = (
  first: number,
  rounds: number,
  names: readonly string[] = Object.keys(decoders),
): readonly Finding[] => {
  const findings: Finding[] = [];
  for (const decoder of names)
    for (let seed = first; seed < first + rounds; seed++)
      try {
        decoders[decoder]?.(new Dice(seed));
      } catch (error) {
        const problem = error instanceof Error ? (error.stack ?? error.message) : String(error);
        findings.push({ decoder, seed, problem });
        break;
      }
  return findings;
};
