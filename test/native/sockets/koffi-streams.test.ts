/** The streams over libc's sockets, where every machine has them: the address families on top differ by data only. */
import { posixSockets } from '../../../native/sockets/koffi-streams-posix.js';
import { transportCompliance } from '../../compliance/transport.js';
import { internetRig } from './koffi-internet.js';

/** `SOL_SOCKET`, `SO_REUSEADDR`: Linux would otherwise keep a port for connections that are over. */
const reuseAddress = { level: 1, option: 2, value: 1 };

if (process.platform === 'linux')
  transportCompliance("libc's sockets through koffi", internetRig(posixSockets(), [reuseAddress]));
