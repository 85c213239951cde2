/** What notifications cost: one change of signal, told to many guests. */
import { compared, median, quantile, type Result } from './figures.js';
import { Audience, answerOf, guestAddress } from './guests.js';
import { messageFrom, processorTimeUsed, type Server } from './processes.js';
import { interleaved } from './rounds.js';

/** The open network whose signal changes. */
export const hall = 'hall';

/** An open connect request for `ssid`. */
export const connectRequest = (ssid: string): Buffer => {
  const body = Buffer.alloc(76);
  body[0] = ssid.length;
  body.write(ssid, 1, 'latin1');
  return Buffer.concat([Buffer.from('034c0000000100', 'hex'), body]);
};

/** Where the guests of a measure begin, how many they are, and where they listen. */
export interface Hall {
  readonly guests: number;
  readonly port: number;
}

/** Each guest has a session on the network whose signal changes. */
export const enterHall = async (service: Server, first: number, guests: number): Promise<void> => {
  for (let n = first; n < first + guests; n += 1) {
    const answer = await answerOf(service.port, guestAddress(n), connectRequest(hall));
    if (answer.readUInt16LE(7) !== 0)
      throw new Error(`a guest could not connect: status ${answer.readUInt16LE(7)}`);
  }
};

/** Changes the signal each time it is called. */
export const signalOf = (service: Server): (() => void) => {
  let signal = -50;
  return () => {
    signal = signal === -50 ? -60 : -50;
    service.child.send({ type: 'signal', ssid: hall, signal });
  };
};

/** Milliseconds until one change of signal has reached every guest. */
export const changeOfSignal = async (
  service: Server,
  audience: Audience,
  { guests, port }: Hall,
): Promise<() => Promise<number>> => {
  await audience.open(guests, port);
  await enterHall(service, 0, guests);
  const change = signalOf(service);
  return () => audience.time(guests, change);
};

/** Microseconds of processor time of a server for each of the notifications of so many rounds. */
const processorTime = async (
  { child }: Server,
  rounds: number,
  notifications: number,
  round: () => Promise<unknown>,
): Promise<number> => {
  const before = await processorTimeUsed(child);
  for (let n = 0; n < rounds; n += 1) await round();
  return ((await processorTimeUsed(child)) - before) / (rounds * notifications);
};

/** Milliseconds that each notification since the last asking waited for its bytes once its connection was being opened. */
const written = async ({ child }: Server): Promise<readonly number[]> => {
  child.send({ type: 'written' });
  return (await messageFrom<{ readonly milliseconds: readonly number[] }>(child, 'written')).milliseconds;
};

/** Wall time and processor time of one change of signal. */
export const notify = async (
  service: Server,
  bare: Server,
  port: number,
  short: boolean,
): Promise<readonly Result[]> => {
  const guests = 256;
  const audience = new Audience();
  const ours = await changeOfSignal(service, audience, { guests, port });
  const addresses = Array.from({ length: guests }, (_, n) => guestAddress(n));
  const theirs = () =>
    audience.time(guests, () =>
      bare.child.send({ type: 'notify', addresses, port, frame: '08010000000100b3' }),
    );
  await interleaved(20, [ours, theirs]);
  await written(service);
  const [values, baselines] = await interleaved(short ? 20 : 60, [ours, theirs]);
  const [spent, baseline] = await interleaved(short ? 5 : 15, [
    () => processorTime(service, 10, guests, ours),
    () => processorTime(bare, 10, guests, theirs),
  ]);
  const delays = await written(service);
  audience.close();
  return [
    compared('notify-256', 'ms', median(values), median(baselines), { atMost: 1.3 }),
    compared('notify-256-cpu', 'µs', median(spent), median(baseline), { atMost: 1.5 }),
    compared('notify-256-written', 'ms', quantile(delays, 0.999), 5, { atMost: 1 }),
  ];
};
