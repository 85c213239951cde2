/** `proxy-wifi serve`: a host application that does nothing but run the service until it is told to stop. */
import * as E from 'fp-ts/lib/Either.js';
import { EMPTY, type Observable } from 'rxjs';
import { type ActorRefFrom, createActor, waitFor } from 'xstate';
import type { LogLevel } from '../control/index.js';
import {
  type FrameTap,
  type Log,
  NoEndpointError,
  type ProxyWifiInput,
  proxyWifi,
  type ServiceStatus,
  systemClock,
} from '../index.js';
import type { Inspector } from '../machines-viz/index.js';
import type { Metrics } from '../metrics/index.js';
import { logNativeCode, serviceSupervisor, stateFile } from '../native/index.js';
import { defaultScenario, type SimulatedBackend, simulatedBackend } from '../native/simulated/index.js';
import { actsOn, openInspector, sayAddress } from './inspector.js';
import { exitCodes, type Interrupt, onInterrupt } from './interruption.js';
import { type OpenedLog, openLog } from './log.js';
import { isMissingPackage, missingPackageText } from './missing-package.js';
import { followNetworks, type HeldNetworks, holdNetworks } from './networks-file.js';
import { recordingSwitch } from './recording-switch.js';
import { onHangUp, reload } from './reload.js';
import { type ServeFlags, type ServeSettings, serveSettings } from './serve-settings.js';
import type { Steering } from './steering.js';
import { complain, type ExitCode, type Terminal } from './terminal.js';
import { whatToTypeNext } from './what-next.js';

/** What stands around the service and is closed after it. */
interface Surroundings {
  readonly input: ProxyWifiInput;
  readonly inspector: Inspector | undefined;
  readonly steering: Steering | undefined;
  /** The file of fake networks has another list. */
  readonly networksChanged: Observable<void>;
  readonly close: () => Promise<void>;
}

/** Shows each frame to all of them. */
const tapAll =
  (taps: readonly FrameTap[]): FrameTap =>
  (seen) => {
    for (const tap of taps) tap(seen);
  };

const surroundingsOf = async (
  settings: ServeSettings,
  { log, changeLevel }: Pick<OpenedLog, 'log' | 'changeLevel'>,
  metrics: Metrics | undefined,
): Promise<E.Either<readonly string[], Surroundings>> => {
  const { record, recordOptions, inspect, control, state } = settings;
  const recording =
    record === undefined
      ? undefined
      : await (await import('./recording.js')).openRecording(record, log, recordOptions);
  if (recording !== undefined && E.isLeft(recording)) return recording;
  let act: ReturnType<typeof actsOn> = () => 'the service is starting';
  const inspector =
    inspect === undefined
      ? undefined
      : await openInspector(inspect, log, isSimulated(settings) ? (step) => act(step) : undefined);
  if (inspector !== undefined && E.isLeft(inspector)) {
    await recording?.right.close();
    return inspector;
  }
  // After all that may refuse to start.
  const radio = simulatedRadio(settings, log);
  if (radio !== undefined) act = actsOn(radio);
  const switched = recordingSwitch(recording?.right, log, recordOptions.limit);
  const held = heldNetworks(settings, log);
  const steered =
    control === undefined
      ? undefined
      : (await import('./steering.js')).steering({
          address: control,
          log,
          radio,
          recording: switched,
          inspector: inspector?.right,
          changeLogLevel: changeLevel,
          replaceNetworks: (networks) => held?.replace(networks),
        });
  const taps = [
    ...(recording === undefined && steered === undefined ? [] : [switched.tap]),
    ...(steered === undefined ? [] : [steered.tap]),
    ...(inspector === undefined ? [] : [inspector.right.frameTap]),
  ];
  return E.right({
    input: {
      ...settings.input,
      log,
      ...(state === undefined ? {} : { stateStore: stateFile(state) }),
      ...(radio === undefined ? {} : { radio }),
      ...(held === undefined ? {} : { fakeNetworks: held.current }),
      ...(metrics === undefined ? {} : { metrics: metrics.sink }),
      ...(taps.length === 0 ? {} : { frameTap: tapAll(taps) }),
    },
    inspector: inspector?.right,
    steering: steered,
    networksChanged: held?.changes ?? EMPTY,
    close: async () => {
      held?.close();
      await inspector?.right.close();
      await switched.close();
    },
  });
};

/** The fake networks of the service; one that is steered may get some later. */
const heldNetworks = (
  { fakeNetworks, networksFile, control }: ServeSettings,
  log: Log,
): HeldNetworks | undefined => {
  if (fakeNetworks !== undefined && networksFile !== undefined)
    return followNetworks(networksFile, fakeNetworks, log);
  return fakeNetworks === undefined && control === undefined ? undefined : holdNetworks(fakeNetworks ?? []);
};

const isSimulated = ({ scenario, input }: Pick<ServeSettings, 'scenario' | 'input'>): boolean =>
  scenario !== undefined || input.radio === 'simulated';

/** The simulated radio of the service, if that is what it has; the service itself would make one that nobody can steer. */
const simulatedRadio = (
  { scenario, input }: Pick<ServeSettings, 'scenario' | 'input'>,
  log: Log,
): SimulatedBackend | undefined => {
  const played = scenario ?? (input.radio === 'simulated' ? defaultScenario : undefined);
  return played === undefined ? undefined : simulatedBackend(played, { clock: systemClock, log });
};

