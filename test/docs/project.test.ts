/** What stands around the code for those who install, report and take part: that it is there, and says what has not been tried. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { expect } from 'chai';

const root = new URL('../../', import.meta.url);
const read = (path: string): string => readFileSync(new URL(path, root), 'utf8');

const facts = JSON.parse(read('package.json')) as {
  readonly version: string;
  readonly scripts: Readonly<Record<string, string>>;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly peerDependencies: Readonly<Record<string, string>>;
};
const scripts = Object.keys(facts.scripts);

/** The scripts that a text tells people to run. */
const scriptsIn = (text: string): readonly string[] =>
  [...text.matchAll(/npm (?:run (?:--silent )?([\w:-]+)|(test)\b)/g)].map(
    ([, run, test]) => run ?? test ?? '',
  );

describe('the project, for who comes to it', () => {
  it('has changes with a section for this version, and says what versions mean', () => {
    expect(read('CHANGELOG.md')).to.match(new RegExp(`^## ${facts.version.replaceAll('.', '\\.')}$`, 'm'));
    expect(read('CHANGELOG.md')).to.include('https://semver.org');
  });

  it('says in the README how to install it, with XState beside it', () => {
    expect(read('README.md')).to.include(`npm install ./proxy-wifi-${facts.version}.tgz xstate`);
    expect(facts.peerDependencies).to.have.property('xstate');
  });

  it('names no address of a repository, of defects or of a home that is not there', () => {
    for (const name of ['repository', 'bugs', 'homepage']) expect(facts).not.to.have.property(name);
  });

  it('says to contributors, and to CI, only commands that there are', () => {
    const pages = [
      'CONTRIBUTING.md',
      'README.md',
      'docs/testing.md',
      '.github/pull_request_template.md',
      '.ci/run',
    ];
    for (const page of pages) {
      const named = scriptsIn(read(page));
      expect(named, page).not.to.deep.equal([]);
      for (const name of named) expect(scripts, `${name} in ${page}`).to.include(name);
    }
    expect(scriptsIn(read('CONTRIBUTING.md'))).to.include.members(['test', 'lint', 'types', 'imports']);
  });

  it('has every suite of tests in docs/testing.md, and runs it in CI or says why not', () => {
    const suites = scripts.filter((name) => name.startsWith('test'));
    expect(scriptsIn(read('docs/testing.md'))).to.include.members(suites);
    // The lines of Node need a registry with each of them.
    const inCi = suites.filter((name) => name !== 'test:node-lines');
    expect(scriptsIn(read('.ci/run'))).to.include.members([...inCi, 'lint', 'types', 'imports', 'demo']);
  });

  it('brings no OpenTelemetry, and says with the metrics why', () => {
    expect(Object.keys({ ...facts.dependencies, ...facts.peerDependencies }).join()).not.to.include(
      'telemetry',
    );
    expect(read('docs/metrics.md')).to.match(/^## OpenTelemetry\n\nThere is no exporter/m);
  });

  it('says how to report a vulnerability, a defect and a wish', () => {
    expect(read('SECURITY.md')).to.match(/^## Reporting$/m);
    for (const name of ['defect.md', 'wish.md'])
      expect(read(`.github/ISSUE_TEMPLATE/${name}`)).to.match(/^---\nname: \w+\nabout: .+\n---\n/);
  });

  it('says of each workflow that it could not run here, on the systems that are supported', () => {
    const workflows = readdirSync(new URL('.github/workflows/', root));
    expect(workflows.sort()).to.deep.equal(['linux.yml', 'windows.yml']);
    for (const name of workflows) {
      const text = read(`.github/workflows/${name}`);
      expect(text, name).to.include('where no workflow can run');
      for (const script of scriptsIn(text)) expect(scripts, `${script} in ${name}`).to.include(script);
    }
    expect(read('.github/workflows/linux.yml')).to.include('.ci/run');
    expect(read('.github/workflows/windows.yml')).to.match(
      /runs-on: windows-[\s\S]*setup-node[\s\S]*npm test/,
    );
  });

  it('says where it is described what has not been tried', () => {
    const untried: Readonly<Record<string, RegExp>> = {
      'examples/github-actions.yml': /has not run on GitHub/,
      'examples/electron-main.cjs': /Not run in Electron itself/,
      'docs/examples.md': /\*\*Not verified\*\* in Electron/,
      'docs/install.md': /none of it was tried on a real Windows/,
      'cli/install-windows.ts': /no Windows was at hand/,
      'docs/windows.md': /verified/,
    };
    for (const [path, words] of Object.entries(untried)) expect(read(path), path).to.match(words);
  });

  it('has a page from nothing to a scan for each hypervisor, which says whether its commands have been run', () => {
    const guests = ['ci', 'cloud-hypervisor', 'firecracker', 'hyper-v', 'qemu', 'virtualbox-vmware', 'wsl2'];
    for (const name of guests) {
      expect(existsSync(new URL(`docs/guests/${name}.md`, root)), name).to.equal(true);
      const page = read(`docs/guests/${name}.md`);
      expect(page, name).to.match(/iw dev wlan0 scan/);
      expect(page, name).to.match(
        name === 'qemu' ? /are run as they stand/ : /\*\*(Not verified\*\*|not been run\*\*)/,
      );
    }
  });
});
