import { once } from 'node:events';
import Module from 'node:module';
import type { Worker } from 'node:worker_threads';
import { expect } from 'chai';
import sinon from 'sinon';
import { kernelMissing, layOut } from '../../machines-viz/draw/layout.js';

describe('the layout', function () {
  this.timeout(20_000);

  const graph = {
    id: 'picture',
    layoutOptions: { 'elk.algorithm': 'layered' },
    children: [
      { id: 'a', width: 10, height: 10 },
      { id: 'b', width: 10, height: 10 },
    ],
    edges: [{ id: 'e', sources: ['a'], targets: ['b'] }],
  };

  it('places what it is given, each time the same', async () => {
    const [one, other] = await Promise.all([layOut(structuredClone(graph)), layOut(structuredClone(graph))]);
    expect(one.children?.map(({ x }) => x))
      .to.have.lengthOf(2)
      .and.not.include(undefined);
    expect(one).to.deep.equal(other);
  });

  it('leaves no thread behind', async () => {
    const threads: Worker[] = [];
    const began = (thread: Worker): void => void threads.push(thread);
    process.on('worker', began);
    try {
      await layOut(structuredClone(graph));
    } finally {
      process.off('worker', began);
    }
    const [thread] = threads;
    if (thread === undefined) throw new Error('no thread');
    // Where it were left behind it would keep this process.
    thread.unref();
    if (thread.threadId !== -1) await once(thread, 'exit');
  });

  it('rejects what makes no sense, and leaves the process alive', async () => {
    const broken = { ...structuredClone(graph), edges: [{ id: 'e', sources: ['a'], targets: ['nowhere'] }] };
    const outcome = await layOut(broken).then(
      () => 'placed',
      (error: unknown) => String(error),
    );
    expect(outcome).to.match(/nowhere/);
  });

  it('says what to install where nothing can place boxes', () => {
    expect(kernelMissing()).to.equal(undefined);
    const unresolved = sinon.stub(
      Module as unknown as { _resolveFilename: () => string },
      '_resolveFilename',
    );
    try {
      unresolved.throws(new Error('Cannot find module'));
      expect(kernelMissing()?.message).to.include('npm install elkjs');
    } finally {
      unresolved.restore();
    }
  });
});
