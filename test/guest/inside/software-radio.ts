/** What mac80211_hwsim's radios can be told beside the air. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { run } from '../../radio/air/programs.js';

const debug = '/sys/kernel/debug';

/**
 * The signal at which others receive what this interface's radio sends, −100 to −1 dBm. hwsim adds the sender's power to the number
 * in its file, 20 dBm where nobody says otherwise: it sends with none.
 */
export const setSignal = async (name: string, dbm: number): Promise<void> => {
  if (!existsSync(`${debug}/ieee80211`)) await run('mount', '-t', 'debugfs', 'debugfs', debug);
  await run('iw', 'dev', name, 'set', 'txpower', 'fixed', '0');
  const phy = readFileSync(`/sys/class/net/${name}/phy80211/name`, 'utf8').trim();
  // A file of unsigned numbers, which the radio takes for a signed one.
  const text = BigInt.asUintN(64, BigInt(dbm)).toString();
  writeFileSync(`${debug}/ieee80211/${phy}/hwsim/rx_rssi`, text);
};
