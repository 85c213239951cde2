/** `proxy-wifi install` on a machine that systemd has booted: the unit as it runs, its user's rights, and its end. */
import { existsSync, readdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { expect } from 'chai';
import * as E from 'fp-ts/lib/Either.js';
import { putCapturedOnAir } from '../air/access-points.js';
import { Listener, must, secured } from '../air/guests.js';
import { startBareSupplicant, startNetworkManager, startSupplicant, station } from '../air/host.js';
import { type Program, run, until } from '../air/programs.js';
import { named } from '../air/radio-watch.js';

const unit = 'proxy-wifi.service';
const config = '/etc/proxy-wifi/config.json';
const busPolicy = '/etc/dbus-1/system.d/proxy-wifi.conf';
const supplicantConfig = '/etc/wpa_supplicant/wpa_supplicant.conf';
const polkitRules = '/etc/polkit-1/rules.d/50-proxy-wifi.rules';

const cli = (...words: readonly string[]): Promise<string> =>
  run('/node/node', '/out/proxy-wifi.mjs', ...words);

/** A property of the unit, as systemd has it. */
const property = async (name: string): Promise<string> =>
  (await run('systemctl', 'show', unit, '--property', name, '--value')).trim();

/** What the service has logged since it was started last. */
const journal = async (): Promise<string> =>
  run('journalctl', '--no-pager', '--output=cat', `_SYSTEMD_INVOCATION_ID=${await property('InvocationID')}`);

const logs = (text: string): Promise<void> => until(async () => (await journal()).includes(text));

const restart = (): Promise<string> => run('systemctl', 'restart', unit);

/** Without this file, until `tryIt` has ended. */
const without = async (
  file: string,
  apply: () => Promise<unknown>,
  tryIt: () => Promise<void>,
): Promise<void> => {
  renameSync(file, `${file}.off`);
  try {
    await apply();
    await tryIt();
  } finally {
    renameSync(`${file}.off`, file);
    await apply();
  }
};

describe('a service that systemd runs', () => {
  let said: string;
  let guest: Listener;

  const connects = async (text: string): Promise<void> => {
    await guest.sees(named(text));
    await must(guest.guest.connect(secured(named(text))));
    await must(guest.guest.disconnect());
  };

  before(async () => {
    await putCapturedOnAir();
    said = await cli('install').catch(async (error: Error & { stdout?: string; stderr?: string }) => {
      const why = await run('journalctl', '--no-pager', '--output=cat', '--unit', unit);
      throw new Error(`${error.message}\n${error.stdout}\n${error.stderr}\n${why}`);
    });
    guest = new Listener('tcp://127.0.0.1');
    await guest.listening;
  });

  after(() => guest.close());

  it('is installed, enabled, and ready once guests are served', async () => {
    expect(said).to.include('Ran: systemd-sysusers').and.include(`Ran: systemctl enable --now ${unit}`);
    expect(said).to.not.include('Went on without');
    expect([await property('ActiveState'), await property('SubState')]).to.deep.equal(['active', 'running']);
    expect(await property('StatusText')).to.equal('Guests are served at tcp://127.0.0.1:12345');
    expect((await run('systemctl', 'is-enabled', unit)).trim()).to.equal('enabled');
  });

  it('runs as its own user, without a capability and without the way to any', async () => {
    const status = readFileSync(`/proc/${await property('MainPID')}/status`, 'utf8');
    const id = (await run('id', '-u', 'proxy-wifi')).trim();
    expect(id).to.not.equal('0');
    expect(status).to.match(new RegExp(`^Uid:\\s${id}\\s`, 'm'));
    for (const set of ['CapPrm', 'CapEff', 'CapBnd', 'CapAmb'])
      expect(status).to.match(new RegExp(`^${set}:\\s0+$`, 'm'));
    expect(status)
      .to.match(/^NoNewPrivs:\s1$/m)
      .and.match(/^Seccomp:\s2$/m);
  });

  it('is exposed less than 2.0 of 10, as the systemd judges that runs it', async () => {
    const judged = await run('systemd-analyze', 'security', unit, '--no-pager', '--threshold=19');
    expect(judged).to.match(/Overall exposure level for proxy-wifi\.service: [01]\.\d/);
  });

  /** The file as somebody has just saved it. */
  const saved = async (): Promise<string> => {
    await run('wpa_cli', '-i', station, 'save_config');
    return readFileSync(supplicantConfig, 'utf8');
  };

  describe('with wpa_supplicant', () => {
    let supplicant: Program;
    before(async () => {
      supplicant = await startSupplicant('update_config=1\n', supplicantConfig);
      await restart();
    });
    after(() => supplicant.stop());

    it('reaches it by the policy that came along', async () => {
      await logs('interface arrived');
      await connects('wpa2-psk');
    });

    it('and nothing of a guest stays in the file that somebody saves meanwhile, which only root may write', async () => {
      const before = await saved();
      const { mode } = statSync(supplicantConfig);
      await guest.sees(named('wpa2-psk'));
      await must(guest.guest.connect(secured(named('wpa2-psk'))));
      await run('wpa_cli', '-i', station, 'save_config');
      await until(async () => readFileSync(supplicantConfig, 'utf8') === before);
      expect(statSync(supplicantConfig).mode).to.equal(mode);
      await must(guest.guest.disconnect());
      expect(await saved()).to.equal(before);
      expect(await run('journalctl', '--no-pager', '--output=cat', '--unit', 'proxy-wifi-unsave')).to.include(
        `${supplicantConfig}: one network of guests taken out.`,
      );
      expect(await journal()).to.not.include('save_config');
    });

    it('and not without that policy', () =>
      without(
        busPolicy,
        () => run('systemctl', 'reload', 'dbus.service'),
        async () => {
          await restart();
          await logs('this user may not talk to wpa_supplicant');
        },
      ));

    it('keeps the session of a guest while it reads its settings again', async () => {
      await restart();
      await logs('interface arrived');
      const pid = await property('MainPID');
      await guest.sees(named('wpa2-psk'));
      const { sessionId } = await must(guest.guest.connect(secured(named('wpa2-psk'))));
      writeFileSync(
        config,
        JSON.stringify({ ...JSON.parse(readFileSync(config, 'utf8')), logLevel: 'debug' }),
      );
      await run('systemctl', 'reload', unit);
      await logs('the configuration has been read again');
      expect([await property('MainPID'), await property('ActiveState')]).to.deep.equal([pid, 'active']);
      expect(await run('iw', 'dev', station, 'link')).to.include('Connected to');
      expect(JSON.parse(await cli('ctl', 'guests', '--json'))).to.have.nested.property(
        'guests[0].session.id',
        sessionId,
      );
      await must(guest.guest.disconnect(sessionId));
    });
  });

  it('gives signs of life, and is started again when they stay away', async () => {
    expect(await property('WatchdogUSec')).to.equal('30s');
    const [before, hung] = [Number(await property('NRestarts')), await property('MainPID')];
    process.kill(Number(hung), 'SIGSTOP');
    await until(async () => Number(await property('NRestarts')) > before, 1000);
    await until(async () => (await property('ActiveState')) === 'active', 200);
    expect(await property('MainPID')).to.not.equal(hung);
    expect(await run('journalctl', '--no-pager', '--unit', unit)).to.include('Watchdog timeout');
    await must(guest.guest.scan());
  });

  describe('with NetworkManager, which asks polkit', () => {
    let supplicant: Program;
    let manager: Program;
    before(async () => {
      supplicant = await startBareSupplicant();
      manager = await startNetworkManager({ polkit: true });
      await restart();
      await logs('interface arrived');
    });
    after(async () => {
      await manager.stop();
      await supplicant.stop();
    });

    it('connects by the rule that came along', () => connects('wpa2-psk'));

    it('and not without that rule', () =>
      without(
        polkitRules,
        () => run('systemctl', 'restart', 'polkit.service'),
        async () => {
          await guest.sees(named('wpa2-psk'));
          expect(E.isLeft(await guest.guest.connect(secured(named('wpa2-psk')))())).to.equal(true);
          await logs('org.freedesktop.NetworkManager.PermissionDenied');
        },
      ));
  });

  // Behind the others, which need it.
  describe('at its end', () => {
    it('is stopped without having failed, and gone after uninstall, but for its configuration', async () => {
      await run('systemctl', 'stop', unit);
      expect([await property('ActiveState'), await property('Result')]).to.deep.equal([
        'inactive',
        'success',
      ]);
      await cli('uninstall');
      expect([busPolicy, polkitRules].filter((file) => existsSync(file))).to.deep.equal([]);
      expect(
        readdirSync('/etc/systemd/system').filter((name) => name.startsWith('proxy-wifi')),
      ).to.deep.equal([]);
      expect(existsSync(config)).to.equal(true);
      expect(await property('LoadState')).to.equal('not-found');
    });
  });
});
