/**
 * What the Wlan API hands out, from bytes to values. Every list is walked by its own count and offsets, and each of
 * these is checked against the bytes that are there before anything is read: a list that lies is an error.
 */
import * as E from 'fp-ts/lib/Either.js';
import * as O from 'fp-ts/lib/Option.js';
import type { Bss } from '../../protocol/bss.js';
import { type Bssid, bssidAt } from '../../protocol/bssid.js';
import { type Ssid, ssidFromBytes } from '../../protocol/ssid.js';
import { guidAt } from './guid.js';
import {
  constants,
  DOT11_SSID,
  type Member,
  WLAN_ASSOCIATION_ATTRIBUTES,
  WLAN_AVAILABLE_NETWORK,
  WLAN_AVAILABLE_NETWORK_LIST,
  WLAN_BSS_ENTRY,
  WLAN_BSS_LIST,
  WLAN_CONNECTION_ATTRIBUTES,
  WLAN_CONNECTION_NOTIFICATION_DATA,
  WLAN_INTERFACE_INFO,
  WLAN_INTERFACE_INFO_LIST,
  WLAN_MSM_NOTIFICATION_DATA,
  WLAN_NOTIFICATION_DATA,
} from './layouts.js';
import { decodeWideText } from './wide-text.js';

/** Why bytes from the API make no sense, as a sentence for people. */
export type Malformed = string;

/** One station interface as the API lists it. */
export interface WlanInterface {
  /** Lower-case GUID without braces. */
  readonly guid: string;
  /** `Intel(R) Wi-Fi 6 AX200`. */
  readonly description: string;
}

/** What an interface is connected to. */
export interface CurrentConnection {
  /** `WLAN_CONNECTION_MODE`: how it came about. */
  readonly mode: number;
  readonly profile: string;
  readonly ssid: Ssid;
  readonly bssid: Bssid;
  /** 0 to 100; 0 is −100 dBm and 100 is −50 dBm (WLAN_ASSOCIATION_ATTRIBUTES). */
  readonly signalQuality: number;
}

/** What Windows thinks of the networks of one SSID. */
export interface AvailableNetwork {
  readonly ssid: Ssid;
  readonly connectable: boolean;
  /** A `WLAN_REASON_CODE` where it is not connectable. */
  readonly reason: number;
  /** `DOT11_AUTH_ALGORITHM` and `DOT11_CIPHER_ALGORITHM` of a first connection. */
  readonly auth: number;
  readonly cipher: number;
}

/** What comes with a connection's completion or end. */
export interface ConnectionNotification {
  /** `WLAN_CONNECTION_MODE`: ours are made with a temporary profile. */
  readonly mode: number;
  readonly profile: string;
  readonly ssid: Ssid;
  /** `WLAN_REASON_CODE`; 0 is success. */
  readonly reason: number;
}

/** What comes with an association, new or by roaming. */
export interface AssociationNotification {
  readonly mode: number;
  readonly profile: string;
  readonly ssid: Ssid;
  readonly bssid: Bssid;
}

/** Bytes with the member at `base + member.offset`, read as their size says. Callers have checked the bounds. */
class Structure {
  readonly bytes: Uint8Array;
  readonly view: DataView;
  readonly base: number;

