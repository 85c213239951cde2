import { expect } from 'chai';
import { type GuestFailure, guestFailureText } from '../../../native/guest/failure.js';
import { anyBssid } from '../../../protocol/bssid.js';
import { StatusCode } from '../../../protocol/status.js';

describe('the text of a guest’s failure', () => {
  const texts: readonly (readonly [GuestFailure, string])[] = [
    [
      {
        reason: 'socket',
        failure: {
          operation: 'connect',
          code: 'ECONNREFUSED',
          where: 'tcp://127.0.0.1',
          detail: 'connect tcp://127.0.0.1: nobody listens',
        },
      },
      'connect tcp://127.0.0.1: nobody listens',
    ],
    [
      { reason: 'refused by host' },
      'The host refused the request: it could not process it. Its log says why.',
    ],
    [
      {
        ...{ reason: 'connection denied', bssid: anyBssid, sessionId: 0 },
        status: StatusCode.refusedTemporarily,
      },
      'The host did not connect: refused temporarily (status 30).',
    ],
    [{ reason: 'timed out', milliseconds: 2500 }, 'The host did not answer within 2.5 s.'],
    [
      { reason: 'incomplete answer', received: 3, expected: undefined },
      'The host closed the connection after 3 of at least 7 bytes.',
    ],
    [
      { reason: 'incomplete answer', received: 9, expected: 23 },
      'The host closed the connection after 9 of 23 bytes.',
    ],
    [
      { reason: 'malformed answer', fault: { reason: 'unused bytes', count: 2 } },
      "The host's answer is malformed: unused bytes (count 2).",
    ],
    [
      {
        reason: 'malformed answer',
        fault: { reason: 'elements misplaced', index: 1, from: 63, to: 65 },
      },
      "The host's answer is malformed: elements misplaced (index 1, from 63, to 65).",
    ],
    [
      { reason: 'unexpected answer', operation: 'scan.response' },
      'The host answered with a message that does not belong here: scan.response.',
    ],
    [{ reason: 'closed' }, 'The guest was closed.'],
  ];

  for (const [failure, text] of texts)
    it(`says: ${text}`, () => {
      expect(guestFailureText(failure)).to.equal(text);
    });
});
