/** The entry for host applications and the command line. What it leads to is loaded when it is asked for, and costs nothing before. */
import { left } from 'fp-ts/lib/Either.js';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import type { AnyStateMachine } from 'xstate';
import type { Inspector, InspectorFailure, InspectorOptions } from './inspector/inspector.js';

/** The machine as one self-contained SVG, for light and dark. */
export const drawMachine = async (machine: AnyStateMachine): Promise<string> =>
  (await import('./draw/draw-machine.js')).drawMachine(machine);

/** The actors of the service as one SVG: who starts whom. */
export const drawActorTree = async (): Promise<string> =>
  (await import('./draw/draw-actor-tree.js')).drawActorTree();

/** Every machine of the service, the root's first. */
export const serviceMachines = async (): Promise<readonly AnyStateMachine[]> =>
  (await import('./machines.js')).machines;

/** Draws every machine and the tree of actors into a folder, one SVG each. Gives the paths; rejects when one cannot be written. */
export const writeDrawings = async (folder: string): Promise<readonly string[]> => {
  const { drawings, writeFiles } = await import('./pictures.js');
  return writeFiles(folder, await drawings());
};

/** Writes every machine as JSON for Stately's editor into a folder. Gives the paths; rejects when one cannot be written. */
export const writeExports = async (folder: string): Promise<readonly string[]> => {
  const { statelyExports, writeFiles } = await import('./pictures.js');
  return writeFiles(folder, statelyExports());
};

/**
 * Opens the live inspector on 127.0.0.1. Give its `inspect` to `createActor` and its `frameTap` to the input of the service,
 * and open its `url()` in a browser of the same machine.
 */
export const createInspector =
  (options: InspectorOptions): TaskEither<InspectorFailure, Inspector> =>
  async () => {
    const { kernelMissing } = await import('./draw/layout.js');
    const missing = kernelMissing();
    if (missing !== undefined) return left({ code: missing.code, detail: missing.message });
    return (await import('./inspector/inspector.js')).openInspector(options)();
  };
