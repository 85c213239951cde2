/** Runs the tests in the virtual machine with mocha. The counts go to /out/counts: `passed failed`. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import Mocha from 'mocha';
import { plugRadios, startBus } from './air/host.js';
import { handLogsOut, logs, Program, run } from './air/programs.js';

mkdirSync(logs, { recursive: true });
// Read from this host's disk now: later it would cost the machine's clock a leap.
await import('koffi');
await run('modprobe', '-a', 'vsock_loopback');
await plugRadios();
await startBus();

const mocha = new Mocha({ ui: 'bdd', reporter: 'spec', timeout: 60_000, color: false });
if (existsSync('/out/grep')) mocha.grep(readFileSync('/out/grep', 'utf8').trim());
mocha.suite.emit('pre-require', globalThis, '', mocha);
await import('./vsock.test.js');
await import('./socket-users.test.js');
await import('./station.test.js');
await import('./service.test.js');
await import('./restart.test.js');
await import('./network-manager.test.js');
await import('./ordinary-user.test.js');
await import('./compliance.test.js');
await import('./six-gigahertz.test.js');
await import('./neighbours.test.js');
await import('./losses.test.js');

// A suite that could not even begin leaves nothing to the next one.
for (const suite of mocha.suite.suites)
  suite.afterAll(() => Program.stopAll('serve', 'NetworkManager', 'wpa_supplicant', 'iw-event'));

const runner = mocha.run((failures) => {
  const passed = runner.stats?.passes ?? 0;
  writeFileSync('/out/counts', `${passed} ${failures}\n`);
  handLogsOut();
  process.exit(failures === 0 && passed > 0 ? 0 : 1);
});
// At once, in case that the machine's time is up before the end.
runner.on('fail', (_test, error: Error) => {
  console.log(`        ${error.message}`);
  handLogsOut();
});
