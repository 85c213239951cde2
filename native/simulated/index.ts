/** `proxy-wifi/simulated`: a simulated host for tests and demos, played from a scenario. */
export { type Problem, problemText } from '../../json/problem.js';
export { defaultScenario, harbourCafeSecret } from './default-scenario.js';
export { decodeAirStep, decodeScenario, loadScenario } from './load.js';
export { type SimulatedBackend, simulatedBackend } from './radio.js';
export type { Action, Scenario } from './scenario.js';
export type { ScenarioFile } from './scenario-file.js';
export { type AirStep, airStep } from './scenario-steps.js';
