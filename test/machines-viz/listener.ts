/** A program that listens at the inspector's socket. */
import WebSocket from 'ws';
import type { InspectorMessage } from '../../machines-viz/inspector/messages.js';

export class Listener {
  readonly messages: InspectorMessage[] = [];
  readonly #socket: WebSocket;
  readonly #waiting = new Set<() => void>();

  constructor(url: string) {
    this.#socket = new WebSocket(url);
    this.#socket.on('message', (data) => {
      this.messages.push(JSON.parse(String(data)) as InspectorMessage);
      for (const check of [...this.#waiting]) check();
    });
  }

  /** The first message that fits, heard already or yet to come. */
  first<Type extends InspectorMessage['type']>(
    type: Type,
    fits: (message: Extract<InspectorMessage, { readonly type: Type }>) => boolean = () => true,
  ): Promise<Extract<InspectorMessage, { readonly type: Type }>> {
    const isIt = (message: InspectorMessage): message is Extract<InspectorMessage, { readonly type: Type }> =>
      message.type === type && fits(message as Extract<InspectorMessage, { readonly type: Type }>);
    return new Promise((resolve) => {
      const check = (): void => {
        const found = this.messages.find(isIt);
        if (found === undefined) return;
        this.#waiting.delete(check);
        resolve(found);
      };
      this.#waiting.add(check);
      check();
    });
  }

  send(message: unknown): void {
    this.#socket.send(JSON.stringify(message));
  }

  close(): void {
    this.#socket.close();
  }
}

/** The HTTP status with which the socket is refused, or 101 when it is opened. */
export const handshake = (url: string, headers: Readonly<Record<string, string>> = {}): Promise<number> =>
  new Promise((resolve, reject) => {
    const socket = new WebSocket(url, { headers });
    socket.on('open', () => {
      socket.close();
      resolve(101);
    });
    socket.on('unexpected-response', (request, response) => {
      request.destroy();
      resolve(response.statusCode ?? 0);
    });
    socket.on('error', reject);
  });
