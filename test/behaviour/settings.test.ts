/** behaviour.md, “Other settings while it runs”. */
import { expect } from 'chai';
import type { ChangedSettings } from '../../index.js';
import { network, station } from '../stage/networks.js';
import { type Stage, useStages } from '../stage/stage.js';

describe('other settings while the service runs', () => {
  const stage = useStages();
  const oneInterface = { interfaces: [station('wlan0')], networks: [network('Cafe', 1), network('Bar', 2)] };
  const change = (s: Stage, settings: ChangedSettings): void =>
    s.proxy.send({ type: 'settings.changed', settings });

  it('settings 1: hold from then on: rules for connections, the list of guests, limits', async () => {
    const s = await stage({ ...oneInterface, input: { allow: ['tcp://127.0.1.1'] } });
    const [guest, other] = [await s.guest(1), await s.guest(2)];
    change(s, { denySsids: ['Cafe'], changesPerMinute: 1, allow: ['tcp://127.0.1.1', 'tcp://127.0.1.2'] });
    expect((await guest.connect('Cafe')).status).to.equal(37);
    expect((await guest.connect('Bar')).status).to.equal(0);
    expect(await other.seen()).to.deep.equal(['Cafe', 'Bar']);
    change(s, { denySsids: undefined });
    expect((await guest.connect('Cafe')).status, 'one change a minute').to.equal(37);
    change(s, { changesPerMinute: undefined });
    expect((await guest.connect('Cafe')).status).to.equal(0);
  });

  it('settings 1: from its next start on where the service is stopped', async () => {
    const s = await stage(oneInterface);
    await s.halt();
    change(s, { denySsids: ['Cafe'] });
    await s.restart();
    const guest = await s.guest(1);
    expect((await guest.connect('Cafe')).status).to.equal(37);
    expect((await guest.connect('Bar')).status).to.equal(0);
  });

  it('settings 2: a guest that may not come in any more is cut off and told, and the others stay', async () => {
    const s = await stage(oneInterface);
    const [leaving, staying] = [await s.guest(1), await s.guest(2)];
    await leaving.connect('Cafe');
    await staying.connect('Cafe');
    change(s, { allow: ['tcp://127.0.1.2'] });
    await s.until(() => leaving.disconnections.length === 1, 'it is told');
    const refused = s.raw(1);
    await refused.opened;
    expect(await refused.ended).to.have.length(0);
    expect(s.statusOf(staying)?.session).to.include({ id: 1 });
    expect(staying.disconnections).to.deep.equal([]);
  });

  it('settings 3: a mistake changes nothing, and is logged: a wrong value, a setting that needs a restart, guests that no endpoint lets in', async () => {
    const s = await stage({ ...oneInterface, input: { allow: ['tcp://127.0.1.1'] } });
    change(s, { backlog: 0, allow: ['tcp://127.0.1.2'] });
    change(s, { endpoints: ['tcp://127.0.0.1:1'] });
    change(s, { allow: ['vsock://7'] });
    const problems = s.records.linesAbout('the settings stay as they were').map(({ facts }) => facts.problem);
    expect(problems).to.have.length(3);
    expect(problems[0]).to.include('backlog');
    expect(problems[1]).to.include('endpoints: expected a setting that takes effect at once');
    expect(problems[2]).to.include('allow[0]');
    expect(await (await s.guest(1)).seen()).to.deep.equal(['Cafe', 'Bar']);
    const refused = s.raw(2);
    await refused.opened;
    expect(await refused.ended).to.have.length(0);
  });
});