/** Waits until the service is in this state; gives the error with which it has ended instead. */
const reached = async (
  proxy: ActorRefFrom<typeof proxyWifi>,
  state: 'running' | 'stopped',
): Promise<NoEndpointError | undefined> => {
  try {
    await waitFor(proxy, (snapshot) => snapshot.matches(state));
    return undefined;
  } catch (error) {
    if (error instanceof NoEndpointError) return error;
    throw error;
  }
};

const loadMetrics = async (
  status: () => ServiceStatus,
  linesDropped: () => number,
): Promise<E.Either<string, Metrics>> => {
  try {
    return E.right((await import('../metrics/index.js')).createMetrics(status, systemClock, linesDropped));
  } catch (error) {
    if (!isMissingPackage(error)) throw error;
    return E.left(`--metrics: ${missingPackageText('prom-client', 'writes metrics')}`);
  }
};

/** What `systemctl status` shows. */
const servedAt = ({ endpoints }: ServiceStatus): string =>
  `Guests are served at ${endpoints.flatMap(({ address }) => (address === null ? [] : [address])).join(', ')}`;

/** Runs the service until a signal comes: 130 after SIGINT, 143 after SIGTERM. */
export const serve = async (flags: ServeFlags, terminal: Terminal): Promise<ExitCode> => {
  const settings = await serveSettings(flags);
  if (E.isLeft(settings)) return complain(terminal, settings.left, 2);
  const { control } = settings.right;
  const untold = control === undefined ? undefined : (await import('./steering.js')).steeringProblem(control);
  if (untold !== undefined) return complain(terminal, [untold], 2);
  const log = await openLog(settings.right.log);
  if (E.isLeft(log)) return complain(terminal, log.left, 1);
  try {
    return await serveAs(settings.right, log.right, terminal, flags);
  } finally {
    log.right.close();
  }
};

const serveAs = async (
  settings: ServeSettings,
  opened: OpenedLog,
  terminal: Terminal,
  flags: ServeFlags,
): Promise<ExitCode> => {
  const { log } = opened;
  let native = logNativeCode(log);
  const changeLevel = (level: LogLevel): void => {
    opened.changeLevel(level);
    // Calls are timed only while somebody reads of them.
    native.unsubscribe();
    native = logNativeCode(log);
  };
  const status = (): ServiceStatus => proxy.getSnapshot().context.status.read();
  const measured =
    settings.metrics === undefined ? E.right(undefined) : await loadMetrics(status, opened.dropped);
  if (E.isLeft(measured)) return complain(terminal, [measured.left], 1);
  const metrics = measured.right;
  const surroundings = await surroundingsOf(settings, { log, changeLevel }, metrics);
  if (E.isLeft(surroundings)) {
    native.unsubscribe();
    return complain(terminal, surroundings.left, 1);
  }
  const { input, inspector } = surroundings.right;
  const proxy = createActor(proxyWifi, {
    input,
    ...(inspector === undefined ? {} : { inspect: inspector.inspect }),
  });
  const signal = new Promise<Interrupt>((resolve) => onInterrupt(resolve));
  let { inEffect } = settings;
  let supervisor: Awaited<ReturnType<typeof serviceSupervisor>>;
  const letHangUp = onHangUp(async () => {
    supervisor?.reloading();
    inEffect = await reload({
      inEffect,
      read: () => serveSettings(flags),
      log,
      changeLevel,
      change: (changed) => proxy.send({ type: 'settings.changed', settings: changed }),
    });
    supervisor?.ready(servedAt(status()));
  });
  surroundings.right.networksChanged.subscribe(() => proxy.send({ type: 'networks.changed' }));
  const running = reached(proxy, 'running');
  proxy.start();

  const close = async (): Promise<void> => {
    letHangUp();
    await surroundings.right.close();
    native.unsubscribe();
  };
  const stop = async (): Promise<void> => {
    const stopped = reached(proxy, 'stopped');
    proxy.send({ type: 'stop' });
    await stopped;
    await close();
  };
  /** What people read on a terminal, programs read as log lines. */
  const say = settings.log.json ? (line: string) => log.info({}, line) : terminal.out;

  const started = await Promise.race([running, signal]);
  if (started instanceof NoEndpointError) {
    await close();
    return complain(terminal, started.problems, 1);
  }
  if (started !== undefined) {
    say(`Stopped by ${started} before it was running.`);
    await stop();
    return exitCodes[started];
  }
  const server =
    metrics === undefined || settings.metrics === undefined
      ? undefined
      : await (await import('./metrics-server.js')).serveMetrics(settings.metrics, metrics, log);
  if (server !== undefined && E.isLeft(server)) {
    await stop();
    return complain(terminal, [server.left], 1);
  }
  const control = await surroundings.right.steering?.open(proxy);
  if (control !== undefined && E.isLeft(control)) {
    await server?.right.close();
    await stop();
    return complain(terminal, [control.left], 1);
  }
  for (const { address } of status().endpoints)
    if (address !== null) say(`Listening for guests at ${address}.`);
  const letGo = inspector === undefined ? undefined : sayAddress(inspector, say);
  if (server !== undefined) say(`Metrics are at ${server.right.url}.`);
  if (control !== undefined) say((await import('./steering.js')).steeringText(control.right));
  if (!settings.log.json) for (const line of whatToTypeNext(settings, status())) terminal.out(line);

  supervisor = await serviceSupervisor(process.env, (problem) =>
    log.warn({ problem }, 'systemd could not be told'),
  );
  supervisor?.ready(servedAt(status()));

  const by = await signal;
  supervisor?.stopping();
  say(`Stopping after ${by}; once more stops at once.`);
  await control?.right.close();
  await server?.right.close();
  await stop();
  letGo?.();
  say('Stopped.');
  return exitCodes[by];
};
