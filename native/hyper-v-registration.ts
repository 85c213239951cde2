/** Registers the services of guests with Hyper-V, where there is one; the code for it is loaded when it is asked for. */
import * as E from 'fp-ts/lib/Either.js';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import type { Registration, RegistrationFailure } from './windows/registration.js';

const elsewhere: RegistrationFailure = {
  operation: 'register',
  code: 'ENOTSUP',
  detail: `Hyper-V's registry of services is on Windows only, and this is ${process.platform}: nothing to register. Guests reach this host without it.`,
};

/** Registers the services of these ports, or removes them. Needs an elevated prompt on Windows; fails elsewhere. */
export const registerHyperVServices =
  (
    ports: readonly number[],
    change: 'register' | 'remove',
  ): TaskEither<RegistrationFailure, readonly Registration[]> =>
  async () => {
    if (process.platform !== 'win32') return E.left(elsewhere);
    const { registerServices, removeServices } = await import('./windows/registration.js');
    return (change === 'register' ? registerServices : removeServices)(ports)();
  };
