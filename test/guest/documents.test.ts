/**
 * The commands of docs/guests/qemu.md, run as they stand: host blocks on this machine, guest blocks typed into the guest's console.
 * PROXY_WIFI_GUEST_KERNEL says which kernel the guest gets; nothing else of the page is replaced.
 */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
} from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';

const kernel = process.env.PROXY_WIFI_GUEST_KERNEL ?? '6.1';
const logs = process.env.PROXY_WIFI_GUEST_DOCUMENT_LOGS;
const cache = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'proxy-wifi', 'documents');

/** A block of commands: `sh host`, `sh host image`, `sh host service`, `sh host machine`, `sh guest`. */
interface Block {
  readonly where: string;
  readonly commands: string;
}

const blocks: readonly Block[] = [
  ...readFileSync('docs/guests/qemu.md', 'utf8').matchAll(/^```sh (\w[\w ]*)\n(.*?)^```$/gms),
].map(([, where = '', commands = '']) => ({
  where,
  commands: commands.replace(/^kernel=.*$/m, `kernel=${kernel}`),
}));

/** A program with a console: what it writes is kept, what is typed goes in. */
class Console {
  readonly #child: ChildProcess;
  readonly #ended: Promise<void>;
  readonly #waiting = new Set<() => void>();
  output = '';

