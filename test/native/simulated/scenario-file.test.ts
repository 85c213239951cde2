import { readdirSync, readFileSync } from 'node:fs';
import { expect } from 'chai';
import { isRight } from 'fp-ts/lib/Either.js';
import { isSome } from 'fp-ts/lib/Option.js';
import { loadScenario } from '../../../native/simulated/load.js';
import type { Scenario } from '../../../native/simulated/scenario.js';

const accessPoint = { bssid: '02:00:00:00:00:01', channel: 1, signal: -50 };
const network = { ssid: 'x', security: 'open', accessPoints: [accessPoint] };
const good = { interfaces: [{ name: 'wlan0' }], networks: [network] };

/** What is said about a file; nothing if it is right. */
const said = (text: string): readonly string[] => {
  const result = loadScenario(text, 'f.json');
  return isRight(result) ? [] : result.left;
};

const saidOf = (file: unknown): readonly string[] => said(JSON.stringify(file));

const withNetwork = (parts: object) => ({ ...good, networks: [{ ...network, ...parts }] });
const withAccessPoint = (parts: object) => withNetwork({ accessPoints: [{ ...accessPoint, ...parts }] });
const withInterface = (parts: object) => ({ ...good, interfaces: [{ name: 'wlan0', ...parts }] });
const withSteps = (...timeline: readonly object[]) => ({ ...good, timeline });

const secret = 'a passphrase of 8 to 63 printable ASCII characters, or 64 hex digits';

