import { readdir, readFile } from 'node:fs/promises';
import { expect } from 'chai';
import { setup } from 'xstate';
import { drawMachine } from '../../machines-viz/draw/draw-machine.js';
import { machines } from '../../machines-viz/machines.js';
import { drawings, statelyExports } from '../../machines-viz/pictures.js';
import { allStates, statechart, triggerText } from '../../machines-viz/statechart.js';
import { boxesOf, Rendered } from './second-renderer.js';

const folder = new URL('../../docs/machines/', import.meta.url);
const stale = 'is older than the machines; draw them anew with: npm run viz';

describe('docs/machines', function () {
  this.timeout(60_000);
  let drawn: ReadonlyMap<string, string>;

  before(async () => {
    drawn = await drawings();
  });

  it('has the drawings that the machines give today', async () => {
    for (const [name, svg] of drawn)
      expect(
        (await readFile(new URL(name, folder), 'utf8')) === svg,
        `docs/machines/${name} ${stale}`,
      ).to.equal(true);
  });

  it('has the exports that the machines give today', async () => {
    for (const [name, json] of statelyExports())
      expect(
        (await readFile(new URL(name, folder), 'utf8')) === json,
        `docs/machines/${name} ${stale}`,
      ).to.equal(true);
  });

  it('has nothing of machines that are no more', async () => {
    expect((await readdir(folder)).sort()).to.deep.equal(
      [...drawn.keys(), ...statelyExports().keys()].sort(),
    );
  });

  for (const machine of machines) {
    const chart = statechart(machine);

    it(`explains every state, event and delay of ${chart.id} in one line`, () => {
      const explained = [
        ...chart.events,
        ...chart.delays,
        ...allStates(chart.root).map(({ path, description }) => ({ name: path, description })),
      ];
      for (const { name, description } of explained)
        expect(description, `${chart.id} ${name}`).to.match(/^[^\n]+[.?]$/);
    });

    it(`shows every state of ${chart.id}, with its description, in the drawing`, () => {
      const svg = drawn.get(`${chart.id}.svg`) ?? '';
      const words = svg.replaceAll(/<[^>]+>/g, ' ').replaceAll('&quot;', '"');
      for (const { path, key, description } of allStates(chart.root)) {
        expect(svg).to.include(`data-state="${path}"`);
        expect(words).to.include(key);
        for (const word of description.split(' ')) expect(words, `${key}: ${description}`).to.include(word);
      }
    });

    it(`shows every transition of ${chart.id} with its trigger, guard and actions`, () => {
      const svg = drawn.get(`${chart.id}.svg`) ?? '';
      const groups = [
        ...svg.matchAll(
          /<g class="transition" data-source="([^"]*)" data-event="([^"]*)" data-target="([^"]*)">(.*?)<\/g>/g,
        ),
      ].map(([, source, event, target, text = '']) => ({
        at: `${source}|${event}|${target}`,
        text: text.replaceAll(/<[^>]+>/g, '').replaceAll(/\s/g, ''),
      }));
      for (const { transitions } of allStates(chart.root))
        for (const { source, eventType, targets, trigger, guard, actions } of transitions) {
          const texts = groups
            .filter(({ at }) => at === `${source}|${eventType}|${targets.join(' ')}`)
            .map(({ text }) => text);
          const parts = [triggerText(trigger), ...(guard === null ? [] : [`[${guard}]`]), ...actions].map(
            (part) => part.replaceAll(/\s/g, ''),
          );
          expect(
            texts.some((text) => parts.every((part) => text.includes(part))),
            `${source} ${eventType} ${guard}`,
          ).to.equal(true);
        }
    });
  }

  for (const name of ['actor-tree', ...machines.map(({ id }) => id)])
    it(`gives ${name} its colours in a viewer that knows no variables and no media queries`, () => {
      const svg = drawn.get(`${name}.svg`) ?? '';
      const shown = new Rendered(svg);
      expect(shown.colourAt(1, 1), 'the paper').to.equal('#ffffff');
      expect(shown.blackPixels, 'black pixels').to.equal(0);
      const boxes = boxesOf(svg, name === 'actor-tree' ? 'box' : 'box leaf');
      expect(boxes).not.to.have.lengthOf(0);
      // Further inside than the second frame of a state in which a machine ends, and than what is seen of one box behind another.
      for (const { x, y, width, fill } of boxes)
        expect(shown.colourAt(x + width - 9, y + 8), `the box at ${x}, ${y}`)
          .to.equal(fill)
          .and.equal('#f6f8fa');
      const coloured = [...svg.matchAll(/<tspan [^>]*fill="#[\da-f]{6}"/g)];
      expect(coloured, 'runs of text').to.have.lengthOf(svg.split('<tspan').length - 1);
    });

  for (const name of ['actor-tree', ...machines.map(({ id }) => id)])
    it(`shows all of ${name} on a screen of 1920 by 1080 pixels, its letters of 12 pixels at least 7 high`, () => {
      const [, width, height] = /viewBox="0 0 (\d+) (\d+)"/.exec(drawn.get(`${name}.svg`) ?? '') ?? [];
      expect(12 * Math.min(1920 / Number(width), 1080 / Number(height))).to.be.at.least(7);
    });

  it('adapts to light and dark', () => {
    for (const svg of drawn.values()) expect(svg).to.include('@media (prefers-color-scheme:dark)');
  });

  it('is self-contained: no script, nothing from elsewhere', () => {
    for (const svg of drawn.values()) expect(svg).not.to.match(/<script|href=|url\((?!#)|@import/);
  });

  it('names delays by their value where it is fixed, and by their name where the machine works them out', async () => {
    const lamp = setup({ delays: { patience: 2000, luck: () => Math.random() } }).createMachine({
      id: 'lamp',
      initial: 'on',
      states: { on: { after: { patience: 'dim' } }, dim: { after: { luck: 'on' } } },
    });
    const words = (await drawMachine(lamp)).replaceAll(/<[^>]+>/g, ' ');
    expect(words).to.include('after 2 s').and.include('after luck');
  });

  it('has the machine that several parts share once, and each part in the tree of actors under its own name', () => {
    const ids = machines.map(({ id }) => id);
    expect(new Set(ids).size).to.equal(ids.length);
    const titles = [
      ...(drawn.get('actor-tree.svg') ?? '').matchAll(/<tspan class="title"[^>]*>([^<]+)</g),
    ].map(([, title]) => title);
    expect(new Set(titles).size).to.equal(titles.length);
    expect(titles).to.include.members(['proxyWifi', 'radio', 'listener', 'ownership', 'guest']);
  });
});
