/**
 * Keeps the service for the tests: starts, kills, freezes it, and hands on what they say to each other. `keeper <address> <folder>`
 * listens on a port that the system chooses and writes `listening on <port>`. It runs beside the tests in the virtual
 * machine, or on the test machine outside; for the tests that is the same.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Heard, KeeperOrder, ServiceOrder } from './orders.js';

const [, , address = '127.0.0.1', folder = '.'] = process.argv;
const serviceFile = fileURLToPath(new URL('./service.mjs', import.meta.url));

let service: ChildProcess | undefined;
let ended: Promise<unknown> = Promise.resolve();
let asked = 0;
const answers = new Map<number, { resolve: (value: unknown) => void; reject: (error: Error) => void }>();
let client: Socket | undefined;

const hear = (heard: Heard): void => {
  if (!('id' in heard)) {
    client?.write(`${JSON.stringify(heard)}\n`);
    return;
  }
  const waiting = answers.get(heard.id);
  answers.delete(heard.id);
  if ('error' in heard) waiting?.reject(new Error(heard.error));
  else waiting?.resolve(heard.value);
};

const ask = (order: ServiceOrder): Promise<unknown> =>
  new Promise((resolve, reject) => {
    if (service === undefined) {
      reject(new Error('no service runs'));
      return;
    }
    const id = ++asked;
    answers.set(id, { resolve, reject });
    service.send({ id, order });
  });

const kill = async (): Promise<void> => {
  service?.kill('SIGKILL');
  await ended;
};

const launch = (): void => {
  const child = fork(serviceFile, [join(folder, 'service.log')], {
    execArgv: ['--enable-source-maps'],
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  child.on('message', hear);
  ended = once(child, 'exit').then(() => {
    service = undefined;
    for (const { reject } of answers.values()) reject(new Error('the service has ended'));
    answers.clear();
  });
  service = child;
};

const obey = async (order: KeeperOrder): Promise<unknown> => {
  switch (order.do) {
    case 'start':
      await kill();
      launch();
      return ask(order);
    case 'perform':
    case 'status':
      return ask(order);
    case 'finish':
      if (service === undefined) return null;
      await ask(order);
      await ended;
      return null;
    case 'kill':
      await kill();
      return null;
    case 'freeze':
      service?.kill('SIGSTOP');
      return null;
    case 'thaw':
      service?.kill('SIGCONT');
      return null;
  }
};

const server = createServer((socket) => {
  client = socket;
  socket.on('error', () => socket.destroy());
  createInterface({ input: socket }).on('line', (line) => {
    const { id, order } = JSON.parse(line) as { id: number; order: KeeperOrder };
    obey(order).then(
      (value) => socket.write(`${JSON.stringify({ id, value: value ?? null })}\n`),
      (error: unknown) => socket.write(`${JSON.stringify({ id, error: String(error) })}\n`),
    );
  });
});
server.listen(0, address, () => console.log(`listening on ${(server.address() as AddressInfo).port}`));
process.on('SIGTERM', () => {
  kill().then(
    () => process.exit(0),
    () => process.exit(1),
  );
});
