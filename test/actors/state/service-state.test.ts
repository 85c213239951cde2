import { expect } from 'chai';
import * as E from 'fp-ts/lib/Either.js';
import {
  decodeState,
  encodeState,
  nothingRemembered,
  type ServiceState,
} from '../../../actors/state/service-state.js';
import { interfaceId } from '../../../native/radio.js';
import { guestIdOf } from '../../../native/sockets/endpoint.js';
import { ssid } from '../../stage/networks.js';

const guest = (address: string) => guestIdOf({ scheme: 'vsock', address });

const state: ServiceState = {
  guests: [
    { guest: guest('3'), lastSessionId: 1, session: null, untold: null },
    {
      guest: guest('4'),
      lastSessionId: 5,
      session: {
        ...{ id: 5, type: 'hostMirroring', interfaceId: interfaceId('wlan0'), ssid: ssid('Cafe') },
        exchange: 0,
      },
      untold: null,
    },
    { guest: guest('5'), lastSessionId: 7, session: null, untold: 1 },
  ],
  links: [
    { interfaceId: interfaceId('wlan0'), ssid: ssid('Cafe'), former: null },
    { interfaceId: interfaceId('wlan1'), ssid: ssid('Bar'), former: 'home' },
  ],
};

describe('the state of a service', () => {
  it('is written a line for each guest and each link, without what it does not have', () => {
    expect(encodeState(state).split('\n')).to.deep.equal([
      '{',
      '  "version": 1,',
      '  "guests": [',
      '    {"guest":"vsock://3","lastSessionId":1},',
      '    {"guest":"vsock://4","lastSessionId":5,"session":{"id":5,"type":"hostMirroring","interface":"wlan0","ssidHex":"43616665"}},',
      '    {"guest":"vsock://5","lastSessionId":7,"untold":1}',
      '  ],',
      '  "links": [',
      '    {"interface":"wlan0","ssidHex":"43616665"},',
      '    {"interface":"wlan1","ssidHex":"426172","former":"home"}',
      '  ]',
      '}',
      '',
    ]);
    expect(encodeState(nothingRemembered)).to.equal(
      '{\n  "version": 1,\n  "guests": [],\n  "links": []\n}\n',
    );
  });

  it('is read as it was written', () => {
    for (const each of [state, nothingRemembered])
      expect(decodeState(encodeState(each))).to.deep.equal(E.right(each));
  });

  it('is refused with the first thing that is wrong, in one sentence', () => {
    const refused = (text: string): string => {
      const read = decodeState(text);
      return E.isLeft(read) ? read.left : expect.fail('read');
    };
    for (const [text, starts] of [
      ['{"version":2,"guests":5,"links":[]}', 'version: expected a whole number from 1 to 1'],
      ['{"version":0,"guests":[],"links":[]}', 'version: expected a whole number from 1 to 1'],
      ['{"version":1,"guests":[],"links":5}', 'links: expected'],
      [
        '{"version":1,"guests":[{"guest":"vsock://3","lastSessionId":0}],"links":[]}',
        'guests[0].lastSessionId: ',
      ],
      ['{"version":1,"guests":[],"links":[{"interface":"","ssidHex":"42"}]}', 'links[0].interface: '],
      ['{"version":1,"guests":[{"guest":"nobody","lastSessionId":1}],"links":[]}', 'guests[0].guest: '],
      ['{"version":1,', ''],
    ] as const) {
      expect(refused(text).startsWith(starts), `${text}: ${refused(text)}`).to.equal(true);
      expect(refused(text).split('expected'), 'one').to.have.length.at.most(2);
    }
  });
});
