/** One machine as a picture: its states, what leads from one to the other, and what its events mean. */
import type { ElkExtendedEdge, ElkNode } from 'elkjs/lib/elk-api.js';
import type { AnyStateMachine } from 'xstate';
import {
  allStates,
  type ChartState,
  type ChartTransition,
  type Statechart,
  statechart,
} from '../statechart.js';
import { type Drawn, drawFace, drawn, drawTransitions, type Face, face, isInner } from './face.js';
import { glossary } from './glossary.js';
import { layOut, type Place, type PlacedEdge, type PlacedNode } from './layout.js';
import { look, type Part } from './look.js';
import { escapeXml, picture, roundedPath } from './svg.js';

/** Widths of lines, in pixels. */
const labelWidth = 210;
const stateWidth = 250;
const rootWidth = 420;

/** Of its node in the layout. */
const idOf = (path: string): string => (path === '' ? '#' : path);

/** All transitions from one state to another share an arrow. */
interface Arrow {
  readonly id: string;
  readonly source: string;
  readonly target: string;
  readonly list: readonly Drawn[];
  readonly width: number;
  readonly height: number;
}

const arrowsOf = (chart: Statechart): readonly Arrow[] => {
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

/** Valid for the picture and, since it is not inherited, for each state with states inside. */
const layering = {
  'elk.algorithm': 'layered',
  'elk.direction': 'DOWN',
  'elk.edgeRouting': 'ORTHOGONAL',
  'elk.layered.spacing.nodeNodeBetweenLayers': '28',
  'elk.spacing.nodeNode': '26',
  'elk.spacing.edgeNode': '14',
  'elk.spacing.edgeEdge': '10',
  'elk.layered.spacing.edgeNodeBetweenLayers': '14',
  'elk.layered.nodePlacement.strategy': 'BRANDES_KOEPF',
  'elk.layered.nodePlacement.bk.fixedAlignment': 'BALANCED',
  'elk.layered.cycleBreaking.strategy': 'DEPTH_FIRST',
};

const layoutOptions = { ...layering, 'elk.hierarchyHandling': 'INCLUDE_CHILDREN', 'elk.randomSeed': '1' };

const dotSize = 12;

const graphOf = (chart: Statechart, faces: ReadonlyMap<string, Face>, arrows: readonly Arrow[]): ElkNode => {
  const nodeOf = (state: ChartState): ElkNode => {
    // Every state has one.
    const { width, height } = faces.get(state.path) as Face;
    if (state.states.length === 0) return { id: idOf(state.path), width, height };
    const dot: readonly ElkNode[] =
      state.initial === null ? [] : [{ id: `${idOf(state.path)} start`, width: dotSize, height: dotSize }];
    return {
      id: idOf(state.path),
      layoutOptions: {
        ...layering,
        'elk.padding': `[top=${height + 8},left=18,bottom=18,right=18]`,
      },
      children: [...dot, ...state.states.map(nodeOf)],
    };
  };
  const starts = allStates(chart.root).flatMap(({ path, initial }): readonly ElkExtendedEdge[] =>
    initial === null
      ? []
      : [{ id: `start ${path}`, sources: [`${idOf(path)} start`], targets: [idOf(initial)] }],
  );
  const edges = arrows.map(
    ({ id, source, target, width, height }): ElkExtendedEdge => ({
      id,
      sources: [idOf(source)],
      targets: [idOf(target)],
      labels: [
        { id: `${id} label`, text: id, width, height, layoutOptions: { 'elk.edgeLabels.inline': 'true' } },
      ],
    }),
  );
  return { id: 'picture', layoutOptions, children: [nodeOf(chart.root)], edges: [...starts, ...edges] };
};

/** Every node of the layout by its id, in coordinates of the picture. */
const placesOf = (node: PlacedNode, x: number, y: number): ReadonlyMap<string, Place> => {
  const at = { x: x + node.x, y: y + node.y, width: node.width, height: node.height };
  return new Map([
    [node.id, at],
    ...(node.children ?? []).flatMap((child) => [...placesOf(child, at.x, at.y)]),
  ]);
};

interface Sheet {
  readonly faces: ReadonlyMap<string, Face>;
  readonly places: ReadonlyMap<string, Place>;
}

const drawBox = (state: ChartState, depth: number, parallel: boolean, sheet: Sheet): string => {
  const place = sheet.places.get(idOf(state.path));
  if (place === undefined) return '';
  const { x, y, width, height } = place;
  const kind: readonly Part[] = state.states.length === 0 ? ['leaf'] : depth % 2 === 1 ? ['nested'] : [];
  const parts: readonly Part[] = ['box', ...kind, ...(parallel ? (['region'] as const) : [])];
  const box = (inset: number): string =>
    `<rect ${look(...parts)} x="${x + inset}" y="${y + inset}" width="${width - 2 * inset}" height="${height - 2 * inset}" rx="${10 - inset}"/>`;
  const dot = sheet.places.get(`${idOf(state.path)} start`);
  return [
    `<g class="state" data-state="${escapeXml(state.path)}">`,
    box(0),
    state.type === 'final' ? box(4) : '',
    dot === undefined
      ? ''
      : `<circle ${look('dot')} cx="${dot.x + dotSize / 2}" cy="${dot.y + dotSize / 2}" r="${dotSize / 2}"/>`,
    '</g>',
    ...state.states.map((child) => drawBox(child, depth + 1, state.type === 'parallel', sheet)),
  ].join('');
};

/** Comes after the arrows: those that cross the head of an outer state do not hide its text. */
const drawText = (state: ChartState, depth: number, sheet: Sheet): string => {
  const place = sheet.places.get(idOf(state.path));
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

const drawEdge = (edge: PlacedEdge, arrow: Arrow | undefined, places: ReadonlyMap<string, Place>): string => {
  const container = places.get(edge.container);
  const [section] = edge.sections;
  if (container === undefined || section === undefined) return '';
  const { x, y } = container;
  const points = [section.startPoint, ...(section.bendPoints ?? []), section.endPoint].map((point) => ({
    x: point.x + x,
    y: point.y + y,
  }));
  const line = `<path ${look('edge')} marker-end="url(#head)" d="${roundedPath(points)}"/>`;
  const [label] = edge.labels ?? [];
  if (arrow === undefined || label === undefined) return line;
  const left = x + (label.x ?? 0);
  const top = y + (label.y ?? 0);
  return [
    '<g class="arrow">',
    line,
    `<rect ${look('label')} x="${left}" y="${top}" width="${arrow.width}" height="${arrow.height}" rx="6"/>`,
    drawTransitions(arrow.list, left + 7, top + 3),
    '</g>',
  ].join('');
};

/** The machine as one self-contained SVG. The same machine gives the same bytes. */
export const drawMachine = async (machine: AnyStateMachine): Promise<string> => {
  const chart = statechart(machine);
  const faces = new Map(
    allStates(chart.root).map((state) => [
      state.path,
      face(state, state.path === '' ? chart.id : state.key, state.path === '' ? rootWidth : stateWidth),
    ]),
  );
  const arrows = arrowsOf(chart);
  const layout = await layOut(graphOf(chart, faces, arrows));
  const places = placesOf(layout, 0, 0);
  const arrowById = new Map(arrows.map((arrow) => [arrow.id, arrow]));
  const edges = layout.edges.map((edge) => drawEdge(edge, arrowById.get(edge.id), places));
  const width = Math.max(layout.width, 480);
  const height = layout.height;
  const below = glossary(chart, width);
  const body = [
    drawBox(chart.root, 0, false, { faces, places }),
    ...edges,
    drawText(chart.root, 0, { faces, places }),
    below.draw(height + 8),
  ].join('');
  return picture(
    { width, height: height + below.height + (below.height > 0 ? 12 : 0) },
    chart.id,
    chart.description,
    body,
  );
};
