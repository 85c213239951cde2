/** The command line as an ordinary user: with the rights it needs, and without them. */
import { readFileSync, writeFileSync } from 'node:fs';
import { expect } from 'chai';
import * as E from 'fp-ts/lib/Either.js';
import { linuxChecks } from '../../native/linux/checks.js';
import { putCapturedOnAir } from './air/access-points.js';
import { Listener, must, secured } from './air/guests.js';
import { startSupplicant } from './air/host.js';
import { Program } from './air/programs.js';
import { named } from './air/radio-watch.js';

const groups = '/etc/group';

/** Runs `proxy-wifi serve` as the user `someone`. */
const serve = (ready: string | RegExp): Promise<Program> =>
  Program.start(
    'serve',
    [
      'su',
      '-s',
      '/bin/bash',
      '-c',
      'exec /node/node /out/proxy-wifi.mjs serve --listen vsock://any --radio host --log-json',
      'someone',
    ],
    ready,
  );

describe('an ordinary user', () => {
  const before_ = readFileSync(groups, 'utf8');
  let supplicant: Program;
  let guest: Listener;

  before(async () => {
    await putCapturedOnAir();
    supplicant = await startSupplicant();
  });

  beforeEach(async () => {
    guest = new Listener('vsock://1');
    await guest.listening;
  });

  afterEach(() => {
    guest.close();
    writeFileSync(groups, before_);
  });

  after(() => supplicant.stop());

  it('serves guests as a member of the group netdev', async () => {
    writeFileSync(
      groups,
      before_.replace(/^netdev:.*$/m, (line) => `${line}someone`),
    );
    const service = await serve('interface arrived');
    const networks = await guest.scan();
    expect(networks.length).to.be.greaterThan(10);
    await must(guest.guest.connect(secured(named('wpa2-psk'))));
    await must(guest.guest.disconnect());
    await service.stop('SIGINT');
  });

  it('without that group is told so, and the service goes on without Wi-Fi', async () => {
    const service = await serve('the radio is not there');
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
