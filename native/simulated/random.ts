/** Random numbers that are the same in every run. */

/**
 * A number from 0 to below 1 that depends on nothing but `seed` and `keys`, each of which counts as 32 bits: what is
 * drawn for one access point does not change when another one comes along. Bits are mixed as in the last step of
 * MurmurHash3; it is no good for secrets.
 */
export const draw = (seed: number, ...keys: readonly number[]): number => {
  let state = mixed(seed);
  for (const key of keys) state = mixed(state ^ key);
  return (state >>> 0) / 2 ** 32;
};

const mixed = (value: number): number => {
  let bits = (value + 0x9e3779b9) | 0;
  bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return bits ^ (bits >>> 16);
};
