/** The simulated air of the demo: one interface, and what happens once the guest has connected. */

/** What the demo has to know of its scenario. */
export interface DemoScenario {
  /** A scenario as in a scenario file. */
  readonly scenario: unknown;
  /** A WPA2 network that fades and vanishes after the guest has connected to it. */
  readonly first: { readonly ssid: string; readonly passphrase: string };
  /** The network that the user of the host connects to after that. */
  readonly second: { readonly ssid: string };
  /** How long anything in the story may take, in milliseconds. */
  readonly patience: number;
}

const cafe = { ssid: 'Harbour Cafe', passphrase: 'fish and chips' };
const office = { ssid: 'Harbour Office' };

/** The one that is played. */
export const demoScenario: DemoScenario = {
  first: cafe,
  second: office,
  patience: 15_000,
  scenario: {
    seed: 7,
    interfaces: [{ name: 'wlan0', scanDuration: 800, connectDuration: 400 }],
    networks: [
      {
        ssid: cafe.ssid,
        security: 'wpa2-psk',
        secret: cafe.passphrase,
        accessPoints: [{ bssid: '02:00:5e:10:01:01', channel: 44, signal: -52 }],
      },
      {
        ssid: office.ssid,
        security: 'wpa3-sae',
        secret: 'nobody in the guest knows this',
        accessPoints: [{ bssid: '02:00:5e:10:01:02', channel: 149, signal: -61 }],
      },
      {
        ssid: 'Harbour Guests',
        security: 'open',
        accessPoints: [{ bssid: '02:00:5e:10:01:03', channel: 1, signal: -69 }],
      },
      {
        ssid: 'Lighthouse',
        security: 'wpa2-psk',
        secret: 'one flash every ten seconds',
        accessPoints: [{ bssid: '02:00:5e:10:01:04', channel: 6, signal: -83 }],
      },
    ],
    timeline: [
      ...[-61, -70, -79, -88].map((to, i) => ({
        after: { event: 'connected', ssid: cafe.ssid, delay: 600 * (i + 1) },
        do: 'network.fades',
        ssid: cafe.ssid,
        to,
      })),
      {
        name: 'out of range',
        after: { event: 'connected', ssid: cafe.ssid, delay: 3200 },
        do: 'network.vanishes',
        ssid: cafe.ssid,
      },
      {
        after: { event: 'step', step: 'out of range', delay: 1000 },
        do: 'user.connects',
        ssid: office.ssid,
      },
    ],
  },
};
