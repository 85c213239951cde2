/** A guest's request as it travels: a value, with the one answer that may be written to it. */
import type { Request } from '../../protocol/messages.js';
import type { Ssid } from '../../protocol/ssid.js';

/** A key in the body redacts itself. */
export interface GuestRequest<Body extends Request = Request> {
  /** Counts the guest's connections: the answer's fate is told by it. */
  readonly exchange: number;
  readonly body: Body;
  /** When its last byte came, on the clock's elapsed time. */
  readonly receivedAt: number;
  /** Writes the one answer and closes. `outcome`: a word for metrics and log. */
  readonly reply: (frame: Uint8Array, outcome: string) => void;
}

/** The network that a request names: of a directed scan, or to connect to. */
export const ssidOf = ({ body }: GuestRequest): Ssid | null => {
  if (body.operation === 'connect') return body.ssid;
  return body.operation === 'scan' && body.ssid._tag === 'Some' ? body.ssid.value : null;
};

/** Narrows a request to one operation. */
export const isOf = <Kind extends Request['operation']>(
  request: GuestRequest,
  operation: Kind,
): request is GuestRequest<Extract<Request, { readonly operation: Kind }>> =>
  request.body.operation === operation;
