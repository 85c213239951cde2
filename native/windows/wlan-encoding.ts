/** What the Wlan API takes, from values to bytes. */
import { type Bssid, bssidBytes } from '../../protocol/bssid.js';
import { type Ssid, ssidBytes } from '../../protocol/ssid.js';
import {
  constants,
  DOT11_BSSID_LIST,
  DOT11_SSID,
  NDIS_OBJECT_HEADER,
  WLAN_CONNECTION_PARAMETERS,
} from './layouts.js';

/** `DOT11_SSID`. */
export const encodeSsid = (ssid: Ssid): Uint8Array => {
  const { uSSIDLength, ucSSID } = DOT11_SSID.members;
  const bytes = new Uint8Array(DOT11_SSID.size);
  const text = ssidBytes(ssid);
  new DataView(bytes.buffer).setUint32(uSSIDLength.offset, text.length, true);
  bytes.set(text, ucSSID.offset);
  return bytes;
};

/** `DOT11_BSSID_LIST` with one BSSID. */
export const encodeBssidList = (bssid: Bssid): Uint8Array => {
  const { Header, uNumOfEntries, uTotalNumOfEntries, BSSIDs } = DOT11_BSSID_LIST.members;
  const { Type, Revision, Size } = NDIS_OBJECT_HEADER.members;
  const bytes = new Uint8Array(DOT11_BSSID_LIST.size);
  const view = new DataView(bytes.buffer);
  view.setUint8(Header.offset + Type.offset, constants.NDIS_OBJECT_TYPE_DEFAULT);
  view.setUint8(Header.offset + Revision.offset, constants.DOT11_BSSID_LIST_REVISION_1);
  view.setUint16(Header.offset + Size.offset, DOT11_BSSID_LIST.size, true);
  view.setUint32(uNumOfEntries.offset, 1, true);
  view.setUint32(uTotalNumOfEntries.offset, 1, true);
  bytes.set(bssidBytes(bssid), BSSIDs.offset);
  return bytes;
};

/**
 * `WLAN_CONNECTION_PARAMETERS`: the address of a temporary profile's XML or of a saved profile's name, and that of the list
 * of desired BSSIDs (0 for none). Both must stay where they are until the call has returned.
 */
export const encodeConnectionParameters = (mode: number, profile: bigint, bssidList: bigint): Uint8Array => {
  const { wlanConnectionMode, strProfile, pDesiredBssidList, dot11BssType } =
    WLAN_CONNECTION_PARAMETERS.members;
  const bytes = new Uint8Array(WLAN_CONNECTION_PARAMETERS.size);
  const view = new DataView(bytes.buffer);
  view.setUint32(wlanConnectionMode.offset, mode, true);
  view.setBigUint64(strProfile.offset, profile, true);
  view.setBigUint64(pDesiredBssidList.offset, bssidList, true);
  view.setUint32(dot11BssType.offset, constants.dot11_BSS_type_infrastructure, true);
  return bytes;
};
