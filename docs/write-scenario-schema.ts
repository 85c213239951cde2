/** Writes `docs/scenario.schema.json` anew from the codecs of scenario files. Run it when those have changed. */
import { writeFileSync } from 'node:fs';
import { scenarioSchemaText } from '../native/simulated/scenario-schema.js';

writeFileSync(new URL('scenario.schema.json', import.meta.url), scenarioSchemaText);
