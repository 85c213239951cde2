import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { expect } from 'chai';
import { lastSession, rememberSession } from '../../cli/guest-memory.js';
import { folderOfEach } from './serving.js';

describe('what guest connect was given last', () => {
  const folder = folderOfEach();
  const env = (): NodeJS.ProcessEnv => ({ XDG_STATE_HOME: folder.path('state'), STATE_DIRECTORY: '' });
  const flagsOf = (n: number) => ({ endpoint: 'tcp://127.0.0.1', address: `127.0.1.${n}` }) as never;
  const session = (sessionId: number) => ({ sessionId, ssid: 'Quay', over: false });
  const file = (): string => folder.path('state/proxy-wifi/guests.json');

  it('is told to the same guest of the same host, and to nobody else', async () => {
    expect(await lastSession(flagsOf(1), env())).to.equal(undefined);
    await rememberSession(flagsOf(1), session(3), env());
    await rememberSession(flagsOf(2), session(7), env());
    await rememberSession(flagsOf(1), session(4), env());
    expect(await lastSession(flagsOf(1), env())).to.deep.equal(session(4));
    expect(await lastSession(flagsOf(2), env())).to.deep.equal(session(7));
    expect(await lastSession(flagsOf(3), env())).to.equal(undefined);
    expect(statSync(file()).mode & 0o777).to.equal(0o600);
    expect(statSync(folder.path('state/proxy-wifi')).mode & 0o777).to.equal(0o700);
  });

  it('is kept of 64 guests, the latest ones', async () => {
    for (let n = 0; n < 65; n += 1) await rememberSession(flagsOf(n), session(n), env());
    expect(Object.keys(JSON.parse(readFileSync(file(), 'utf8')) as object)).to.have.length(64);
    expect(await lastSession(flagsOf(0), env())).to.equal(undefined);
    expect(await lastSession(flagsOf(1), env())).to.deep.equal(session(1));
    await rememberSession(flagsOf(1), session(9), env());
    await rememberSession(flagsOf(70), session(70), env());
    expect(await lastSession(flagsOf(1), env())).to.deep.equal(session(9));
    expect(await lastSession(flagsOf(2), env())).to.equal(undefined);
  });

  it('is nothing where the file is damaged, and is there again with the next one', async () => {
    await rememberSession(flagsOf(1), session(3), env());
    for (const text of ['', '{', '{"x":{"sessionId":"3"}}']) {
      writeFileSync(file(), text);
      expect(await lastSession(flagsOf(1), env()), text).to.equal(undefined);
    }
    await rememberSession(flagsOf(1), session(4), env());
    expect(await lastSession(flagsOf(1), env())).to.deep.equal(session(4));
  });
});
