/** The inspector's page and its socket, for this machine only. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import { drawMachine } from '../draw/draw-machine.js';
import { machines } from '../machines.js';
import { type Access, isOwn } from './access.js';
import type { Assets } from './assets.js';
import type { Guard } from './guard.js';

const loopback = '127.0.0.1';

/** Nothing from elsewhere, nothing into a frame. */
const contentSecurity =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/** Pings that a page must answer before the next one, in milliseconds. */
const heartbeat = 15_000;

export interface InspectorServer {
  readonly port: number;
  readonly close: () => Promise<void>;
}

export interface ServerOptions {
  /** 0 lets the system choose. */
  readonly port: number;
  readonly access: Access;
  readonly assets: Assets;
  /** Hears of what went wrong and ended nothing. */
  readonly guard: Guard;
  /** A socket has been let in; `key` opens its next connection. */
  readonly onSocket: (socket: WebSocket, key: string, address: URL) => void;
}

const answer = (response: ServerResponse, status: number, type: string, body: string): void => {
  response.writeHead(status, {
    'content-type': type,
    'content-security-policy': contentSecurity,
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
    'cache-control': 'no-store',
  });
  response.end(body);
};

/** Drawn when first asked for, and again after a failure. */
class Drawings {
  readonly #drawn = new Map<string, Promise<string>>();

  get(id: string): Promise<string> | undefined {
    const known = this.#drawn.get(id);
    const machine = machines.find((one) => one.id === id);
    if (known !== undefined || machine === undefined) return known;
    const drawing = drawMachine(machine);
    this.#drawn.set(id, drawing);
    drawing.catch(() => this.#drawn.delete(id));
    return drawing;
  }
}

/** Whoever is refused may not hang up: the connection is closed as soon as the answer is written. */
const refuse = (socket: Duplex, status: string): void => {
  socket.once('finish', () => socket.destroy());
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
};

/** Undefined for what is no address: `//` and other things that no browser asks for. */
const addressOf = ({ url = '' }: IncomingMessage): URL | undefined => {
  const origin = `http://${loopback}`;
  return URL.canParse(url, origin) ? new URL(url, origin) : undefined;
};

/** Rejects with the system's error when the port cannot be had. */
export const serveInspector = async (options: ServerOptions): Promise<InspectorServer> => {
  const { access, assets, guard, onSocket } = options;
  const drawings = new Drawings();
  let port = options.port;

  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    if (!isOwn(request.headers, port))
      return answer(response, 403, 'text/plain', 'This page is for its own machine only.\n');
    if (request.method !== 'GET' && request.method !== 'HEAD')
      return answer(response, 405, 'text/plain', 'This page can only be read.\n');
    const path = addressOf(request)?.pathname ?? '';
    const asset = assets.get(path);
    if (asset !== undefined) return answer(response, 200, asset.type, asset.body);
    const drawing = drawings.get(/^\/machines\/(\w+)\.svg$/.exec(path)?.[1] ?? '');
    if (drawing === undefined) return answer(response, 404, 'text/plain', 'There is nothing here.\n');
    answer(response, 200, 'image/svg+xml', await drawing);
  };

  const server: Server = createServer((request, response) => {
    serve(request, response).catch((error: unknown) => {
      guard.note('a request for the page', error);
      if (response.headersSent) response.destroy();
      else answer(response, 500, 'text/plain', `The page could not be made: ${String(error)}\n`);
    });
  });
  // A connection that the system could not accept is an error of the server, which would end the process.
  server.on('error', (error) => {
    if (server.listening) guard.note('the port', error);
  });
  const sockets = new WebSocketServer({ noServer: true, maxPayload: 1024 });
  const quiet = new WeakSet<WebSocket>();
  /** Who is let in, or the status with which it is refused. */
  const admit = (request: IncomingMessage): { readonly key: string; readonly address: URL } | string => {
    if (!isOwn(request.headers, port)) return '403 Forbidden';
    const address = addressOf(request);
    if (address === undefined) return '400 Bad Request';
    const key = access.admit(address.searchParams.get('token') ?? '');
    return key === null ? '401 Unauthorized' : { key, address };
  };
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    socket.on('error', () => socket.destroy());
    try {
      const admitted = admit(request);
      if (typeof admitted === 'string') refuse(socket, admitted);
      else
        sockets.handleUpgrade(request, socket, head, (opened) => {
          opened.on('pong', () => quiet.delete(opened));
          onSocket(opened, admitted.key, admitted.address);
        });
    } catch (error) {
      guard.note('a socket', error);
      socket.destroy();
    }
  });
  server.listen({ port, host: loopback });
  await once(server, 'listening');
  port = (server.address() as AddressInfo).port;
  const beat = setInterval(() => {
    for (const socket of sockets.clients) {
      if (quiet.has(socket)) socket.terminate();
      quiet.add(socket);
      socket.ping();
    }
  }, heartbeat);

  return {
    port,
    close: () =>
      new Promise((resolve) => {
        clearInterval(beat);
        for (const socket of sockets.clients) socket.terminate();
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
};
