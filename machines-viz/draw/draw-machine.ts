/** One machine as a picture: its states, what leads from one to the other, and what its events mean. */
import type { ElkExtendedEdge, ElkNode } from 'elkjs/lib/elk-api.js';
import type { AnyStateMachine } from 'xstate';
import {
  allStates,
  type ChartState,
  type ChartTransition,
  durationText,
  type Statechart,
  statechart,
  triggerText,
} from '../statechart.js';
import { layOut } from './layout.js';
import { escapeXml, picture, roundedPath } from './svg.js';
import { block, drawBlock, flow, type Line, paragraph, type Run, type TextBlock } from './text-block.js';

const margin = 12;
const labelWidth = 210;
const stateWidth = 250;
const rootId = '#';

const idOf = (path: string): string => (path === '' ? rootId : path);

/** A transition that leaves its state as it is, or enters it again, is a line in the state's box and no arrow. */
const isInner = ({ source, targets, reenter }: ChartTransition): boolean =>
  targets.length === 0 || (reenter && targets.every((target) => target === source));

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

interface Drawn {
  readonly transition: ChartTransition;
  readonly text: TextBlock;
}

const drawn = (transition: ChartTransition, width: number): Drawn => ({
  transition,
  text: block(transitionLines(transition, width)),
});

const drawTransitions = (list: readonly Drawn[], x: number, y: number): string => {
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
interface Face {
  readonly head: TextBlock;
  readonly body: TextBlock;
  readonly inner: readonly Drawn[];
  readonly width: number;
  readonly height: number;
}

const face = (state: ChartState, title: string, width: number): Face => {
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
  const inner = state.transitions.filter(isInner).map((transition) => drawn(transition, width));
  const widest = Math.max(head.width, body.width, ...inner.map(({ text }) => text.width));
  const innerHeight = inner.reduce((sum, { text }) => sum + text.height, 0);
  const lower = body.height + innerHeight;
  return {
    head,
    body,
    inner,
    width: widest + 2 * margin,
    height: head.height + (lower > 0 ? lower + 11 : 0) + 2 * margin - 4,
  };
};

const drawFace = ({ head, body, inner }: Face, x: number, y: number, width: number): string => {
  const ruleAt = y + margin + head.height + 4;
  const rule = body.height + inner.length > 0 ? `<path class="rule" d="M${x} ${ruleAt}H${x + width}"/>` : '';
  const top = ruleAt + 5;
  return (
    drawBlock(head, x + margin, y + margin - 4) +
    rule +
    drawBlock(body, x + margin, top) +
    drawTransitions(inner, x + margin, top + body.height)
  );
};

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
    const { width = 0, height = 0 } = faces.get(state.path) ?? {};
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

interface Placed {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Every node of the layout by its id, in coordinates of the picture. */
const placesOf = (node: ElkNode, x = 0, y = 0): ReadonlyMap<string, Placed> => {
  const at = { x: x + (node.x ?? 0), y: y + (node.y ?? 0), width: node.width ?? 0, height: node.height ?? 0 };
  return new Map([
    [node.id, at],
    ...(node.children ?? []).flatMap((child) => [...placesOf(child, at.x, at.y)]),
  ]);
};

const edgesOf = (node: ElkNode): readonly ElkExtendedEdge[] => [
  ...(node.edges ?? []),
  ...(node.children ?? []).flatMap(edgesOf),
];

interface Sheet {
  readonly faces: ReadonlyMap<string, Face>;
  readonly places: ReadonlyMap<string, Placed>;
}

const drawBox = (state: ChartState, depth: number, parallel: boolean, sheet: Sheet): string => {
  const place = sheet.places.get(idOf(state.path));
  if (place === undefined) return '';
  const { x, y, width, height } = place;
  const kind = state.states.length === 0 ? ['leaf'] : depth % 2 === 1 ? ['nested'] : [];
  const classes = ['box', ...kind, ...(parallel ? ['region'] : [])].join(' ');
  const box = (inset: number): string =>
    `<rect class="${classes}" x="${x + inset}" y="${y + inset}" width="${width - 2 * inset}" height="${height - 2 * inset}" rx="${10 - inset}"/>`;
  const dot = sheet.places.get(`${idOf(state.path)} start`);
  return [
    `<g class="state" data-state="${escapeXml(state.path)}">`,
    box(0),
    state.type === 'final' ? box(4) : '',
    dot === undefined
      ? ''
      : `<circle class="dot" cx="${dot.x + dotSize / 2}" cy="${dot.y + dotSize / 2}" r="${dotSize / 2}"/>`,
    '</g>',
    ...state.states.map((child) => drawBox(child, depth + 1, state.type === 'parallel', sheet)),
  ].join('');
};

/** Comes after the arrows: those that cross the head of an outer state do not hide its text. */
const drawText = (state: ChartState, depth: number, sheet: Sheet): string => {
  const place = sheet.places.get(idOf(state.path));
  const shown = sheet.faces.get(state.path);
  if (place === undefined || shown === undefined) return '';
  const halo = depth % 2 === 1 ? 'face inner' : 'face';
  return [
    `<g class="${state.states.length > 0 ? halo : 'face plain'}">`,
    drawFace(shown, place.x, place.y, place.width),
    '</g>',
    ...state.states.map((child) => drawText(child, depth + 1, sheet)),
  ].join('');
};

const drawEdge = (
  edge: ElkExtendedEdge,
  arrow: Arrow | undefined,
  places: ReadonlyMap<string, Placed>,
): string => {
  const container = (edge as { readonly container?: string }).container ?? 'picture';
  const { x = 0, y = 0 } = places.get(container) ?? {};
  const [section] = edge.sections ?? [];
  if (section === undefined) return '';
  const points = [section.startPoint, ...(section.bendPoints ?? []), section.endPoint].map((point) => ({
    x: point.x + x,
    y: point.y + y,
  }));
  const line = `<path class="edge" marker-end="url(#head)" d="${roundedPath(points)}"/>`;
  const [label] = edge.labels ?? [];
  if (arrow === undefined || label === undefined) return line;
  const left = x + (label.x ?? 0);
  const top = y + (label.y ?? 0);
  return [
    '<g class="arrow">',
    line,
    `<rect class="label" x="${left}" y="${top}" width="${arrow.width}" height="${arrow.height}" rx="6"/>`,
    drawTransitions(arrow.list, left + 7, top + 3),
    '</g>',
  ].join('');
};

/** Names and what they mean, in as many columns as the width allows. */
const glossary = (chart: Statechart, width: number): TextBlock & { readonly body: (y: number) => string } => {
  const entries = [
    ...chart.events.map(({ name, description }) => ({ style: 'event' as const, name, description })),
    ...chart.delays.map(({ name, milliseconds, description }) => ({
      style: 'delay' as const,
      name: milliseconds === null ? name : `${durationText(milliseconds)} · ${name}`,
      description,
    })),
  ];
  const columns = width >= 760 ? 2 : 1;
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
    lines: [],
    width,
    height: Math.max(0, ...heights),
    body: (y) =>
      columnBlocks
        .map((list, i) => {
          let top = y;
          return list
            .map((entry) => {
              const drawing = drawBlock(entry, margin + i * (columnWidth + 24), top);
              top += entry.height;
              return drawing;
            })
            .join('');
        })
        .join(''),
  };
};

/** The machine as one self-contained SVG. The same machine gives the same bytes. */
export const drawMachine = async (machine: AnyStateMachine): Promise<string> => {
  const chart = statechart(machine);
  const faces = new Map(
    allStates(chart.root).map((state) => [
      state.path,
      face(state, state.path === '' ? chart.id : state.key, state.path === '' ? 420 : stateWidth),
    ]),
  );
  const arrows = arrowsOf(chart);
  const layout = await layOut(graphOf(chart, faces, arrows));
  const places = placesOf(layout);
  const arrowById = new Map(arrows.map((arrow) => [arrow.id, arrow]));
  const edges = edgesOf(layout).map((edge) => drawEdge(edge, arrowById.get(edge.id), places));
  const width = Math.max(layout.width ?? 0, 480);
  const height = layout.height ?? 0;
  const below = glossary(chart, width);
  const body = [
    drawBox(chart.root, 0, false, { faces, places }),
    ...edges,
    drawText(chart.root, 0, { faces, places }),
    below.body(height + 8),
  ].join('');
  return picture(
    { width, height: height + below.height + (below.height > 0 ? 12 : 0) },
    chart.id,
    chart.description,
    body,
  );
};
