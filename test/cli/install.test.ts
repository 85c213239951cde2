import { spawnSync } from 'node:child_process';
import fs, { existsSync } from 'node:fs';
import { readFile, stat, writeFile } from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import { expect } from 'chai';
import sinon from 'sinon';
import { type InstallHost, install, uninstall } from '../../cli/install.js';
import { listenAt } from '../native/linux/notify-socket.js';
import { endAll, startCli } from './cli-process.js';
import { KeptTerminal } from './kept-terminal.js';
import { folderOfEach } from './serving.js';

const linux = (more: Partial<InstallHost> = {}): InstallHost & { readonly ran: string[] } => {
  const ran: string[] = [];
  return {
    platform: 'linux',
    user: 0,
    node: '/usr/bin/node',
    main: '/usr/lib/node_modules/proxy-wifi/dist/cli/main.js',
    hasSystemd: true,
    run: async (argv) => {
      ran.push(argv.join(' '));
      return [0, ''];
    },
    ran,
    ...more,
  };
};

describe('proxy-wifi install', () => {
  const folder = folderOfEach();
  let terminal: KeptTerminal;
  beforeEach(() => {
    terminal = new KeptTerminal();
  });

  const unitPath = (): string => folder.path('etc/systemd/system/proxy-wifi.service');

  it('writes what a package needs below another root, and says so', async () => {
    const host = linux({ user: 1000 });
    expect(await install({ root: folder.path('') }, terminal, host)).to.equal(0);
    expect(
      terminal.lines
        .filter((line) => line.startsWith('Wrote'))
        .map((line) => line.replace(/^.*\/etc/, '/etc')),
    ).to.deep.equal([
      '/etc/proxy-wifi/config.json',
      '/etc/systemd/system/proxy-wifi.service',
      '/etc/systemd/system/proxy-wifi-unsave.service',
      '/etc/systemd/system/proxy-wifi-unsave.path',
      '/etc/sysusers.d/proxy-wifi.conf',
      '/etc/dbus-1/system.d/proxy-wifi.conf',
      '/etc/polkit-1/rules.d/50-proxy-wifi.rules',
    ]);
    expect(host.ran).to.deep.equal([]);
    expect((await stat(unitPath())).mode & 0o777).to.equal(0o644 & ~process.umask());
    const unit = await readFile(unitPath(), 'utf8');
    for (const line of [
      'Type=notify',
      'WatchdogSec=30',
      'Restart=on-failure',
      'SuccessExitStatus=130 143',
      "ExecReload=/bin/sh -c 'kill -HUP $MAINPID'",
      'ReloadPropagatedFrom=wpa_supplicant.service NetworkManager.service',
      'User=proxy-wifi',
      'RuntimeDirectory=proxy-wifi',
      'StateDirectory=proxy-wifi',
      'CapabilityBoundingSet=',
      'ProtectSystem=strict',
      'RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6 AF_VSOCK',
    ])
      expect(unit.split('\n')).to.include(line);
    expect(unit).to.include(
      'ExecStart=/usr/bin/node /usr/lib/node_modules/proxy-wifi/dist/cli/main.js serve --config /etc/proxy-wifi/config.json --control --log-json --no-unsave\n',
    );
    expect(await uninstall({ root: folder.path('') }, terminal, host)).to.equal(0);
    expect(existsSync(unitPath())).to.equal(false);
    expect(existsSync(folder.path('etc/proxy-wifi/config.json'))).to.equal(true);
  });

  it('leaves what people have written, and files that are not its own', async () => {
    const host = linux();
    await install({ root: folder.path('') }, terminal, host);
    await writeFile(folder.path('etc/proxy-wifi/config.json'), '{"radio":"none"}');
    await writeFile(unitPath(), '[Service]\n');
    await install({ root: folder.path('') }, terminal, host);
    await uninstall({ root: folder.path('') }, terminal, host);
    expect(await readFile(unitPath(), 'utf8')).to.equal('[Service]\n');
    expect(await readFile(folder.path('etc/proxy-wifi/config.json'), 'utf8')).to.equal('{"radio":"none"}');
    expect(terminal.lines.join('\n')).to.match(/Left as it is: \S+proxy-wifi\.service/);
  });

  it('says of each file and of each command what became of it', async () => {
    const root = folder.path('');
    const host = linux();
    await install({ root }, terminal, host);
    terminal.lines.length = 0;
    await install({ root }, terminal, host);
    expect(terminal.lines[0]).to.match(/^Left as it is: \S+\/etc\/proxy-wifi\/config\.json$/);
    expect(terminal.lines.filter((line) => line.startsWith('Left as it is'))).to.have.length(1);
    expect(terminal.lines.filter((line) => line.startsWith('Wrote '))).to.have.length(6);
    expect(terminal.lines.slice(7)).to.deep.equal([
      'Left to be run: systemd-sysusers /etc/sysusers.d/proxy-wifi.conf',
      'Left to be run: systemctl reload dbus.service',
      'Left to be run: systemctl daemon-reload',
      'Left to be run: systemctl enable --now proxy-wifi-unsave.path',
      'Left to be run: systemctl enable --now proxy-wifi.service',
    ]);
    terminal.lines.length = 0;
    expect(await uninstall({ root, dryRun: true }, terminal, host)).to.equal(0);
    expect(existsSync(unitPath())).to.equal(true);
    expect(terminal.lines.filter((line) => line.startsWith('Would remove '))).to.have.length(6);
    terminal.lines.length = 0;
    expect(await uninstall({ root }, terminal, host)).to.equal(0);
    const lines = terminal.lines.splice(0);
    expect(lines.slice(0, 2)).to.deep.equal([
      'Left to be run: systemctl disable --now proxy-wifi.service',
      'Left to be run: systemctl disable --now proxy-wifi-unsave.path',
    ]);
    expect(lines[2]).to.match(/^Left as it is: \S+\/etc\/proxy-wifi\/config\.json$/);
    expect(lines.filter((line) => line.startsWith('Removed '))).to.have.length(6);
    expect(lines.slice(-3)).to.deep.equal([
      'Left to be run: systemctl daemon-reload',
      'Left to be run: systemctl reload dbus.service',
      'The user proxy-wifi and /var/lib/proxy-wifi stay: userdel proxy-wifi; rm -r /var/lib/proxy-wifi',
    ]);
    // Nothing is there any more but the configuration.
    await uninstall({ root }, terminal, host);
    expect(terminal.lines.filter((line) => /^(Removed|Left as)/.test(line))).to.have.length(1);
  });

  describe('on a machine that has none of it', () => {
    // Without a root it is this very machine: whatever is there is not looked at.
    beforeEach(() => {
      sinon.stub(fs, 'existsSync').returns(false);
      sinon.stub(fs, 'rmSync').throws();
      sinon.stub(fs, 'writeFileSync').throws();
      sinon.stub(fs, 'mkdirSync').throws();
      syncBuiltinESMExports();
    });
    afterEach(() => {
      sinon.restore();
      syncBuiltinESMExports();
    });

    it('goes on without what it can do without, and ends with what it cannot', async () => {
      const commands: string[] = [];
      const failing = (bad: string): InstallHost =>
        linux({
          run: async (argv) => {
            commands.push(argv.join(' '));
            return argv.join(' ') === bad ? [5, 'no'] : [0, ''];
          },
        });
      const flags = { config: folder.path('config.json') };
      expect(
        await uninstall(flags, terminal, failing('systemctl disable --now proxy-wifi.service')),
      ).to.equal(0);
      expect(terminal.lines).to.include('Went on without: systemctl disable --now proxy-wifi.service (no)');
      expect(terminal.lines).to.include('Ran: systemctl daemon-reload');
      commands.length = 0;
      expect(await uninstall(flags, terminal, failing('systemctl daemon-reload'))).to.equal(1);
      expect(terminal.complaints).to.deep.equal(['error: systemctl daemon-reload: ended with 5: no']);
      expect(commands.at(-1)).to.equal('systemctl daemon-reload');
    });

    it('cannot be taken away by others than root, without systemd, or where there is none of it', async () => {
      expect(await uninstall({ dryRun: true }, terminal, linux({ user: 1000, hasSystemd: false }))).to.equal(
        0,
      );
      expect(await uninstall({}, terminal, linux({ main: '/home/a/x' }))).to.equal(0);
      expect(await uninstall({}, terminal, linux({ user: 1000 }))).to.equal(1);
      expect(await uninstall({}, terminal, linux({ hasSystemd: false }))).to.equal(1);
      expect(await uninstall({}, terminal, linux({ platform: 'darwin' }))).to.equal(1);
      expect(await uninstall({}, terminal, linux({ platform: 'win32' }))).to.equal(0);
    });

    it('is taken away by the commands of the system, of which the exit code and what they said of it count', async () => {
      const path = process.env.PATH;
      await writeFile(
        folder.path('systemctl'),
        '#!/bin/sh\ncase $1 in disable) echo " not loaded" >&2; exit 5 ;; daemon-reload) exit 3 ;; esac\n',
        { mode: 0o700 },
      );
      sinon.stub(process, 'platform').value('linux');
      sinon.stub(process, 'getuid').returns(0);
      (fs.existsSync as sinon.SinonStub).withArgs('/run/systemd/system').returns(true);
      process.env.PATH = folder.path('');
      try {
        expect(await uninstall({}, terminal)).to.equal(1);
        process.env.PATH = folder.path('none');
        await uninstall({}, terminal);
      } finally {
        process.env.PATH = path;
      }
      expect(terminal.lines).to.deep.equal([
        'Went on without: systemctl disable --now proxy-wifi.service (not loaded)',
        'Went on without: systemctl disable --now proxy-wifi-unsave.path (not loaded)',
        'Went on without: systemctl disable --now proxy-wifi.service (spawn systemctl ENOENT)',
        'Went on without: systemctl disable --now proxy-wifi-unsave.path (spawn systemctl ENOENT)',
      ]);
      const [one, two] = terminal.complaints;
      expect(one).to.match(
        /^error: systemctl daemon-reload: ended with 3: Command failed: systemctl daemon-reload/,
      );
      expect(two).to.equal('error: systemctl daemon-reload: ended with 1: spawn systemctl ENOENT');
    });

    it('says what cannot be written', async () => {
      expect(await install({}, terminal, linux())).to.equal(1);
      expect(terminal.complaints.join()).to.match(
        /^error: \/etc\/proxy-wifi\/config\.json: cannot be written/,
      );
    });
  });

  it('may be anywhere but where the service may not look', async () => {
    const folders = ['/home/a/x', '/root/x', '/tmp/x', '/run/user/1/x'];
    for (const main of folders) expect(await install({}, terminal, linux({ main })), main).to.equal(1);
    for (const main of folders)
      for (const flags of [{ dryRun: true }, { root: folder.path('') }])
        expect(await install(flags, terminal, linux({ main })), main).to.equal(0);
  });

  it('quotes for systemd what is more than letters', async () => {
    const odd = linux({ node: '/opt/my node/"50%"/$x\\node' });
    await install({ root: folder.path('') }, terminal, odd);
    expect(await readFile(unitPath(), 'utf8')).to.include(
      String.raw`ExecStart="/opt/my node/\"50%%\"/$$x\\node" /usr/lib`,
    );
  });

  it('changes nothing with --dry-run', async () => {
    const host = linux({ user: 1000 });
    expect(await install({ root: folder.path(''), dryRun: true }, terminal, host)).to.equal(0);
    expect(existsSync(folder.path('etc'))).to.equal(false);
    expect(terminal.lines).to.include('  NoNewPrivileges=yes');
    expect(terminal.lines).to.include('Would run: systemctl enable --now proxy-wifi.service');
    expect(host.ran).to.deep.equal([]);
  });

  it('is refused in words where it cannot be done', async () => {
    const wrong: readonly (readonly [host: Partial<InstallHost>, says: RegExp])[] = [
      [{ user: 1000 }, /only root may do that\. Type: sudo proxy-wifi install/],
      [{ hasSystemd: false }, /was not started by systemd/],
      [{ platform: 'darwin' }, /only on Linux and Windows/],
      [{ main: '/home/alice/proxy-wifi/cli/main.js' }, /may not look into that folder/],
    ];
    for (const [host, says] of wrong) {
      const said = new KeptTerminal();
      expect(await install({}, said, linux(host))).to.equal(1);
      expect(said.complaints.join('\n')).to.match(says);
    }
  });

  it('shows what is to be typed on Windows, and says that it was not tried', async () => {
    const host = linux({ platform: 'win32', user: undefined });
    expect(await install({}, terminal, host)).to.equal(0);
    const said = terminal.lines.join('\n');
    for (const part of [
      'None of it was tried',
      'sc.exe create proxy-wifi',
      'sc.exe failure proxy-wifi',
      'ConsentStore',
    ])
      expect(said).to.include(part);
    expect(host.ran).to.deep.equal([]);
  });

  // Files as given have been looked at since version 250.
  if (spawnSync('systemd-analyze', ['security', '--offline=true', '--help']).status === 0)
    for (const unit of ['proxy-wifi', 'proxy-wifi-unsave'])
      it(`makes a unit that systemd reads, with an exposure below 2.0: ${unit}`, async () => {
        await install({ root: folder.path('') }, terminal, linux({ node: process.execPath }));
        const looked = spawnSync(
          'systemd-analyze',
          [
            'security',
            '--offline=true',
            '--no-pager',
            '--threshold=19',
            folder.path(`etc/systemd/system/${unit}.service`),
          ],
          { encoding: 'utf8' },
        );
        expect(looked.stdout).to.match(
          new RegExp(`Overall exposure level for ${unit}\\.service: [01]\\.\\d`),
        );
        expect(looked.stderr).not.to.match(/Unknown|Failed to parse|ignoring/);
        expect(looked.status, looked.stdout).to.equal(0);
      });

  if (process.platform === 'linux')
    it('and the service tells systemd that it is ready, and that it stops', async function () {
      this.timeout(60_000);
      const systemd = listenAt(folder.path('notify'));
      const cli = startCli(['serve', '--listen', 'tcp://127.0.0.1:0', '--log-json'], '', {
        NOTIFY_SOCKET: folder.path('notify'),
      });
      try {
        expect(await systemd.next()).to.match(
          /^READY=1\nSTATUS=Guests are served at tcp:\/\/127\.0\.0\.1:\d+\n$/,
        );
        cli.signal('SIGTERM');
        expect(await systemd.next()).to.include('STOPPING=1');
        expect((await cli.ended).code).to.equal(143);
      } finally {
        systemd.close();
        await endAll();
      }
    });
});
