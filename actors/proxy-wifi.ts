/** The root actor: starts and stops everything, and speaks to the host application. */
import type { AnyActorScope, AnyStateMachine } from 'xstate';
import { FactStream } from './application/fact-stream.js';
import type { Fact } from './application/facts.js';
import { decodeInput, InvalidInputError } from './application/settings.js';
import { LiveStatus, readStatus } from './application/status.js';
import { Guests } from './guest/guest-register.js';
import { Interfaces } from './host/interface-register.js';
import type { OwnershipSeat } from './ownership/ownership-state.js';
import { type ProxyWifiContext, running } from './proxy-wifi-steps.js';
import { Seat } from './seat.js';
import { type Platform, Service } from './service.js';

/** Builds the root machine on a platform; `index.ts` does it for the real one. */
export const proxyWifiOn = (platform: Platform) => {
  const machine = running(platform).createMachine({
    id: 'proxyWifi',
    description: 'The host half of Wi-Fi for virtual machines.',
    meta: {
      events: {
        start: 'The host application starts a stopped service again.',
        stop: 'The host application wants everything closed.',
        dismiss: 'The host application ends the session of a guest.',
        'networks.changed': 'The host application has other fake networks than before.',
        'settings.changed': 'The host application has other settings, of those that take effect at once.',
        'guests.crowded': 'From the register of guests: one more has shown up than its actors have room.',
        'endpoint.settled': 'From a listener: its endpoint is bound, or could not be.',
      },
      delays: {
        startTimeout: 'An endpoint that binds so slowly is not waited for.',
        stopTimeout: 'A host that closes so slowly is not waited for.',
        memoryTimeout: 'A disk that is so slow is not waited for.',
      },
    },
    context: ({ input, self }) => {
      forgetInput(self);
      const settings = decodeInput(input);
      if (settings._tag === 'Left') throw new InvalidInputError(settings.left);
      const problems = platform.problemsOf(settings.right);
      if (problems.length > 0) throw new InvalidInputError(problems);
      const service = new Service(settings.right, platform);
      const parts = {
        service,
        facts: new FactStream(service.observer),
        interfaces: new Interfaces(),
        guests: new Guests(service, () => self.send({ type: 'guests.crowded' })),
        ownership: new Seat() as OwnershipSeat,
      };
      return {
        ...parts,
        endpoints: [],
        radios: [],
        unbound: [],
        houses: [],
        status: new LiveStatus(() => readStatus(self.getSnapshot().context)),
      };
    },
    invoke: { id: 'holdProcess', src: 'holdProcess', input: ({ context }) => context.service },
    initial: 'starting',
    states: {
      stopped: {
        description: 'Nothing is open.',
        entry: ['closePlaces', 'unfollowNative'],
        always: { guard: 'hasFailed', target: 'failed' },
        on: { start: { target: 'starting' }, 'settings.changed': { actions: 'adoptSettings' } },
      },
      failed: {
        description: 'No endpoint could be bound: the actor ends with that error, and nothing is open.',
        // An actor that ends with an error stops none of its children.
        entry: 'releaseProcess',
        invoke: { src: 'fail', input: ({ context }) => context.unbound },
      },
      starting: {
        description: 'Radios and listeners are started, until each endpoint is bound or has failed once.',
        entry: 'followNative',
        initial: 'recalling',
        states: {
          recalling: {
            description: 'What an earlier run knew is read, before anybody comes in.',
            always: { guard: 'keepsNothing', target: 'opening' },
            invoke: {
              src: 'recall',
              input: ({ context }) => context,
              onDone: { target: 'opening' },
              onError: { target: 'opening' },
            },
            after: { memoryTimeout: { target: 'opening', actions: 'warnOfSilence' } },
          },
          opening: {
            description: 'Everything is opened.',
            entry: ['openPlaces', 'startOwnership', 'startKeeper', 'startRadios', 'startListeners'],
          },
        },
        after: {
          startTimeout: [
            { guard: 'isUnreachable', target: 'stopping', actions: 'noteUnbound' },
            { target: 'running' },
          ],
        },
        on: {
          'endpoint.settled': [
            { guard: 'haveAllEndpointsFailed', target: 'stopping', actions: 'noteUnbound' },
            { guard: 'areEndpointsSettled', target: 'running' },
          ],
          'guests.crowded': { actions: 'openHouse' },
          'settings.changed': { actions: 'adoptSettings' },
          stop: { target: 'stopping' },
        },
      },
      running: {
        description: 'Guests are served.',
        entry: { type: 'logState', params: { state: 'running' } },
        on: {
          'guests.crowded': { actions: 'openHouse' },
          dismiss: { actions: 'dismissGuest' },
          'networks.changed': { actions: 'askApplication' },
          'settings.changed': { actions: 'adoptSettings' },
          stop: { target: 'stopping' },
        },
      },
      stopping: {
        description: 'Guests are cut off, the host is left as it is to be left, everything is released.',
        entry: 'stopListeners',
        initial: 'dismissing',
        states: {
          dismissing: {
            description:
              'The houses of guests go, a few at a time, with a turn of the event loop in between.',
            entry: 'stopSomeHouses',
            invoke: {
              src: 'turn',
              onDone: [
                { guard: 'hasGuests', target: 'dismissing', reenter: true },
                { target: 'remembering' },
              ],
            },
          },
          remembering: {
            description: 'Nobody hears anything any more: what the next run has to know is written down.',
            always: { guard: 'keepsNothing', target: 'disconnecting' },
            invoke: {
              src: 'writeDown',
              input: ({ context }) => context,
              onDone: { target: 'disconnecting' },
              onError: { target: 'disconnecting' },
            },
            after: { memoryTimeout: { target: 'disconnecting' } },
          },
          disconnecting: {
            description: 'Guest-directed connections end, if that is wanted.',
            invoke: {
              src: 'windDown',
              input: ({ context }) => context,
              onDone: { target: 'releasing' },
              onError: { target: 'releasing' },
            },
          },
          releasing: {
            description: 'The operating system gets everything back.',
            entry: 'stopHost',
            invoke: {
              src: 'release',
              input: ({ context }) => context,
              onDone: { target: 'released' },
              onError: { target: 'released' },
            },
          },
          released: { type: 'final', description: 'Nothing is held any more.' },
        },
        onDone: { target: 'stopped' },
        after: { stopTimeout: { target: 'stopped', actions: ['stopHouses', 'stopHost'] } },
        exit: { type: 'logState', params: { state: 'stopped' } },
      },
    },
  });
  return emittingFacts(machine);
};

