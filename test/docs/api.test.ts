/** `docs/api` and the comments of what the package exports. */
import { readdirSync, readFileSync } from 'node:fs';
import { expect } from 'chai';
import { apiPages, type Door, readDoors } from '../../docs/api-pages.js';

const folder = new URL('../../docs/api/', import.meta.url);

describe('what the package exports', function () {
  this.timeout(120_000);
  let doors: readonly Door[];
  before(() => {
    doors = readDoors();
  });

  it('has a comment on each name of each door, and on the door', () => {
    const { exports } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
      readonly exports: Readonly<Record<string, string | object>>;
    };
    const opened = Object.entries(exports).flatMap(([path, door]) =>
      typeof door === 'string' ? [] : [path.replace('.', 'proxy-wifi')],
    );
    expect(doors.map(({ door }) => door).sort()).to.deep.equal(opened.sort());
    for (const { door, doc, names } of doors) {
      expect(doc, door).to.match(/\.$/);
      expect(names.length, door).to.be.greaterThan(0);
      for (const { name, doc: words } of names)
        expect(words, `the comment of ${name} in ${door}`).not.to.equal('');
    }
  });

  it('is shown in docs/api as it is: if not, run `npm run docs`', () => {
    const pages = apiPages(doors);
    expect(readdirSync(folder).sort()).to.deep.equal([...pages.keys()].sort());
    for (const [name, page] of pages)
      expect(readFileSync(new URL(name, folder), 'utf8'), name).to.equal(page);
  });

  it('shows of classes what others can use, and of types from tables their fields', () => {
    const declarationOf = (wanted: string): string =>
      doors.flatMap(({ names }) => names).find(({ name }) => name === wanted)?.declaration ?? '';
    expect(declarationOf('KeyMaterial'))
      .to.match(/^class KeyMaterial \{\n/)
      .and.include('  reveal(): Uint8Array;')
      .and.not.include('#bytes');
    expect(declarationOf('ManualClock')).to.include('  advance(milliseconds: number): Promise<void>;');
    expect(declarationOf('ProxyWifiInput')).to.match(/^ {2}readonly endpoints: readonly string\[\];$/m);
    expect(declarationOf('proxyWifi')).to.equal('const proxyWifi: ProxyWifiLogic;');
  });
});
