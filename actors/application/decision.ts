/** What is decided about each connection that a guest wants, and the answer. */
import type { GuestId } from '../../native/sockets/endpoint.js';
import type { GuestAuth, NetworkAuth } from '../../protocol/security.js';
import type { Ssid } from '../../protocol/ssid.js';
import { StatusCode } from '../../protocol/status.js';
import type { ConnectionType } from './facts.js';

/** A connection that a guest wants. Nothing has been touched for it yet. */
export interface ConnectionProposal {
  readonly guest: GuestId;
  readonly type: ConnectionType;
  readonly ssid: Ssid;
  /** As the guest is shown it, or asks for it. */
  readonly auth: GuestAuth;
  /** As the network is; null where no scan has shown it. */
  readonly networkAuth: NetworkAuth | null;
}

/** A connection is not to be. */
export interface Refusal {
  /** What the guest is answered: an 802.11 status code from 1 to 65535 (IEEE 802.11-2020, 9.4.1.9). */
  readonly status: StatusCode;
  /** For the log: the rule that refused, in a word. */
  readonly rule?: string;
}

/** `'deny'` is status 37, request declined. */
export type Decision = 'approve' | 'deny' | Refusal;

const declined = (rule: string): Refusal => ({ status: StatusCode.requestDeclined, rule });

const isRefusal = (answer: unknown): answer is Refusal => {
  if (typeof answer !== 'object' || answer === null || !('status' in answer)) return false;
  const { status } = answer;
  return Number.isInteger(status) && Number(status) >= 1 && Number(status) <= 0xffff;
};

/** What a hook's answer comes to: nothing where it approves. Whatever is no decision denies. */
export const refusalOf = (answer: unknown): Refusal | undefined => {
  if (answer === 'approve') return undefined;
  const by = 'authorizeGuestConnection';
  if (!isRefusal(answer)) return declined(by);
  const { status, rule } = answer;
  return { status, rule: typeof rule === 'string' ? rule : by };
};