/** What is wrong, the file, and what is said about it. */
const mistakes: readonly (readonly [string, unknown, ...string[]])[] = [
  ['no object', 7, 'f.json: expected a scenario, found 7'],
  ['a list', [], 'f.json: expected a scenario, found an empty list'],
  ['no interfaces', { networks: [] }, 'f.json: interfaces: expected a list of at least 1, found nothing'],
  [
    'an empty list of interfaces',
    { ...good, interfaces: [] },
    'f.json: interfaces: expected a list of at least 1, found an empty list',
  ],
  [
    'several things at once',
    { interfaces: [{ name: '' }], networks: 'none', seed: -1 },
    'f.json: seed: expected a whole number from 0 to 4294967295, found -1',
    'f.json: interfaces[0].name: expected a name of 1 to 64 printable characters, found ""',
    'f.json: networks: expected a list, found "none"',
  ],
  [
    'a misspelt field',
    withAccessPoint({ sinal: -40 }),
    'f.json: networks[0].accessPoints[0].sinal: expected one of the fields "bssid", "channel", "band", "frequency", "signal", "beaconInterval", "elements", "seenBy", "present", found an unknown field',
  ],
  [
    'a field with a strange name',
    { ...good, 'a b\u202e': 1 },
    'f.json: ["a b\\u{202e}"]: expected one of the fields "$schema", "description", "seed", "startAt", "jitter", "interfaces", "networks", "timeline", found an unknown field',
  ],
  [
    'an SSID in both forms',
    withNetwork({ ssidHex: '78' }),
    'f.json: networks[0]: expected exactly one of "ssid", "ssidHex", found "ssid", "ssidHex"',
  ],
  [
    'no SSID',
    withNetwork({ ssid: undefined }),
    'f.json: networks[0]: expected exactly one of "ssid", "ssidHex", found none of them',
  ],
  [
    'an SSID of 33 bytes',
    withNetwork({ ssid: `${'é'.repeat(16)}e` }),
    `f.json: networks[0].ssid: expected an SSID of 1 to 32 bytes of UTF-8 without NUL, found "${'é'.repeat(16)}e"`,
  ],
  [
    'half a surrogate pair in an SSID',
    withNetwork({ ssid: '\ud83d' }),
    'f.json: networks[0].ssid: expected an SSID of 1 to 32 bytes of UTF-8 without NUL, found "\\ud83d"',
  ],
  [
    'half a byte of an SSID',
    withNetwork({ ssid: undefined, ssidHex: '783' }),
    'f.json: networks[0].ssidHex: expected an SSID of 1 to 32 bytes in hex, found "783"',
  ],
  [
    'unknown security',
    withNetwork({ security: 'wpa4' }),
    'f.json: networks[0].security: expected one of "open", "wep", "wpa-psk", "wpa/wpa2-psk", "wpa2-psk", "psk-sha256", "ft-psk", "wpa2/wpa3-transition", "wpa3-sae", "owe", "wpa2-enterprise", "wpa3-enterprise-192", found "wpa4"',
  ],
  [
    'no security',
    withNetwork({ security: undefined }),
    'f.json: networks[0].security: expected the security, or elements for each access point, found nothing',
  ],
  [
    'a cipher without WPA2-PSK',
    withNetwork({ cipher: 'gcmp' }),
    'f.json: networks[0].cipher: expected no cipher unless the security is "wpa2-psk", found "gcmp"',
  ],
  [
    'a secret that is too short, without showing it',
    withNetwork({ security: 'wpa2-psk', secret: 'hush' }),
    `f.json: networks[0].secret: expected ${secret}, found [secret]`,
  ],
  [
    'a secret that is a number, without showing it',
    withNetwork({ security: 'wpa2-psk', secret: 12345678 }),
    `f.json: networks[0].secret: expected ${secret}, found [secret]`,
  ],
  [
    'a secret of an open network, without showing it',
    withNetwork({ secret: 'hush, hush' }),
    'f.json: networks[0].secret: expected no secret in a network that is "open", found one',
  ],
  [
    'no access points',
    withNetwork({ accessPoints: [] }),
    'f.json: networks[0].accessPoints: expected a list of at least 1, found an empty list',
  ],
  [
    'a BSSID of zeros',
    withAccessPoint({ bssid: '00:00:00:00:00:00' }),
    'f.json: networks[0].accessPoints[0].bssid: expected a BSSID like 02:00:00:00:00:01 (not all zero, second digit even), found "00:00:00:00:00:00"',
  ],
  [
    'the BSSID of a group',
    withAccessPoint({ bssid: '03:00:00:00:00:01' }),
    'f.json: networks[0].accessPoints[0].bssid: expected a BSSID like 02:00:00:00:00:01 (not all zero, second digit even), found "03:00:00:00:00:01"',
  ],
  [
    'a frequency between two channels',
    withAccessPoint({ channel: undefined, frequency: 5241 }),
    'f.json: networks[0].accessPoints[0].frequency: expected the centre of a 20 MHz channel in MHz, such as 5240, found 5241',
  ],
  [
    'elements with another SSID',
    withAccessPoint({ elements: '0005416e646572' }),
    `f.json: networks[0].accessPoints[0].elements: expected elements with the SSID "x", found the SSID "Ander"`,
  ],
  [
    'a NUL in a name',
    withInterface({ name: 'wlan0\0' }),
    'f.json: interfaces[0].name: expected a name of 1 to 64 printable characters, found "wlan0\\u0000"',
  ],
  [
    'one BSSID twice',
    withNetwork({ accessPoints: [accessPoint, { ...accessPoint, bssid: '02-00-00-00-00-01' }] }),
    'f.json: networks[0].accessPoints[1].bssid: expected a BSSID of its own, found "02-00-00-00-00-01"',
  ],
  [
    'a channel that there is not',
    withAccessPoint({ channel: 37 }),
    'f.json: networks[0].accessPoints[0].channel: expected a 20 MHz channel of the 5 GHz band, found 37',
  ],
  [
    'a channel in another band',
    withAccessPoint({ channel: 36, band: '2.4' }),
    'f.json: networks[0].accessPoints[0].channel: expected a 20 MHz channel of the 2.4 GHz band, found 36',
  ],
  [
    'a channel and a frequency',
    withAccessPoint({ frequency: 2412 }),
    'f.json: networks[0].accessPoints[0]: expected exactly one of "channel", "frequency", found "channel", "frequency"',
  ],
  [
    'a frequency in kHz',
    withAccessPoint({ channel: undefined, frequency: 2412000 }),
    'f.json: networks[0].accessPoints[0].frequency: expected a whole number from 2400 to 7125 (MHz), found 2412000',
  ],
  [
    'a signal in percent',
    withAccessPoint({ signal: 70 }),
    'f.json: networks[0].accessPoints[0].signal: expected a whole number from -128 to 0 (dBm), found 70',
  ],
  [
    'a broken signal',
    withAccessPoint({ signal: -50.5 }),
    'f.json: networks[0].accessPoints[0].signal: expected a whole number from -128 to 0 (dBm), found -50.5',
  ],
  [
    'elements that are cut off',
    withAccessPoint({ elements: '000178dd' }),
    'f.json: networks[0].accessPoints[0].elements: expected whole information elements, found an element cut off at byte 3',
  ],
  [
    'elements that are not hex, abbreviated',
    withAccessPoint({ elements: 'z'.repeat(100) }),
    `f.json: networks[0].accessPoints[0].elements: expected information elements in hex, 2304 bytes at most, found "${'z'.repeat(60)}…"`,
  ],
  [
    'an access point that nobody can see',
    withAccessPoint({ seenBy: ['wlan0', 'wlan1'] }),
    'f.json: networks[0].accessPoints[0].seenBy[1]: expected the name or id of one of the interfaces, found "wlan1"',
  ],
  [
    'a network that nobody can see, once for all of its access points',
    withNetwork({
      seenBy: ['eth0'],
      accessPoints: [accessPoint, { ...accessPoint, bssid: '02:00:00:00:00:02' }],
    }),
    'f.json: networks[0].seenBy[0]: expected the name or id of one of the interfaces, found "eth0"',
  ],
  [
    'two interfaces of one name',
    { ...good, interfaces: [{ name: 'wlan0' }, { name: 'wlan0' }] },
    'f.json: interfaces[1].name: expected a name of its own, found "wlan0"',
  ],
  [
    'two interfaces of one id',
    { ...good, interfaces: [{ name: 'a' }, { name: 'b', id: '{A}' }] },
    'f.json: interfaces[1].id: expected an id of its own, found "{A}"',
  ],
  [
    'a link to an unknown network',
    withInterface({ link: { ssid: 'y' } }),
    'f.json: interfaces[0].link.ssid: expected the SSID of one of the networks, found "y"',
  ],
  [
    'a link to an access point of another network',
    withInterface({ link: { ssid: 'x', bssid: '02:00:00:00:00:09' } }),
    'f.json: interfaces[0].link.bssid: expected the BSSID of an access point of that network, found "02:00:00:00:00:09"',
  ],
  [
    'a scan of more than a week',
    withInterface({ scanDuration: 1e9 }),
    'f.json: interfaces[0].scanDuration: expected a whole number from 0 to 604800000 (ms), found 1000000000',
  ],
  [
    'a flag that is a word',
    withInterface({ present: 'no' }),
    'f.json: interfaces[0].present: expected true or false, found "no"',
  ],
  [
    'a step that does something unknown',
    withSteps({ at: 0, do: 'service.sleeps' }),
    'f.json: timeline[0].do: expected one of "network.appears", "network.vanishes", "network.fades", "interface.arrives", "interface.leaves", "user.connects", "user.disconnects", "user.scans", "connect.fails", "connect.slows", "connect.hangs", "disconnect.fails", "disconnect.slows", "disconnect.hangs", "scan.fails", "scan.slows", "scan.hangs", "service.dies", "service.returns", found "service.sleeps"',
  ],
  [
    'a step without a time',
    withSteps({ do: 'service.dies' }),
    'f.json: timeline[0]: expected exactly one of "at", "after", found none of them',
  ],
  [
    'a step that is no object',
    { ...good, timeline: [null] },
    'f.json: timeline[0]: expected a step, found null',
  ],
  [
    'a step after an unknown event',
    withSteps({ after: { event: 'rain' }, do: 'service.dies' }),
    'f.json: timeline[0].after.event: expected one of "scan", "connected", "disconnected", "connect.failed", "step", found "rain"',
  ],
  [
    'a step after an unknown step',
    withSteps({ after: { event: 'step', step: 'a' }, do: 'service.dies' }),
    'f.json: timeline[0].after.step: expected the name of another step, found "a"',
  ],
  [
    'steps that wait for each other',
    withSteps(
      { name: 'a', after: { event: 'step', step: 'b' }, do: 'service.dies' },
      { name: 'b', after: { event: 'step', step: 'a' }, do: 'service.returns' },
    ),
    'f.json: timeline[0].after.step: expected a step that does not wait for this one, found "b"',
    'f.json: timeline[1].after.step: expected a step that does not wait for this one, found "a"',
  ],
  [
    'a step that waits for some that wait for each other',
    withSteps(
      { name: 'a', after: { event: 'step', step: 'b' }, do: 'service.dies' },
      { name: 'b', after: { event: 'step', step: 'a' }, do: 'service.returns' },
      { name: 'c', after: { event: 'step', step: 'a' }, do: 'service.dies' },
    ),
    'f.json: timeline[0].after.step: expected a step that does not wait for this one, found "b"',
    'f.json: timeline[1].after.step: expected a step that does not wait for this one, found "a"',
  ],
  [
    'two steps of one name',
    withSteps({ name: 'a', at: 0, do: 'service.dies' }, { name: 'a', at: 1, do: 'service.returns' }),
    'f.json: timeline[1].name: expected a name of its own, found "a"',
  ],
  [
    'a step about an unknown network',
    withSteps({ at: 0, do: 'network.vanishes', ssidHex: '79' }),
    'f.json: timeline[0].ssidHex: expected the SSID of one of the networks, found "79"',
  ],
  [
    'a step about an unknown access point',
    withSteps({ at: 0, do: 'network.vanishes', bssid: '02:00:00:00:00:02' }),
    'f.json: timeline[0].bssid: expected the BSSID of one of the access points, found "02:00:00:00:00:02"',
  ],
  [
    'a step about nothing',
    withSteps({ at: 0, do: 'network.vanishes' }),
    'f.json: timeline[0]: expected exactly one of "ssid", "ssidHex", "bssid", found none of them',
  ],
  [
    'a step of one of several interfaces',
    { ...withSteps({ at: 0, do: 'user.scans' }), interfaces: [{ name: 'a' }, { name: 'b' }] },
    'f.json: timeline[0].interface: expected the name of an interface, since there are several, found nothing',
  ],
  [
    'a fault that lasts in two ways',
    withSteps({ at: 0, do: 'connect.hangs', times: 1, for: 1 }),
    'f.json: timeline[0]: expected at most one of "times", "for", found "times", "for"',
  ],
  [
    'a connect that fails without a reason',
    withSteps({ at: 0, do: 'connect.fails' }),
    'f.json: timeline[0].reason: expected one of "wrong key", "network not found", "rejected", "timed out", found nothing',
  ],
  [
    'an instant scan that hangs',
    withSteps({ at: 0, do: 'scan.hangs' }),
    'f.json: timeline[0].interface: expected an interface whose scans take time, found instant scans',
  ],
  [
    'an instant scan of a named interface that slows',
    {
      ...withSteps({ at: 0, do: 'scan.slows', by: 5, interface: 'b' }),
      interfaces: [{ name: 'a', scanDuration: 5 }, { name: 'b' }],
    },
    'f.json: timeline[0].interface: expected an interface whose scans take time, found instant scans',
  ],
];

