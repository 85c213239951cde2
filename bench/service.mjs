// A host application as any other, on the built package: the service with a simulated radio of 30 access points. Further
// words: `inspected`, its inspector is on, and nobody looks; `host-scans`, every scan of a guest begins one of the host.
import { readFileSync } from 'node:fs';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout } from 'node:timers/promises';
import { createActor, waitFor } from 'xstate';
import { proxyWifi, silentLog, systemClock } from '../dist/index.js';
import { createInspector } from '../dist/machines-viz/index.js';
import { loadScenario, simulatedBackend } from '../dist/native/simulated/index.js';

const [scenarioFile, notificationPort, ...words] = process.argv.slice(2);
const scenario = loadScenario(readFileSync(scenarioFile, 'utf8'), scenarioFile);
if (scenario._tag === 'Left') throw new Error(scenario.left.join('; '));
const radio = simulatedBackend(scenario.right, { clock: systemClock, log: silentLog });

const opened = !words.includes('inspected') ? undefined : await createInspector({ port: 0 })();
if (opened?._tag === 'Left') throw new Error(opened.left.detail);
const inspector = opened?.right;

/** Milliseconds from the opening of each notification's connection to its writing, at most. */
let written = [];

const proxy = createActor(proxyWifi, {
  ...(inspector && { inspect: inspector.inspect }),
  input: {
    ...(inspector && { frameTap: inspector.frameTap }),
    endpoints: ['tcp://127.0.0.1'],
    radio,
    requestPort: 0,
    notificationPort: Number(notificationPort),
    maximumGuests: 4096,
    metrics: {
      count: () => {},
      requestAnswered: () => {},
      notificationWritten: (_kind, milliseconds) => written.push(milliseconds),
    },
    ...(words.includes('host-scans') && { scanInterval: 0 }),
  },
});
proxy.start();
await waitFor(proxy, (snapshot) => snapshot.matches('running'));
const [endpoint] = proxy.getSnapshot().context.status.read().endpoints;
process.send({ type: 'listening', port: Number(new URL(endpoint.address).port) });

// V8 gives freed pages back late: only what stays the same over a second is what the service keeps.
const settledMemory = async () => {
  let rss = Number.POSITIVE_INFINITY;
  for (let same = 0; same < 4; ) {
    globalThis.gc?.();
    await setTimeout(250);
    const now = process.memoryUsage().rss;
    same = Math.abs(now - rss) <= 64 * 1024 ? same + 1 : 0;
    rss = now;
  }
  return rss;
};

/** Milliseconds until nothing is left, and the longest time for which nothing else could run. */
const stopped = async () => {
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  const started = performance.now();
  proxy.send({ type: 'stop' });
  await waitFor(proxy, (snapshot) => snapshot.matches('stopped'));
  const milliseconds = performance.now() - started;
  await setTimeout(20);
  return { milliseconds, longest: delay.max / 1e6 };
};

process.on('message', ({ type, ssid, signal }) => {
  if (type === 'signal') radio.control.fade({ kind: 'ssid', ssid }, signal, 0);
  if (type === 'written') {
    process.send({ type: 'written', milliseconds: written });
    written = [];
  }
  if (type === 'memory') void settledMemory().then((rss) => process.send({ type: 'memory', rss }));
  if (type === 'cpu') process.send({ type: 'cpu', ...process.cpuUsage() });
  if (type === 'stop') void stopped().then((took) => process.send({ type: 'stopped', ...took }));
});
process.on('disconnect', () => process.exit());
