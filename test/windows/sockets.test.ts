/** The shared stream sockets through ws2_32.dll over AF_INET, watched in both ways; Hyper-V's own as far as Wine has them. */
import { expect } from 'chai';
import * as E from 'fp-ts/lib/Either.js';
import { guestIdOf } from '../../native/sockets/endpoint.js';
import { loopReadiness } from '../../native/sockets/koffi-streams-readiness.js';
import { hvsocket } from '../../native/windows/hvsocket.js';
import { windowsSockets } from '../../native/windows/winsock.js';
import { systemClock } from '../../streams/clock.js';
import { transportCompliance } from '../compliance/transport.js';
import { internetRig } from '../native/sockets/koffi-internet.js';

transportCompliance('ws2_32.dll watched by select', internetRig(windowsSockets()));
transportCompliance(
  "ws2_32.dll watched by libuv's poll",
  internetRig({ calls: windowsSockets().calls, readiness: loopReadiness }),
);

describe('Hyper-V sockets on a system without them', () => {
  const vm = '0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0';
  const transport = hvsocket.transport(systemClock);

  it('are refused with a sentence that says what is missing when listening', async () => {
    const failure: unknown = await new Promise((resolve) => {
      transport.listen({ scheme: 'hvsocket', vm }, { requestPort: 12345 }).subscribe({ error: resolve });
    });
    expect(failure).to.include({ operation: 'listen', where: `hvsocket://${vm}`, code: 'EAFNOSUPPORT' });
    expect(failure).to.have.property('detail').that.includes('this system has no Hyper-V sockets');
  });

  it('are refused the same way when connecting to a guest', async () => {
    const guest = guestIdOf({ scheme: 'hvsocket', address: vm });
    const result = await transport.connect(guest, 12346, new AbortController().signal)();
    if (E.isRight(result)) throw new Error('connected to nobody');
    expect(result.left).to.include({ operation: 'connect', code: 'EAFNOSUPPORT' });
    expect(result.left.detail).to.include('12346').and.to.include('this system has no Hyper-V sockets');
  });
});
