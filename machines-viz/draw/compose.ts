/**
 * What stands where on the picture of a machine: its states, on one sheet or, where that were too small to be read on a screen,
 * with the inside of one state on a sheet of its own; and what its words mean.
 */
import { allStates, type ChartState, type ChartTransition, type Statechart } from '../statechart.js';
import { type Arrangement, type Arrow, arrange, closedStates, moved } from './arrange.js';
import { type Drawn, drawn, type Face, face, isInner } from './face.js';
import { glossary } from './glossary.js';
import { type LayOut, withKernel } from './layout.js';
import { isLegible, mostLegible, type Size } from './screen.js';

/** Widths of lines, in pixels. */
const labelWidth = 210;
const stateWidth = 250;
const rootWidth = 420;

/** Of the glossary, and of what it stands below. */
const narrowest = 480;

/** All transitions from one state to another share an arrow. */
export interface LabelledArrow extends Arrow {
  readonly list: readonly Drawn[];
}

/** A state and what is drawn inside it. */
export interface Sheet {
  readonly root: ChartState;
  readonly faces: ReadonlyMap<string, Face>;
  readonly arrows: ReadonlyMap<string, LabelledArrow>;
  readonly arrangement: Arrangement;
}

/** The whole picture. `glossary`: as SVG. */
export interface Composition extends Size {
  readonly sheets: readonly Sheet[];
  readonly glossary: string;
}

const arrowsOf = (chart: Statechart): readonly LabelledArrow[] => {
  const groups = new Map<string, ChartTransition[]>();
  for (const { transitions } of allStates(chart.root))
    for (const transition of transitions)
      if (!isInner(transition)) {
        const key = JSON.stringify([transition.source, transition.targets[0] ?? '']);
        groups.set(key, [...(groups.get(key) ?? []), transition]);
      }
  return [...groups].map(([key, transitions], i) => {
    const [source = '', target = ''] = JSON.parse(key) as readonly string[];
    const list = transitions.map((transition) => drawn(transition, labelWidth));
    return {
      id: `arrow${i}`,
      source,
      target,
      list,
      width: Math.max(...list.map(({ text }) => text.width)) + 14,
      height: list.reduce((sum, { text }) => sum + text.height, 0) + 8,
    };
  });
};

/** Without what is inside one of its states. */
const emptied = (state: ChartState, path: string): ChartState =>
  state.path === path
    ? { ...state, states: [], initial: null, description: `${state.description} Its states: see ${path}.` }
    : { ...state, states: state.states.map((child) => emptied(child, path)) };

/** The sheet in each way in which it can be arranged. `title`: of what it shows. */
const sheetsOf = async (
  layOut: LayOut,
  root: ChartState,
  title: string,
  all: readonly LabelledArrow[],
): Promise<readonly Sheet[]> => {
  const states = allStates(root);
  const faces = new Map(
    states.map((state) => [
      state.path,
      state === root ? face(state, title, rootWidth) : face(state, state.key, stateWidth),
    ]),
  );
  const paths = new Set(states.map(({ path }) => path));
  const own = all.filter(({ source, target }) => paths.has(source) && paths.has(target));
  const arrows = new Map(own.map((arrow) => [arrow.id, arrow]));
  const arrangements = await arrange(layOut, root, faces, own);
  return arrangements.map((arrangement) => ({ root, faces, arrows, arrangement }));
};

const shifted = (sheet: Sheet, x: number, y: number): Sheet => ({
  ...sheet,
  arrangement: moved(sheet.arrangement, x, y),
});

/** One sheet, with the glossary below it or beside it. */
const alone = (chart: Statechart, sheet: Sheet): readonly Composition[] => {
  const { height } = sheet.arrangement;
  const width = Math.max(sheet.arrangement.width, narrowest);
  const below = glossary(chart, width);
  const beside = glossary(chart, narrowest);
  const sheets = [sheet];
  return [
    {
      sheets,
      glossary: below.draw(0, height + 8),
      width,
      height: height + below.height + (below.height > 0 ? 12 : 0),
    },
    {
      sheets,
      glossary: beside.draw(sheet.arrangement.width, 12),
      width: sheet.arrangement.width + narrowest,
      height: Math.max(height, beside.height + 12),
    },
  ];
};

/** Two sheets side by side, with the glossary below one of them or below both. */
const together = (chart: Statechart, outer: Sheet, inner: Sheet): readonly Composition[] => {
  const [left, right] = [outer.arrangement, inner.arrangement];
  const sheets = [outer, shifted(inner, left.width, 0)];
  const width = left.width + right.width;
  const below = (x: number, columnWidth: number, above: number): Composition => {
    const words = glossary(chart, columnWidth);
    return {
      sheets,
      glossary: words.draw(x, above + 8),
      width,
      height: Math.max(left.height, right.height, above + words.height + 12),
    };
  };
  return [
    below(left.width, right.width, right.height),
    below(0, left.width, left.height),
    below(0, width, Math.max(left.height, right.height)),
  ];
};

/** The machine on one sheet if it can be read then, and else in the way in which it is largest. */
export const compose = (chart: Statechart): Promise<Composition> =>
  withKernel(async (layOut) => {
    const arrows = arrowsOf(chart);
    const whole = await sheetsOf(layOut, chart.root, chart.id, arrows);
    const [first, ...others] = whole.flatMap((sheet) => alone(chart, sheet));
    if (first === undefined) throw new Error('a machine has at least one state');
    const best = mostLegible(first, ...others);
    if (isLegible(best)) return best;
    const apart: Composition[] = [];
    for (const closed of closedStates(chart.root, arrows)) {
      const outer = await sheetsOf(layOut, emptied(chart.root, closed.path), chart.id, arrows);
      const inner = await sheetsOf(layOut, closed, closed.path, arrows);
      for (const one of outer) for (const other of inner) apart.push(...together(chart, one, other));
    }
    return mostLegible(best, ...apart);
  });
