/**
 * The registry keys without which Hyper-V lets no guest reach a Hyper-V socket: one for each service id, below
 * `GuestCommunicationServices`, with a name.
 */
import * as E from 'fp-ts/lib/Either.js';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import { serviceId } from './hvsocket.js';
import { constants } from './layouts.js';
import { openRegistry, type Registry, type RegistryFailure } from './registry.js';

/** Below HKEY_LOCAL_MACHINE: where Hyper-V looks for services (Microsoft, "Make your own integration services"). */
const services =
  'SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion\\Virtualization\\GuestCommunicationServices';

/** What our keys are called, before the port; one that is called otherwise is somebody else's. */
const ours = 'proxy-wifi';

/** What became of the key of one port. */
export interface Registration {
  readonly port: number;
  /** `00003039-facb-11e6-bd58-64006a7986d3` for 12345. */
  readonly serviceId: string;
  /** `foreign`: another program has registered the service id, and its key was left as it is. */
  readonly outcome: 'registered' | 'already registered' | 'removed' | 'not registered' | 'foreign';
  /** The name in the registry, where there is one. */
  readonly name: string | undefined;
}

/** Why the registry could not be changed, as a sentence that says what to do. */
export interface RegistrationFailure {
  readonly operation: string;
  readonly code: string;
  readonly detail: string;
}

const keyOf = (port: number): string => `${services}\\${serviceId(port)}`;

const explained = ({ operation, key, error, code }: RegistryFailure): RegistrationFailure => ({
  operation,
  code,
  detail:
    error === constants.ERROR_ACCESS_DENIED
      ? `${operation}: Windows refuses to change HKLM\\${key} (${code}). Open a terminal with "Run as administrator", and type the command again.`
      : `${operation}: HKLM\\${key} (${code})`,
});

const isOurs = (name: string): boolean => name.startsWith(ours);

/** What is in the registry for a port. */
const look = async (registry: Registry, port: number): Promise<E.Either<RegistrationFailure, Registration>> =>
  E.bimap(
    explained,
    (name: string | undefined): Registration => ({
      port,
      serviceId: serviceId(port),
      outcome: name === undefined ? 'not registered' : isOurs(name) ? 'already registered' : 'foreign',
      name,
    }),
  )(await registry.read(keyOf(port), 'ElementName')());

const forEach =
  (
    registry: Registry,
    ports: readonly number[],
    change: (found: Registration) => Promise<E.Either<RegistryFailure, Registration>>,
  ): TaskEither<RegistrationFailure, readonly Registration[]> =>
  async () => {
    const done: Registration[] = [];
    for (const port of ports) {
      const found = await look(registry, port);
      if (E.isLeft(found)) return found;
      const changed = await change(found.right);
      if (E.isLeft(changed)) return E.left(explained(changed.left));
      done.push(changed.right);
    }
    return E.right(done);
  };

/** What the registry has for these ports. Needs no special rights. */
export const registrations = (
  ports: readonly number[],
  registry: Registry = openRegistry(),
): TaskEither<RegistrationFailure, readonly Registration[]> =>
  forEach(registry, ports, async (found) => E.right(found));

/** Registers the services of these ports. Needs an elevated prompt; what is registered already stays as it is. */
export const registerServices = (
  ports: readonly number[],
  registry: Registry = openRegistry(),
): TaskEither<RegistrationFailure, readonly Registration[]> =>
  forEach(registry, ports, async (found) => {
    if (found.outcome !== 'not registered') return E.right(found);
    const name = `${ours} port ${found.port}`;
    const written = await registry.write(keyOf(found.port), 'ElementName', name)();
    return E.map((): Registration => ({ ...found, outcome: 'registered', name }))(written);
  });

/** Removes what `registerServices` has made for these ports, and nothing that is called otherwise. */
export const removeServices = (
  ports: readonly number[],
  registry: Registry = openRegistry(),
): TaskEither<RegistrationFailure, readonly Registration[]> =>
  forEach(registry, ports, async (found) => {
    if (found.outcome !== 'already registered') return E.right(found);
    const removed = await registry.remove(keyOf(found.port))();
    return E.map((): Registration => ({ ...found, outcome: 'removed' }))(removed);
  });
