/** What to type next, for somebody who has typed `proxy-wifi serve` and nothing more. */
import * as E from 'fp-ts/lib/Either.js';
import { defaultRequestPort, parseEndpoint, type ServiceStatus } from '../index.js';
import { harbourCafeSecret } from '../native/simulated/index.js';
import type { ServeSettings } from './serve-settings.js';

/** The options by which a guest reaches this service, as one types them; undefined where this machine cannot be a guest. */
const guestOptions = (
  settings: ServeSettings,
  { endpoints }: Pick<ServiceStatus, 'endpoints'>,
): string | undefined => {
  const { requestPort = defaultRequestPort, notificationPort } = settings.input;
  for (const { address } of endpoints) {
    const endpoint = parseEndpoint(address ?? '');
    if (E.isLeft(endpoint)) continue;
    const { right } = endpoint;
    const notification = notificationPort === undefined ? '' : ` --notification-port ${notificationPort}`;
    if (right.scheme === 'tcp' && right.host.startsWith('127.')) {
      const isDefault = right.host === '127.0.0.1' && right.port === defaultRequestPort;
      return `${isDefault ? '' : ` --endpoint ${address}`}${notification}`;
    }
    if (right.scheme === 'unix') {
      const request = requestPort === defaultRequestPort ? '' : ` --request-port ${requestPort}`;
      return ` --endpoint ${address}${request}${notification}`;
    }
  }
  return undefined;
};

/** Lines that say what to try; none where somebody has said which networks there are. */
export const whatToTypeNext = (
  settings: ServeSettings,
  status: Pick<ServiceStatus, 'endpoints'>,
): readonly string[] => {
  const stop = 'Ctrl-C stops.';
  if (!settings.tryOut) return [stop];
  const options = guestOptions(settings, status);
  const simulated = 'The networks are simulated: --radio host serves those of this machine.';
  if (options === undefined) return [simulated, stop];
  return [
    simulated,
    'Type next, in another terminal:',
    `  proxy-wifi guest scan${options}`,
    `  proxy-wifi guest connect 'Harbour Cafe'${options}    (its passphrase: ${harbourCafeSecret})`,
    `  proxy-wifi guest watch${options}`,
    stop,
  ];
};
