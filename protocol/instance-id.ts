/** Instance ids: random numbers by which a guest and a host notice that the other one has started anew. */
import type { Field } from './layout.js';

/**
 * The 64 bits of an instance id as 16 lower-case hex digits, the highest first: `===` compares, and it is plain JSON, which
 * 64 bits as a number are not.
 */
export type InstanceId = string & { readonly InstanceId: unique symbol };

/** The instance id of 64 bits, which are to be random; of more, the lowest 64. */
export const instanceIdOf = (bits: bigint): InstanceId =>
  BigInt.asUintN(64, bits).toString(16).padStart(16, '0') as InstanceId;

/** An instance id: 64 bits that are only ever compared. */
export const instanceIdField = (name: string, doc: string): Field<InstanceId> => ({
  columns: [{ name, type: 'u64', doc }],
  read: (view, at) => instanceIdOf(view.getBigUint64(at, true)),
  write: (value, view, at) => view.setBigUint64(at, BigInt(`0x${value}`), true),
  show: (value) => value,
});