/** What is wrong, the text, and what is said about it. */
const brokenTexts: readonly (readonly [string, string, string])[] = [
  ['nothing', '', 'line 1, column 1: expected valid JSON, found the end of the text'],
  [
    'an object that is not closed',
    '{\n  "seed": 1,\n',
    'line 3, column 1: expected valid JSON, found the end of the text',
  ],
  ['a comma too much', '{\n  "seed": 1,\n}', 'line 3, column 1: expected valid JSON, found something else'],
  ['a missing comma', '[1 2]', 'line 1, column 4: expected valid JSON, found something else'],
  ['a comment', '{} // nothing', 'line 1, column 4: expected valid JSON, found something else'],
  ['a word', '{"secret": hush}', 'line 1, column 12: expected valid JSON, found something else'],
  [
    'a text that is not closed',
    '{"secret": "hush, hush}',
    'line 1, column 12: expected valid JSON, found something else',
  ],
  ['a text over two lines', '["a\nb"]', 'line 1, column 2: expected valid JSON, found something else'],
  ['a missing colon', '{"a" 1}', 'line 1, column 6: expected valid JSON, found something else'],
  [
    'a wrong bracket',
    '{"a": [1, {}, [], "\\u00e9", -1.5e+3, true}',
    'line 1, column 42: expected valid JSON, found something else',
  ],
  [
    'brackets without end',
    '['.repeat(100_000),
    'line 1, column 100001: expected valid JSON, found the end of the text',
  ],
];

