/**
 * Places boxes and arrows with the Eclipse Layout Kernel. It computes for up to some seconds: it has a thread of its own, so that
 * a service that draws its machines for the inspector goes on serving, and ends with the drawing.
 */
import { createRequire } from 'node:module';
import { Worker } from 'node:worker_threads';
import type { ELK, ElkExtendedEdge, ElkNode } from 'elkjs/lib/elk-api.js';

/** The kernel is written for a web worker: this is one for it. */
const workerSource = `
const { parentPort, workerData } = require('node:worker_threads');
globalThis.self = globalThis;
globalThis.postMessage = (message) => parentPort.postMessage(message);
require(workerData);
parentPort.on('message', (data) => globalThis.onmessage({ data }));
`;

/** What the kernel's interface expects of a worker. */
class LayoutWorker {
  readonly #worker: Worker;
  /** Rejects when the thread dies. */
  readonly failed: Promise<never>;
  onmessage: ((message: { readonly data: unknown }) => void) | undefined;

  constructor(path: string) {
    this.#worker = new Worker(workerSource, { eval: true, workerData: path, execArgv: [] });
    this.failed = new Promise((_resolve, reject) => this.#worker.once('error', reject));
    this.#worker.on('message', (data: unknown) => this.onmessage?.({ data }));
  }

  postMessage(message: unknown): void {
    this.#worker.postMessage(message);
  }

  terminate(): void {
    void this.#worker.terminate();
  }
}

/** The kernel is large and only needed for drawing: who wants pictures installs it. */
export class KernelMissing extends Error {
  readonly code = 'MODULE_NOT_FOUND';

  constructor() {
    super(
      'elkjs, which places boxes and arrows, is not installed. Type: npm install elkjs (with --global where proxy-wifi is installed so)',
    );
  }
}

const require = createRequire(import.meta.url);

const kernelPath = 'elkjs/lib/elk-worker.min.js';

/** Why nothing can be drawn; undefined: everything can. */
export const kernelMissing = (): KernelMissing | undefined => {
  try {
    require.resolve(kernelPath);
    return undefined;
  } catch {
    return new KernelMissing();
  }
};

type ElkConstructor = new (options: { readonly workerFactory: () => LayoutWorker }) => ELK;

/** Where something was placed: what the kernel's own types leave open, it gives in every answer. */
export interface Place {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** An arrow as it was placed. */
interface PlacedEdge extends Pick<ElkExtendedEdge, 'id' | 'labels'> {
  /** Id of the box to which its positions are relative. */
  readonly container: string;
  readonly sections: NonNullable<ElkExtendedEdge['sections']>;
}

/** A box as it was placed, relative to the one around it. */
export interface PlacedNode extends Place {
  readonly id: string;
  readonly children?: readonly PlacedNode[];
}

/** The whole picture. */
export interface Layout extends PlacedNode {
  readonly children: readonly PlacedNode[];
  readonly edges: readonly PlacedEdge[];
}

/** Equal graphs, each with its arrows in the outermost box, give equal layouts. */
export type LayOut = (graph: ElkNode) => Promise<Layout>;

/** `place` may lay out as much as it wants, all in one thread, which ends with it. */
export const withKernel = async <Result>(place: (layOut: LayOut) => Promise<Result>): Promise<Result> => {
  const missing = kernelMissing();
  if (missing !== undefined) throw missing;
  const { default: Kernel } = require('elkjs/lib/elk-api.js') as { readonly default: ElkConstructor };
  const worker = new LayoutWorker(require.resolve(kernelPath));
  const kernel = new Kernel({ workerFactory: () => worker });
  const layOut: LayOut = async (graph) =>
    (await Promise.race([kernel.layout(graph), worker.failed])) as unknown as Layout;
  try {
    return await place(layOut);
  } finally {
    kernel.terminateWorker();
  }
};

export const layOut: LayOut = (graph) => withKernel((place) => place(graph));
