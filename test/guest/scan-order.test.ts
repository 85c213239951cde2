/** What ends a scan of the guest, by a host that answers when the test says so: the end of an earlier scan does not. */
import { expect } from 'chai';
import type { Bss } from '../../protocol/bss.js';
import { encodeHostMessage } from '../../protocol/frame.js';
import { run } from '../radio/air/programs.js';
import { bss } from '../stage/networks.js';
import { inMachine } from './inside/arrangements.js';
import { addInterface, load, unload, wifi } from './inside/driver.js';
import { complaints } from './inside/kernel.js';
import { ScriptedHost } from './inside/scripted-host.js';
import { Station } from './inside/station.js';

const seen = (complete: boolean, ...networks: readonly Bss[]): Uint8Array =>
  encodeHostMessage({ operation: 'scan.response', complete, networks });

describe('the order of a scan and its words', () => {
  let host: ScriptedHost;
  let station: Station;

  before(async () => {
    host = await ScriptedHost.listen({ request: 23_461, notification: 23_462 });
    await load(host.reach);
    await addInterface(inMachine().lower);
    station = await Station.open();
  });

  after(async () => {
    await station.close();
    host.close();
    await unload();
    expect(await complaints()).to.equal('');
  });

  beforeEach(() => host.forget());

  /** Starts a scan; resolves with what answers it once the host is asked. */
  const scan = async (): Promise<(bytes: Uint8Array) => void> => {
    await station.triggerScan('Attic');
    return (await host.asked()).answer;
  };

  /** Is it still under way after the time that a scan takes at least? */
  const goesOn = async (): Promise<void> => {
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(station.events.output).to.not.match(new RegExp(`${wifi} .*: scan (finished|aborted)`));
  };

  const ssids = async (): Promise<readonly string[]> => (await station.known()).map(({ ssid }) => ssid);

  for (const [when, isEarly] of [
    ['before it is answered', true],
    ['after it is answered', false],
  ] as const)
    it(`is not ended by the end of an earlier one that is read ${when}, but by its own`, async () => {
      const late = await host.notify();
      const answer = await scan();
      if (!isEarly) answer(seen(false));
      await host.say(late, seen(true, bss('Cafe', 1)));
      if (isEarly) answer(seen(false));
      await goesOn();
      await host.say(await host.notify(), seen(true, bss('Cafe', 1), bss('Attic', 2)));
      expect(await station.scanEnds()).to.equal('finished');
      expect(await ssids()).to.have.members(['Cafe', 'Attic']);
    });

  it('is ended by its own end that overtakes the answer', async () => {
    const answer = await scan();
    await host.say(await host.notify(), seen(true, bss('Attic', 2)));
    answer(seen(false));
    expect(await station.scanEnds()).to.equal('finished');
    expect(await ssids()).to.deep.equal(['Attic']);
  });

  it('goes on after results that are not all', async () => {
    const answer = await scan();
    answer(seen(false));
    await host.say(await host.notify(), seen(false, bss('Cafe', 1)));
    await goesOn();
    await host.say(await host.notify(), seen(true, bss('Attic', 2)));
    expect(await station.scanEnds()).to.equal('finished');
  });

  it('ends by itself, 10 s after an answer whose rest never comes', async () => {
    const answer = await scan();
    const began = performance.now();
    answer(seen(false, bss('Cafe', 1)));
    expect(await station.scanEnds()).to.equal('finished');
    expect(performance.now() - began).to.be.greaterThan(9000);
    expect(await ssids()).to.deep.equal(['Cafe']);
  });

  it('is given up when it is answered in the older format, which is told once and not each time', async () => {
    await complaints();
    for (let i = 0; i < 10; i++) {
      const answer = await scan();
      answer(
        encodeHostMessage(
          { operation: 'scan.response', complete: true, networks: [bss('Pantry', 3), bss('Cellar', 4)] },
          'without-scan-complete',
        ),
      );
      expect(await station.scanEnds()).to.equal('aborted');
    }
    const said = (await run('dmesg')).match(/scan answer in the older format/g) ?? [];
    expect(said).to.have.lengthOf.within(1, 2);
    for (const ssid of ['Pantry', 'Cellar']) expect(await ssids()).to.not.include(ssid);
    const answer = await scan();
    answer(seen(true, bss('Cafe', 1)));
    expect(await station.scanEnds()).to.equal('finished');
  });
});
