/** The pages of docs/guests, from nothing to a scan: whatever a command uses has been made, installed or started by one before it. */
import { expect } from 'chai';
import { blocks } from './blocks.js';

/** What a command needs of those before it, or of itself. */
interface Need {
  /** The command. */
  readonly of: RegExp;
  readonly what: string;
  readonly by: RegExp;
}

const packageInstalled = /apt-get install --yes \S*\/proxy-wifi-guest-dkms_/;
const setUp = /systemctl (?:re)?start proxy-wifi-guest|ip link set wlan0 up/;
const scan = /^iw dev wlan0 scan$/;
const machine = /^(?:qemu-system-x86_64 .*guest\.img|cloud-hypervisor |firecracker )/;

const needs: readonly Need[] = [
  { of: /npm run (?!build)/, what: "the project's dependencies", by: /npm ci/ },
  { of: /^node dist\/cli\/main\.js/, what: 'the command line, built', by: /npm run build/ },
  { of: /^proxy-wifi register/, what: 'the command line, installed', by: /npm install --global/ },
  { of: packageInstalled, what: "the driver's package", by: /npm run guest-driver:deb/ },
  {
    of: /apt-get install --yes (?:\.|\/root)\/proxy-wifi-guest-dkms_/,
    what: 'the package in the guest',
    by: /\bs?cp guest-driver\/proxy-wifi-guest-dkms_/,
  },
  { of: packageInstalled, what: 'DKMS', by: /(?:apt-get install|mmdebstrap).*\bdkms\b/ },
  {
    of: packageInstalled,
    what: "the kernel's headers",
    by: /(?:apt-get install|mmdebstrap).*\blinux-headers-/,
  },
  { of: /systemctl (?:re)?start proxy-wifi-guest/, what: 'the unit', by: packageInstalled },
  { of: /modprobe proxy_wifi/, what: 'the module', by: packageInstalled },
  { of: /insmod \S*proxy_wifi\.ko/, what: 'the module', by: /make -C \S*guest-driver KDIR=/ },
  { of: /insmod \S*proxy_wifi\.ko/, what: 'wireless of the kernel', by: /modprobe cfg80211/ },
  {
    of: /make -C \S*guest-driver KDIR=/,
    what: 'a kernel with wireless',
    by: /--enable WIRELESS --module CFG80211/,
  },
  { of: /make -C \S*guest-driver KDIR=/, what: "the kernel's symbols", by: /^make -j/ },
  {
    of: /^ip link add .* type proxy_wifi/,
    what: 'the module, loaded',
    by: /modprobe proxy_wifi|insmod \S*proxy_wifi\.ko/,
  },
  {
    of: /ip link set wlan0 up/,
    what: 'the interface',
    by: /^ip link add link \w+ name wlan0 type proxy_wifi/,
  },
  { of: scan, what: 'the interface, up', by: setUp },
  { of: scan, what: 'the service', by: /\bserve\b/ },
  { of: scan, what: 'iw', by: /(?:apt-get install|mmdebstrap).*\biw\b/ },
  { of: scan, what: 'wpa_supplicant', by: /(?:apt-get install|mmdebstrap).*\bwpasupplicant\b/ },
  { of: /TRANSPORT=tcp/, what: 'the address of the host', by: /HOST=\d/ },
  { of: machine, what: "the guest's disk", by: /^mke2fs .*guest\.img/ },
  { of: machine, what: "a login on the guest's console", by: /passwd --delete root/ },
  { of: /^mke2fs .*guest\.img/, what: "the guest's files", by: /mmdebstrap .* guest$/ },
  { of: /"host_dev_name": "tap0"/, what: 'the tap device', by: /ip tuntap add tap0/ },
  { of: /"host_dev_name": "tap0"/, what: 'the tap device, up', by: /ip link set tap0 up/ },
  {
    of: /"kernel_image_path": "vmlinux"/,
    what: 'the kernel, uncompressed',
    by: /extract-vmlinux .* > vmlinux/,
  },
  { of: /"initrd_path": "initrd\.img"/, what: 'the initial file system', by: /cp \S+ initrd\.img$/ },
  { of: /^firecracker .*vm1\.json/, what: 'the description of the machine', by: /cat > vm1\.json/ },
  {
    of: /--listen tcp:\/\/192\.168\.56\.1/,
    what: 'the address',
    by: /hostonlyif ipconfig .*--ip 192\.168\.56\.1/,
  },
  {
    of: /HOST=192\.168\.56\.1/,
    what: "the guest's own address",
    by: /ip address add 192\.168\.56\.101\/24 dev eth1/,
  },
  { of: /HOST=192\.168\.56\.1/, what: 'its network device, up', by: /ip link set eth1 up/ },
  { of: /--allow tcp:\/\/192\.168\.56\.101/, what: 'the network of the two', by: /--nic2 hostonly/ },
  { of: /--listen hvsocket:\/\/\$vm/, what: "the machine's id", by: /\$vm = / },
  { of: /--listen hvsocket:\/\/\$vm/, what: 'the socket, registered', by: /^proxy-wifi register/ },
  { of: /^modprobe hv_sock/, what: 'hv_sock at each boot', by: /echo hv_sock > \/etc\/modules-load\.d/ },
];

/** The lines of a page's commands; one that goes on in the next one is one. */
const linesOf = (name: string): readonly string[] =>
  blocks
    .filter(({ page, language }) => page === `docs/guests/${name}.md` && language !== 'xml')
    .flatMap(({ code }) => code.replaceAll(/\\\n\s*/g, '').split('\n'));

/** What commands need and nothing before them gives. */
const missing = (lines: readonly string[]): readonly string[] =>
  lines.flatMap((line, i) =>
    needs
      .filter(({ of, by }) => of.test(line) && !lines.slice(0, i + 1).some((before) => by.test(before)))
      .map(({ what }) => `“${line.trim()}” needs ${what}`),
  );

const names = ['ci', 'cloud-hypervisor', 'firecracker', 'hyper-v', 'qemu', 'virtualbox-vmware', 'wsl2'];

describe('pages from nothing to a scan', () => {
  for (const name of names)
    it(`docs/guests/${name}.md comes to a scan, and gives each command what it needs before`, () => {
      const lines = linesOf(name);
      expect(lines.some((line) => scan.test(line))).to.equal(true);
      expect(missing(lines)).to.deep.equal([]);
    });

  it('would be found out if any of that were left out', () => {
    for (const name of names) {
      const lines = linesOf(name);
      for (const { of, what, by } of needs) {
        if (!lines.some((line) => of.test(line))) continue;
        const without = lines.flatMap((line) => {
          // A command may need something of itself, or of one in the same line.
          const rest = line.replace(by, '');
          return by.test(line) && !of.test(rest) ? [] : [rest];
        });
        expect(missing(without).join('\n'), `${name} without ${by}`).to.include(` needs ${what}`);
      }
    }
  });

  it('have no need in them that no page has', () => {
    const all = names.flatMap(linesOf);
    for (const { of, what } of needs)
      expect(
        all.some((line) => of.test(line)),
        what,
      ).to.equal(true);
  });
});
