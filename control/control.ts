/** The control of a running service: what each operation does, and where it can be asked for. */
import * as E from 'fp-ts/lib/Either.js';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import type { Actor } from 'xstate';
import type { FrameTap } from '../actors/application/frame-tap.js';
import { type Log, silentLog } from '../actors/application/log.js';
import type { ProxyWifiLogic, ProxyWifiState } from '../actors/application/logic.js';
import type { ServiceStatus } from '../actors/application/status.js';
import type { LogLevel } from '../json/log-level.js';
import { decodeFakeNetworks, type FakeNetwork } from '../native/fake/fake-network.js';
import { decodeAirStep, decodeScenario } from '../native/simulated/load.js';
import type { SimulatedBackend } from '../native/simulated/radio.js';
import { parseGuestId } from '../native/sockets/endpoint.js';
import { type ControlAddress, formatControlAddress } from './address.js';
import { EventFeed, mostReaders } from './event-feed.js';
import { type ControlFailure, type Listening, listen, tokenProblem } from './listening.js';
import { openApi } from './openapi.js';
import type { BodyOf, OperationName } from './operations.js';
import { type Refusal, refusal, wrongBody } from './refusal.js';
import type { Asked, Handlers } from './server.js';

/** What can be changed from outside, beside the service itself. What is left out is refused in words (409). */
export interface ControlParts {
  /** The radio of the service, if it is simulated. */
  readonly radio?: Pick<SimulatedBackend, 'control' | 'played' | 'replace' | 'seed'> | undefined;
  /** Takes other fake networks; the service's `fakeNetworks` gives them from then on. */
  readonly replaceNetworks?: ((networks: readonly FakeNetwork[]) => void) | undefined;
  /** Begins to record to a file, in place of what is recorded to; null ends it. Left: why it cannot be written. */
  readonly record?:
    | ((file: string | null, force: boolean) => Promise<E.Either<readonly string[], void>>)
    | undefined;
  readonly changeLogLevel?: ((level: LogLevel) => void) | undefined;
  /** A new address of the inspector's page. */
  readonly inspectorUrl?: (() => string) | undefined;
}

/** Where a service is steered, and what may be changed of it. */
export interface ControlOptions extends ControlParts {
  readonly address: ControlAddress;
  /** At least 16 characters; needed for an address of TCP. */
  readonly token?: string | undefined;
  /** Hears of what could not be served. */
  readonly log?: Log;
}

/** The root actor, as far as it is steered. */
export type ControlledService = Pick<Actor<ProxyWifiLogic>, 'on' | 'send' | 'getSnapshot'>;

/** A control interface of one service, not open yet. */
export interface Control {
  /** For the input's `frameTap`: shows the frames too. */
  readonly frameTap: FrameTap;
  /** Lets people steer this service from now on. Left: why nobody can. */
  readonly open: (proxy: ControlledService) => TaskEither<ControlFailure, Listening>;
}

type Answer<A> = E.Either<Refusal, A>;

const states: readonly ProxyWifiState[] = ['stopped', 'starting', 'running', 'stopping'];

const statusOf = (proxy: ControlledService): ServiceStatus & { readonly state: ProxyWifiState } => {
  const snapshot = proxy.getSnapshot();
  const state = states.find((each) => snapshot.matches(each)) ?? 'stopped';
  return { state, ...snapshot.context.status.read() };
};

const noAir = refusal(
  409,
  'the radio of this service is not simulated: what happens on the air is not its to say. Start it with --radio simulated or --scenario',
);

const act = (radio: ControlParts['radio'], body: BodyOf<'act'>): Answer<{ readonly done: string }> => {
  if (radio === undefined) return E.left(noAir);
  const action = decodeAirStep(body, radio.played);
  if (E.isLeft(action)) return E.left(wrongBody(action.left));
  radio.control.perform(action.right);
  return E.right({ done: body.do });
};

const replaceScenario = (radio: ControlParts['radio'], body: unknown): Answer<object> => {
  if (radio === undefined) return E.left(noAir);
  const scenario = decodeScenario(body);
  if (E.isLeft(scenario)) return E.left(wrongBody(scenario.left));
  radio.replace(scenario.right);
  const { interfaces, networks } = scenario.right;
  return E.right({ interfaces: interfaces.length, networks: networks.length, seed: radio.seed });
};

const replaceNetworks = (replace: ControlParts['replaceNetworks'], body: unknown): Answer<object> => {
  if (replace === undefined) return E.left(refusal(409, 'this service takes no fake networks from outside'));
  const networks = decodeFakeNetworks(body);
  if (E.isLeft(networks)) return E.left(wrongBody(networks.left));
  replace(networks.right);
  return E.right({ networks: networks.right.length });
};

