import { expect } from 'chai';
import { Access, isOwn } from '../../machines-viz/inspector/access.js';

describe('access to the inspector', () => {
  it('is had with each of the last 64 tokens that nobody has used yet', () => {
    const access = new Access();
    const tokens = Array.from({ length: 65 }, () => access.newToken());
    expect(tokens.map((token) => access.admit(token) !== null)).to.deep.equal([
      false,
      ...Array.from({ length: 64 }, () => true),
    ]);
  });

  it('is had again with the key that a token gave, and not with the token', () => {
    const access = new Access();
    const token = access.newToken();
    const key = access.admit(token) ?? '';
    expect(access.admit(token)).to.equal(null);
    expect([access.admit(key), access.admit(key)]).to.deep.equal([key, key]);
    expect(token, 'what nobody guesses').to.have.lengthOf(32);
    expect(key).to.have.lengthOf(32);
  });

  it('is had with the token of the host application any number of times, which is its own key', () => {
    const access = new Access('chosen by the host');
    expect(access.newToken()).to.equal('chosen by the host');
    expect([1, 2].map(() => access.admit('chosen by the host'))).to.deep.equal([
      'chosen by the host',
      'chosen by the host',
    ]);
    expect(access.admit('chosen by the guest')).to.equal(null);
  });

  it('is for this machine by its loopback names at this port, and for its own page', () => {
    const own = (host: string | undefined, origin?: string): boolean => isOwn({ host, origin }, 4000);
    expect([own('127.0.0.1:4000'), own('localhost:4000')]).to.deep.equal([true, true]);
    for (const host of [undefined, '127.0.0.1', '127.0.0.1:4001', 'example.org:4000'])
      expect(own(host), host).to.equal(false);
    expect(own('localhost:4000', 'http://localhost:4000')).to.equal(true);
    for (const origin of ['http://127.0.0.1:4000', 'https://localhost:4000', 'null'])
      expect(own('localhost:4000', origin), origin).to.equal(false);
  });
});
