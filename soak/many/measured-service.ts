/** A service as a process of its own, which counts its own processor time: no client and no neighbour changes it. */
import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { messageFrom, processorTimeUsed } from '../../bench/processes.js';
import { lobbyScenario } from '../lobby.js';

export interface MeasuredInput {
  readonly notificationPort: number;
  readonly maximumGuests: number;
}

export class MeasuredService {
  readonly #child: ChildProcess;
  #port: number;

  private constructor(child: ChildProcess, port: number) {
    this.#child = child;
    this.#port = port;
  }

  /** Starts one with Lobby and 29 other networks, and waits until it listens. */
  static async start({ notificationPort, maximumGuests }: MeasuredInput): Promise<MeasuredService> {
    const child = fork(
      fileURLToPath(new URL('service.mjs', import.meta.url)),
      [JSON.stringify(lobbyScenario(29)), String(notificationPort), String(maximumGuests)],
      { execArgv: ['--expose-gc'], stdio: ['ignore', 'inherit', 'inherit', 'ipc'] },
    );
    const { port } = await messageFrom<{ readonly port: number }>(child, 'listening');
    return new MeasuredService(child, port);
  }

  /** Where it takes requests, on 127.0.0.1; another one after a restart. */
  get port(): number {
    return this.#port;
  }

  /** Bytes of resident memory that stay. */
  async memory(): Promise<number> {
    return (await this.#told<{ readonly rss: number }>('memory')).rss;
  }

  /** Microseconds of its processor time for each of `count`. */
  async costs(count: number, act: () => Promise<unknown>): Promise<number> {
    const before = await processorTimeUsed(this.#child);
    await act();
    return ((await processorTimeUsed(this.#child)) - before) / count;
  }

  /** Lobby has another signal, in dBm. */
  fade(signal: number): void {
    this.#child.send({ type: 'signal', signal });
  }

  /** The host scans by itself. */
  scan(): void {
    this.#child.send({ type: 'scan' });
  }

  /** Stops it. Milliseconds of its processor time. */
  async stop(): Promise<number> {
    const { milliseconds } = await this.#told<{ readonly milliseconds: number }>('stop', 'stopped');
    return milliseconds;
  }

  /** Stops it, and starts it again in the same process: it knows nobody, and its code is warm. */
  async restart(): Promise<void> {
    this.#port = (await this.#told<{ readonly port: number }>('restart', 'listening')).port;
  }

  /** Ends its process. */
  end(): void {
    this.#child.disconnect();
  }

  #told<T>(type: string, answer = type): Promise<T> {
    const told = messageFrom<T>(this.#child, answer);
    this.#child.send({ type });
    return told;
  }
}

/** A port for notifications that no other measurement of this machine has. */
export const freePort = (): number => 20_000 + (process.pid % 10_000);
