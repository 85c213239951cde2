/** What the machine's kernel says and holds. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { run } from '../../radio/air/programs.js';

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

/** Objects in each cache of the kernel's allocator that its modules allocate from. */
const allocated = (): ReadonlyMap<string, number> => {
  // Slabs whose objects are all free do not count, nor what a processor keeps at hand.
  for (const cache of readdirSync('/sys/kernel/slab')) {
    try {
      writeFileSync(`/sys/kernel/slab/${cache}/shrink`, '1');
    } catch {
      // A cache that has just gone.
    }
  }
  const objects = new Map<string, number>();
  for (const line of readFileSync('/proc/slabinfo', 'utf8').split('\n').slice(2)) {
    const [name = '', active] = line.split(/\s+/);
    if (/^(kmalloc|skbuff|sock_inode|TCP|UNIX|AF_VSOCK|vsock|filp|dentry|task_struct|pid)/.test(name))
      objects.set(name, Number(active));
  }
  return objects;
};

/** How often it is looked again whether something that seems kept is given back after all. */
const patience = 60;

/** The smaller counts, after a quarter of a second. */
const lookAgain = async (counts: ReadonlyMap<string, number>): Promise<ReadonlyMap<string, number>> => {
  await new Promise((resolve) => setTimeout(resolve, 250));
  return new Map(
    [...allocated()].map(([name, objects]) => [name, Math.min(objects, counts.get(name) ?? objects)]),
  );
};

/**
 * Does `act` `times` times, after a fifth as often to warm up, and says which caches have grown by half an object for each time or
 * more: one that is kept each time would show as one. Files and sockets are freed a while after their last use, and each
 * processor holds some free objects that count as used: both differ from one look to the next, and what is kept does not. So
 * the smallest count of several looks is what counts.
 */
export const growthOver = async (times: number, act: () => Promise<unknown>): Promise<readonly string[]> => {
  for (let i = 0; i < times / 5; i++) await act();
  let before = allocated();
  for (let look = 0; look < 8; look++) before = await lookAgain(before);
  for (let i = 0; i < times; i++) await act();
  let after = allocated();
  const grown = (): readonly (readonly [string, number])[] =>
    [...after].filter(([name, objects]) => objects - (before.get(name) ?? 0) >= times / 2);
  for (let look = 0; look < patience && grown().length > 0; look++) after = await lookAgain(after);
  return grown().map(([name, objects]) => `${name}: ${before.get(name)} → ${objects}`);
};