const disconnectGuest = (proxy: ControlledService, text: string): Answer<object> => {
  const guest = parseGuestId(text);
  if (E.isLeft(guest)) return E.left(refusal(404, `guest: expected ${guest.left.expected}`));
  const { guests } = statusOf(proxy);
  const found = guests.find(({ id }) => id === guest.right);
  if (found === undefined) {
    const known = guests.length === 0 ? 'none' : guests.map(({ id }) => id).join(', ');
    return E.left(refusal(404, `${guest.right}: there is no such guest; there is ${known}`));
  }
  if (found.session === null) return E.left(refusal(409, `${found.id}: this guest has no session`));
  proxy.send({ type: 'dismiss', guest: guest.right });
  return E.right({ guest: found.id, session: found.session.id });
};

const record = async (
  begin: ControlParts['record'],
  { file, force = false }: BodyOf<'record'>,
): Promise<Answer<object>> => {
  if (begin === undefined) return E.left(refusal(409, 'this service does not record'));
  const begun = await begin(file, force);
  return E.isLeft(begun) ? E.left(refusal(409, begun.left.join('; '))) : E.right({ file });
};

/** What each operation does. A body has been checked by the codec of its operation. */
const handlersOf = (proxy: ControlledService, parts: ControlParts, feed: EventFeed): Handlers => {
  const given = <N extends OperationName>(_: N, { body }: Asked): BodyOf<N> => body as BodyOf<N>;
  return {
    answers: {
      readStatus: async () => E.right(statusOf(proxy)),
      listGuests: async () => E.right({ guests: statusOf(proxy).guests }),
      act: async (asked) => act(parts.radio, given('act', asked)),
      replaceScenario: async ({ body }) => replaceScenario(parts.radio, body),
      replaceNetworks: async ({ body }) => replaceNetworks(parts.replaceNetworks, body),
      disconnectGuest: async ({ parameters }) => disconnectGuest(proxy, parameters.guest ?? ''),
      record: async (asked) => record(parts.record, given('record', asked)),
      changeLogLevel: async (asked) => {
        const { level } = given('changeLogLevel', asked);
        if (parts.changeLogLevel === undefined)
          return E.left(refusal(409, 'the log of this service cannot be changed from outside'));
        parts.changeLogLevel(level);
        return E.right({ level });
      },
      openInspector: async () =>
        parts.inspectorUrl === undefined
          ? E.left(refusal(409, 'this service has no inspector. Start it with --inspect'))
          : E.right({ url: parts.inspectorUrl() }),
      readDescription: async () => E.right(openApi()),
    },
    watchEvents: ({ query }, response) => {
      const only = query.get('only');
      if (only !== null && only !== 'facts' && only !== 'frames')
        return E.left(refusal(422, `only: expected facts or frames, found ${JSON.stringify(only)}`));
      return feed.add(response, only ?? 'all')
        ? E.right(undefined)
        : E.left(refusal(503, `${mostReaders} watch already`, { 'retry-after': '5' }));
    },
  };
};

/** Names by which this machine is asked at a port. */
const ownNames = (port: number): readonly string[] =>
  ['127.0.0.1', 'localhost', '[::1]'].map((name) => `${name}:${port}`);

/**
 * The control of a service: give its `frameTap` to the input, and `open` it with the root actor. Closing it leaves the service
 * as it is.
 */
export const createControl = (options: ControlOptions): Control => {
  const { address, token, log = silentLog } = options;
  const feed = new EventFeed();
  let faults = 0;
  /** Said at the first time and whenever there is twice as much. */
  const onFault = (source: string, error: unknown): void => {
    faults += 1;
    if (Number.isInteger(Math.log2(faults)))
      log.error({ source, faults, problem: String(error) }, 'the control left something out');
  };
  return {
    frameTap: feed.frame,
    open: (proxy) => async () => {
      const problem = tokenProblem(address, token);
      if (problem !== undefined)
        return E.left({ code: 'EINVAL', detail: `control ${formatControlAddress(address)}: ${problem}` });
      let names: readonly string[] | undefined;
      // Most services are not steered, and start sooner without it.
      const { controlServer } = await import('./server.js');
      const server = controlServer({
        handlers: handlersOf(proxy, options, feed),
        token,
        hosts: () => names,
        onFault,
      });
      const listening = await listen(server, address, onFault);
      if (E.isLeft(listening)) return listening;
      if (listening.right.address.scheme === 'tcp') names = ownNames(listening.right.address.port);
      const watching = proxy.on('*', feed.fact);
      return E.right({
        address: listening.right.address,
        close: async () => {
          watching.unsubscribe();
          feed.close();
          await listening.right.close();
        },
      });
    },
  };
};
