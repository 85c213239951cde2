import { expect } from 'chai';
import { networkJson, networksTable, signalText } from '../../cli/networks-table.js';
import { type Bss, parseBssid, ssidFromText } from '../../protocol/index.js';

const bss = (name: string, rssi: number, frequency = 5_180_000): Bss => {
  const ssid = ssidFromText(name);
  const bssid = parseBssid(`02:00:00:00:00:${String(-rssi).padStart(2, '0')}`);
  if (ssid._tag === 'Left' || bssid._tag === 'Left') throw new Error('not a network');
  return {
    ssid: ssid.right,
    bssid: bssid.right,
    capabilities: 1,
    rssi,
    beaconInterval: 100,
    frequency,
    elements: new Uint8Array([0, 0]),
  };
};

const plain = { colour: false };

describe('a table of networks', () => {
  it('has the strongest network first and its columns in line', () => {
    const [head, ...rows] = networksTable([bss('far', -80), bss('a much longer name', -50)], plain);
    expect(head).to.match(/^SSID +BSSID +Signal +Channel +Security$/);
    expect(rows.map((row) => row.split(' ')[0])).to.deep.equal(['a', 'far']);
    for (const row of rows) expect(row.indexOf('02:')).to.equal(head?.indexOf('BSSID'));
    for (const row of rows) expect(row.indexOf('open')).to.equal(head?.indexOf('Security'));
  });

  it('counts East Asian characters and emoji as two cells and combining marks as none', () => {
    const [, wide, latin] = networksTable([bss('茶', -50), bss('ab', -60)], plain);
    expect(wide?.indexOf('02:')).to.equal((latin?.indexOf('02:') ?? 0) - 1);
    const [, marked, unmarked] = networksTable([bss('e\u0301', -50), bss('e', -60)], plain);
    expect(marked?.indexOf('02:')).to.equal((unmarked?.indexOf('02:') ?? 0) + 1);
  });

  it('calls a network without a name hidden, and shows a frequency without a channel as it is', () => {
    const [, row] = networksTable([bss('', -50, 5_181_000)], plain);
    expect(row).to.match(/^\(hidden\) .* 5181 MHz +open$/);
  });

  it('says so when there is nothing', () => {
    expect(networksTable([], plain)).to.deep.equal(['No networks.']);
  });

  for (const [rssi, shown] of [
    [-30, '▂▄▆█'],
    [-55, '▂▄▆█'],
    [-56, '▂▄▆_'],
    [-67, '▂▄▆_'],
    [-68, '▂▄__'],
    [-77, '▂▄__'],
    [-78, '▂___'],
    [-88, '▂___'],
    [-89, '____'],
  ] as const) {
    it(`shows ${rssi} dBm as ${shown}`, () => {
      expect(signalText(rssi, plain)).to.equal(`${shown}  ${rssi} dBm`);
    });
  }

  it('colours signals only where colour is wanted: red up to one bar, yellow for two, green for more', () => {
    const colours = [-100, -80, -70, -60, -50].map((rssi) => signalText(rssi, { colour: true }).slice(1, 5));
    expect(colours).to.deep.equal(['[31m', '[31m', '[33m', '[32m', '[32m']);
  });

  it('has signals of any size in line, and networks of one strength in the order of their addresses', () => {
    expect(signalText(-5, plain)).to.equal('▂▄▆█   -5 dBm');
    expect(signalText(-100, plain)).to.equal('____ -100 dBm');
    const [a, b] = [bss('a', -60), { ...bss('b', -61), rssi: -60 }];
    const names = (networks: readonly Bss[]) =>
      networksTable(networks, plain)
        .slice(1)
        .map((row) => row[0]);
    expect([names([a, b]), names([b, a])]).to.deep.equal([
      ['a', 'b'],
      ['a', 'b'],
    ]);
  });

  it('has networks as plain data, the elements in hex', () => {
    expect(networkJson(bss('x', -50, 2_412_000))).to.deep.equal({
      ssid: 'x',
      ssidHex: '78',
      bssid: '02:00:00:00:00:50',
      rssi: -50,
      frequency: 2_412_000,
      channel: 1,
      band: '2.4',
      security: 'open',
      beaconInterval: 100,
      capabilities: 1,
      elements: '0000',
    });
    expect(networkJson(bss('x', -50, 1))).to.deep.include({ channel: null, band: null });
  });
});
