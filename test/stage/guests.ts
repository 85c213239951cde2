/** Guests on a stage: one that behaves like the driver, and one that sends whatever bytes a test wants. */
import { connect, type Socket } from 'node:net';
import type { Either } from 'fp-ts/lib/Either.js';
import type { Endpoint, GuestId } from '../../index.js';
import {
  createGuest,
  type Guest,
  type GuestEvent,
  type GuestFailure,
  type GuestOptions,
  guestFailureText,
} from '../../native/guest/index.js';
import type { ConnectResponse } from '../../protocol/connect.js';
import type { HostMessage, Ssid } from '../../protocol/index.js';
import type { ScanResponse } from '../../protocol/scan.js';
import { anyKey, ssid } from './networks.js';

const right = <A>(result: Either<GuestFailure, A>): A => {
  if (result._tag === 'Left') throw new Error(guestFailureText(result.left));
  return result.right;
};

/** A guest with the manners of the vendor's driver: it says no hello. */
export class StagedGuest {
  readonly id: GuestId;
  readonly guest: Guest;
  /** Every notification that came, oldest first. */
  readonly messages: HostMessage[] = [];
  readonly failures: GuestFailure[] = [];

  constructor(id: GuestId, options: GuestOptions) {
    this.id = id;
    this.guest = createGuest({ ...options, hello: false });
  }

  /** Loads the driver: resolves when notifications can be received. */
  listen(changed: () => void): Promise<this> {
    return new Promise((resolve, reject) => {
      this.guest.notifications.subscribe((event: GuestEvent) => {
        if (event.type === 'failure') reject(new Error(guestFailureText(event.failure)));
        if (event.type === 'listening') resolve(this);
        else if (event.type === 'message') this.messages.push(event.message);
        else if (event.type === 'failure') this.failures.push(event.failure);
        changed();
      });
    });
  }

  async scan(name?: Ssid): Promise<ScanResponse> {
    return right(await this.guest.scan(name)());
  }

  /** SSIDs of a scan, in the order of the answer. */
  async seen(): Promise<readonly string[]> {
    return (await this.scan()).networks.map((bss) => bss.ssid);
  }

  /** The answer to a WPA2-PSK connect, whatever its status. */
  connect(name: string): Promise<Pick<ConnectResponse, 'status' | 'sessionId' | 'bssid'>> {
    return this.#outcome(this.guest.connect({ ssid: ssid(name), security: 'wpa2-psk', key: anyKey })());
  }

  connectOpen(name: string): Promise<Pick<ConnectResponse, 'status' | 'sessionId' | 'bssid'>> {
    return this.#outcome(this.guest.connect({ ssid: ssid(name), security: 'open' })());
  }

  async #outcome(
    answer: Promise<Either<GuestFailure, ConnectResponse>>,
  ): Promise<Pick<ConnectResponse, 'status' | 'sessionId' | 'bssid'>> {
    const result = await answer;
    return result._tag === 'Left' && result.left.reason === 'connection denied' ? result.left : right(result);
  }

  async disconnect(sessionId?: number): Promise<void> {
    right(await this.guest.disconnect(sessionId)());
  }

  get disconnections(): readonly number[] {
    return this.messages.flatMap((m) => (m.operation === 'disconnected' ? [m.sessionId] : []));
  }

  get signals(): readonly number[] {
    return this.messages.flatMap((m) => (m.operation === 'signal' ? [m.rssi] : []));
  }

  get scans(): readonly ScanResponse[] {
    return this.messages.flatMap((m) => (m.operation === 'scan.response' ? [m] : []));
  }
}

/** One connection of a guest without manners. */
export class RawConnection {
  readonly socket: Socket;
  /** Resolves when the connection is open. */
  readonly opened: Promise<void>;
  /** Resolves with everything that was read once the host has ended its side or broken the connection. */
  readonly ended: Promise<Uint8Array>;
  readonly closed: Promise<void>;
  readonly #chunks: Uint8Array[] = [];

  constructor(to: { readonly port: number; readonly localAddress: string } | { readonly path: string }) {
    const socket = connect({ ...to, ...('port' in to ? { host: '127.0.0.1' } : {}), allowHalfOpen: true });
    this.socket = socket;
    socket.setNoDelay(true);
    socket.on('data', (chunk) => this.#chunks.push(chunk));
    socket.on('error', () => undefined);
    this.opened = new Promise((resolve) => socket.once('connect', () => resolve()));
    this.closed = new Promise((resolve) => socket.once('close', () => resolve()));
    this.ended = new Promise((resolve) => {
      const end = (): void => resolve(Buffer.concat(this.#chunks));
      socket.once('end', end).once('close', end);
    });
  }

  /** Resolves when the system has taken the bytes. */
  async write(bytes: Uint8Array): Promise<void> {
    await this.opened;
    await new Promise<void>((resolve) => this.socket.write(bytes, () => resolve()));
  }

  /** Ends its side and reads on. */
  end(): void {
    this.socket.end();
  }

  /** Closes; whatever still arrives is refused. */
  destroy(): void {
    this.socket.destroy();
  }

  /** Breaks the connection: the host reads ECONNRESET. */
  reset(): void {
    this.socket.resetAndDestroy();
  }
}

/** Where a guest finds its host. */
export const rawTarget = (
  endpoint: Endpoint,
  localAddress: string,
): { readonly port: number; readonly localAddress: string } => {
  if (endpoint.scheme !== 'tcp' || endpoint.port === undefined)
    throw new Error('a raw guest needs a TCP port');
  return { port: endpoint.port, localAddress };
};
