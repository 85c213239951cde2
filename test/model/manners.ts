/** A guest that sends in pieces, asks again before it is answered, hangs up and never closes, on a host whose parts crash. */
import { assign, setup } from 'xstate';
import { type Effects, got, heard, noEffects, type Use } from './words.js';

/** What the guest does, and what happens to what serves it. */
export type MannersEvent =
  | { readonly type: 'guest begins a request' }
  | { readonly type: 'guest completes it' }
  | { readonly type: 'guest hangs up in the middle of it' }
  | { readonly type: 'guest stalls' }
  | { readonly type: 'guest connects' }
  | { readonly type: 'host gets there' }
  | { readonly type: 'guest asks for a scan before it is answered' }
  | { readonly type: 'guest hangs up on the scan' }
  | { readonly type: 'guest hangs up on the connect' }
  | { readonly type: 'guest scans and never closes' }
  | { readonly type: 'actors of the guest crash' }
  | { readonly type: 'guest asks while they rest' }
  | { readonly type: 'they are back' }
  | { readonly type: 'interface crashes' }
  | { readonly type: 'interface is back' };

interface MannersContext {
  /** A connection with half a connect request: `behind` another one, the guest's door does not see it. */
  readonly half: 'none' | 'at the door' | 'behind';
  /** A scan waits for the connect to be answered. */
  readonly queued: boolean;
  /** It has hung up on a scan that waited: nobody hears of that one. */
  readonly hungUp: boolean;
  /** How the guest uses the host's connection; null without session. */
  readonly use: Use | null;
  /** Something has crashed already: once in a path is enough. */
  readonly crashed: boolean;
  readonly effects: Effects;
}

const up = heard.up('wlan0', 'Cafe');
const down = heard.down('wlan0', 'Cafe');
const none: readonly string[] = [];

type Scanned = Pick<Effects, 'answers' | 'heard'>;

const scanned: Scanned = {
  answers: [got.networks('A', ['Cafe'])],
  heard: [heard.scans('A'), heard.scanned('A', 1)],
};

/** Without an interface there is nothing to be seen. */
const scannedInVain: Scanned = {
  answers: [got.networks('A', [])],
  heard: [heard.scans('A'), heard.scanned('A', 0)],
};

/** The scan that waited is answered too. */
const andScan = (
  { queued }: MannersContext,
  { answers, told = none, heard: lines }: Partial<Effects> & Pick<Effects, 'answers' | 'heard'>,
  scan = scanned,
): Effects => ({
  answers: [...answers, ...(queued ? scan.answers : none)],
  told,
  heard: [...lines, ...(queued ? scan.heard : none)],
});

const failed = heard.completed('A', 'directs', 'Cafe', null, 'unspecified failure');

