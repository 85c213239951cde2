/** What the guest commands share: which host, and as which guest. */
import { isIP } from 'node:net';
import * as E from 'fp-ts/lib/Either.js';
import { endpointProblemText, parseEndpoint } from '../index.js';
import type { GuestOptions } from '../native/guest/index.js';
import type { DriverFormat } from '../protocol/index.js';
import { parsePort } from './port.js';

/** The flags as they were typed. */
export interface GuestFlags {
  readonly endpoint: string;
  readonly address?: string;
  readonly requestPort?: string;
  readonly notificationPort?: string;
  readonly driver?: string;
  readonly json?: boolean;
}

const isDriver = (text: string): text is DriverFormat =>
  text === 'with-scan-complete' || text === 'without-scan-complete';

const portOf = (flag: string, text: string | undefined): E.Either<string, number | undefined> =>
  text === undefined ? E.right(undefined) : parsePort(flag, text);

/** The guest that the flags describe. Left: one sentence for each thing that is wrong. */
export const guestOptions = (flags: GuestFlags): E.Either<readonly string[], GuestOptions> => {
  const { address, driver } = flags;
  const endpoint = parseEndpoint(flags.endpoint);
  const request = portOf('--request-port', flags.requestPort);
  const notification = portOf('--notification-port', flags.notificationPort);
  const problems = [
    ...(E.isLeft(endpoint) ? [`--endpoint: ${endpointProblemText(endpoint.left)}`] : []),
    ...(address !== undefined && isIP(address) === 0
      ? [`--address: expected an IP address of this machine, got ${JSON.stringify(address)}`]
      : []),
    ...[request, notification].flatMap((port) => (E.isLeft(port) ? [port.left] : [])),
    ...(driver !== undefined && !isDriver(driver)
      ? [`--driver: expected 'with-scan-complete' or 'without-scan-complete', got ${JSON.stringify(driver)}`]
      : []),
  ];
  if (E.isLeft(endpoint) || E.isLeft(request) || E.isLeft(notification) || problems.length > 0)
    return E.left(problems);
  return E.right({
    endpoint: endpoint.right,
    address,
    requestPort: request.right,
    notificationPort: notification.right,
    driver: driver !== undefined && isDriver(driver) ? driver : undefined,
  });
};
