/**
 * The structures of `wlanapi.h`, `windot11.h` and `hvsocket.h` as data, for 64-bit Windows: sizes and offsets in
 * bytes, little endian. Everything that reads or writes native memory takes its numbers from here, and
 * `npm run test:windows` compares each of them with a C program compiled against mingw-w64's headers.
 */

/** Where a member lies in its structure, and how many bytes it has. */
export interface Member {
  readonly offset: number;
  readonly size: number;
}

/** A C structure. */
export interface Layout {
  readonly size: number;
  readonly members: Readonly<Record<string, Member>>;
}

const layout = <Name extends string>(
  size: number,
  members: Readonly<Record<Name, readonly [offset: number, size: number]>>,
): { readonly size: number; readonly members: Readonly<Record<Name, Member>> } => {
  const entries = Object.entries<readonly [number, number]>(members);
  return {
    size,
    members: Object.fromEntries(
      entries.map(([name, [offset, bytes]]) => [name, { offset, size: bytes }]),
    ) as Record<Name, Member>,
  };
};

/** Bytes in a GUID: u32, u16, u16 in little endian, then eight bytes as they are written. */
export const guidSize = 16;

/** A 32-bit length and 32 bytes, of which that many are used. */
export const DOT11_SSID = layout(36, { uSSIDLength: [0, 4], ucSSID: [4, 32] });

/** One interface; the description is 256 UTF-16 units, ended by a NUL. */
export const WLAN_INTERFACE_INFO = layout(532, {
  InterfaceGuid: [0, guidSize],
  strInterfaceDescription: [16, 512],
  isState: [528, 4],
});

/** The head of an interface list; `dwNumberOfItems` of `WLAN_INTERFACE_INFO` follow. */
export const WLAN_INTERFACE_INFO_LIST = layout(8, { dwNumberOfItems: [0, 4], dwIndex: [4, 4] });

export const WLAN_ASSOCIATION_ATTRIBUTES = layout(68, {
  dot11Ssid: [0, 36],
  dot11BssType: [36, 4],
  dot11Bssid: [40, 6],
  dot11PhyType: [48, 4],
  uDot11PhyIndex: [52, 4],
  wlanSignalQuality: [56, 4],
  ulRxRate: [60, 4],
  ulTxRate: [64, 4],
});

export const WLAN_CONNECTION_ATTRIBUTES = layout(604, {
  isState: [0, 4],
  wlanConnectionMode: [4, 4],
  strProfileName: [8, 512],
  wlanAssociationAttributes: [520, 68],
  wlanSecurityAttributes: [588, 16],
});

/** One BSS; its information elements lie `ulIeOffset` bytes from the start of this entry. */
export const WLAN_BSS_ENTRY = layout(360, {
  dot11Ssid: [0, 36],
  uPhyId: [36, 4],
  dot11Bssid: [40, 6],
  dot11BssType: [48, 4],
  dot11BssPhyType: [52, 4],
  lRssi: [56, 4],
  uLinkQuality: [60, 4],
  bInRegDomain: [64, 1],
  usBeaconPeriod: [66, 2],
  ullTimestamp: [72, 8],
  ullHostTimestamp: [80, 8],
  usCapabilityInformation: [88, 2],
  ulChCenterFrequency: [92, 4],
  wlanRateSet: [96, 256],
  ulIeOffset: [352, 4],
  ulIeSize: [356, 4],
});

/** The head of a BSS list; `dwTotalSize` counts the whole of it, information elements included. */
export const WLAN_BSS_LIST = layout(368, {
  dwTotalSize: [0, 4],
  dwNumberOfItems: [4, 4],
  wlanBssEntries: [8, 360],
});

