import { expect } from 'chai';
import { Outlet } from '../../streams/outlet.js';

describe('an outlet', () => {
  it('tells its listener everything from the subscription on, in order', () => {
    const outlet = new Outlet<number>(() => undefined);
    const heard: number[] = [];
    outlet.next(1);
    outlet.values.subscribe((value) => heard.push(value));
    outlet.next(2);
    outlet.next(3);
    expect(heard).to.deep.equal([2, 3]);
  });

  it('says whether anybody listens', () => {
    const outlet = new Outlet<number>(() => undefined);
    expect(outlet.isHeard).to.equal(false);
    const subscription = outlet.values.subscribe();
    expect(outlet.isHeard).to.equal(true);
    subscription.unsubscribe();
    expect(outlet.isHeard).to.equal(false);
  });

  it('notices that its listener has gone, who hears nothing of what that leads to', () => {
    const heard: number[] = [];
    let left = 0;
    const outlet = new Outlet<number>(() => {
      left += 1;
      outlet.next(left);
    });
    const subscription = outlet.values.subscribe((value) => heard.push(value));
    subscription.unsubscribe();
    subscription.unsubscribe();
    expect(left).to.equal(1);
    expect(heard).to.deep.equal([]);
  });

  it('is heard by the successor of a listener, whether that one leaves before or after', () => {
    let left = 0;
    const outlet = new Outlet<number>(() => {
      left += 1;
    });
    const heard: string[] = [];
    const first = outlet.values.subscribe((value) => heard.push(`first ${value}`));
    const second = outlet.values.subscribe((value) => heard.push(`second ${value}`));
    first.unsubscribe();
    outlet.next(1);
    expect(left).to.equal(0);
    second.unsubscribe();
    outlet.values.subscribe((value) => heard.push(`third ${value}`));
    outlet.next(2);
    expect(heard).to.deep.equal(['second 1', 'third 2']);
    expect(left).to.equal(1);
  });
});
