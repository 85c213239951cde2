/** The project as plain JavaScript: nothing under Wine can run TypeScript. */
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { transformSync } from 'esbuild';

/** What the tests, the bench and the command line need; the dependencies are there already, see `setup.sh`. */
const folders = [
  'json',
  'protocol',
  'streams',
  'native',
  'actors',
  'metrics',
  'control',
  'machines-viz',
  'cli',
  'docs',
  'test',
  'bench',
];

/** Replaces the project's files in `tree` with those of `repository`, types stripped, and returns `tree`. */
export const layTree = (repository: string, tree: string): string => {
  const roots = [...folders, ...readdirSync(repository).filter((name) => name.endsWith('.ts'))];
  for (const root of roots)
    rmSync(join(tree, root).replace(/\.ts$/, '.js'), { recursive: true, force: true });
  for (const file of roots.flatMap((root) => filesUnder(join(repository, root)))) {
    const target = join(tree, relative(repository, file));
    mkdirSync(dirname(target), { recursive: true });
    if (!file.endsWith('.ts')) cpSync(file, target);
    else {
      const source = readFileSync(file, 'utf8');
      const { code } = transformSync(source, {
        loader: 'ts',
        format: 'esm',
        target: 'node20',
        sourcemap: 'inline',
      });
      writeFileSync(target.replace(/\.ts$/, '.js'), code);
    }
  }
  cpSync(join(repository, 'package.json'), join(tree, 'package.json'));
  return tree;
};

const filesUnder = (path: string): string[] => {
  try {
    return readdirSync(path, { withFileTypes: true }).flatMap((entry) =>
      entry.isDirectory() ? filesUnder(join(path, entry.name)) : [join(path, entry.name)],
    );
  } catch (problem) {
    const { code } = problem as NodeJS.ErrnoException;
    if (code === 'ENOTDIR') return [path];
    if (code === 'ENOENT') return [];
    throw problem;
  }
};
