import { expect } from 'chai';
import * as E from 'fp-ts/lib/Either.js';
import { silentLog } from '../../../actors/application/log.js';
import {
  decodeInput,
  InvalidInputError,
  type ProxyWifiInput,
  reconfigured,
} from '../../../actors/application/settings.js';
import { settingsTable } from '../../../actors/application/settings-table.js';
import { parseGuestId, systemClock } from '../../../index.js';
import { defaultNotificationPort, defaultRequestPort } from '../../../native/sockets/endpoint.js';
import { right } from '../../protocol/either.js';

const least = { endpoints: ['tcp://127.0.0.1'] };

const problemsWith = (input: unknown): readonly string[] => {
  const decoded = decodeInput(input);
  return decoded._tag === 'Left' ? decoded.left : [];
};

const endpointForm =
  'an endpoint URL such as tcp://127.0.0.1, unix:///run/vm1.vsock, vsock://3 or hvsocket://<vm id>';
const guestForm = 'a guest such as tcp://127.0.1.7, unix:///run/vm1.vsock, vsock://3 or hvsocket://<vm id>';
const radios =
  'one of "host", "wpa_supplicant", "networkmanager", "simulated", "none", { scenario } or a radio back end';
const drivers = 'one of "with-scan-complete", "without-scan-complete"';
const nothing = (): void => undefined;
const log = 'a logger with isLevelEnabled, debug, info, warn and error';

/** Field, wrong value, and the sentence about it. */
const wrong: readonly (readonly [keyof ProxyWifiInput, unknown, string])[] = [
  ['endpoints', undefined, 'endpoints: expected a list of at least 1 endpoint, found nothing'],
  [
    'endpoints',
    'tcp://127.0.0.1',
    'endpoints: expected a list of at least 1 endpoint, found "tcp://127.0.0.1"',
  ],
  ['endpoints', [], 'endpoints: expected a list of at least 1 endpoint, found an empty list'],
  ['endpoints', ['tcp://127.0.0.1', 'ftp://x'], `endpoints[1]: expected ${endpointForm}, found "ftp://x"`],
  ['endpoints', [7], `endpoints[0]: expected ${endpointForm}, found 7`],
  [
    'endpoints',
    ['tcp://127.0.0.1:70000'],
    'endpoints[0]: expected tcp://ADDRESS[:PORT] (an IPv6 address in brackets, a port from 0 to 65535), found "tcp://127.0.0.1:70000"',
  ],
  [
    'endpoints',
    ['tcp://localhost', 'vsock://3', 'tcp://127.0.0.1'],
    'endpoints[2]: expected each endpoint once, found "tcp://127.0.0.1"',
  ],
  [
    'endpoints',
    ['tcp://0.0.0.0'],
    'endpoints[0]: expected a list of who may connect (allow, --allow) beside an address that everybody reaches; "any" on it is everybody, found "tcp://0.0.0.0"',
  ],
  [
    'endpoints',
    ['tcp://[::]:1'],
    'endpoints[0]: expected a list of who may connect (allow, --allow) beside an address that everybody reaches; "any" on it is everybody, found "tcp://[::]:1"',
  ],
  ['radio', 'wifi', `radio: expected ${radios}, found "wifi"`],
  ['radio', { name: 'mine' }, `radio: expected ${radios}, found an object`],
  ['radio', { scenario: {}, seed: 1 }, `radio: expected ${radios}, found an object`],
  ['fakeNetworks', [], 'fakeNetworks: expected a function, found an empty list'],
  ['observer', 'me', 'observer: expected an object with hooks, found "me"'],
  ['observer', { hostConnected: 1 }, 'observer.hostConnected: expected a function, found 1'],
  ['allow', [], 'allow: expected a list of at least 1 guest, found an empty list'],
  ['allow', ['nobody'], `allow[0]: expected ${guestForm}, or any, found "nobody"`],
  [
    'allow',
    ['127.0.1.7', 'vsock://3'],
    'allow[1]: expected a guest that one of the endpoints can let in, found "vsock://3"',
  ],
  ['requestPort', 65_536, 'requestPort: expected a whole number from 0 to 65535, found 65536'],
  ['requestPort', '80', 'requestPort: expected a whole number from 0 to 65535, found "80"'],
  ['requestPort', 12_346, 'notificationPort: expected another port than that for requests, found 12346'],
  ['notificationPort', 0, 'notificationPort: expected a whole number from 1 to 65535, found 0'],
  ['notificationPort', 1.5, 'notificationPort: expected a whole number from 1 to 65535, found 1.5'],
  ['scanInterval', -1, 'scanInterval: expected a whole number from 0 to 3600000 (ms), found -1'],
  ['scanInterval', '5s', 'scanInterval: expected a whole number from 0 to 3600000 (ms), found "5s"'],
  ['driver', 'new', `driver: expected ${drivers}, found "new"`],
  ['guests', [], 'guests: expected settings by guest, found an empty list'],
  [
    'guests',
    { 'vsock://3': { driver: 'old' } },
    `guests["vsock://3"].driver: expected ${drivers}, found "old"`,
  ],
  [
    'guests',
    { 'vsock://3': { drivr: 'without-scan-complete' } },
    'guests["vsock://3"].drivr: expected one of the fields "driver", found an unknown field',
  ],
  ['guests', { nobody: {} }, `guests.nobody: expected ${guestForm}, found "nobody"`],
  ['contention', 'none-wins', 'contention: expected one of "first-wins", "last-wins", found "none-wins"'],
  ['notifyDisconnected', 'yes', 'notifyDisconnected: expected true or false, found "yes"'],
  ['disconnectOnStop', 1, 'disconnectOnStop: expected true or false, found 1'],
  ['restoreHostConnection', null, 'restoreHostConnection: expected true or false, found null'],
  ['backlog', 0, 'backlog: expected a whole number from 1 to 1024 (connections), found 0'],
  ['maximumGuests', 65_537, 'maximumGuests: expected a whole number from 1 to 65536 (guests), found 65537'],
  ['log', console.log, `log: expected ${log}, found a function`],
  ['log', { isLevelEnabled: () => true, info: () => undefined }, `log: expected ${log}, found an object`],
  ['metrics', {}, 'metrics: expected a metrics sink with count and requestAnswered, found an object'],
  ['frameTap', true, 'frameTap: expected a function, found true'],
  ['clock', {}, 'clock: expected a clock with now, elapsed, setTimeout and clearTimeout, found an object'],
  ['random', 0.5, 'random: expected a function, found 0.5'],
];

