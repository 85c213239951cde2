import { expect } from 'chai';
import * as E from 'fp-ts/lib/Either.js';
import type { ConnectFailure, HostLink, RadioFailure } from '../../../native/index.js';
import { StatusCode } from '../../../protocol/index.js';
import { Purity } from '../../model/purity.js';
import { bss, ssid } from '../../stage/networks.js';
import { linkTo, ScriptedRadio, ScriptedStation } from '../../stage/scripted-radio.js';
import { Deferred, useStages } from '../../stage/stage.js';

describe('an interface that disconnects for the last guest', () => {
  const stage = useStages();

  const disconnecting = async () => {
    const device = new ScriptedStation('wlan0').connectsAt(linkTo('Cafe', bss('Cafe', 1)));
    const outcome = new Deferred<E.Either<RadioFailure, void>>();
    const s = await stage({ time: 'manual', radio: new ScriptedRadio([device]) });
    const guest = await s.guest(1);
    await guest.connect('Cafe');
    device.onDisconnect = () => outcome.promise;
    const done = guest.disconnect();
    await s.until(() => device.asked.at(-1) === 'disconnect', 'the host is asked');
    return { s, device, outcome, done };
  };

  it('knows what the host connects it to meanwhile', async () => {
    const { s, device, outcome, done } = await disconnecting();
    device.lose();
    device.join(linkTo('Home', bss('Home', 2)));
    await s.until(() => s.interfaceStatus('wlan0')?.link?.ssid === 'Home', 'the new link is known');
    expect(s.records.factsOf('hostConnected').map(({ ssid }) => ssid)).to.deep.equal(['Cafe', 'Home']);
    outcome.resolve(E.left({ operation: 'disconnect', code: 'SCRIPTED', detail: 'too late' }));
    await done;
    expect(s.interfaceStatus('wlan0')).to.deep.include({
      state: { link: 'connected', scan: 'idle' },
      link: linkTo('Home', bss('Home', 2)),
    });
  });

  it('knows that it has lost its link meanwhile, whatever the host says of the disconnecting', async () => {
    const { s, device, outcome, done } = await disconnecting();
    device.lose();
    outcome.resolve(E.left({ operation: 'disconnect', code: 'SCRIPTED', detail: 'it is not connected' }));
    await done;
    expect(s.interfaceStatus('wlan0')).to.deep.include({
      state: { link: 'disconnected', scan: 'idle' },
      link: null,
    });
  });

  it('is connected again as far as it knows when the host does not answer', async () => {
    const { s, device } = await disconnecting();
    await s.until(() => s.interfaceStatus('wlan0')?.state?.link === 'disconnecting', 'it disconnects');
    await s.clock.advance(5000);
    expect(s.interfaceStatus('wlan0')).to.deep.include({
      state: { link: 'connected', scan: 'idle' },
      link: linkTo('Cafe', bss('Cafe', 1)),
    });
    expect(device.asked.at(-1)).to.equal('disconnect');
  });

  it('is busy for who wants it meanwhile', async () => {
    const { s, device, outcome, done } = await disconnecting();
    device.seen = [bss('Home', 2)];
    const other = await s.guest(2);
    const answer = await other.connect('Home');
    expect(answer.status).to.equal(StatusCode.refusedTemporarily);
    outcome.resolve(E.right(undefined));
    await done;
  });

  for (const [where, number] of [
    ['another access point', 2],
    ['the same access point', 1],
  ] as const)
    it(`still knows it when the host says that it has disconnected the former one, at ${where}`, async () => {
      const { s, device, outcome, done } = await disconnecting();
      const home = linkTo('Home', bss('Home', number));
      device.lose();
      device.join(home);
      outcome.resolve(E.right(undefined));
      await done;
      expect(s.interfaceStatus('wlan0')?.link).to.deep.equal(home);
    });
});

