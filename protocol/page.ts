/** The page about the protocol, made from the tables that the code runs on. */
import { headerLayout, headerSize } from './header.js';
import type { PlacedColumn } from './layout.js';
import type { BodyPart, OperationFacts } from './operation.js';
import { hostByCode, requestsByCode } from './operations.js';
import { type FrameRefusal, refusalText } from './refusal.js';
import { maximumScanResponseSize } from './scan.js';
import { StatusCode, statusName } from './status.js';
import { AkmSuite, akmSuiteName, CipherSuite, cipherSuiteName } from './suites.js';

/** An operation as data: its facts, the sizes of its body, and the tables of its columns. */
export interface OperationTable extends OperationFacts {
  /** The tag of its messages; that of an answer is the request's with `.response`. */
  readonly message: string;
  readonly minimumSize: number;
  readonly maximumSize: number;
  /** The structures of the body, one after another. */
  readonly parts: readonly BodyPart[];
}

/** Every operation in the order of the codes, as the tables know it: for pages, dissectors and their like. */
export const operationTables: readonly OperationTable[] = [
  ...requestsByCode.values(),
  ...hostByCode['with-scan-complete'].values(),
].sort((one, other) => one.code - other.code);

/** The page `docs/protocol.md`: Markdown, ending in a line feed. */
export const protocolPage = (): string => `${sections().join('\n\n')}\n`;

const sections = (): readonly string[] => [
  '# The protocol between host and guest',
  '<!-- Written by docs/write-protocol.ts from the tables in protocol/. Do not edit. -->',
  `A guest asks on a connection of its own: one request, one answer, and the connection closes. The host notifies on a
connection of its own: one message, no answer, and the connection closes. Every message is one frame: a header of
${headerSize} bytes and a body. Integers are little endian, and nothing is padded.`,
  '## Header',
  columnsTable(headerLayout.columns),
  '## Operations',
  table(
    ['code', 'operation', 'from', 'sent as', 'bytes of body', 'meaning'],
    operationTables.map((operation) => [
      `${operation.code}`,
      operation.name,
      operation.from,
      operation.sentAs,
      sizeText(operation),
      operation.doc,
    ]),
  ),
  ...operationTables.flatMap(({ name, code, parts }) => {
    const [head, entry] = parts;
    if (head === undefined || head.layout.columns.length === 0) return [];
    return [
      `### ${code}: ${name}`,
      columnsTable(head.layout.columns),
      ...(entry === undefined
        ? []
        : [entriesText(entry), columnsTable(entry.layout.columns), scanResponseNotes]),
    ];
  }),
  '## Refused requests',
  `A request is refused as soon as it is known to be wrong, for the first four reasons before any of its body is buffered.
Refused means: the answer is \`invalid\`, the connection closes, one log line says why, one counter counts it, and nothing
else happens, to this guest or any other.`,
  table(
    ['reason', 'for example'],
    refusalExamples.map((refusal) => [refusal.reason, refusalText(refusal)]),
  ),
  '## Suites',
  `A suite is a number of 32 bits, \`OUI << 8 | type\`. Suites of the RSN element have the OUI 00-0F-AC, those of the older
WPA element have 00-50-F2. In the elements themselves the bytes of a suite stand the other way round.`,
  '### AKM suites',
  suitesTable(Object.values(AkmSuite), akmSuiteName),
  '### Cipher suites',
  suitesTable(Object.values(CipherSuite), cipherSuiteName),
  '## Status codes',
  'The codes of IEEE 802.11-2020, table 9-50, that have a name here. An access point may give any other.',
  table(
    ['code', 'meaning'],
    Object.values(StatusCode).map((code) => [`${code}`, statusName(code)]),
  ),
];

const entriesText = ({ repeatedBy, layout }: BodyPart): string =>
  `Then \`${repeatedBy}\` entries of ${layout.size} bytes:`;

const scanResponseNotes = `Then the information elements of all entries.

An older release of the guest driver (kernel 5.10) expects the response without its first byte, \`scan_complete\`, under the
same version number. Nothing in its requests tells it apart: which format a guest gets is a setting.

A response has a body of at most ${maximumScanResponseSize} bytes. Networks that do not fit are left out.`;

/** One refusal for every reason. */
const refusalExamples: readonly FrameRefusal[] = [
  { reason: 'unknown operation', operation: 11 },
  { reason: 'not a request', operation: 2 },
  { reason: 'wrong version', version: 2 },
  { reason: 'impossible size', operation: 1, size: 34 },
  { reason: 'ssid too long', value: 33, limit: 32 },
  { reason: 'too many AKM suites', value: 3, limit: 2 },
  { reason: 'too many pairwise cipher suites', value: 6, limit: 5 },
  { reason: 'key beyond body', value: 32, limit: 0 },
  { reason: 'bytes behind the key', value: 36, limit: 32 },
  { reason: 'incomplete', cause: 'ended', received: 3, expected: undefined },
  { reason: 'incomplete', cause: 'timed out', received: 20, expected: 40 },
];

const sizeText = ({ minimumSize, maximumSize }: OperationTable): string =>
  minimumSize === maximumSize ? `${minimumSize}` : `${minimumSize}–${maximumSize}`;

const columnsTable = (columns: readonly PlacedColumn[]): string =>
  table(
    ['offset', 'type', 'field', 'unit', 'meaning'],
    columns.map((column) => [
      `${column.offset}`,
      typeText(column),
      `\`${column.name}\``,
      column.unit ?? '',
      column.doc,
    ]),
  );

const typeText = ({ type, count }: PlacedColumn): string =>
  count === undefined ? type : `${type}[${count}]`;

const suitesTable = (suites: readonly number[], nameOf: (suite: number) => string): string =>
  table(
    ['suite', 'name'],
    suites.map((suite) => [`0x${suite.toString(16).toUpperCase().padStart(8, '0')}`, nameOf(suite)]),
  );

const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
