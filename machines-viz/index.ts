/** `proxy-wifi/inspector`: the machines of a service, looked at: live in a browser, as pictures, as JSON for Stately. */
export { exportMachine, type Json } from './export.js';
export type { Inspector, InspectorFailure, InspectorOptions } from './inspector/inspector.js';
export {
  createInspector,
  drawActorTree,
  drawMachine,
  serviceMachines,
  writeDrawings,
  writeExports,
} from './on-demand.js';
