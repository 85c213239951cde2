/** What a scan costs whose results are fresh: behaviour.md, “Scan”, and architecture.md, “Speed”. */
import { expect } from 'chai';
import { createActor, type InspectionEvent, waitFor } from 'xstate';
import { proxyWifi } from '../../index.js';
import { createGuest } from '../../native/guest/index.js';
import { parseEndpoint } from '../../native/sockets/endpoint.js';
import { right } from '../protocol/either.js';

describe('a scan whose results are fresh', () => {
  it('scan 2: costs two events, one of the request channel and one of the dispatcher, whoever listens to facts', async () => {
    const events: string[] = [];
    const inspect = (event: InspectionEvent): void => {
      if (event.type === '@xstate.event')
        events.push(`${Reflect.get(event.actorRef, 'id')} ${event.event.type}`);
    };
    const input = { endpoints: ['tcp://127.0.0.1'], requestPort: 0, radio: 'simulated' as const };
    const proxy = createActor(proxyWifi, { input, inspect });
    const heard: string[] = [];
    proxy.on('*', ({ type }) => heard.push(type));
    proxy.start();
    await waitFor(proxy, (snapshot) => snapshot.matches('running'));
    const [endpoint] = proxy.getSnapshot().context.status.read().endpoints;
    const guest = createGuest({
      endpoint: right(parseEndpoint(endpoint?.address ?? '')),
      address: '127.0.1.77',
      hello: false,
    });
    const complete = async (): Promise<boolean> => right(await guest.scan()()).complete;
    // The scan of the arrival takes its time; results that never become fresh end the test and not its process.
    for (let tries = 0; tries < 2000 && !(await complete()); tries += 1);
    await waitFor(proxy, ({ context }) => context.status.read().guests.every((one) => one.queue === 0));
    events.length = 0;
    heard.length = 0;
    expect(await complete()).to.equal(true);
    expect(events.filter((event) => !/signal|notification|delivery/.test(event))).to.deep.equal([
      'requestChannel request.received',
      'dispatcher scan.requested',
    ]);
    expect(heard).to.deep.equal(['guestScanRequested', 'guestScanCompleted']);
    guest.close();
    proxy.send({ type: 'stop' });
    await waitFor(proxy, (snapshot) => snapshot.matches('stopped'));
    proxy.stop();
  });
});
