/** A process that listens, is connected to two hundred times, and ends: for the log that V8 writes of it. */
import { once } from 'node:events';
import { connect } from 'node:net';
import { tcp } from '../../../native/sockets/tcp.js';
import { systemClock } from '../../../streams/clock.js';

const listening = tcp
  .transport(systemClock)
  .listen({ scheme: 'tcp', host: '127.0.0.1', port: 0 }, { requestPort: 0 })
  .subscribe((event) => {
    if (event.type === 'accepted') void event.connection.finish(Buffer.from('answer'))();
    else void serve(Number(new URL(event.address).port));
  });

const serve = async (port: number): Promise<void> => {
  for (let n = 0; n < 200; n += 1) {
    const guest = connect({ host: '127.0.0.1', port }).resume();
    await once(guest, 'close');
  }
  listening.unsubscribe();
};
