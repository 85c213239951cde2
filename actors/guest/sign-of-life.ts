/** The signal that a guest with a session is told: by what becomes of that notification it is seen whether the guest is there. */
import { encodeHostMessage } from '../../protocol/frame.js';
import type { Interfaces } from '../host/interface-register.js';
import type { FrameMaker } from './notification-channel-state.js';
import type { GuestSession } from './session.js';

/** Milliseconds between two signs of a guest whose signal does not change. */
export const signInterval = 30_000;

/** dBm: what drivers show until they are told something. */
const assumedSignal = -50;

export const signalFrame = (rssi: number): FrameMaker => {
  const frame = encodeHostMessage({ operation: 'signal', rssi });
  return () => frame;
};

/** The signal of a session's network; where the host knows none, what the guest shows anyway. */
export const signOf = (interfaces: Interfaces, { interfaceId, ssid }: GuestSession): FrameMaker =>
  signalFrame(interfaces.signalOf(interfaceId, ssid) ?? assumedSignal);
