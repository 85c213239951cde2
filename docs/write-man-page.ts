/** Writes `docs/proxy-wifi.1` from what can be typed. */
import { writeFileSync } from 'node:fs';
import { manPage } from './man-page.js';

writeFileSync(new URL('proxy-wifi.1', import.meta.url), manPage());
