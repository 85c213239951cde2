/** The registry keys of Hyper-V's guest services, and what `doctor` says, on Wine's registry. */
import { execFileSync } from 'node:child_process';
import { expect } from 'chai';
import * as E from 'fp-ts/lib/Either.js';
import { windowsChecks } from '../../native/windows/checks.js';
import { registerServices, registrations, removeServices } from '../../native/windows/registration.js';
import { openRegistry, type Registry } from '../../native/windows/registry.js';
import { ran } from '../cli/kept-terminal.js';
import { cast } from '../compliance/radio-stage.js';
import { right } from '../protocol/either.js';
import { show } from './rig.js';
import { StandIn, standInPath } from './stand-in.js';

const services =
  'SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion\\Virtualization\\GuestCommunicationServices';
const requests = '00003039-facb-11e6-bd58-64006a7986d3';
const notifications = '0000303a-facb-11e6-bd58-64006a7986d3';
const ports = [12345, 12346];

/** What Windows' own tool sees, as Hyper-V would. */
const seenByReg = (id: string): string =>
  execFileSync('reg.exe', ['query', `HKLM\\${services}\\${id}`, '/v', 'ElementName'], { encoding: 'utf8' });

describe('the registration of Hyper-V services', () => {
  const registry = openRegistry();

  beforeEach(async () => {
    for (const id of [requests, notifications]) right(await registry.remove(`${services}\\${id}`)());
  });

  it('makes a key with a name for each port, which reg.exe sees too', async () => {
    const outcomes = right(await registerServices(ports)());
    expect(outcomes).to.deep.equal([
      { port: 12345, serviceId: requests, outcome: 'registered', name: 'proxy-wifi port 12345' },
      { port: 12346, serviceId: notifications, outcome: 'registered', name: 'proxy-wifi port 12346' },
    ]);
    expect(seenByReg(requests)).to.match(/ElementName\s+REG_SZ\s+proxy-wifi port 12345/);
    expect(seenByReg(notifications)).to.include('proxy-wifi port 12346');
  });

  it('leaves what is registered as it is', async () => {
    right(await registerServices(ports)());
    const again = right(await registerServices(ports)());
    expect(again.map(({ outcome }) => outcome)).to.deep.equal(['already registered', 'already registered']);
  });

  it('removes what it has made, and says what was not there', async () => {
    right(await registerServices([12345])());
    const removed = right(await removeServices(ports)());
    expect(removed.map(({ outcome }) => outcome)).to.deep.equal(['removed', 'not registered']);
    const left = right(await registrations(ports)());
    expect(left.map(({ outcome }) => outcome)).to.deep.equal(['not registered', 'not registered']);
  });

  it("neither changes nor removes another program's key", async () => {
    right(await registry.write(`${services}\\${requests}`, 'ElementName', 'somebody else')());
    for (const change of [registerServices, removeServices]) {
      const [outcome] = right(await change([12345])());
      expect(outcome).to.include({ outcome: 'foreign', name: 'somebody else' });
    }
    expect(seenByReg(requests)).to.include('somebody else');
  });

  it('without rights says what to do', async () => {
    const refusing: Registry = {
      ...registry,
      write: (key) => async () =>
        E.left({ operation: 'RegCreateKeyExW', key, error: 5, code: 'ERROR_ACCESS_DENIED' }),
    };
    const result = await registerServices(ports, refusing)();
    if (E.isRight(result)) throw new Error('registered without rights');
    expect(result.left).to.include({ operation: 'RegCreateKeyExW', code: 'ERROR_ACCESS_DENIED' });
    expect(result.left.detail).to.include('Run as administrator').and.to.include(requests);
  });

  it('is what the command line does and undoes, and what doctor shows', async () => {
    const argv = ['register', '--port', '12345'];
    expect(await ran(argv)).to.include({
      code: 0,
      out: `Port 12345 (${requests}): registered as "proxy-wifi port 12345".`,
    });
    expect(seenByReg(requests)).to.include('proxy-wifi port 12345');
    const doctor = await ran(['doctor']);
    expect(doctor).to.include({ code: 0, err: '' });
    expect(doctor.out).to.match(/^missing {2}Hyper-V registration +no registry key for port 12346/m);
    expect(await ran([...argv, '--remove'])).to.include({
      code: 0,
      out: `Port 12345 (${requests}): removed.`,
    });
    expect(right(await registrations([12345])())[0]?.outcome).to.equal('not registered');
  });

  it('tells what else goes wrong by operation, key and code', async () => {
    const key = `${'x'.repeat(300)}`;
    const result = await registry.write(key, 'ElementName', 'text')();
    if (E.isRight(result)) throw new Error('Windows has no names that long');
    expect(result.left).to.include({ operation: 'RegCreateKeyExW', key });
  });
});

