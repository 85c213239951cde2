/**
 * What each processor keeps at hand of sk_buffs, read from the kernel's memory. They are allocated, and nobody's: a NAPI poll takes its
 * sk_buffs from an array of its processor, which it fills 16 at a time, and puts those it has done with back, until there are 64
 * and it frees 32 (net/core/skbuff.c: napi_skb_cache_get, napi_skb_cache_put). So the count of skbuff_head_cache goes up and
 * down by up to 64 for each processor, without anything being kept.
 */
import { closeSync, openSync, readFileSync, readSync } from 'node:fs';

/** Bytes at a kernel address: /proc/kcore is an ELF file with a segment (program header, 56 bytes) for each part of its memory. */
class KernelMemory {
  readonly #file = openSync('/proc/kcore', 'r');
  readonly #segments: readonly { readonly offset: bigint; readonly address: bigint; readonly size: bigint }[];

  constructor() {
    const header = this.#at(0n, 64);
    const count = header.readUInt16LE(56);
    const table = this.#at(header.readBigUInt64LE(32), 56 * count);
    this.#segments = Array.from({ length: count }, (_, i) => ({
      offset: table.readBigUInt64LE(56 * i + 8),
      address: table.readBigUInt64LE(56 * i + 16),
      size: table.readBigUInt64LE(56 * i + 32),
    }));
  }

  #at(offset: bigint, size: number): Buffer {
    const bytes = Buffer.alloc(size);
    if (readSync(this.#file, bytes, 0, size, offset) !== size) throw new Error('/proc/kcore ends early');
    return bytes;
  }

  read(address: bigint, size: number): Buffer {
    const segment = this.#segments.find((one) => address >= one.address && address < one.address + one.size);
    if (segment === undefined) throw new Error(`/proc/kcore has no memory at ${address.toString(16)}`);
    return this.#at(segment.offset + address - segment.address, size);
  }

  close(): void {
    closeSync(this.#file);
  }
}

/** Addresses of the kernel's own symbols; those of each processor count from where its part begins. */
const symbols = (...names: readonly string[]): readonly bigint[] => {
  const found = new Map<string, bigint>();
  for (const [, address = '', name = ''] of readFileSync('/proc/kallsyms', 'utf8').matchAll(
    /^([0-9a-f]+) \w (\w+)$/gm,
  ))
    if (names.includes(name) && !found.has(name)) found.set(name, BigInt(`0x${address}`));
  return names.map((name) => {
    const address = found.get(name);
    if (address === undefined) throw new Error(`/proc/kallsyms has no ${name}`);
    return address;
  });
};

/** Kinds of types in BTF, and the bytes behind a type's 12: for the whole, and for each of its members. */
const kinds: Readonly<Record<number, readonly [number, number]>> = {
  1: [4, 0], // integer
  3: [12, 0], // array
  4: [0, 12], // structure
  5: [0, 12], // union
  6: [0, 8], // enumeration
  13: [0, 8], // function's prototype
  14: [4, 0], // variable
  15: [0, 12], // section
  17: [4, 0], // tag of a declaration
  19: [0, 12], // enumeration of 64 bits
};
const structure = 4;

/** Where a member lies in a structure, in bytes: the kernel describes its own types (BTF). */
const offsetOf = (struct: string, member: string): number => {
  const btf = readFileSync('/sys/kernel/btf/vmlinux');
  const types = btf.readUInt32LE(4) + btf.readUInt32LE(8);
  const end = types + btf.readUInt32LE(12);
  const strings = btf.readUInt32LE(4) + btf.readUInt32LE(16);
  const text = (at: number): string => btf.toString('latin1', strings + at, btf.indexOf(0, strings + at));
  for (let at = types; at < end; ) {
    const info = btf.readUInt32LE(at + 4);
    const kind = (info >> 24) & 31;
    const members = info & 0xffff;
    const [whole, each] = kinds[kind] ?? [0, 0];
    if (kind === structure && text(btf.readUInt32LE(at)) === struct)
      for (let i = 0; i < members; i++)
        if (text(btf.readUInt32LE(at + 12 + 12 * i)) === member)
          return (btf.readUInt32LE(at + 20 + 12 * i) & 0xffffff) / 8;
    at += 12 + whole + each * members;
  }
  throw new Error(`BTF has no ${struct}.${member}`);
};

/** The addresses of each processor's count. */
const findCounts = (): readonly bigint[] => {
  const offset = BigInt(offsetOf('napi_alloc_cache', 'skb_count'));
  const [cache = 0n, parts = 0n] = symbols('napi_alloc_cache', '__per_cpu_offset');
  const processors = readFileSync('/proc/cpuinfo', 'utf8').match(/^processor\s*:/gm)?.length ?? 1;
  const memory = new KernelMemory();
  const at = Array.from({ length: processors }, (_, processor) => {
    const part = memory.read(parts + BigInt(8 * processor), 8).readBigUInt64LE();
    return BigInt.asUintN(64, part + cache + offset);
  });
  memory.close();
  return at;
};

let counts: readonly bigint[] | undefined;

/** The sk_buffs that processors keep at hand, all together. Counting them allocates nothing in the kernel. */
export class BuffersAtHand {
  readonly #memory = new KernelMemory();

  constructor() {
    // They stay where they are.
    counts ??= findCounts();
  }

  count(): number {
    return (counts ?? []).reduce((sum, address) => sum + this.#memory.read(address, 4).readUInt32LE(), 0);
  }

  close(): void {
    this.#memory.close();
  }
}
