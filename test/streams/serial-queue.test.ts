import { expect } from 'chai';
import { SerialQueue } from '../../streams/serial-queue.js';

describe('a serial queue', () => {
  it('begins a job when the one before has ended, in the order in which they came', async () => {
    const queue = new SerialQueue();
    const done: string[] = [];
    const job = (name: string) => async () => {
      done.push(`${name} begins`);
      await new Promise((resolve) => setImmediate(resolve));
      done.push(`${name} ends`);
    };
    await Promise.all([queue.add(job('a')), queue.add(job('b'))]);
    expect(done).to.deep.equal(['a begins', 'a ends', 'b begins', 'b ends']);
  });

  it('gives each its own result, and goes on after one that fails', async () => {
    const queue = new SerialQueue();
    const failing = queue.add(async () => {
      throw new Error('broken');
    });
    const following = queue.add(async () => 7);
    const reason: unknown = await failing.then(
      () => undefined,
      (error: unknown) => error,
    );
    expect(reason).to.be.an('error').with.property('message', 'broken');
    expect(await following).to.equal(7);
  });
});