describe('what doctor says on Windows', () => {
  const standIn = new StandIn();

  beforeEach(() => standIn.reset());

  const stateOf = async (dll = standInPath): Promise<ReadonlyMap<string, string>> =>
    new Map(
      (await windowsChecks({ ports, dll })).map(({ name, state, detail }) => [name, `${state}: ${detail}`]),
    );

  it('names the interfaces, the DLL and the service where all is well', async () => {
    standIn.interface(0, 'Adapter One');
    standIn.interface(1, 'Adapter Two');
    const said = await stateOf();
    expect(said.get('Wlan API')).to.equal(`ok: ${standInPath}`);
    expect(said.get('Wlan service')).to.equal('ok: it answers');
    expect(said.get('Wi-Fi interfaces')).to.equal('ok: Adapter One, Adapter Two');
    expect(standIn.tell('handles')).to.equal(0);
  });

  it('says what is missing: the DLL', async () => {
    const said = await stateOf('C:\\none\\wlanapi.dll');
    expect(said.get('Wlan API')).to.match(/^missing: .*Wireless LAN Service/);
    expect(said.has('Wlan service')).to.equal(false);
  });

  it('says what is missing: the service', async () => {
    standIn.tell('service stop');
    expect((await stateOf()).get('Wlan service')).to.match(/^missing: .*ERROR_SERVICE_NOT_ACTIVE/);
  });

  it('says what is missing: an interface', async () => {
    expect((await stateOf()).get('Wi-Fi interfaces')).to.equal('missing: Windows has none');
  });

  it('counts what Windows has seen where it may be read', async () => {
    standIn.interface(0, 'Adapter One');
    for (const network of [cast.open, cast.secured]) show(standIn, network);
    standIn.tell('cache 0');
    const said = await stateOf();
    expect(said.get('Wi-Fi networks')).to.equal(
      'ok: Windows shows what it has seen: 2 access points at the moment',
    );
    expect(said.get('Wi-Fi notifications')).to.equal('ok: of connections, signals and roaming');
    expect(standIn.tell('calls WlanScan')).to.equal(0);
    expect(standIn.tell('outstanding')).to.equal(0);
  });

  for (const [what, told, name, state, fix] of [
    ['consent to read BSS lists', 'deny WlanGetNetworkBssList', 'Wi-Fi networks', 'missing', /location/],
    ['consent to know the connection', 'deny WlanQueryInterface', 'Wi-Fi networks', 'missing', /location/],
    ['consent to hear of signals', 'deny msm', 'Wi-Fi notifications', 'limited', /location/],
    [
      'a radio that is on',
      'fail WlanGetNetworkBssList 2150899714 9',
      'Wi-Fi networks',
      'missing',
      /switch Wi-Fi on/,
    ],
    ['an answer', 'fail WlanGetNetworkBssList 31 9', 'Wi-Fi networks', 'missing', /Restart-Service/],
    ['a service', 'fail WlanGetNetworkBssList 1062 9', 'Wi-Fi networks', 'missing', /Start-Service/],
  ] as const)
    it(`chooses its advice by what Windows answers: for want of ${what}`, async () => {
      standIn.interface(0, 'Adapter One');
      standIn.tell(told);
      const check = (await windowsChecks({ ports, dll: standInPath })).find((one) => one.name === name);
      expect(check?.state).to.equal(state);
      expect(check?.fix).to.match(fix);
      expect(standIn.tell('handles')).to.equal(0);
    });

  it('says that Windows tells nothing at all without consent', async () => {
    for (const source of ['msm', 'acm']) standIn.tell(`deny ${source}`);
    const check = (await windowsChecks({ ports, dll: standInPath })).find(
      ({ name }) => name === 'Wlan service',
    );
    expect(check).to.include({ state: 'missing' });
    expect(check?.detail).to.include('ERROR_ACCESS_DENIED');
    expect(check?.fix).to.include('location');
  });

  it('says what is missing: Hyper-V sockets, and its registry keys', async () => {
    right(await removeServices(ports)());
    const said = await stateOf();
    expect(said.get('Hyper-V sockets')).to.match(/^missing: .*no Hyper-V sockets/);
    expect(said.get('Hyper-V registration')).to.match(/^missing: no registry key for port 12345 .*12346/);
    right(await registerServices(ports)());
    expect((await stateOf()).get('Hyper-V registration')).to.equal('ok: ports 12345, 12346');
  });

  for (const [what, dll, told] of [
    ['the DLL', 'C:\\none\\wlanapi.dll', []],
    ['the service', standInPath, ['service stop']],
    ['an interface', standInPath, []],
    ['an answer', standInPath, ['fail WlanEnumInterfaces 5 1']],
  ] as const)
    it(`gives something to type or do for everything that is missing: ${what}`, async () => {
      right(await removeServices(ports)());
      for (const line of told) standIn.tell(line);
      const missing = (await windowsChecks({ ports, dll })).filter(({ state }) => state === 'missing');
      expect(missing).to.have.length(3);
      for (const { fix, name } of missing) expect(fix, name).to.be.a('string');
    });
});
