/** One row of the list of events in words. */
import { describeFrame } from '../../protocol/describe.js';
import type { EventMessage, FrameMessage } from '../inspector/messages.js';
import type { Row, Session } from './session.js';
import { stateText } from './state-text.js';

/** Bytes of a frame. */
export const frameBytes = ({ base64 }: FrameMessage): Uint8Array =>
  Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));

const operations = new WeakMap<FrameMessage, string>();

/** `scan request` */
export const operationOf = (frame: FrameMessage): string => {
  const known = operations.get(frame);
  if (known !== undefined) return known;
  // The header alone names the operation; a scan response may be long.
  const [row] = describeFrame(frameBytes({ ...frame, base64: frame.base64.slice(0, 12) }), frame.from);
  const name = row?.meaning ?? 'frame';
  operations.set(frame, name);
  return name;
};

export interface RowText {
  readonly what: string;
  /** Sender and receiver. */
  readonly who: string;
  /** The state that its receiver went to, if it went to another one. */
  readonly outcome: string;
  /** What a filter looks at. */
  readonly all: string;
}

/** What happened, who had to do with it, and what came of it. */
export const rowText = (session: Session, row: Row): RowText => {
  if (row.type === '@proxy-wifi.frame') {
    const what = operationOf(row);
    const who = row.from === 'guest' ? `${row.guest} → host` : `host → ${row.guest}`;
    return { what, who, outcome: `${row.channel} channel`, all: `${what} ${who} frame ${row.channel}` };
  }
  const result = session.resultOf(row.id);
  const moved = result?.transitions.some(({ targets }) => targets.length > 0) ?? false;
  const who = `${session.shortNameOf(row.sourceId)} → ${session.nameOf(row.sessionId)}`;
  return {
    what: row.event.type,
    who,
    outcome: moved ? stateText(result?.snapshot.value) : '',
    all: `${row.event.type} ${who} ${session.nameOf(row.sourceId)}`,
  };
};

/** Of XState's own making: an actor begins, ends, is done. */
export const isInnerEvent = ({ event: { type } }: EventMessage): boolean =>
  type.startsWith('xstate.') && !type.startsWith('xstate.after.') && !type.startsWith('xstate.error.');

const clockTime = new Intl.DateTimeFormat('en-GB', {
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  fractionalSecondDigits: 3,
});

/** `14:03:07.250` */
export const timeText = (milliseconds: string): string => clockTime.format(Number(milliseconds));
