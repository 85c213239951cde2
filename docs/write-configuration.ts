/** Writes `docs/configuration.md` and `docs/configuration.schema.json` from the tables of settings. */
import { writeFileSync } from 'node:fs';
import { configurationPage, configurationSchemaText } from './configuration-page.js';

writeFileSync(new URL('configuration.md', import.meta.url), configurationPage());
writeFileSync(new URL('configuration.schema.json', import.meta.url), configurationSchemaText());
