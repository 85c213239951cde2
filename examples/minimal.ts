/** A host application: it makes up a network, simulates a radio, and decides which guest may connect. */
import { type ProxyWifiInput, proxyWifi } from 'proxy-wifi';
import { createActor, waitFor } from 'xstate';

const input: ProxyWifiInput = {
  endpoints: ['tcp://127.0.0.1'],
  requestPort: 0, // the system chooses; guests of a real machine expect 12345
  radio: 'simulated',
  fakeNetworks: () => [{ ssid: 'Lab', bssid: '02:00:00:00:00:01' }],
  observer: {
    authorizeGuestConnection: async ({ ssid }) => (ssid === 'Lab' ? 'approve' : 'deny'),
    guestConnectionCompleted: ({ guest, ssid, status }) =>
      console.log(`${guest} → ${ssid}: status ${status}`),
  },
};

const proxy = createActor(proxyWifi, { input });
proxy.on('guestScanCompleted', ({ guest, networks }) => console.log(`${guest} sees ${networks} networks`));
proxy.on('endpointFailed', ({ problem }) => console.error(`${problem} It is tried again.`));
proxy.start();

// Rejects where no endpoint at all could be bound.
await waitFor(proxy, (snapshot) => snapshot.matches('running'));
const { endpoints } = proxy.getSnapshot().context.status.read();
console.log(`guests reach us at ${endpoints.map(({ address }) => address).join(', ')}`);

proxy.send({ type: 'stop' });
await waitFor(proxy, (snapshot) => snapshot.matches('stopped'));
console.log('stopped');
