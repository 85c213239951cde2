import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { createMachine, setup } from 'xstate';
import { exportMachine } from '../../machines-viz/export.js';
import { machines } from '../../machines-viz/machines.js';
import { allStates, statechart } from '../../machines-viz/statechart.js';

/** As Stately reads it: from the file, by xstate alone. */
const readBack = (id: string) =>
  createMachine(JSON.parse(readFileSync(new URL(`../../docs/machines/${id}.json`, import.meta.url), 'utf8')));

/** A delay's value and an event's note stand in the machine's code, not in its configuration. */
const essence = (machine: Parameters<typeof statechart>[0]) =>
  allStates(statechart(machine).root).map(({ transitions, states, ...state }) => ({
    ...state,
    states: states.map(({ path }) => path),
    transitions: transitions.map(({ trigger, ...transition }) => ({
      ...transition,
      trigger: trigger.kind === 'delay' ? { ...trigger, milliseconds: null } : trigger,
    })),
  }));

describe('the export for Stately', () => {
  for (const machine of machines) {
    it(`of ${machine.id} is read back with the same states, events and transitions`, () => {
      const again = readBack(machine.id);
      expect(again.id).to.equal(machine.id);
      expect(essence(again)).to.deep.equal(essence(machine));
      expect([...again.events].sort()).to.deep.equal([...machine.events].sort());
    });

    it(`of ${machine.id} describes each transition that an event sets off`, () => {
      const described = new Map(
        statechart(machine).events.map(({ name, description }) => [name, description]),
      );
      const states = [readBack(machine.id).root];
      for (const state of states) {
        states.push(...Object.values(state.states));
        for (const [event, transitions] of state.transitions)
          for (const { description } of transitions)
            if (described.has(event)) expect(description, event).to.equal(described.get(event));
      }
    });
  }

  it('has only what the configuration has', () => {
    const plain = setup({}).createMachine({ id: 'plain', tags: ['a', 'b'] });
    expect(exportMachine(plain)).to.deep.equal({ id: 'plain', tags: ['a', 'b'] });
    const unexplained = setup({}).createMachine({ id: 'unexplained', on: { go: {} } });
    expect(exportMachine(unexplained)).to.deep.equal({ id: 'unexplained', on: { go: [{}] } });
  });

  it('refuses a machine with unnamed code, which would be lost', () => {
    const unnamed = setup({}).createMachine({ id: 'unnamed', on: { go: { guard: () => true } } });
    expect(() => exportMachine(unnamed)).to.throw('machine unnamed');
  });
});
