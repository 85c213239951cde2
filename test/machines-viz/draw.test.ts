import { expect } from 'chai';
import { setup } from 'xstate';
import { drawMachine } from '../../machines-viz/draw/draw-machine.js';
import { glossary } from '../../machines-viz/draw/glossary.js';
import { textWidth, wrap } from '../../machines-viz/draw/measure.js';
import { escapeXml, roundedPath } from '../../machines-viz/draw/svg.js';
import { block, flow } from '../../machines-viz/draw/text-block.js';
import { statechart } from '../../machines-viz/statechart.js';
import { boxesOf } from './second-renderer.js';

describe('a drawing', function () {
  this.timeout(20_000);

  it('has a second frame, 4 pixels inside the first, around a state in which its machine ends', async () => {
    const errand = setup({}).createMachine({
      id: 'errand',
      initial: 'running',
      states: { running: { on: { arrive: 'over' } }, over: { type: 'final' } },
    });
    const [running, outer, inner, ...others] = boxesOf(await drawMachine(errand), 'box leaf');
    expect(others).to.deep.equal([]);
    if (running === undefined || outer === undefined || inner === undefined) throw new Error('no frames');
    expect(inner).to.deep.include({
      x: outer.x + 4,
      y: outer.y + 4,
      width: outer.width - 8,
      height: outer.height - 8,
    });
    expect(running.y + running.height, 'what runs is above what is over').to.be.lessThan(outer.y);
  });

  /** A machine whose inner states all stay below one another, `count` of them, in a state into which no arrow leads. */
  const staircase = (count: number, more: Readonly<Record<string, object>> = {}) => {
    const steps = Array.from({ length: count }, (_, i) => [`step${i}`, { on: { climb: `step${i + 1}` } }]);
    const stairs = {
      initial: 'step0',
      states: { ...Object.fromEntries(steps), [`step${count}`]: { type: 'final' } },
      onDone: 'above',
    };
    return setup({}).createMachine({
      id: 'house',
      initial: 'below',
      states: { below: { on: { enter: 'stairs' } }, stairs, above: {}, ...more },
    } as object);
  };
  const boxOf = (svg: string, path: string) => {
    const [, x, y, width, height] = (
      new RegExp(
        `data-state="${path}"><rect [^>]*x="([\\d.]+)" y="([\\d.]+)" width="([\\d.]+)" height="([\\d.]+)"`,
      ).exec(svg) ?? []
    ).map(Number);
    if (x === undefined || y === undefined || width === undefined || height === undefined)
      throw new Error(`${path} is not drawn`);
    return { x, y, right: x + width, bottom: y + height };
  };

  it('leads downwards while all of it is on a screen, with its words below', async () => {
    const svg = await drawMachine(staircase(1));
    expect(boxOf(svg, 'below').bottom).to.be.lessThan(boxOf(svg, 'stairs').y);
    expect(boxOf(svg, 'stairs').bottom).to.be.lessThan(boxOf(svg, 'above').y);
    const [, y] =
      /<text x="[\d.]+" y="([\d.]+)"><tspan class="event"[^>]*>enter</.exec(
        svg.slice(svg.lastIndexOf('</g>')),
      ) ?? [];
    expect(Number(y)).to.be.greaterThan(boxOf(svg, '').bottom);
  });

  it('leads to the right what would be higher than a screen, by itself where no arrow crosses its border', async () => {
    const svg = await drawMachine(staircase(9));
    expect(boxOf(svg, 'stairs.step0').right).to.be.lessThan(boxOf(svg, 'stairs.step1').x);
    expect(boxOf(svg, 'below').bottom, 'around it the way is downwards').to.be.lessThan(
      boxOf(svg, 'stairs').y,
    );
    for (const path of ['stairs.step0', 'stairs.step9']) {
      const [inner, outer] = [boxOf(svg, path), boxOf(svg, 'stairs')];
      expect(inner.x > outer.x && inner.right < outer.right, path).to.equal(true);
      expect(inner.y > outer.y && inner.bottom < outer.bottom, path).to.equal(true);
    }
  });

  it('has the inside of a state on a sheet of its own where all together could not be read', async () => {
    const landings = Object.fromEntries(
      Array.from({ length: 14 }, (_, i) => [
        `landing${i}`,
        { on: { go: i < 13 ? `landing${i + 1}` : 'above' } },
      ]),
    );
    const rooms = { ...landings, above: { on: { go: 'landing0' } } };
    const svg = await drawMachine(staircase(14, rooms));
    expect(svg.split('data-state="stairs"'), 'drawn twice').to.have.lengthOf(3);
    expect(svg.replaceAll(/<[^>]+>/g, ' ')).to.include('Its states: see stairs.');
    for (let i = 0; i <= 14; i++)
      expect(svg.split(`data-state="stairs.step${i}"`), `step ${i}`).to.have.lengthOf(2);
    expect(boxOf(svg, '').right, 'the sheets are side by side').to.be.lessThan(boxOf(svg, 'stairs.step0').x);
    const one = await drawMachine(staircase(3));
    expect(one).not.to.include('Its states: see');
    expect(one.split('data-state="stairs"')).to.have.lengthOf(2);
  });

  it('has what happens in a state with others inside in columns of four at most, of equal length', async () => {
    const heard = Object.fromEntries(['a', 'b', 'c', 'd', 'e', 'f'].map((name) => [name, {}]));
    const svg = await drawMachine(
      setup({}).createMachine({ id: 'ears', on: heard, initial: 'open', states: { open: {} } }),
    );
    const places = [...svg.matchAll(/data-event="([a-f])"[^>]*><text x="([\d.]+)" y="([\d.]+)"/g)].map(
      ([, name, x, y]) => ({ name, x: Number(x), y: Number(y) }),
    );
    expect(places.map(({ name }) => name)).to.deep.equal(['a', 'b', 'c', 'd', 'e', 'f']);
    const [first, second] = [...new Set(places.map(({ x }) => x))];
    expect(places.map(({ x }) => (x === first ? 1 : x === second ? 2 : 3))).to.deep.equal([1, 1, 1, 2, 2, 2]);
    expect(places[0]?.y).to.equal(places[3]?.y);
  });

  it('has the second column of its glossary beside the first, where it is 760 pixels wide', () => {
    const names = ['a', 'b', 'c', 'd', 'e'];
    const busy = statechart(
      setup({}).createMachine({ id: 'busy', on: Object.fromEntries(names.map((name) => [name, {}])) }),
    );
    /** Where each name stands. */
    const placesAt = (width: number) =>
      [
        ...glossary(busy, width)
          .draw(0, 50)
          .matchAll(/<text x="([\d.]+)" y="([\d.]+)"><tspan class="event"/g),
      ].map(([, x, y]) => [Number(x), Number(y)]);
    // A name, no description, and a line that is empty: 31 pixels.
    expect(placesAt(760)).to.deep.equal([
      [12, 62],
      [12, 93],
      [12, 124],
      [392, 62],
      [392, 93],
    ]);
    expect(glossary(busy, 760).height).to.equal(93);
    expect(placesAt(759).map(([x]) => x)).to.deep.equal([12, 12, 12, 12, 12]);
    expect(glossary(busy, 759).height).to.equal(155);
    expect(glossary(statechart(setup({}).createMachine({ id: 'idle' })), 760).height).to.equal(0);
  });

  it('writes nothing that XML would take for its own', () => {
    expect(escapeXml('a < b && "c" > d')).to.equal('a &lt; b &amp;&amp; &quot;c&quot; &gt; d');
  });

  it('rounds the corners of a line, those between short pieces less', () => {
    const [a, b, c] = [
      { x: 0, y: 0 },
      { x: 0, y: 100 },
      { x: 6, y: 100 },
    ];
    expect(roundedPath([a, b])).to.equal('M0 0L0 100');
    expect(roundedPath([a, b, { x: 50, y: 100 }])).to.equal('M0 0L0 92Q0 100 8 100L50 100');
    expect(roundedPath([a, b, c])).to.equal('M0 0L0 92Q0 100 3 100L6 100');
    expect(roundedPath([b, c, c, a]), 'a piece without a length').not.to.include('NaN');
    expect(roundedPath([{ x: 0.04, y: 0.05 }, b]), 'tenths of a pixel').to.equal('M0 0.1L0 100');
  });
});