/** The model. */
export const manners = setup({
  types: { context: {} as MannersContext, events: {} as MannersEvent },
  actions: {
    expect: assign({ effects: (_, effects: Partial<Effects>) => ({ ...noEffects, ...effects }) }),
    world: assign((_, world: Partial<Omit<MannersContext, 'effects'>>) => world),
    expectConnected: assign({
      effects: ({ context }) =>
        andScan(context, {
          answers: [got.connected('A', 'Cafe')],
          told: [got.signal('A')],
          heard: [up, heard.completed('A', 'directs', 'Cafe', 'wlan0')],
        }),
    }),
    expectGivenUp: assign({
      effects: ({ context }) => andScan(context, { answers: [], heard: [failed] }),
    }),
    expectMiss: assign({
      effects: ({ context }) =>
        andScan(
          context,
          { answers: [got.failed('A', 'Cafe', 'unspecified failure')], heard: [failed] },
          scannedInVain,
        ),
    }),
    expectLoss: assign({
      effects: ({ context: { use } }) => ({
        ...noEffects,
        told: use === null ? none : [got.lost('A')],
      }),
    }),
    expectLossAndDown: assign({
      effects: ({ context: { use } }) => ({
        ...noEffects,
        told: use === null ? none : [got.lost('A')],
        heard: [down],
      }),
    }),
  },
  guards: {
    isQuiet: ({ context }) => context.half === 'none',
    isHalf: ({ context }) => context.half !== 'none',
    mayQueue: ({ context }) => !context.queued && !context.hungUp,
    hasQueued: ({ context }) => context.queued,
    mayCrash: ({ context }) => !context.crashed,
  },
}).createMachine({
  id: 'manners',
  context: { half: 'none', queued: false, hungUp: false, use: null, crashed: false, effects: noEffects },
  initial: 'unlinked',
  states: {
    unlinked: {
      on: {
        'guest begins a request': {
          guard: 'isQuiet',
          actions: [
            { type: 'expect', params: {} },
            { type: 'world', params: { half: 'at the door' } },
          ],
        },
        'guest completes it': {
          guard: 'isHalf',
          target: 'connecting',
          actions: [
            { type: 'expect', params: { heard: [heard.may('A', 'directs', 'Cafe')] } },
            { type: 'world', params: { half: 'none' } },
          ],
        },
        'guest hangs up in the middle of it': {
          guard: 'isHalf',
          actions: [
            { type: 'expect', params: {} },
            { type: 'world', params: { half: 'none' } },
          ],
        },
        'guest stalls': {
          guard: 'isHalf',
          actions: [
            { type: 'expect', params: { answers: [got.refused('A')] } },
            { type: 'world', params: { half: 'none' } },
          ],
        },
        'guest connects': {
          guard: 'isQuiet',
          target: 'connecting',
          actions: { type: 'expect', params: { heard: [heard.may('A', 'directs', 'Cafe')] } },
        },
        'guest scans and never closes': {
          guard: 'isQuiet',
          actions: { type: 'expect', params: scanned },
        },
        'actors of the guest crash': {
          guard: 'mayCrash',
          target: 'resting.unlinked',
          actions: [
            { type: 'expect', params: {} },
            { type: 'world', params: { half: 'none', crashed: true } },
          ],
        },
        'interface crashes': {
          guard: 'mayCrash',
          target: 'gone',
          actions: [
            { type: 'expect', params: {} },
            { type: 'world', params: { crashed: true } },
          ],
        },
      },
    },
    /** The guest waits for the host to connect. */
    connecting: {
      on: {
        'guest begins a request': {
          guard: 'isQuiet',
          actions: [
            { type: 'expect', params: {} },
            { type: 'world', params: { half: 'behind' } },
          ],
        },
        'guest hangs up in the middle of it': {
          guard: 'isHalf',
          actions: [
            { type: 'expect', params: {} },
            { type: 'world', params: { half: 'none' } },
          ],
        },
        'guest asks for a scan before it is answered': {
          guard: 'mayQueue',
          actions: [
            { type: 'expect', params: {} },
            { type: 'world', params: { queued: true } },
          ],
        },
        'guest hangs up on the scan': {
          guard: 'hasQueued',
          actions: [
            { type: 'expect', params: {} },
            { type: 'world', params: { queued: false, hungUp: true } },
          ],
        },
        'host gets there': {
          target: 'linked',
          actions: [
            'expectConnected',
            { type: 'world', params: { queued: false, hungUp: false, use: 'directs' } },
          ],
        },
        'guest hangs up on the connect': {
          target: 'unlinked',
          actions: ['expectGivenUp', { type: 'world', params: { queued: false, hungUp: false } }],
        },
        'interface crashes': {
          guard: 'mayCrash',
          target: 'gone',
          actions: ['expectMiss', { type: 'world', params: { queued: false, hungUp: false, crashed: true } }],
        },
      },
    },
    linked: {
      on: {
        'guest begins a request': {
          guard: 'isQuiet',
          actions: [
            { type: 'expect', params: {} },
            { type: 'world', params: { half: 'at the door' } },
          ],
        },
        'guest completes it': {
          guard: 'isHalf',
          actions: [
            {
              type: 'expect',
              params: {
                answers: [got.connected('A', 'Cafe')],
                told: [got.signal('A')],
                heard: [heard.may('A', 'mirrors', 'Cafe'), heard.completed('A', 'mirrors', 'Cafe', 'wlan0')],
              },
            },
            { type: 'world', params: { half: 'none', use: 'mirrors' } },
          ],
        },
        'guest hangs up in the middle of it': {
          guard: 'isHalf',
          actions: [
            { type: 'expect', params: {} },
            { type: 'world', params: { half: 'none' } },
          ],
        },
        'guest stalls': {
          guard: 'isHalf',
          actions: [
            { type: 'expect', params: { answers: [got.refused('A')] } },
            { type: 'world', params: { half: 'none' } },
          ],
        },
        'guest scans and never closes': {
          guard: 'isQuiet',
          actions: { type: 'expect', params: scanned },
        },
        'actors of the guest crash': {
          guard: 'mayCrash',
          target: 'resting.linked',
          actions: [
            { type: 'expect', params: {} },
            { type: 'world', params: { half: 'none', crashed: true } },
          ],
        },
        'interface crashes': {
          guard: 'mayCrash',
          target: 'gone',
          actions: ['expectLossAndDown', { type: 'world', params: { use: null, crashed: true } }],
        },
      },
    },
    /** The guest's actors have crashed; what the host is connected to stays. */
    resting: {
      initial: 'linked',
      on: {
        'guest asks while they rest': {
          actions: { type: 'expect', params: { answers: [got.cutOff('A')] } },
        },
      },
      states: {
        unlinked: { on: { 'they are back': { target: '#manners.unlinked', actions: 'expectLoss' } } },
        linked: {
          on: {
            'they are back': {
              target: '#manners.linked',
              actions: ['expectLoss', { type: 'world', params: { use: null } }],
            },
          },
        },
      },
    },
    /** The interface has crashed: as if it had been pulled out. */
    gone: {
      on: {
        'guest connects': {
          guard: 'isQuiet',
          actions: {
            type: 'expect',
            params: { answers: [got.failed('A', 'Cafe', 'unspecified failure')], heard: [failed] },
          },
        },
        'interface is back': {
          guard: 'isQuiet',
          target: 'unlinked',
          actions: { type: 'expect', params: { told: [got.networks('A', ['Cafe'])] } },
        },
      },
    },
  },
});
