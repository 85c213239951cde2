/** A C program that prints what mingw-w64's headers say about everything in `layouts.ts`. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { constants, layouts, newerConstants } from '../../../native/windows/layouts.js';
import { win32ErrorNames } from '../../../native/windows/win32-errors.js';
import { buildProgram } from './build.js';

/** `WLAN_INTERFACE_INFO_LIST` ends in a flexible array there, `WLAN_CONNECTION_NOTIFICATION_DATA` in one unit of text. */
const source = (): string => {
  const lines = Object.entries(layouts).flatMap(([name, { members }]) => [
    `  printf("sizeof ${name}=%u\\n", (unsigned)sizeof(${name}));`,
    ...Object.keys(members).flatMap((member) => [
      `  printf("offset ${name}.${member}=%u\\n", (unsigned)offsetof(${name}, ${member}));`,
      `  printf("size ${name}.${member}=%u\\n", (unsigned)sizeof(((${name} *)0)->${member}));`,
    ]),
  ]);
  const names = new Set([...Object.keys(constants), ...win32ErrorNames.values()]);
  for (const name of Object.keys(newerConstants)) names.delete(name);
  for (const name of names) lines.push(`  printf("value ${name}=%lu\\n", (unsigned long)(ULONG_PTR)(${name}));`);
  return [
    '#include <stddef.h>',
    '#include <stdio.h>',
    '#include <winsock2.h>',
    '#include <windows.h>',
    '#include <wlanapi.h>',
    '#include <hvsocket.h>',
    'int main(void) {',
    ...lines,
    '  return 0;',
    '}',
    '',
  ].join('\n');
};

/** Writes and compiles the probe; returns the path of the executable. */
export const buildProbe = (build: string): string => {
  const file = join(build, 'abi-probe.c');
  writeFileSync(file, source());
  return buildProgram(file, join(build, 'abi-probe.exe'));
};
