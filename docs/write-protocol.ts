/** Writes `docs/protocol.md` from the tables in `protocol/`. */
import { writeFileSync } from 'node:fs';
import { protocolPage } from '../protocol/page.js';

writeFileSync(new URL('protocol.md', import.meta.url), protocolPage());
