import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import * as E from 'fp-ts/lib/Either.js';
import { parseSocketMode, parseSocketOwner } from '../../../native/sockets/socket-owner.js';

describe('the owner of a socket', () => {
  let folder: string;
  let files: { users: string; groups: string };

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'proxy-wifi-'));
    files = { users: join(folder, 'passwd'), groups: join(folder, 'group') };
    writeFileSync(files.users, 'root:x:0:0::/root:/bin/sh\nvm1:x:2001:2002::/:/bin/false\nbroken:x\n');
    writeFileSync(files.groups, 'root:x:0:\nkvm:x:104:vm1\n');
  });

  afterEach(() => rmSync(folder, { recursive: true }));

  for (const [text, owner] of [
    ['vm1', { owner: 2001 }],
    ['vm1:kvm', { owner: 2001, group: 104 }],
    [':kvm', { group: 104 }],
    ['0', { owner: 0 }],
    ['2001:104', { owner: 2001, group: 104 }],
    ['4294967294', { owner: 4294967294 }],
  ] as const)
    it(`may be ${text}`, () => {
      expect(parseSocketOwner(text, files)).to.deep.equal(E.right(owner));
    });

  for (const [text, problem] of [
    ['', 'expected USER, USER:GROUP or :GROUP'],
    [':', 'expected USER'],
    ['vm1:', 'expected USER'],
    ['a:b:c', 'expected USER'],
    ['vm', 'there is no user "vm" in'],
    ['broken', 'there is no user "broken" in'],
    ['vm1:vm1', 'there is no group "vm1" in'],
    ['4294967295', 'is no user id'],
    ['-1', 'there is no user "-1" in'],
  ] as const)
    it(`is not ${JSON.stringify(text)}`, () => {
      expect(parseSocketOwner(text, files)).to.have.property('left').that.includes(problem);
    });

  it('is looked up in the files of this system', () => {
    expect(parseSocketOwner('root')).to.deep.equal(E.right({ owner: 0 }));
  });

  it('has names only where there are such files', () => {
    const none = { users: join(folder, 'none'), groups: join(folder, 'none') };
    expect(E.isLeft(parseSocketOwner('root', none))).to.equal(true);
    expect(parseSocketOwner('7', none)).to.deep.equal(E.right({ owner: 7 }));
  });
});

describe('the mode of a socket', () => {
  it('is octal', () => {
    expect(parseSocketMode('0660')).to.deep.equal(E.right(0o660));
    expect(parseSocketMode('600')).to.deep.equal(E.right(0o600));
    expect(parseSocketMode('0')).to.deep.equal(E.right(0));
  });

  it('is nothing else', () => {
    for (const text of ['', '888', '1777', '0x1', 'rw', '-1', '06600'])
      expect(E.isLeft(parseSocketMode(text)), text).to.equal(true);
  });
});
