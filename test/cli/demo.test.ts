import { expect } from 'chai';
import { demo } from '../../cli/demo.js';
import { type DemoScenario, demoScenario } from '../../cli/demo-scenario.js';
import { endAll, endOf, startCli } from './cli-process.js';
import { KeptTerminal } from './kept-terminal.js';

interface Step {
  readonly do: string;
  readonly after: { readonly event: string; readonly delay: number };
}

/** The story with something changed in what the air is like; what happens there happens ten times as fast. */
const changed = (change: (timeline: readonly Step[]) => object = () => ({})): DemoScenario => {
  const scenario = demoScenario.scenario as { readonly timeline: readonly Step[] };
  const timeline = scenario.timeline.map((step) => ({
    ...step,
    after: { ...step.after, delay: step.after.delay / 10 },
  }));
  return { ...demoScenario, scenario: { ...scenario, timeline, ...change(timeline) } };
};

describe('proxy-wifi demo', function () {
  this.timeout(60_000);
  afterEach(endAll);

  it('tells the whole story in well under a minute, without colour, and ends with exit code 0', async () => {
    const start = Date.now();
    const { code, out, err } = await endOf(['demo']);
    expect(code, err).to.equal(0);
    expect(Date.now() - start).to.be.below(30_000);
    expect(err).to.equal('');
    const titles = out.split('\n').filter((line) => /^ *\d+ /.test(line));
    expect(titles.map((title) => Number(title.trim().split(' ')[0]))).to.deep.equal([
      1, 2, 3, 4, 5, 6, 7, 8, 9,
    ]);
    expect(out).to.match(/Harbour Cafe +02:00:5e:10:01:01 +▂▄▆█ +-52 dBm/);
    expect(out).to.include('mirrored');
    expect(out).not.to.include('\u001b');
    expect(out).not.to.include('fish and chips');
  });

  it('numbers its steps, with what belongs to each below it', async () => {
    const terminal = new KeptTerminal();
    expect(await demo({}, terminal, changed())).to.equal(0);
    const lines = terminal.lines.map((line) => line.replace(/tcp:\/\/127\.0\.0\.1:\d+/g, 'PLACE'));
    expect(lines).to.deep.equal([
      ' 1 A host with one Wi-Fi interface and a guest, both simulated, on this machine.',
      '   The host listens at PLACE; the guest hears notifications at PLACE.',
      ' 2 The guest scans: 4 networks.',
      '     SSID            BSSID              Signal         Channel         Security',
      '     Harbour Cafe    02:00:5e:10:01:01  ▂▄▆█  -52 dBm  44 (5220 MHz)   RSN PSK CCMP',
      '     Harbour Office  02:00:5e:10:01:02  ▂▄▆_  -61 dBm  149 (5745 MHz)  RSN PSK CCMP',
      '     Harbour Guests  02:00:5e:10:01:03  ▂▄__  -69 dBm  1 (2412 MHz)    open',
      '     Lighthouse      02:00:5e:10:01:04  ▂___  -83 dBm  6 (2437 MHz)    RSN PSK CCMP',
      ' 3 The guest connects to Harbour Cafe with its passphrase: the host connects for it.',
      '   Access point 02:00:5e:10:01:01, session 1.',
      ' 4 The guest walks away, and is told how the signal fades:',
      '     ▂▄▆█  -52 dBm',
      '     ▂▄▆_  -61 dBm',
      '     ▂▄__  -70 dBm',
      '     ▂___  -79 dBm',
      '     ▂___  -88 dBm',
      ' 5 The network is gone. The host tells the guest that session 1 has ended.',
      ' 6 The user of the host connects it to Harbour Office.',
      ' 7 The guest connects to Harbour Office too. The host is there already, so it is mirrored: the host stays as it',
      '   is, and the guest needs no right key. Access point 02:00:5e:10:01:02, session 2.',
      ' 8 The guest disconnects (session 2). The host is still connected to Harbour Office.',
      ' 9 Everything is stopped. That was the whole story.',
    ]);
  });

  it('takes the time that it takes to read along, and gives each step 15 s', () => {
    const { scenario, patience } = demoScenario;
    const { interfaces, timeline, seed } = scenario as {
      readonly interfaces: unknown;
      readonly timeline: readonly Step[];
      readonly seed: number;
    };
    expect(patience).to.equal(15_000);
    expect(interfaces).to.deep.equal([{ name: 'wlan0', scanDuration: 800, connectDuration: 400 }]);
    expect(seed).to.equal(7);
    expect(timeline.map((step) => [step.do, step.after.event, step.after.delay])).to.deep.equal([
      ['network.fades', 'connected', 600],
      ['network.fades', 'connected', 1200],
      ['network.fades', 'connected', 1800],
      ['network.fades', 'connected', 2400],
      ['network.vanishes', 'connected', 3200],
      ['user.connects', 'step', 1000],
    ]);
  });

  it('prints one object for each step with --json, in the order of the story', async () => {
    const terminal = new KeptTerminal();
    expect(await demo({ json: true }, terminal, changed())).to.equal(0);
    const steps = terminal.lines.map((line) => JSON.parse(line));
    const names = steps.map(({ step }) => step);
    expect([...new Set(names)]).to.deep.equal([
      'started',
      'scanned',
      'connected',
      'fading',
      'signal',
      'lost',
      'hostConnected',
      'mirrored',
      'disconnected',
      'stopped',
    ]);
    const signals = steps.filter(({ step }) => step === 'signal').map(({ rssi }) => rssi);
    // The first one follows the answer, the others the fading.
    expect(signals).to.deep.equal([-52, -61, -70, -79, -88]);
    const [connected, lost, mirrored, disconnected] = ['connected', 'lost', 'mirrored', 'disconnected'].map(
      (name) => steps.find(({ step }) => step === name),
    );
    expect(lost.sessionId).to.equal(connected.sessionId);
    expect(mirrored).to.include({ ssid: 'Harbour Office', bssid: '02:00:5e:10:01:02' });
    expect(disconnected).to.include({ sessionId: mirrored.sessionId, host: 'Harbour Office' });
  });

  for (const [signal, exitCode] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)
    it(`ends with exit code ${exitCode} after ${signal}, and says so`, async () => {
      const cli = startCli(['demo']);
      await cli.says(/The guest scans/);
      cli.signal(signal);
      const { code, out, err } = await cli.ended;
      expect(code).to.equal(exitCode);
      expect(err).to.equal(`Stopped by ${signal}.\n`);
      expect(out).not.to.include('the whole story');
    });

  const broken: readonly { readonly what: string; readonly scenario: DemoScenario; readonly says: RegExp }[] =
    [
      {
        what: 'the network is not there',
        scenario: changed(() => ({ networks: [], timeline: [] })),
        says: /the scan does not show Harbour Cafe/,
      },
      {
        what: 'the passphrase is wrong',
        scenario: { ...demoScenario, first: { ...demoScenario.first, passphrase: 'not the right one' } },
        says: /the guest does not connect to Harbour Cafe: .*status/,
      },
      {
        what: 'the signal does not fade',
        scenario: changed((timeline) => ({
          timeline: timeline.filter((step) => step.do !== 'network.fades'),
        })),
        says: /the signal does not fade/,
      },
      {
        what: 'the host connects to something else',
        scenario: { ...changed(), second: { ssid: 'Lighthouse' }, patience: 3000 },
        says: /the host does not connect to Lighthouse/,
      },
    ];

  for (const { what, scenario, says } of broken) {
    it(`ends with exit code 1 when ${what}`, async () => {
      const terminal = new KeptTerminal();
      expect(await demo({}, terminal, scenario)).to.equal(1);
      expect(terminal.complaints.join('\n')).to.match(says);
      expect(terminal.lines.join('\n')).not.to.include('the whole story');
    });
  }
});
