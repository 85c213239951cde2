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
