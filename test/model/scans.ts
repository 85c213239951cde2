/** Scans that take their time on a host that scans of its own accord too, fails at it, hangs, or loses the interface. */
import { assign, setup } from 'xstate';
import { type Effects, got, heard, noEffects } from './words.js';

/** What guest A and the host do. */
export type ScansEvent =
  | { readonly type: 'guest sends nonsense' }
  | { readonly type: 'guest scans' }
  | { readonly type: 'guest scans, which will fail' }
  | { readonly type: 'guest scans, which will hang' }
  | { readonly type: 'guest scans, which is refused' }
  | { readonly type: 'host scans' }
  | { readonly type: 'scan ends' }
  | { readonly type: 'scan is given up' }
  | { readonly type: 'Home vanishes' }
  | { readonly type: 'Home appears' }
  | { readonly type: 'interface is pulled out' }
  | { readonly type: 'interface is plugged in' };

interface World {
  /** Networks on the air. */
  readonly onAir: readonly string[];
  /** What the host saw last. */
  readonly cached: readonly string[];
  /** Guest A has shown up. */
  readonly seen: boolean;
  /** It has made a request. B always has, and never makes another one. */
  readonly known: boolean;
  /** The host scans, and no guest has asked for it. */
  readonly hostScans: boolean;
  /** A has asked again, and waits for the results. */
  readonly waits: boolean;
  readonly fate: 'well' | 'failing' | 'hanging';
}

interface ScansContext extends World {
  readonly effects: Effects;
}

const both = ['Cafe', 'Home'];

/** A gets what is cached at once, and the rest later. */
const firstAnswer = ({ cached }: World): Partial<Effects> => ({
  answers: [got.networks('A', cached, false)],
  heard: [heard.scans('A'), heard.scanned('A', cached.length, false)],
});

/** The answer to the request that waits, if one does. */
const lateAnswer = ({ waits }: World, networks: readonly string[]): Partial<Effects> =>
  waits ? { answers: [got.networks('A', networks)], heard: [heard.scanned('A', networks.length)] } : {};

const nothingSeen: Partial<Effects> = {
  answers: [got.networks('A', [])],
  heard: [heard.scans('A'), heard.scanned('A', 0)],
};

const toEverybody = ({ known, onAir }: World): readonly string[] => [
  ...(known ? [got.networks('A', onAir)] : []),
  got.networks('B', onAir),
];

