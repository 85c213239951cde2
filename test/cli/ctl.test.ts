import { readFile, writeFile } from 'node:fs/promises';
import { expect } from 'chai';
import { airFlags, airStepOf, airWords } from '../../cli/ctl-air.js';
import { formatControlAddress } from '../../control/address.js';
import { airStep } from '../../native/simulated/index.js';
import { ssidFromText } from '../../protocol/index.js';
import { type Steered, steered } from '../control/steered.js';
import { right } from '../protocol/either.js';
import { startCli } from './cli-process.js';
import { ran } from './kept-terminal.js';
import { folderOfEach, serving } from './serving.js';

const cafe = { ssid: right(ssidFromText('Harbour Cafe')), security: 'open' } as const;

describe('proxy-wifi ctl', function () {
  this.timeout(60_000);

  describe('of a service', () => {
    let s: Steered;
    const folder = folderOfEach();
    beforeEach(async () => {
      s = await steered();
    });
    afterEach(() => s.close());
    const ctl = (...argv: readonly string[]) =>
      ran(['ctl', ...argv, '--control', formatControlAddress(s.address)]);

    it('shows what there is', async () => {
      expect((await ctl('guests')).out).to.equal('No guest has shown up.');
      await s.guest.connect(cafe)();
      const { code, out } = await ctl('status');
      expect(code).to.equal(0);
      expect(out).to.match(/^The service is running\.\nEndpoints:\n {2}unix:.*\nInterfaces:\n/);
      expect(out).to.include('wlan0  connected to Harbour Cafe (02:00:00:00:00:01)');
      expect(out).to.match(/Guests:\n {2}unix:\S+ {2}session 1 on Harbour Cafe \(wlan0, of its own\)$/);
      expect(JSON.parse((await ctl('status', '--json')).out)).to.have.property('state', 'running');
    });

    it('makes things happen on the air', async () => {
      expect(await ctl('air', 'vanish', 'Harbour Cafe')).to.include({
        code: 0,
        out: 'Done: network.vanishes.',
      });
      expect(await s.seen()).to.deep.equal(['Quay']);
      expect((await ctl('air', 'appear', 'Harbour Cafe')).code).to.equal(0);
      expect((await ctl('air', 'fade', 'Harbour Cafe', '--to', '-88', '--over', '0')).code).to.equal(0);
      expect((await ctl('air', 'user', 'connect', 'Harbour Cafe')).code).to.equal(0);
      expect((await ctl('status')).out).to.include('connected to Harbour Cafe (02:00:00:00:00:01)');
    });

    it('ends a session, and says so when there is none', async () => {
      await s.guest.connect(cafe)();
      const { out } = await ctl('guests');
      const [id = ''] = out.split(' ');
      expect(await ctl('disconnect', id)).to.include({ code: 0, out: `Session 1 of ${id} has ended.` });
      expect(await ctl('disconnect', id)).to.include({
        code: 1,
        err: `error: ${id}: this guest has no session`,
      });
    });

    it('takes another scenario and other fake networks from files', async () => {
      await writeFile(folder.path('air.json'), '{"seed":3,"interfaces":[{"name":"wlan1"}],"networks":[]}');
      await writeFile(folder.path('fake.json'), '[{"ssid":"Made up","bssid":"02:00:00:00:00:0a"}]');
      expect((await ctl('scenario', folder.path('air.json'))).out).to.match(
        /: 1 interfaces, 0 networks, seed 3\.$/,
      );
      expect((await ctl('networks', folder.path('fake.json'))).out).to.equal('Fake networks: 1.');
      expect(await s.seen()).to.deep.equal(['Made up']);
      expect((await ctl('scenario', folder.path('none.json'))).code).to.equal(2);
    });

    it('says what it was not asked for rightly, and what the service refuses', async () => {
      const wrong: readonly (readonly [argv: readonly string[], code: number, says: string])[] = [
        [['air', 'vanish', 'Nowhere'], 1, 'ssid: expected the SSID of one of the networks, found "Nowhere"'],
        [['air', 'vanish'], 2, 'expected exactly one of "ssid", "ssidHex", "bssid", found none of them'],
        [
          ['air', 'fade', 'Quay', '--to', '-88', '--over', '10'],
          2,
          '--over: expected a time with its unit, such as 250ms, 5s, 1m or 2h, found "10"',
        ],
        [
          ['air', 'fade', 'Quay', '--to', 'low'],
          2,
          '--to: expected a whole number from -128 to 0 (dBm), found "low"',
        ],
        [['record'], 2, 'expected a file, or --stop to end the recording'],
        [['record', '/tmp/x.ndjson'], 1, 'this service does not record'],
        [['inspect'], 1, 'this service has no inspector. Start it with --inspect'],
      ];
      for (const [argv, code, says] of wrong)
        expect(await ctl(...argv), argv.join(' ')).to.include({ code, err: `error: ${says}` });
      const { code, err } = await ran(['ctl', 'status', '--control', 'http://x']);
      expect([code, err]).to.deep.equal([
        2,
        'error: --control: expected unix:///PATH or tcp://127.0.0.1:PORT (another machine cannot be let in), found "http://x"',
      ]);
    });
  });

  it('has words for every step of a timeline, each with all of its fields', () => {
    expect(airWords.map((step) => step.do)).to.have.members([...airStep.variants.keys()]);
    for (const step of airWords) {
      const fields = Object.keys(airStep.variants.get(step.do)?.fields ?? {}).filter((name) => name !== 'do');
      const typed = airFlags(step).map(({ field }) => field);
      expect([...typed, ...(step.argument === undefined ? [] : [step.argument])]).to.have.members(fields);
    }
    const [fail] = airWords.filter((step) => step.do === 'connect.fails');
    const [fade] = airWords.filter((step) => step.do === 'network.fades');
    expect(fade && airStepOf(fade, { ssid: 'Quay', to: '-88', over: '1m' })).to.deep.equal({
      _tag: 'Right',
      right: { do: 'network.fades', ssid: 'Quay', to: -88, over: 60_000 },
    });
    expect(fail && airStepOf(fail, { reason: 'wrong key', times: '2', ssid: 'Quay' })).to.deep.equal({
      _tag: 'Right',
      right: { do: 'connect.fails', reason: 'wrong key', times: 2, ssid: 'Quay' },
    });
  });

  describe('of a serve process', () => {
    const folder = folderOfEach();

    it('steers the air, the recording, the log and the fake networks, and watches', async () => {
      const address = `unix://${folder.path('control.sock')}`;
      const { cli, asGuest } = await serving('--control', address, '--log-level', 'error');
      await cli.says(/The control is at unix:/);
      const ctl = (...argv: readonly string[]) => ran(['ctl', ...argv, '--control', address]);
      const watch = startCli(['ctl', 'watch', '--control', address, '--only', 'facts']);
      expect((await ctl('record', folder.path('seen.ndjson'))).code).to.equal(0);
      expect((await ctl('log-level', 'info')).code).to.equal(0);
      expect((await ctl('air', 'vanish', 'Harbour Cafe')).code).to.equal(0);
      await writeFile(folder.path('fake.json'), '[{"ssid":"Made up","bssid":"02:00:00:00:00:0a"}]');
      expect((await ctl('networks', folder.path('fake.json'))).code).to.equal(0);
      const guest = asGuest();
      let out = '';
      // The watcher may not be there yet when the first facts come.
      const told = watch.says(/guestScanCompleted/);
      let isTold = false;
      void told.then(() => {
        isTold = true;
      });
      while (!isTold) ({ out } = await ran(['guest', 'scan', ...guest]));
      expect(out).to.include('Made up').and.not.include('Harbour Cafe');
      expect(cli.err).to.include('guest appeared');
      expect((await ctl('record', folder.path('seen.ndjson'))).err).to.match(/it is there already/);
      expect((await ctl('record', '--stop')).out).to.equal('Nothing is recorded any more.');
      expect(await readFile(folder.path('seen.ndjson'), 'utf8')).to.include('"channel":"request"');
      expect((await ctl('record', folder.path('seen.ndjson'), '--force')).code).to.equal(0);
      cli.signal('SIGTERM');
      expect((await cli.ended).code).to.equal(143);
      const { out: seen, err } = await watch.ended;
      expect(err).to.equal('error: the service has ended\n');
      for (const line of seen.split('\n').slice(0, -1)) expect(line).to.match(/^\d\d:\d\d:\d\d\.\d{3} /);
    });

    it('ends a watch with exit code 130 after Ctrl-C and 143 after SIGTERM, and says nothing of it', async () => {
      const address = `unix://${folder.path('control.sock')}`;
      const { cli, asGuest } = await serving('--control', address);
      await cli.says(/The control is at unix:/);
      const guest = asGuest();
      for (const [signal, code] of [
        ['SIGINT', 130],
        ['SIGTERM', 143],
      ] as const) {
        const watch = startCli(['ctl', 'watch', '--control', address]);
        // The watcher may not be there yet when the first facts come.
        while (watch.out === '' && !watch.hasEnded) await ran(['guest', 'disconnect', '1', ...guest]);
        watch.signal(signal);
        expect(await watch.ended).to.include({ code, err: '' });
      }
    });

    it('gives a new address of the inspector at each asking', async () => {
      const address = `unix://${folder.path('control.sock')}`;
      const { cli } = await serving('--control', address, '--inspect', '0');
      await cli.says(/The control is at unix:/);
      const inspect = async () => (await ran(['ctl', 'inspect', '--control', address])).out;
      const [one, other] = [await inspect(), await inspect()];
      for (const url of [one, other]) expect(url).to.match(/^http:\/\/127\.0\.0\.1:\d+\/#token=[\w-]+$/);
      expect(one).not.to.equal(other);
    });

    it('over TCP knows its token from the environment alone, and shows it nowhere', async () => {
      const token = 'seventeen-seconds-of-silence';
      const cli = startCli(['serve', '--listen', `tcp://127.0.0.1:0`, '--control', 'tcp://127.0.0.1:0'], '', {
        PROXY_WIFI_CONTROL_TOKEN: token,
      });
      const [, address = ''] = await cli.says(/The control is at (tcp:\/\/127\.0\.0\.1:\d+)/);
      const asked = startCli(['ctl', 'status', '--control', address], '', {
        PROXY_WIFI_CONTROL_TOKEN: token,
      });
      expect((await asked.ended).code).to.equal(0);
      const without = startCli(['ctl', 'status', '--control', address], '');
      expect(await without.ended).to.include({
        code: 1,
        err: "error: Authorization: expected Bearer and the service's token (PROXY_WIFI_CONTROL_TOKEN)\n",
      });
      expect(cli.out + cli.err).not.to.include(token);
      const refused = startCli(['serve', '--listen', 'tcp://127.0.0.1:0', '--control', 'tcp://127.0.0.1:0']);
      const { code, err } = await refused.ended;
      expect(code).to.equal(2);
      expect(err).to.match(
        /^error: control tcp:\S+: every user .* a token of at least 16 characters in PROXY_WIFI_CONTROL_TOKEN beside it\n$/,
      );
    });
  });
});
