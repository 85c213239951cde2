/** The command line as an ordinary user: with the rights it needs, and without them. */
import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import * as E from 'fp-ts/lib/Either.js';
import { linuxChecks } from '../../native/linux/checks.js';
import { putCapturedOnAir } from './air/access-points.js';
import { Listener, must, secured } from './air/guests.js';
import { startSupplicant, station, supplicantFile } from './air/host.js';
import { type Program, run } from './air/programs.js';
import { named } from './air/radio-watch.js';
import { serve } from './air/served.js';

/** The user `someone`, and the group of Debian's D-Bus policy for wpa_supplicant (/etc/passwd and /etc/group here). */
const someone = 1000;
const netdev = 102;

/** Runs `proxy-wifi serve` as the user, with these groups besides its own. */
const serveAs = (groups: readonly number[], ready: string): Promise<Program> =>
  serve(
    [],
    ['setpriv', `--reuid=${someone}`, `--regid=${someone}`, `--groups=${[someone, ...groups].join(',')}`],
    ready,
  );

describe('an ordinary user', () => {
  let supplicant: Program;
  let guest: Listener;

  before(async () => {
    await putCapturedOnAir();
    supplicant = await startSupplicant('update_config=1\n');
  });

  beforeEach(async () => {
    guest = new Listener('vsock://1');
    await guest.listening;
  });

  afterEach(() => guest.close());

  after(() => supplicant.stop());

  it('serves guests as a member of the group netdev', async () => {
    const service = await serveAs([netdev], 'interface arrived');
    const networks = await guest.scan();
    expect(networks.length).to.be.greaterThan(10);
    await must(guest.guest.connect(secured(named('wpa2-psk'))));
    await must(guest.guest.disconnect());
    await service.stop('SIGINT');
  });

  it("is told what to type when somebody saves the network of a guest in a file that is not the user's", async () => {
    const service = await serveAs([netdev], 'interface arrived');
    await must(guest.guest.connect(secured(named('wpa2-psk'))));
    const saved = async (): Promise<string> => {
      await run('wpa_cli', '-i', station, 'save_config');
      return readFileSync(supplicantFile, 'utf8');
    };
    expect(await saved()).to.include('wpa2-psk');
    await service.says(`sudo proxy-wifi unsave ${supplicantFile}`);
    await run('/node/node', '/out/proxy-wifi.mjs', 'unsave', supplicantFile);
    expect(readFileSync(supplicantFile, 'utf8')).to.not.match(/wpa2-psk|proxy-wifi/);
    await must(guest.guest.disconnect());
    await service.stop('SIGINT');
  });

  it('without that group is told so, and the service goes on without Wi-Fi', async () => {
    const service = await serveAs([], 'the radio is not there');
    expect(service.output).to.include('AccessDenied');
    const answer = await guest.guest.scan()();
    expect(E.isRight(answer) && answer.right.networks).to.deep.equal([]);
    await service.stop('SIGINT');
  });

  it('and root are told by the checks what there is', async () => {
    const checks = await linuxChecks();
    const states = Object.fromEntries(checks.map(({ name, state }) => [name, state]));
    expect(states).to.include({
      'Wi-Fi interfaces': 'ok',
      rfkill: 'ok',
      'D-Bus': 'ok',
      wpa_supplicant: 'ok',
      NetworkManager: 'ok',
      vsock: 'ok',
      'vhost-vsock': 'limited',
    });
  });
});
