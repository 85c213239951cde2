/** The kinds of fields that messages are made of. */
import * as O from 'fp-ts/lib/Option.js';
import { anyBssid, type Bssid, bssidAt, bssidBytes, bssidSize } from './bssid.js';
import { KeyMaterial } from './key-material.js';
import type { Field, Integer, Shown } from './layout.js';
import type { CountRefusal } from './refusal.js';
import { maximumSsidSize, type Ssid, ssidAt, ssidBytes } from './ssid.js';

interface IntegerAccess {
  readonly lowest: number;
  readonly highest: number;
  readonly get: (view: DataView, at: number) => number;
  readonly set: (view: DataView, at: number, value: number) => void;
}

const integers: Readonly<Record<Integer, IntegerAccess>> = {
  u8: { lowest: 0, highest: 0xff, get: (v, at) => v.getUint8(at), set: (v, at, n) => v.setUint8(at, n) },
  i8: { lowest: -0x80, highest: 0x7f, get: (v, at) => v.getInt8(at), set: (v, at, n) => v.setInt8(at, n) },
  u16: {
    lowest: 0,
    highest: 0xffff,
    get: (v, at) => v.getUint16(at, true),
    set: (v, at, n) => v.setUint16(at, n, true),
  },
  i32: {
    lowest: -0x80000000,
    highest: 0x7fffffff,
    get: (v, at) => v.getInt32(at, true),
    set: (v, at, n) => v.setInt32(at, n, true),
  },
  u32: {
    lowest: 0,
    highest: 0xffffffff,
    get: (v, at) => v.getUint32(at, true),
    set: (v, at, n) => v.setUint32(at, n, true),
  },
  /** As far as a JavaScript number is exact: what is larger reads as 2^53−1. */
  u64: {
    lowest: 0,
    highest: Number.MAX_SAFE_INTEGER,
    get: (v, at) => Math.min(Number(v.getBigUint64(at, true)), Number.MAX_SAFE_INTEGER),
    set: (v, at, n) => v.setBigUint64(at, BigInt(n), true),
  },
};

interface IntegerNotes {
  readonly unit?: string;
  /** The name of a value, where values have names. */
  readonly nameOf?: (value: number) => string;
  /** The values that have one, for those who show bytes without this program. */
  readonly named?: readonly number[];
}

/** The names of `values`. */
const namesOf = (
  values: readonly number[],
  nameOf: (value: number) => string = String,
): ReadonlyMap<number, string> => new Map(values.map((value) => [value, nameOf(value)]));

/** Every value of the lowest `bits` bits, for masks that have names bit by bit. */
export const valuesOfBits = (bits: number): readonly number[] =>
  Array.from({ length: 1 << bits }, (_, i) => i);

/** One integer. What is written is rounded and brought into the type's range. */
export const integer = (
  type: Integer,
  name: string,
  doc: string,
  notes: IntegerNotes = {},
): Field<number> => {
  const { lowest, highest, get, set } = integers[type];
  const { unit, nameOf, named } = notes;
  return {
    columns: [
      {
        name,
        type,
        doc,
        ...(unit === undefined ? {} : { unit }),
        ...(named === undefined ? {} : { names: namesOf(named, nameOf) }),
      },
    ],
    read: get,
    write: (value, view, at) => set(view, at, Math.min(highest, Math.max(lowest, Math.round(value) || 0))),
    show: (value) => nameOf?.(value) ?? value,
  };
};

/** One byte: 0 or 1. */
export const flag = (name: string, doc: string): Field<boolean> => ({
  columns: [{ name, type: 'u8', doc, names: namesOf([0, 1], (value) => (value === 1 ? 'yes' : 'no')) }],
  read: (view, at) => view.getUint8(at) !== 0,
  write: (value, view, at) => view.setUint8(at, value ? 1 : 0),
  show: (value) => value,
});

/** A BSSID. */
export const bssidField = (name: string, doc: string): Field<Bssid> => ({
  columns: [{ name, type: 'u8', count: bssidSize, holds: 'address', doc }],
  read: bssidAt,
  write: (value, view, at) => bytesAt(view, at, bssidSize).set(bssidBytes(value)),
  show: (value) => value,
});

/** A BSSID, or all zero for none. */
export const optionalBssidField = (name: string, doc: string): Field<O.Option<Bssid>> => {
  const field = bssidField(name, doc);
  return {
    columns: field.columns,
    read: (view, at) => O.fromPredicate((bssid: Bssid) => bssid !== anyBssid)(field.read(view, at)),
    write: (value, view, at) =>
      O.isSome(value) ? field.write(value.value, view, at) : bytesAt(view, at, bssidSize).fill(0),
    show: O.getOrElse<Shown>(() => 'any'),
  };
};

