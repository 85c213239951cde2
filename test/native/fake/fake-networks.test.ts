import { expect } from 'chai';
import * as E from 'fp-ts/lib/Either.js';
import { decodeFakeNetworks, type FakeNetwork } from '../../../native/fake/fake-network.js';
import { fakeNetworksBackend } from '../../../native/fake/fake-networks.js';
import type { Answer, FakeInterface } from '../../../native/radio.js';
import type { Bss } from '../../../protocol/bss.js';
import { parseElements } from '../../../protocol/elements.js';
import { advertisedSecurity, guestAuth, usableByGuest } from '../../../protocol/security.js';
import { AkmSuite, CipherSuite } from '../../../protocol/suites.js';
import { right } from '../../protocol/either.js';
import { KeptLog } from '../simulated/log.js';

const lab: FakeNetwork = { ssid: 'Lab', bssid: '02:00:00:00:00:01' };
const hall: FakeNetwork = { ssid: 'Hall', bssid: '02:00:00:00:00:02' };

/** The interface of fake networks, whatever the callback gives: a host application in JavaScript may give anything. */
const begin = (networks: () => unknown): { readonly fake: FakeInterface; readonly log: KeptLog } => {
  const log = new KeptLog();
  const found: FakeInterface[] = [];
  fakeNetworksBackend({ networks: networks as () => Answer<readonly FakeNetwork[]>, log }).open.subscribe(
    (event) => {
      if (event.type === 'interface.arrived' && event.interface.kind === 'fake') found.push(event.interface);
    },
  );
  const [fake] = found;
  if (fake === undefined) throw new Error('no interface');
  return { fake, log };
};

/** What is answered at once. */
const now = (fake: FakeInterface): readonly Bss[] => {
  const answer = fake.ask();
  if (answer instanceof Promise) throw new Error('not at once');
  return answer;
};

const ssids = (networks: readonly Bss[]): readonly string[] => networks.map(({ ssid }) => ssid);

