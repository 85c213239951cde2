/** `npm run bench -- --profile`: where the service's processor time of one notification goes. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** What a `.cpuprofile` of V8 holds, as far as it is used here. Times in microseconds. */
interface CpuProfile {
  readonly nodes: readonly {
    readonly id: number;
    readonly callFrame: { readonly functionName: string; readonly url: string };
  }[];
  readonly samples: readonly number[];
  readonly timeDeltas: readonly number[];
}

const partOf = (functionName: string, url: string): string => {
  if (functionName === '(idle)') return 'idle';
  if (functionName === '(garbage collector)') return 'garbage collection';
  if (url === '') return `native: ${functionName}`;
  if (url.startsWith('node:')) return 'node';
  const dependency = /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(url)?.[1];
  if (dependency !== undefined) return dependency;
  return /\/dist\/([^/]+)\//.exec(url)?.[1] ?? 'the bench itself';
};

/** Microseconds of each part for one of `count` notifications, most first; less than 0.5 is left out. */
export const partsOf = (folder: string, count: number): readonly (readonly [string, number])[] => {
  const [name] = readdirSync(folder).filter((file) => file.endsWith('.cpuprofile'));
  if (name === undefined) throw new Error(`no profile in ${folder}`);
  const profile = JSON.parse(readFileSync(join(folder, name), 'utf8')) as CpuProfile;
  const parts = new Map(
    profile.nodes.map(({ id, callFrame }) => [id, partOf(callFrame.functionName, callFrame.url)]),
  );
  const times = new Map<string, number>();
  profile.samples.forEach((id, i) => {
    const part = parts.get(id) ?? 'unknown';
    times.set(part, (times.get(part) ?? 0) + (profile.timeDeltas[i] ?? 0));
  });
  return [...times]
    .map(([part, microseconds]) => [part, microseconds / count] as const)
    .filter(([part, microseconds]) => part !== 'idle' && microseconds >= 0.5)
    .sort(([, a], [, b]) => b - a);
};