describe('the input of the root actor', () => {
  describe('a mistake is one sentence with the path, the value and what was expected', () => {
    for (const [field, value, sentence] of wrong)
      it(sentence, () => {
        expect(problemsWith({ ...least, [field]: value })).to.deep.equal([sentence]);
      });

    it('names what is unknown, and what there is', () => {
      const [problem, ...more] = problemsWith({ ...least, endpoint: 'tcp://127.0.0.1' });
      expect(problem).to.match(
        /^endpoint: expected one of the fields "endpoints", "radio", "fakeNetworks".*found an unknown field$/,
      );
      expect(more).to.deep.equal([]);
    });

    it('says what is missing from something that is no object', () => {
      for (const [input, found] of [
        [undefined, 'nothing'],
        [null, 'null'],
        ['tcp://127.0.0.1', '"tcp://127.0.0.1"'],
      ] as const)
        expect(problemsWith(input)).to.deep.equal([
          `expected an object with at least endpoints, found ${found}`,
        ]);
    });

    it('reports every problem at once', () => {
      expect(problemsWith({ endpoints: [], backlog: 0, radio: 'wifi' })).to.have.length(3);
    });

    it('shows the beginning of long texts only, and never the inside of an object', () => {
      const [long] = problemsWith({ ...least, radio: 'x'.repeat(500) });
      expect(long).to.include(`"${'x'.repeat(60)}…"`);
      const [object] = problemsWith({ ...least, driver: { passphrase: 'fish and chips' } });
      expect(object).to.match(/found an object$/);
    });

    it('a misspelt hook is found, but not what else a class has that observes', () => {
      const hook = () => undefined;
      const [problem, ...more] = problemsWith({ ...least, observer: { hostConected: hook } });
      expect(problem).to.match(
        /^observer\.hostConected: expected one of the fields "guestScanRequested".*found an unknown field$/,
      );
      expect(more).to.deep.equal([]);
      class Watcher {
        readonly seen: string[] = [];
        hostConnected(): void {
          this.seen.push('connected');
        }
      }
      expect(problemsWith({ ...least, observer: new Watcher() })).to.deep.equal([]);
    });

    for (const [field, whole, sentence] of [
      ['log', silentLog, log],
      [
        'metrics',
        { count: nothing, requestAnswered: nothing },
        'a metrics sink with count and requestAnswered',
      ],
      [
        'clock',
        { ...systemClock, idle: undefined },
        'a clock with now, elapsed, setTimeout and clearTimeout',
      ],
    ] as const)
      it(`${sentence} is taken, and none that lacks one of them`, () => {
        expect(problemsWith({ ...least, [field]: whole })).to.deep.equal([]);
        for (const method of Object.keys(whole).filter((name) => name !== 'idle'))
          for (const half of [undefined, 'not a function'])
            expect(problemsWith({ ...least, [field]: { ...whole, [method]: half } }), method).to.deep.equal([
              `${field}: expected ${sentence}, found an object`,
            ]);
      });

    it('the error has all sentences', () => {
      const error = new InvalidInputError(['a: wrong', 'b: wrong']);
      expect(error.message).to.equal('proxy-wifi input: a: wrong; b: wrong');
      expect(error.problems).to.deep.equal(['a: wrong', 'b: wrong']);
    });
  });

  describe('defaults', () => {
    it('are filled in', () => {
      const settings = right(decodeInput(least));
      expect(settings).to.include({
        radio: 'none',
        fakeNetworks: undefined,
        allow: null,
        requestPort: defaultRequestPort,
        notificationPort: defaultNotificationPort,
        scanInterval: 5000,
        contention: 'first-wins',
        notifyDisconnected: true,
        disconnectOnStop: false,
        restoreHostConnection: false,
        backlog: 16,
        maximumGuests: 1024,
        clock: systemClock,
        random: Math.random,
      });
      expect([defaultRequestPort, defaultNotificationPort]).to.deep.equal([12345, 12346]);
      expect(settings.endpoints).to.deep.equal([{ scheme: 'tcp', host: '127.0.0.1', port: undefined }]);
      expect(settings.log.isLevelEnabled('error')).to.equal(false);
    });

    it('are each within what may be given, to the last number', () => {
      const numbers: readonly (readonly [
        keyof ProxyWifiInput,
        least: number,
        most: number,
        number | undefined,
      ])[] = [
        ['hookTime', 10, 15_000, 5000],
        ['changesPerMinute', 1, 600, undefined],
        ['requestPort', 0, 65_535, 12_345],
        ['notificationPort', 1, 65_535, 12_346],
        ['scanInterval', 0, 3_600_000, 5000],
        ['goneAfter', 0, 3_600_000, 60_000],
        ['backlog', 1, 1024, 16],
        ['maximumGuests', 1, 65_536, 1024],
      ];
      for (const [name, lowest, most, otherwise] of numbers) {
        for (const value of [lowest, most])
          expect(right(decodeInput({ ...least, [name]: value })), name).to.have.property(name, value);
        for (const value of [lowest - 1, most + 1])
          expect(problemsWith({ ...least, [name]: value }), `${name} ${value}`).to.have.length(1);
        expect(right(decodeInput(least)), name).to.have.property(name, otherwise);
      }
    });

    it('are nothing more than that where they are yes or no', () => {
      const { mirrorOnly, refuseOpenNetworks, unsave, observer, guests } = right(decodeInput(least));
      expect({ mirrorOnly, refuseOpenNetworks, unsave }).to.deep.equal({
        mirrorOnly: false,
        refuseOpenNetworks: false,
        unsave: true,
      });
      expect([observer, guests.size]).to.deep.equal([{}, 0]);
    });

    it('an option that is undefined counts as left out', () => {
      expect(right(decodeInput({ ...least, backlog: undefined })).backlog).to.equal(16);
    });

    it('the driver’s format is the guest’s own, else the general one, else with scan_complete', () => {
      const guest = (text: string) => right(parseGuestId(text));
      const named = right(
        decodeInput({
          ...least,
          guests: { '127.0.1.7': { driver: 'without-scan-complete' }, 'vsock://3': {} },
        }),
      );
      expect(named.driverOf(guest('tcp://127.0.1.7'))).to.equal('without-scan-complete');
      expect(named.driverOf(guest('vsock://3'))).to.equal('with-scan-complete');
      const general = right(decodeInput({ ...least, driver: 'without-scan-complete' }));
      expect(general.driverOf(guest('vsock://3'))).to.equal('without-scan-complete');
    });

    it('guests on the allow-list are one guest in whatever spelling', () => {
      const endpoints = ['tcp://127.0.0.1', 'vsock://any'];
      const { allow } = right(
        decodeInput({ endpoints, allow: ['127.0.1.7', 'tcp://127.0.1.7', 'vsock://3'] }),
      );
      expect([...(allow ?? [])]).to.deep.equal(['tcp://127.0.1.7', 'vsock://3']);
    });

    it('everybody may be let in on purpose, on an address that everybody reaches', () => {
      const { allow } = right(decodeInput({ endpoints: ['tcp://0.0.0.0'], allow: ['any'] }));
      expect(allow).to.equal(null);
    });
  });
});

