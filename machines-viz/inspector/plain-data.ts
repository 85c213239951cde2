/**
 * Values as they may leave the service: plain data only. Instances of classes, and with them keys, sockets, actors and
 * registers, functions and buffers are left out, so that a secret cannot get out by being forgotten.
 */
import type { Json } from '../export.js';

const deepest = 8;

const isPlain = (value: object): boolean => {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
};

/** As an own property, whatever it is called. */
const setOwn = (plain: Record<string, Json>, name: string, data: Json): void => {
  if (name === '__proto__') Object.defineProperty(plain, name, { value: data, enumerable: true });
  else plain[name] = data;
};

/** A copy of the plain part of a value; undefined when nothing of it is plain. */
export const plainData = (value: unknown, depth = 0): Json | undefined => {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return value;
    case 'number':
      return Number.isFinite(value) ? value : String(value);
    case 'bigint':
      return String(value);
    case 'object':
      break;
    default:
      return undefined;
  }
  if (value === null) return null;
  if (value instanceof Error) return `${value.name}: ${value.message}`;
  if (depth >= deepest) return undefined;
  if (Array.isArray(value)) return value.map((item) => plainData(item, depth + 1) ?? null);
  if (!isPlain(value)) return undefined;
  const plain: Record<string, Json> = {};
  // Each event is copied so while somebody inspects: entries and a list of them would take nine times as long.
  for (const name of Object.keys(value)) {
    const data = plainData(Reflect.get(value, name), depth + 1);
    if (data !== undefined) setOwn(plain, name, data);
  }
  return plain;
};
