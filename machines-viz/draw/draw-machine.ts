/** One machine as a picture: its states, what leads from one to the other, and what its events mean. */
import type { AnyStateMachine } from 'xstate';
import { type ChartState, statechart } from '../statechart.js';
import type { Line } from './arrange.js';
import { compose, type LabelledArrow, type Sheet } from './compose.js';
import { drawFace, drawTransitions } from './face.js';
import { look, type Part } from './look.js';
import { escapeXml, picture, roundedPath } from './svg.js';

const drawBox = (state: ChartState, depth: number, parallel: boolean, sheet: Sheet): string => {
  const place = sheet.arrangement.states.get(state.path);
  if (place === undefined) return '';
  const { x, y, width, height } = place;
  const kind: readonly Part[] = state.states.length === 0 ? ['leaf'] : depth % 2 === 1 ? ['nested'] : [];
  const parts: readonly Part[] = ['box', ...kind, ...(parallel ? (['region'] as const) : [])];
  const box = (inset: number): string =>
    `<rect ${look(...parts)} x="${x + inset}" y="${y + inset}" width="${width - 2 * inset}" height="${height - 2 * inset}" rx="${10 - inset}"/>`;
  const dot = sheet.arrangement.dots.get(state.path);
  return [
    `<g class="state" data-state="${escapeXml(state.path)}">`,
    box(0),
    state.type === 'final' ? box(4) : '',
    dot === undefined
      ? ''
      : `<circle ${look('dot')} cx="${dot.x + dot.width / 2}" cy="${dot.y + dot.height / 2}" r="${dot.width / 2}"/>`,
    '</g>',
    ...state.states.map((child) => drawBox(child, depth + 1, state.type === 'parallel', sheet)),
  ].join('');
};

/** Comes after the arrows: those that cross the head of an outer state do not hide its text. */
const drawText = (state: ChartState, depth: number, sheet: Sheet): string => {
  const place = sheet.arrangement.states.get(state.path);
  const shown = sheet.faces.get(state.path);
  if (place === undefined || shown === undefined) return '';
  const halo = depth % 2 === 1 ? look('face', 'inner') : look('face');
  return [
    `<g${state.states.length > 0 ? ` ${halo}` : ''}>`,
    drawFace(shown, place.x, place.y, place.width),
    '</g>',
    ...state.states.map((child) => drawText(child, depth + 1, sheet)),
  ].join('');
};

const drawLine = ({ points, label }: Line, arrow: LabelledArrow | undefined): string => {
  const line = `<path ${look('edge')} marker-end="url(#head)" d="${roundedPath(points)}"/>`;
  if (arrow === undefined || label === null) return line;
  const { x, y } = label;
  return [
    '<g class="arrow">',
    line,
    `<rect ${look('label')} x="${x}" y="${y}" width="${arrow.width}" height="${arrow.height}" rx="6"/>`,
    drawTransitions(arrow.list, x + 7, y + 3),
    '</g>',
  ].join('');
};

const drawSheet = (sheet: Sheet): string =>
  [
    drawBox(sheet.root, 0, false, sheet),
    ...sheet.arrangement.lines.map((line) => drawLine(line, sheet.arrows.get(line.id))),
    drawText(sheet.root, 0, sheet),
  ].join('');

/** The machine as one self-contained SVG, as large on a screen as can be. The same machine gives the same bytes. */
export const drawMachine = async (machine: AnyStateMachine): Promise<string> => {
  const chart = statechart(machine);
  const { sheets, glossary, ...size } = await compose(chart);
  return picture(size, chart.id, chart.description, [...sheets.map(drawSheet), glossary].join(''));
};
