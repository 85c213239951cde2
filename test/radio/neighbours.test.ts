/** What else may have a host's radios: iwd in place of wpa_supplicant, and groups of Wi-Fi Direct beside the station. */
import { expect } from 'chai';
import { linuxChecks } from '../../native/linux/checks.js';
import { startSupplicant, station } from './air/host.js';
import { Program, run, until } from './air/programs.js';
import { serve } from './air/served.js';
import { Service } from './air/service.js';

describe('a host on which iwd has the radios', () => {
  // Of this radio alone: the others carry the access points of other tests.
  before(async () => {
    await Program.start('iwd', ['/usr/libexec/iwd', '--interfaces=wlan6'], 'Wireless daemon version');
    await until(async () => (await run('dbus-send', ...listNames)).includes('net.connman.iwd'));
  });
  after(() => Program.stopAll('serve', 'iwd'));

  const listNames = [
    '--system',
    '--print-reply',
    '--dest=org.freedesktop.DBus',
    '/org/freedesktop/DBus',
    'org.freedesktop.DBus.ListNames',
  ];

  it('is told by doctor and by serve what to do, and not to start wpa_supplicant beside it', async () => {
    const check = (await linuxChecks()).find(({ name }) => name === 'wpa_supplicant');
    expect(check?.state).to.equal('missing');
    expect(check?.fix).to.include('stop iwd first').and.include('systemctl disable --now iwd');
    const service = await serve([], [], 'iwd has the Wi-Fi of this host');
    expect(service.output).to.include('stop iwd first').and.not.include('start wpa_supplicant with -u');
    await service.stop();
  });
});

describe('a group of Wi-Fi Direct', () => {
  after(() => Program.stopAll('wpa_supplicant'));

  it('is no interface for guests', async () => {
    const supplicant = await startSupplicant();
    const service = new Service();
    await service.arrives();
    const interfaces = async (): Promise<string> => run('iw', 'dev');
    await run('wpa_cli', '-i', station, 'p2p_group_add', 'freq=2412');
    await until(async () => /Interface p2p-\S+-\d/.test(await interfaces()));
    await supplicant.says('P2P-GROUP-STARTED');
    expect(service.status.interfaces.map(({ name }) => name)).to.deep.equal([station]);
    const later = new Service({ endpoints: ['unix:///run/vm3.vsock'] });
    await later.arrives();
    expect(later.status.interfaces.map(({ name }) => name)).to.deep.equal([station]);
    await later.stop();
    await service.stop();
    await supplicant.stop();
  });
});
