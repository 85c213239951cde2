import { expect } from 'chai';
import { parseHttpAddress } from '../../cli/http-address.js';

describe('where something is served over HTTP', () => {
  for (const [text, host, port] of [
    ['9464', '127.0.0.1', 9464],
    ['0', '127.0.0.1', 0],
    ['0.0.0.0:65535', '0.0.0.0', 65_535],
    ['[::1]:80', '::1', 80],
    ['build-host.example:8080', 'build-host.example', 8080],
  ] as const)
    it(`may be ${text}`, () => {
      expect(parseHttpAddress(text)).to.deep.equal({ host, port });
    });

  for (const text of ['', '65536', '99999', '-1', ':80', '::1:80', '[::1]', 'host:', 'a b:80', '80x'])
    it(`is not ${JSON.stringify(text)}`, () => {
      expect(parseHttpAddress(text)).to.equal(undefined);
    });
});
