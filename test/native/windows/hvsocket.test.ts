import { expect } from 'chai';
import fc from 'fast-check';
import { guestIdOf, wellKnownVms } from '../../../native/sockets/endpoint.js';
import { guidAt, guidBytes } from '../../../native/windows/guid.js';
import { hvsocket, hyperV, serviceId, socketAddress, vmOf } from '../../../native/windows/hvsocket.js';
import { systemClock } from '../../../streams/clock.js';

const vm = '0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0';

describe('the address of a Hyper-V socket', () => {
  it('is family, two zero bytes, the virtual machine and the service', () => {
    expect(Buffer.from(socketAddress(vm, 12345)).toString('hex')).to.equal(
      '22000000' + '3c2d1e0f5a4b78698796a5b4c3d2e1f0' + '39300000cbfae611bd5864006a7986d3',
    );
  });

  it('names the service of a vsock port', () => {
    expect(serviceId(12345)).to.equal('00003039-facb-11e6-bd58-64006a7986d3');
    expect(serviceId(0xffffffff)).to.equal('ffffffff-facb-11e6-bd58-64006a7986d3');
  });

  it('tells which guest has connected', () => {
    expect(vmOf(socketAddress(vm, 1))).to.equal(vm);
    expect(hyperV.guest(socketAddress(vm, 1))).to.equal(guestIdOf({ scheme: 'hvsocket', address: vm }));
    expect(hyperV.url(socketAddress(wellKnownVms.children, 1))).to.equal('hvsocket://children');
  });

  it('keeps streams open while the virtual machine is suspended', () => {
    expect(hyperV.options).to.deep.equal([{ level: 1, option: 4, value: 1 }]);
  });
});

describe('a GUID', () => {
  it('is the same after it has been in memory', () => {
    fc.assert(
      fc.property(fc.uuid(), (guid) => {
        expect(guidAt(guidBytes(guid), 0)).to.equal(guid);
      }),
    );
  });
});

if (process.platform !== 'win32')
  describe('Hyper-V sockets on another system', () => {
    it('are refused with a sentence', async () => {
      const guest = guestIdOf({ scheme: 'hvsocket', address: vm });
      const result = await hvsocket.transport(systemClock).connect(guest, 1, new AbortController().signal)();
      expect(result).to.have.nested.property('left.detail').that.includes('exist on Windows only');
    });
  });
