import { once } from 'node:events';
import { createServer, Server } from 'node:net';
import { expect } from 'chai';
import sinon from 'sinon';
import type { HostCheck } from '../../native/check.js';
import { checkHost, type HostPorts, type LoadedOnDemand } from '../../native/checks.js';

/** Ports that were free a moment ago, and one that is taken as long as `use` runs. */
const withPorts = async <Result>(use: (ports: { free: number; taken: number }) => Promise<Result>) => {
  const servers = [createServer(), createServer()];
  const ports: number[] = [];
  for (const server of servers) {
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const address = server.address();
    ports.push(typeof address === 'object' && address !== null ? address.port : 0);
  }
  const [lent, kept] = servers;
  const [free = 0, taken = 0] = ports;
  lent?.close();
  try {
    return await use({ free, taken });
  } finally {
    kept?.close();
  }
};

const ofSystem: HostCheck = { name: 'of this system', state: 'ok', detail: 'it is there' };

describe('the checks of any host', () => {
  const checksOf = async (
    loaded: LoadedOnDemand = {},
    ports?: HostPorts,
  ): Promise<ReadonlyMap<string, HostCheck>> => {
    const checks = await withPorts(({ free }) =>
      checkHost(ports ?? { request: free, notification: free }, {
        koffi: sinon.fake.resolves({ default: { version: '3.0.0' } }),
        system: sinon.fake.resolves(sinon.fake.resolves([ofSystem])),
        ...loaded,
      }),
    );
    return new Map(checks.map((check) => [check.name, check]));
  };

  afterEach(() => sinon.restore());

  for (const [version, state] of [
    ['v18.20.8', 'missing'],
    ['v20.18.3', 'missing'],
    ['v20.19.0', 'ok'],
    ['v22.0.0', 'ok'],
  ] as const)
    it(`takes Node ${version} for ${state}`, async () => {
      sinon.stub(process, 'version').value(version);
      expect((await checksOf()).get('Node')?.state).to.equal(state);
    });

  it('says what a host without native calls cannot do, in one line', async () => {
    const broken = sinon.fake.rejects(new Error('Cannot find the native Koffi module\nsecond line'));
    const check = (await checksOf({ koffi: broken })).get('native calls');
    expect(check).to.include({ state: 'limited' });
    expect(check?.detail).to.include('(Cannot find the native Koffi module)').and.not.to.include('second');
    expect(check?.fix).to.include(`${process.platform}-${process.arch}`);
  });

  it('tells a port that is free from one that is taken, and takes neither', async () => {
    await withPorts(async ({ free, taken }) => {
      for (const round of [1, 2]) {
        const checks = await checksOf({}, { request: taken, notification: free });
        expect(checks.get(`port ${free}`), `round ${round}`).to.deep.equal({
          name: `port ${free}`,
          state: 'ok',
          detail: `127.0.0.1:${free} is free`,
        });
        expect(checks.get(`port ${taken}`)?.state).to.equal('limited');
        expect(checks.get(`port ${taken}`)?.detail).to.include('EADDRINUSE');
        expect(checks.get(`port ${taken}`)?.fix).to.include('--request-port');
      }
    });
  });

  it('shares no port with other processes of a cluster while it looks', async () => {
    const listening = sinon.spy(Server.prototype, 'listen');
    await checksOf();
    expect(listening.args.filter(([where]) => typeof where === 'object' && where !== null)).to.have.length(2);
    for (const [where] of listening.args)
      if (typeof where === 'object') expect(where).to.include({ host: '127.0.0.1', exclusive: true });
  });

  it('names what works on every host', async () => {
    expect((await checksOf()).get('simulated Wi-Fi')).to.include({ state: 'ok' });
  });

  it('asks this system about the same ports, last of all', async () => {
    const system = sinon.fake.resolves([ofSystem]);
    await withPorts(async ({ free, taken }) => {
      const ports = { request: free, notification: taken };
      const names = [...(await checksOf({ system: async () => system }, ports)).keys()];
      sinon.assert.calledOnceWithExactly(system, ports);
      expect(names.at(-1)).to.equal('of this system');
    });
  });

  it('says so where the code for this system cannot be loaded, and still tells the rest', async () => {
    const checks = await checksOf({ system: sinon.fake.rejects(new Error("Cannot find package 'koffi'")) });
    expect(checks.get("host's Wi-Fi")?.state).to.equal('missing');
    expect(checks.get("host's Wi-Fi")?.detail).to.include("Cannot find package 'koffi'");
    expect(checks.get("host's Wi-Fi")?.fix).to.include('npm install');
    expect(checks.get('Node')?.state).to.equal('ok');
  });

  it('says on a system that has no part of its own which ones have', async () => {
    sinon.stub(process, 'platform').value('darwin');
    const checks = await withPorts(({ free }) => checkHost({ request: free, notification: free }));
    const check = checks.find(({ name }) => name === "host's Wi-Fi");
    expect(check?.state).to.equal('missing');
    expect(check?.detail).to.include('darwin').and.to.include('Linux and Windows');
    expect(check?.fix).to.include('--radio simulated');
  });

  it('has something to do for all that is missing or limited on this very host', async () => {
    const checks = await withPorts(({ free }) => checkHost({ request: free, notification: free }));
    for (const { name, state, fix } of checks) expect(fix === undefined, name).to.equal(state === 'ok');
    expect(new Set(checks.map(({ name }) => name)).size).to.be.greaterThan(5);
  }).timeout(20_000);
});
