// The service with many guests, as a process of its own, so that its processor time is nobody else's: it counts and tells.
import { setTimeout } from 'node:timers/promises';
import { createActor, waitFor } from 'xstate';
import { proxyWifi, silentLog, systemClock } from '../../dist/index.js';
import { decodeScenario, simulatedBackend } from '../../dist/native/simulated/index.js';

const [scenarioText, notificationPort, maximumGuests] = process.argv.slice(2);
const scenario = decodeScenario(JSON.parse(scenarioText));
if (scenario._tag === 'Left') throw new Error(JSON.stringify(scenario.left));
const radio = simulatedBackend(scenario.right, { clock: systemClock, log: silentLog });
const proxy = createActor(proxyWifi, {
  input: {
    endpoints: ['tcp://127.0.0.1'],
    radio,
    requestPort: 0,
    notificationPort: Number(notificationPort),
    maximumGuests: Number(maximumGuests),
  },
});

const tellWhenItListens = async () => {
  await waitFor(proxy, (snapshot) => snapshot.matches('running'));
  const [endpoint] = proxy.getSnapshot().context.status.read().endpoints;
  process.send({ type: 'listening', port: Number(new URL(endpoint.address).port) });
};

/** What stays over a second: V8 gives freed pages back late. */
const settledMemory = async () => {
  let least = Number.POSITIVE_INFINITY;
  for (let same = 0; same < 4; ) {
    globalThis.gc?.();
    await setTimeout(250);
    const now = process.memoryUsage().rss;
    same = Math.abs(now - least) <= 64 * 1024 ? same + 1 : 0;
    least = now;
  }
  return least;
};

/** Milliseconds of processor time until it has stopped; one that is stopped already takes none. */
const stopped = async () => {
  const before = process.cpuUsage();
  proxy.send({ type: 'stop' });
  await waitFor(proxy, (snapshot) => snapshot.matches('stopped'));
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
};

const restarted = async () => {
  await stopped();
  proxy.send({ type: 'start' });
  await tellWhenItListens();
};

const [port] = scenario.right.interfaces;
process.on('message', ({ type, signal }) => {
  if (type === 'signal') radio.control.fade({ kind: 'ssid', ssid: 'Lobby' }, signal, 0);
  if (type === 'scan') radio.control.scanByHost(port.id);
  if (type === 'memory') void settledMemory().then((rss) => process.send({ type: 'memory', rss }));
  if (type === 'cpu') process.send({ type: 'cpu', ...process.cpuUsage() });
  if (type === 'restart') void restarted();
  if (type === 'stop') void stopped().then((milliseconds) => process.send({ type: 'stopped', milliseconds }));
});
process.on('disconnect', () => process.exit());
proxy.start();
await tellWhenItListens();