describe('an interface that goes straight from one network to another', () => {
  const stage = useStages();
  const purity = new Purity();
  before(() => purity.begin());
  after(() => purity.end());

  it('has left the one and is on the other, and does nothing while it decides so', async () => {
    const device = new ScriptedStation('wlan0');
    const s = await stage({ time: 'manual', radio: new ScriptedRadio([device]), inspect: purity.inspect });
    device.join(linkTo('Cafe', bss('Cafe', 1)));
    device.join(linkTo('Home', bss('Home', 2)));
    await s.until(() => s.interfaceStatus('wlan0')?.link?.ssid === 'Home', 'the new link is known');
    const told = s.records.facts.filter(({ type }) => type.startsWith('host'));
    expect(told.map((fact) => [fact.type, 'ssid' in fact ? fact.ssid : null])).to.deep.equal([
      ['hostConnected', 'Cafe'],
      ['hostDisconnected', 'Cafe'],
      ['hostConnected', 'Home'],
    ]);
    expect([...purity.judged.keys()]).to.include('hostInterface in connected at link.up');
    expect(purity.findings).to.deep.equal([]);
  });
});

describe('an interface that has done what a guest wanted', () => {
  const stage = useStages();
  const cafe = linkTo('Cafe', bss('Cafe', 1));
  const refusal = { operation: 'disconnect', code: 'SCRIPTED', detail: 'it does not' } as const;
  const failed = E.left({ reason: 'failed', status: StatusCode.unspecifiedFailure, detail: 'it does not' });

  const ready = async () => {
    const device = new ScriptedStation('wlan0').connectsAt(cafe);
    const s = await stage({ time: 'manual', radio: new ScriptedRadio([device]) });
    const served = () => s.proxy.getSnapshot().context.interfaces.get(device.id)?.seat.state?.serving;
    return { s, device, guest: await s.guest(1), served };
  };

  it('serves nobody any more, however it went', async () => {
    const { s, device, guest, served } = await ready();
    device.onDisconnect = () => Promise.resolve(E.left(refusal));
    await guest.connect('Cafe');
    expect(served(), 'connected').to.equal(null);
    await guest.disconnect();
    expect(served(), 'still connected').to.equal(null);
    expect(s.records.linesAbout('did not disconnect').map(({ facts }) => facts)).to.deep.equal([
      { interfaceId: 'wlan0', ...refusal },
    ]);
    device.lose();
    device.onConnect = () => Promise.resolve(failed as E.Either<ConnectFailure, HostLink>);
    await guest.connect('Cafe');
    expect(served(), 'not connected').to.equal(null);
  });

  for (const [how, link] of [
    ['the link as it was', cafe],
    ['another link', linkTo('Home', bss('Home', 2))],
  ] as const)
    it(`serves nobody any more when it has disconnected, with ${how}`, async () => {
      const { device, guest, served } = await ready();
      await guest.connect('Cafe');
      device.onDisconnect = () => {
        if (link !== cafe) device.join(link);
        return Promise.resolve(E.right(undefined));
      };
      await guest.disconnect();
      expect(served()).to.equal(null);
    });

  it('serves nobody any more when the host has not disconnected it in time', async () => {
    const { s, device, guest, served } = await ready();
    await guest.connect('Cafe');
    device.onDisconnect = () => new Promise(() => undefined);
    const done = guest.disconnect();
    await s.until(() => served() === guest.id, 'it disconnects');
    await s.clock.advance(5000);
    await done;
    expect(served()).to.equal(null);
  });
});

