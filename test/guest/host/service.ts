/**
 * The service as a process of its own, embedded as a host application does it. Its parent, the keeper, says over the
 * channel of `fork` what it shall do, and hears what it tells.
 */
import { appendFileSync } from 'node:fs';
import * as E from 'fp-ts/lib/Either.js';
import { createActor, waitFor } from 'xstate';
import { type Log, type ProxyWifiInput, proxyWifi, systemClock } from '../../../index.js';
import {
  decodeScenario,
  problemText,
  type Scenario,
  type SimulatedBackend,
  simulatedBackend,
} from '../../../native/simulated/index.js';
import { decodeRequest } from '../../../protocol/frame.js';
import type { Heard, PassedFrame, ServiceOrder, ServiceSettings } from './orders.js';

const [, , logFile = 'service.log'] = process.argv;

const write =
  (level: string) =>
  (facts: object, message: string): void =>
    appendFileSync(logFile, `${new Date().toISOString()} ${level} ${message} ${JSON.stringify(facts)}\n`);

const log: Log = {
  isLevelEnabled: (level) => level !== 'debug' && level !== 'trace',
  debug: () => {},
  info: write('info'),
  warn: write('warn'),
  error: write('error'),
};

const tell = (heard: Heard): void => {
  process.send?.(heard);
};

const akmSuitesOf = (frame: Uint8Array): Pick<PassedFrame, 'akmSuites'> => {
  const request = decodeRequest(frame);
  return E.isRight(request) && request.right.operation === 'connect'
    ? { akmSuites: request.right.akmSuites }
    : {};
};

const scenarioOf = (file: unknown): Scenario => {
  const scenario = decodeScenario(file);
  if (E.isLeft(scenario)) throw new Error(scenario.left.map(problemText).join('\n'));
  return scenario.right;
};

let radio: SimulatedBackend | undefined;
let scenarioFile: object = {};
let denied: ReadonlySet<string> = new Set();
let proxy: ReturnType<typeof start> | undefined;

const start = ({ scenario, deny = [], input }: ServiceSettings) => {
  denied = new Set(deny);
  if (scenario !== undefined) {
    scenarioFile = scenario;
    radio = simulatedBackend(scenarioOf(scenario), { clock: systemClock, log });
  }
  const whole: ProxyWifiInput = {
    ...input,
    ...(radio === undefined ? {} : { radio }),
    log,
    observer: {
      authorizeGuestConnection: ({ ssid }) => (denied.has(ssid) ? 'deny' : 'approve'),
    },
    frameTap: ({ from, frame }) =>
      tell({ frame: { from, operation: frame[0] ?? 0, ...(from === 'guest' ? akmSuitesOf(frame) : {}) } }),
  };
  const actor = createActor(proxyWifi, { input: whole });
  actor.on('*', (fact) => {
    if (fact.type === 'guestConnectionCompleted' || fact.type === 'guestDisconnectionCompleted')
      log.info({ ssid: fact.ssid }, fact.type);
    tell({ fact });
  });
  actor.start();
  return actor;
};

/** Does what one step of a scenario's timeline does, at once. */
const perform = (step: object): void => {
  const { timeline } = scenarioOf({ ...scenarioFile, timeline: [{ at: 0, ...step }] });
  for (const { action } of timeline) radio?.control.perform(action);
};

const obey = async (order: ServiceOrder): Promise<unknown> => {
  switch (order.do) {
    case 'start':
      proxy = start(order.settings);
      await waitFor(proxy, (snapshot) => snapshot.matches('running'));
      return null;
    case 'perform':
      return perform(order.step);
    case 'status':
      return proxy?.getSnapshot().context.status.read();
    case 'finish':
      if (proxy !== undefined) {
        proxy.send({ type: 'stop' });
        await waitFor(proxy, (snapshot) => snapshot.matches('stopped'));
      }
      return null;
  }
};

process.on('message', (message: { readonly id: number; readonly order: ServiceOrder }) => {
  const { id, order } = message;
  obey(order).then(
    (value) => {
      tell({ id, value: value ?? null });
      if (order.do === 'finish') process.disconnect();
    },
    (error: unknown) => tell({ id, error: String(error) }),
  );
});
