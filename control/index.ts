/** `proxy-wifi/control`: steer and watch a running service over HTTP, from its own process or from any other. */
export type { LogLevel } from '../json/log-level.js';
export {
  type ControlAddress,
  controlAddressForm,
  defaultControlAddress,
  findControlAddress,
  formatControlAddress,
  parseControlAddress,
} from './address.js';
export {
  type ControlClient,
  type ControlRefusal,
  controlClient,
  type Question,
  type ServiceEvent,
} from './client.js';
export {
  type Control,
  type ControlledService,
  type ControlOptions,
  type ControlParts,
  createControl,
} from './control.js';
export { type ControlFailure, type Listening, tokenProblem } from './listening.js';
export { openApi } from './openapi.js';
export type { AnswerOf, BodyOf, OperationName } from './operations.js';
