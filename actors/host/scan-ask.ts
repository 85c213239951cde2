/** Asks the host for scans, or the host application for its networks: what comes of the asking, not of the scan. */
import type { Either } from 'fp-ts/lib/Either.js';
import { none, some } from 'fp-ts/lib/Option.js';
import type { Answer, RadioFailure, RadioInterface } from '../../native/radio.js';
import type { Ssid } from '../../protocol/ssid.js';
import type { Deadline, Deadlining } from '../../streams/deadlines.js';
import type { HostScanEvent } from './scan-state.js';

type Told = Extract<HostScanEvent, { type: 'scan.completed' | 'scan.failed' | 'scan.running' }>;

/** A host that has not said within so many milliseconds whether it scans does not. */
const askTime = 10_000;

/** The last asking of one interface. */
export class ScanAsk {
  readonly #device: RadioInterface;
  #number = 0;
  #deadline: Deadline | undefined;

  constructor(device: RadioInterface) {
    this.#device = device;
  }

  /** Asks, and tells what came of it, unless the interface asks again before that. */
  begin(ssid: Ssid | null, deadlines: Deadlining, tell: (event: Told) => void): void {
    this.end();
    const number = this.#number;
    const tellIfAwaited = (event: Told): void => {
      if (number !== this.#number) return;
      this.end();
      tell(event);
    };
    // A device that throws has failed to scan, and goes on being watched.
    const fail = (error: unknown): void => tellIfAwaited({ type: 'scan.failed', reason: String(error) });
    try {
      const answer = asked(this.#device, ssid);
      // What is known at once is told at once: a scan should not wait for it.
      if ('then' in answer) {
        this.#deadline = deadlines.in(askTime, () => fail('no answer within 10 s'));
        void answer.then(tellIfAwaited, fail);
      } else tellIfAwaited(answer);
    } catch (error) {
      fail(error);
    }
  }

  /** Nobody waits for an answer any more. */
  end(): void {
    this.#number += 1;
    this.#deadline?.cancel();
    this.#deadline = undefined;
  }
}

const completed: Told = { type: 'scan.completed' };

const asked = (device: RadioInterface, ssid: Ssid | null): Answer<Told> => {
  if (device.kind === 'fake') {
    const networks = device.ask();
    return 'then' in networks ? networks.then(() => completed) : completed;
  }
  const answer = device.scan(ssid === null ? none : some(ssid));
  return 'then' in answer ? answer.then(told) : told(answer);
};

const told = (result: Either<RadioFailure, 'complete' | 'running'>): Told => {
  if (result._tag === 'Left') return { type: 'scan.failed', reason: result.left.detail };
  return result.right === 'complete' ? completed : { type: 'scan.running' };
};