/** An SSID: one byte with its size, and an array of 32. */
export const ssidField = (doc: string): Field<Ssid> => ({
  columns: [
    { name: 'ssid_len', type: 'u8', doc: `bytes in ssid, at most ${maximumSsidSize}` },
    { name: 'ssid', type: 'u8', count: maximumSsidSize, used: 'ssid_len', holds: 'text', doc },
  ],
  check: (view, at) => refuseAbove('ssid too long', view.getUint8(at), maximumSsidSize),
  read: (view, at) => ssidAt(view, at + 1, Math.min(view.getUint8(at), maximumSsidSize)),
  write: (value, view, at) => {
    const bytes = ssidBytes(value);
    view.setUint8(at, bytes.length);
    bytesAt(view, at + 1, bytes.length).set(bytes);
  },
  show: (value) => value,
});

/** An SSID, where size 0 means none. */
export const optionalSsidField = (doc: string): Field<O.Option<Ssid>> => {
  const field = ssidField(doc);
  return {
    columns: field.columns,
    check: (view, at, end) => field.check?.(view, at, end),
    // Most scans name none.
    read: (view, at) => (view.getUint8(at) === 0 ? O.none : O.some(field.read(view, at))),
    write: (value, view, at) => (O.isSome(value) ? field.write(value.value, view, at) : view.setUint8(at, 0)),
    show: O.getOrElse<Shown>(() => 'any'),
  };
};

interface SuitesTable {
  readonly countName: string;
  readonly name: string;
  readonly doc: string;
  readonly limit: number;
  readonly reason: CountRefusal['reason'];
  readonly nameOf: (suite: number) => string;
  /** The suites that have a name. */
  readonly named: readonly number[];
}

/** Suites: one byte with their number, and an array of `limit` selectors. Writing more throws: that is a programming error. */
export const suitesField = ({
  countName,
  name,
  doc,
  limit,
  reason,
  nameOf,
  named,
}: SuitesTable): Field<readonly number[]> => ({
  columns: [
    { name: countName, type: 'u8', doc: `suites in ${name}, at most ${limit}` },
    { name, type: 'u32', count: limit, used: countName, names: namesOf(named, nameOf), doc },
  ],
  check: (view, at) => refuseAbove(reason, view.getUint8(at), limit),
  read: (view, at) =>
    Array.from({ length: view.getUint8(at) }, (_, i) => view.getUint32(at + 1 + 4 * i, true)),
  write: (value, view, at) => {
    if (value.length > limit)
      throw new RangeError(`${name} has room for ${limit} suites, not for ${value.length}`);
    view.setUint8(at, value.length);
    for (const [i, suite] of value.entries()) view.setUint32(at + 1 + 4 * i, suite, true);
  },
  show: (value) => value.map(nameOf).join(', ') || 'none',
});

/**
 * A key: one byte with its size, and its bytes, which are the last of the structure: what goes on behind them is refused. A
 * key of more than 255 bytes throws: that is a programming error.
 */
export const keyField = (doc: string): Field<KeyMaterial> => ({
  columns: [
    { name: 'key_len', type: 'u8', doc: 'bytes in key' },
    { name: 'key', type: 'u8', count: 'key_len', doc, secret: true },
  ],
  maximumRest: 0xff,
  check: (view, at, end) => {
    const size = view.getUint8(at);
    const rest = end - at - 1;
    return refuseAbove('key beyond body', size, rest) ?? refuseAbove('bytes behind the key', rest, size);
  },
  read: (view, at) => {
    const size = view.getUint8(at);
    return size === 0 ? KeyMaterial.none : new KeyMaterial(bytesAt(view, at + 1, size));
  },
  write: (value, view, at) => {
    if (value.length > 0xff) throw new RangeError(`a key has at most 255 bytes, not ${value.length}`);
    view.setUint8(at, value.length);
    bytesAt(view, at + 1, value.length).set(value.reveal());
  },
  restSize: (value) => value.length,
  show: (value) => (value.length === 0 ? 'none' : `${value} (${value.length} bytes)`),
});

/** `size` bytes of the buffer under `view`, not copied. */
export const bytesAt = (view: DataView, at: number, size: number): Uint8Array =>
  new Uint8Array(view.buffer, view.byteOffset + at, size);

const refuseAbove = (
  reason: CountRefusal['reason'],
  value: number,
  limit: number,
): CountRefusal | undefined => (value > limit ? { reason, value, limit } : undefined);
