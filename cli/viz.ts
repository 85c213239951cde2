/** `proxy-wifi viz`: the machines as pictures, as JSON for Stately, or looked at while they run. */
import { writeDrawings, writeExports } from '../machines-viz/index.js';
import { isMissingPackage } from './missing-package.js';
import { serve } from './serve.js';
import { complain, type ExitCode, type Terminal } from './terminal.js';
import { fileProblem } from './text-file.js';

/** The flags as they were typed. */
export interface VizFlags {
  readonly stately?: boolean;
  /** True without a port. */
  readonly inspect?: string | true;
  readonly json?: boolean;
}

/** Writes files into `folder`, or runs a service with a simulated radio to be inspected until a signal comes. */
export const viz = async (folder: string, flags: VizFlags, terminal: Terminal): Promise<ExitCode> => {
  if (flags.inspect !== undefined)
    return serve({ inspect: flags.inspect, ...(flags.json === true ? { logJson: true } : {}) }, terminal);
  try {
    const paths = await (flags.stately === true ? writeExports : writeDrawings)(folder);
    if (flags.json === true) terminal.out(JSON.stringify(paths));
    else for (const path of paths) terminal.out(path);
    return 0;
  } catch (error) {
    if (isMissingPackage(error)) return complain(terminal, [error.message], 1);
    // What has no code comes from no file: a programming error.
    if (!(error instanceof Error && 'code' in error)) throw error;
    return complain(terminal, [fileProblem(folder, 'written', error)], 1);
  }
};
