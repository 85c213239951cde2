/** What the machine's kernel says and holds. */
import { closeSync, openSync, readdirSync, readSync, writeFileSync, writeSync } from 'node:fs';
import { run } from '../../radio/air/programs.js';
import { BuffersAtHand } from './processors.js';

/** Lines of the kernel's log that nobody wants to see. */
const alarming =
  /WARNING:|BUG[: ]|Oops|general protection|Call Trace|recursive locking|circular locking|suspicious RCU|blocked for more than|rcu_\w+ (?:self-)?detected|soft lockup|hard LOCKUP|unregister_netdevice: waiting|refcount_t|Redzone|Poison overwritten|Object padding|stack-protector|NULL pointer dereference|unable to handle/;

/** Forgets what the kernel has said. */
export const forgetLog = async (): Promise<void> => {
  await run('dmesg', '-c');
};

/** What the kernel has said since the last call, if something in it is alarming; otherwise nothing. */
export const complaints = async (): Promise<string> => {
  const text = await run('dmesg', '-c');
  writeFileSync('/out/logs/dmesg.log', text, { flag: 'a' });
  return alarming.test(text) ? text : '';
};

const pause = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, milliseconds));

/** The whole of a file of the kernel that is open already. */
const readAll = (file: number): string => {
  const parts: Buffer[] = [];
  for (;;) {
    const part = Buffer.alloc(65_536);
    const size = readSync(file, part);
    if (size === 0) return Buffer.concat(parts).toString();
    parts.push(part.subarray(0, size));
  }
};

/**
 * Objects in each cache of the kernel's allocator that its modules allocate from. Slabs whose objects are all free do not count, nor
 * what a processor keeps at hand: each cache is shrunk before. Between that and the count no file is opened or closed:
 * until 6.7 a closed one is freed a while later (RCU), which makes slabs with free objects the processor's own, up to 7 of 16 files, and
 * all in them counts as used (mm/slub.c: put_cpu_partial, count_partial).
 */
const allocated = async (): Promise<ReadonlyMap<string, number>> => {
  const caches = readdirSync('/sys/kernel/slab').flatMap((cache) => {
    try {
      return [openSync(`/sys/kernel/slab/${cache}/shrink`, 'w')];
    } catch {
      // A cache that has just gone.
      return [];
    }
  });
  const table = openSync('/proc/slabinfo', 'r');
  const atHand = new BuffersAtHand();
  // What was closed before is freed by now.
  await pause(250);
  for (const cache of caches) {
    try {
      writeSync(cache, '1');
    } catch {
      // The same.
    }
  }
  const lines = readAll(table).split('\n').slice(2);
  const ownedByNobody = atHand.count();
  for (const file of [...caches, table]) closeSync(file);
  atHand.close();
  const objects = new Map<string, number>();
  for (const line of lines) {
    const [name = '', active] = line.split(/\s+/);
    if (/^(kmalloc|skbuff|sock_inode|TCP|UNIX|AF_VSOCK|vsock|filp|dentry|task_struct|pid)/.test(name))
      objects.set(name, Number(active) - (name === 'skbuff_head_cache' ? ownedByNobody : 0));
  }
  return objects;
};

/** How often it is looked again whether something that seems kept is given back after all. */
const patience = 60;

/** The smaller counts. */
const lookAgain = async (counts: ReadonlyMap<string, number>): Promise<ReadonlyMap<string, number>> =>
  new Map(
    [...(await allocated())].map(([name, objects]) => [name, Math.min(objects, counts.get(name) ?? objects)]),
  );

/** After how many times the counts are told on the way, so that one sees whether they go on growing. */
const marks = [100, 250, 500, 750];

/** What has grown, by more than what a processor holds at hand, in words. */
const differences = (before: ReadonlyMap<string, number>, after: ReadonlyMap<string, number>): string => {
  const words = [...after].flatMap(([name, objects]) => {
    const by = objects - (before.get(name) ?? 0);
    return by >= 8 ? [`${name} +${by}`] : [];
  });
  return words.length === 0 ? 'no cache by 8 objects or more' : words.join(', ');
};

/** What many times have left. */
export interface Growth {
  /** Caches of which something is kept each time: `name: before → after`. */
  readonly kept: readonly string[];
  /** All that has grown beyond what a processor holds at hand, in words. */
  readonly seen: string;
}

/**
 * Does `act` `times` times, after a fifth as often to warm up. `kept`: the caches that have grown by half an object for each time or
 * more: one that is kept each time would show as one. Files and sockets are freed a while after their last use, and each
 * processor holds some free objects that count as used: both differ from one look to the next, and what is kept does not. So
 * the smallest count of several looks is what counts. On the way it tells what has grown so far: `of` is what it calls the times.
 */
export const growthOver = async (
  times: number,
  act: () => Promise<unknown>,
  of = 'times',
): Promise<Growth> => {
  const count = async (): Promise<ReadonlyMap<string, number>> => {
    let counts = await allocated();
    for (let look = 0; look < 8; look++) counts = await lookAgain(counts);
    return counts;
  };
  for (let i = 0; i < times / 5; i++) await act();
  const before = await count();
  for (let i = 1; i <= times; i++) {
    await act();
    if (marks.includes(i) && i < times)
      console.log(`        grown after ${i} ${of}: ${differences(before, await count())}`);
  }
  let after = await allocated();
  const grown = (): readonly (readonly [string, number])[] =>
    [...after].filter(([name, objects]) => objects - (before.get(name) ?? 0) >= times / 2);
  for (let look = 0; look < patience && (look < 8 || grown().length > 0); look++)
    after = await lookAgain(after);
  const seen = differences(before, after);
  console.log(`        grown after ${times} ${of}: ${seen}`);
  return { kept: grown().map(([name, objects]) => `${name}: ${before.get(name)} → ${objects}`), seen };
};