describe('text in a drawing', () => {
  const mono = { size: 10, mono: true };

  it('is measured by its letters, unless they are all alike', () => {
    expect(textWidth('iiii', mono)).to.equal(textWidth('mmmm', mono)).and.be.closeTo(24.2, 0.001);
    const sans = { size: 10, mono: false };
    expect(textWidth('il', sans)).to.be.closeTo(6.4, 0.001);
    expect(textWidth('mM', sans)).to.be.closeTo(19, 0.001);
    expect(textWidth('aé', sans), 'letters that are in no list').to.be.closeTo(12, 0.001);
  });

  it('breaks at blanks only where a line would be too wide', () => {
    const width = textWidth('one two', mono);
    expect(wrap('one two three', mono, width)).to.deep.equal(['one two', 'three']);
    expect(wrap('one two three', mono, width - 0.01)).to.deep.equal(['one', 'two', 'three']);
    expect(wrap('unbreakable', mono, 1)).to.deep.equal(['unbreakable']);
    expect(wrap('', mono, width)).to.deep.equal([]);
  });

  it('goes on in the next line, further in, with the runs that do not fit', () => {
    const runs = ['first', 'second', 'third'].map((text) => ({ style: 'event' as const, text }));
    const font = { size: 12, mono: true };
    const width = textWidth(' first second', font);
    const texts = (given: number) =>
      flow(runs, given, 12).map((line) => [line.indent, line.runs.map(({ text }) => text)]);
    expect(texts(width)).to.deep.equal([
      [0, ['first', ' second']],
      [12, ['third']],
    ]);
    expect(texts(width - 0.01)).to.deep.equal([
      [0, ['first']],
      [12, ['second']],
      [12, ['third']],
    ]);
    const second = textWidth('second third', font);
    expect(texts(second + 24), 'a line that is further in has less room').to.have.lengthOf(2);
    expect(flow([], width, 12)).to.deep.equal([]);
  });

  it('is as high as its lines and as wide as the widest, in whole pixels', () => {
    const title = { runs: [{ style: 'title' as const, text: 'a' }], indent: 0 };
    const note = { runs: [{ style: 'note' as const, text: 'ab' }], indent: 5 };
    expect(block([title, note])).to.include({ width: Math.ceil(5 + 2 * 0.6 * 12), height: 36 });
    expect(block([])).to.include({ width: 0, height: 0 });
    expect(block([{ runs: [], indent: 0 }, note]).height).to.equal(block([note]).height);
  });
});
