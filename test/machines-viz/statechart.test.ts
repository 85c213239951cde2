import { expect } from 'chai';
import { setup } from 'xstate';
import { allStates, durationText, statechart, triggerText } from '../../machines-viz/statechart.js';

const lamp = setup({
  delays: { patience: 2000 },
  guards: { isDark: () => true },
  actions: { glow: () => undefined, fade: () => undefined },
}).createMachine({
  id: 'lamp',
  type: 'parallel',
  meta: { per: 'room', events: { press: 'A finger.' }, delays: { patience: 'Nobody is there.' } },
  states: {
    light: {
      initial: 'off',
      states: {
        off: {
          on: {
            press: [
              { guard: 'isDark', target: 'on', actions: 'glow' },
              { target: 'off', reenter: true },
            ],
          },
        },
        on: { entry: 'glow', exit: ['fade'], after: { patience: 'off', 1000: 'off' } },
      },
    },
    plug: {},
  },
});

describe('a machine as a chart', () => {
  const chart = statechart(lamp);
  const state = (path: string) => allStates(chart.root).find((each) => each.path === path);

  it('begins where a state has one beginning, and nowhere where it has regions or nothing inside', () => {
    expect(allStates(chart.root).map(({ path, initial }) => [path, initial])).to.deep.equal([
      ['', null],
      ['light', 'light.off'],
      ['light.off', null],
      ['light.on', null],
      ['plug', null],
    ]);
  });

  it('has guards, actions, targets and re-entries as they are written', () => {
    expect(
      state('light.off')?.transitions.map(({ guard, actions, targets, reenter }) => [
        guard,
        actions,
        targets,
        reenter,
      ]),
    ).to.deep.equal([
      ['isDark', ['glow'], ['light.on'], false],
      [null, [], ['light.off'], true],
    ]);
    expect(state('light.on')).to.deep.include({ entry: ['glow'], exit: ['fade'] });
  });

  it('has what an action is given, of an object its name', () => {
    const given = setup({
      actions: { glow: (_, _given: { watts: number; colour: { red: number } }) => undefined },
    }).createMachine({ entry: { type: 'glow', params: { watts: 5, colour: { red: 9 } } } });
    expect(statechart(given).root.entry).to.deep.equal(['glow(watts: 5, colour)']);
  });

  it('has each event and each delay once, with what is said of it', () => {
    expect(chart.events).to.deep.equal([{ name: 'press', description: 'A finger.' }]);
    expect(chart.delays).to.deep.include({
      name: 'patience',
      milliseconds: 2000,
      description: 'Nobody is there.',
    });
    expect(chart.per).to.equal('room');
    expect(
      state('light.on')
        ?.transitions.map(({ trigger }) => triggerText(trigger))
        .sort(),
    ).to.deep.equal(['after 1 s', 'after 2 s']);
  });

  it('writes times as people do', () => {
    expect([0, 250, 999, 1000, 1500, 60_000].map(durationText)).to.deep.equal([
      '0 ms',
      '250 ms',
      '999 ms',
      '1 s',
      '1.5 s',
      '60 s',
    ]);
  });
});
