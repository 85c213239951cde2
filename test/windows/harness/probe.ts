/** A C program that prints what mingw-w64's headers say about everything in `layouts.ts`. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { constants, layouts, newerConstants } from '../../../native/windows/layouts.js';
import { win32ErrorNames } from '../../../native/windows/win32-errors.js';
import { buildProgram } from './build.js';
import { samplePort, sampleVm } from './sample-address.js';

/** Fills in a `SOCKADDR_HV` as a C program would, and prints its bytes. */
const addressOf: readonly string[] = [
  'static GUID guid_of(const char *text) {',
  '  GUID guid;',
  '  unsigned a, b, c, d[8];',
  '  sscanf(text, "%8x-%4x-%4x-%2x%2x-%2x%2x%2x%2x%2x%2x", &a, &b, &c, &d[0], &d[1], &d[2], &d[3], &d[4], &d[5], &d[6], &d[7]);',
  '  guid.Data1 = a; guid.Data2 = (WORD)b; guid.Data3 = (WORD)c;',
  '  for (int i = 0; i < 8; i++) guid.Data4[i] = (BYTE)d[i];',
  '  return guid;',
  '}',
  'static void print_address(const char *vm, unsigned port) {',
  '  SOCKADDR_HV address;',
  '  memset(&address, 0, sizeof address);',
  '  address.Family = 34;',
  '  address.VmId = guid_of(vm);',
  '  address.ServiceId = guid_of("00000000-facb-11e6-bd58-64006a7986d3");',
  '  address.ServiceId.Data1 = port;',
  '  printf("bytes SOCKADDR_HV=");',
  '  for (unsigned i = 0; i < sizeof address; i++) printf("%02x", ((unsigned char *)&address)[i]);',
  '  printf("\\n");',
  '}',
];

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
  for (const name of names)
    lines.push(`  printf("value ${name}=%lu\\n", (unsigned long)(ULONG_PTR)(${name}));`);
  return [
    '#include <stddef.h>',
    '#include <stdio.h>',
    '#include <winsock2.h>',
    '#include <windows.h>',
    '#include <wlanapi.h>',
    '#include <hvsocket.h>',
    '#include <string.h>',
    ...addressOf,
    'int main(void) {',
    ...lines,
    `  print_address("${sampleVm}", ${samplePort});`,
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
