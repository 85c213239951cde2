import { expect } from 'chai';
import fc from 'fast-check';
import { NEVER, Observable, Subject, type Subscription } from 'rxjs';
import { guestIdOf, wellKnownVms } from '../../../native/sockets/endpoint.js';
import { familyFailure } from '../../../native/sockets/koffi-streams-failure.js';
import type { ListenerEvent } from '../../../native/sockets/transport.js';
import { guidAt, guidBytes } from '../../../native/windows/guid.js';
import {
  hvsocket,
  hyperV,
  listenForWsl,
  refusal,
  serviceId,
  socketAddress,
  vmOf,
  wslFamily,
} from '../../../native/windows/hvsocket.js';
import { systemClock } from '../../../streams/clock.js';

const vmId = '0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0';

describe('the address of a Hyper-V socket', () => {
  it('is family, two zero bytes, the virtual machine and the service', () => {
    expect(Buffer.from(socketAddress(vmId, 12345)).toString('hex')).to.equal(
      '22000000' + '3c2d1e0f5a4b78698796a5b4c3d2e1f0' + '39300000cbfae611bd5864006a7986d3',
    );
  });

  it('names the service of a vsock port', () => {
    expect(serviceId(12345)).to.equal('00003039-facb-11e6-bd58-64006a7986d3');
    expect(serviceId(0xffffffff)).to.equal('ffffffff-facb-11e6-bd58-64006a7986d3');
  });

  it('tells which guest has connected', () => {
    expect(vmOf(socketAddress(vmId, 1))).to.equal(vmId);
    expect(hyperV.guest(socketAddress(vmId, 1))).to.equal(guestIdOf({ scheme: 'hvsocket', address: vmId }));
    expect(hyperV.url(socketAddress(wellKnownVms.children, 1))).to.equal('hvsocket://children');
  });

  it('keeps streams open while the virtual machine is suspended', () => {
    expect(hyperV.options).to.deep.equal([{ level: 1, option: 4, value: 1 }]);
  });
});

describe('a refusal of Windows', () => {
  it('does not tell somebody who is elevated to be so', () => {
    expect(refusal(true).what).to.include('although this process is elevated').and.include('another user');
    expect(JSON.stringify(refusal(true))).to.not.match(/Run elevated|Hyper-V Administrators/);
    expect(refusal(false).advice)
      .to.match(/^Run elevated/)
      .and.include('Hyper-V Administrators');
  });

  it('is told without a word of ports and folders', () => {
    const { detail } = familyFailure(hyperV, 'listen', 'hvsocket://wsl', 'EACCES');
    expect(detail).to.match(/^listen hvsocket:\/\/wsl: Windows refuses.*\(EACCES\)\. Run /);
    expect(detail).to.not.match(/port|folder/);
  });
});

describe("an endpoint for WSL's virtual machine", () => {
  const other = '11111111-2222-3333-4444-555555555555';
  let vm: Subject<string | undefined>;
  let bound: { readonly id: string; readonly events: Subject<ListenerEvent> }[];
  let told: ListenerEvent[];
  let failure: unknown;
  let subscription: Subscription;

  beforeEach(() => {
    [vm, bound, told, failure] = [new Subject(), [], [], undefined];
    const listenTo = (id: string): Observable<ListenerEvent> =>
      new Observable((subscriber) => {
        const one = { id, events: new Subject<ListenerEvent>() };
        bound.push(one);
        const inner = one.events.subscribe(subscriber);
        return () => {
          bound = bound.filter((kept) => kept !== one);
          inner.unsubscribe();
        };
      });
    subscription = listenForWsl(vm, listenTo).subscribe({
      next: (event) => told.push(event),
      error: (reason: unknown) => {
        failure = reason;
      },
    });
  });

  afterEach(() => subscription.unsubscribe());

  const listening = { type: 'listening', address: 'hvsocket://wsl' } as const;
  const ids = (): readonly string[] => bound.map(({ id }) => id);

  it('has one guest, which is the same one with whatever id it comes', () => {
    for (const id of [vmId, other])
      expect(wslFamily.guest(socketAddress(id, 12345))).to.equal(
        guestIdOf({ scheme: 'hvsocket', address: 'wsl' }),
      );
    expect(wslFamily.options).to.equal(hyperV.options);
  });

  it('is bound for whatever id that has now, and is one endpoint all the time', () => {
    vm.next(vmId);
    bound[0]?.events.next({ type: 'listening', address: `hvsocket://${vmId}` });
    expect(told).to.deep.equal([listening]);
    vm.next(other);
    bound[0]?.events.next({ type: 'listening', address: `hvsocket://${other}` });
    expect(ids()).to.deep.equal([other]);
    vm.next(undefined);
    expect(ids()).to.deep.equal([]);
    expect(told).to.deep.equal([listening]);
  });

  it('is there while the machine does not run', () => {
    vm.next(undefined);
    expect(told).to.deep.equal([listening]);
    expect(ids()).to.deep.equal([]);
  });

  it('fails when it cannot be bound, and when there is no WSL, each in its own words', () => {
    vm.next(vmId);
    bound[0]?.events.error('refused');
    expect(failure).to.equal('refused');
    expect(told).to.deep.equal([]);
    const vmless = new Subject<string | undefined>();
    listenForWsl(vmless, () => NEVER).subscribe({ error: (reason: unknown) => (failure = reason) });
    vmless.error('ENOENT');
    expect(failure)
      .to.have.property('detail')
      .that.equals(
        'listen hvsocket://wsl: wsl.exe cannot be run, so there is no WSL 2 whose virtual machine could be found (ENOENT). Install it: wsl --install. Other virtual machines are hvsocket://VM-ID.',
      );
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
      const guest = guestIdOf({ scheme: 'hvsocket', address: vmId });
      const result = await hvsocket.transport(systemClock).connect(guest, 1, new AbortController().signal)();
      expect(result).to.have.nested.property('left.detail').that.includes('exist on Windows only');
    });
  });
