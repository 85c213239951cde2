/**
 * Fake networks that follow the application: the list is asked for anew with every scan and connect, so it is enough to keep it
 * right. Here a building's rooms open and close, and a guest in the same program looks on.
 */
import { type FakeNetwork, proxyWifi } from 'proxy-wifi';
import { createPlainGuest } from 'proxy-wifi/guest';
import { createActor, waitFor } from 'xstate';

/** The application's own state. A network's address is a part of it: it must not change while guests know it. */
const openRooms = new Map<string, FakeNetwork>();
const openRoom = (name: string, number: number): void =>
  void openRooms.set(name, { ssid: name, bssid: `02:00:00:00:00:${number.toString(16).padStart(2, '0')}` });

const proxy = createActor(proxyWifi, {
  input: { endpoints: ['tcp://127.0.0.1'], requestPort: 0, fakeNetworks: () => [...openRooms.values()] },
});
proxy.start();
await waitFor(proxy, (snapshot) => snapshot.matches('running'));
const [endpoint] = proxy.getSnapshot().context.status.read().endpoints;
const guest = createPlainGuest({ endpoint: `${endpoint?.address}`, notificationPort: 0 });

const look = async (): Promise<void> => {
  const { networks } = await guest.scan();
  console.log(`In sight: ${networks.map(({ ssid }) => ssid).join(', ') || 'nothing'}`);
};

await look();
openRoom('Lecture Hall', 1);
openRoom('Library', 2);
await look();
// Any passphrase will do: it is for show.
const { bssid } = await guest.connect({ ssid: 'Library', passphrase: 'silence, please' });
console.log(`Connected to ${bssid}`);
await guest.disconnect();
openRooms.delete('Library');
await look();

await guest.leave();
proxy.send({ type: 'stop' });
await waitFor(proxy, (snapshot) => snapshot.matches('stopped'));
