#!/usr/bin/env node
/** What becomes `dist/cli/main.js`: it loads the built program, whose parts `main.ts` and all that it leads to have become. */
import { fileURLToPath } from 'node:url';
import { partsOf } from './compiled-code.js';

/** The build puts them here: what tells it from every other build, and the file that runs. */
declare const buildId: string;
declare const mainPart: string;

partsOf(fileURLToPath(import.meta.url), buildId)(mainPart);
