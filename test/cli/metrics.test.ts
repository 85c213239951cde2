import { readFileSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import perf from 'node:perf_hooks';
import { setTimeout } from 'node:timers/promises';
import { expect } from 'chai';
import { Gauge, Registry } from 'prom-client';
import sinon from 'sinon';
import { parseHttpAddress } from '../../cli/http-address.js';
import { ManualClock, type ServiceStatus } from '../../index.js';
import { createMetrics, registerMetrics } from '../../metrics/index.js';
import { delayBuckets, durationBuckets, metricTable, nativeCallBuckets } from '../../metrics/metric-table.js';
import { callBegins } from '../../native/native-calls.js';
import { interfaceId } from '../../native/radio.js';
import { endAll } from './cli-process.js';
import { ran } from './kept-terminal.js';
import { serving } from './serving.js';

const page = readFileSync(new URL('../../docs/metrics.md', import.meta.url), 'utf8');

const quiet: ServiceStatus = {
  endpoints: [],
  radios: [],
  interfaces: [],
  guests: [],
  ownership: {},
  counters: {
    requests: { 'scan complete': 3, 'connect invalid pairwise cipher': 1 },
    refusedFrames: { 'unknown operation': 2 },
    refusedConnections: {},
    notificationsSent: {},
    notificationsUncertain: {},
    notificationsRetried: {},
    notificationsConflated: {},
    notificationsDropped: {},
    restarts: { listener: 4 },
  },
};

/** The lines of a scrape that have a value, by metric and labels. */
const samples = (text: string): ReadonlyMap<string, number> =>
  new Map(
    text
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#'))
      .map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ') + 1))]),
  );

describe('metrics', function () {
  this.timeout(60_000);
  afterEach(endAll);

  it('are listed in docs/metrics.md with type, labels and meaning, all of them and no others', () => {
    const rows = page.split('\n').filter((line) => line.startsWith('| `'));
    expect(rows).to.deep.equal(
      metricTable.map(({ name, type, labels, help }) => {
        const shown = labels.map((label) => `\`${label}\``).join(', ');
        return `| \`${name}\` | ${type} | ${shown === '' ? '–' : shown} | ${help} |`;
      }),
    );
  });

  it('are exposed as they are listed', async () => {
    const metrics = createMetrics(() => quiet);
    const text = await metrics.expose();
    metrics.close();
    const exposed = [...text.matchAll(/^# TYPE (\S+) (\S+)$/gm)].map(([, name, type]) => [name, type]);
    expect(exposed).to.deep.equal(metricTable.map(({ name, type }) => [name, type]));
  });

  it('have the counts of the service, also after a second scrape', async () => {
    const metrics = createMetrics(() => quiet);
    await metrics.expose();
    const found = samples(await metrics.expose());
    metrics.close();
    expect(found.get('proxy_wifi_requests_total{operation="scan",outcome="complete"}')).to.equal(3);
    expect(
      found.get('proxy_wifi_requests_total{operation="connect",outcome="invalid pairwise cipher"}'),
    ).to.equal(1);
    expect(found.get('proxy_wifi_refused_frames_total{reason="unknown operation"}')).to.equal(2);
    expect(found.get('proxy_wifi_restarts_total{part="listener"}')).to.equal(4);
    expect(found.get('proxy_wifi_sessions{type="guestDirected"}')).to.equal(0);
    for (const quantile of ['0.5', '0.9', '0.99', '1'])
      expect(found.get(`proxy_wifi_event_loop_delay_seconds{quantile="${quantile}"}`)).to.be.at.least(0);
  });

  it('have durations in seconds', async () => {
    const metrics = createMetrics(() => quiet);
    metrics.sink.requestAnswered('scan', 'complete', 3);
    const found = samples(await metrics.expose());
    metrics.close();
    const bucket = (le: string) =>
      found.get(`proxy_wifi_request_duration_seconds_bucket{le="${le}",operation="scan",outcome="complete"}`);
    expect([bucket('0.0025'), bucket('0.005'), bucket('+Inf')]).to.deep.equal([0, 1, 1]);
    expect(
      found.get('proxy_wifi_request_duration_seconds_sum{operation="scan",outcome="complete"}'),
    ).to.equal(0.003);
  });

  it('have how long after the opening of its connection a notification was written', async () => {
    const metrics = createMetrics(() => quiet);
    metrics.sink.notificationWritten?.('scan', 6);
    const found = samples(await metrics.expose());
    metrics.close();
    const bucket = (le: string) =>
      found.get(`proxy_wifi_notification_delay_seconds_bucket{le="${le}",kind="scan"}`);
    expect([bucket('0.005'), bucket('0.008'), bucket('+Inf')]).to.deep.equal([0, 1, 1]);
    expect(found.get('proxy_wifi_notification_delay_seconds_sum{kind="scan"}')).to.equal(0.006);
  });

  it('have the lines that the log has dropped', async () => {
    const metrics = createMetrics(
      () => quiet,
      undefined,
      () => 7,
    );
    await metrics.expose();
    const found = samples(await metrics.expose());
    metrics.close();
    expect(found.get('proxy_wifi_log_lines_dropped_total')).to.equal(7);
  });

  it('count a request in the first bucket that is not below its duration, up to the longest a request may take', async () => {
    const metrics = createMetrics(() => quiet);
    for (const [i, bound] of durationBuckets.entries())
      for (const milliseconds of [bound * 1000, bound * 1000 + 0.01])
        metrics.sink.requestAnswered('scan', String(i), milliseconds);
    const found = samples(await metrics.expose());
    metrics.close();
    for (const [i, bound] of durationBuckets.entries()) {
      const labels = `le="${bound}",operation="scan",outcome="${i}"`;
      expect(found.get(`proxy_wifi_request_duration_seconds_bucket{${labels}}`), `${bound} s`).to.equal(1);
    }
  });

  it('have the buckets that docs/metrics.md names', () => {
    const [, named = ''] =
      /^Buckets of the duration, in seconds: ([^.]+(?:\.\d+[^.]*)*)\.$/m.exec(page) ?? [];
    expect(named.split(', ').map(Number)).to.deep.equal([...durationBuckets]);
    expect(durationBuckets.at(-1), 'the longest that a request may take').to.equal(18);
  });

  it('count a notification around the 5 ms that are wanted, and the 8 and 10 ms that guests wait', () => {
    expect([...delayBuckets]).to.deep.equal([0.0005, 0.001, 0.0025, 0.005, 0.008, 0.01, 0.025, 0.1, 0.5]);
  });

  it('have the interfaces and the sessions by kind, and guests whether they have a session or not', async () => {
    const interfaceOf = (kind: 'station' | 'fake', id: number) => ({
      ...{ id: interfaceId(`${id}`), name: `${id}`, kind, radio: 'simulated', link: null },
      ...{ state: { link: 'disconnected', scan: 'idle' }, rssi: null, scannedAt: null },
    });
    const guestOf = (type?: 'hostMirroring' | 'guestDirected') =>
      ({ session: type === undefined ? null : { type } }) as unknown as ServiceStatus['guests'][number];
    const status: ServiceStatus = {
      ...quiet,
      interfaces: [interfaceOf('station', 1), interfaceOf('station', 2), interfaceOf('fake', 3)],
      guests: [guestOf('hostMirroring'), guestOf(), guestOf('guestDirected'), guestOf('guestDirected')],
    };
    const metrics = createMetrics(() => status);
    await metrics.expose();
    const found = samples(await metrics.expose());
    metrics.close();
    expect(
      [...found].filter(([name]) => /^proxy_wifi_(guests|interfaces|sessions)\b/.test(name)),
    ).to.deep.equal([
      ['proxy_wifi_guests', 4],
      ['proxy_wifi_interfaces{kind="station"}', 2],
      ['proxy_wifi_interfaces{kind="fake"}', 1],
      ['proxy_wifi_sessions{type="hostMirroring"}', 1],
      ['proxy_wifi_sessions{type="guestDirected"}', 2],
    ]);
  });

  it('have calls into the host in seconds, until they are closed', async () => {
    const registry = new Registry();
    const registered = registerMetrics(registry, () => quiet);
    const ended = callBegins('libc', 'poll');
    const begin = performance.now();
    while (performance.now() < begin + 20);
    ended('ok');
    const sum = (text: string) =>
      samples(text).get('proxy_wifi_native_call_duration_seconds_sum{library="libc",operation="poll"}');
    expect(sum(await registry.metrics())).to.be.within(0.02, 1);
    registered.close();
    expect(registry.getMetricsAsArray()).to.deep.equal([]);
  });

  it('have how late the event loop was since the last scrape', async () => {
    const metrics = createMetrics(() => quiet);
    const latest = async () =>
      samples(await metrics.expose()).get('proxy_wifi_event_loop_delay_seconds{quantile="1"}') ?? Number.NaN;
    // The measurement's own timer must have run before and after.
    await setTimeout(60);
    const until = performance.now() + 1200;
    while (performance.now() < until);
    await setTimeout(60);
    const late = await latest();
    await setTimeout(60);
    const again = await latest();
    metrics.close();
    expect(late, 'after 1.2 s in which it stood still').to.be.within(1, 60);
    expect(again, 'since then').to.be.at.least(0).and.below(1);
  });

  it('have the delay of the event loop in seconds, beyond the time between two measurements, and measure anew', async () => {
    const loop = {
      enable: sinon.fake(),
      disable: sinon.fake(),
      reset: sinon.fake(),
      percentile: sinon.fake((percent: number) => (percent === 50 ? 19e6 : percent * 1e9)),
    };
    const monitor = sinon.stub(perf, 'monitorEventLoopDelay').returns(loop as never);
    syncBuiltinESMExports();
    try {
      const metrics = createMetrics(() => quiet);
      sinon.assert.calledOnceWithExactly(monitor, { resolution: 20 });
      sinon.assert.calledOnce(loop.enable);
      const found = samples(await metrics.expose());
      const delay = (quantile: string) =>
        found.get(`proxy_wifi_event_loop_delay_seconds{quantile="${quantile}"}`);
      expect(['0.5', '0.9', '0.99', '1'].map(delay)).to.deep.equal([0, 89.98, 98.98, 99.98]);
      sinon.assert.calledOnce(loop.reset);
      metrics.close();
      sinon.assert.calledOnce(loop.disable);
    } finally {
      sinon.restore();
      syncBuiltinESMExports();
    }
  });

  it('go into the registry of a host application beside its own, and out of it again', async () => {
    const registry = new Registry();
    new Gauge({ name: 'host_windows', help: 'Windows that are open.', registers: [registry] }).set(2);
    const registered = registerMetrics(registry, () => quiet);
    registered.sink.requestAnswered('scan', 'complete', 3);
    const found = samples(await registry.metrics());
    expect(found.get('host_windows')).to.equal(2);
    expect(found.get('proxy_wifi_requests_total{operation="scan",outcome="complete"}')).to.equal(3);
    expect(
      found.get('proxy_wifi_request_duration_seconds_count{operation="scan",outcome="complete"}'),
    ).to.equal(1);
    expect(() => registerMetrics(registry, () => quiet)).to.throw(/already been registered/);
    registered.close();
    expect([...samples(await registry.metrics()).keys()]).to.deep.equal(['host_windows']);
    registerMetrics(registry, () => quiet).close();
  });

  it('have the age of the last scan of each interface of the host that has one', async () => {
    const clock = new ManualClock();
    const registry = new Registry();
    const interfaceOf = (name: string, kind: 'station' | 'fake', scannedAt: number | null) => ({
      ...{ id: interfaceId(name), name, kind, radio: 'simulated', link: null, rssi: null },
      ...{ state: { link: 'disconnected', scan: 'idle' }, scannedAt },
    });
    const interfaces = [
      interfaceOf('wlan0', 'station', 1000),
      interfaceOf('wlan1', 'station', null),
      interfaceOf('Fake networks', 'fake', 1000),
    ];
    const registered = registerMetrics(registry, () => ({ ...quiet, interfaces }), clock);
    clock.advanceNow(8500);
    const found = samples(await registry.metrics());
    registered.close();
    expect([...found].filter(([name]) => name.includes('scan_age'))).to.deep.equal([
      ['proxy_wifi_scan_age_seconds{interface="wlan0"}', 7.5],
    ]);
  });

  it('have the times of calls into the host, which are measured only meanwhile', async () => {
    const before = callBegins('libc', 'bind');
    const metrics = createMetrics(() => quiet);
    before('ok');
    callBegins('libc', 'bind')('EADDRINUSE');
    callBegins('wlanapi', 'WlanScan')('ERROR_SUCCESS');
    const found = samples(await metrics.expose());
    metrics.close();
    const count = (labels: string) => found.get(`proxy_wifi_native_call_duration_seconds_count{${labels}}`);
    expect(count('library="libc",operation="bind"')).to.equal(1);
    expect(count('library="wlanapi",operation="WlanScan"')).to.equal(1);
    const buckets = [...found.keys()].filter((name) => /call_duration_seconds_bucket.*"bind"/.test(name));
    expect(buckets).to.have.length(nativeCallBuckets.length + 1);
    expect(page).to.include(`Buckets of native calls, in seconds: ${nativeCallBuckets.join(', ')}. `);
  });

  it('can be scraped from a running service', async () => {
    const { cli, asGuest } = await serving('--metrics', '127.0.0.1:0');
    const [, url = ''] = await cli.says(/Metrics are at (http:\S+\/metrics)\./);
    await ran(['guest', 'connect', 'Harbour Guests', '--open', ...asGuest()]);
    const response = await fetch(url);
    expect(response.status).to.equal(200);
    expect(response.headers.get('content-type')).to.match(/^text\/plain; version=0\.0\.4/);
    const found = samples(await response.text());
    expect(found.get('proxy_wifi_requests_total{operation="connect",outcome="success"}')).to.equal(1);
    expect(
      found.get('proxy_wifi_request_duration_seconds_count{operation="connect",outcome="success"}'),
    ).to.equal(1);
    expect(found.get('proxy_wifi_guests')).to.equal(1);
    expect(found.get('proxy_wifi_interfaces{kind="station"}')).to.equal(1);
    expect(found.get('proxy_wifi_sessions{type="guestDirected"}')).to.equal(1);
    expect((await fetch(url.replace('/metrics', '/'))).status).to.equal(404);
  });

  for (const [text, address] of [
    ['9464', { host: '127.0.0.1', port: 9464 }],
    ['0.0.0.0:0', { host: '0.0.0.0', port: 0 }],
    ['[::1]:65535', { host: '::1', port: 65535 }],
    ['localhost:1', { host: 'localhost', port: 1 }],
    ['65536', undefined],
    ['::1:80', undefined],
    ['host:', undefined],
    ['', undefined],
  ] as const) {
    it(`read the address ${JSON.stringify(text)} as ${JSON.stringify(address) ?? 'none'}`, () => {
      expect(parseHttpAddress(text)).to.deep.equal(address);
    });
  }
});
