/** A session as a file, to be looked at later or by somebody else. */
import { type ActorMessage, eventLimit, type RecordedMessage } from '../inspector/messages.js';
import { Session } from './session.js';

const format = 'proxy-wifi inspector session';
const version = 1;

interface SessionFile {
  readonly format: typeof format;
  readonly version: typeof version;
  readonly before: readonly ActorMessage[];
  readonly messages: readonly RecordedMessage[];
}

const kinds: Readonly<Record<RecordedMessage['type'], readonly string[]>> = {
  '@xstate.actor': ['sessionId', 'name', 'snapshot'],
  '@xstate.event': ['sessionId', 'event', 'id'],
  '@xstate.snapshot': ['sessionId', 'event', 'snapshot', 'transitions'],
  '@proxy-wifi.frame': ['guest', 'base64', 'from'],
  '@proxy-wifi.status': ['status', 'networks'],
};

const isMessage = (value: unknown): value is RecordedMessage => {
  if (typeof value !== 'object' || value === null || !('type' in value)) return false;
  const fields = kinds[value.type as RecordedMessage['type']];
  return fields?.every((field) => field in value) ?? false;
};

const isFile = (value: unknown): value is SessionFile =>
  typeof value === 'object' &&
  value !== null &&
  'format' in value &&
  value.format === format &&
  'version' in value &&
  value.version === version &&
  'before' in value &&
  Array.isArray(value.before) &&
  'messages' in value &&
  Array.isArray(value.messages);

/** The text of the file. */
export const saveSession = (session: Session): string =>
  JSON.stringify({ format, version, ...session.contents() } satisfies SessionFile);

/** The session in the text of a file, or a sentence about what is wrong with it. */
export const loadSession = (text: string): Session | string => {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return 'This file is no JSON: choose one that was saved here.';
  }
  if (!isFile(value))
    return `This file is no ${format} of version ${version}: choose one that was saved here.`;
  const session = new Session(eventLimit);
  for (const [i, message] of [...value.before, ...value.messages].entries()) {
    if (!isMessage(message)) return `Message ${i + 1} of this file is none of the inspector's.`;
    session.add(message);
  }
  return session;
};
