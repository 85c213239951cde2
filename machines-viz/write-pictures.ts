/** Draws the machines anew into docs/machines: `npm run viz`. */
import { fileURLToPath } from 'node:url';
import { drawings, removeOthers, statelyExports, writeFiles } from './pictures.js';

const folder = fileURLToPath(new URL('../docs/machines', import.meta.url));
const files = new Map([...(await drawings()), ...statelyExports()]);
await writeFiles(folder, files);
await removeOthers(folder, new Set(files.keys()));
