/** The address at which metrics can be scraped, over plain HTTP. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import * as E from 'fp-ts/lib/Either.js';
import type { Metrics } from './metrics.js';

/** Where to listen. */
export interface HttpAddress {
  readonly host: string;
  readonly port: number;
}

/** Loopback, and the port that exporters for Prometheus usually take when they have none of their own. */
export const defaultMetricsAddress: HttpAddress = { host: '127.0.0.1', port: 9464 };

/** What an address looks like, for error messages. */
export const httpAddressForm = 'PORT, ADDRESS:PORT or [IPV6]:PORT, such as 127.0.0.1:9464';

/** Reads `9464`, `127.0.0.1:9464`, `[::1]:9464`; without a host it is loopback. Undefined for anything else. */
export const parseHttpAddress = (text: string): HttpAddress | undefined => {
  const [, bracketed, plain, digits] = /^(?:(?:\[([\da-fA-F:.]+)\]|([\w.-]+)):)?(\d{1,5})$/.exec(text) ?? [];
  const port = Number(digits ?? 'none');
  return port <= 65535 ? { host: bracketed ?? plain ?? defaultMetricsAddress.host, port } : undefined;
};

export interface MetricsServer {
  readonly url: string;
  readonly close: () => Promise<void>;
}

const urlOf = ({ host, port }: HttpAddress): string =>
  `http://${host.includes(':') ? `[${host}]` : host}:${port}/metrics`;

/** Serves `/metrics` until it is closed. Left: why it cannot. */
export const serveMetrics = (
  address: HttpAddress,
  metrics: Pick<Metrics, 'contentType' | 'expose'>,
): Promise<E.Either<string, MetricsServer>> => {
  const server = createServer((request, response) => {
    if (request.url?.split('?')[0] !== '/metrics') {
      response.writeHead(404, { 'content-type': 'text/plain' }).end('The metrics are at /metrics.\n');
      return;
    }
    metrics.expose().then(
      (text) => response.writeHead(200, { 'content-type': metrics.contentType }).end(text),
      () => response.writeHead(500).end(),
    );
  });
  return new Promise((resolve) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const what = error.code === 'EADDRINUSE' ? 'address in use' : 'the address cannot be had';
      resolve(
        E.left(`listen ${urlOf(address)}: ${what} (${error.code}). Choose another address with --metrics.`),
      );
    });
    server.listen({ ...address, exclusive: true }, () => {
      const { port } = server.address() as AddressInfo;
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
