/** Writes `docs/control-api.json`, the OpenAPI document of the control. */
import { writeFileSync } from 'node:fs';
import { openApi } from '../control/index.js';

writeFileSync(new URL('control-api.json', import.meta.url), `${JSON.stringify(openApi(), null, 2)}\n`);
