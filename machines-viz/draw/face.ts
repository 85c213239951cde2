/** What stands in the box of a state, and on an arrow. */
import { type ChartState, type ChartTransition, triggerText } from '../statechart.js';
import { look } from './look.js';
import { escapeXml } from './svg.js';
import { block, drawBlock, flow, type Line, paragraph, type Run, type TextBlock } from './text-block.js';

const margin = 12;

/** A transition that leaves its state as it is, or enters it again, is a line in the state's box and no arrow. */
export const isInner = ({ source, targets }: ChartTransition): boolean =>
  targets.every((target) => target === source);

const transitionLines = (transition: ChartTransition, width: number): readonly Line[] => {
  const { trigger, guard, actions } = transition;
  const style = trigger.kind === 'delay' ? 'delay' : 'event';
  const again = isInner(transition) && transition.reenter ? ' ↻' : '';
  const head: Run[] = [{ style, text: `${triggerText(trigger)}${again}` }];
  if (guard !== null) head.push({ style: 'guard', text: `[${guard}]` });
  const does: Run[] = actions.map((action, i) => ({
    style: 'action',
    text: `${i === 0 ? '/ ' : ''}${action}${i < actions.length - 1 ? ',' : ''}`,
  }));
  const doing = flow(does, width - 12, 12).map((line) => ({ ...line, indent: line.indent + 12 }));
  return [...flow(head, width, 12), ...doing];
};

/** A transition with its lines. */
export interface Drawn {
  readonly transition: ChartTransition;
  readonly text: TextBlock;
}

/** `width`: of its lines, in pixels. */
export const drawn = (transition: ChartTransition, width: number): Drawn => ({
  transition,
  text: block(transitionLines(transition, width)),
});

/** One under the other, the upper left corner at (x, y). Each is a group that the inspector finds again. */
export const drawTransitions = (list: readonly Drawn[], x: number, y: number): string => {
  let top = y;
  return list
    .map(({ transition: { source, eventType, targets }, text }) => {
      const at = top;
      top += text.height;
      return `<g class="transition" data-source="${escapeXml(source)}" data-event="${escapeXml(eventType)}" data-target="${escapeXml(targets.join(' '))}">${drawBlock(text, x, at)}</g>`;
    })
    .join('');
};

/** What stands in the box of a state above its children. */
export interface Face {
  readonly head: TextBlock;
  readonly body: TextBlock;
  /** Side by side. */
  readonly columns: readonly Column[];
  readonly width: number;
  readonly height: number;
}

interface Column {
  readonly list: readonly Drawn[];
  /** With what is between it and the next one. */
  readonly width: number;
}

/** Transitions in a column; a state that has others inside is wide enough for several. */
const longestColumn = 4;

const columnsOf = ({ states, transitions }: ChartState, width: number): readonly Column[] => {
  const list = transitions.filter(isInner).map((transition) => drawn(transition, width));
  const count = states.length === 0 ? Math.min(1, list.length) : Math.ceil(list.length / longestColumn);
  const length = Math.ceil(list.length / count);
  return Array.from({ length: count }, (_, i) => {
    const part = list.slice(i * length, (i + 1) * length);
    return { list: part, width: Math.max(...part.map(({ text }) => text.width)) + 2 * margin };
  });
};

/** `width`: of its lines, in pixels. */
export const face = (state: ChartState, title: string, width: number): Face => {
  const head = block([
    { runs: [{ style: 'title', text: title }], indent: 0 },
    ...paragraph(state.description, 'note', width),
  ]);
  const facts = (word: string, names: readonly string[]): readonly Line[] =>
    names.length === 0
      ? []
      : flow(
          [
            { style: 'word', text: word },
            ...names.map(
              (text, i): Run => ({ style: 'action', text: text + (i < names.length - 1 ? ',' : '') }),
            ),
          ],
          width,
          12,
        );
  const body = block([
    ...facts('on entry', state.entry),
    ...facts('on exit', state.exit),
    ...facts('runs', state.invokes),
  ]);
  const columns = columnsOf(state, width);
  const besides = columns.reduce((sum, column) => sum + column.width, 0);
  const longest = Math.max(
    0,
    ...columns.map(({ list }) => list.reduce((sum, { text }) => sum + text.height, 0)),
  );
  const lower = body.height + longest;
  return {
    head,
    body,
    columns,
    width: Math.max(head.width + 2 * margin, body.width + 2 * margin, besides),
    height: head.height + (lower > 0 ? lower + 11 : 0) + 2 * margin - 4,
  };
};

/** In a box of `width` whose upper left corner is at (x, y). */
export const drawFace = ({ head, body, columns }: Face, x: number, y: number, width: number): string => {
  const ruleAt = y + margin + head.height + 4;
  const rule =
    body.height + columns.length > 0 ? `<path ${look('rule')} d="M${x} ${ruleAt}H${x + width}"/>` : '';
  const top = ruleAt + 5;
  let left = x + margin;
  const lists = columns.map((column) => {
    const drawing = drawTransitions(column.list, left, top + body.height);
    left += column.width;
    return drawing;
  });
  return (
    drawBlock(head, x + margin, y + margin - 4) + rule + drawBlock(body, x + margin, top) + lists.join('')
  );
};
