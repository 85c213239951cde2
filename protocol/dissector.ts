/** The tables of the protocol in Lua, for Wireshark's dissector. What walks them is `docs/wireshark/dissect.lua`. */
import { headerLayout, headerSize, protocolVersion } from './header.js';
import type { PlacedColumn } from './layout.js';
import type { BodyPart } from './operation.js';
import { hostByCode } from './operations.js';
import { type OperationTable, operationTables } from './page.js';

/** Where guests and hosts meet over TCP. */
export interface DissectorPorts {
  readonly request: number;
  readonly notification: number;
}

/** Wireshark's name of the link type that our captures have: the first of those that anybody may use (pcap's 147). */
const captureLinkType = 'USER0';

type Lua = string | number | boolean | undefined | readonly Lua[] | { readonly [key: string]: Lua };

/** The dissector `docs/wireshark/proxy-wifi.lua`: the tables, and then the Lua that walks them. */
export const dissector = (ports: DissectorPorts, walk: string): string =>
  [
    '-- The protocol of proxy-wifi for Wireshark. Written by docs/write-dissector.ts from the tables in protocol/. Do not edit.\n',
    `local protocol = ${lua(tablesOf(ports))}\n`,
    walk,
  ].join('\n');

const tablesOf = ({ request, notification }: DissectorPorts): Lua => ({
  version: protocolVersion,
  link_type: captureLinkType,
  ports: { request, notification },
  header: {
    size: headerSize,
    size_at: headerLayout.offsets.size,
    columns: headerLayout.columns.map((column) =>
      columnOf(column.name === 'operation' ? { ...column, names: operationNames } : column),
    ),
  },
  operations: Object.fromEntries(
    operationTables.map((operation) => [operation.code, operationOf(operation)]),
  ),
});

const operationNames: ReadonlyMap<number, string> = new Map(
  operationTables.map(({ code, name }) => [code, name]),
);

const operationOf = (operation: OperationTable): Lua => {
  const { code, name, from, sentAs, message, minimumSize, maximumSize, parts } = operation;
  const older = hostByCode['without-scan-complete'].get(code)?.parts;
  const fixed = parts.reduce((size, { layout }) => size + layout.size, 0);
  return {
    key: name.replaceAll(' ', '_'),
    name,
    from,
    sent_as: sentAs,
    answer: operationTables.find((other) => other.message === `${message}.response`)?.code,
    minimum: minimumSize,
    maximum: maximumSize,
    // Bytes that may be there without belonging to a column.
    slack: fixed === 0 ? maximumSize : 0,
    parts: parts.map(partOf),
    older_parts: older === undefined || older[0]?.layout === parts[0]?.layout ? undefined : older.map(partOf),
  };
};

const partOf = ({ repeatedBy, layout }: BodyPart): Lua => ({
  repeated_by: repeatedBy,
  size: layout.size,
  columns: layout.columns.map(columnOf),
});

const columnOf = ({
  name,
  type,
  offset,
  count,
  used,
  holds,
  unit,
  secret,
  names,
  doc,
}: PlacedColumn): Lua => ({
  name,
  type,
  offset,
  count,
  used,
  holds,
  unit,
  secret,
  names: names === undefined ? undefined : Object.fromEntries(names),
  doc,
});

const lua = (value: Lua, indent = ''): string => {
  if (value === undefined) return 'nil';
  if (typeof value === 'string') return quoted(value);
  if (typeof value !== 'object') return String(value);
  const deeper = `${indent}  `;
  const rows = Array.isArray(value)
    ? value.map((item: Lua) => lua(item, deeper))
    : Object.entries(value).flatMap(([key, item]: [string, Lua]) =>
        item === undefined ? [] : [`${/^[a-z_]+$/.test(key) ? key : `[${key}]`} = ${lua(item, deeper)}`],
      );
  const line = `{ ${rows.join(', ')} }`;
  if (rows.length === 0) return '{}';
  return line.includes('\n') || line.length + indent.length > 100
    ? `{\n${rows.map((row) => `${deeper}${row},\n`).join('')}${indent}}`
    : line;
};

/** Of printable text: Lua knows the escapes that are needed for it. */
const quoted = (text: string): string => `'${text.replace(/[\\']/g, '\\$&')}'`;
