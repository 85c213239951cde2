/** What is the same for all pages: their links, what their programs import, and what they say of the machines. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { expect } from 'chai';
import { machines } from '../../machines-viz/machines.js';
import { machineWords } from './machine-words.js';

const root = new URL('../../', import.meta.url);
const read = (path: string): string => readFileSync(new URL(path, root), 'utf8');

const pages = ['', 'docs/', 'guest-driver/'].flatMap((folder) =>
  readdirSync(new URL(folder, root), { recursive: folder !== '', encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => `${folder}${name}`),
);

/** Source of each door, by the name under which it is imported. */
const doors: Readonly<Record<string, readonly string[]>> = JSON.parse(read('tsconfig.json')).compilerOptions
  .paths;

/** The headings of a page, as links name them. */
const headingsOf = (page: string): readonly string[] =>
  [...page.replaceAll(/^```[\s\S]*?^```$/gm, '').matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );

/** What a page's programs import, and from which of the package's doors. */
const importsIn = (page: string): readonly (readonly [name: string, door: string])[] =>
  [...page.matchAll(/^import (?:type )?\{([^}]+)\} from '(proxy-wifi[\w/]*)';/gm)].flatMap(
    ([, names = '', door = '']) =>
      names
        .split(',')
        .map((name) => [name.replace(/^\s*type\s/, '').trim(), door] as const)
        .filter(([name]) => name !== ''),
  );

describe('README.md and docs', () => {
  it('link to files that exist', () => {
    // `docs/machines` is held against the machines below.
    for (const page of pages)
      for (const [, target = ''] of read(page).matchAll(/\]\((?!https?:|#)([^)#\s]+)/g))
        if (!target.endsWith('.svg') || !target.includes('machines/'))
          expect(existsSync(new URL(target, new URL(page, root))), `${target} in ${page}`).to.equal(true);
  });

  it('link to headings that are there', () => {
    for (const page of pages)
      for (const [, target = '', heading = ''] of read(page).matchAll(
        /\]\((?!https?:)([^)#\s]*)#([^)\s]+)\)/g,
      )) {
        const there =
          target === '' ? page : new URL(target, new URL(page, root)).pathname.slice(root.pathname.length);
        expect(headingsOf(read(there)), `#${heading} of ${there}, in ${page}`).to.include(heading);
      }
  });

  it('say how to install what there is: no name that no registry has, and this version', () => {
    const { version } = JSON.parse(read('package.json'));
    for (const page of pages) {
      expect(read(page), page).not.to.match(/npm (?:install|i)(?: --?[\w-]+)* proxy-wifi\b/);
      expect(read(page), page).not.to.match(/npx proxy-wifi\b/);
      for (const [file] of read(page).matchAll(/proxy-wifi-\d[\w.]*\.tgz/g))
        expect(file, page).to.equal(`proxy-wifi-${version}.tgz`);
    }
  });

  it('docs/dependencies.md has a row for each dependency, and none for what is not one', () => {
    const { dependencies, peerDependencies } = JSON.parse(read('package.json'));
    const rows = [...read('docs/dependencies.md').matchAll(/^\| (`[^|]+?) \|/gm)].flatMap(([, cell = '']) =>
      [...cell.matchAll(/`([\w-]+)`/g)].map(([, name = '']) => name),
    );
    expect(rows.sort()).to.deep.equal(
      [...Object.keys(dependencies), ...Object.keys(peerDependencies)].sort(),
    );
  });

  it('import from each door only what it has', () => {
    const imports = pages.flatMap((page) => importsIn(read(page)).map((one) => [page, ...one] as const));
    expect(imports.length).to.be.greaterThan(3);
    for (const [page, name, door] of imports) {
      const [source = 'no such door'] = doors[door] ?? [];
      expect(read(source), `${name} of ${door} in ${page}`).to.match(new RegExp(`\\b${name}\\b`));
    }
  });

  for (const page of ['README.md', 'docs/visualizer.md'])
    it(`${page} shows every machine, and none that does not exist`, () => {
      const shown = new Set([...read(page).matchAll(/machines\/([\w-]+)\.svg/g)].map(([, name]) => name));
      expect([...shown].sort()).to.deep.equal(['actor-tree', ...machines.map(({ id }) => id)].sort());
    });

  it('docs/testing.md names files of actors that exist', () => {
    const page = read('docs/testing.md');
    const faults = page.slice(page.indexOf('## Do they bite?'));
    const files = [...faults.matchAll(/^\| `(?:actors\/)?([\w/-]+\.ts)` \|/gm)].map(([, file = '']) => file);
    expect(files.length).to.be.greaterThan(10);
    for (const file of files) expect(existsSync(new URL(`actors/${file}`, root)), file).to.equal(true);
  });

  it('docs/visualizer.md names events and states that the machines have', () => {
    const { named, unknown } = machineWords(read('docs/visualizer.md'));
    expect(named.length).to.be.greaterThan(5);
    expect(unknown).to.deep.equal([]);
  });
});
