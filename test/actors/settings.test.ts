import { expect } from 'chai';
import { decodeInput, InvalidInputError, type ProxyWifiInput } from '../../actors/settings.js';
import { parseGuestId, systemClock } from '../../index.js';
import { defaultNotificationPort, defaultRequestPort } from '../../native/sockets/endpoint.js';
import { right } from '../protocol/either.js';

const least = { endpoints: ['tcp://127.0.0.1'] };

const problemsWith = (input: unknown): readonly string[] => {
  const decoded = decodeInput(input);
  return decoded._tag === 'Left' ? decoded.left : [];
};

const endpointForm =
  'an endpoint URL such as tcp://127.0.0.1, unix:///run/vm1.vsock, vsock://3 or hvsocket://<vm id>';
const guestForm = 'a guest such as tcp://127.0.1.7, unix:///run/vm1.vsock, vsock://3 or hvsocket://<vm id>';
const radios =
  "'host', 'wpa_supplicant', 'networkmanager', 'simulated', 'none', { scenario } or a radio back end";
const drivers = "'with-scan-complete' or 'without-scan-complete'";

/** Field, wrong value, and the sentence about it. */
const wrong: readonly (readonly [keyof ProxyWifiInput, unknown, string])[] = [
  ['endpoints', undefined, 'endpoints: expected a list of at least one endpoint URL, got undefined'],
  [
    'endpoints',
    'tcp://127.0.0.1',
    'endpoints: expected a list of at least one endpoint URL, got "tcp://127.0.0.1"',
  ],
  ['endpoints', [], 'endpoints: expected a list of at least one endpoint URL, got a list of 0'],
  ['endpoints', ['tcp://127.0.0.1', 'ftp://x'], `endpoints[1]: expected ${endpointForm}, got "ftp://x"`],
  ['endpoints', [7], `endpoints[0]: expected ${endpointForm}, got 7`],
  ['radio', 'wifi', `radio: expected ${radios}, got "wifi"`],
  ['radio', { name: 'mine' }, `radio: expected ${radios}, got an object`],
  ['fakeNetworks', [], 'fakeNetworks: expected a function, got a list of 0'],
  ['observer', { hostConnected: 1 }, 'observer.hostConnected: expected a function, got 1'],
  ['allow', ['nobody'], `allow[0]: expected ${guestForm}, got "nobody"`],
  ['requestPort', 65_536, 'requestPort: expected a whole number from 0 to 65535, got 65536'],
  ['requestPort', '80', 'requestPort: expected a whole number from 0 to 65535, got "80"'],
  ['notificationPort', 0, 'notificationPort: expected a whole number from 1 to 65535, got 0'],
  ['notificationPort', 1.5, 'notificationPort: expected a whole number from 1 to 65535, got 1.5'],
  ['driver', 'new', `driver: expected ${drivers}, got "new"`],
  ['guests', { 'vsock://3': { driver: 'old' } }, `guests.vsock://3.driver: expected ${drivers}, got "old"`],
  ['guests', { nobody: {} }, `guests: expected ${guestForm}, got "nobody"`],
  ['contention', 'none-wins', `contention: expected 'first-wins' or 'last-wins', got "none-wins"`],
  ['notifyDisconnected', 'yes', 'notifyDisconnected: expected true or false, got "yes"'],
  ['disconnectOnStop', 1, 'disconnectOnStop: expected true or false, got 1'],
  ['restoreHostConnection', null, 'restoreHostConnection: expected true or false, got null'],
  ['backlog', 0, 'backlog: expected a whole number from 1 to 1024, got 0'],
  ['maximumGuests', 65_537, 'maximumGuests: expected a whole number from 1 to 65536, got 65537'],
  [
    'log',
    console.log,
    'log: expected a logger with isLevelEnabled, debug, info, warn and error, got a function',
  ],
  ['metrics', {}, 'metrics: expected a metrics sink with count and requestAnswered, got an object'],
  ['frameTap', true, 'frameTap: expected a function, got true'],
  ['clock', {}, 'clock: expected a clock with now, setTimeout and clearTimeout, got an object'],
  ['random', 0.5, 'random: expected a function, got 0.5'],
];

describe('the input of the root actor', () => {
  describe('a mistake is one sentence with the path, the value and what was expected', () => {
    for (const [field, value, sentence] of wrong)
      it(sentence, () => {
        expect(problemsWith({ ...least, [field]: value })).to.deep.equal([sentence]);
      });

    it('names what is unknown, and what there is', () => {
      const [problem, ...more] = problemsWith({ ...least, endpoint: 'tcp://127.0.0.1' });
      expect(problem).to.match(/^endpoint: unknown, expected one of endpoints, radio, fakeNetworks/);
      expect(more).to.deep.equal([]);
    });

    it('says what is missing from something that is no object', () => {
      for (const [input, got] of [
        [undefined, 'undefined'],
        [null, 'null'],
        ['tcp://127.0.0.1', '"tcp://127.0.0.1"'],
      ] as const)
        expect(problemsWith(input)).to.deep.equal([
          `input: expected an object with at least endpoints, got ${got}`,
        ]);
    });

    it('reports every problem at once', () => {
      expect(problemsWith({ endpoints: [], backlog: 0, radio: 'wifi' })).to.have.length(3);
    });

    it('shows the beginning of long texts only, and never the inside of an object', () => {
      const [long] = problemsWith({ ...least, radio: 'x'.repeat(500) });
      expect(long).to.include(`"${'x'.repeat(60)}…"`);
      const [object] = problemsWith({ ...least, driver: { passphrase: 'fish and chips' } });
      expect(object).to.match(/got an object$/);
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
      const { allow } = right(
        decodeInput({ ...least, allow: ['127.0.1.7', 'tcp://127.0.1.7', 'vsock://3'] }),
      );
      expect([...(allow ?? [])]).to.deep.equal(['tcp://127.0.1.7', 'vsock://3']);
    });
  });
});
