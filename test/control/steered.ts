/** A service with a simulated radio that is steered over a Unix socket, and a guest of it; tests ask with `fetched`. */
import { mkdtemp, rm } from 'node:fs/promises';
import { type ClientRequest, type IncomingMessage, type RequestOptions, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isLeft } from 'fp-ts/lib/Either.js';
import { createActor, waitFor } from 'xstate';
import type { ControlAddress } from '../../control/address.js';
import { type ControlClient, controlClient } from '../../control/client.js';
import { type ControlledService, type ControlParts, createControl } from '../../control/control.js';
import { type FakeNetwork, type LogFacts, proxyWifi, silentLog, systemClock } from '../../index.js';
import { createGuest, type Guest } from '../../native/guest/index.js';
import { decodeScenario, simulatedBackend } from '../../native/simulated/index.js';
import { right } from '../protocol/either.js';

export const token = 'a token of the tests';

/** Of the network `Quay`. */
export const passphrase = 'mind the tide';

const air = {
  interfaces: [{ name: 'wlan0' }],
  networks: [
    {
      ssid: 'Harbour Cafe',
      security: 'open',
      accessPoints: [{ bssid: '02:00:00:00:00:01', channel: 6, signal: -50 }],
    },
    {
      ssid: 'Quay',
      security: 'wpa2-psk',
      secret: passphrase,
      accessPoints: [{ bssid: '02:00:00:00:00:02', channel: 1, signal: -60 }],
    },
  ],
};

/** One answer, with its body as text. */
export interface Fetched {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly text: string;
}

export interface Steered {
  readonly proxy: ControlledService;
  readonly address: ControlAddress;
  readonly client: ControlClient;
  readonly guest: Guest;
  /** The names that the guest sees in a scan. */
  readonly seen: () => Promise<readonly string[]>;
  readonly fakes: () => readonly FakeNetwork[];
  readonly faults: readonly string[];
  readonly begin: (options: RequestOptions) => ClientRequest;
  readonly fetched: (options: RequestOptions, body?: string | Buffer) => Promise<Fetched>;
  readonly close: () => Promise<void>;
}

/** The whole answer to a request that has been sent. */
export const answerTo = (sent: ClientRequest): Promise<Fetched> =>
  new Promise((resolve, reject) => {
    sent.on('error', reject);
    sent.on('response', (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (piece: string) => {
        text += piece;
      });
      response.on('error', reject);
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text }),
      );
    });
  });

interface SteeredOptions {
  readonly tcp?: boolean;
  readonly parts?: ControlParts;
  readonly radio?: 'none';
}

export const steered = async ({ tcp = false, parts = {}, radio }: SteeredOptions = {}): Promise<Steered> => {
  const folder = await mkdtemp(join(tmpdir(), 'proxy-wifi-control-'));
  const faults: string[] = [];
  const log = {
    ...silentLog,
    error: (facts: LogFacts, message: string) => void faults.push(`${message}: ${String(facts.problem)}`),
  };
  const simulated = simulatedBackend(right(decodeScenario(air)), { clock: systemClock, log });
  let networks: readonly FakeNetwork[] = [];
  const control = createControl({
    address: tcp
      ? { scheme: 'tcp', host: '127.0.0.1', port: 0 }
      : { scheme: 'unix', path: join(folder, 'c.sock') },
    token: tcp ? token : undefined,
    log,
    ...(radio === 'none' ? {} : { radio: simulated }),
    replaceNetworks: (next) => {
      networks = next;
    },
    ...parts,
  });
  const path = join(folder, 'vm');
  const proxy = createActor(proxyWifi, {
    input: {
      endpoints: [`unix://${path}`],
      radio: radio ?? simulated,
      fakeNetworks: () => networks,
      frameTap: control.frameTap,
      scanInterval: 0,
      log,
    },
  });
  proxy.start();
  await waitFor(proxy, (snapshot) => snapshot.matches('running'));
  const opened = right(await control.open(proxy)());
  const { address } = opened;
  const where: RequestOptions =
    address.scheme === 'unix'
      ? { socketPath: address.path }
      : { host: address.host, port: address.port, headers: { authorization: `Bearer ${token}` } };
  const guest = createGuest({ endpoint: { scheme: 'unix', path }, hello: false });
  const begin = (options: RequestOptions): ClientRequest => request({ ...where, agent: false, ...options });
  return {
    proxy,
    address,
    client: controlClient(address, tcp ? token : undefined),
    guest,
    seen: async () => {
      const scan = await guest.scan()();
      if (isLeft(scan)) throw new Error(JSON.stringify(scan.left));
      return scan.right.networks.map(({ ssid }) => ssid);
    },
    fakes: () => networks,
    faults,
    begin,
    fetched: (options, body) => {
      const sent = begin(options);
      const answer = answerTo(sent);
      sent.end(body);
      return answer;
    },
    close: async () => {
      guest.close();
      await opened.close();
      proxy.send({ type: 'stop' });
      await waitFor(proxy, (snapshot) => snapshot.matches('stopped'));
      proxy.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
};