const line = {
  SSID: '78',
  BSSID: '020000000001',
  Frequency: 2412,
  Signal: -20,
  IEs: '000178',
  Privacy: false,
};

/** What is wrong with the second line of a capture, that line, and what is said about it. */
const brokenLines: readonly (readonly [string, string, ...string[]])[] = [
  ['no JSON', '{"SSID":', 'line 2: column 9: expected valid JSON, found the end of the text'],
  ['no object', '3', 'line 2: expected an access point as a JSON object, found 3'],
  [
    'several wrong fields',
    JSON.stringify({ ...line, SSID: 'x', BSSID: '2', Frequency: '2412', Signal: 5, IEs: '', Privacy: 0 }),
    'line 2: SSID: expected an SSID of 0 to 32 bytes in hex, found "x"',
    'line 2: BSSID: expected a BSSID in hex: 020000000001, found "2"',
    'line 2: Frequency: expected a whole number from 2400 to 7125 (MHz), found "2412"',
    'line 2: Signal: expected a whole number from -128 to 0 (dBm), found 5',
    'line 2: IEs: expected information elements in hex, 2304 bytes at most, found ""',
    'line 2: Privacy: expected true or false, found 0',
  ],
  [
    'elements that are cut off',
    JSON.stringify({ ...line, IEs: '0001783014' }),
    'line 2: IEs: expected whole information elements, found an element cut off at byte 3',
  ],
  [
    'a bad secret, without showing it',
    JSON.stringify({ ...line, secret: 'hush' }),
    `line 2: secret: expected ${secret}, found [secret]`,
  ],
];