/** XState keeps what an actor was given, and a scenario has keys: `util.inspect` and `console.log` show none of them. */
const forgetInput = (root: object): void => {
  if ('options' in root && typeof root.options === 'object')
    Object.assign(root, { options: { ...root.options, input: undefined } });
};

/**
 * Has anybody ever called `actor.on`? XState does not say it in public, so that any other answer than an empty list counts as yes.
 */
const isListenedTo = (root: object): boolean => {
  const listeners: unknown = Reflect.get(root, 'eventListeners');
  return !(listeners instanceof Map) || listeners.size > 0;
};

/**
 * The root emits facts straight from their stream, and only when somebody listens: an event of the machine for each would cost a
 * scan a fifth of its time, and even the stream costs it 5 µs.
 */
const emittingFacts = <Machine extends AnyStateMachine>(machine: Machine): Machine => {
  const start = machine.start.bind(machine);
  return Object.assign(machine, {
    start: (
      snapshot: Parameters<typeof start>[0] & { readonly context: ProxyWifiContext },
      scope: AnyActorScope,
    ) => {
      const { facts } = snapshot.context;
      facts.facts.subscribe((fact: Fact) => scope.emit(fact));
      facts.isHeard = () => isListenedTo(scope.self);
      start(snapshot);
    },
  });
};
