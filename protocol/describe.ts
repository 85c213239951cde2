/** Frames and messages for people: byte by byte for a table, field by field for a log line. Keys are masked. */
import { describeElement } from './describe-element.js';
import { leadingElements } from './elements.js';
import { bytesAt } from './fields.js';
import { type Header, headerLayout, headerSize, protocolVersion } from './header.js';
import { hexOf } from './hex.js';
import { type Integer, integerSize, type Layout, type PlacedColumn, type Shown } from './layout.js';
import type { HostMessage, Request } from './messages.js';
import type { Direction, Operation } from './operation.js';
import {
  type HostOperation,
  type HostTag,
  hostByCode,
  hostOperations,
  type MessageOf,
  type RequestOperation,
  type RequestTag,
  requestOperations,
  requestsByCode,
} from './operations.js';
import { type DriverFormat, entryLayout } from './scan.js';

/** One row of a frame's description. */
export interface FrameField {
  /** `ssid_len`, `networks[0].rssi`, `networks[0].elements[2]` */
  readonly field: string;
  /** Bytes from the first byte of the frame. */
  readonly offset: number;
  /** Bytes. */
  readonly size: number;
  /** What is there: a number, or hex digits; `[secret]` for a key. */
  readonly value: string;
  /** What it means: `PSK`, `-77 dBm`; may be empty. */
  readonly meaning: string;
}

const secret = '[secret]';

/**
 * Every field of a frame, also of one that is cut off or makes no sense: what cannot be read is one row. Says of an
 * operation that `from` does not send that it is not its to send. Nothing of a key is shown, nor of a body that is unknown.
 */
export const describeFrame = (bytes: Uint8Array, from?: Direction): readonly FrameField[] => {
  const view = viewOf(bytes);
  if (bytes.length < headerSize) return describeStructure(view, 0, bytes.length, headerLayout);
  const header = headerLayout.read(view, 0);
  const operation = operationIn(view, header);
  const rows = describeStructure(view, 0, headerSize, headerLayout).map((row) => ({
    ...row,
    meaning: headerMeaning(row, header, operation, from),
  }));
  const frameEnd = Math.min(bytes.length, headerSize + header.size);
  const isHidden = operation === undefined || hasSecret(operation);
  return [
    ...rows,
    ...(operation === undefined
      ? describeRest(view, 'body', headerSize, frameEnd, isHidden)
      : describeBody(view, frameEnd, operation)),
    ...describeRest(view, 'after the frame', frameEnd, bytes.length, isHidden),
  ];
};

/** A message for a log line: its operation and its fields, without secrets; of networks the number. */
export const logEntry = (message: Request | HostMessage): Readonly<Record<string, Shown>> => ({
  operation: message.operation,
  ...shownFields(message),
});

/**
 * A copy of a frame in which every byte that may belong to a key is 0, for whatever is kept: a recording, a capture file.
 * The size of the key stays. A frame whose operation is unknown keeps its header only.
 */
export const withoutSecrets = (frame: Uint8Array): Uint8Array => {
  const copy = Uint8Array.from(frame);
  if (frame.length < headerSize) return copy;
  const view = viewOf(frame);
  const operation = operationIn(view, headerLayout.read(view, 0));
  if (operation === undefined) return copy.fill(0, headerSize);
  const column = operation.parts.flatMap(({ layout }) => layout.columns).find((column) => column.secret);
  return column === undefined ? copy : copy.fill(0, headerSize + column.offset);
};

type AnyOperation = RequestOperation | HostOperation;

const viewOf = (bytes: Uint8Array): DataView =>
  new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

const allOperations: {
  readonly [K in RequestTag | HostTag]: Pick<Operation<MessageOf<K>, unknown>, 'show'>;
} = {
  ...requestOperations,
  ...hostOperations['with-scan-complete'],
};

const shownFields = <K extends RequestTag | HostTag>(
  message: MessageOf<K>,
): Readonly<Record<string, Shown>> => allOperations[message.operation as K].show(message);

const operationIn = (view: DataView, header: Header): AnyOperation | undefined =>
  requestsByCode.get(header.operation) ?? hostByCode[formatIn(view, header)].get(header.operation);

/** A scan response without `scan_complete` has its own size one byte earlier. */
const formatIn = (view: DataView, header: Header): DriverFormat => {
  const format = 'without-scan-complete';
  const column = hostOperations[format]['scan.response'].parts[0]?.layout.columns.find(
    ({ name }) => name === 'total_size',
  );
  const at = headerSize + (column?.offset ?? 0);
  const says = at + 4 <= view.byteLength ? view.getUint32(at, true) : undefined;
  return says === header.size ? format : 'with-scan-complete';
};

const headerMeaning = (
  row: FrameField,
  header: Header,
  operation: AnyOperation | undefined,
  from: Direction | undefined,
): string => {
  if (row.field === 'version')
    return header.version === protocolVersion ? '' : `unknown: ${protocolVersion} is expected`;
  if (row.field !== 'operation') return row.meaning;
  if (operation === undefined) return 'unknown';
  return from === undefined || from === operation.from
    ? operation.name
    : `${operation.name}: not for a ${from} to send`;
};

