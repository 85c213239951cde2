/** A host over TCP in the machine that answers when the test says so, and what it says unasked. It knows no hello. */
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect, createServer, type Server, type Socket } from 'node:net';
import * as E from 'fp-ts/lib/Either.js';
import { decodeRequest, encodeHostMessage } from '../../../protocol/frame.js';
import type { Request } from '../../../protocol/messages.js';
import { until } from '../../radio/air/programs.js';
import type { Reach } from './driver.js';

/** A request that waits for its answer. */
interface Asked {
  readonly request: Request;
  /** The address that it came from. */
  readonly from: string;
  readonly answer: (bytes: Uint8Array) => void;
}

/** One of them. */
export class ScriptedHost {
  readonly reach: Reach & { readonly notificationPort: number };
  /** How often somebody has said hello. */
  hellos = 0;
  /** The sessions that were ended by their guest, in order. */
  readonly left: number[] = [];
  readonly #server: Server;
  #asked: Asked[] = [];

  private constructor(ports: { readonly request: number; readonly notification: number }, address: string) {
    this.reach = {
      transport: 'tcp',
      host: address,
      requestPort: ports.request,
      notificationPort: ports.notification,
    };
    this.#server = createServer((socket) => {
      const { remoteAddress: from = '' } = socket;
      socket.on('error', () => socket.destroy());
      socket.once('data', (bytes) => {
        const request = decodeRequest(bytes);
        if (E.isLeft(request)) throw new Error(JSON.stringify(request.left));
        const { operation } = request.right;
        if (operation === 'scan' || operation === 'connect')
          this.#asked.push({ request: request.right, from, answer: (answer) => socket.end(answer) });
        else if (operation === 'disconnect') {
          this.left.push(request.right.sessionId);
          socket.end(encodeHostMessage({ operation: 'disconnect.response' }));
        } else {
          this.hellos += 1;
          socket.end(encodeHostMessage({ operation: 'invalid' }));
        }
      });
    });
  }

  static async listen(
    ports: { readonly request: number; readonly notification: number },
    address = '127.0.0.1',
  ): Promise<ScriptedHost> {
    const host = new ScriptedHost(ports, address);
    host.#server.listen(ports.request, address);
    await once(host.#server, 'listening');
    return host;
  }

  close(): void {
    this.#server.close();
  }

  /** Nothing that was asked before matters any more. */
  forget(): void {
    this.#asked = [];
  }

  /** Does the driver wait for an answer? */
  get isAsked(): boolean {
    return this.#asked.length > 0;
  }

  /** The next request that waits for its answer. */
  async asked(): Promise<Asked> {
    await until(async () => this.isAsked);
    return this.#asked.shift() as Asked;
  }

  /** Has the driver taken a connection to its port, so that it is more than one that the system keeps for it? */
  #isTaken(localPort: number): boolean {
    return ['tcp', 'tcp6']
      .map((table) => readFileSync(`/proc/net/${table}`, 'utf8'))
      .join('')
      .split('\n')
      .some((line) => {
        const [, local = '', remote = '', , , , , , , inode] = line.trim().split(/\s+/);
        const port = (address: string): number => Number.parseInt(address.split(':')[1] ?? '', 16);
        return (
          port(local) === this.reach.notificationPort && port(remote) === localPort && Number(inode) !== 0
        );
      });
  }

  /** A connection to the driver that it has taken, and now reads for a second. */
  async notify(): Promise<Socket> {
    const socket = connect(this.reach.notificationPort, this.reach.host);
    await once(socket, 'connect');
    // Whoever does not read does not hear of the end.
    socket.resume();
    await until(async () => this.#isTaken(socket.localPort ?? 0));
    return socket;
  }

  /** Resolves when the driver has read it and closed. It waits for a second, counted from `notify`. */
  async say(socket: Socket, bytes: Uint8Array): Promise<void> {
    if (socket.readyState !== 'open') throw new Error('too slow: the driver has waited for its second');
    const closed = once(socket, 'close');
    socket.end(bytes);
    await closed;
  }

  /** Whoever has this address says it, to the driver at the host's own or at another one; resolves when that has closed. */
  async sayFrom(localAddress: string, bytes: Uint8Array, to = this.reach.host): Promise<void> {
    const socket = connect({ port: this.reach.notificationPort, host: to, localAddress });
    // What nobody reads is answered by a reset.
    socket.on('error', () => socket.destroy());
    const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
    socket.resume();
    socket.end(bytes);
    await closed;
  }
}
