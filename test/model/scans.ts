/**
 * Scans that take their time, on a host that scans of its own accord too, fails at it, is slow, hangs, or loses the interface; for
 * guests of both drivers, with and without fresh results.
 */
import { assign, setup } from 'xstate';
import type { DriverFormat } from '../../protocol/index.js';
import { type Effects, got, heard, noEffects } from './words.js';

/** What guest A and the host do. */
export type ScansEvent =
  | { readonly type: 'guest sends nonsense' }
  | { readonly type: 'guest scans' }
  | { readonly type: 'guest scans for Home' }
  | { readonly type: 'guest scans, which will fail' }
  | { readonly type: 'guest scans, which will hang' }
  | { readonly type: 'guest scans, which will be slow' }
  | { readonly type: 'guest scans, which is refused' }
  | { readonly type: 'host scans' }
  | { readonly type: 'scan ends' }
  | { readonly type: 'promise is due' }
  | { readonly type: 'scan is given up' }
  | { readonly type: 'results grow old' }
  | { readonly type: 'Home vanishes' }
  | { readonly type: 'Home appears' }
  | { readonly type: 'interface is pulled out' }
  | { readonly type: 'interface is plugged in' };

/** Milliseconds. */
export const scanDuration = 1000;
/** What a slow scan takes longer. */
export const delay = 11_000;
/** When who was promised results gets what has been seen by then. */
export const promiseTime = 9000;
/** When a scan is given up. */
export const patience = 10_000;

/** Which guest scans, and how. */
export interface ScansOptions {
  /** Of guest A. */
  readonly driver: DriverFormat;
  /** Are results fresh for a while, or does every scan ask the host? */
  readonly fresh: boolean;
}

/** The world as users know it. */
export interface World {
  /** Networks on the air. */
  readonly onAir: readonly string[];
  /** What the host saw last. */
  readonly cached: readonly string[];
  /** Guest A has shown up. */
  readonly seen: boolean;
  /** It has made a request. B always has, and never makes another one. */
  readonly known: boolean;
  /** Who wanted the scan that the host makes: the host itself, or the service. */
  readonly scan: 'of the host' | 'of the service' | null;
  /** It looks for Home by name. */
  readonly seeksHome: boolean;
  /** A looks for Home by name. */
  readonly wantsHome: boolean;
  /** A has been promised its results, or waits for its end. */
  readonly owed: boolean;
  readonly fate: 'well' | 'failing' | 'hanging';
  /** Milliseconds since the service asked for it, or a guest's request joined it. */
  readonly passed: number;
  /** Milliseconds until it ends. */
  readonly left: number;
  /** The last results are fresh. */
  readonly isFresh: boolean;
  /** Home has been looked for by name as lately. */
  readonly soughtHome: boolean;
}

interface ScansContext extends World {
  readonly effects: Effects;
}

const both = ['Cafe', 'Home'];

const noScan = {
  scan: null,
  seeksHome: false,
  wantsHome: false,
  owed: false,
  fate: 'well',
  passed: 0,
  left: 0,
} as const satisfies Partial<World>;

/** A step: what it brings about, and the world after it. */
interface Outcome {
  readonly effects?: Partial<Effects>;
  readonly world: Partial<World>;
}

