/** Stop means stopped, wherever everything is at that moment. */
import { expect } from 'chai';
import type { AnyStateNode } from 'xstate';
import { machines } from '../../machines-viz/machines.js';
import type { Plan } from '../../soak/plans/plan.js';
import { planOf } from '../../soak/plans/plans.js';
import type { Surroundings } from '../../soak/plans/simulation.js';
import { stopAfter, stopIn } from '../../soak/plans/stops.js';

/** Machines whose states the status shows. */
const shown = [
  'requestChannel',
  'dispatcher',
  'notificationChannel',
  'hostInterface',
  'hostScan',
  'listener',
  'radio',
];

/** States that are left in the step in which they are entered; joining is as long as the ownership table lives. */
const passing = /choosing|settling|settled|arriving|joining/;

/** The paths of the states that have none within. */
const leavesOf = ({ path, states }: AnyStateNode): readonly (readonly string[])[] =>
  Object.keys(states).length === 0 ? [path] : Object.values(states).flatMap(leavesOf);

describe('a stop', () => {
  const visited = new Set<string>();

  for (let part = 0; part < 4; part++)
    it(`takes a second at most and leaves nothing, wherever guests, radio and network are: ${part * 50} to ${part * 50 + 49}`, async () => {
      for (let seed = part * 50; seed < part * 50 + 50; seed++) {
        const plan = planOf(seed);
        const { violations, states } = await stopAfter(plan, 3 + (seed % plan.steps.length));
        expect(violations, `seed ${seed}`).to.deep.equal([]);
        for (const state of states) visited.add(state);
      }
    }).timeout(300_000);

  /** What is over in a moment, and what only goes wrong at the start. */
  const moments: readonly (readonly [string, Surroundings?, Partial<Plan>?])[] = [
    ['dispatcher busy.connecting.matching'],
    ['dispatcher busy.reporting'],
    ['dispatcher busy.announcing'],
    ['dispatcher busy.disconnecting'],
    ['listener open.binding'],
    ['listener backingOff', { isOccupied: true }],
    ['radio open.opening', { isMute: true }],
    // Another request waits while the first one takes its time.
    [
      'requestChannel advancing',
      {},
      {
        durations: [0, 500, 0],
        steps: [
          { do: 'ask', guest: 0, what: 'connect', network: 0, manner: 'plain' },
          // Beside it, a whole request too.
          { do: 'babble', guest: 0, kind: 5 },
          { do: 'pass', milliseconds: 1000 },
        ],
      },
    ],
  ];
  for (const [state, around, changes] of moments)
    it(`takes a second at most and leaves nothing, in the very moment of ${state}`, async () => {
      const plan: Plan = {
        ...planOf(1),
        hooked: true,
        contention: 'first-wins',
        durations: [0, 0, 0],
        steps: [
          { do: 'user connects', network: 0, port: 0 },
          { do: 'ask', guest: 0, what: 'connect', network: 0, manner: 'plain' },
          { do: 'ask', guest: 0, what: 'connect', network: 1, manner: 'plain' },
          { do: 'ask', guest: 0, what: 'disconnect', network: 0, manner: 'plain' },
        ],
        ...changes,
      };
      const stop = await stopIn(plan, state, around);
      expect(stop?.violations).to.deep.equal([]);
      visited.add(state);
    });

  it('has been tried in every state of every machine that guests and hosts see', () => {
    const all = machines
      .filter(({ id }) => shown.includes(id))
      .flatMap(({ id, root }) => leavesOf(root).map((path) => `${id} ${path.join('.')}`))
      .filter((state) => !passing.test(state));
    expect(all.length).to.be.greaterThan(25);
    expect(all.filter((state) => !visited.has(state))).to.deep.equal([]);
  });
});
