/** The actors of the service as one picture: who starts whom, and what each of them is for. */
import type { ElkNode } from 'elkjs/lib/elk-api.js';
import { type ActorNode, actorTree, isShared } from '../machines.js';
import { allStates, statechart } from '../statechart.js';
import { layOut } from './layout.js';
import { look } from './look.js';
import { picture, roundedPath } from './svg.js';
import { block, drawBlock, flow, paragraph, type Run, type TextBlock, type TextStyle } from './text-block.js';

const boxWidth = 225;
const margin = 12;

interface Card {
  readonly node: ActorNode;
  readonly parent: string | null;
  readonly text: TextBlock;
}

const isMachineLogic = (logic: unknown): boolean =>
  typeof logic === 'object' && logic !== null && 'root' in logic;

const listed = (names: readonly string[], style: TextStyle): readonly Run[] =>
  names.map((name, i) => ({ style, text: i < names.length - 1 ? `${name},` : name }));

const textOf = ({ machine, source, within }: ActorNode): TextBlock => {
  const chart = statechart(machine);
  const states = allStates(chart.root).filter(({ states }) => states.length === 0);
  const effects = Object.entries(machine.implementations.actors).flatMap(([name, logic]) =>
    isMachineLogic(logic) ? [] : [name],
  );
  return block([
    { runs: [{ style: 'title', text: isShared(machine) ? source : chart.id }], indent: 0 },
    ...paragraph(chart.description, 'note', boxWidth),
    ...flow(
      [
        { style: 'word', text: 'states' },
        ...listed(
          states.map(({ key }) => key),
          'event',
        ),
      ],
      boxWidth,
      12,
    ),
    ...(effects.length === 0
      ? []
      : flow([{ style: 'word', text: 'calls' }, ...listed(effects, 'action')], boxWidth, 12)),
    ...(within === undefined && !isShared(machine) ? [] : paragraph(within ?? machine.id, 'guard', boxWidth)),
    ...(chart.per === null || isShared(machine) ? [] : paragraph(`one per ${chart.per}`, 'guard', boxWidth)),
  ]);
};

const cardsOf = (node: ActorNode, parent: string | null): readonly Card[] => [
  { node, parent, text: textOf(node) },
  ...node.children.flatMap((child) => cardsOf(child, node.source)),
];

/** One self-contained SVG. */
export const drawActorTree = async (): Promise<string> => {
  const cards = cardsOf(actorTree, null);
  const graph: ElkNode = {
    id: 'picture',
    layoutOptions: {
      'elk.algorithm': 'layered',
      'elk.direction': 'DOWN',
      'elk.edgeRouting': 'ORTHOGONAL',
      'elk.spacing.nodeNode': '24',
      'elk.layered.spacing.nodeNodeBetweenLayers': '44',
      'elk.layered.mergeEdges': 'true',
      'elk.layered.crossingMinimization.forceNodeModelOrder': 'true',
      'elk.layered.considerModelOrder.strategy': 'NODES_AND_EDGES',
    },
    children: cards.map(({ node, text }) => ({
      id: node.source,
      width: boxWidth + 2 * margin,
      height: text.height + 2 * margin,
    })),
    edges: cards.flatMap(({ node, parent }) =>
      parent === null ? [] : [{ id: `${parent} ${node.source}`, sources: [parent], targets: [node.source] }],
    ),
  };
  const layout = await layOut(graph);
  const boxes = layout.children.map(({ id, x, y, width, height }) => {
    const card = cards.find(({ node }) => node.source === id);
    if (card === undefined) return '';
    const stack =
      statechart(card.node.machine).per !== null
        ? `<rect ${look('box')} x="${x + 6}" y="${y + 6}" width="${width}" height="${height}" rx="10"/>`
        : '';
    return `<g class="actor">${stack}<rect ${look('box')} x="${x}" y="${y}" width="${width}" height="${height}" rx="10"/>${drawBlock(card.text, x + margin, y + margin - 3)}</g>`;
  });
  const lines = layout.edges.flatMap(({ sections }) =>
    sections.map(
      ({ startPoint, bendPoints, endPoint }) =>
        `<path ${look('edge')} marker-end="url(#head)" d="${roundedPath([startPoint, ...(bendPoints ?? []), endPoint])}"/>`,
    ),
  );
  return picture(
    { width: layout.width + 8, height: layout.height + 8 },
    'actor-tree',
    'The actors of proxy-wifi: who starts whom, and what each of them is for.',
    [...lines, ...boxes].join(''),
  );
};
