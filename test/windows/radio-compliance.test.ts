/** The radio of Windows passes the suite that every radio passes. */
import { radioCompliance } from '../compliance/radio.js';
import { windowsRig } from './rig.js';

radioCompliance('the Wlan API', windowsRig);
