/** What can be changed of a service while `serve` runs it: its fake networks, its recording and the level of its log. */
import * as E from 'fp-ts/lib/Either.js';
import {
  type ControlAddress,
  type ControlledService,
  createControl,
  formatControlAddress,
  type Listening,
  type LogLevel,
} from '../control/index.js';
import type { FakeNetwork, FrameTap, Log } from '../index.js';
import type { Inspector } from '../machines-viz/index.js';
import { decodeAirStep, problemText, type SimulatedBackend } from '../native/simulated/index.js';
import { openRecording, type Recording } from './recording.js';

/** Who knows it may steer the service over TCP. Never in a flag, which every user of the machine can read. */
export const controlToken = (): string | undefined => process.env.PROXY_WIFI_CONTROL_TOKEN;

/** A recording that can be ended, and begun in another file. */
export interface RecordingSwitch {
  readonly tap: FrameTap;
  /** Null: to no file any more. Left: why it cannot be written; then what was recorded goes on. */
  readonly change: (file: string | null, force: boolean) => Promise<E.Either<readonly string[], void>>;
  readonly close: () => Promise<void>;
}

/** `first` is what is recorded to from the start. */
export const recordingSwitch = (first: Recording | undefined, log: Log): RecordingSwitch => {
  let current = first;
  return {
    tap: (seen) => current?.tap(seen),
    change: async (file, force) => {
      const next = file === null ? undefined : await openRecording(file, log, { force });
      if (next !== undefined && E.isLeft(next)) return next;
      const before = current;
      current = next?.right;
      await before?.close();
      log.info({ file }, file === null ? 'nothing is recorded any more' : 'recording');
      return E.right(undefined);
    },
    close: async () => current?.close(),
  };
};

/** Does steps of a scenario on this radio; gives what was wrong with one, for people. */
export const actsOn =
  (radio: SimulatedBackend) =>
  (step: unknown): string | null => {
    const action = decodeAirStep(step, radio.played);
    if (E.isLeft(action)) return action.left.map(problemText).join('; ');
    radio.control.perform(action.right);
    return null;
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
