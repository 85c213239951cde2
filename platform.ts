/** Puts the native parts of this system together for the root actor. */
import { isLeft } from 'fp-ts/lib/Either.js';
import * as TE from 'fp-ts/lib/TaskEither.js';
import { defer, from, switchMap, throwError } from 'rxjs';
import type { Platform } from './actors/services.js';
import type { RadioChoice, Settings } from './actors/settings.js';
import { fakeNetworksBackend } from './native/fake/fake-networks.js';
import type { RadioBackend } from './native/radio.js';
import { defaultScenario } from './native/simulated/default-scenario.js';
import { decodeScenario } from './native/simulated/load.js';
import { problemText } from './native/simulated/problem.js';
import { simulatedBackend } from './native/simulated/radio.js';
import type { Endpoint } from './native/sockets/endpoint.js';
import type { Transport } from './native/sockets/transport.js';
import { transportFor } from './native/sockets/transports.js';
import type { Clock } from './streams/clock.js';

/** A transport whose code is loaded when it is used first. */
const transportOnDemand = (scheme: Endpoint['scheme'], clock: Clock): Transport => {
  const load = transportFor(scheme, clock);
  return {
    scheme,
    listen: (endpoint, options) =>
      defer(() => from(load())).pipe(
        switchMap((loaded) =>
          isLeft(loaded) ? throwError(() => loaded.left) : loaded.right.listen(endpoint, options),
        ),
      ),
    connect: (guest, port, abort) =>
      TE.chain((transport: Transport) => transport.connect(guest, port, abort))(load),
  };
};

/** A radio whose code is loaded when it is opened. */
const radioOnDemand = (name: string, load: () => Promise<RadioBackend>): RadioBackend => {
  let loaded: RadioBackend | undefined;
  return {
    name,
    open: defer(() => from(load())).pipe(
      switchMap((radio) => {
        loaded = radio;
        return radio.open;
      }),
    ),
    closed: async () => loaded?.closed?.(),
  };
};

/** The host's own radios by system; undefined where there is no code for them. */
const hostRadio = (choice: HostChoice, settings: Settings): RadioBackend | undefined => {
  if (process.platform !== 'linux') return undefined;
  const { clock, restoreHostConnection: restore } = settings;
  const connections = choice === 'host' ? 'auto' : choice;
  return radioOnDemand('wpa_supplicant', async () =>
    (await import('./native/linux/wpa-radio.js')).linuxRadio({ clock, connections, restore }),
  );
};

type HostChoice = 'host' | 'wpa_supplicant' | 'networkmanager';

const isHostChoice = (radio: RadioChoice): radio is HostChoice =>
  radio === 'host' || radio === 'wpa_supplicant' || radio === 'networkmanager';

const isScenario = (radio: RadioChoice): radio is { readonly scenario: unknown } =>
  typeof radio === 'object' && 'scenario' in radio;

const radioOf = (settings: Settings): readonly RadioBackend[] => {
  const { radio, clock, log } = settings;
  if (isScenario(radio)) {
    const scenario = decodeScenario(radio.scenario);
    return isLeft(scenario) ? [] : [simulatedBackend(scenario.right, { clock, log })];
  }
  if (typeof radio === 'object') return [radio];
  if (isHostChoice(radio)) {
    const host = hostRadio(radio, settings);
    return host === undefined ? [] : [host];
  }
  switch (radio) {
    case 'none':
      return [];
    case 'simulated':
      return [simulatedBackend(defaultScenario, { clock, log })];
  }
};

const problemsOf = (settings: Settings): readonly string[] => {
  const { radio } = settings;
  if (isHostChoice(radio) && hostRadio(radio, settings) === undefined)
    return [`radio: '${radio}' is not available on this system; choose 'simulated', 'none' or a scenario`];
  if (!isScenario(radio)) return [];
  const scenario = decodeScenario(radio.scenario);
  return isLeft(scenario) ? scenario.left.map((problem) => `radio.scenario: ${problemText(problem)}`) : [];
};

/** The sockets and radios of the system that this process runs on. */
export const thisPlatform: Platform = {
  transport: transportOnDemand,
  radios: (settings) => {
    const { fakeNetworks, log } = settings;
    const fake = fakeNetworks === undefined ? [] : [fakeNetworksBackend({ networks: fakeNetworks, log })];
    return [...fake, ...radioOf(settings)];
  },
  problemsOf,
};
