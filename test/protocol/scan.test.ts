import { expect } from 'chai';
import * as E from 'fp-ts/lib/Either.js';
import type { Bss } from '../../protocol/bss.js';
import { type DriverFormat, decodeHostMessage, encodeHostMessage, headerSize } from '../../protocol/frame.js';
import { maximumScanResponseSize } from '../../protocol/scan.js';
import { bssOf, bssWith } from './bsses.js';
import { accessPoints, hex } from './captures.js';
import { readAsDriver } from './driver-reader.js';
import { right } from './either.js';

const encode = (networks: readonly Bss[], driver?: DriverFormat) =>
  encodeHostMessage({ operation: 'scan.response', complete: true, networks }, driver);

const networksIn = (frame: Uint8Array) => {
  const read = readAsDriver(frame);
  return read.code === 2 ? read.networks : [];
};

/** A network with so many bytes of elements. */
const sized = (size: number): Bss => bssWith({ kind: 'open' }, { elements: new Uint8Array(size) });

describe('a scan response', () => {
  for (const driver of ['with-scan-complete', 'without-scan-complete'] as const) {
    it(`carries all captured access points to a driver ${driver.replaceAll('-', ' ')}`, () => {
      const networks = accessPoints.map(bssOf);
      const frame = encode(networks, driver);
      const head = driver === 'with-scan-complete' ? 9 : 8;
      expect(frame.length).to.equal(
        headerSize + head + 26 * 16 + accessPoints.reduce((size, { IEs }) => size + IEs.length / 2, 0),
      );
      const read = readAsDriver(frame, driver === 'with-scan-complete');
      expect(read.code === 2 && read.networks.map(({ elements }) => hex(elements))).to.deep.equal(
        accessPoints.map(({ IEs }) => IEs),
      );
      expect(decodeHostMessage(frame, driver)).to.deep.equal(
        E.right({ operation: 'scan.response', complete: true, networks }),
      );
    });
  }

  it('has the same bytes when the same networks are sent again, and again in another order', () => {
    const [one, two, three] = accessPoints.map(bssOf);
    if (one === undefined || two === undefined || three === undefined)
      throw new Error('three access points are needed');
    const first = hex(encode([one, two, three]));
    const reversed = networksIn(encode([three, two, one]));
    expect(hex(encode([one, two, three]))).to.equal(first);
    expect(reversed.map(({ elements }) => hex(elements))).to.deep.equal(
      [three, two, one].map(({ elements }) => hex(elements)),
    );
  });

  it('brings numbers beyond their fields to the nearest one within', () => {
    const [low, high] = networksIn(
      encode([
        bssWith({ kind: 'open' }, { rssi: -3e9, beaconInterval: -1, frequency: -1, capabilities: -1 }),
        bssWith({ kind: 'open' }, { rssi: 3e9, beaconInterval: 1e6, frequency: 1e11, capabilities: 1e6 }),
      ]),
    );
    expect(low).to.include({ rssi: -0x80000000, beaconInterval: 0, frequency: 0, capabilities: 0 });
    expect(high).to.include({
      rssi: 0x7fffffff,
      beaconInterval: 0xffff,
      frequency: 0xffffffff,
      capabilities: 0xffff,
    });
  });

  it('may be as large as its bound', () => {
    const frame = encode([sized(maximumScanResponseSize - 9 - 26)]);
    expect(frame.length).to.equal(headerSize + maximumScanResponseSize);
    expect(networksIn(frame)).to.have.length(1);
    expect(right(decodeHostMessage(frame)).operation).to.equal('scan.response');
  });

  it('leaves out the networks that do not fit, and keeps those behind them that do', () => {
    const half = maximumScanResponseSize / 2;
    const sizes = networksIn(
      encode([sized(100), sized(half), sized(half), sized(200), sized(maximumScanResponseSize)]),
    ).map(({ elements }) => elements.length);
    expect(sizes).to.deep.equal([100, half, 200]);
  });

  it('fills its bound to the last byte before it leaves out anything', () => {
    const networks = networksIn(encode([sized(maximumScanResponseSize - 9 - 26), sized(0)]));
    expect(networks.map(({ elements }) => elements.length)).to.deep.equal([maximumScanResponseSize - 9 - 26]);
  });

  it('is bounded however many networks there are', () => {
    const bss = sized(300);
    const networks = networksIn(encode(Array.from({ length: 10_000 }, () => bss)));
    expect(networks).to.have.length(Math.floor((maximumScanResponseSize - 9) / 326));
  });
});
