/** The project's source as the compiler sees it: its mutants, and whether a mutant would get past the compiler at all. */
import { readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { API, type Snapshot } from 'typescript/unstable/sync';
import { areaOf } from './areas.js';
import { project } from './copy.js';
import { equivalents, standsFor } from './equivalents.js';
import { type Mutant, mutantsOf, mutated } from './mutants.js';

const configuration = { openProjects: [join(project, 'tsconfig.json')] };

export class Source {
  readonly #api: API;
  #snapshot: Snapshot;
  readonly #texts = new Map<string, string>();
  /** The file that the compiler is to see otherwise than it is. */
  #other: { readonly path: string; readonly text: string } | undefined;

  constructor() {
    const readFile = (path: string): string | undefined =>
      path === this.#other?.path ? this.#other.text : undefined;
    this.#api = new API({ cwd: project, fs: { readFile } });
    this.#snapshot = this.#api.updateSnapshot(configuration);
  }

  get #compiled() {
    const [compiled] = this.#snapshot.getProjects();
    if (compiled === undefined) throw new Error('tsconfig.json is not there');
    return compiled;
  }

  /** As it was when it was first asked for: offsets of mutants are of that text, whatever is edited meanwhile. */
  textOf(file: string): string {
    const text = this.#texts.get(file) ?? readFileSync(join(project, file), 'utf8');
    this.#texts.set(file, text);
    return text;
  }

  /** Every file that is mutated, with its mutants; those that are known to change nothing are left out. */
  mutants(): ReadonlyMap<string, readonly Mutant[]> {
    const { program, checker } = this.#compiled;
    const found = new Map<string, readonly Mutant[]>();
    const used = new Set<(typeof equivalents)[number]>();
    for (const path of [...program.getSourceFileNames()].sort()) {
      const file = relative(project, path);
      const source = areaOf(file) === undefined ? undefined : program.getSourceFile(path);
      if (source === undefined) continue;
      const isEquivalent = (mutant: Mutant): boolean => {
        const entry = equivalents.find((each) => standsFor(each, mutant, source.text));
        if (entry !== undefined) used.add(entry);
        return entry !== undefined;
      };
      this.#texts.set(file, source.text);
      found.set(
        file,
        mutantsOf(file, source, checker).filter((mutant) => !isEquivalent(mutant)),
      );
    }
    const stale = equivalents.filter((entry) => !used.has(entry));
    if (stale.length > 0)
      throw new Error(
        `test/mutation/equivalents.ts is out of date: no mutant is ${stale.map(({ file, before, after }) => `${file} ${before} → ${after}`).join(', ')}`,
      );
    return found;
  }

  /** Whether the compiler takes the file with the mutant in it. */
  compiles(mutant: Mutant): boolean {
    const path = join(project, mutant.file);
    this.#other = { path, text: mutated(this.textOf(mutant.file), mutant) };
    const changed = this.#api.updateSnapshot({ ...configuration, fileChanges: { changed: [path] } });
    const [compiled] = changed.getProjects();
    const problems = compiled?.program.getSemanticDiagnostics(path) ?? [];
    const mistakes = compiled?.program.getSyntacticDiagnostics(path) ?? [];
    this.#snapshot.dispose();
    this.#snapshot = changed;
    this.#other = undefined;
    this.#snapshot = this.#api.updateSnapshot({ ...configuration, fileChanges: { changed: [path] } });
    changed.dispose();
    return problems.length + mistakes.length === 0;
  }

  close(): void {
    this.#api.close();
  }
}
