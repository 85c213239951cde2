/**
 * Structures on the wire as data. A table of fields is compiled once, when its module loads, into closures that
 * read and write at fixed offsets; the frame view and the page in `docs` come from the same table. Integers are
 * little endian, and nothing is padded.
 */
import type { CountRefusal } from './refusal.js';

/** The integers of the wire. */
export type Integer = 'u8' | 'i8' | 'u16' | 'i32' | 'u32' | 'u64';

/** Bytes in each integer. */
export const integerSize: Readonly<Record<Integer, number>> = {
  u8: 1,
  i8: 1,
  u16: 2,
  i32: 4,
  u32: 4,
  u64: 8,
};

/** One column of a structure as people see it: an integer, or an array of them. */
interface Column {
  /** The driver's name of it: `ssid_len`. */
  readonly name: string;
  readonly type: Integer;
  /** Absent: one integer. A number: so many. A name: as many as the column of that name says. */
  readonly count?: number | string;
  readonly unit?: string;
  /** What it means, for the page. */
  readonly doc: string;
  /** Its value is never shown. */
  readonly secret?: true;
  /** Of an array: the column that says how many of it mean something, from the first one on. */
  readonly used?: string;
  /** What the bytes of an array are. */
  readonly holds?: 'address' | 'text';
  /** Its values that have names, of all that it may have. */
  readonly names?: ReadonlyMap<number, string>;
}

/** A column with its place in the structure. */
export interface PlacedColumn extends Column {
  /** Bytes from the first byte of the structure. */
  readonly offset: number;
  /** Bytes; 0 where another column counts it. */
  readonly size: number;
}

/** What a log line or a table shows of a value. */
export type Shown = string | number | boolean;

/**
 * One field of a message: a value, and the columns that carry it. `at` is always the position of its first
 * column, in bytes from the start of `view`.
 */
export interface Field<T> {
  readonly columns: readonly Column[];
  /** Does a count point outside its array? `end` is the position after the structure's last byte. */
  check?(view: DataView, at: number, end: number): CountRefusal | undefined;
  /** The value, of a field that `check` let pass. */
  read(view: DataView, at: number): T;
  /** Integers beyond their range become the nearest one within. */
  write(value: T, view: DataView, at: number): void;
  /** The most bytes beyond the columns of fixed size; only the last field of a structure has any. */
  readonly maximumRest?: number;
  /** The bytes beyond the columns of fixed size that `value` takes. */
  restSize?(value: T): number;
  show(value: T): Shown;
}

/** A compiled table of fields for values of type `V`. */
export interface Layout<V> {
  /** Bytes of the columns of fixed size. */
  readonly size: number;
  /** `size`, and the most that the last field may add. */
  readonly maximumSize: number;
  readonly columns: readonly PlacedColumn[];
  /** Where each field begins, in bytes from the first byte of the structure. */
  readonly offsets: Readonly<Record<keyof V, number>>;
  readonly sizeOf: (value: V) => number;
  readonly check: (view: DataView, at: number, end: number) => CountRefusal | undefined;
  readonly read: (view: DataView, at: number) => V;
  readonly write: (value: V, view: DataView, at: number) => void;
  /** Every field for a log line. */
  readonly show: (value: V) => Readonly<Record<string, Shown>>;
  /** What each field of the structure at `at` means, by the name of the field's last column. */
  readonly meanings: (view: DataView, at: number, end: number) => ReadonlyMap<string, string>;
}

interface PlacedField {
  readonly key: string;
  readonly field: Field<unknown>;
  readonly offset: number;
  readonly size: number;
}

/** Compiles a table: one field for each key of `V`, in the order of the wire. */
export const layout = <V extends object>(table: { readonly [K in keyof V]-?: Field<V[K]> }): Layout<V> => {
  const columns: PlacedColumn[] = [];
  const placed: PlacedField[] = [];
  let size = 0;
  for (const [key, field] of Object.entries(table) as [string, Field<unknown>][]) {
    const offset = size;
    for (const column of field.columns) {
      const count = column.count ?? 1;
      const columnSize = typeof count === 'number' ? count * integerSize[column.type] : 0;
      columns.push({ ...column, offset: size, size: columnSize });
      size += columnSize;
    }
    placed.push({ key, field, offset, size: size - offset });
  }
  const maximumRest = placed.reduce((rest, { field }) => rest + (field.maximumRest ?? 0), 0);

  const read = (view: DataView, at: number): V => {
    const value: Record<string, unknown> = {};
    for (const { key, field, offset } of placed) value[key] = field.read(view, at + offset);
    return value as V;
  };
  const fieldOf = (value: V, key: string): unknown => (value as Record<string, unknown>)[key];

  return {
    size,
    maximumSize: size + maximumRest,
    columns,
    offsets: Object.fromEntries(placed.map(({ key, offset }) => [key, offset])) as Record<keyof V, number>,
    sizeOf: (value) => {
      let total = size;
      for (const { key, field } of placed) total += field.restSize?.(fieldOf(value, key)) ?? 0;
      return total;
    },
    check: (view, at, end) => {
      for (const { field, offset } of placed) {
        const refusal = field.check?.(view, at + offset, end);
        if (refusal !== undefined) return refusal;
      }
      return undefined;
    },
    read,
    write: (value, view, at) => {
      for (const { key, field, offset } of placed) field.write(fieldOf(value, key), view, at + offset);
    },
    show: (value) =>
      Object.fromEntries(placed.map(({ key, field }) => [key, field.show(fieldOf(value, key))])),
    meanings: (view, at, end) => {
      const meanings = new Map<string, string>();
      for (const { field, offset, size: fieldSize } of placed) {
        if (at + offset + fieldSize > end) break;
        const last = field.columns.at(-1);
        if (last !== undefined) meanings.set(last.name, meaningOf(field, last, view, at + offset, end));
      }
      return meanings;
    },
  };
};

const meaningOf = (
  field: Field<unknown>,
  column: Column,
  view: DataView,
  at: number,
  end: number,
): string => {
  const refusal = field.check?.(view, at, end);
  if (refusal !== undefined) return refusal.reason;
  const shown = field.show(field.read(view, at));
  if (column.unit !== undefined) return `${shown} ${column.unit}`;
  return typeof shown === 'number' ? '' : String(shown);
};