export const WLAN_AVAILABLE_NETWORK = layout(628, {
  strProfileName: [0, 512],
  dot11Ssid: [512, 36],
  dot11BssType: [548, 4],
  uNumberOfBssids: [552, 4],
  bNetworkConnectable: [556, 4],
  wlanNotConnectableReason: [560, 4],
  uNumberOfPhyTypes: [564, 4],
  dot11PhyTypes: [568, 32],
  bMorePhyTypes: [600, 4],
  wlanSignalQuality: [604, 4],
  bSecurityEnabled: [608, 4],
  dot11DefaultAuthAlgorithm: [612, 4],
  dot11DefaultCipherAlgorithm: [616, 4],
  dwFlags: [620, 4],
  dwReserved: [624, 4],
});

export const WLAN_AVAILABLE_NETWORK_LIST = layout(636, {
  dwNumberOfItems: [0, 4],
  dwIndex: [4, 4],
  Network: [8, 628],
});

export const WLAN_NOTIFICATION_DATA = layout(40, {
  NotificationSource: [0, 4],
  NotificationCode: [4, 4],
  InterfaceGuid: [8, guidSize],
  dwDataSize: [24, 4],
  pData: [32, 8],
});

export const WLAN_CONNECTION_NOTIFICATION_DATA = layout(572, {
  wlanConnectionMode: [0, 4],
  strProfileName: [4, 512],
  dot11Ssid: [516, 36],
  dot11BssType: [552, 4],
  bSecurityEnabled: [556, 4],
  wlanReasonCode: [560, 4],
  dwFlags: [564, 4],
  strProfileXml: [568, 2],
});

/** What the media-specific module tells of an association: mode, profile and SSID as above, and the access point. */
export const WLAN_MSM_NOTIFICATION_DATA = layout(580, {
  wlanConnectionMode: [0, 4],
  strProfileName: [4, 512],
  dot11Ssid: [516, 36],
  dot11BssType: [552, 4],
  dot11MacAddr: [556, 6],
  bSecurityEnabled: [564, 4],
  bFirstPeer: [568, 4],
  bLastPeer: [572, 4],
  wlanReasonCode: [576, 4],
});

export const WLAN_CONNECTION_PARAMETERS = layout(40, {
  wlanConnectionMode: [0, 4],
  strProfile: [8, 8],
  pDot11Ssid: [16, 8],
  pDesiredBssidList: [24, 8],
  dot11BssType: [32, 4],
  dwFlags: [36, 4],
});

/** An `NDIS_OBJECT_HEADER`, two counts and one BSSID. */
export const DOT11_BSSID_LIST = layout(20, {
  Header: [0, 4],
  uNumOfEntries: [4, 4],
  uTotalNumOfEntries: [8, 4],
  BSSIDs: [12, 6],
});

export const NDIS_OBJECT_HEADER = layout(4, { Type: [0, 1], Revision: [1, 1], Size: [2, 2] });

/** The address of a Hyper-V socket. */
export const SOCKADDR_HV = layout(36, {
  Family: [0, 2],
  Reserved: [2, 2],
  VmId: [4, guidSize],
  ServiceId: [20, guidSize],
});

/** What has happened on a socket since it was asked last: a set of FD_ bits, and an error for each of ten events. */
export const WSANETWORKEVENTS = layout(44, { lNetworkEvents: [0, 4], iErrorCode: [4, 40] });

/** All of them by their C names, for the comparison with the headers. */
export const layouts = {
  DOT11_SSID,
  WLAN_INTERFACE_INFO,
  WLAN_INTERFACE_INFO_LIST,
  WLAN_ASSOCIATION_ATTRIBUTES,
  WLAN_CONNECTION_ATTRIBUTES,
  WLAN_BSS_ENTRY,
  WLAN_BSS_LIST,
  WLAN_AVAILABLE_NETWORK,
  WLAN_AVAILABLE_NETWORK_LIST,
  WLAN_NOTIFICATION_DATA,
  WLAN_CONNECTION_NOTIFICATION_DATA,
  WLAN_MSM_NOTIFICATION_DATA,
  WLAN_CONNECTION_PARAMETERS,
  DOT11_BSSID_LIST,
  NDIS_OBJECT_HEADER,
  SOCKADDR_HV,
  WSANETWORKEVENTS,
} as const satisfies Record<string, Layout>;