  constructor(name: string, words: readonly string[], cwd: string) {
    const [program = '', ...rest] = words;
    this.#child = spawn(program, rest, { cwd, stdio: ['pipe', 'pipe', 'pipe'], detached: true });
    const take = (chunk: Buffer): void => {
      this.output += chunk.toString();
      if (logs !== undefined) appendFileSync(join(logs, `${name}.log`), chunk);
      for (const look of this.#waiting) look();
    };
    this.#child.stdout?.on('data', take);
    this.#child.stderr?.on('data', take);
    this.#ended = new Promise((resolve) => {
      this.#child.once('close', () => {
        resolve();
        for (const look of this.#waiting) look();
      });
    });
  }

  type(text: string): void {
    this.#child.stdin?.write(text);
  }

  /** What stands at the first match; rejects when the program has ended without it. */
  says(text: RegExp): Promise<RegExpExecArray> {
    return new Promise((resolve, reject) => {
      const look = (): void => {
        const found = text.exec(this.output);
        const over = this.#child.exitCode !== null || this.#child.signalCode !== null;
        if (found === null && !over) return;
        this.#waiting.delete(look);
        if (found === null) reject(new Error(`ended without ${text}:\n${this.output.slice(-3000)}`));
        else resolve(found);
      };
      this.#waiting.add(look);
      look();
    });
  }

  /** Ends it, and what it started. */
  async stop(): Promise<void> {
    if (this.#child.pid !== undefined && this.#child.exitCode === null)
      process.kill(-this.#child.pid, 'SIGKILL');
    await this.#ended;
  }
}

describe(`docs/guests/qemu.md with kernel ${kernel}`, () => {
  /** A copy of the project: the page's commands write into the folder in which they are run. */
  const folder = mkdtempSync(join(tmpdir(), 'proxy-wifi-documents-'));
  /** The ports of the page may be in use on this machine: its service and its guest have a loopback of their own. */
  const namespace = `documents-${process.pid}`;
  const inside = ['ip', 'netns', 'exec', namespace, 'bash', '-euc'];
  let service: Console | undefined;
  let machine: Console | undefined;
  let turn = 0;

  /** The page is tried with several kernels at a time, and each of them may install something on this machine. */
  const patientApt = 'apt-get() { command apt-get -o DPkg::Lock::Timeout=600 "$@"; }';

  const host = (commands: string): string =>
    execFileSync('bash', ['-euo', 'pipefail', '-c', `${patientApt}\n${commands}`], {
      cwd: folder,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    });

  /** Types a block into the guest; what it wrote. */
  const guest = async (commands: string): Promise<string> => {
    const end = `block-${++turn}-ended`;
    if (machine === undefined) throw new Error('the page starts no machine before its first guest block');
    machine.output = '';
    // Typed as a file, so that the console's width and prompt do not come between.
    machine.type(`cat > /tmp/block <<'${end}'\n${commands}${end}\nbash -e /tmp/block; echo ${end}=$?\n`);
    const [, status] = await machine.says(new RegExp(`${end}=(\\d+)`));
    const { output } = machine;
    expect(status, output.slice(-3000)).to.equal('0');
    return output;
  };

  before(() => {
    const others = ['node_modules', 'dist', '.git', '.cache', 'tmp', 'ci-files'];
    // A package that was made before would hide that the page makes none.
    const filter = (source: string): boolean => !source.endsWith('.deb');
    for (const name of readdirSync('.'))
      if (!others.includes(name)) cpSync(name, join(folder, name), { recursive: true, filter });
    execFileSync('ip', ['netns', 'add', namespace]);
    execFileSync('ip', ['-n', namespace, 'link', 'set', 'lo', 'up']);
  });

  after(async function () {
    // A whole root file system is removed.
    this.timeout(300_000);
    await machine?.stop();
    await service?.stop();
    // In case that the page's own unmounting was not reached.
    const proc = join(folder, 'guest', 'proc');
    if (existsSync(join(proc, 'self'))) execFileSync('umount', ['--lazy', proc]);
    execFileSync('ip', ['netns', 'delete', namespace]);
    rmSync(folder, { recursive: true, force: true });
  });

  /** The guest's root file system is made once for the same commands and package lists: it takes minutes. */
  const makeImage = (commands: string): void => {
    const versions = host(
      "apt-cache show linux-image-amd64 dkms iw wpasupplicant | grep '^Version'; apt-cache pkgnames linux-image | sort",
    );
    const key = createHash('sha256').update(commands).update(versions).digest('hex').slice(0, 16);
    const kept = join(cache, key);
    if (!existsSync(kept)) {
      host(commands);
      mkdirSync(cache, { recursive: true });
      const fresh = mkdtempSync(join(cache, 'new-'));
      execFileSync('cp', ['-a', join(folder, 'guest'), fresh]);
      renameSync(fresh, kept);
    } else execFileSync('cp', ['-a', join(kept, 'guest'), folder]);
  };

  /** Once more where the kernel has fallen before our driver was there: QEMU's emulation of two processors trips it now and then. */
  const booted = async (commands: string, isAgain = false): Promise<Console> => {
    machine = new Console(isAgain ? 'machine-again' : 'machine', [...inside, commands], folder);
    const [said] = await machine.says(/login: |---\[ end Kernel panic.*/);
    if (said === 'login: ') return machine;
    if (isAgain || machine.output.includes('proxy_wifi')) throw new Error(machine.output.slice(-5000));
    await machine.stop();
    return booted(commands, true);
  };

  const act: Readonly<Record<string, (commands: string) => Promise<string>>> = {
    host: async (commands) => host(commands),
    'host image': async (commands) => {
      makeImage(commands);
      return '';
    },
    'host service': async (commands) => {
      service = new Console('service', [...inside, commands], folder);
      return (await service.says(/12345/)).input;
    },
    'host machine': async (commands) => {
      machine = await booted(commands);
      machine.type('root\n');
      return (await machine.says(/# /)).input;
    },
    guest,
  };

  /** What a block must have written, by a command in it. */
  const wanted: readonly (readonly [string, RegExp])[] = [
    ['iw dev wlan0 scan', /SSID: Harbour Cafe/],
    ['iw dev wlan0 link', /Connected to 02:00:5e:10:00:0[12]/],
    ['ping', / 0% packet loss/],
  ];

  for (const [i, { where, commands }] of blocks.entries())
    it(`block ${i + 1}, ${where}: ${commands.split('\n', 1)[0]}`, async () => {
      const doIt = act[where];
      expect(doIt, `no way to run a block "${where}"`).to.be.a('function');
      const output = (await doIt?.(commands)) ?? '';
      if (where !== 'guest') return;
      for (const [command, text] of wanted) if (commands.includes(command)) expect(output).to.match(text);
    }).timeout(900_000);

  // The compiler works on an emulated processor: half an hour that CI does not have.
  if (process.env.PROXY_WIFI_GUEST_WHOLE === '1') {
    it('builds the driver in the running guest as well, and scans by it', async () => {
      const scan = blocks.find(
        ({ where, commands }) => where === 'guest' && commands.includes('iw dev wlan0 scan'),
      );
      await guest(
        'systemctl stop wpa_supplicant@wlan0\napt-get remove --yes proxy-wifi-guest-dkms\nif modinfo proxy_wifi; then exit 1; fi\n',
      );
      await guest('cd /root\napt-get install --yes ./proxy-wifi-guest-dkms_*_all.deb\n');
      expect(await guest('dkms status\n')).to.match(/proxy-wifi-guest\S* .*: installed/);
      expect(await guest(scan?.commands ?? '')).to.match(/SSID: Harbour Cafe/);
    }).timeout(3_600_000);

    it('is left by a guest that reboots, which is connected again when it is back', async () => {
      if (machine === undefined || service === undefined) throw new Error('nothing runs');
      await guest(
        "systemctl start wpa_supplicant@wlan0\nuntil iw dev wlan0 link | grep -q '^Connected'; do sleep 1; done\n",
      );
      machine.output = '';
      service.output = '';
      // Without a word to wpa_supplicant: it is the driver that says it to the host.
      machine.type('systemctl reboot --force --force\n');
      await service.says(/"operation":"disconnect"/);
      await machine.says(/login: /);
      machine.type('root\n');
      await machine.says(/# /);
      const output = await guest(
        '/lib/systemd/systemd-networkd-wait-online --interface=wlan0\niw dev wlan0 link\nping -c 1 10.0.3.2\n',
      );
      for (const [command, text] of wanted) if (!command.includes('scan')) expect(output).to.match(text);
    }).timeout(900_000);
  }

  it('has a scan and a connection in it', () => {
    for (const [command] of wanted)
      expect(blocks.some(({ commands }) => commands.includes(command))).to.equal(true);
  });
});