describe('a scenario file', () => {
  it('is read when it is right', () => {
    expect(saidOf(good)).to.deep.equal([]);
    expect(said(`\ufeff${JSON.stringify(good)}`)).to.deep.equal([]);
  });

  for (const name of readdirSync(new URL('../../../docs/examples/', import.meta.url))) {
    if (!name.endsWith('.json')) continue;
    it(`is read as it stands in docs/examples/${name}`, () => {
      const text = readFileSync(new URL(`../../../docs/examples/${name}`, import.meta.url), 'utf8');
      expect(said(text)).to.deep.equal([]);
    });
  }

  it('may be a capture, of which lines without anything are none', () => {
    const capture = JSON.stringify(line);
    for (const text of [capture, ` \n\n${capture}\n`, `${capture}\r\n  \r\n`])
      expect(said(text), JSON.stringify(text)).to.deep.equal([]);
    expect(said('')).to.have.length(1);
  });

  it('is read as it stands in docs/scenarios.md', () => {
    const page = readFileSync(new URL('../../../docs/scenarios.md', import.meta.url), 'utf8');
    const example = /```json\n(.*?)```/s.exec(page)?.[1] ?? '';
    expect(said(example)).to.deep.equal([]);
  });

  for (const [what, file, ...sentences] of mistakes) {
    it(`is refused for ${what}`, () => {
      expect(saidOf(file)).to.deep.equal(sentences);
    });
  }

  for (const [what, text, sentence] of brokenTexts) {
    it(`is refused as text for ${what}`, () => {
      expect(said(text)).to.deep.equal([`f.json: ${sentence}`]);
    });
  }

  for (const [what, text, ...sentences] of brokenLines) {
    it(`is refused as a capture for ${what}`, () => {
      expect(said(`${JSON.stringify(line)}\n${text}\n`)).to.deep.equal(
        sentences.map((sentence) => `f.json: ${sentence}`),
      );
    });
  }

  it('may have an access point whose elements say what its security is', () => {
    const elements = '00017830140100000fac040100000fac040100000fac020000';
    expect(
      saidOf(
        withNetwork({
          security: undefined,
          secret: 'hush, hush',
          accessPoints: [{ ...accessPoint, elements }],
        }),
      ),
    ).to.deep.equal([]);
  });
});

