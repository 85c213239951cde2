/**
 * Where states and arrows stand. A state into whose inside no arrow leads, and out of which none comes, is arranged by itself,
 * the way that shows it largest, and is a box of that size for what is around it.
 */
import type { ElkExtendedEdge, ElkNode } from 'elkjs/lib/elk-api.js';
import { allStates, type ChartState } from '../statechart.js';
import type { LayOut, Layout, Place, PlacedNode } from './layout.js';
import { mostLegible, type Size } from './screen.js';

/** An arrow between two states, by their paths, and the size of the text on it. */
export interface Arrow extends Size {
  readonly id: string;
  readonly source: string;
  readonly target: string;
}

interface Point {
  readonly x: number;
  readonly y: number;
}

/** An arrow as it is drawn. `label`: the upper left corner of its text. */
export interface Line {
  readonly id: string;
  readonly points: readonly Point[];
  readonly label: Point | null;
}

/** In pixels from the upper left corner. */
export interface Arrangement extends Size {
  /** By path. */
  readonly states: ReadonlyMap<string, Place>;
  /** The dot from which the first state is entered, by the path of the state around it. */
  readonly dots: ReadonlyMap<string, Place>;
  readonly lines: readonly Line[];
}

/** Pixels from one side of the dot to the other. */
const dotSize = 12;

/** Which way the arrows lead, and which of them turn back where they go round in a circle. */
interface Way {
  readonly direction: 'DOWN' | 'RIGHT';
  readonly cycleBreaking: 'DEPTH_FIRST' | 'GREEDY';
}

const ways: readonly [Way, ...Way[]] = [
  { direction: 'DOWN', cycleBreaking: 'DEPTH_FIRST' },
  { direction: 'RIGHT', cycleBreaking: 'DEPTH_FIRST' },
  { direction: 'DOWN', cycleBreaking: 'GREEDY' },
  { direction: 'RIGHT', cycleBreaking: 'GREEDY' },
];

/** Of a node in the layout. */
const idOf = (path: string): string => (path === '' ? '#' : path);
const dotOf = (path: string): string => `${idOf(path)} start`;

/** Valid for the picture and, since it is not inherited, for each state with states inside. */
const layering = ({ direction, cycleBreaking }: Way) => ({
  'elk.algorithm': 'layered',
  'elk.direction': direction,
  'elk.edgeRouting': 'ORTHOGONAL',
  'elk.layered.spacing.nodeNodeBetweenLayers': '26',
  'elk.spacing.nodeNode': '26',
  'elk.spacing.edgeNode': '14',
  'elk.spacing.edgeEdge': '10',
  'elk.layered.spacing.edgeNodeBetweenLayers': '14',
  'elk.layered.nodePlacement.strategy': 'BRANDES_KOEPF',
  'elk.layered.nodePlacement.bk.fixedAlignment': 'BALANCED',
  'elk.layered.cycleBreaking.strategy': cycleBreaking,
});

const isWithin = (path: string, outer: string): boolean =>
  outer === '' ? path !== '' : path.startsWith(`${outer}.`);

/** Does every arrow that touches its inside stay there? */
const isClosed = ({ path }: ChartState, arrows: readonly Arrow[]): boolean =>
  arrows.every(({ source, target }) => isWithin(source, path) === isWithin(target, path));

/** The states inside around which a border is drawn that no arrow crosses; those that are further inside come later. */
export const closedStates = (root: ChartState, arrows: readonly Arrow[]): readonly ChartState[] =>
  allStates(root).filter((state) => state !== root && state.states.length > 0 && isClosed(state, arrows));

/** Further to the right and further down. */
export const moved = (arrangement: Arrangement, x: number, y: number): Arrangement => {
  const place = (at: Place): Place => ({ ...at, x: at.x + x, y: at.y + y });
  const point = (at: Point): Point => ({ x: at.x + x, y: at.y + y });
  const all = (places: ReadonlyMap<string, Place>) =>
    new Map([...places].map(([path, at]) => [path, place(at)]));
  return {
    ...arrangement,
    states: all(arrangement.states),
    dots: all(arrangement.dots),
    lines: arrangement.lines.map(({ id, points, label }) => ({
      id,
      points: points.map(point),
      label: label && point(label),
    })),
  };
};

/** Every node of the layout by its id, in coordinates of the picture. */
const placesOf = (node: PlacedNode, x: number, y: number): ReadonlyMap<string, Place> => {
  const at = { x: x + node.x, y: y + node.y, width: node.width, height: node.height };
  return new Map([
    [node.id, at],
    ...(node.children ?? []).flatMap((child) => [...placesOf(child, at.x, at.y)]),
  ]);
};

