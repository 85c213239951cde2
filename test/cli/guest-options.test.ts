import { expect } from 'chai';
import * as E from 'fp-ts/lib/Either.js';
import { guestOptions } from '../../cli/guest-options.js';
import { right } from '../protocol/either.js';

describe('which guest to be, of which host', () => {
  const endpoint = 'tcp://127.0.0.1';

  it('is the host alone where nothing else is typed', () => {
    expect(right(guestOptions({ endpoint }))).to.deep.equal({
      endpoint: { scheme: 'tcp', host: '127.0.0.1', port: undefined },
      address: undefined,
      requestPort: undefined,
      notificationPort: undefined,
      driver: undefined,
    });
  });

  it('has all that is typed', () => {
    for (const driver of ['with-scan-complete', 'without-scan-complete'])
      for (const address of ['127.0.1.7', '::1'])
        expect(
          right(guestOptions({ endpoint, driver, address, requestPort: '1', notificationPort: '65535' })),
        ).to.deep.include({ driver, address, requestPort: 1, notificationPort: 65_535 });
  });

  it('is refused with all that is wrong at once, and with each by itself', () => {
    const wrong = {
      endpoint: 'http://x',
      address: 'here',
      requestPort: '0',
      notificationPort: '65536',
      driver: 'old',
    };
    const problems = guestOptions(wrong);
    const flags = ['--endpoint', '--address', '--request-port', '--notification-port', '--driver'];
    expect(E.isLeft(problems) && problems.left.map((text) => text.split(':')[0])).to.deep.equal(flags);
    for (const [name, value] of Object.entries(wrong))
      expect(E.isLeft(guestOptions({ endpoint, [name]: value })), name).to.equal(true);
  });
});
