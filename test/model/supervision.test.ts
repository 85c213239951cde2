/** The model of supervision: two children that crash, rest and come back, along every path of up to four steps. */
import { expect } from 'chai';
import { type AnyActorRef, createActor, fromCallback, setup } from 'xstate';
import { decodeInput } from '../../actors/application/settings.js';
import { Service } from '../../actors/service.js';
import { supervised } from '../../actors/supervision/supervised.js';
import { ManualClock } from '../../index.js';
import { thisPlatform } from '../../platform.js';
import { right } from '../protocol/either.js';
import { counting } from '../stage/leftovers.js';
import { Records } from '../stage/records.js';

const steps = ['first crashes', 'second crashes', 'half the pause', 'the pause', 'a calm hour'] as const;
type Step = (typeof steps)[number];

/** The world as the model has it. */
interface World {
  readonly isAlive: boolean;
  /** Crashes one soon after the other. */
  readonly crashes: number;
  /** All of them. */
  readonly total: number;
  /** Milliseconds since the last one; null before the first. */
  readonly since: number | null;
}

const pauseOf = ({ crashes }: World): number => Math.min(30_000, 500 * 2 ** (crashes - 1));

const later = (world: World, by: number): World => {
  const since = world.since === null ? null : world.since + by;
  return { ...world, since, isAlive: world.isAlive || (since !== null && since >= pauseOf(world)) };
};

/** How long a step takes. */
const timeOf = (step: Step, world: World): number => {
  if (step === 'half the pause') return world.isAlive ? 0 : Math.max(0, pauseOf(world) / 2);
  if (step === 'the pause') return world.isAlive ? 0 : pauseOf(world) - (world.since ?? 0);
  return step === 'a calm hour' ? 3_600_000 : 0;
};

const after = (world: World, step: Step): World => {
  if (step !== 'first crashes' && step !== 'second crashes') return later(world, timeOf(step, world));
  if (!world.isAlive) return world;
  const isSteady = world.since !== null && world.since > 300_000;
  return { isAlive: false, crashes: isSteady ? 1 : world.crashes + 1, total: world.total + 1, since: 0 };
};

/** A supervised pair with everything that can be seen of it. */
const part = () => {
  const clock = new ManualClock();
  const timers = counting(clock);
  const records = new Records(() => undefined);
  const { log, metrics } = records;
  const given = { endpoints: ['memory://vm'], clock: timers, log, metrics, random: () => 0.5 };
  const service = new Service(right(decodeInput(given)), thisPlatform);
  /** What lives: children and their own children. */
  const living = new Map<string, AnyActorRef>();
  const grandchild = fromCallback<{ type: 'nothing' }, string>(({ input, self }) => {
    living.set(input, self);
    return () => living.delete(input);
  });
  const child = (name: string) =>
    setup({
      types: { events: {} as { readonly type: 'crash' } },
      actors: { grandchild },
      actions: {
        begin: ({ self }) => {
          living.set(name, self);
        },
        crash: () => {
          throw new Error(`${name} crashed`);
        },
      },
    }).createMachine({
      entry: 'begin',
      invoke: { src: 'grandchild', input: `child of ${name}` },
      on: { crash: { actions: 'crash' } },
    });
  const told: string[] = [];
  const actor = createActor(
    supervised({
      part: 'pair',
      children: { first: child('first'), second: child('second') },
      facts: () => ({ pair: 1 }),
      onCrash: (_, post) => post(() => told.push('others')),
    }),
    { input: { service }, clock: timers },
  );
  return { actor, clock, timers, records, living, told };
};

type Part = ReturnType<typeof part>;

const alive = ['child of first', 'child of second', 'first', 'second'];

/** Children in the error state are not alive, whatever they left behind. */
const livingIn = ({ living }: Part): readonly string[] =>
  [...living].flatMap(([name, actor]) => (actor.getSnapshot().status === 'active' ? [name] : [])).sort();

const agree = (real: Part, { isAlive, crashes, total }: World): void => {
  const { actor, records, told } = real;
  const snapshot = actor.getSnapshot();
  expect(snapshot.status).to.equal('active');
  expect(snapshot.value).to.equal(isAlive ? 'alive' : 'resting');
  expect(snapshot.context.crashes).to.equal(crashes);
  expect(livingIn(real)).to.deep.equal(isAlive ? alive : []);
  expect(records.count('restarts', 'pair')).to.equal(total);
  expect(records.linesAbout('the actor of pair crashed')).to.have.length(total);
  expect(told).to.have.length(total);
  expect(real.timers.pending).to.equal(isAlive ? 0 : 1);
};

const walk = (path: readonly Step[]): World => {
  const real = part();
  real.actor.start();
  let world: World = { isAlive: true, crashes: 0, total: 0, since: null };
  agree(real, world);
  for (const step of path) {
    if (world.isAlive && step === 'first crashes') real.living.get('first')?.send({ type: 'crash' });
    if (world.isAlive && step === 'second crashes') real.living.get('second')?.send({ type: 'crash' });
    real.clock.advanceNow(timeOf(step, world));
    world = after(world, step);
    try {
      agree(real, world);
    } catch (error) {
      throw new Error(`${path.join(', ')}, at “${step}”: ${String(error)}`, { cause: error });
    }
  }
  real.actor.stop();
  expect(livingIn(real)).to.deep.equal([]);
  expect(real.timers.pending, 'timers after the stop').to.equal(0);
  return world;
};

/** Every path of up to `longest` steps. */
const pathsUpTo = (longest: number): readonly (readonly Step[])[] =>
  longest === 0
    ? [[]]
    : pathsUpTo(longest - 1).flatMap((path) =>
        path.length < longest - 1 ? [path] : [path, ...steps.map((step) => [...path, step])],
      );

describe('model: supervision', () => {
  it('every path of up to four steps is walked', () => {
    const worlds = pathsUpTo(4).map(walk);
    expect(worlds).to.have.length(781);
    expect(worlds.some(({ isAlive }) => !isAlive) && worlds.some(({ crashes }) => crashes > 1)).to.equal(
      true,
    );
  }).timeout(60_000);

  it('pauses grow to half a minute and no further, and are short again after a calm time', () => {
    const often = Array.from({ length: 9 }, () => ['first crashes', 'the pause'] as const).flat();
    expect(pauseOf(walk([...often, 'second crashes']))).to.equal(30_000);
    expect(pauseOf(walk([...often, 'a calm hour', 'second crashes']))).to.equal(500);
  });
});
