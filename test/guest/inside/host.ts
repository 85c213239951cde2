/** The host as the tests in the machine see it: the keeper's end of a connection, wherever the keeper runs. */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { firstValueFrom, Subject } from 'rxjs';
import { filter } from 'rxjs/operators';
import type { Fact, ServiceStatus } from '../../../index.js';
import type { Heard, KeeperOrder, PassedFrame, ServiceSettings } from '../host/orders.js';

/** The host's half. */
export class Host {
  readonly #socket: Socket;
  readonly #facts = new Subject<Fact>();
  readonly #frames = new Subject<PassedFrame>();
  readonly #waiting = new Map<
    number,
    { resolve: (value: unknown) => void; reject: (error: Error) => void }
  >();
  #orders = 0;

  private constructor(socket: Socket) {
    this.#socket = socket;
    createInterface({ input: socket }).on('line', (line) => this.#hear(JSON.parse(line) as Heard));
  }

  /** The keeper that listens there. */
  static async at(address: string, port: number): Promise<Host> {
    const socket = connect(port, address);
    await once(socket, 'connect');
    return new Host(socket);
  }

  #hear(heard: Heard): void {
    if ('fact' in heard) this.#facts.next(heard.fact);
    else if ('frame' in heard) this.#frames.next(heard.frame);
    else {
      const waiting = this.#waiting.get(heard.id);
      this.#waiting.delete(heard.id);
      if ('error' in heard) waiting?.reject(new Error(heard.error));
      else waiting?.resolve(heard.value);
    }
  }

  #order(order: KeeperOrder): Promise<unknown> {
    const id = ++this.#orders;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#socket.write(`${JSON.stringify({ id, order })}\n`);
    });
  }

  /** Starts the service, in place of one that runs; resolves when it listens. */
  async start(settings: ServiceSettings): Promise<void> {
    await this.#order({ do: 'start', settings });
  }

  /** Does a step as in a scenario's timeline: `{ do: 'network.fades', ssid: 'Cafe', to: -80 }`. */
  async perform(step: object): Promise<void> {
    await this.#order({ do: 'perform', step });
  }

  /** Ends the service without a word (SIGKILL). */
  async kill(): Promise<void> {
    await this.#order({ do: 'kill' });
  }

  /** Stops it in its tracks (SIGSTOP). */
  async freeze(): Promise<void> {
    await this.#order({ do: 'freeze' });
  }

  /** Lets it go on (SIGCONT). */
  async thaw(): Promise<void> {
    await this.#order({ do: 'thaw' });
  }

  /** Ends the service properly. */
  async finish(): Promise<void> {
    await this.#order({ do: 'finish' });
  }

  async status(): Promise<ServiceStatus> {
    return (await this.#order({ do: 'status' })) as ServiceStatus;
  }

  /** The next fact of this type from now on. */
  tells<K extends Fact['type']>(type: K): Promise<Extract<Fact, { type: K }>> {
    return firstValueFrom(
      this.#facts.pipe(filter((fact): fact is Extract<Fact, { type: K }> => fact.type === type)),
    );
  }

  /** The next frame with this operation from now on. */
  passes(operation: number): Promise<PassedFrame> {
    return firstValueFrom(this.#frames.pipe(filter((frame) => frame.operation === operation)));
  }

  close(): void {
    this.#socket.destroy();
  }
}
