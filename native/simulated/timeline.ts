/** Plays the timeline of a scenario: each step once, at its time or after its event. */
import * as O from 'fp-ts/lib/Option.js';
import type { Ssid } from '../../protocol/ssid.js';
import type { Log } from '../log.js';
import type { InterfaceId } from '../radio.js';
import type { Action, ScenarioStep, Trigger } from './scenario.js';
import type { Schedule } from './schedule.js';

/** Something that steps may wait for. */
export interface Occurrence {
  readonly event: Exclude<Trigger['event'], 'step'>;
  readonly interface: InterfaceId;
  readonly ssid: O.Option<Ssid>;
}

/** What a timeline needs. */
export interface TimelineOptions {
  readonly steps: readonly ScenarioStep[];
  readonly schedule: Schedule;
  readonly perform: (action: Action) => void;
  readonly log: Log;
}

interface Waiting {
  readonly step: ScenarioStep;
  readonly trigger: Trigger;
  readonly delay: number;
  /** Occurrences still to come. */
  left: number;
}

/** The steps of one scenario, and which of them still wait. */
export class Timeline {
  readonly #options: TimelineOptions;
  #waiting: readonly Waiting[] = [];

  constructor(options: TimelineOptions) {
    this.#options = options;
  }

  /** Time 0 of the scenario is now. */
  start(): void {
    for (const step of this.#options.steps) {
      if ('at' in step.when) this.#options.schedule.in(step.when.at, () => this.#do(step));
      else {
        const { after: trigger, delay } = step.when;
        const left = trigger.event === 'step' ? 1 : trigger.count;
        this.#waiting = [...this.#waiting, { step, trigger, delay, left }];
      }
    }
  }

  /** Tells that something happened that steps may wait for. */
  occurred({ event, interface: id, ssid }: Occurrence): void {
    this.#count(
      ({ trigger }) =>
        trigger.event !== 'step' &&
        trigger.event === event &&
        (O.isNone(trigger.interface) || trigger.interface.value === id) &&
        (O.isNone(trigger.ssid) || (O.isSome(ssid) && trigger.ssid.value === ssid.value)),
    );
  }

  #do(step: ScenarioStep): void {
    const { log, perform } = this.#options;
    log.info(facts(step), `the scenario goes on: ${step.action.do}`);
    perform(step.action);
    const { name } = step;
    if (O.isSome(name)) this.#count(({ trigger }) => trigger.event === 'step' && trigger.step === name.value);
  }

  #count(meant: (waiting: Waiting) => boolean): void {
    for (const waiting of this.#waiting.filter(meant)) {
      waiting.left--;
      if (waiting.left > 0) continue;
      this.#waiting = this.#waiting.filter((other) => other !== waiting);
      this.#options.schedule.in(waiting.delay, () => this.#do(waiting.step));
    }
  }
}

/** What a step does, flat as log lines are. */
const facts = ({ name, action }: ScenarioStep): Readonly<Record<string, unknown>> => ({
  ...(O.isSome(name) ? { step: name.value } : {}),
  ...('interface' in action ? { interfaceId: action.interface } : {}),
  ...('target' in action
    ? action.target.kind === 'ssid'
      ? { ssid: action.target.ssid }
      : { bssid: action.target.bssid }
    : {}),
  ...(action.do === 'user.connects' ? { ssid: action.choice.ssid } : {}),
  ...(action.do === 'network.fades' ? { to: action.to, over: action.over } : {}),
  ...(action.do === 'fault' ? { fault: action.fault.kind } : {}),
});
