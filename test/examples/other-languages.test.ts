import { execFile, spawnSync } from 'node:child_process';
import { chmod, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { folderOfEach, serving } from '../cli/serving.js';

const fileOf = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url));

const has = (program: string): boolean => spawnSync(program, ['--version']).status === 0;

describe('a network vanishes in the middle of a test', function () {
  this.timeout(120_000);
  const folder = folderOfEach();

  /** A service that is steered at the socket that is returned, and the command `proxy-wifi` as a guest of it. */
  const begin = async (): Promise<readonly [socket: string, command: string]> => {
    const socket = folder.path('control.sock');
    const { cli, asGuest } = await serving('--control', `unix://${socket}`, '--scan-interval', '0');
    await cli.says(/The control is at unix:/);
    const command = folder.path('proxy-wifi');
    const words = [process.execPath, '--import', 'tsx', fileOf('cli/main.ts')].map((word) => `'${word}'`);
    await writeFile(command, `#!/bin/sh\nexec ${words.join(' ')} "$@" ${asGuest().join(' ')}\n`);
    await chmod(command, 0o755);
    return [socket, command];
  };

  const run = (program: string, argv: readonly string[]): Promise<readonly [code: number, said: string]> =>
    new Promise((resolve) => {
      execFile(program, argv, (error, out, err) =>
        resolve([error === null ? 0 : Number(error.code ?? 1), `${out}${err}`]),
      );
    });

  if (has('curl'))
    it('in a shell, with curl', async () => {
      const [code, said] = await run('sh', [fileOf('examples/network-vanishes.sh'), ...(await begin())]);
      expect(said).to.equal(
        '{"done":"network.vanishes"}\nthe guest has noticed that it is gone\n{"done":"network.appears"}\nthe guest has found it again\n',
      );
      expect(code).to.equal(0);
    });

  if (has('python3'))
    it("in Python, with its own library's unittest", async () => {
      const [code, said] = await run('python3', [fileOf('examples/network_vanishes.py'), ...(await begin())]);
      expect(said).to.match(/Ran 2 tests[\s\S]*\nOK\n$/);
      expect(code).to.equal(0);
    });
});
