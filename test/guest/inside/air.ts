/** What is on the air of the simulated radio in these tests. */

/** Passphrase of every protected network. */
export const passphrase = 'fish and chips';

/** One interface that takes its time, and a network of each kind. */
export const neighbourhood = {
  seed: 1,
  interfaces: [{ name: 'wlan0', scanDuration: 200, connectDuration: 100, disconnectDuration: 20 }],
  networks: [
    {
      ssid: 'Cafe',
      security: 'open',
      accessPoints: [{ bssid: '02:00:5e:20:00:01', channel: 1, signal: -58 }],
    },
    {
      ssid: 'Harbour',
      security: 'wpa2-psk',
      secret: passphrase,
      accessPoints: [{ bssid: '02:00:5e:20:00:02', channel: 44, signal: -48 }],
    },
    {
      ssid: 'Lighthouse',
      security: 'wpa3-sae',
      secret: passphrase,
      accessPoints: [{ bssid: '02:00:5e:20:00:03', channel: 149, signal: -67 }],
    },
    {
      ssid: 'Slipway',
      security: 'wpa2/wpa3-transition',
      secret: passphrase,
      accessPoints: [{ bssid: '02:00:5e:20:00:08', channel: 36, signal: -63 }],
    },
    {
      ssid: 'Boathouse',
      security: 'wpa2-psk',
      secret: passphrase,
      hidden: true,
      accessPoints: [{ bssid: '02:00:5e:20:00:04', channel: 11, signal: -70 }],
    },
    {
      ssid: 'Port Authority',
      security: 'wpa2-enterprise',
      accessPoints: [{ bssid: '02:00:5e:20:00:05', channel: 100, signal: -74 }],
    },
    {
      ssid: 'Crew',
      security: 'open',
      accessPoints: [{ bssid: '02:00:5e:20:00:06', channel: 6, signal: -61 }],
    },
    {
      ssid: 'Ghost Ship',
      security: 'open',
      accessPoints: [{ bssid: '02:00:5e:20:00:07', channel: 6, signal: -77, present: false }],
    },
  ],
} as const;

/** The network that no guest may connect to. */
export const forbidden = 'Crew';
