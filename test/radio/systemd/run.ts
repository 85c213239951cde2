/** Runs the tests in the virtual machine that systemd has booted. The counts go to /out/counts: `passed failed`. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import Mocha from 'mocha';
import { plugRadios } from '../air/host.js';
import { handLogsOut, logs, Program } from '../air/programs.js';

mkdirSync(logs, { recursive: true });
await plugRadios();

const mocha = new Mocha({ ui: 'bdd', reporter: 'spec', timeout: 120_000, color: false });
if (existsSync('/out/grep')) mocha.grep(readFileSync('/out/grep', 'utf8').trim());
mocha.suite.emit('pre-require', globalThis, '', mocha);
await import('./installed.test.js');

for (const suite of mocha.suite.suites)
  suite.afterAll(() => Program.stopAll('NetworkManager', 'wpa_supplicant', 'iw-event'));

const runner = mocha.run((failures) => {
  const passed = runner.stats?.passes ?? 0;
  writeFileSync('/out/counts', `${passed} ${failures}\n`);
  handLogsOut();
  process.exit(failures === 0 && passed > 0 ? 0 : 1);
});
runner.on('fail', (_test, error: Error) => console.log(`        ${error.message}`));
