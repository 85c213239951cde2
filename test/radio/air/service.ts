/** The whole service, embedded as a host application does it, with its log in `service.log`. */
import { appendFileSync } from 'node:fs';
import { firstValueFrom, Subject } from 'rxjs';
import { filter } from 'rxjs/operators';
import { type Actor, createActor, waitFor } from 'xstate';
import { type Fact, type Log, type ProxyWifiInput, proxyWifi, type ServiceStatus } from '../../../index.js';
import { station } from './host.js';
import { logs } from './programs.js';

const write =
  (level: string) =>
  (facts: object, message: string): void =>
    appendFileSync(
      `${logs}/service.log`,
      `${new Date().toISOString()} ${level} ${message} ${JSON.stringify(facts)}\n`,
    );

const log: Log = {
  isLevelEnabled: (level) => level !== 'debug' && level !== 'trace',
  debug: () => {},
  info: write('info'),
  warn: write('warn'),
  error: write('error'),
};

/** A running service. */
export class Service {
  readonly #proxy: Actor<typeof proxyWifi>;
  readonly #facts = new Subject<Fact>();

  constructor(input: Partial<ProxyWifiInput> = {}) {
    this.#proxy = createActor(proxyWifi, {
      input: { endpoints: ['vsock://1', 'unix:///run/vm2.vsock'], radio: 'host', log, ...input },
    });
    this.#proxy.on('*', (fact) => this.#facts.next(fact));
    this.#proxy.start();
  }

  /** The next fact of this type from now on. */
  tells<K extends Fact['type']>(type: K): Promise<Extract<Fact, { type: K }>> {
    return firstValueFrom(
      this.#facts.pipe(filter((fact): fact is Extract<Fact, { type: K }> => fact.type === type)),
    );
  }

  get status(): ServiceStatus {
    return this.#proxy.getSnapshot().context.status.read();
  }

  /** Resolves once the status is so. The test's own time limit bounds the waiting. */
  async settles(so: (status: ServiceStatus) => boolean): Promise<void> {
    while (!so(this.status)) await new Promise((resolve) => setTimeout(resolve, 20));
  }

  /** The station interface is there. */
  arrives(): Promise<void> {
    return this.settles(({ interfaces }) => interfaces.some(({ name }) => name === station));
  }

  /** The station interface is not there. */
  leaves(): Promise<void> {
    return this.settles(({ interfaces }) => interfaces.length === 0);
  }

  async stop(): Promise<void> {
    this.#proxy.send({ type: 'stop' });
    await waitFor(this.#proxy, (snapshot) => snapshot.matches('stopped'));
    this.#proxy.stop();
  }
}
