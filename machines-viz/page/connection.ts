/** The socket to the service: opened, and opened again with growing pauses when it breaks. */
import type { InspectorMessage } from '../inspector/messages.js';

/** `connecting` until everything that was kept has come. */
export type ConnectionState = 'connecting' | 'connected' | 'away' | 'refused';

interface ConnectionEvents {
  readonly onState: (state: ConnectionState) => void;
  readonly onMessage: (message: InspectorMessage) => void;
}

const keyName = 'proxy-wifi inspector key';
const firstPause = 300;
const longestPause = 5000;

/** The token of the address, which then no longer shows it; or the key that an earlier one gave. */
const takeToken = (): string => {
  const token = new URLSearchParams(location.hash.slice(1)).get('token');
  if (token === null) return sessionStorage.getItem(keyName) ?? '';
  history.replaceState(null, '', location.pathname);
  return token;
};

export class Connection {
  readonly #events: ConnectionEvents;
  #token = takeToken();
  #socket: WebSocket | undefined;
  #pause = firstPause;
  #timer: number | undefined;

  constructor(events: ConnectionEvents) {
    this.#events = events;
    addEventListener('hashchange', () => {
      this.#token = takeToken();
      this.close();
      this.open();
    });
  }

  open(): void {
    this.#events.onState('connecting');
    const socket = new WebSocket(`ws://${location.host}/?page&token=${encodeURIComponent(this.#token)}`);
    this.#socket = socket;
    let opened = false;
    socket.addEventListener('open', () => {
      opened = true;
    });
    socket.addEventListener('message', ({ data }: MessageEvent<string>) => {
      for (const message of JSON.parse(data) as readonly InspectorMessage[]) {
        if (message.type === '@proxy-wifi.hello') {
          this.#token = message.key;
          sessionStorage.setItem(keyName, message.key);
          this.#pause = firstPause;
        }
        if (message.type === '@proxy-wifi.caught-up') this.#events.onState('connected');
        this.#events.onMessage(message);
      }
    });
    socket.addEventListener('close', () => {
      if (this.#socket !== socket) return;
      void this.#retry(opened);
    });
  }

  /** Wants a step of a scenario done. */
  act(step: object): void {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(step));
  }

  close(): void {
    const socket = this.#socket;
    this.#socket = undefined;
    clearTimeout(this.#timer);
    socket?.close();
  }

  /** A browser does not tell a page why a socket was not opened: a service that answers otherwise has refused it. */
  async #retry(opened: boolean): Promise<void> {
    const there = await fetch('/icon.svg', { method: 'HEAD' }).then(
      () => true,
      () => false,
    );
    this.#events.onState(there && !opened ? 'refused' : 'away');
    clearTimeout(this.#timer);
    this.#timer = window.setTimeout(() => this.open(), this.#pause);
    this.#pause = Math.min(longestPause, this.#pause * 1.7);
  }
}
