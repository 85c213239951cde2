/** Somebody's own Wi-Fi settings screen, in a few lines: what `settings-screen.test.ts` tests. It shows text, and knows no clock. */
import type { PlainGuest } from 'proxy-wifi/guest';

export interface SettingsScreen {
  /** What a person sees now, line by line. */
  readonly lines: () => readonly string[];
  /** The button *Search*. */
  readonly search: () => Promise<void>;
  /** A network is chosen and its passphrase typed. */
  readonly connect: (ssid: string, passphrase: string) => Promise<void>;
  readonly close: () => void;
}

const bars = (rssi: number): string =>
  rssi > -60 ? '▂▄▆█' : rssi > -75 ? '▂▄▆ ' : rssi > -85 ? '▂▄  ' : '▂   ';

/** `onChange`: something else is to be shown. */
export const settingsScreen = (guest: PlainGuest, onChange: () => void): SettingsScreen => {
  let networks: readonly { readonly ssid: string; readonly rssi: number }[] = [];
  let connection = 'Not connected';
  const show = (what: string): void => {
    connection = what;
    onChange();
  };
  const forget = guest.watch((event) => {
    if (event.type !== 'message') return;
    const { message } = event;
    if (message.operation === 'scan.response') {
      networks = message.networks;
      onChange();
    } else if (message.operation === 'disconnected') show('Connection lost');
  });
  return {
    lines: () => [connection, ...networks.map(({ ssid, rssi }) => `${bars(rssi)} ${ssid}`)],
    search: async () => {
      ({ networks } = await guest.scan());
      onChange();
    },
    connect: async (ssid, passphrase) => {
      show(`Connecting to ${ssid} …`);
      await guest.connect({ ssid, passphrase }).then(
        () => show(`Connected to ${ssid}`),
        () => show(`Could not connect to ${ssid}. Is the passphrase right?`),
      );
    },
    close: forget,
  };
};
