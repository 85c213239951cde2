import { expect } from 'chai';
import * as E from 'fp-ts/lib/Either.js';
import { firstValueFrom } from 'rxjs';
import sinon from 'sinon';
import { decodeInput as decodeSettings } from '../../actors/application/settings.js';
import type { InterfaceId, LeftLink } from '../../native/radio.js';
import type { GuestId } from '../../native/sockets/endpoint.js';
import type { Delivery, SocketFailure } from '../../native/sockets/transport.js';
import { decodeInput, resumes, thisPlatform } from '../../platform.js';
import { systemClock } from '../../streams/clock.js';
import { right } from '../protocol/either.js';
import { ssid } from '../stage/networks.js';

const input = { endpoints: ['memory://vm'] };
const air = { interfaces: [{ name: 'wlan0' }], networks: [] };

describe('the parts of this system', () => {
  afterEach(() => sinon.restore());

  const radiosOf = (more: object): readonly string[] =>
    thisPlatform
      .radios(right(decodeSettings({ ...input, ...more })), () => undefined)
      .map(({ name }) => name);
  const on = (system: string): void => void sinon.stub(process, 'platform').value(system);

  it('are the radios that were chosen, behind the fake networks', () => {
    expect(radiosOf({})).to.deep.equal([]);
    expect(radiosOf({ radio: 'none', fakeNetworks: () => [] })).to.deep.equal(['fake networks']);
    const simulated = radiosOf({ radio: 'simulated' });
    expect(simulated).to.have.length(1);
    expect(radiosOf({ radio: { scenario: air } })).to.deep.equal(simulated);
    expect(radiosOf({ radio: 'simulated', fakeNetworks: () => [] })).to.deep.equal([
      'fake networks',
      ...simulated,
    ]);
    expect(radiosOf({ radio: { scenario: {} } }), 'a scenario that is none').to.deep.equal([]);
    const own = { name: 'mine', open: { subscribe: () => undefined } };
    expect(radiosOf({ radio: own })).to.deep.equal(['mine']);
  });

  it('are those of Linux by each name, and of Windows by one', () => {
    const named = (radio: string) => radiosOf({ radio });
    on('linux');
    for (const radio of ['host', 'wpa_supplicant', 'networkmanager'])
      expect(named(radio), radio).to.deep.equal(['wpa_supplicant']);
    on('win32');
    expect(named('host')).to.deep.equal(['Windows Wlan API']);
    for (const radio of ['wpa_supplicant', 'networkmanager']) expect(named(radio)).to.deep.equal([]);
    on('darwin');
    expect(named('host')).to.deep.equal([]);
  });

  it('go on with a link of before a restart that is the same and that guests need', () => {
    const wlan0 = 'wlan0' as InterfaceId;
    const [cafe, bar] = [ssid('Cafe'), ssid('Bar')];
    const goesOn = (left: Partial<LeftLink> | undefined) =>
      resumes(() => left && { ssid: cafe, former: null, isNeeded: true, ...left })(wlan0, { ssid: cafe });
    expect([goesOn({}), goesOn({ isNeeded: false }), goesOn({ ssid: bar }), goesOn(undefined)]).to.deep.equal(
      [true, false, false, false],
    );
  });

  it('are said to be missing where this system does not have them', () => {
    const problems = (radio: unknown): unknown => decodeInput({ ...input, radio });
    const missing = (radio: string, system: string) =>
      E.left([`radio: '${radio}' is not available on ${system}; choose 'simulated', 'none' or a scenario`]);
    on('darwin');
    for (const radio of ['host', 'wpa_supplicant', 'networkmanager'])
      expect(problems(radio)).to.deep.equal(missing(radio, 'darwin'));
    on('win32');
    for (const radio of ['wpa_supplicant', 'networkmanager'])
      expect(problems(radio)).to.deep.equal(missing(radio, 'win32'));
    for (const radio of ['host', 'none', 'simulated', { scenario: air }])
      expect(problems(radio)).to.have.property('_tag', 'Right');
    on('linux');
    for (const radio of ['host', 'wpa_supplicant', 'networkmanager'])
      expect(problems(radio)).to.have.property('_tag', 'Right');
    const wrong = decodeInput({ ...input, radio: { scenario: { interfaces: 5 } } });
    expect(E.isLeft(wrong) && wrong.left.every((text) => text.startsWith('radio.scenario: '))).to.equal(true);
    expect(E.isLeft(wrong) && wrong.left).to.have.length.above(1);
    expect(decodeInput({ endpoints: [] })).to.have.property('_tag', 'Left');
  });

  describe('that are loaded when they are used first', () => {
    const guest = 'memory://nobody' as GuestId;
    const delivery = (failed: Delivery['failed']): Delivery => ({
      opened: () => Uint8Array.of(1),
      written: () => undefined,
      closed: () => undefined,
      failed,
    });

    it('fail to listen and to connect where they are not there', async () => {
      const transport = thisPlatform.transport('hvsocket', systemClock);
      expect(transport.scheme).to.equal('hvsocket');
      const listening = transport.listen({ scheme: 'memory', name: 'x' }, { requestPort: 1 });
      const failure = await firstValueFrom(listening).catch((reason: SocketFailure) => reason);
      expect(failure).to.have.property('code', 'EAFNOSUPPORT');
      const { signal } = new AbortController();
      expect(await transport.connect(guest, 1, signal)()).to.have.nested.property(
        'left.code',
        'EAFNOSUPPORT',
      );
    });

    for (const scheme of ['hvsocket', 'memory'] as const)
      it(`tell what became of what was sent, the first time and the next: ${scheme}`, async () => {
        const transport = thisPlatform.transport(scheme, systemClock);
        for (let times = 0; times < 2; times += 1) {
          const failure = await new Promise<SocketFailure>((failed) => {
            transport.send(guest, 1, delivery(failed));
          });
          expect(failure.operation).to.be.oneOf(['connect', 'listen']);
        }
      });

    it('send nothing that was given up before they were there', async () => {
      const transport = thisPlatform.transport('hvsocket', systemClock);
      const failed = sinon.fake();
      transport.send(guest, 1, delivery(failed))();
      await new Promise((resolve) => setImmediate(resolve));
      sinon.assert.notCalled(failed);
    });
  });
});
