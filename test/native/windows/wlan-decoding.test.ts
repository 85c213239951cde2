import { expect } from 'chai';
import fc from 'fast-check';
import * as E from 'fp-ts/lib/Either.js';
import * as O from 'fp-ts/lib/Option.js';
import {
  constants,
  WLAN_AVAILABLE_NETWORK,
  WLAN_AVAILABLE_NETWORK_LIST,
  WLAN_BSS_ENTRY,
  WLAN_BSS_LIST,
  WLAN_CONNECTION_ATTRIBUTES,
  WLAN_CONNECTION_NOTIFICATION_DATA,
  WLAN_MSM_NOTIFICATION_DATA,
} from '../../../native/windows/layouts.js';
import {
  decodeAssociationNotification,
  decodeAvailableNetworks,
  decodeBssList,
  decodeConnectionNotification,
  decodeCurrentConnection,
  decodeInterfaceList,
  decodeNotificationHead,
  interfaceListSize,
} from '../../../native/windows/wlan-decoding.js';
import { decodeNotification } from '../../../native/windows/wlan-notifications.js';
import { right } from '../../protocol/either.js';

/** A BSS list with one entry whose fields can be spoilt; its elements are `elements`. */
const listOfOne = (
  elements: Uint8Array,
  spoil: (view: DataView, entry: number) => void = () => undefined,
): Uint8Array => {
  const head = WLAN_BSS_LIST.members.wlanBssEntries.offset;
  const bytes = new Uint8Array(head + WLAN_BSS_ENTRY.size + elements.length);
  const view = new DataView(bytes.buffer);
  const { members } = WLAN_BSS_ENTRY;
  view.setUint32(0, bytes.length, true);
  view.setUint32(4, 1, true);
  view.setUint32(head, 4, true);
  bytes.set(Buffer.from('name'), head + 4);
  bytes.set([2, 0, 0, 0, 0, 7], head + members.dot11Bssid.offset);
  view.setUint32(head + members.dot11BssType.offset, constants.dot11_BSS_type_infrastructure, true);
  view.setInt32(head + members.lRssi.offset, -61, true);
  view.setUint16(head + members.usBeaconPeriod.offset, 100, true);
  view.setUint16(head + members.usCapabilityInformation.offset, 0x0411, true);
  view.setUint32(head + members.ulChCenterFrequency.offset, 5_240_000, true);
  view.setUint32(head + members.ulIeOffset.offset, WLAN_BSS_ENTRY.size, true);
  view.setUint32(head + members.ulIeSize.offset, elements.length, true);
  bytes.set(elements, head + WLAN_BSS_ENTRY.size);
  spoil(view, head);
  return bytes;
};

