/** What the guest commands share: which host, and as which guest. */
import { isIP } from 'node:net';
import * as E from 'fp-ts/lib/Either.js';
import { type DriverFormat, endpointProblemText, type GuestOptions, parseEndpoint } from '../index.js';

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

const portProblem = (flag: string, text: string | undefined): readonly string[] =>
  text === undefined || (/^\d{1,5}$/.test(text) && Number(text) >= 1 && Number(text) <= 65535)
    ? []
    : [`${flag}: expected a whole number from 1 to 65535, got ${JSON.stringify(text)}`];

/** The guest that the flags describe. Left: one sentence for each thing that is wrong. */
export const guestOptions = (flags: GuestFlags): E.Either<readonly string[], GuestOptions> => {
  const { address, requestPort, notificationPort, driver } = flags;
  const endpoint = parseEndpoint(flags.endpoint);
  const problems = [
    ...(E.isLeft(endpoint) ? [`--endpoint: ${endpointProblemText(endpoint.left)}`] : []),
    ...(address !== undefined && isIP(address) === 0
      ? [`--address: expected an IP address of this machine, got ${JSON.stringify(address)}`]
      : []),
    ...portProblem('--request-port', requestPort),
    ...portProblem('--notification-port', notificationPort),
    ...(driver !== undefined && !isDriver(driver)
      ? [`--driver: expected 'with-scan-complete' or 'without-scan-complete', got ${JSON.stringify(driver)}`]
      : []),
  ];
  if (E.isLeft(endpoint) || problems.length > 0) return E.left(problems);
  return E.right({
    endpoint: endpoint.right,
    address,
    requestPort: requestPort === undefined ? undefined : Number(requestPort),
    notificationPort: notificationPort === undefined ? undefined : Number(notificationPort),
    driver: driver !== undefined && isDriver(driver) ? driver : undefined,
  });
};
