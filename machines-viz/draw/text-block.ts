/** Lines of text in several styles, one under the other: what stands in a state and on an arrow. */
import { look } from './look.js';
import { type Font, textWidth, wrap } from './measure.js';
import { escapeXml } from './svg.js';

/** Each has a look of its own. */
export type TextStyle = 'title' | 'note' | 'event' | 'guard' | 'action' | 'delay' | 'word';

const fonts: Readonly<Record<TextStyle, Font & { readonly leading: number }>> = {
  title: { size: 14, mono: true, leading: 20 },
  note: { size: 12, mono: false, leading: 16 },
  event: { size: 12, mono: true, leading: 16 },
  guard: { size: 12, mono: true, leading: 16 },
  action: { size: 11.5, mono: true, leading: 15 },
  delay: { size: 12, mono: true, leading: 16 },
  word: { size: 11.5, mono: false, leading: 15 },
};

/** A stretch of one style within a line. */
export interface Run {
  readonly style: TextStyle;
  readonly text: string;
}

export interface Line {
  readonly runs: readonly Run[];
  readonly indent: number;
}

/** A block of lines with its size in pixels. */
export interface TextBlock {
  readonly lines: readonly Line[];
  readonly width: number;
  readonly height: number;
}

const lineWidth = ({ runs, indent }: Line): number =>
  runs.reduce((sum, { text, style }) => sum + textWidth(text, fonts[style]), indent);

const leading = ({ runs }: Line): number => Math.max(0, ...runs.map(({ style }) => fonts[style].leading));

/** Stacks lines. */
export const block = (lines: readonly Line[]): TextBlock => ({
  lines,
  width: Math.ceil(Math.max(0, ...lines.map(lineWidth))),
  height: lines.reduce((sum, line) => sum + leading(line), 0),
});

/** A paragraph in one style. */
export const paragraph = (text: string, style: TextStyle, width: number, indent = 0): readonly Line[] =>
  wrap(text, fonts[style], width - indent).map((part) => ({ runs: [{ style, text: part }], indent }));

/** Runs one after the other; those that do not fit go on in the next line. */
export const flow = (runs: readonly Run[], width: number, indent: number): readonly Line[] => {
  const lines: Line[] = [];
  let current: Run[] = [];
  let used = 0;
  for (const run of runs) {
    const needed = textWidth(` ${run.text}`, fonts[run.style]);
    const inset = lines.length === 0 ? 0 : indent;
    if (current.length > 0 && inset + used + needed > width) {
      lines.push({ runs: current, indent: inset });
      current = [run];
      used = needed;
    } else {
      current.push(current.length === 0 ? run : { ...run, text: ` ${run.text}` });
      used += needed;
    }
  }
  if (current.length > 0) lines.push({ runs: current, indent: lines.length === 0 ? 0 : indent });
  return lines;
};

/** The block as SVG text, its upper left corner at (x, y). */
export const drawBlock = ({ lines }: TextBlock, x: number, y: number): string => {
  let top = y;
  return lines
    .map((line) => {
      const height = leading(line);
      top += height;
      const runs = line.runs
        .map(({ style, text }) => `<tspan ${look(style)}>${escapeXml(text)}</tspan>`)
        .join('');
      return `<text x="${x + line.indent}" y="${top - Math.round(height * 0.28)}">${runs}</text>`;
    })
    .join('');
};
