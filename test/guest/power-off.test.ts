/** The last test in the machine: it leaves the guest connected, and what the host has heard when the machine is off is for `run.sh` to see. */
import { writeFileSync } from 'node:fs';
import { expect } from 'chai';
import { startSimulated } from './inside/arrangement.js';
import { twoMachines } from './inside/arrangements.js';
import { addInterface, load, unload } from './inside/driver.js';
import { Station } from './inside/station.js';

describe('a machine that is switched off', () => {
  it('is connected to the last', async () => {
    const all = twoMachines();
    await unload();
    await startSimulated(all);
    await load(all.reach);
    await addInterface(all.lower);
    const station = await Station.open();
    await station.scan();
    expect(await station.connectOpen('Cafe')).to.include('connected to');
    writeFileSync('/out/logs/connected-to-the-last', '');
  });
});