/** The constants in use, by their C names. */
export const constants = {
  WLAN_NOTIFICATION_SOURCE_NONE: 0,
  WLAN_NOTIFICATION_SOURCE_ACM: 0x08,
  WLAN_NOTIFICATION_SOURCE_MSM: 0x10,
  wlan_notification_acm_scan_complete: 7,
  wlan_notification_acm_scan_fail: 8,
  wlan_notification_acm_connection_complete: 10,
  wlan_notification_acm_interface_arrival: 13,
  wlan_notification_acm_interface_removal: 14,
  wlan_notification_acm_disconnected: 21,
  wlan_intf_opcode_current_connection: 7,
  wlan_interface_state_connected: 1,
  wlan_connection_mode_profile: 0,
  wlan_connection_mode_temporary_profile: 1,
  wlan_connection_mode_auto: 4,
  dot11_BSS_type_infrastructure: 1,
  dot11_BSS_type_any: 3,
  NDIS_OBJECT_TYPE_DEFAULT: 0x80,
  DOT11_BSSID_LIST_REVISION_1: 1,
  ERROR_SUCCESS: 0,
  ERROR_FILE_NOT_FOUND: 2,
  ERROR_ACCESS_DENIED: 5,
  ERROR_INVALID_HANDLE: 6,
  ERROR_MOD_NOT_FOUND: 126,
  ERROR_SERVICE_NOT_ACTIVE: 1062,
  RPC_S_SERVER_UNAVAILABLE: 1722,
  RPC_S_CALL_FAILED: 1726,
  EPT_S_NOT_REGISTERED: 1753,
  ERROR_NOT_FOUND: 1168,
  ERROR_NO_SYSTEM_RESOURCES: 1450,
  ERROR_INVALID_STATE: 5023,
  SOCK_STREAM: 1,
  FIONBIO: 0x8004667e,
  WSA_FLAG_OVERLAPPED: 0x01,
  WSA_FLAG_NO_HANDLE_INHERIT: 0x80,
  HV_PROTOCOL_RAW: 1,
  HVSOCKET_CONNECT_TIMEOUT: 1,
  HVSOCKET_CONNECTED_SUSPEND: 4,
  SOL_SOCKET: 0xffff,
  SO_ERROR: 0x1007,
  SD_SEND: 1,
  FD_READ: 0x01,
  FD_WRITE: 0x02,
  FD_ACCEPT: 0x08,
  FD_CONNECT: 0x10,
  FD_CLOSE: 0x20,
  FD_CONNECT_BIT: 4,
  WSA_INFINITE: 0xffffffff,
  WSA_WAIT_FAILED: 0xffffffff,
  HKEY_LOCAL_MACHINE: 0x80000002,
  KEY_READ: 0x20019,
  KEY_WRITE: 0x20006,
  KEY_WOW64_64KEY: 0x100,
  REG_SZ: 1,
} as const;

/** Constants of newer Windows SDKs (`wlanapi.h` 10.0.19041) that mingw-w64 10 does not have, and so cannot confirm. */
export const newerConstants = {
  wlan_notification_acm_scan_list_refresh: 26,
  /** `wlan_notification_msm`, which mingw-w64 leaves out as a whole. */
  wlan_notification_msm_associated: 2,
  wlan_notification_msm_connected: 4,
  wlan_notification_msm_roaming_start: 5,
  wlan_notification_msm_roaming_end: 6,
  wlan_notification_msm_signal_quality_change: 8,
  /** `ws2def.h`; mingw-w64 has `hvsocket.h`, but not the family. */
  AF_HYPERV: 34,
  /** `ndis.h`: a scan or connection while the radio is off. */
  ERROR_NDIS_DOT11_POWER_STATE_INVALID: 0x80342002,
} as const;
