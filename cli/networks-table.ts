/** Networks as people read them: a table with signal bars; and as programs read them. */
import * as O from 'fp-ts/lib/Option.js';
import {
  advertisedSecurity,
  type Bss,
  channelOfFrequency,
  securityText,
  ssidHex,
} from '../protocol/index.js';
import { styled, type Terminal } from './terminal.js';

const bars = '▂▄▆█';

/** The weakest signal for each number of bars, in dBm. */
const thresholds = [-88, -77, -67, -55] as const;

const barsOf = (rssi: number): number => thresholds.filter((weakest) => rssi >= weakest).length;

const styles = ['red', 'red', 'yellow', 'green', 'green'] as const;

/** `▂▄▆_  -61 dBm` */
export const signalText = (rssi: number, terminal: Pick<Terminal, 'colour'>): string => {
  const count = barsOf(rssi);
  const shown = `${bars.slice(0, count)}${'_'.repeat(bars.length - count)}`;
  return `${styled(terminal, styles[count] ?? 'green', shown)} ${String(rssi).padStart(4)} dBm`;
};

/** Cells of a terminal that a text takes, nearly: wide for East Asian scripts and emoji, none for combining marks. */
const width = (text: string): number => {
  let cells = 0;
  for (const character of text) {
    if (/\p{M}/u.test(character)) continue;
    cells += /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Hangul}\p{Emoji_Presentation}]/u.test(character)
      ? 2
      : 1;
  }
  return cells;
};

const padded = (text: string, cells: number): string => text + ' '.repeat(Math.max(0, cells - width(text)));

const channelText = (frequency: number): string => {
  const channel = channelOfFrequency(frequency);
  const megahertz = `${frequency / 1000} MHz`;
  return O.isNone(channel) ? megahertz : `${channel.value.channel} (${megahertz})`;
};

const byStrength = (networks: readonly Bss[]): readonly Bss[] =>
  [...networks].sort((a, b) => b.rssi - a.rssi || a.bssid.localeCompare(b.bssid));

/** The table's lines, the strongest network first. */
export const networksTable = (
  networks: readonly Bss[],
  terminal: Pick<Terminal, 'colour'>,
): readonly string[] => {
  if (networks.length === 0) return ['No networks.'];
  const rows = byStrength(networks).map((bss) => ({
    ssid: bss.ssid === '' ? '(hidden)' : bss.ssid,
    bssid: bss.bssid,
    rssi: bss.rssi,
    channel: channelText(bss.frequency),
    security: securityText(advertisedSecurity(bss)),
  }));
  const ssidCells = Math.max(4, ...rows.map(({ ssid }) => width(ssid)));
  const channelCells = Math.max(7, ...rows.map(({ channel }) => channel.length));
  const head = `${padded('SSID', ssidCells)}  ${padded('BSSID', 17)}  ${padded('Signal', 13)}  ${padded('Channel', channelCells)}  Security`;
  return [
    styled(terminal, 'bold', head),
    ...rows.map(
      ({ ssid, bssid, rssi, channel, security }) =>
        `${padded(ssid, ssidCells)}  ${bssid}  ${signalText(rssi, terminal)}  ${padded(channel, channelCells)}  ${security}`,
    ),
  ];
};

/** One network as plain data; `elements` in hex. */
export const networkJson = (bss: Bss): Readonly<Record<string, unknown>> => {
  const channel = channelOfFrequency(bss.frequency);
  return {
    ssid: bss.ssid,
    ssidHex: ssidHex(bss.ssid),
    bssid: bss.bssid,
    rssi: bss.rssi,
    frequency: bss.frequency,
    channel: O.isNone(channel) ? null : channel.value.channel,
    band: O.isNone(channel) ? null : channel.value.band,
    security: securityText(advertisedSecurity(bss)),
    beaconInterval: bss.beaconInterval,
    capabilities: bss.capabilities,
    elements: Buffer.from(bss.elements).toString('hex'),
  };
};
