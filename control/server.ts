/**
 * HTTP with JSON: who may ask, what was asked for, and how an answer looks. Slow, large and broken requests end by themselves,
 * and whoever asks badly hears why.
 */
import { createHash, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import * as E from 'fp-ts/lib/Either.js';
import { decode } from '../json/decoding.js';
import { problemText } from '../json/problem.js';
import { parseJson } from '../json/text.js';
import { type Operation, type OperationName, operations, parameters } from './operations.js';
import { type Refusal, refusal, wrongBody } from './refusal.js';

/** Bytes of a body. */
export const largestBody = 1024 * 1024;

/** Connections at the same time, streams of events among them. */
const mostConnections = 128;

/** How long a request may take to arrive, and an answer to be taken, in milliseconds. */
const times = { headers: 5000, request: 10_000, keepAlive: 5000, idle: 30_000 } as const;

/** One request that has been checked. */
export interface Asked {
  readonly body: unknown;
  readonly parameters: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
}

/** Does what was asked for. Left: why not. */
type Handler = (asked: Asked) => Promise<E.Either<Refusal, unknown>>;

/** An answer that goes on: it writes to the response itself. Left: why not. */
type Streamer = (asked: Asked, response: ServerResponse) => E.Either<Refusal, void>;

export interface Handlers {
  readonly answers: Readonly<Record<Exclude<OperationName, 'watchEvents'>, Handler>>;
  readonly watchEvents: Streamer;
}

export interface ServerOptions {
  readonly handlers: Handlers;
  /** Undefined: whoever reaches the socket may ask. */
  readonly token: string | undefined;
  /** For names of this machine only, as a page of another site could call it by a name of its own; a Unix socket has none. */
  readonly hosts: () => readonly string[] | undefined;
  /** Hears of what went wrong and is nobody's fault outside. */
  readonly onFault: (source: string, error: unknown) => void;
}

const digest = (secret: string): Buffer => createHash('sha256').update(secret).digest();

const send = (
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): void => {
  const text = `${JSON.stringify(body)}\n`;
  response.writeHead(status, {
    'content-type': 'application/json; charset=utf-8',
    'content-length': String(Buffer.byteLength(text)),
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    ...headers,
  });
  response.end(text);
};

const sendRefusal = (response: ServerResponse, { status, message, problems, headers }: Refusal): void =>
  send(response, status, { error: { message, ...(problems === undefined ? {} : { problems }) } }, headers);

interface Route {
  readonly name: OperationName;
  readonly operation: Operation;
  readonly pattern: RegExp;
}

const routes: readonly Route[] = Object.entries(operations).map(([name, operation]) => ({
  name: name as OperationName,
  operation,
  pattern: new RegExp(`^${operation.path.replaceAll('.', '\\.').replace(/\{(\w+)\}/g, '(?<$1>[^/]+)')}$`),
}));

const decodedParameter = (name: string, encoded: string): E.Either<Refusal, string> => {
  const text = E.tryCatch(
    () => decodeURIComponent(encoded),
    () => undefined,
  );
  const codec = Object.hasOwn(parameters, name) ? parameters[name as keyof typeof parameters] : undefined;
  if (E.isRight(text) && codec?.is(text.right) !== false) return text;
  const found = E.isRight(text) ? text.right : encoded;
  return E.left(
    refusal(
      404,
      `${name}: expected ${codec?.name ?? 'a text'}, percent-encoded, found ${JSON.stringify(found)}`,
    ),
  );
};

const findRoute = (
  method: string,
  url: URL,
): E.Either<Refusal, { readonly route: Route; readonly parameters: Asked['parameters'] }> => {
  const there = routes.filter(({ pattern }) => pattern.test(url.pathname));
  const route = there.find(({ operation }) => operation.method === (method === 'HEAD' ? 'GET' : method));
  if (route === undefined) {
    if (there.length === 0)
      return E.left(
        refusal(404, `${url.pathname}: there is no such path. GET /openapi.json says what there is.`),
      );
    const allow = there.map(({ operation }) => operation.method).join(', ');
    return E.left(refusal(405, `${url.pathname}: expected ${allow}, found ${method}`, { allow }));
  }
  const found: Record<string, string> = {};
  for (const [name, encoded] of Object.entries(route.pattern.exec(url.pathname)?.groups ?? {})) {
    const text = decodedParameter(name, encoded);
    if (E.isLeft(text)) return text;
    found[name] = text.right;
  }
  return E.right({ route, parameters: found });
};

const tooLarge = refusal(413, `the body: expected at most ${largestBody} bytes, found more`, {
  connection: 'close',
});

/** All of the body. Rejects when the client goes away. */
const readBody = async (request: IncomingMessage): Promise<E.Either<Refusal, string>> => {
  if (Number(request.headers['content-length'] ?? 0) > largestBody) return E.left(tooLarge);
  const pieces: Buffer[] = [];
  let size = 0;
  for await (const piece of request.iterator({ destroyOnReturn: false })) {
    const bytes = piece as Buffer;
    size += bytes.length;
    if (size > largestBody) return E.left(tooLarge);
    pieces.push(bytes);
  }
  return E.right(Buffer.concat(pieces).toString('utf8'));
};

const bodyOf = (operation: Operation, text: string): E.Either<Refusal, unknown> => {
  if (operation.body === undefined) return E.right(undefined);
  const json = parseJson(text);
  if (E.isLeft(json))
    return E.left({ ...wrongBody([json.left], 400), message: `the body: ${problemText(json.left)}` });
  return E.mapLeft((problems: Parameters<typeof wrongBody>[0]) => wrongBody(problems))(
    decode(operation.body, json.right),
  );
};

/** The server, not listening yet. */
export const controlServer = ({ handlers, token, hosts, onFault }: ServerOptions): Server => {
  const expected = token === undefined ? undefined : digest(token);

  const admit = ({ headers }: IncomingMessage): Refusal | undefined => {
    const names = hosts();
    if (names !== undefined && (headers.host === undefined || !names.includes(headers.host)))
      return refusal(
        403,
        `Host: expected ${names.join(' or ')}, found ${JSON.stringify(headers.host ?? '')}`,
      );
    if (headers.origin !== undefined)
      return refusal(403, 'Origin: web pages may not steer this service; let their own server ask');
    if (expected === undefined) return undefined;
    const [, given] = /^Bearer +(.+)$/i.exec(headers.authorization ?? '') ?? [];
    if (given !== undefined && timingSafeEqual(digest(given), expected)) return undefined;
    return refusal(401, "Authorization: expected Bearer and the service's token (PROXY_WIFI_CONTROL_TOKEN)", {
      'www-authenticate': 'Bearer',
    });
  };

  const answer = async (
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<E.Either<Refusal, void>> => {
    const refused = admit(request);
    if (refused !== undefined) return E.left(refused);
    const { url: target = '', method = 'GET' } = request;
    if (!target.startsWith('/') || !URL.canParse(target, 'http://service'))
      return E.left(refusal(400, `the address: expected a path, found ${JSON.stringify(target)}`));
    const url = new URL(target, 'http://service');
    const found = findRoute(method, url);
    if (E.isLeft(found)) return found;
    const { route, parameters: path } = found.right;
    const text = await readBody(request);
    if (E.isLeft(text)) return text;
    const body = bodyOf(route.operation, text.right);
    if (E.isLeft(body)) return body;
    const asked: Asked = { body: body.right, parameters: path, query: url.searchParams };
    if (route.name === 'watchEvents') return handlers.watchEvents(asked, response);
    return E.map((given: unknown) => send(response, 200, given))(await handlers.answers[route.name](asked));
  };

  const server = createServer(
    {
      headersTimeout: times.headers,
      requestTimeout: times.request,
      keepAliveTimeout: times.keepAlive,
      connectionsCheckingInterval: 1000,
    },
    (request, response) => {
      response.on('error', () => response.destroy());
      answer(request, response)
        .then((done) => {
          if (E.isLeft(done)) sendRefusal(response, done.left);
        })
        .catch((error: unknown) => {
          // Who has gone away in the middle of a request needs no answer.
          if (request.destroyed || response.headersSent) response.destroy();
          else {
            onFault('a request', error);
            sendRefusal(response, refusal(500, `it failed: ${String(error)}`));
          }
        });
    },
  );
  server.maxConnections = mostConnections;
  // Who does not take its answer. Streams of events show signs of life, and end by their own rule.
  server.setTimeout(times.idle);
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    if (error.code === 'ECONNRESET' || !socket.writable) return void socket.destroy();
    const late = error.code === 'ERR_HTTP_REQUEST_TIMEOUT';
    const status = late ? '408 Request Timeout' : '400 Bad Request';
    const body = JSON.stringify({
      error: { message: late ? 'the request: not complete in time' : 'the request: expected HTTP/1.1' },
    });
    socket.once('finish', () => socket.destroy());
    socket.end(
      `HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: ${body.length + 1}\r\n\r\n${body}\n`,
    );
  });
  server.on('upgrade', (_request, socket) => {
    socket.on('error', () => socket.destroy());
    socket.destroy();
  });
  return server;
};
