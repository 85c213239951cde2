import { expect } from 'chai';
import type { AnyActorRef } from 'xstate';
import { readTelemetry } from '../../machines-viz/inspector/telemetry.js';

const bss = (bssid: string, rssi: number) => ({
  ...{ ssid: 'Quay', bssid, rssi, frequency: 2_412_400, capabilities: 1, beaconInterval: 100 },
  elements: new Uint8Array([0, 4, 0x51, 0x75, 0x61, 0x79]),
});
const [one, two] = [bss('02:00:00:00:00:01', -50), bss('02:00:00:00:00:02', -60)];

const rootWith = (context?: object): AnyActorRef => ({ getSnapshot: () => ({ context }) }) as never;

const read = (...interfaces: readonly object[]) => {
  const status = { interfaces };
  const asked: unknown[] = [];
  const networksOf = (id: unknown): readonly object[] => {
    asked.push(id);
    return [one, two];
  };
  const telemetry = readTelemetry(rootWith({ status: { read: () => status }, interfaces: { networksOf } }));
  return { telemetry, status, asked };
};

describe('what the page is told of the service', () => {
  it('is nothing before there is one', () => {
    const whole = { status: {}, interfaces: {} };
    expect(readTelemetry(undefined)).to.equal(undefined);
    for (const context of [
      undefined,
      {},
      { ...whole, status: undefined },
      { ...whole, interfaces: undefined },
    ])
      expect(readTelemetry(rootWith(context))).to.equal(undefined);
  });

  it('is its state, and the networks of each interface, in whole MHz', () => {
    const { telemetry, status, asked } = read({ id: 'wlan0', link: null, rssi: null });
    expect(telemetry?.status).to.equal(status);
    expect(asked).to.deep.equal(['wlan0']);
    expect(telemetry?.networks).to.deep.equal({
      wlan0: [one, two].map(({ bssid, rssi }) => ({
        ...{ ssid: 'Quay', bssid, rssi, frequency: 2412, security: 'open' },
      })),
    });
  });

  it('has the signal of the link where that is newer than the last scan, and of no other network', () => {
    const signals = (link: object | null, rssi: number | null) =>
      read({ id: 'wlan0', link, rssi }).telemetry?.networks.wlan0?.map((network) => network.rssi);
    const link = { ssid: 'Quay', bssid: two.bssid };
    expect(signals(link, -71)).to.deep.equal([-50, -71]);
    expect(signals(link, 0)).to.deep.equal([-50, 0]);
    expect(signals(link, null)).to.deep.equal([-50, -60]);
    expect(signals(null, -71)).to.deep.equal([-50, -60]);
  });
});
