/** What the events and delays of a machine mean, below its drawing or beside it. */
import { durationText, type Statechart } from '../statechart.js';
import { block, drawBlock, paragraph } from './text-block.js';

const margin = 12;

/** With its margin. */
const narrowestColumn = 380;

export interface Glossary {
  readonly height: number;
  /** As SVG, its upper left corner at (x, y). */
  readonly draw: (x: number, y: number) => string;
}

/** Names and what they mean, in as many columns as the width allows. */
export const glossary = (chart: Statechart, width: number): Glossary => {
  const entries = [
    ...chart.events.map(({ name, description }) => ({ style: 'event' as const, name, description })),
    ...chart.delays.map(({ name, milliseconds, description }) => ({
      style: 'delay' as const,
      name: milliseconds === null ? name : `${durationText(milliseconds)} · ${name}`,
      description,
    })),
  ];
  const columns = Math.max(1, Math.floor(width / narrowestColumn));
  const columnWidth = (width - 2 * margin - (columns - 1) * 24) / columns;
  const blocks = entries.map(({ style, name, description }) =>
    block([
      { runs: [{ style, text: name }], indent: 0 },
      ...paragraph(description, 'note', columnWidth, 14),
      { runs: [{ style: 'word', text: ' ' }], indent: 0 },
    ]),
  );
  const rows = Math.ceil(blocks.length / columns);
  const columnBlocks = Array.from({ length: columns }, (_, i) => blocks.slice(i * rows, (i + 1) * rows));
  const heights = columnBlocks.map((list) => list.reduce((sum, { height }) => sum + height, 0));
  return {
    height: Math.max(0, ...heights),
    draw: (x, y) =>
      columnBlocks
        .map((list, i) => {
          let top = y;
          return list
            .map((entry) => {
              const drawing = drawBlock(entry, x + margin + i * (columnWidth + 24), top);
              top += entry.height;
              return drawing;
            })
            .join('');
        })
        .join(''),
  };
};
