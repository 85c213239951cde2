/**
 * A test of somebody's own Wi-Fi settings screen (`settings-screen.ts`): the air is a scenario, and its time is moved by hand, so
 * that a minute of it takes no time and comes out the same on every machine.
 */
import assert from 'node:assert/strict';
import { ManualClock, proxyWifi } from 'proxy-wifi';
import { createPlainGuest, type PlainGuest } from 'proxy-wifi/guest';
import type { ScenarioFile } from 'proxy-wifi/simulated';
import { type ActorRefFrom, createActor, waitFor } from 'xstate';
import { type SettingsScreen, settingsScreen } from './settings-screen.js';

/** The air: a cafe near by, an office far away, and after a minute somebody trips over the cafe's cable. */
const scenario: ScenarioFile = {
  seed: 1,
  interfaces: [{ name: 'wlan0', connectDuration: 2000 }],
  networks: [
    {
      ssid: 'Cafe',
      security: 'wpa2-psk',
      secret: 'fish and chips',
      accessPoints: [{ bssid: '02:00:00:00:00:01', channel: 6, signal: -52 }],
    },
    {
      ssid: 'Office',
      security: 'wpa2-psk',
      secret: 'nine to five',
      accessPoints: [{ bssid: '02:00:00:00:00:02', channel: 36, signal: -80 }],
    },
  ],
  timeline: [{ at: 60_000, do: 'network.vanishes', ssid: 'Cafe' }],
};

/** Where the guest hears what the host tells it; other tests may run on this machine at the same time. */
const notificationPort = 20_000 + (process.pid % 10_000);

describe('the Wi-Fi settings screen', () => {
  let clock: ManualClock;
  let proxy: ActorRefFrom<typeof proxyWifi>;
  let guest: PlainGuest;
  let screen: SettingsScreen;
  let changed: () => void;

  /** Resolves when the screen's first line is this. */
  const shows = (line: string): Promise<void> =>
    new Promise((resolve) => {
      changed = () => {
        if (screen.lines()[0] === line) resolve();
      };
      changed();
    });

  /** Lets time pass for the host, a quarter of a second at a time, until this has come about. */
  const meanwhile = async (coming: Promise<void>): Promise<void> => {
    let isThere = false;
    void coming.finally(() => {
      isThere = true;
    });
    while (!isThere) await clock.advance(250);
  };

  beforeEach(async () => {
    clock = new ManualClock();
    changed = () => undefined;
    proxy = createActor(proxyWifi, {
      clock,
      input: {
        endpoints: ['tcp://127.0.0.1'],
        requestPort: 0,
        notificationPort,
        radio: { scenario },
        clock,
      },
    });
    proxy.start();
    await waitFor(proxy, (snapshot) => snapshot.matches('running'));
    const [endpoint] = proxy.getSnapshot().context.status.read().endpoints;
    guest = createPlainGuest({ endpoint: `${endpoint?.address}`, notificationPort });
    screen = settingsScreen(guest, () => changed());
  });

  afterEach(async () => {
    screen.close();
    guest.close();
    proxy.send({ type: 'stop' });
    await waitFor(proxy, (snapshot) => snapshot.matches('stopped'));
  });

  it('shows what is in sight, the nearest one with all bars', async () => {
    await screen.search();
    assert.deepEqual(screen.lines(), ['Not connected', '▂▄▆█ Cafe', '▂▄   Office']);
  });

  it('says so while it connects, and when it is connected', async () => {
    const connecting = screen.connect('Cafe', 'fish and chips');
    await shows('Connecting to Cafe …');
    await meanwhile(connecting);
    assert.equal(screen.lines()[0], 'Connected to Cafe');
  });

  it('asks for the passphrase again when it was wrong', async () => {
    await meanwhile(screen.connect('Cafe', 'not the right one'));
    assert.equal(screen.lines()[0], 'Could not connect to Cafe. Is the passphrase right?');
  });

  it('says that the connection is lost when the network vanishes', async () => {
    await meanwhile(screen.connect('Cafe', 'fish and chips'));
    await meanwhile(shows('Connection lost'));
    assert.ok(clock.elapsed() >= 60_000);
  });
});
