/** The address at which metrics can be scraped, over plain HTTP. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import * as E from 'fp-ts/lib/Either.js';
import type { Log } from '../index.js';
import type { Metrics } from '../metrics/index.js';
import type { HttpAddress } from './http-address.js';

export interface MetricsServer {
  readonly url: string;
  readonly close: () => Promise<void>;
}

const urlOf = ({ host, port }: HttpAddress): string =>
  `http://${host.includes(':') ? `[${host}]` : host}:${port}/metrics`;

/** Names and addresses of this machine that never lead to another one. */
const isLoopback = (host: string): boolean =>
  /^(localhost|\[?::1\]?|(\[?::ffff:)?127(\.\d{1,3}){3}\]?)$/i.test(host);

/**
 * A page of another site may call this machine by a name of its own (DNS rebinding), which then stands in its `Host`; a tunnel
 * may have another port.
 */
const isForLoopback = ({ headers: { host = '' } }: IncomingMessage): boolean =>
  isLoopback(host.replace(/:\d{1,5}$/, ''));

/** Serves `/metrics` until it is closed. On loopback, for requests to loopback only. Left: why it cannot. */
export const serveMetrics = (
  address: HttpAddress,
  metrics: Pick<Metrics, 'contentType' | 'expose'>,
  log: Log,
): Promise<E.Either<string, MetricsServer>> => {
  let onLoopback = true;
  let failures = 0;
  /** Counts what went wrong and ends nothing; said at the first time and whenever there is twice as much. */
  const note = (source: string, error: unknown): void => {
    failures += 1;
    if (Number.isInteger(Math.log2(failures)))
      log.error({ source, failures, problem: String(error) }, 'the metrics could not be served');
  };
  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    if (onLoopback && !isForLoopback(request)) {
      response.writeHead(403, { 'content-type': 'text/plain' });
      response.end('These metrics are for this machine only: ask for them at 127.0.0.1 or localhost.\n');
      return;
    }
    if (request.url?.split('?')[0] !== '/metrics') {
      response.writeHead(404, { 'content-type': 'text/plain' }).end('The metrics are at /metrics.\n');
      return;
    }
    const text = await metrics.expose();
    response.writeHead(200, { 'content-type': metrics.contentType }).end(text);
  };
  const server = createServer((request, response) => {
    serve(request, response).catch((error: unknown) => {
      note('a scrape', error);
      if (response.headersSent) response.destroy();
      else response.writeHead(500).end();
    });
  });
  return new Promise((resolve) => {
    server.on('error', (error: NodeJS.ErrnoException) => {
      // One connection that the system could not accept.
      if (server.listening) return note('the port', error);
      const what = error.code === 'EADDRINUSE' ? 'address in use' : 'the address cannot be had';
      resolve(
        E.left(`listen ${urlOf(address)}: ${what} (${error.code}). Choose another address with --metrics.`),
      );
    });
    server.listen({ ...address, exclusive: true }, () => {
      const { address: host, port } = server.address() as AddressInfo;
      onLoopback = isLoopback(host);
      resolve(
        E.right({
          url: urlOf({ host: address.host, port }),
          close: () =>
            new Promise<void>((closed) => {
              server.close(() => closed());
              server.closeAllConnections();
            }),
        }),
      );
    });
  });
};
