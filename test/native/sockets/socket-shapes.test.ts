import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import sinon from 'sinon';
import { varySocketShapes } from '../../../native/sockets/socket-shapes.js';

const program = fileURLToPath(new URL('served-guests.ts', import.meta.url));

describe('a listener', () => {
  it("does not let V8 make a hidden class for each guest's socket", async function () {
    this.timeout(60_000);
    const folder = mkdtempSync(join(tmpdir(), 'proxy-wifi-shapes-'));
    try {
      const log = join(folder, 'v8.log');
      const flags = ['--log-maps', `--logfile=${log}`, '--no-logfile-per-isolate'];
      const child = spawn(process.execPath, [...flags, '--import', 'tsx', program], { stdio: 'ignore' });
      const [code] = await once(child, 'exit');
      expect(code).to.equal(0);
      // `emitClose` is what node:net adds first to its copy of a socket's options.
      const made = readFileSync(log, 'utf8')
        .split('\n')
        .filter((line) => line.startsWith('map,Transition,') && line.endsWith(',emitClose'));
      expect(made.length).to.be.within(1, 40);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it('makes sockets for that no more than once', () => {
    varySocketShapes();
    const made = sinon.stub(net, 'Socket');
    syncBuiltinESMExports();
    try {
      varySocketShapes();
      sinon.assert.notCalled(made);
    } finally {
      made.restore();
      syncBuiltinESMExports();
    }
  });
});
