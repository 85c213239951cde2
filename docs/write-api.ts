/** Writes `docs/api` from the types of the package's doors. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { apiPages, readDoors } from './api-pages.js';

const folder = new URL('./api/', import.meta.url);
rmSync(folder, { recursive: true, force: true });
mkdirSync(folder);
for (const [name, page] of apiPages(readDoors())) writeFileSync(new URL(name, folder), page);