/** The model of one guest's driver. */
export const scans = ({ driver, fresh }: ScansOptions) => {
  const isOlder = driver === 'without-scan-complete';

  /** The end of the scan is the answer of who waits for it. */
  const lateAnswer = (networks: readonly string[]): Partial<Effects> => ({
    answers: [got.networks('A', networks)],
    heard: [heard.scanned('A', networks.length)],
  });

  const atOnce = ({ cached }: World, network?: string): Partial<Effects> => ({
    answers: [got.networks('A', cached)],
    heard: [heard.scans('A', network), heard.scanned('A', cached.length)],
  });

  /** The scan is over without new results: who is owed any gets what was seen before. */
  const endedInVain = ({ owed, cached }: World): Partial<Effects> => {
    if (!owed) return {};
    return isOlder ? lateAnswer(cached) : { told: [got.networks('A', cached)] };
  };

  const ended = ({ owed, known, onAir }: World): Partial<Effects> => {
    if (owed && isOlder) return lateAnswer(onAir);
    return { told: [...(known && !isOlder ? [got.networks('A', onAir)] : []), got.networks('B', onAir)] };
  };

  /** A's driver gets what is cached at once, and the rest later; or waits. */
  const asks = (world: World, fate: World['fate'], left: number, network?: string): Outcome => {
    const { cached, scan } = world;
    const begins = scan === null ? { fate, left } : {};
    // A scan of the host's own is asked to look for the name as well.
    const joins = { scan: 'of the service', passed: 0, seeksHome: network !== undefined } as const;
    return {
      effects: isOlder
        ? { heard: [heard.scans('A', network)] }
        : {
            answers: [got.networks('A', cached, false)],
            heard: [heard.scans('A', network), heard.scanned('A', cached.length, false)],
          },
      world: {
        seen: true,
        known: true,
        ...begins,
        ...(scan === 'of the service' ? {} : joins),
        wantsHome: network !== undefined,
        owed: true,
      },
    };
  };

  const answered = (world: World, network?: string): Outcome => ({
    effects: atOnce(world, network),
    world: { seen: true, known: true },
  });

  const scansForAll = (world: World, fate: World['fate'] = 'well', left = scanDuration): Outcome =>
    world.isFresh ? answered(world) : asks(world, fate, left);

  const scansForHome = (world: World): Outcome =>
    world.isFresh && (world.cached.includes('Home') || world.soughtHome)
      ? answered(world, 'Home')
      : asks(world, 'well', scanDuration, 'Home');

  const ends = (world: World): Outcome => {
    const { fate, onAir, owed, seeksHome, soughtHome, wantsHome } = world;
    if (fate !== 'failing' && owed && wantsHome && !seeksHome && !onAir.includes('Home'))
      return {
        effects: {
          told: [got.networks('B', onAir)],
        },
        // The host looks once more, for Home by name.
        world: { cached: onAir, isFresh: fresh, seeksHome: true, left: scanDuration },
      };
    if (fate === 'failing') return { effects: endedInVain(world), world: noScan };
    return {
      effects: ended(world),
      world: { ...noScan, cached: onAir, isFresh: fresh, soughtHome: soughtHome || (fresh && seeksHome) },
    };
  };

  /** The service waits no more; the host may still be at it. */
  const givenUp = (world: World): Outcome => {
    const left = world.left - (patience - world.passed);
    const goesOn = world.fate === 'well';
    return {
      effects: endedInVain(world),
      world: goesOn ? { ...noScan, scan: 'of the host', left } : noScan,
    };
  };

  const leaves = (world: World): Outcome => ({
    effects: endedInVain({ ...world, cached: [] }),
    world: { ...noScan, cached: [], isFresh: false, soughtHome: false },
  });

  return setup({
    types: { context: {} as ScansContext, events: {} as ScansEvent },
    actions: {
      follow: assign((_, { effects = {}, world }: Outcome) => ({
        ...world,
        effects: { ...noEffects, ...effects },
      })),
    },
    guards: {
      isUnseen: ({ context }) => !context.seen,
      isQuiet: ({ context }) => context.scan === null,
      isQuietAndHasHome: ({ context }) => context.scan === null && context.onAir.length === 2,
      isQuietAndLacksHome: ({ context }) => context.scan === null && context.onAir.length === 1,
      mayFail: ({ context }) => context.scan === null && !context.isFresh,
      mayTakeLong: ({ context }) => context.scan === null && !fresh,
      /** Drivers ask one thing at a time. */
      mayAsk: ({ context }) => !(isOlder && context.owed),
      /** What else may come to the end of a scan: it is not worth its time where results are fresh. */
      mayAskForHome: ({ context }) => fresh && !(isOlder && context.owed),
      willEnd: ({ context }) =>
        context.scan !== null &&
        context.fate !== 'hanging' &&
        (context.scan === 'of the host' || context.passed + context.left <= patience),
      willBeDue: ({ context }) =>
        !isOlder &&
        context.scan === 'of the service' &&
        context.passed === 0 &&
        (context.fate === 'hanging' || context.left > promiseTime),
      willBeGivenUp: ({ context }) =>
        context.scan === 'of the service' &&
        (isOlder || context.passed > 0) &&
        (context.fate === 'hanging' || context.passed + context.left > patience),
      growsOld: ({ context }) => context.scan === null && context.isFresh,
    },
  }).createMachine({
    id: 'scans',
    context: {
      onAir: both,
      cached: [],
      seen: false,
      known: false,
      ...noScan,
      scan: 'of the service',
      left: scanDuration,
      isFresh: false,
      soughtHome: false,
      effects: noEffects,
    },
    // An interface scans by itself when it arrives.
    initial: 'there',
    on: {
      'guest sends nonsense': {
        guard: 'isUnseen',
        actions: {
          type: 'follow',
          params: { effects: { answers: [got.refused('A')] }, world: { seen: true } },
        },
      },
    },
    states: {
      there: {
        on: {
          'guest scans': {
            guard: 'mayAsk',
            actions: { type: 'follow', params: ({ context }) => scansForAll(context) },
          },
          'guest scans for Home': {
            guard: 'mayAskForHome',
            actions: { type: 'follow', params: ({ context }) => scansForHome(context) },
          },
          'guest scans, which will fail': {
            guard: 'mayFail',
            actions: { type: 'follow', params: ({ context }) => scansForAll(context, 'failing') },
          },
          'guest scans, which will hang': {
            guard: 'mayTakeLong',
            actions: { type: 'follow', params: ({ context }) => scansForAll(context, 'hanging') },
          },
          'guest scans, which will be slow': {
            guard: 'mayTakeLong',
            actions: {
              type: 'follow',
              params: ({ context }) => scansForAll(context, 'well', scanDuration + delay),
            },
          },
          'guest scans, which is refused': {
            guard: 'mayFail',
            actions: { type: 'follow', params: ({ context }) => answered(context) },
          },
          'host scans': {
            guard: 'isQuiet',
            actions: {
              type: 'follow',
              params: { world: { ...noScan, scan: 'of the host', left: scanDuration } },
            },
          },
          'scan ends': {
            guard: 'willEnd',
            actions: { type: 'follow', params: ({ context }) => ends(context) },
          },
          'promise is due': {
            guard: 'willBeDue',
            actions: {
              type: 'follow',
              params: ({ context }) => ({
                effects: endedInVain(context),
                world: {
                  owed: false,
                  wantsHome: false,
                  passed: promiseTime,
                  left: context.left - promiseTime,
                },
              }),
            },
          },
          'scan is given up': {
            guard: 'willBeGivenUp',
            actions: { type: 'follow', params: ({ context }) => givenUp(context) },
          },
          'results grow old': {
            guard: 'growsOld',
            actions: { type: 'follow', params: { world: { isFresh: false, soughtHome: false } } },
          },
          'Home vanishes': {
            guard: 'isQuietAndHasHome',
            actions: { type: 'follow', params: { world: { onAir: ['Cafe'] } } },
          },
          'Home appears': {
            guard: 'isQuietAndLacksHome',
            actions: { type: 'follow', params: { world: { onAir: both } } },
          },
          'interface is pulled out': {
            target: 'pulledOut',
            actions: { type: 'follow', params: ({ context }) => leaves(context) },
          },
        },
      },
      pulledOut: {
        on: {
          'guest scans': { actions: { type: 'follow', params: ({ context }) => answered(context) } },
          'interface is plugged in': {
            target: 'there',
            actions: {
              type: 'follow',
              params: { world: { ...noScan, scan: 'of the service', left: scanDuration } },
            },
          },
        },
      },
    },
  });
};
