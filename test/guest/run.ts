/** Runs the tests in the virtual machine with mocha. The counts go to /out/counts: `passed failed`. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import Mocha from 'mocha';
import { plugRadios, startBus } from '../radio/air/host.js';
import { handLogsOut, logs, Program, run } from '../radio/air/programs.js';
import { arrangedHere, inMachine, setUpInMachine, setUpTwoMachines } from './inside/arrangements.js';
import { startGuestBus } from './inside/bus.js';
import { forgetLog } from './inside/kernel.js';

mkdirSync(logs, { recursive: true });
await run('modprobe', '-a', 'vsock_loopback', 'cfg80211', 'veth');
await plugRadios();
await startBus();
await startGuestBus();
const isAlone = arrangedHere === inMachine;
await (isAlone ? setUpInMachine() : setUpTwoMachines());
await forgetLog();

// Limits end a hang. They do not measure: the machine may be a slow one beside others.
const patience = Number(process.env.PROXY_WIFI_GUEST_PATIENCE ?? 240) * 1000;
const mocha = new Mocha({ ui: 'bdd', reporter: 'spec', timeout: patience, color: false });
if (existsSync('/out/grep')) mocha.grep(readFileSync('/out/grep', 'utf8').trim());
mocha.suite.emit('pre-require', globalThis, '', mocha);
if (isAlone) {
  await import('./one-machine.test.js');
  await import('./lifetimes.test.js');
  await import('./scan-order.test.js');
  await import('./words-of-the-host.test.js');
  await import('./attributes.test.js');
  await import('./several.test.js');
  await import('./tcp.test.js');
  await import('./host-radios.test.js');
  await import('./hostile-host.test.js');
} else await import('./two-machines.test.js');
await import('./network-manager.test.js');
await import('./hello.test.js');
if (!isAlone) await import('./power-off.test.js');

// A suite that could not even begin leaves nothing to the next one.
for (const suite of mocha.suite.suites)
  suite.afterAll(() =>
    Program.stopAll('iw-event', 'guest-NetworkManager', 'guest-wpa_supplicant', 'guest-iwd'),
  );

const runner = mocha.run((failures) => {
  handLogsOut();
  const passed = runner.stats?.passes ?? 0;
  writeFileSync('/out/counts', `${passed} ${failures}\n`);
  process.exit(failures === 0 && passed > 0 ? 0 : 1);
});
// At once, in case that the machine's time is up before the end.
runner.on('fail', (_test, error: Error) => console.log(`        ${error.message}`));
runner.on('test end', () =>
  writeFileSync('/out/counts', `${runner.stats?.passes ?? 0} ${runner.stats?.failures ?? 0}\n`),
);
