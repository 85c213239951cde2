import { expect } from 'chai';
import { logNativeCode, type TracingLog, tellProblem } from '../../native/log.js';
import { callBegins } from '../../native/native-calls.js';

describe('the log of native code', () => {
  const written: { level: string; facts: Readonly<Record<string, unknown>>; message: string }[] = [];
  const write = (level: string) => (facts: Readonly<Record<string, unknown>>, message: string) =>
    void written.push({ level, facts, message });
  const log = (level: string): TracingLog => ({
    isLevelEnabled: (asked) => asked === level,
    info: write('info'),
    warn: write('warn'),
    trace: write('trace'),
  });

  beforeEach(() => written.splice(0));

  it('has each call with its time and result at the level trace, until it is ended', () => {
    const subscription = logNativeCode(log('trace'));
    callBegins('wlanapi', 'WlanScan')('ERROR_SUCCESS');
    subscription.unsubscribe();
    callBegins('wlanapi', 'WlanScan')('ERROR_SUCCESS');
    expect(written).to.have.length(1);
    expect(written[0]).to.deep.include({ level: 'trace', message: 'WlanScan: ERROR_SUCCESS' });
    expect(written[0]?.facts).to.include({
      library: 'wlanapi',
      operation: 'WlanScan',
      result: 'ERROR_SUCCESS',
    });
    expect(written[0]?.facts.ms).to.be.a('number').that.is.at.least(0);
  });

  it('times no call at any other level, nor for a log without that level', () => {
    const { trace: _, ...without } = log('trace');
    for (const one of [log('debug'), without]) {
      const subscription = logNativeCode(one);
      callBegins('wlanapi', 'WlanScan')('ERROR_SUCCESS');
      subscription.unsubscribe();
    }
    expect(written).to.deep.equal([]);
  });

  it('has each line once, however many services write to it, and as long as one of them does', () => {
    const one = log('trace');
    const subscriptions = [logNativeCode(one), logNativeCode(one)];
    const call = (): void => callBegins('wlanapi', 'WlanScan')('ERROR_SUCCESS');
    call();
    tellProblem({}, 'no wait');
    subscriptions[0]?.unsubscribe();
    call();
    subscriptions[1]?.unsubscribe();
    call();
    expect(written.map(({ level }) => level)).to.deep.equal(['trace', 'warn', 'trace']);
  });

  it('begins and ends with the level as it is when somebody asks again', () => {
    let enabled = false;
    const one: TracingLog = { ...log('trace'), isLevelEnabled: () => enabled };
    const first = logNativeCode(one);
    const asked = (now: boolean): number => {
      enabled = now;
      const again = logNativeCode(one);
      callBegins('wlanapi', 'WlanScan')('ERROR_SUCCESS');
      again.unsubscribe();
      return written.length;
    };
    expect([asked(false), asked(true), asked(false)]).to.deep.equal([0, 1, 1]);
    first.unsubscribe();
  });

  it('has problems as warnings; without a log they are warnings of the process', async () => {
    const subscription = logNativeCode(log('info'));
    tellProblem({ code: 'WSA_WAIT_FAILED' }, 'no wait');
    subscription.unsubscribe();
    expect(written).to.deep.equal([
      { level: 'warn', facts: { code: 'WSA_WAIT_FAILED' }, message: 'no wait' },
    ]);
    const warned = new Promise<Error>((resolve) => process.once('warning', resolve));
    // A module of its own: services of other tests in this process may still follow the one that all share.
    const alone = `../../native/log.js?${Date.now()}`;
    const { tellProblem: tellAlone }: typeof import('../../native/log.js') = await import(alone);
    tellAlone({}, 'nobody listens');
    expect((await warned).message).to.equal('nobody listens');
  });
});