describe('what the Wlan API hands out', () => {
  const elements = Uint8Array.from([0, 4, 0x6e, 0x61, 0x6d, 0x65]);

  it('a BSS list becomes values, kHz and dBm as they are', () => {
    expect(right(decodeBssList(listOfOne(elements)))).to.deep.equal([
      {
        bssid: '02:00:00:00:00:07',
        ssid: 'name',
        capabilities: 0x0411,
        rssi: -61,
        beaconInterval: 100,
        frequency: 5_240_000,
        elements,
      },
    ]);
  });

  it('networks between stations are left out', () => {
    const adhoc = listOfOne(elements, (view, entry) =>
      view.setUint32(entry + WLAN_BSS_ENTRY.members.dot11BssType.offset, 2, true),
    );
    expect(right(decodeBssList(adhoc))).to.deep.equal([]);
  });

  const at =
    (member: keyof typeof WLAN_BSS_ENTRY.members, value: number) => (view: DataView, entry: number) =>
      view.setUint32(entry + WLAN_BSS_ENTRY.members[member].offset, value, true);

  const lies: readonly (readonly [string, (view: DataView, entry: number) => void])[] = [
    ['claims more bytes than there are', (view) => view.setUint32(0, 100_000, true)],
    ['claims fewer bytes than its entries have', (view) => view.setUint32(0, 100, true)],
    ['counts one entry too many', (view) => view.setUint32(4, 2, true)],
    ['counts entries until the product overflows', (view) => view.setUint32(4, 0xffffffff, true)],
    ['has elements that begin inside the entry', at('ulIeOffset', WLAN_BSS_ENTRY.size - 1)],
    ['has elements that begin one byte too late', at('ulIeOffset', WLAN_BSS_ENTRY.size + 1)],
    ['has elements that are one byte too long', at('ulIeSize', elements.length + 1)],
    ['has elements whose end overflows', at('ulIeSize', 0xffffffff)],
    ['has an SSID of 33 bytes', at('dot11Ssid', 33)],
  ];
  for (const [what, spoil] of lies)
    it(`a BSS list that ${what} is malformed`, () => {
      expect(decodeBssList(listOfOne(elements, spoil))).to.have.property('_tag', 'Left');
    });

  it('no bytes at all make any decoder throw', () => {
    const decoders: readonly ((bytes: Uint8Array) => unknown)[] = [
      decodeBssList,
      decodeInterfaceList,
      decodeAvailableNetworks,
      decodeCurrentConnection,
      decodeConnectionNotification,
      decodeAssociationNotification,
      decodeNotificationHead,
    ];
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 2000 }), (bytes) => {
        for (const decode of decoders) decode(bytes);
      }),
    );
  });

  it('an interface list whose count is beyond its bytes is malformed', () => {
    const bytes = new Uint8Array(interfaceListSize(1));
    new DataView(bytes.buffer).setUint32(0, 2, true);
    expect(decodeInterfaceList(bytes)).to.have.property('_tag', 'Left');
  });

  it('networks of which Windows says that it cannot connect come with the reason', () => {
    const { members, size } = WLAN_AVAILABLE_NETWORK;
    const head = WLAN_AVAILABLE_NETWORK_LIST.members.Network.offset;
    const bytes = new Uint8Array(head + size);
    const view = new DataView(bytes.buffer);
    view.setUint32(0, 1, true);
    view.setUint32(head + members.wlanNotConnectableReason.offset, 0x30002, true);
    view.setUint32(head + members.dot11DefaultAuthAlgorithm.offset, 9, true);
    expect(right(decodeAvailableNetworks(bytes))).to.deep.equal([
      { ssid: '', connectable: false, reason: 0x30002, auth: 9, cipher: 0 },
    ]);
  });

  it('an interface between two connections has none', () => {
    const bytes = new Uint8Array(WLAN_CONNECTION_ATTRIBUTES.size);
    bytes[0] = 5;
    expect(right(decodeCurrentConnection(bytes))).to.deep.equal(O.none);
  });

  it('a connection notification needs no profile at its end', () => {
    const bytes = new Uint8Array(WLAN_CONNECTION_NOTIFICATION_DATA.size - 4);
    const { strProfileName, wlanReasonCode } = WLAN_CONNECTION_NOTIFICATION_DATA.members;
    bytes.set(Buffer.from('näme', 'utf16le'), strProfileName.offset);
    new DataView(bytes.buffer).setUint32(wlanReasonCode.offset, 0x48014, true);
    expect(right(decodeConnectionNotification(bytes))).to.deep.equal({
      mode: 0,
      profile: 'näme',
      ssid: '',
      reason: 0x48014,
    });
  });
});

describe('a notification of the Wlan service', () => {
  const head = (source: number, code: number) => ({ source, code, guid: 'g', data: 0n, size: 0 });
  const none = new Uint8Array(0);

  it('of a code that is of no use is dropped', () => {
    expect(decodeNotification(head(8, 9), none)).to.equal(undefined);
    expect(decodeNotification(head(16, 1), none)).to.equal(undefined);
    expect(decodeNotification(head(32, 7), none)).to.equal(undefined);
  });

  it('of a failed scan may come without a reason', () => {
    expect(decodeNotification(head(8, 8), none)).to.deep.equal({ guid: 'g', type: 'scan fail', reason: 0 });
  });

  it('of an association tells the access point, however far it has come', () => {
    const { members, size } = WLAN_MSM_NOTIFICATION_DATA;
    const data = new Uint8Array(size);
    data[members.wlanConnectionMode.offset] = 1;
    data.set(Buffer.from('x', 'utf16le'), members.strProfileName.offset);
    data.set([1, 0, 0, 0, 0x78], members.dot11Ssid.offset);
    data.set([2, 0, 0, 0, 1, 0x22], members.dot11MacAddr.offset);
    for (const code of [2, 4])
      expect(decodeNotification(head(16, code), data)).to.deep.equal({
        guid: 'g',
        type: 'associated',
        mode: 1,
        profile: 'x',
        ssid: 'x',
        bssid: '02:00:00:00:01:22',
      });
    expect(decodeNotification(head(16, 2), data.subarray(1))).to.include({ type: 'malformed' });
    expect(decodeNotification(head(16, 5), data)).to.equal(undefined);
    expect(decodeNotification(head(16, 6), none)).to.deep.equal({ guid: 'g', type: 'roaming end' });
  });

  it('whose data is too short is told as malformed', () => {
    expect(decodeNotification(head(8, 10), none)).to.include({ guid: 'g', type: 'malformed' });
    expect(decodeNotification(head(16, 8), none)).to.include({ guid: 'g', type: 'malformed' });
  });

  it('has a head of 40 bytes', () => {
    expect(E.isLeft(decodeNotificationHead(new Uint8Array(39)))).to.equal(true);
  });
});
