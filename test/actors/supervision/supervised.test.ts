import { expect } from 'chai';
import { createActor, createMachine } from 'xstate';
import { decodeInput } from '../../../actors/application/settings.js';
import { Service } from '../../../actors/service.js';
import { supervised } from '../../../actors/supervision/supervised.js';
import { ManualClock } from '../../../index.js';
import { thisPlatform } from '../../../platform.js';
import { right } from '../../protocol/either.js';

/** A part that crashes when it is told to. */
const part = () => {
  const clock = new ManualClock();
  const given = { endpoints: ['memory://vm'], clock, random: () => 0.5 };
  const service = new Service(right(decodeInput(given)), thisPlatform);
  const child = createMachine({
    on: {
      crash: {
        actions: () => {
          throw new Error('it crashed');
        },
      },
    },
  });
  const machine = supervised({ part: 'radio', children: { child }, facts: () => ({}) });
  const actor = createActor(machine, { input: { service }, clock }).start();
  return {
    clock,
    crash: (): void => actor.getSnapshot().children.child?.send({ type: 'crash' }),
    value: () => actor.getSnapshot().value,
  };
};

describe('a part that crashes', () => {
  const restsFor = async ({ clock, value }: ReturnType<typeof part>, pause: number): Promise<void> => {
    await clock.advance(pause - 1);
    expect(value()).to.equal('resting');
    await clock.advance(1);
    expect(value()).to.equal('alive');
  };

  for (const [after, pause] of [
    [300_000, 1000],
    [300_001, 500],
  ] as const)
    it(`rests for ${pause} ms when its last crash was ${after} ms ago`, async () => {
      const one = part();
      one.crash();
      await restsFor(one, 500);
      await one.clock.advance(after - 500);
      one.crash();
      await restsFor(one, pause);
    });
});
