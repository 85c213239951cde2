import { expect } from 'chai';
import sinon from 'sinon';
import { Counters } from '../../../actors/application/counters.js';

describe('counters', () => {
  it('begin with the first count, and have each label by itself', () => {
    const counters = new Counters();
    counters.count('restarts', 'radio');
    counters.count('restarts', 'radio');
    counters.count('restarts', 'guest');
    counters.requestAnswered('scan', 'complete', 3);
    counters.requestAnswered('scan', 'failed', 3);
    counters.requestAnswered('connect', 'failed', 3);
    counters.requestAnswered('connect', 'failed', 3);
    const { restarts, requests, refusedFrames } = counters.tally();
    expect({ restarts, requests, refusedFrames }).to.deep.equal({
      restarts: { radio: 2, guest: 1 },
      requests: { 'scan complete': 1, 'scan failed': 1, 'connect failed': 2 },
      refusedFrames: {},
    });
  });

  it('tell a sink of every count and every duration as it happens', () => {
    const sink = { count: sinon.fake(), requestAnswered: sinon.fake(), notificationWritten: sinon.fake() };
    const counters = new Counters(sink);
    counters.count('restarts', 'radio');
    counters.requestAnswered('scan', 'complete', 3);
    counters.notificationWritten('signal', 2);
    expect(sink.count.args).to.deep.equal([
      ['restarts', 'radio'],
      ['requests', 'scan complete'],
    ]);
    expect(sink.requestAnswered.args).to.deep.equal([['scan', 'complete', 3]]);
    expect(sink.notificationWritten.args).to.deep.equal([['signal', 2]]);
    const { notificationWritten: _, ...older } = sink;
    new Counters(older).notificationWritten('signal', 2);
  });
});