/** A row for bytes that nothing is known of. */
const describeRest = (
  view: DataView,
  field: string,
  offset: number,
  end: number,
  isHidden: boolean,
  meaning = 'unexpected',
): readonly FrameField[] => {
  const size = end - offset;
  if (size <= 0) return [];
  return [{ field, offset, size, value: isHidden ? secret : hexText(bytesAt(view, offset, size)), meaning }];
};

const endOf = (rows: readonly FrameField[]): number =>
  rows.reduce((end, { offset, size }) => Math.max(end, offset + size), headerSize);

const valueText = (
  view: DataView,
  offset: number,
  { type, count: declared }: PlacedColumn,
  count: number,
): string => {
  if (type === 'u8' && declared !== undefined) return hexText(bytesAt(view, offset, count));
  const numbers = Array.from({ length: count }, (_, i) =>
    numberAt[type](view, offset + i * integerSize[type]),
  );
  return numbers
    .map((number) => (declared === undefined ? `${number}` : `0x${number.toString(16).padStart(8, '0')}`))
    .join(' ');
};

const numberAt: Readonly<Record<Integer, (view: DataView, at: number) => number | bigint>> = {
  u8: (view, at) => view.getUint8(at),
  i8: (view, at) => view.getInt8(at),
  u16: (view, at) => view.getUint16(at, true),
  i32: (view, at) => view.getInt32(at, true),
  u32: (view, at) => view.getUint32(at, true),
  u64: (view, at) => view.getBigUint64(at, true),
};

/** As many bytes as a table can show. */
const shownBytes = 64;

const hexText = (bytes: Uint8Array): string =>
  bytes.length <= shownBytes ? hexOf(bytes) : `${hexOf(bytes.subarray(0, shownBytes))}…`;

const hasSecret = (operation: AnyOperation): boolean =>
  operation.parts.some(({ layout }) => layout.columns.some((column) => column.secret));

/** The body from `headerSize` to `end`. */
const describeBody = (view: DataView, end: number, operation: AnyOperation): readonly FrameField[] => {
  const [head, entry] = operation.parts;
  if (head === undefined) return [];
  const rows = [...describeStructure(view, headerSize, end, head.layout)];
  const count = rows.find(({ field }) => field === entry?.repeatedBy)?.value;
  if (count !== undefined) rows.push(...describeNetworks(view, endOf(rows), end, Number(count)));
  return [...rows, ...describeRest(view, 'more of the body', endOf(rows), end, hasSecret(operation))];
};

/** The entries of a scan response from `at` on, and then all of their elements. */
const describeNetworks = (view: DataView, at: number, end: number, count: number): readonly FrameField[] => {
  const whole = Math.min(count, Math.floor((end - at) / entryLayout.size));
  const places = Array.from({ length: whole }, (_, index) => ({
    network: `networks[${index}]`,
    entryAt: at + index * entryLayout.size,
  }));
  const entriesEnd = at + whole * entryLayout.size;
  return [
    ...places.flatMap(({ network, entryAt }) =>
      describeStructure(view, entryAt, end, entryLayout, `${network}.`),
    ),
    ...(whole < count ? describeStructure(view, entriesEnd, end, entryLayout, `networks[${whole}].`) : []),
    ...places.flatMap(({ network, entryAt }) => {
      const { elementsOffset, elementsSize } = entryLayout.read(view, entryAt);
      const elementsAt = entryAt + elementsOffset;
      const isWithin = elementsAt >= entriesEnd && elementsAt + elementsSize <= end;
      return isWithin ? describeElements(view, elementsAt, elementsSize, `${network}.elements`) : [];
    }),
  ];
};

const describeElements = (view: DataView, at: number, size: number, name: string): readonly FrameField[] => {
  const { elements, end } = leadingElements(bytesAt(view, at, size));
  let offset = at;
  const rows = elements.map((element, index) => {
    const row = {
      field: `${name}[${index}]`,
      offset,
      size: 2 + element.body.length,
      value: hexText(bytesAt(view, offset, 2 + element.body.length)),
      meaning: describeElement(element),
    };
    offset += row.size;
    return row;
  });
  return [...rows, ...describeRest(view, `${name}[${elements.length}]`, at + end, at + size, false)];
};

/** The columns of a structure at `at`, as far as they are there before `end`. */
const describeStructure = (
  view: DataView,
  at: number,
  end: number,
  structure: Pick<Layout<unknown>, 'columns' | 'meanings'>,
  prefix = '',
): readonly FrameField[] => {
  const meanings = structure.meanings(view, at, end);
  const rows: FrameField[] = [];
  const numbers = new Map<string, number>();
  for (const column of structure.columns) {
    const offset = at + column.offset;
    const count = typeof column.count === 'string' ? (numbers.get(column.count) ?? 0) : (column.count ?? 1);
    const size = count * integerSize[column.type];
    if (offset + size > end) {
      const meaning = meanings.get(column.name) ?? 'cut off';
      return [
        ...rows,
        ...describeRest(view, prefix + column.name, offset, end, column.secret === true, meaning),
      ];
    }
    const value = column.secret ? secret : valueText(view, offset, column, count);
    numbers.set(column.name, Number(value));
    rows.push({ field: prefix + column.name, offset, size, value, meaning: meanings.get(column.name) ?? '' });
  }
  return rows;
};
