/** The JSON Schema of scenario files, as it is shipped in `docs/scenario.schema.json`. */
import { documentSchema } from '../../json/schema.js';
import { scenarioFile } from './scenario-file.js';

/** The whole text of the schema file. */
export const scenarioSchemaText = `${JSON.stringify(documentSchema('Scenario of the simulated radio of proxy-wifi', scenarioFile), null, 2)}\n`;
