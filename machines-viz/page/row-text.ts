/** One row of the list of events in words. */
import { describeFrame } from '../../protocol/describe.js';
import type { EventMessage, FrameMessage } from '../inspector/messages.js';
import type { Row, Session } from './session.js';

/** Bytes of a frame. */
export const frameBytes = ({ base64 }: FrameMessage): Uint8Array =>
  Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));

const operations = new WeakMap<FrameMessage, string>();

/** `scan request` */
export const operationOf = (frame: FrameMessage): string => {
  let name = operations.get(frame);
  if (name === undefined) {
    // The header alone names the operation; a scan response may be long.
    const [operation] = describeFrame(
      frameBytes({ ...frame, base64: frame.base64.slice(0, 12) }),
      frame.from,
    );
    operations.set(frame, (name = operation?.meaning ?? 'frame'));
  }
  return name;
};

/** What happened, and who had to do with it. */
export const rowText = (session: Session, row: Row): readonly [what: string, who: string] =>
  row.type === '@proxy-wifi.frame'
    ? [operationOf(row), row.from === 'guest' ? `${row.guest} → host` : `host → ${row.guest}`]
    : [row.event.type, session.nameOf(row.sessionId)];

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