describe('a number in a scenario file', () => {
  const week = 604_800_000;
  const step = (parts: object) => withSteps({ do: 'network.fades', ssid: 'x', to: -50, ...parts });
  const fault = (parts: object) => withSteps({ at: 0, do: 'connect.fails', reason: 'rejected', ...parts });
  const edges: readonly (readonly [string, (value: unknown) => unknown, number, number])[] = [
    ['seed', (seed) => ({ ...good, seed }), 0, 0xffff_ffff],
    ['dB of the jitter', (dB) => ({ ...good, jitter: { dB, every: 1000 } }), 1, 20],
    ['period of the jitter', (every) => ({ ...good, jitter: { dB: 3, every } }), 100, 3_600_000],
    ['signal', (signal) => withAccessPoint({ signal }), -128, 0],
    ['beacon interval', (beaconInterval) => withAccessPoint({ beaconInterval }), 1, 65_535],
    ['6 GHz channel', (channel) => withAccessPoint({ channel, band: '6' }), 1, 233],
    ['2.4 GHz channel', (channel) => withAccessPoint({ channel, band: '2.4' }), 1, 14],
    ['time of a scan', (scanDuration) => withInterface({ scanDuration }), 0, week],
    ['time of a connect', (connectDuration) => withInterface({ connectDuration }), 0, week],
    ['time of a step', (at) => step({ at }), 0, week],
    ['time of a fade', (over) => step({ at: 0, over }), 0, week],
    ['target of a fade', (to) => step({ at: 0, to }), -128, 0],
    ['delay of a step', (delay) => step({ after: { event: 'scan', delay } }), 0, week],
    ['number of events', (count) => step({ after: { event: 'scan', count } }), 1, 1_000_000],
    ['number of faults', (times) => fault({ times }), 1, 1_000_000],
    ['time of a fault', (time) => fault({ for: time }), 0, week],
    ['status of a fault', (status) => fault({ status }), 1, 0xffff],
  ];
  for (const [what, file, lowest, highest] of edges)
    it(`may be a ${what} from ${lowest} to ${highest}, and nothing else`, () => {
      for (const value of [lowest, highest]) expect(saidOf(file(value)), String(value)).to.deep.equal([]);
      for (const value of [lowest - 1, highest + 1, lowest + 0.5, String(lowest)])
        expect(saidOf(file(value)), String(value)).to.have.length(1);
    });

  it('may be a frequency of a channel in MHz, and nothing else', () => {
    const of = (frequency: number) => withAccessPoint({ channel: undefined, frequency });
    for (const frequency of [2412, 2484, 5180, 5955, 7115]) expect(saidOf(of(frequency))).to.deep.equal([]);
    for (const frequency of [2399, 2400, 2413, 7125, 7126]) expect(saidOf(of(frequency))).to.have.length(1);
  });
});

