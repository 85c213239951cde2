import { mkdirSync, readdirSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { expect } from 'chai';
import * as E from 'fp-ts/lib/Either.js';
import * as O from 'fp-ts/lib/Option.js';
import { unsave } from '../../cli/unsave.js';
import { markOf } from '../../native/linux/wpa-mark.js';
import { endAll, startCli } from './cli-process.js';
import { KeptTerminal } from './kept-terminal.js';
import { folderOfEach } from './serving.js';

const users = 'update_config=1\n\nnetwork={\n\tssid="home"\n\tpsk="correct horse"\n}\n';
const home = { path: '/Networks/0', ssid: '"home"', enabled: true };
const saved = (service: string): string => {
  const mark = markOf(service, { enabled: [home], current: O.some(home) });
  return `${users.replace('}', '\tdisabled=1\n}')}\nnetwork={\n\tssid="cafe"\n\tkey_mgmt=NONE\n\tid_str="${mark}"\n}\n`;
};

describe('proxy-wifi unsave', () => {
  const folder = folderOfEach();
  const file = (): string => folder.path('wpa_supplicant-wlan0.conf');
  let terminal: KeptTerminal;
  beforeEach(() => {
    terminal = new KeptTerminal();
  });
  afterEach(endAll);

  it("takes a guest's network out of a file, whichever service made it, and the user's are as they were", async () => {
    writeFileSync(file(), saved(':1.7'), { mode: 0o640 });
    expect(await unsave(file(), {}, terminal)).to.equal(0);
    expect(readFileSync(file(), 'utf8')).to.equal(users);
    expect(statSync(file()).mode).to.equal(0o100640);
    expect(terminal.lines).to.deep.equal([`${file()}: one network of guests taken out.`]);
  });

  it('says so where there is nothing', async () => {
    writeFileSync(file(), users);
    expect(await unsave(file(), {}, terminal)).to.equal(0);
    expect(terminal.lines).to.deep.equal([`${file()}: nothing of guests stands there.`]);
  });

  it('says why it cannot, and what to type', async () => {
    expect(await unsave(file(), {}, terminal)).to.equal(1);
    // Nobody, not even root, can put anything beside a file whose name is as long as names may be.
    const long = folder.path('a'.repeat(255));
    writeFileSync(long, saved(':1.7'));
    expect(await unsave(long, {}, terminal)).to.equal(1);
    expect(terminal.complaints[0]).to.include(`${file()}: cannot be read (ENOENT). Give the path`);
    expect(terminal.complaints[1])
      .to.include(`${long}: cannot be written (ENAMETOOLONG`)
      .and.include('sudo proxy-wifi unsave');
  });

  it('speaks only of files in which there was something, when it was asked for none', async () => {
    const all = async () => [
      { path: '/a.conf', taken: E.right(0) },
      { path: '/b.conf', taken: E.right(2) },
    ];
    expect(await unsave(undefined, {}, terminal, all)).to.equal(0);
    expect(terminal.lines).to.deep.equal(['/b.conf: 2 networks of guests taken out.']);
    const json = new KeptTerminal();
    await unsave(undefined, { json: true }, json, all);
    expect(JSON.parse(json.lines.join(''))).to.deep.equal({
      files: [
        { path: '/a.conf', networks: 0 },
        { path: '/b.conf', networks: 2 },
      ],
    });
  });

  it('loses nothing where several are at it at once, as a service by root and the unit of `install`', async () => {
    for (let round = 0; round < 40; round += 1) {
      writeFileSync(file(), saved(':1.7'));
      const terminals = [new KeptTerminal(), new KeptTerminal(), new KeptTerminal()];
      const codes = await Promise.all(terminals.map((one) => unsave(file(), {}, one)));
      expect(readFileSync(file(), 'utf8')).to.equal(users);
      expect(codes, terminals.flatMap(({ complaints }) => complaints).join('; ')).to.deep.equal([0, 0, 0]);
    }
    expect(readdirSync(folder.path('.'))).to.deep.equal([basename(file())]);
  });

  it('takes away what a crash has left beside a file, once nobody can be at it any more', async () => {
    const [old, young] = ['a', 'b'].map((end) => folder.path(`${basename(file())}.proxy-wifi-${end}`));
    for (const left of [old, young]) mkdirSync(left ?? '');
    utimesSync(old ?? '', 1, 1);
    writeFileSync(file(), saved(':1.7'));
    expect(await unsave(file(), {}, terminal)).to.equal(0);
    expect(readdirSync(folder.path('.')).sort()).to.deep.equal([basename(file()), basename(young ?? '')]);
  });

  it('is a command', async () => {
    writeFileSync(file(), saved(':1.7'));
    const { code } = await startCli(['unsave', file()]).ended;
    expect(code).to.equal(0);
    expect(readFileSync(file(), 'utf8')).to.equal(users);
  });
});