describe('an interface that connects for a guest', () => {
  const stage = useStages();
  const cafe = linkTo('Cafe', bss('Cafe', 1));
  const home = linkTo('Home', bss('Home', 2));

  const connecting = async () => {
    const device = new ScriptedStation('wlan0');
    device.seen = [bss('Cafe', 1), bss('Home', 2)];
    const outcome = new Deferred<E.Either<ConnectFailure, HostLink>>();
    device.onConnect = () => outcome.promise;
    const s = await stage({ time: 'manual', radio: new ScriptedRadio([device]) });
    const guest = await s.guest(1);
    const answer = guest.connect('Cafe');
    await s.until(() => device.asked.at(-1)?.startsWith('connect') === true, 'the host is asked');
    return { s, device, outcome, answer };
  };

  it('knows what the host has connected it to before the result is there', async () => {
    const { s, device, outcome, answer } = await connecting();
    device.join(cafe);
    device.lose();
    device.join(home);
    outcome.resolve(E.right(cafe));
    expect((await answer).status).to.equal(StatusCode.refusedTemporarily);
    expect(s.interfaceStatus('wlan0')).to.deep.include({
      state: { link: 'connected', scan: 'idle' },
      link: home,
    });
    expect(s.records.factsOf('hostConnected').map(({ ssid }) => ssid)).to.deep.equal(['Cafe', 'Home']);
  });

  it('knows that the link was lost before the result is there', async () => {
    const { s, device, outcome, answer } = await connecting();
    device.join(cafe);
    device.lose();
    outcome.resolve(E.right(cafe));
    expect((await answer).status).to.equal(StatusCode.refusedTemporarily);
    expect(s.interfaceStatus('wlan0')).to.deep.include({ link: null });
  });

  it('knows to which access point it has roamed before the result is there', async () => {
    const { s, device, outcome, answer } = await connecting();
    const other = linkTo('Cafe', bss('Cafe', 3));
    device.join(cafe);
    device.join(other);
    outcome.resolve(E.right(cafe));
    expect((await answer).status).to.equal(StatusCode.success);
    expect(s.interfaceStatus('wlan0')?.link).to.deep.equal(other);
  });

  it('takes the word of the result where the host has told nothing yet', async () => {
    const { s, device, outcome, answer } = await connecting();
    device.join(home);
    outcome.resolve(E.right(cafe));
    expect((await answer).status).to.equal(StatusCode.success);
    expect(s.interfaceStatus('wlan0')?.link).to.deep.equal(cafe);
  });
});

describe('an interface on which one scan follows another', () => {
  const stage = useStages();

  it('keeps its link, and hears of its end', async () => {
    const device = new ScriptedStation('wlan0').connectsAt(linkTo('Cafe', bss('Cafe', 1)));
    device.seen = [bss('Cafe', 1)];
    const s = await stage({ time: 'manual', radio: new ScriptedRadio([device]) });
    const guest = await s.guest(1);
    await guest.connect('Cafe');
    await guest.scan();
    // It looks for a network for which the scan that runs does not look: one more follows.
    await (await s.guest(2)).scan(ssid('Cellar'));
    device.completeScan();
    await s.until(() => device.asked.filter((what) => what === 'scan').length === 2, 'the host scans again');
    expect(s.interfaceStatus('wlan0')?.state).to.deep.equal({ link: 'connected', scan: 'scanning' });
    device.lose();
    await s.until(() => guest.disconnections.length === 1, 'the guest hears that its network is lost');
  });

  it('keeps nobody waiting for one that has failed: the results of the next are news to all', async () => {
    const device = new ScriptedStation('wlan0');
    device.onScan = () => E.left({ operation: 'scan', code: 'EBUSY', detail: 'it is busy' });
    const s = await stage({ time: 'manual', radio: new ScriptedRadio([device]) });
    const [first, second] = [await s.guest(1), await s.guest(2)];
    await first.scan();
    await second.scan();
    device.completeScan();
    await s.until(() => first.scans.length + second.scans.length === 2, 'both hear of it');
  });

  it('answers who asks while the host has yet to say whether it scans', async () => {
    const device = new ScriptedStation('wlan0');
    const outcome = new Deferred<E.Either<RadioFailure, 'complete'>>();
    device.onScan = () => outcome.promise;
    const s = await stage({ time: 'manual', radio: new ScriptedRadio([device]) });
    const [first, second] = [await s.guest(1), await s.guest(2)];
    const answers = [first.scan()];
    await s.until(() => device.asked.length === 1, 'the host is asked');
    answers.push(second.scan());
    await s.until(() => s.records.requestsOf(second.id) === 1, 'the second has asked');
    outcome.resolve(E.right('complete'));
    await Promise.all(answers);
    expect(device.asked).to.deep.equal(['scan']);
  });
});
