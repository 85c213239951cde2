/** Puts the native parts of this system together for the root actor. */
import { chain, type Either, isLeft, left, right } from 'fp-ts/lib/Either.js';
import * as TE from 'fp-ts/lib/TaskEither.js';
import { catchError, defer, from, switchMap, throwError } from 'rxjs';
import {
  decodeInput as decodeSettings,
  type RadioChoice,
  type Settings,
} from './actors/application/settings.js';
import type { Platform } from './actors/service.js';
import { problemText } from './json/problem.js';
import { fakeNetworksBackend } from './native/fake/fake-networks.js';
import { logNativeCode } from './native/log.js';
import type { HostLink, InterfaceId, LeftLinks, RadioBackend, RadioFailure } from './native/radio.js';
import { defaultScenario } from './native/simulated/default-scenario.js';
import { decodeScenario } from './native/simulated/load.js';
import { simulatedBackend } from './native/simulated/radio.js';
import type { Endpoint } from './native/sockets/endpoint.js';
import type { Transport } from './native/sockets/transport.js';
import { transportFor } from './native/sockets/transports.js';
import type { Clock } from './streams/clock.js';

/** A transport whose code is loaded when it is used first. */
const transportOnDemand = (scheme: Endpoint['scheme'], clock: Clock): Transport => {
  const load = transportFor(scheme, clock);
  let loaded: Transport | undefined;
  return {
    scheme,
    listen: (endpoint, options) =>
      defer(() => from(load())).pipe(
        switchMap((result) =>
          isLeft(result) ? throwError(() => result.left) : result.right.listen(endpoint, options),
        ),
      ),
    send: (guest, port, delivery) => {
      if (loaded !== undefined) return loaded.send(guest, port, delivery);
      let isGivenUp = false;
      let giveUp = (): void => {
        isGivenUp = true;
      };
      void load().then((result) => {
        if (isGivenUp) return;
        if (isLeft(result)) return delivery.failed(result.left);
        loaded = result.right;
        giveUp = loaded.send(guest, port, delivery);
      });
      return () => giveUp();
    },
    connect: (guest, port, abort) =>
      loaded?.connect(guest, port, abort) ??
      TE.chain((transport: Transport) => {
        loaded = transport;
        return transport.connect(guest, port, abort);
      })(load),
  };
};

/** A radio whose code is loaded when it is opened first: a service without it need not have its libraries. */
const radioOnDemand = (name: string, load: () => Promise<RadioBackend>): RadioBackend => {
  let loaded: RadioBackend | undefined;
  const open = async (): Promise<RadioBackend> => {
    loaded ??= await load();
    return loaded;
  };
  const unloadable = (error: unknown) => {
    const failure: RadioFailure = { operation: `load ${name}`, code: 'ERR_LOAD', detail: String(error) };
    return throwError(() => failure);
  };
  return {
    name,
    open: defer(() => from(open()).pipe(catchError(unloadable))).pipe(switchMap((backend) => backend.open)),
    closed: async () => loaded?.closed?.(),
  };
};

type HostRadio = Extract<RadioChoice, 'host' | 'wpa_supplicant' | 'networkmanager'>;

/** Does the service go on with a link that it finds? Guests had it before the restart, and need it still. */
export const resumes =
  (leftLinks: LeftLinks) =>
  (id: InterfaceId, { ssid }: Pick<HostLink, 'ssid'>): boolean => {
    const left = leftLinks(id);
    return left?.ssid === ssid && left.isNeeded;
  };

/** The radios of real hosts that this system has. */
const hostRadio = (radio: HostRadio, settings: Settings, leftLinks: LeftLinks): RadioBackend | undefined => {
  const { clock, log, restoreHostConnection: restore, unsave } = settings;
  if (process.platform === 'win32' && radio === 'host')
    return radioOnDemand('Windows Wlan API', async () => {
      const { wlanRadio } = await import('./native/windows/wlan-radio.js');
      return wlanRadio({ clock, log, restore, leftLinks });
    });
  if (process.platform === 'linux')
    return radioOnDemand('wpa_supplicant', async () => {
      const { linuxRadio } = await import('./native/linux/wpa-radio.js');
      const connections = radio === 'host' ? 'auto' : radio;
      return linuxRadio({ clock, restore, unsave, resumes: resumes(leftLinks), connections });
    });
  return undefined;
};

const isScenario = (radio: RadioChoice): radio is { readonly scenario: unknown } =>
  typeof radio === 'object' && 'scenario' in radio;

const present = (backend: RadioBackend | undefined): readonly RadioBackend[] =>
  backend === undefined ? [] : [backend];

const radiosOf = (settings: Settings, leftLinks: LeftLinks): readonly RadioBackend[] => {
  const { radio, clock, log } = settings;
  if (isScenario(radio)) {
    const scenario = decodeScenario(radio.scenario);
    return isLeft(scenario) ? [] : [simulatedBackend(scenario.right, { clock, log })];
  }
  if (typeof radio === 'object') return [radio];
  switch (radio) {
    case 'none':
      return [];
    case 'simulated':
      return [simulatedBackend(defaultScenario, { clock, log })];
    case 'host':
    case 'wpa_supplicant':
    case 'networkmanager':
      return present(hostRadio(radio, settings, leftLinks));
  }
};

const problemsOf = (settings: Settings): readonly string[] => {
  const { radio } = settings;
  if (isScenario(radio)) {
    const scenario = decodeScenario(radio.scenario);
    return isLeft(scenario) ? scenario.left.map((problem) => `radio.scenario: ${problemText(problem)}`) : [];
  }
  if (radio === 'host' || radio === 'wpa_supplicant' || radio === 'networkmanager')
    return hostRadio(radio, settings, () => undefined) === undefined
      ? [
          `radio: '${radio}' is not available on ${process.platform}; choose 'simulated', 'none' or a scenario`,
        ]
      : [];
  return [];
};

/**
 * Checks an input as `createActor(proxyWifi, { input })` does when it is started, and reports every problem at once, one
 * sentence each, with the path, the value and what was expected. Starts nothing.
 */
export const decodeInput = (input: unknown): Either<readonly string[], Settings> =>
  chain((settings: Settings): Either<readonly string[], Settings> => {
    const problems = problemsOf(settings);
    return problems.length > 0 ? left(problems) : right(settings);
  })(decodeSettings(input));

/** The sockets and radios of the system that this process runs on. */
export const thisPlatform: Platform = {
  transport: transportOnDemand,
  radios: (settings, leftLinks) => {
    const { fakeNetworks, log } = settings;
    const fake = fakeNetworks === undefined ? [] : [fakeNetworksBackend({ networks: fakeNetworks, log })];
    return [...fake, ...radiosOf(settings, leftLinks)];
  },
  logNative: logNativeCode,
  problemsOf,
};
