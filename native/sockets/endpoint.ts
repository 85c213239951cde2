/** Endpoints and guests as URLs: where the service listens, and who is at the other end. */
import type { Either } from 'fp-ts/lib/Either.js';

/**
 * A guest as URL: `tcp://127.0.1.7`, `unix:///run/vm1.vsock`, `vsock://3`, `hvsocket://<vm id>`, `memory://vm1`.
 * The address family's own identity of the virtual machine; never something that the guest says of itself.
 */
export type GuestId = string & { readonly GuestId: unique symbol };

/** Where the service listens for guests. */
export type Endpoint =
  /** Any program that speaks the protocol; loopback unless told otherwise. */
  | { readonly scheme: 'tcp'; readonly host: string; readonly port: number | undefined }
  /** Hybrid vsock: `path` is the hypervisor's socket of one virtual machine. */
  | { readonly scheme: 'unix'; readonly path: string }
  /** Linux AF_VSOCK: one guest's CID, or all of them. */
  | { readonly scheme: 'vsock'; readonly cid: number | 'any' }
  /** Hyper-V: one VM's id (lower-case GUID), or one of the well-known groups. */
  | { readonly scheme: 'hvsocket'; readonly vm: string }
  /** Inside this process, for tests. */
  | { readonly scheme: 'memory'; readonly name: string };

export interface EndpointProblem {
  readonly value: string;
  /** What an endpoint looks like, for the error message. */
  readonly expected: string;
}
