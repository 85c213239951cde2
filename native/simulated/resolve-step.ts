/** The timeline of a scenario file: one step of the file becomes one step that is played. */
import * as O from 'fp-ts/lib/Option.js';
import { fieldPath } from '../../json/problem.js';
import type { Cast, WrittenSsid } from './cast.js';
import type { Action, Fault, FaultScope, ScenarioStep, Target, Trigger } from './scenario.js';
import type { EventEntry, StepEntry } from './scenario-file.js';
import type { AirStep } from './scenario-steps.js';

/** The step at `path`; what it names must be in the file. */
export const resolveStep = (cast: Cast, path: string, entry: StepEntry): ScenarioStep => ({
  name: O.fromNullable(entry.name),
  when:
    entry.after === undefined
      ? { at: entry.at ?? 0 }
      : { after: trigger(cast, `${path}.after`, entry.after, entry.name), delay: entry.after.delay ?? 0 },
  action: resolveAction(cast, path, entry),
});

const trigger = (cast: Cast, path: string, event: EventEntry, own: string | undefined): Trigger => {
  if (event.event === 'step') {
    if (!cast.hasStep(event.step)) cast.report(`${path}.step`, event.step, 'the name of another step');
    else if (own !== undefined && cast.waitsFor(event.step, own))
      cast.report(`${path}.step`, event.step, 'a step that does not wait for this one');
    return { event: 'step', step: event.step };
  }
  return {
    event: event.event,
    interface: optionalInterface(cast, path, event.interface),
    ssid: event.event === 'scan' ? O.none : cast.optionalSsid(path, event),
    count: event.count ?? 1,
  };
};

/** What the step at `path` does, now or later. */
export const resolveAction = (cast: Cast, path: string, entry: AirStep): Action => {
  switch (entry.do) {
    case 'network.appears':
    case 'network.vanishes':
      return { do: entry.do, target: target(cast, path, entry) };
    case 'network.fades':
      return { do: entry.do, target: target(cast, path, entry), to: entry.to, over: entry.over ?? 0 };
    case 'interface.arrives':
    case 'interface.leaves':
    case 'user.disconnects':
    case 'user.scans':
      return { do: entry.do, interface: cast.theInterface(path, entry.interface) };
    case 'user.connects':
      return {
        do: entry.do,
        interface: cast.theInterface(path, entry.interface),
        choice: cast.choice(path, entry),
      };
    case 'service.dies':
    case 'service.returns':
      return { do: entry.do };
    case 'connect.fails':
      return faulty(cast, path, entry, {
        kind: entry.do,
        reason: entry.reason,
        status: O.fromNullable(entry.status),
      });
    case 'scan.fails':
      return faulty(cast, path, entry, { kind: entry.do, refused: entry.refused ?? false });
    case 'connect.slows':
    case 'disconnect.slows':
    case 'scan.slows':
      return faulty(cast, path, entry, { kind: entry.do, by: entry.by });
    case 'disconnect.fails':
      return faulty(cast, path, entry, { kind: entry.do });
    case 'connect.hangs':
    case 'disconnect.hangs':
    case 'scan.hangs':
      return faulty(cast, path, entry, { kind: entry.do });
  }
};

interface WrittenFault extends WrittenSsid {
  readonly interface?: string;
  readonly times?: number;
  readonly for?: number;
}

const faulty = (cast: Cast, path: string, entry: WrittenFault, fault: Fault): Action => {
  const scope: FaultScope = {
    interface: optionalInterface(cast, path, entry.interface),
    ssid: cast.optionalSsid(path, entry),
    lasting: entry.for === undefined ? { times: entry.times ?? 1 } : { milliseconds: entry.for },
  };
  if (fault.kind === 'scan.slows' || fault.kind === 'scan.hangs')
    cast.needsScanTime(fieldPath(path, 'interface'), scope.interface);
  return { do: 'fault', fault, scope };
};

const optionalInterface = (cast: Cast, path: string, name: string | undefined) =>
  name === undefined ? O.none : O.some(cast.interface(fieldPath(path, 'interface'), name));

const target = (cast: Cast, path: string, entry: WrittenSsid & { readonly bssid?: string }): Target =>
  entry.bssid === undefined
    ? { kind: 'ssid', ssid: cast.knownSsid(path, entry) }
    : { kind: 'bssid', bssid: cast.knownBssid(path, entry.bssid) };