describe('fake networks', () => {
  it('are those of one interface, there as soon as the radio is open and as long as it is', () => {
    const events: unknown[] = [];
    const backend = fakeNetworksBackend({ networks: () => [], log: new KeptLog() });
    const subscription = backend.open.subscribe({
      next: (event) => events.push(event.type === 'interface.arrived' ? event.interface.id : event.type),
      complete: () => events.push('complete'),
    });
    expect(events).to.deep.equal(['opened', '1b57e649-a1df-482f-85c2-a16063836418']);
    subscription.unsubscribe();
  });

  it('are WPA2-PSK with CCMP at -50 dBm on 5240000 kHz every 100 time units, where nothing else is said', () => {
    const [bss] = now(begin(() => [lab]).fake);
    if (bss === undefined) throw new Error('none');
    expect(bss).to.deep.include({
      ssid: 'Lab',
      bssid: '02:00:00:00:00:01',
      rssi: -50,
      frequency: 5_240_000,
      beaconInterval: 100,
      capabilities: 0x11,
    });
    const security = advertisedSecurity(bss);
    expect(security).to.deep.include({ kind: 'rsn', akms: [AkmSuite.psk], pairwise: [CipherSuite.ccmp] });
    expect(usableByGuest(security)).to.equal(true);
    expect(right(parseElements(bss.elements))[0]?.body).to.deep.equal(new TextEncoder().encode('Lab'));
  });

  it('are what is said of them', () => {
    const given = {
      ssidHex: '00ff',
      bssid: '02-00-00-00-00-AB',
      security: 'open',
      rssi: -71,
      frequency: 2_412_000,
      beaconInterval: 200,
      elements: '000200ff',
    };
    const [bss] = now(begin(() => [given]).fake);
    if (bss === undefined) throw new Error('none');
    expect({ ...bss, elements: Buffer.from(bss.elements).toString('hex') }).to.deep.equal({
      ssid: '\\x00\\xff',
      bssid: '02:00:00:00:00:ab',
      rssi: -71,
      frequency: 2_412_000,
      beaconInterval: 200,
      capabilities: 0x01,
      elements: '000200ff',
    });
    expect(guestAuth(bss)).to.equal('open');
  });

  it('are asked for anew every time', () => {
    const answers = [[lab], [lab, hall], []];
    const { fake } = begin(() => answers.shift());
    expect(ssids(now(fake))).to.deep.equal(['Lab']);
    expect(ssids(now(fake))).to.deep.equal(['Lab', 'Hall']);
    expect(ssids(now(fake))).to.deep.equal([]);
  });

  it('may come later', async () => {
    const { fake, log } = begin(async () => [lab]);
    expect(ssids(await fake.ask())).to.deep.equal(['Lab']);
    const first = await fake.ask();
    expect(await fake.ask()).to.equal(first);
    expect(log.lines).to.deep.equal([]);
  });

  it('tell when the list is another one, whoever asked: not at first, and not after a failure', () => {
    let given: unknown = [lab];
    const { fake } = begin(() => given);
    let changes = 0;
    fake.changes.subscribe(() => {
      changes++;
    });
    const changesWith = (list: unknown): number => {
      given = list;
      now(fake);
      return changes;
    };
    expect(changesWith([lab]), 'the first list').to.equal(0);
    expect(changesWith([{ ...lab }]), 'the same again').to.equal(0);
    expect(changesWith('no list')).to.equal(0);
    expect(changesWith([lab]), 'the same after a failure').to.equal(0);
    expect(changesWith([{ ...lab, rssi: -60 }])).to.equal(1);
    expect(changesWith([])).to.equal(2);
    expect(changesWith([])).to.equal(2);
  });

  describe('that did not change', () => {
    it('are the same array of the same objects, although the callback makes new ones', () => {
      const { fake } = begin(() => [{ ...lab }, { ...hall }]);
      expect(now(fake)).to.equal(now(fake));
    });

    it('are the same objects when others come, go and change places', () => {
      const answers = [
        [lab, hall],
        [hall],
        [hall, lab],
        [{ ssid: 'New', bssid: '02:00:00:00:00:03' }, hall, lab],
      ];
      const { fake } = begin(() => answers.shift());
      const [first, second] = now(fake);
      expect(now(fake)).to.deep.equal([second]);
      const [third] = now(fake);
      expect(third).to.equal(second);
      const last = now(fake);
      expect(last[1]).to.equal(second);
      expect(ssids(last)).to.deep.equal(['New', 'Hall', 'Lab']);
      expect(first?.ssid).to.equal('Lab');
    });

    it('are others as soon as the application changes the objects that it gives', () => {
      const mine: { ssid: string; bssid: string; rssi?: number; security?: string } = {
        ssid: 'Lab',
        bssid: lab.bssid,
      };
      const list = [mine, hall];
      const { fake } = begin(() => list);
      const [before, other] = now(fake);
      mine.rssi = -80;
      const [after, sameOther] = now(fake);
      expect([before?.rssi, after?.rssi]).to.deep.equal([-50, -80]);
      expect(sameOther).to.equal(other);
      mine.rssi = -81;
      expect(now(fake)[0]?.rssi).to.equal(-81);
      delete mine.rssi;
      expect(now(fake)[0]?.rssi).to.equal(-50);
      mine.security = 'nonsense';
      expect(ssids(now(fake))).to.deep.equal(['Hall']);
    });
  });

  describe('that are wrong cost one log line, and the others count', () => {
    const cases: readonly (readonly [string, unknown, string])[] = [
      ['no object', 'Lab', 'fakeNetworks[0]: expected a fake network as an object, found "Lab"'],
      ['null', null, 'fakeNetworks[0]: expected a fake network as an object, found null'],
      [
        'no SSID',
        { bssid: lab.bssid },
        'fakeNetworks[0]: expected exactly one of "ssid", "ssidHex", found none of them',
      ],
      [
        'an SSID that is too long',
        { ...lab, ssid: '€'.repeat(11) },
        'fakeNetworks[0].ssid: expected an SSID of 1 to 32 bytes of UTF-8 without NUL, found "€€€€€€€€€€€"',
      ],
      [
        'no BSSID',
        { ssid: 'Lab' },
        'fakeNetworks[0].bssid: expected a BSSID like 02:00:00:00:00:01 (not all zero, second digit even), found nothing',
      ],
      [
        'a BSSID of zeros',
        { ...lab, bssid: '00:00:00:00:00:00' },
        'fakeNetworks[0].bssid: expected a BSSID like 02:00:00:00:00:01 (not all zero, second digit even), found "00:00:00:00:00:00"',
      ],
      [
        'other security',
        { ...lab, security: 'wpa3-sae' },
        'fakeNetworks[0].security: expected one of "wpa2-psk", "open", found "wpa3-sae"',
      ],
      [
        'a frequency in MHz',
        { ...lab, frequency: 5240 },
        'fakeNetworks[0].frequency: expected a whole number from 2400000 to 7125000 (kHz), found 5240',
      ],
      [
        'the BSSID of a group',
        { ...lab, bssid: '03:00:00:00:00:00' },
        'fakeNetworks[0].bssid: expected a BSSID like 02:00:00:00:00:01 (not all zero, second digit even), found "03:00:00:00:00:00"',
      ],
      [
        'a frequency that is no channel',
        { ...lab, frequency: 5_241_000 },
        'fakeNetworks[0].frequency: expected the centre of a 20 MHz channel in kHz, such as 5240000, found 5241000',
      ],
      [
        'elements with another SSID',
        { ...lab, elements: '00034f6e65' },
        'fakeNetworks[0].elements: expected elements with the SSID "Lab", found the SSID "One"',
      ],
      [
        'a NUL in its name',
        { ...lab, ssid: 'L\0b' },
        'fakeNetworks[0].ssid: expected an SSID of 1 to 32 bytes of UTF-8 without NUL, found "L\\u0000b"',
      ],
      [
        'elements that are cut off',
        { ...lab, elements: '0003' },
        'fakeNetworks[0].elements: expected whole information elements, found an element cut off at byte 0',
      ],
      [
        'a misspelt field',
        { ...lab, 'sec urity': 'open' },
        'fakeNetworks[0]["sec urity"]: expected one of the fields "ssid", "ssidHex", "bssid", "security", "rssi", "frequency", "beaconInterval", "elements", found an unknown field',
      ],
      [
        'two mistakes',
        { ...lab, rssi: 3, beaconInterval: 0 },
        'fakeNetworks[0].rssi: expected a whole number from -128 to 0 (dBm), found 3; fakeNetworks[0].beaconInterval: expected a whole number from 1 to 65535 (time units of 1024 µs), found 0',
      ],
      [
        'an object that throws when it is read',
        Object.defineProperty({ ...lab }, 'rssi', {
          enumerable: true,
          get: () => {
            throw new Error('not today');
          },
        }),
        'fakeNetworks[0]: expected a fake network, found one that throws "not today"',
      ],
    ];
    for (const [what, entry, sentence] of cases) {
      it(`for ${what}`, () => {
        const { fake, log } = begin(() => [entry, hall]);
        expect(ssids(now(fake))).to.deep.equal(['Hall']);
        expect(log.lines).to.deep.equal([`fake network left out: ${sentence}`]);
        expect(log.facts[0]).to.have.all.keys('interfaceId', 'path', 'value', 'expected');
        now(fake);
        expect(log.lines).to.have.length(2);
      });
    }
  });

  describe('of a callback that fails cost one log line, and there are none', () => {
    const gives: readonly (readonly [string, () => unknown, string])[] = [
      ['throws', () => raise(new Error('out of order')), 'threw "out of order"'],
      ['throws something else', () => raise('a tantrum'), 'threw "a tantrum"'],
      ['rejects', () => Promise.reject(new Error('out of order')), 'rejected with "out of order"'],
      ['gives nothing', () => undefined, 'gave nothing'],
      ['gives one network', () => lab, 'gave an object'],
      ['promises nothing', () => Promise.resolve(7), 'gave 7'],
    ];
    for (const [what, callback, how] of gives) {
      it(`because it ${what}`, async () => {
        const { fake, log } = begin(callback);
        expect(await fake.ask()).to.deep.equal([]);
        expect(log.lines).to.deep.equal([`no fake networks: the callback ${how} instead of giving a list`]);
      });
    }

    it('and the next time they are there again', () => {
      let fails = false;
      const { fake } = begin(() => (fails ? raise(new Error('out of order')) : [lab]));
      const before = now(fake);
      fails = true;
      expect(now(fake)).to.deep.equal([]);
      fails = false;
      expect(now(fake)).to.equal(before);
    });
  });
});

