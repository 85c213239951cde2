/** What mac80211_hwsim's radios can be told beside the air. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { run } from '../../radio/air/programs.js';

const debug = '/sys/kernel/debug';

/** The signal at which others receive what this interface's radio sends, in dBm. */
export const setSignal = async (name: string, dbm: number): Promise<void> => {
  if (!existsSync(`${debug}/ieee80211`)) await run('mount', '-t', 'debugfs', 'debugfs', debug);
  const phy = readFileSync(`/sys/class/net/${name}/phy80211/name`, 'utf8').trim();
  // A file of unsigned numbers, which the radio takes for a signed one.
  const text = BigInt.asUintN(64, BigInt(dbm)).toString();
  writeFileSync(`${debug}/ieee80211/${phy}/hwsim/rx_rssi`, text);
};
