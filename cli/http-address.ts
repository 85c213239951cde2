/** Where something is served over HTTP, as it is typed. Apart from the servers, which few starts need. */

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
