/** `docs/architecture.md` against the source: the files, names, events, states and folders of which it speaks. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { expect } from 'chai';
import { codeWords, machineWords } from './machine-words.js';

const root = new URL('../../', import.meta.url);
const page = readFileSync(new URL('docs/architecture.md', root), 'utf8');

const words = codeWords(page);
const files = words.filter((word) => /^[\w./-]+\.ts$/.test(word));
const folders = words.filter((word) => /^[\w/-]+\/$/.test(word));

/** A file with the names of what stands in it: `file` (`name`, `name`), or within brackets `file`, `name`. */
const places = [
  ...page.matchAll(/`(?<file>[\w./-]+\.ts)`(?:\s\(|,\s)(?<names>`#?\w+`(?:,\s`#?\w+`)*)\)/g),
].map(({ groups }) => ({
  file: groups?.file ?? '',
  names: [...(groups?.names ?? '').matchAll(/`(.+?)`/g)].map(([, name = '']) => name),
}));

/** Is it declared there: as a constant, a type, a member, an action, a guard or an actor? */
const declares = (source: string, name: string): boolean =>
  new RegExp(
    `(?:const|class|interface|type|function)\\s+${name}\\b|^\\s+(?:readonly\\s+)?${name}(?:\\??:|\\s=|[(<][^;]*$)`,
    'm',
  ).test(source);

const roomsOf = (folder: string): readonly string[] =>
  readdirSync(new URL(folder, root), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => `${folder}${name}/`);

/** What is built or installed, and not in the repository. */
const isMade = (folder: string): boolean => /^(?:\..*|node_modules|dist.*|ci-files)\/$/.test(folder);

describe('docs/architecture.md', () => {
  it('names files that exist', () => {
    expect(files.length).to.be.greaterThan(40);
    for (const file of files) expect(existsSync(new URL(file, root)), file).to.equal(true);
  });

  it('names what stands in these files', () => {
    expect(places.length).to.be.greaterThan(60);
    for (const { file, names } of places) {
      const source = readFileSync(new URL(file, root), 'utf8');
      for (const name of names) expect(declares(source, name), `${name} in ${file}`).to.equal(true);
    }
  });

  it('names events and states that the machines have', () => {
    const { named, unknown } = machineWords(page);
    expect(named.length).to.be.greaterThan(30);
    expect(unknown).to.deep.equal([]);
  });

  it('has a row for every folder and every room, and for none that does not exist', () => {
    const rows = [...page.matchAll(/^\| `([\w/-]+\/)` \| \S/gm)].map(([, folder = '']) => folder);
    const there = roomsOf('').filter((folder) => !isMade(folder));
    const rooms = ['actors/', 'native/', 'machines-viz/'].flatMap(roomsOf);
    expect([...rows].sort()).to.deep.equal([...there, ...rooms].sort());
    for (const folder of folders) expect(rows, folder).to.include(folder);
  });

  it('answers twenty questions and more, each with a file and a name in it', () => {
    const answers = page.slice(page.indexOf('## Where is decided')).match(/^\| .+\? \| .+\|$/gm) ?? [];
    expect(answers.length).to.be.at.least(20);
    for (const answer of answers) expect(answer).to.match(/\? \| `[\w./-]+\.ts` \(`#?\w+`/);
  });
});
