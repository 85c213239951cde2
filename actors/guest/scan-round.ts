/** One scan of one guest: which interfaces have answered, with what outcome. A plain value that stands in snapshots. */
import type { InterfaceId } from '../../native/radio.js';

/** How an interface's part of a scan ended; `running`: these are cached networks, and its scan goes on. */
export type ScanOutcome = 'complete' | 'running' | 'failed';

export interface ScanRound {
  /** Counts the guest's scans: an answer to an earlier one says nothing about this. */
  readonly number: number;
  /** In dispatch order. `asked`: no answer yet. */
  readonly parts: Readonly<Record<InterfaceId, ScanOutcome | 'asked'>>;
}

/** A round over these interfaces, of which the stale ones are asked. */
export const beginRound = (
  number: number,
  interfaces: readonly InterfaceId[],
  stale: readonly InterfaceId[],
): ScanRound => ({
  number,
  parts: Object.fromEntries(interfaces.map((id) => [id, stale.includes(id) ? 'asked' : 'complete'])),
});

/** An interface has answered. */
export const recordScan = (
  round: ScanRound,
  { interfaceId, round: number, outcome }: { interfaceId: InterfaceId; round: number; outcome: ScanOutcome },
): ScanRound => {
  const part = round.parts[interfaceId];
  // Who has said that its scan goes on says how it ended too; nobody who was not asked has a say.
  const awaited = part === 'asked' || part === 'running';
  return number === round.number && awaited
    ? { ...round, parts: { ...round.parts, [interfaceId]: outcome } }
    : round;
};

/** Who has been asked and has not answered. */
export const unanswered = (round: ScanRound): readonly InterfaceId[] =>
  interfacesOf(round).filter((id) => round.parts[id] === 'asked');

/** Nobody is missing any more. */
export const isDone = (round: ScanRound): boolean => unanswered(round).length === 0;

/** No interface scans for this guest any more; one that did not answer in time counts as having seen nothing new. */
export const isComplete = ({ parts }: ScanRound): boolean => !Object.values(parts).includes('running');

/** Who has seen nothing new: its scan failed, or it has not answered. */
export const failedIn = ({ parts }: ScanRound): readonly InterfaceId[] =>
  (Object.keys(parts) as InterfaceId[]).filter((id) => parts[id] === 'failed' || parts[id] === 'asked');

/** In dispatch order. */
export const interfacesOf = ({ parts }: ScanRound): readonly InterfaceId[] =>
  Object.keys(parts) as InterfaceId[];
