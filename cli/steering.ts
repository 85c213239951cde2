/** The control of a service that `serve` runs: its fake networks, its recording and the level of its log can be changed. */
import * as E from 'fp-ts/lib/Either.js';
import {
  type ControlAddress,
  type ControlledService,
  createControl,
  formatControlAddress,
  type Listening,
  type LogLevel,
  tokenProblem,
} from '../control/index.js';
import type { FakeNetwork, FrameTap, Log } from '../index.js';
import type { Inspector } from '../machines-viz/index.js';
import type { SimulatedBackend } from '../native/simulated/index.js';
import type { RecordingSwitch } from './recording-switch.js';

/** Who knows it may steer the service over TCP. Never in a flag, which every user of the machine can read. */
export const controlToken = (): string | undefined => process.env.PROXY_WIFI_CONTROL_TOKEN;

/** Why nobody could steer a service there, as far as that can be told before it starts. */
export const steeringProblem = (address: ControlAddress): string | undefined => {
  const problem = tokenProblem(address, controlToken());
  return problem === undefined ? undefined : `control ${formatControlAddress(address)}: ${problem}`;
};

/** What can be steered, and where. */
export interface SteeringOptions {
  readonly address: ControlAddress;
  readonly log: Log;
  readonly radio: SimulatedBackend | undefined;
  readonly recording: RecordingSwitch;
  readonly inspector: Inspector | undefined;
  readonly changeLogLevel: (level: LogLevel) => void;
  readonly replaceNetworks: (networks: readonly FakeNetwork[]) => void;
}

/** A service that can be steered once it runs. */
export interface Steering {
  readonly tap: FrameTap;
  /** Left: why nobody can. */
  readonly open: (proxy: ControlledService) => Promise<E.Either<string, Listening>>;
}

/** Nothing is opened yet. */
export const steering = ({
  address,
  log,
  radio,
  recording,
  inspector,
  changeLogLevel,
  replaceNetworks,
}: SteeringOptions): Steering => {
  const control = createControl({
    address,
    token: controlToken(),
    log,
    radio,
    replaceNetworks,
    record: recording.change,
    changeLogLevel: (level) => {
      log.info({ level }, 'what is logged changes');
      changeLogLevel(level);
    },
    inspectorUrl: inspector?.url,
  });
  return {
    tap: control.frameTap,
    open: async (proxy) =>
      E.mapLeft(({ detail }: { readonly detail: string }) => detail)(await control.open(proxy)()),
  };
};

/** What to type to steer it. */
export const steeringText = ({ address }: Listening): string =>
  `The control is at ${formatControlAddress(address)} (proxy-wifi ctl --control ${formatControlAddress(address)} status).`;
