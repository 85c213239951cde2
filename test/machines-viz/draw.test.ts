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

  it('has the second column of its glossary beside the first, where it is 760 pixels wide', () => {
    const names = ['a', 'b', 'c', 'd', 'e'];
    const busy = statechart(
      setup({}).createMachine({ id: 'busy', on: Object.fromEntries(names.map((name) => [name, {}])) }),
    );
    /** Where each name stands. */
    const placesAt = (width: number) =>
      [
        ...glossary(busy, width)
          .draw(50)
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
