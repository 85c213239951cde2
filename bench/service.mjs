// A host application as any other, on the built package: the service with a simulated radio of 30 access points; with a
// third argument `inspected` its inspector is on, and nobody looks.
import { readFileSync } from 'node:fs';
import { createActor, waitFor } from 'xstate';
import {
  createInspector,
  loadScenario,
  proxyWifi,
  silentLog,
  simulatedBackend,
  systemClock,
} from '../dist/index.js';

const [scenarioFile, notificationPort, inspected] = process.argv.slice(2);
const scenario = loadScenario(readFileSync(scenarioFile, 'utf8'), scenarioFile);
if (scenario._tag === 'Left') throw new Error(scenario.left.join('; '));
const radio = simulatedBackend(scenario.right, { clock: systemClock, log: silentLog });

const opened = inspected === undefined ? undefined : await createInspector({ port: 0 })();
if (opened?._tag === 'Left') throw new Error(opened.left.detail);
const inspector = opened?.right;

const proxy = createActor(proxyWifi, {
  ...(inspector && { inspect: inspector.inspect }),
  input: {
    ...(inspector && { frameTap: inspector.frameTap }),
    endpoints: ['tcp://127.0.0.1'],
    radio,
    requestPort: 0,
    notificationPort: Number(notificationPort),
    maximumGuests: 4096,
  },
});
proxy.start();
await waitFor(proxy, (snapshot) => snapshot.matches('running'));
const [endpoint] = proxy.getSnapshot().context.status.read().endpoints;
process.send({ type: 'listening', port: Number(new URL(endpoint.address).port) });

process.on('message', ({ type, ssid, signal }) => {
  if (type === 'signal') radio.control.fade({ kind: 'ssid', ssid }, signal, 0);
  if (type === 'memory') {
    globalThis.gc?.();
    globalThis.gc?.();
    process.send({ type: 'memory', rss: process.memoryUsage().rss });
  }
});
process.on('disconnect', () => process.exit());
