/** What may happen in a simulation: a plan is data, made by fast-check, which also makes the plans that fail smaller. */
import fc from 'fast-check';
import type { Fault } from '../../native/simulated/scenario.js';
import type { DiskTrouble } from './disk.js';
import type { Trouble } from './network.js';

/** How a guest treats the connection of its request. */
export type Manner =
  /** As the driver. */
  | 'plain'
  /** Ends its side right after the request. */
  | 'half closed'
  /** Closes right after the request. */
  | 'hung up'
  /** Keeps the connection after its answer. */
  | 'kept'
  /** Never reads. */
  | 'unread';

/** How hooks behave. */
export type HookManner = 'obey' | 'deny' | 'throw' | 'reject' | 'hang' | 'dawdle';

/** How an operation of the radio goes wrong beyond what simulated radios do. */
export type Quirk =
  | 'scan is late'
  | 'scan ends twice'
  | 'connect is late'
  | 'connected twice'
  | 'disconnect is late'
  | 'scan throws'
  | 'connect rejects'
  | 'disconnect rejects';

/** Quirks that no radio is allowed: a part of the service may crash over them, and must come back. */
export const crashing: ReadonlySet<Quirk> = new Set(['scan throws', 'connect rejects', 'disconnect rejects']);

export type Step =
  | {
      readonly do: 'ask';
      readonly guest: number;
      readonly what: 'scan' | 'look for' | 'connect' | 'disconnect' | 'hello';
      readonly network: number;
      readonly manner: Manner;
    }
  /** Bytes that are no request, or the beginning of one. */
  | { readonly do: 'babble'; readonly guest: number; readonly kind: number }
  | { readonly do: 'pass'; readonly milliseconds: number }
  | { readonly do: 'trouble'; readonly guest: number; readonly kind: Trouble }
  | { readonly do: 'heal' | 'reset'; readonly guest: number }
  /** The guest's driver listens no more, or again. */
  | { readonly do: 'port'; readonly guest: number; readonly open: boolean }
  | { readonly do: 'fault'; readonly fault: Fault }
  | { readonly do: 'quirk'; readonly quirk: Quirk }
  | { readonly do: 'hooks'; readonly manner: HookManner }
  | {
      readonly do: 'user connects' | 'access point goes' | 'access point comes' | 'signal changes';
      readonly network: number;
      readonly port: number;
    }
  | {
      readonly do: 'user disconnects' | 'host scans' | 'interface leaves' | 'interface arrives';
      readonly port: number;
    }
  | { readonly do: 'service dies' | 'service returns' }
  | { readonly do: 'disk'; readonly trouble: DiskTrouble | 'none' }
  /** Only parts are left of the files. */
  | { readonly do: 'disk tears' }
  /** The wall clock jumps. */
  | { readonly do: 'clock'; readonly by: number }
  | { readonly do: 'restart'; readonly how: 'stopped' | 'killed' };

export interface Plan {
  /** In which order things arrive. */
  readonly order: number;
  readonly contention: 'first-wins' | 'last-wins';
  readonly hooked: boolean;
  readonly scanInterval: number;
  readonly restoreHostConnection: boolean;
  readonly disconnectOnStop: boolean;
  /** What a restart needs to know is kept in a state file. */
  readonly isKept: boolean;
  /** Milliseconds of scans, connects and disconnects of the interfaces. */
  readonly durations: readonly [number, number, number];
  readonly steps: readonly Step[];
}

export const guestCount = 3;
export const portCount = 2;
export const networkNames = ['Cafe', 'Home', 'Bar', 'Cellar'] as const;

const guest = fc.nat({ max: guestCount - 1 });
const port = fc.nat({ max: portCount - 1 });
const network = fc.nat({ max: networkNames.length - 1 });

const none = { _tag: 'None' } as const;