describe('settings that are other ones while the service runs', () => {
  const current = right(decodeInput({ ...least, backlog: 3 }));
  const values: Readonly<Record<string, unknown>> = {
    ...{ mirrorOnly: true, allowSsids: ['x'], allowSsidsHex: ['78'], denySsids: ['x'], denySsidsHex: ['78'] },
    ...{ refuseOpenNetworks: true, changesPerMinute: 1, allow: ['127.0.1.7'], hookTime: 10, scanInterval: 0 },
    ...{ contention: 'last-wins', goneAfter: 0, notifyDisconnected: false, disconnectOnStop: true },
    ...{ backlog: 1, maximumGuests: 1 },
  };

  it('are those that take effect at once, each by itself and all together', () => {
    expect(Object.keys(settingsTable).filter((name) => name in values)).to.have.members(Object.keys(values));
    for (const [name, value] of Object.entries(values))
      expect(reconfigured(current, { [name]: value }), name).to.have.property('_tag', 'Right');
    const { allow, ...all } = right(reconfigured(current, values));
    const { allow: _, ...plain } = values;
    expect(all).to.deep.include(plain);
    expect([...(allow ?? [])]).to.deep.equal(['tcp://127.0.1.7']);
  });

  it('are none of the others, whatever they are to be', () => {
    for (const name of [...Object.keys(settingsTable).filter((each) => !(each in values)), 'nothing'])
      expect(reconfigured(current, { [name]: undefined }), name).to.deep.equal(
        E.left([`${name}: expected a setting that takes effect at once; this one needs a restart`]),
      );
  });

  it('stay as they are where they are not named, and are as where nothing is given where they are undefined', () => {
    expect(right(reconfigured(current, { goneAfter: 7 }))).to.include({ backlog: 3, goneAfter: 7 });
    expect(right(reconfigured(current, { backlog: undefined })).backlog).to.equal(16);
    expect(reconfigured(current, { backlog: 0 })).to.deep.equal(
      E.left(['backlog: expected a whole number from 1 to 1024 (connections), found 0']),
    );
  });

  it('are checked beside the others: who may connect, and the ports that stay', () => {
    expect(reconfigured(current, { allow: ['vsock://3'] })).to.deep.equal(
      E.left(['allow[0]: expected a guest that one of the endpoints can let in, found "vsock://3"']),
    );
    const open = right(decodeInput({ endpoints: ['tcp://0.0.0.0'], allow: ['any'] }));
    expect(reconfigured(open, { allow: undefined })).to.have.property('_tag', 'Left');
    expect(reconfigured(open, { backlog: 2 })).to.have.property('_tag', 'Right');
  });
});

describe('what may be given as a radio or a store', () => {
  const radio = { name: 'mine', open: { subscribe: nothing } };
  for (const [what, value, isOne] of [
    ['a radio', radio, true],
    ['one without a name', { ...radio, name: 7 }, false],
    ['one that cannot be opened', { ...radio, open: null }, false],
    ['one that opens to nothing', { ...radio, open: {} }, false],
    ['nothing', null, false],
    ['a number', 7, false],
    ['a scenario', { scenario: {} }, true],
    ['a word', 'simulated', true],
  ] as const)
    it(`${isOne ? 'is' : 'is not'} ${what}`, () => {
      expect(problemsWith({ ...least, radio: value })).to.have.length(isOne ? 0 : 1);
    });

  it('has all that a store has', () => {
    const store = { open: nothing, save: nothing, close: nothing };
    expect(problemsWith({ ...least, stateStore: store })).to.deep.equal([]);
    for (const stateStore of [null, 7, ...Object.keys(store).map((name) => ({ ...store, [name]: 7 }))])
      expect(problemsWith({ ...least, stateStore })).to.have.length(1);
  });
});