const linesOf = (layout: Layout, places: ReadonlyMap<string, Place>): readonly Line[] =>
  layout.edges.flatMap(({ id, container, sections: [section], labels: [label] = [] }): readonly Line[] => {
    const { x, y } = places.get(container) ?? { x: 0, y: 0 };
    const at = (point: { readonly x?: number; readonly y?: number }): Point => ({
      x: x + (point.x ?? 0),
      y: y + (point.y ?? 0),
    });
    if (section === undefined) return [];
    const points = [section.startPoint, ...(section.bendPoints ?? []), section.endPoint].map(at);
    return [{ id, points, label: label === undefined ? null : at(label) }];
  });

/** Puts what was arranged by itself into its box. */
const filled = (arrangement: Arrangement, inside: ReadonlyMap<string, Arrangement>): Arrangement => {
  const contents = [...arrangement.states].flatMap(([path, { x, y }]) => {
    const content = inside.get(path);
    const own = content?.states.get(path);
    return content === undefined || own === undefined ? [] : [moved(content, x - own.x, y - own.y)];
  });
  const together = [arrangement, ...contents];
  return {
    width: arrangement.width,
    height: arrangement.height,
    states: new Map(together.flatMap(({ states }) => [...states])),
    dots: new Map(together.flatMap(({ dots }) => [...dots])),
    lines: together.flatMap(({ lines }) => lines),
  };
};

/**
 * A state and all inside it, in each way, first the one that is usual. `faces`: by path, what stands above the states inside.
 * `arrows`: between them.
 */
export const arrange = async (
  layOut: LayOut,
  root: ChartState,
  faces: ReadonlyMap<string, Size>,
  arrows: readonly Arrow[],
): Promise<readonly [Arrangement, ...Arrangement[]]> => {
  const closed = closedStates(root, arrows);
  /** What was arranged by itself. */
  const inside = new Map<string, Arrangement>();
  /** The nearest border around a state; around a closed one, the next. */
  const around = (path: string): string =>
    closed.findLast((outer) => isWithin(path, outer.path))?.path ?? root.path;

  const graphOf = (room: ChartState, way: Way): ElkNode => {
    const nodeOf = (state: ChartState): ElkNode => {
      const { path, states, initial } = state;
      const id = idOf(path);
      const content = state === room ? undefined : inside.get(path)?.states.get(path);
      // Every state has a face.
      const { width, height } = content ?? (faces.get(path) as Size);
      if (states.length === 0 || content !== undefined) return { id, width, height };
      return {
        id,
        layoutOptions: { ...layering(way), 'elk.padding': `[top=${height + 8},left=18,bottom=18,right=18]` },
        children: [
          ...(initial === null ? [] : [{ id: dotOf(path), width: dotSize, height: dotSize }]),
          ...states.map(nodeOf),
        ],
      };
    };
    const starts = allStates(room).flatMap(({ path, initial }): readonly ElkExtendedEdge[] =>
      initial === null || around(initial) !== room.path
        ? []
        : [{ id: `start ${path}`, sources: [dotOf(path)], targets: [idOf(initial)] }],
    );
    const between = arrows.filter(({ source, target }) =>
      [source, target].every((path) => path === root.path || around(path) === room.path),
    );
    const edges = between.map(({ id, source, target, width, height }) => ({
      id,
      sources: [idOf(source)],
      targets: [idOf(target)],
      labels: [
        { id: `${id} label`, text: id, width, height, layoutOptions: { 'elk.edgeLabels.inline': 'true' } },
      ],
    }));
    return {
      id: 'picture',
      layoutOptions: {
        ...layering(way),
        'elk.hierarchyHandling': 'INCLUDE_CHILDREN',
        'elk.randomSeed': '1',
      },
      children: [nodeOf(room)],
      edges: [...starts, ...edges],
    };
  };

  const arrangeRoom = async (room: ChartState, way: Way): Promise<Arrangement> => {
    const layout = await layOut(graphOf(room, way));
    const places = placesOf(layout, 0, 0);
    const found = (id: (path: string) => string): ReadonlyMap<string, Place> =>
      new Map(
        allStates(room).flatMap(({ path }) => {
          const place = places.get(id(path));
          return place === undefined ? [] : [[path, place] as const];
        }),
      );
    const { width, height } = layout;
    const own = { width, height, states: found(idOf), dots: found(dotOf), lines: linesOf(layout, places) };
    return filled(own, new Map([...inside].filter(([path]) => around(path) === room.path)));
  };

  const eachWay = async (room: ChartState): Promise<readonly [Arrangement, ...Arrangement[]]> => {
    const [first, ...others] = ways;
    const arrangements: [Arrangement, ...Arrangement[]] = [await arrangeRoom(room, first)];
    for (const way of others) arrangements.push(await arrangeRoom(room, way));
    return arrangements;
  };

  for (const room of closed.toReversed()) inside.set(room.path, mostLegible(...(await eachWay(room))));
  return eachWay(root);
};