/** The model. */
export const scans = setup({
  types: { context: {} as ScansContext, events: {} as ScansEvent },
  actions: {
    expect: assign({ effects: (_, effects: Partial<Effects>) => ({ ...noEffects, ...effects }) }),
    world: assign((_, world: Partial<World>) => world),
    updateCache: assign({ cached: ({ context }) => context.onAir, hostScans: false, waits: false }),
  },
  guards: {
    isUnseen: ({ context }) => !context.seen,
    isQuiet: ({ context }) => !context.hostScans,
    hostScans: ({ context }) => context.hostScans,
    canAsk: ({ context }) => !context.waits,
    goesWell: ({ context }) => context.fate === 'well',
    isFailing: ({ context }) => context.fate === 'failing',
    isHanging: ({ context }) => context.fate === 'hanging',
    hasHome: ({ context }) => !context.hostScans && context.onAir.length === 2,
    lacksHome: ({ context }) => !context.hostScans && context.onAir.length === 1,
  },
}).createMachine({
  id: 'scans',
  context: {
    onAir: both,
    cached: [],
    seen: false,
    known: false,
    hostScans: false,
    waits: false,
    fate: 'well',
    effects: noEffects,
  },
  initial: 'idle',
  on: {
    'guest sends nonsense': {
      guard: 'isUnseen',
      actions: [
        { type: 'expect', params: { answers: [got.refused('A')] } },
        { type: 'world', params: { seen: true } },
      ],
    },
  },
  states: {
    /** No guest waits for a scan; the host may scan of its own accord. */
    idle: {
      on: {
        'guest scans': {
          target: 'scanning',
          actions: [
            { type: 'expect', params: ({ context }) => firstAnswer(context) },
            { type: 'world', params: { seen: true, known: true, fate: 'well' } },
          ],
        },
        'guest scans, which will fail': {
          guard: 'isQuiet',
          target: 'scanning',
          actions: [
            { type: 'expect', params: ({ context }) => firstAnswer(context) },
            { type: 'world', params: { seen: true, known: true, fate: 'failing' } },
          ],
        },
        'guest scans, which will hang': {
          guard: 'isQuiet',
          target: 'scanning',
          actions: [
            { type: 'expect', params: ({ context }) => firstAnswer(context) },
            { type: 'world', params: { seen: true, known: true, fate: 'hanging' } },
          ],
        },
        'guest scans, which is refused': {
          guard: 'isQuiet',
          actions: [
            { type: 'expect', params: nothingSeen },
            { type: 'world', params: { seen: true, known: true } },
          ],
        },
        'host scans': {
          guard: 'isQuiet',
          actions: [
            { type: 'expect', params: {} },
            { type: 'world', params: { hostScans: true } },
          ],
        },
        'scan ends': {
          guard: 'hostScans',
          actions: [
            { type: 'expect', params: ({ context }) => ({ told: toEverybody(context) }) },
            'updateCache',
          ],
        },
        'Home vanishes': {
          guard: 'hasHome',
          actions: [
            { type: 'expect', params: {} },
            { type: 'world', params: { onAir: ['Cafe'] } },
          ],
        },
        'Home appears': {
          guard: 'lacksHome',
          actions: [
            { type: 'expect', params: {} },
            { type: 'world', params: { onAir: both } },
          ],
        },
        'interface is pulled out': {
          target: 'pulledOut',
          actions: [
            { type: 'expect', params: {} },
            { type: 'world', params: { cached: [], hostScans: false } },
          ],
        },
      },
    },
    /** A has what was cached, and is promised the results of the scan that runs. */
    scanning: {
      on: {
        'guest scans': {
          guard: 'canAsk',
          actions: [
            { type: 'expect', params: { heard: [heard.scans('A')] } },
            { type: 'world', params: { waits: true } },
          ],
        },
        'scan ends': [
          {
            guard: 'goesWell',
            target: 'idle',
            actions: [
              {
                type: 'expect',
                params: ({ context }) => ({
                  ...lateAnswer(context, context.onAir),
                  told: context.waits ? [got.networks('A', context.onAir)] : toEverybody(context),
                }),
              },
              'updateCache',
            ],
          },
          {
            guard: 'isFailing',
            target: 'idle',
            actions: [
              {
                type: 'expect',
                params: ({ context }) => ({
                  ...lateAnswer(context, []),
                  told: [got.networks('A', context.cached)],
                }),
              },
              { type: 'world', params: { waits: false, fate: 'well' } },
            ],
          },
        ],
        'scan is given up': {
          guard: 'isHanging',
          target: 'idle',
          actions: [
            {
              type: 'expect',
              params: ({ context }) => ({
                ...lateAnswer(context, []),
                told: [got.networks('A', context.cached)],
              }),
            },
            { type: 'world', params: { waits: false, fate: 'well' } },
          ],
        },
        'interface is pulled out': {
          target: 'pulledOut',
          actions: [
            { type: 'expect', params: ({ context }) => lateAnswer(context, []) },
            { type: 'world', params: { cached: [], hostScans: false, waits: false, fate: 'well' } },
          ],
        },
      },
    },
    pulledOut: {
      on: {
        'guest scans': {
          actions: [
            { type: 'expect', params: nothingSeen },
            { type: 'world', params: { seen: true, known: true } },
          ],
        },
        'interface is plugged in': { target: 'idle', actions: { type: 'expect', params: {} } },
      },
    },
  },
});