describe('a text in a scenario file', () => {
  const hex = (bytes: number) => 'ab'.repeat(bytes);
  /** Elements of so many bytes: an SSID of one byte, and vendors' elements. */
  const elements = (size: number) => {
    let text = '000178';
    for (let left = size - 3; left > 0; ) {
      const body = Math.min(255, left - 2 - (left - 257 === 1 ? 1 : 0));
      text += `dd${body.toString(16).padStart(2, '0')}${hex(body)}`;
      left -= 2 + body;
    }
    return text;
  };
  for (const [what, right, wrong] of [
    ['an SSID in hex', [hex(1), hex(32)], ['', 'a', hex(33), 'xx']],
    ['an SSID', ['x', 'y'.repeat(32), 'é'.repeat(16)], ['', 'y'.repeat(33), 'é'.repeat(17), 'a\0']],
    ['a secret', ['12345678', '~'.repeat(63), 'aF'.repeat(32)], ['1234567', ' '.repeat(65), 'x\u007f345678']],
    ['elements', [elements(3), elements(2304)], ['0', elements(2305), '00']],
    ['a name', ['w', 'w'.repeat(64)], ['', 'w'.repeat(65), 'a\u0007']],
  ] as const)
    it(`is ${what} of so many characters, and no more`, () => {
      const file = (text: string): unknown => {
        if (what === 'an SSID in hex') return withNetwork({ ssid: undefined, ssidHex: text });
        if (what === 'an SSID') return withNetwork({ ssid: text });
        if (what === 'a secret') return withNetwork({ security: 'wpa2-psk', secret: text });
        if (what === 'elements') return withAccessPoint({ elements: text });
        return { ...good, interfaces: [{ name: text }] };
      };
      for (const text of right) expect(saidOf(file(text)), text).to.deep.equal([]);
      for (const text of wrong) expect(saidOf(file(text)), text).to.have.length(1);
    });
});

describe('what a scenario file leaves out', () => {
  const read = (file: unknown): Scenario => {
    const result = loadScenario(JSON.stringify(file), 'f.json');
    if (!isRight(result)) throw new Error(result.left.join('\n'));
    return result.right;
  };

  it('is the band of its channel: 2.4 GHz up to 14, and 5 GHz from there on', () => {
    const of = (channel: number, band?: string) =>
      read(withAccessPoint({ channel, band })).networks[0]?.accessPoints[0]?.frequency;
    expect([of(1), of(14), of(36), of(1, '6')]).to.deep.equal([2_412_000, 2_484_000, 5_180_000, 5_955_000]);
    expect(saidOf(withAccessPoint({ channel: 15 }))).to.deep.equal([
      'f.json: networks[0].accessPoints[0].channel: expected a 20 MHz channel of the 5 GHz band, found 15',
    ]);
  });

  it('is what most hosts and networks are like', () => {
    const { interfaces, networks, timeline, seed, jitter } = read(good);
    expect(isSome(seed) || isSome(jitter)).to.equal(false);
    expect(timeline).to.deep.equal([]);
    expect(interfaces[0]).to.deep.include({
      id: 'wlan0',
      name: 'wlan0',
      present: true,
      scanDuration: 0,
      connectDuration: 0,
      disconnectDuration: 0,
    });
    expect([...(interfaces[0]?.supports ?? [])]).to.deep.equal(['open', 'wpa2-psk', 'wpa3-sae']);
    expect(networks[0]).to.include({ ssid: 'x', hidden: false });
    expect(networks[0]?.accessPoints[0]).to.include({ beaconInterval: 100, seenBy: 'all', present: true });
  });

  it('is said of the network where it is not said of the access point', () => {
    const of = (network: object, point: object) =>
      read(withNetwork({ ...network, accessPoints: [{ ...accessPoint, ...point }] })).networks[0]
        ?.accessPoints[0]?.present;
    expect([of({ present: false }, {}), of({ present: false }, { present: true })]).to.deep.equal([
      false,
      true,
    ]);
  });

  it('of a step is how often and how long: once, without delay', () => {
    const steps = read(
      withSteps(
        { at: 5, do: 'network.fades', ssid: 'x', to: -60 },
        { after: { event: 'scan' }, do: 'connect.fails', reason: 'rejected' },
        { at: 6, do: 'scan.fails', for: 500 },
      ),
    ).timeline;
    expect(steps.map(({ when }) => ('at' in when ? when.at : [when.delay, when.after]))).to.deep.equal([
      5,
      [0, { event: 'scan', interface: { _tag: 'None' }, ssid: { _tag: 'None' }, count: 1 }],
      6,
    ]);
    const [fades, connect, scan] = steps.map(({ action }) => action);
    expect(fades).to.include({ to: -60, over: 0 });
    expect(connect).to.have.nested.property('scope.lasting').that.deep.equals({ times: 1 });
    expect(scan).to.have.nested.property('scope.lasting').that.deep.equals({ milliseconds: 500 });
    expect(scan).to.have.nested.property('fault.refused', false);
  });
});
