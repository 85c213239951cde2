/** What a simulated interface needs of the world that it is in. */
import type { RadioFailure } from '../radio.js';
import type { Air } from './air.js';
import type { Faults } from './faults.js';
import type { Schedule } from './schedule.js';
import type { Occurrence } from './timeline.js';

/** Given to every interface of one world. */
export interface Surroundings {
  readonly air: Air;
  readonly schedule: Schedule;
  readonly faults: Faults;
  /** Tells the one who watches: in order, and never in the middle of something else that is being told. */
  readonly tell: (deliver: () => void) => void;
  /** Tells the timeline. */
  readonly occurred: (occurrence: Occurrence) => void;
}

/** The failure of an operation that the scenario lets fail. */
export const faulty = (operation: string): RadioFailure => ({
  operation,
  code: 'SIMULATED_FAULT',
  detail: `the scenario lets this ${operation} fail`,
});

/** The failure of an operation of an interface that is not there any more. */
export const gone = (operation: string, why = 'the interface has left'): RadioFailure => ({
  operation,
  code: 'SIMULATED_GONE',
  detail: `${why}: no ${operation} any more`,
});
