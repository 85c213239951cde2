import { expect } from 'chai';
import fc from 'fast-check';
import * as O from 'fp-ts/lib/Option.js';
import { marksIn, withoutMarked } from '../../../native/linux/wpa-file.js';
import { type Before, markOf, nothingBefore, type UsersNetwork } from '../../../native/linux/wpa-mark.js';

/** As wpa_supplicant 2.10 writes it. */
const head = [
  'ctrl_interface=DIR=/run/wpa_supplicant GROUP=netdev',
  'update_config=1',
  'country=UY',
  '',
].join('\n');

const blockOf = (...fields: readonly string[]): string =>
  `\nnetwork={\n${fields.map((field) => `\t${field}\n`).join('')}}\n`;

const home = ['ssid="home"', 'psk="correct horse battery"', 'key_mgmt=WPA-PSK'];
const office = ['ssid=c3bc626572', 'key_mgmt=WPA-EAP', 'eap=PEAP', 'identity="proxy-wifi :1.42"'];
const never = ['ssid="never"', 'key_mgmt=NONE', 'disabled=1'];
const blob = '\nblob-base64-key={\nbmV0d29yaz17Cg==\n}\n';

const network = (number: number, ssid: string, enabled = true): UsersNetwork => ({
  path: `/Networks/${number}`,
  ssid,
  enabled,
});
const before: Before = {
  enabled: [network(0, '"home"'), network(1, 'c3bc626572')],
  current: O.some(network(0, '"home"')),
};
const mark = markOf(':1.42', before);
const ours = (itsMark = mark): string => blockOf('ssid="cafe"', 'key_mgmt=NONE', `id_str="${itsMark}"`);

describe("wpa_supplicant's configuration file", () => {
  it('without our network is the one that would have been saved without it', () => {
    const users = [home, office, never].map((fields) => blockOf(...fields));
    const saved = [
      head,
      blockOf(...home, 'disabled=1'),
      blockOf(...office, 'disabled=1'),
      blockOf(...never),
      ours(),
      blob,
    ].join('');
    expect(marksIn(saved)).to.deep.equal([mark]);
    expect(withoutMarked(saved, new Set([mark]))).to.equal([head, ...users, blob].join(''));
  });

  it('with ours before those of the user tells two of his with one name apart by their numbers', () => {
    const twice = markOf(':1.42', { enabled: [network(1, '"home"')], current: O.none });
    const saved = head + ours(twice) + blockOf(...home, 'disabled=1') + blockOf(...home, 'disabled=1');
    expect(withoutMarked(saved, new Set([twice]))).to.equal(
      head + blockOf(...home, 'disabled=1') + blockOf(...home),
    );
  });

  it('keeps the network of another service', () => {
    const [first, second] = [markOf(':1.42', nothingBefore), markOf(':1.43', nothingBefore)];
    const saved = head + ours(first) + ours(second);
    expect(marksIn(saved)).to.deep.equal([first, second]);
    expect(withoutMarked(saved, new Set([first]))).to.equal(head + ours(second));
  });

  it('keeps what only looks like ours', () => {
    const alike = [
      '# network={\n#\tid_str="proxy-wifi :1.42"\n#}\n',
      blockOf('ssid="proxy-wifi"', 'id_str="proxy-wifi"'),
      blockOf('ssid="home"', 'id_str="my proxy-wifi :1.42"'),
      blockOf('ssid="home"', `#id_str="${mark}"`),
      blockOf('ssid="home"', `id_str="${mark}"`, 'id_str="lab"'),
      `cred={\nid_str="${mark}"\n}\n`,
      `id_str="${mark}"\n`,
      `network={\nssid="cut off"\nid_str="${mark}"\n`,
    ].join('');
    expect(marksIn(alike)).to.deep.equal([]);
    expect(withoutMarked(alike, new Set([mark]))).to.equal(alike);
  });

  it('loses ours behind a network that is commented out', () => {
    const off = '# network={\n#\tssid="old"\n#}\n';
    expect(marksIn(head + off + ours())).to.deep.equal([mark]);
    expect(withoutMarked(head + off + ours(), new Set([mark]))).to.equal(head + off);
  });

  it('takes ours out however it has been written', () => {
    const odd = ` network={ \r\n  ssid="cafe"\r\n  id_str="${mark}"\r\n } \r\n`;
    for (const around of ['', 'ap_scan=1\n', '\n', '\n\n'])
      expect(withoutMarked(`${around}${odd}${blockOf(...never)}`, new Set([mark]))).to.equal(
        `${around.replace(/\n\n$|^\n$/, (ends) => ends.slice(1))}${blockOf(...never)}`,
      );
  });

  it('allows hash-to-element no longer where that was ours', () => {
    const set = `${head}sae_pwe=2\n`;
    const within = blockOf('ssid="home"', 'sae_pwe=2');
    const withIt = markOf(':1.42', nothingBefore, true);
    const without = markOf(':1.42', nothingBefore);
    expect(withoutMarked(set + within + ours(withIt), new Set([withIt]))).to.equal(head + within);
    expect(withoutMarked(set + within + ours(without), new Set([without]))).to.equal(set + within);
  });

  it('keeps a line that stands right behind a network, whatever it says', () => {
    const saved = `${head}${blockOf(...home, 'disabled=1')}disabled=1\n${ours()}`;
    expect(withoutMarked(saved, new Set([mark]))).to.equal(`${head}${blockOf(...home)}disabled=1\n`);
  });

  it('loses nothing else, whatever stands in it', () => {
    // Any bytes but those that end a line; what begins or ends a block is put in as such.
    const line = fc
      .string({
        unit: fc.integer({ min: 0, max: 255 }).map((byte) => String.fromCharCode(byte)),
        maxLength: 40,
      })
      .map((text) => text.replace(/\n/g, ''))
      .filter((text) => !/^[ \t\r]*(.*=\{|\}|)[ \t\r]*$/.test(text));
    const fields = fc.array(
      line.filter((text) => !/^\s*(id_str=|disabled=1\s*$)/.test(text)),
      { maxLength: 6 },
    );
    const piece = fc.oneof(
      line.map((text) => `${text}\n`),
      fields.map((all) => blockOf(...all)),
      fc
        .tuple(fields, fc.constantFrom('cred', 'blob-base64-x'))
        .map(([all, kind]) => `${kind}={\n${all.join('\n')}\n}\n`),
    );
    fc.assert(
      fc.property(
        fc.array(piece, { maxLength: 8 }),
        fc.nat(8),
        fc.integer({ min: 1, max: 3 }),
        (pieces, at, count) => {
          const whole = pieces.join('');
          const block = ours(markOf(':1.42', nothingBefore));
          const saved = [...pieces.slice(0, at), block.repeat(count), ...pieces.slice(at)].join('');
          const marks = new Set(marksIn(saved));
          expect([...marks]).to.deep.equal([markOf(':1.42', nothingBefore)]);
          expect(withoutMarked(saved, marks)).to.equal(whole);
        },
      ),
      { numRuns: 500 },
    );
  });
});