  constructor(bytes: Uint8Array, base: number, view?: DataView) {
    this.bytes = bytes;
    this.base = base;
    this.view = view ?? new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  at(base: number): Structure {
    return new Structure(this.bytes, this.base + base, this.view);
  }

  u16({ offset }: Member): number {
    return this.view.getUint16(this.base + offset, true);
  }

  u32({ offset }: Member): number {
    return this.view.getUint32(this.base + offset, true);
  }

  i32({ offset }: Member): number {
    return this.view.getInt32(this.base + offset, true);
  }

  text({ offset, size }: Member): string {
    return decodeWideText(this.bytes.subarray(this.base + offset, this.base + offset + size));
  }

  bssid({ offset }: Member): Bssid {
    return bssidAt(this.view, this.base + offset);
  }

  ssid({ offset }: Member): E.Either<Malformed, Ssid> {
    const at = this.base + offset;
    const length = this.view.getUint32(at + DOT11_SSID.members.uSSIDLength.offset, true);
    if (length > DOT11_SSID.members.ucSSID.size) return E.left(`an SSID of ${length} bytes`);
    const from = at + DOT11_SSID.members.ucSSID.offset;
    return E.mapLeft(() => `an SSID of ${length} bytes`)(
      ssidFromBytes(this.bytes.subarray(from, from + length)),
    );
  }

  guid({ offset }: Member): string {
    return guidAt(this.bytes, this.base + offset);
  }
}

const need = (bytes: Uint8Array, size: number, what: string): E.Either<Malformed, Structure> =>
  bytes.length < size
    ? E.left(`${what} of ${bytes.length} bytes, at least ${size} expected`)
    : E.right(new Structure(bytes, 0));

/** Decodes `count` items; the first malformed one spoils the list. */
const items = <T>(
  count: number,
  item: (index: number) => E.Either<Malformed, T>,
): E.Either<Malformed, readonly T[]> => {
  const list: T[] = [];
  for (let i = 0; i < count; i++) {
    const decoded = item(i);
    if (E.isLeft(decoded)) return decoded;
    list.push(decoded.right);
  }
  return E.right(list);
};

/** Bytes of an interface list with `count` interfaces. */
export const interfaceListSize = (count: number): number =>
  WLAN_INTERFACE_INFO_LIST.size + count * WLAN_INTERFACE_INFO.size;

/** `WLAN_INTERFACE_INFO_LIST`. */
export const decodeInterfaceList = (bytes: Uint8Array): E.Either<Malformed, readonly WlanInterface[]> => {
  const head = need(bytes, WLAN_INTERFACE_INFO_LIST.size, 'an interface list');
  if (E.isLeft(head)) return head;
  const count = head.right.u32(WLAN_INTERFACE_INFO_LIST.members.dwNumberOfItems);
  if (interfaceListSize(count) > bytes.length) return E.left(`${count} interfaces in ${bytes.length} bytes`);
  return items(count, (i) => {
    const one = head.right.at(interfaceListSize(i));
    return E.right({
      guid: one.guid(WLAN_INTERFACE_INFO.members.InterfaceGuid),
      description: one.text(WLAN_INTERFACE_INFO.members.strInterfaceDescription),
    });
  });
};

/** `WLAN_CONNECTION_ATTRIBUTES`; `none` while the interface is between connections. */
export const decodeCurrentConnection = (
  bytes: Uint8Array,
): E.Either<Malformed, O.Option<CurrentConnection>> => {
  const whole = need(bytes, WLAN_CONNECTION_ATTRIBUTES.size, 'connection attributes');
  if (E.isLeft(whole)) return whole;
  const { isState, wlanConnectionMode, strProfileName, wlanAssociationAttributes } =
    WLAN_CONNECTION_ATTRIBUTES.members;
  if (whole.right.u32(isState) !== constants.wlan_interface_state_connected) return E.right(O.none);
  const association = whole.right.at(wlanAssociationAttributes.offset);
  return E.map((ssid: Ssid) =>
    O.some({
      mode: whole.right.u32(wlanConnectionMode),
      profile: whole.right.text(strProfileName),
      ssid,
      bssid: association.bssid(WLAN_ASSOCIATION_ATTRIBUTES.members.dot11Bssid),
      signalQuality: association.u32(WLAN_ASSOCIATION_ATTRIBUTES.members.wlanSignalQuality),
    }),
  )(association.ssid(WLAN_ASSOCIATION_ATTRIBUTES.members.dot11Ssid));
};

/** RSSI of an entry: drivers are known to leave 0 or nonsense there; what is no 8-bit dBm value is cut to one. */
const clampRssi = (rssi: number): number => Math.min(127, Math.max(-128, rssi));

/** `WLAN_BSS_LIST`: infrastructure networks only. */
export const decodeBssList = (bytes: Uint8Array): E.Either<Malformed, readonly Bss[]> => {
  const { dwTotalSize, dwNumberOfItems, wlanBssEntries } = WLAN_BSS_LIST.members;
  const head = need(bytes, wlanBssEntries.offset, 'a BSS list');
  if (E.isLeft(head)) return head;
  const total = head.right.u32(dwTotalSize);
  const count = head.right.u32(dwNumberOfItems);
  if (total > bytes.length) return E.left(`a BSS list that claims ${total} bytes and has ${bytes.length}`);
  if (wlanBssEntries.offset + count * WLAN_BSS_ENTRY.size > total)
    return E.left(`${count} BSS entries in ${total} bytes`);
  return E.map((list: readonly (Bss | undefined)[]) => list.filter((bss) => bss !== undefined))(
    items(count, (i) => decodeBss(head.right.at(wlanBssEntries.offset + i * WLAN_BSS_ENTRY.size), total)),
  );
};

const decodeBss = (entry: Structure, total: number): E.Either<Malformed, Bss | undefined> => {
  const member = WLAN_BSS_ENTRY.members;
  const offset = entry.u32(member.ulIeOffset);
  const size = entry.u32(member.ulIeSize);
  if (size > 0 && (offset < WLAN_BSS_ENTRY.size || entry.base + offset + size > total))
    return E.left(`information elements at ${offset}, ${size} bytes, outside their list of ${total} bytes`);
  const ssid = entry.ssid(member.dot11Ssid);
  if (E.isLeft(ssid)) return ssid;
  if (entry.u32(member.dot11BssType) !== constants.dot11_BSS_type_infrastructure) return E.right(undefined);
  return E.right({
    bssid: entry.bssid(member.dot11Bssid),
    ssid: ssid.right,
    capabilities: entry.u16(member.usCapabilityInformation),
    rssi: clampRssi(entry.i32(member.lRssi)),
    beaconInterval: entry.u16(member.usBeaconPeriod),
    frequency: entry.u32(member.ulChCenterFrequency),
    elements:
      size === 0 ? new Uint8Array(0) : entry.bytes.slice(entry.base + offset, entry.base + offset + size),
  });
};

/** Bytes of a list with `count` available networks. */
export const availableNetworkListSize = (count: number): number =>
  WLAN_AVAILABLE_NETWORK_LIST.members.Network.offset + count * WLAN_AVAILABLE_NETWORK.size;

/** `WLAN_AVAILABLE_NETWORK_LIST`. */
export const decodeAvailableNetworks = (
  bytes: Uint8Array,
): E.Either<Malformed, readonly AvailableNetwork[]> => {
  const head = need(bytes, availableNetworkListSize(0), 'a list of available networks');
  if (E.isLeft(head)) return head;
  const count = head.right.u32(WLAN_AVAILABLE_NETWORK_LIST.members.dwNumberOfItems);
  if (availableNetworkListSize(count) > bytes.length)
    return E.left(`${count} available networks in ${bytes.length} bytes`);
  const member = WLAN_AVAILABLE_NETWORK.members;
  return items(count, (i) => {
    const one = head.right.at(availableNetworkListSize(i));
    return E.map((ssid: Ssid) => ({
      ssid,
      connectable: one.u32(member.bNetworkConnectable) !== 0,
      reason: one.u32(member.wlanNotConnectableReason),
      auth: one.u32(member.dot11DefaultAuthAlgorithm),
      cipher: one.u32(member.dot11DefaultCipherAlgorithm),
    }))(one.ssid(member.dot11Ssid));
  });
};

/** `WLAN_CONNECTION_NOTIFICATION_DATA`; the profile's XML at its end may be missing. */
export const decodeConnectionNotification = (
  bytes: Uint8Array,
): E.Either<Malformed, ConnectionNotification> => {
  const member = WLAN_CONNECTION_NOTIFICATION_DATA.members;
  const whole = need(bytes, member.dwFlags.offset, 'a connection notification');
  if (E.isLeft(whole)) return whole;
  return E.map((ssid: Ssid) => ({
    mode: whole.right.u32(member.wlanConnectionMode),
    profile: whole.right.text(member.strProfileName),
    ssid,
    reason: whole.right.u32(member.wlanReasonCode),
  }))(whole.right.ssid(member.dot11Ssid));
};

/** `WLAN_MSM_NOTIFICATION_DATA`. */
export const decodeAssociationNotification = (
  bytes: Uint8Array,
): E.Either<Malformed, AssociationNotification> => {
  const member = WLAN_MSM_NOTIFICATION_DATA.members;
  const whole = need(bytes, WLAN_MSM_NOTIFICATION_DATA.size, 'a notification of an association');
  if (E.isLeft(whole)) return whole;
  return E.map((ssid: Ssid) => ({
    mode: whole.right.u32(member.wlanConnectionMode),
    profile: whole.right.text(member.strProfileName),
    ssid,
    bssid: whole.right.bssid(member.dot11MacAddr),
  }))(whole.right.ssid(member.dot11Ssid));
};

/** A 32-bit number, which some notifications carry: a reason, a signal quality. */
export const decodeU32 = (bytes: Uint8Array): E.Either<Malformed, number> =>
  E.map((whole: Structure) => whole.u32({ offset: 0, size: 4 }))(need(bytes, 4, 'a number'));

/** The head of a notification. */
export interface NotificationHead {
  /** `WLAN_NOTIFICATION_SOURCE_ACM` or `…_MSM`, and the code that this source gives a meaning to. */
  readonly source: number;
  readonly code: number;
  readonly guid: string;
  /** A native pointer, and the bytes behind it; only good until the callback returns. */
  readonly data: bigint;
  readonly size: number;
}

/** `WLAN_NOTIFICATION_DATA`: all of its 40 bytes. */
export const decodeNotificationHead = (bytes: Uint8Array): E.Either<Malformed, NotificationHead> => {
  const member = WLAN_NOTIFICATION_DATA.members;
  return E.map((head: Structure) => ({
    source: head.u32(member.NotificationSource),
    code: head.u32(member.NotificationCode),
    guid: head.guid(member.InterfaceGuid),
    data: head.view.getBigUint64(member.pData.offset, true),
    size: head.u32(member.dwDataSize),
  }))(need(bytes, WLAN_NOTIFICATION_DATA.size, 'a notification'));
};
