import { expect } from 'chai';
import * as E from 'fp-ts/lib/Either.js';
import { createActor, fromCallback } from 'xstate';
import { decodeInput } from '../../actors/application/settings.js';
import type { HostInterfaceEvent } from '../../actors/host-interface-events.js';
import { ScanRound } from '../../actors/scan-round.js';
import { Services } from '../../actors/services.js';
import type { PretendedInterface, RadioInterface } from '../../native/index.js';
import { interfaceId } from '../../native/radio.js';
import { guestIdOf } from '../../native/sockets/endpoint.js';
import { thisPlatform } from '../../platform.js';
import type { Bss } from '../../protocol/bss.js';
import { right } from '../protocol/either.js';
import { bss } from '../stage/networks.js';
import { ScriptedStation } from '../stage/scripted-radio.js';

const guest = guestIdOf({ scheme: 'vsock', address: '3' });

const pretended = (networks: PretendedInterface['networks']): PretendedInterface => ({
  kind: 'pretended',
  id: interfaceId('pretended'),
  name: 'pretended',
  networks,
});

/** An interface whose scans are complete at once. */
class InstantStation extends ScriptedStation {
  override readonly instant = true;
}

const station = (name: string, seen: readonly Bss[]): ScriptedStation => {
  const port = new InstantStation(name);
  port.seen = seen;
  port.onScan = () => E.right('complete');
  return port;
};

/** A round that has begun, and which interfaces have answered by themselves later. */
const begun = (...ports: readonly RadioInterface[]) => {
  const services = new Services(right(decodeInput({ endpoints: ['memory://vm'] })), thisPlatform, {
    publish: () => undefined,
    welcome: () => undefined,
  });
  for (const port of ports) services.admit({ port, radio: 'test', actor: undefined });
  const round = new ScanRound(1, services);
  const later: string[] = [];
  round.begin(guest, null, (id, outcome) => {
    later.push(`${id} ${outcome}`);
    round.record(id, outcome);
  });
  return { round, later, services };
};

const names = (round: ScanRound): readonly string[] => round.result().networks.map(({ ssid }) => ssid);

describe('a scan round', () => {
  it('without interfaces is complete and empty', () => {
    const { round } = begun();
    expect(round.complete).to.equal(true);
    expect(round.result()).to.deep.equal({ networks: [], complete: true });
  });

  it('is complete at once when every interface knows at once', () => {
    const { round } = begun(
      pretended(() => [bss('Lab', 1)]),
      station('wlan0', [bss('Cafe', 2)]),
    );
    expect(round.complete).to.equal(true);
    expect(names(round)).to.deep.equal(['Lab', 'Cafe']);
    expect(round.result().complete).to.equal(true);
  });

  it('waits for networks that are promised', async () => {
    const { round, later } = begun(pretended(() => Promise.resolve([bss('Lab', 1)])));
    expect(round.complete).to.equal(false);
    expect(names(round)).to.deep.equal([]);
    await new Promise((resolve) => setImmediate(resolve));
    expect(later).to.deep.equal(['pretended complete']);
    expect(round.complete).to.equal(true);
    expect(names(round)).to.deep.equal(['Lab']);
  });

  it('keeps dispatch order, however late an interface answers', async () => {
    const { round } = begun(
      pretended(() => Promise.resolve([bss('Lab', 1)])),
      station('wlan0', [bss('Cafe', 2)]),
    );
    expect(names(round)).to.deep.equal(['Cafe']);
    await new Promise((resolve) => setImmediate(resolve));
    expect(names(round)).to.deep.equal(['Lab', 'Cafe']);
  });

  it('an interface that refuses at once has seen nothing', () => {
    const port = station('wlan0', [bss('Cafe', 2)]);
    port.onScan = () => E.left({ operation: 'scan', code: 'EBUSY', detail: 'busy' });
    const { round } = begun(port);
    expect(round.result()).to.deep.equal({ networks: [], complete: true });
  });

  it('an interface whose actor has not started has seen nothing', () => {
    const port = new ScriptedStation('wlan0');
    port.seen = [bss('Cafe', 2)];
    const { round } = begun(port);
    expect(round.complete).to.equal(true);
    expect(names(round)).to.deep.equal([]);
  });

  it('an answer of an interface that was not asked changes nothing', () => {
    const { round } = begun(station('wlan0', [bss('Cafe', 2)]));
    round.record(interfaceId('wlan9'), 'running');
    expect(round.result().complete).to.equal(true);
  });

  describe('with an interface that scans in its own time', () => {
    const asked: HostInterfaceEvent[] = [];
    const listening = fromCallback<HostInterfaceEvent>(({ receive }) =>
      receive((event) => asked.push(event)),
    );
    const started = (seen: readonly Bss[]) => {
      const port = new ScriptedStation('wlan0');
      port.seen = seen;
      const { services } = begun();
      asked.length = 0;
      const actor = createActor(listening).start();
      services.admit({ port, radio: 'test', actor });
      const round = new ScanRound(4, services);
      round.begin(guest, null, () => undefined);
      return round;
    };

    it('asks its actor for this guest and round', () => {
      expect(started([]).complete).to.equal(false);
      expect(asked).to.deep.equal([{ type: 'scan.requested', guest, round: 4, ssid: null }]);
    });

    for (const [outcome, seen, complete] of [
      ['complete', ['Cafe'], true],
      ['running', ['Cafe'], false],
      ['failed', [], true],
    ] as const)
      it(`'${outcome}' gives ${seen.length === 0 ? 'nothing' : 'what it has seen'}, ${complete ? 'and that is all' : 'and more will follow'}`, () => {
        const round = started([bss('Cafe', 2)]);
        round.record(interfaceId('wlan0'), outcome);
        expect(round.complete).to.equal(true);
        expect(names(round)).to.deep.equal(seen);
        expect(round.result().complete).to.equal(complete);
      });

    it('before it has answered, it has seen nothing', () => {
      expect(names(started([bss('Cafe', 2)]))).to.deep.equal([]);
    });
  });
});
