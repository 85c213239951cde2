/** The other end of the control: asks a running service, for `proxy-wifi ctl` and for programs. */
import type { ClientRequest, IncomingMessage, RequestOptions } from 'node:http';
import * as E from 'fp-ts/lib/Either.js';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import { decode } from '../json/decoding.js';
import { codeOf, socketFailure } from '../native/sockets/failure.js';
import { type ControlAddress, formatControlAddress } from './address.js';
import {
  type AnswerOf,
  type BodyOf,
  type Operation,
  type OperationName,
  operations,
  refusalCodec,
} from './operations.js';

/** Why there is no answer: the service cannot be reached (`status` undefined), or it refused. */
export interface ControlRefusal {
  readonly status: number | undefined;
  /** The whole message for people. */
  readonly detail: string;
}

/** What goes with an operation: its body, and what stands in its path. */
export interface Question<N extends OperationName> {
  readonly body?: BodyOf<N>;
  readonly guest?: string;
}

/** One server-sent event. */
export interface ServiceEvent {
  readonly event: 'fact' | 'frame' | 'missed';
  /** As `docs/control.md` describes it. */
  readonly data: Readonly<Record<string, unknown>>;
}

/** Asks a running service. */
export interface ControlClient {
  /** Asks for one thing. An answer that is not complete within 10 s is none. */
  readonly ask: <N extends Exclude<OperationName, 'watchEvents'>>(
    name: N,
    question?: Question<N>,
  ) => TaskEither<ControlRefusal, AnswerOf<N>>;
  /** Events until the service ends (Right), or `signal` is aborted (Right). */
  readonly watch: (
    onEvent: (event: ServiceEvent) => void,
    signal: AbortSignal,
    only?: 'facts' | 'frames',
  ) => TaskEither<ControlRefusal, void>;
}

/** Bytes of an answer, or of one event. */
const largestAnswer = 64 * 1024 * 1024;

const patience = 10_000;

const advice: Readonly<Record<string, string>> = {
  ENOENT: 'Is a service running with --control? Say which with --control.',
  ECONNREFUSED: 'Is a service running with --control? Say which with --control.',
  EACCES: 'Ask as the user of the service, or as root.',
};

const unreachable = (address: ControlAddress, error: unknown): ControlRefusal => {
  const code = codeOf(error);
  const known = advice[code];
  const { detail } = socketFailure('connect', formatControlAddress(address), code, {
    ...(code === 'ENOENT' ? { what: 'there is no such socket' } : {}),
    ...(code === 'EACCES' ? { what: 'this user may not steer that service' } : {}),
    ...(known === undefined ? {} : { advice: known }),
  });
  return { status: undefined, detail };
};

const textOf = async (response: IncomingMessage): Promise<string> => {
  const pieces: Buffer[] = [];
  let size = 0;
  for await (const piece of response) {
    pieces.push(piece as Buffer);
    size += (piece as Buffer).length;
    if (size > largestAnswer) throw new Error(`an answer of more than ${largestAnswer} bytes`);
  }
  return Buffer.concat(pieces).toString('utf8');
};

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
};

const refusalOf = (address: ControlAddress, status: number | undefined, text: string): ControlRefusal => {
  const refused = decode(refusalCodec, parsed(text));
  return {
    status,
    detail: E.isRight(refused)
      ? refused.right.error.message
      : `${formatControlAddress(address)}: this is not proxy-wifi (HTTP ${status})`,
  };
};

/** Events out of the lines of a stream; a line that is cut off waits for its rest. */
const eventReader = (onEvent: (event: ServiceEvent) => void): ((text: string) => void) => {
  let rest = '';
  return (text) => {
    rest += text;
    const blocks = rest.split('\n\n');
    rest = blocks.pop() ?? '';
    for (const block of blocks) {
      const fields = new Map(
        block.split('\n').map((line) => [line.split(': ', 1)[0], line.replace(/^\w*: ?/, '')]),
      );
      const event = fields.get('event');
      const data = parsed(fields.get('data') ?? '');
      if (
        (event === 'fact' || event === 'frame' || event === 'missed') &&
        typeof data === 'object' &&
        data !== null
      )
        onEvent({ event, data: data as ServiceEvent['data'] });
    }
  };
};

/** A client of the service at that address. Nothing is opened before something is asked. */
export const controlClient = (address: ControlAddress, token?: string): ControlClient => {
  const where: RequestOptions =
    address.scheme === 'unix' ? { socketPath: address.path } : { host: address.host, port: address.port };
  const begin = async (
    { method, path }: Pick<Operation, 'method' | 'path'>,
    body: string | undefined,
  ): Promise<ClientRequest> => {
    const { request } = await import('node:http');
    const sent = request({
      ...where,
      method,
      path,
      agent: false,
      headers: {
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
    });
    sent.end(body);
    return sent;
  };
  const responseTo = (sent: ClientRequest): Promise<IncomingMessage> =>
    new Promise((resolve, reject) => {
      sent.once('response', resolve);
      sent.on('error', reject);
    });

  return {
    ask:
      <N extends Exclude<OperationName, 'watchEvents'>>(name: N, { body, guest }: Question<N> = {}) =>
      async (): Promise<E.Either<ControlRefusal, AnswerOf<N>>> => {
        const operation: Operation = operations[name];
        const path = operation.path.replace('{guest}', encodeURIComponent(guest ?? ''));
        const sent = await begin(
          { method: operation.method, path },
          body === undefined ? undefined : JSON.stringify(body),
        );
        const timer = setTimeout(
          () => sent.destroy(Object.assign(new Error('silent'), { code: 'ETIMEDOUT' })),
          patience,
        );
        try {
          const response = await responseTo(sent);
          const text = await textOf(response);
          if (response.statusCode !== 200) return E.left(refusalOf(address, response.statusCode, text));
          const answer: unknown = parsed(text);
          if (operation.answer?.is(answer) !== true)
            return E.left(refusalOf(address, response.statusCode, ''));
          return E.right(answer as AnswerOf<N>);
        } catch (error) {
          return E.left(unreachable(address, error));
        } finally {
          clearTimeout(timer);
        }
      },
    watch: (onEvent, signal, only) => async () => {
      const { method, path } = operations.watchEvents;
      const sent = await begin(
        { method, path: only === undefined ? path : `${path}?only=${only}` },
        undefined,
      );
      const stop = (): void => void sent.destroy();
      signal.addEventListener('abort', stop);
      if (signal.aborted) stop();
      try {
        const response = await responseTo(sent);
        if (response.statusCode !== 200)
          return E.left(refusalOf(address, response.statusCode, await textOf(response)));
        const read = eventReader(onEvent);
        response.setEncoding('utf8');
        for await (const text of response) read(String(text));
        return E.right(undefined);
      } catch (error) {
        return signal.aborted || codeOf(error) === 'ECONNRESET'
          ? E.right(undefined)
          : E.left(unreachable(address, error));
      } finally {
        signal.removeEventListener('abort', stop);
      }
    },
  };
};
