import { expect } from 'chai';
import { FactStream } from '../../../actors/application/fact-stream.js';
import type { Fact } from '../../../actors/application/facts.js';
import { interfaceId } from '../../../native/radio.js';
import { ssid } from '../../stage/networks.js';

const fact = (name: string): Fact => ({
  type: 'hostDisconnected',
  interfaceId: interfaceId('wlan0'),
  ssid: ssid(name),
});

const stream = (hooks: readonly string[] = []) => {
  const told: Fact[] = [];
  const facts = new FactStream({
    has: (name) => hooks.includes(name),
    tell: (each) => {
      told.push(each);
      return Promise.resolve();
    },
    authorize: () => Promise.resolve(0),
    release: () => undefined,
  });
  const heard: Fact[] = [];
  facts.facts.subscribe((each) => heard.push(each));
  return { facts, told, heard };
};

describe('the stream of facts', () => {
  it('delivers after the step that published, in order', async () => {
    const { facts, heard } = stream();
    facts.publish(fact('Cafe'));
    facts.publish(fact('Home'));
    expect(heard).to.deep.equal([]);
    await Promise.resolve();
    expect(heard).to.deep.equal([fact('Cafe'), fact('Home')]);
  });

  it('delivers what is published while others are delivered after them', async () => {
    const { facts, heard } = stream();
    const first = facts.facts.subscribe(() => {
      first.unsubscribe();
      facts.publish(fact('Attic'));
    });
    facts.publish(fact('Cafe'));
    facts.publish(fact('Home'));
    await new Promise((resolve) => setImmediate(resolve));
    expect(heard).to.deep.equal([fact('Cafe'), fact('Home'), fact('Attic')]);
  });

  it('calls the hook of what is announced, and not of what is published, nor one that is not there', () => {
    const { facts, told } = stream(['hostDisconnected']);
    facts.publish(fact('Cafe'));
    facts.announce(fact('Home'));
    expect(told).to.deep.equal([fact('Home')]);
    const unhooked = stream();
    unhooked.facts.announce(fact('Home'));
    expect(unhooked.told).to.deep.equal([]);
  });

  it('forgets what is published while nobody listens', async () => {
    const { facts, heard } = stream();
    facts.isHeard = () => false;
    facts.publish(fact('Cafe'));
    facts.isHeard = () => true;
    facts.publish(fact('Home'));
    await Promise.resolve();
    expect(heard).to.deep.equal([fact('Home')]);
  });
});