const raise = (what: unknown): never => {
  throw what;
};

describe('a list of fake networks', () => {
  it('is taken as it is where nothing is wrong with it', () => {
    expect(decodeFakeNetworks([lab, hall])).to.deep.equal(E.right([lab, hall]));
    expect(decodeFakeNetworks([])).to.deep.equal(E.right([]));
  });

  it('is refused for everything that is wrong, with the place of each', () => {
    const said = decodeFakeNetworks(
      [lab, { ...hall, bssid: lab.bssid }, { ...hall, frequency: 2_413_000 }, hall, lab],
      'list',
    );
    expect(said).to.deep.equal(
      E.left([
        { path: 'list[1].bssid', value: '"02:00:00:00:00:01"', expected: 'a BSSID of its own' },
        {
          path: 'list[2].frequency',
          value: '2413000',
          expected: 'the centre of a 20 MHz channel in kHz, such as 5240000',
        },
        { path: 'list[4].bssid', value: '"02:00:00:00:00:01"', expected: 'a BSSID of its own' },
      ]),
    );
    expect(decodeFakeNetworks(7)).to.have.property('_tag', 'Left');
  });

  it('has frequencies of channels from 2.4 to 7.125 GHz', () => {
    const of = (frequency: number) => decodeFakeNetworks([{ ...lab, frequency }])._tag;
    expect([2_412_000, 5_240_000, 7_115_000].map(of)).to.deep.equal(['Right', 'Right', 'Right']);
    expect([2_399_999, 2_400_000, 7_125_000, 7_125_001].map(of)).to.deep.equal([
      'Left',
      'Left',
      'Left',
      'Left',
    ]);
  });
});
