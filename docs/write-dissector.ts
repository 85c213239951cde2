/** Writes `docs/wireshark/proxy-wifi.lua`, Wireshark's dissector, from the tables in `protocol/` and the Lua that walks them. */
import { readFileSync, writeFileSync } from 'node:fs';
import { defaultNotificationPort, defaultRequestPort } from '../native/sockets/endpoint.js';
import { dissector } from '../protocol/dissector.js';

const file = (name: string): URL => new URL(`wireshark/${name}`, import.meta.url);

const ports = { request: defaultRequestPort, notification: defaultNotificationPort };
writeFileSync(file('proxy-wifi.lua'), dissector(ports, readFileSync(file('dissect.lua'), 'utf8')));
