import { expect } from 'chai';
import { usualMode } from '../../../native/sockets/socket-file.js';

describe('the mode of a socket, where nobody has asked for one,', () => {
  const folder = { uid: 1000, gid: 107, mode: 0o40775 };

  it('is for its owner alone, where that is the owner of the folder', () => {
    expect(usualMode(folder, { uid: 1000, gid: 107, mode: 0 })).to.equal(0o600);
  });

  it('is for the group of the folder too, where the owner is another one and the group may write there', () => {
    expect(usualMode(folder, { uid: 0, gid: 107, mode: 0 })).to.equal(0o660);
  });

  it('is for nobody else where the group is another one, or may not write there', () => {
    expect(usualMode(folder, { uid: 0, gid: 0, mode: 0 })).to.equal(0o600);
    expect(usualMode({ ...folder, mode: 0o40755 }, { uid: 0, gid: 107, mode: 0 })).to.equal(0o600);
  });
});
