import { expect } from 'chai';
import { type DeniedConnect, deniedText } from '../../cli/connect-failure.js';
import { StatusCode, ssidFromText } from '../../protocol/index.js';
import { right } from '../protocol/either.js';

const ssid = right(ssidFromText('Quay'));

const said = (denied: Partial<DeniedConnect>): string =>
  deniedText({ ssid, status: StatusCode.unspecifiedFailure, hasKey: true, security: 'rsn', ...denied });

describe('why a host did not connect', () => {
  const { challengeFailure, requestDeclined, noMoreStations, refusedTemporarily } = StatusCode;
  const { invalidAkmp, sequenceTimeout } = StatusCode;
  const cases: readonly (readonly [what: string, denied: Partial<DeniedConnect>, words: string])[] = [
    [
      'by policy, whatever there is of the network',
      { status: requestDeclined, security: 'missing' },
      'denied by policy',
    ],
    ['a wrong key', { status: challengeFailure }, 'the passphrase is wrong'],
    [
      'a wrong key of a network that is not in sight',
      { status: challengeFailure, security: 'missing' },
      'the passphrase is wrong',
    ],
    [
      'no key where one is wanted',
      { status: challengeFailure, hasKey: false },
      'the network has a passphrase',
    ],
    [
      'no key, and nobody knows of the network',
      { hasKey: false, security: 'unknown' },
      'the host could not connect',
    ],
    ['no key, and the network wants none', { hasKey: false, security: 'open' }, 'the host could not connect'],
    ['a key where none is wanted', { security: 'open' }, 'the network has no passphrase'],
    ['a network that is not in sight', { security: 'missing' }, 'no network of that name is in sight'],
    ['the same without a key', { hasKey: false, security: 'missing' }, 'no network of that name is in sight'],
    ['an interface that another guest has', { status: noMoreStations }, "the host's Wi-Fi is in use"],
    ['an interface that is at something else', { status: refusedTemporarily }, "the host's Wi-Fi is in use"],
    [
      'another kind of key',
      { status: invalidAkmp },
      'the network wants something else than a WPA2 passphrase',
    ],
    ['silence', { status: sequenceTimeout }, 'it took too long'],
    ['anything else', { status: 99 }, 'the host could not connect'],
  ];
  for (const [what, denied, words] of cases)
    it(`is told in words: ${what}`, () => {
      expect(said(denied).slice(0, `Quay: ${words}`.length)).to.equal(`Quay: ${words}`);
    });

  it('ends with the name and the number of the status', () => {
    expect(said({ status: sequenceTimeout })).to.equal(
      'Quay: it took too long: the access point is far away, or does not answer. Try again. (authentication timed out, status 16)',
    );
  });
});