const fault: fc.Arbitrary<Fault> = fc.oneof(
  fc
    .constantFrom(
      'wrong key' as const,
      'network not found' as const,
      'rejected' as const,
      'timed out' as const,
    )
    .map((reason) => ({ kind: 'connect.fails' as const, reason, status: none })),
  fc.boolean().map((refused) => ({ kind: 'scan.fails' as const, refused })),
  fc.constant({ kind: 'disconnect.fails' as const }),
  fc
    .constantFrom('connect.hangs' as const, 'scan.hangs' as const, 'disconnect.hangs' as const)
    .map((kind) => ({
      kind,
    })),
  fc.record({
    kind: fc.constantFrom('connect.slows' as const, 'scan.slows' as const, 'disconnect.slows' as const),
    by: fc.constantFrom(500, 4000, 9000, 12_000),
  }),
);

const quirk = fc.constantFrom<Quirk>(
  'scan is late',
  'scan ends twice',
  'connect is late',
  'connected twice',
  'disconnect is late',
  'scan throws',
  'connect rejects',
  'disconnect rejects',
);

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 40,
    arbitrary: fc.record({
      do: fc.constant('ask' as const),
      guest,
      what: fc.constantFrom('scan', 'look for', 'connect', 'connect', 'connect', 'disconnect', 'hello'),
      network,
      manner: fc.oneof(
        { weight: 8, arbitrary: fc.constant('plain' as const) },
        { weight: 3, arbitrary: fc.constantFrom<Manner>('half closed', 'hung up', 'kept', 'unread') },
      ),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constant('babble' as const), guest, kind: fc.nat({ max: 4 }) }),
  },
  {
    weight: 20,
    arbitrary: fc.record({
      do: fc.constant('pass' as const),
      milliseconds: fc.constantFrom(0, 1, 10, 100, 1000, 2500, 6000, 11_000, 19_000),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('trouble' as const),
      guest,
      kind: fc.constantFrom<Trouble>('stalled', 'refusing', 'crumbling', 'full'),
    }),
  },
  { weight: 4, arbitrary: fc.record({ do: fc.constantFrom('heal' as const, 'reset' as const), guest }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('port' as const), guest, open: fc.boolean() }) },
  { weight: 5, arbitrary: fc.record({ do: fc.constant('fault' as const), fault }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('quirk' as const), quirk }) },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('hooks' as const),
      manner: fc.constantFrom<HookManner>('obey', 'obey', 'deny', 'throw', 'reject', 'hang', 'dawdle'),
    }),
  },
  {
    weight: 12,
    arbitrary: fc.record({
      do: fc.constantFrom(
        'user connects' as const,
        'access point goes' as const,
        'access point comes' as const,
        'signal changes' as const,
      ),
      network,
      port,
    }),
  },
  {
    weight: 7,
    arbitrary: fc.record({
      do: fc.constantFrom(
        'user disconnects' as const,
        'host scans' as const,
        'interface leaves' as const,
        'interface arrives' as const,
      ),
      port,
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constantFrom('service dies' as const, 'service returns' as const) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('clock' as const),
      by: fc.constantFrom(-86_400_000, -3_600_000, 3_600_000, 86_400_000),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('disk' as const),
      trouble: fc.constantFrom<DiskTrouble | 'none'>(
        'full',
        'unwritable',
        'unreadable',
        'hanging',
        'none',
        'none',
      ),
    }),
  },
  { weight: 1, arbitrary: fc.constant({ do: 'disk tears' as const }) },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('restart' as const),
      how: fc.constantFrom('stopped' as const, 'killed' as const),
    }),
  },
);

export const plan: fc.Arbitrary<Plan> = fc.record({
  order: fc.nat(),
  contention: fc.constantFrom('first-wins' as const, 'last-wins' as const),
  hooked: fc.boolean(),
  scanInterval: fc.constantFrom(0, 5000),
  restoreHostConnection: fc.boolean(),
  disconnectOnStop: fc.boolean(),
  isKept: fc.boolean(),
  durations: fc.tuple(
    fc.constantFrom(0, 300, 4000),
    fc.constantFrom(0, 200, 3000),
    fc.constantFrom(0, 100, 2000),
  ),
  steps: fc.array(step, { minLength: 5, maxLength: 50, size: 'max' }),
});
