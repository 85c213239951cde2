/** Scan: the request, and the response that is an answer as well as a notification. */
import * as E from 'fp-ts/lib/Either.js';
import type { Option } from 'fp-ts/lib/Option.js';
import type { Bss } from './bss.js';
import { capabilitiesText } from './capabilities.js';
import { advertisedSsid } from './elements.js';
import { bssidField, bytesAt, flag, integer, optionalSsidField } from './fields.js';
import { layout } from './layout.js';
import { type Body, type Operation, type OperationFacts, operationOf } from './operation.js';
import type { Ssid } from './ssid.js';

/** Guest → host: which networks are there? */
export interface ScanRequest {
  readonly operation: 'scan';
  /** `none`: every network. `some`: a directed scan, the way to find a hidden network. Never an empty SSID. */
  readonly ssid: Option<Ssid>;
}

/** Host → guest: the networks, as an answer or as a notification. */
export interface ScanResponse {
  readonly operation: 'scan.response';
  /** False makes the driver wait for a notification that is complete, for 10 s at most. */
  readonly complete: boolean;
  readonly networks: readonly Bss[];
}

/**
 * Which release of the guest driver: an older one (kernel 5.10) has no `scan_complete` byte in the scan response,
 * under the same version number. Nothing in its requests tells it apart.
 */
export type DriverFormat = 'with-scan-complete' | 'without-scan-complete';

/** What can be wrong with the body of a scan response. */
export type ScanResponseFault =
  /** `scan_complete` is neither 0 nor 1. */
  | { readonly reason: 'invalid scan_complete'; readonly value: number }
  /** `total_size` is not the `size` of the body. */
  | { readonly reason: 'wrong total size'; readonly totalSize: number; readonly size: number }
  /** `num_bss` is `count`, and there is room for `limit` entries. */
  | { readonly reason: 'too many networks'; readonly count: number; readonly limit: number }
  /** The elements of network `index` reach into the entries or beyond the body. */
  | { readonly reason: 'elements outside the body'; readonly index: number };

/**
 * Most bytes in the body of a scan response: 1 MiB, some 3000 networks. The driver takes one piece of memory for the
 * whole body, and a Linux kernel gives 4 MiB in one piece at best.
 */
export const maximumScanResponseSize = 1 << 20;

export const scanRequest = operationOf<ScanRequest>(
  { code: 1, name: 'scan request', from: 'guest', sentAs: 'request', doc: 'Which networks are there?' },
  'scan',
  layout<Body<ScanRequest>>({
    ssid: optionalSsidField('the network to look for; ssid_len 0: every network'),
  }),
);

interface CountAndSize {
  readonly count: number;
  readonly totalSize: number;
}

const countAndSize = {
  count: integer('u32', 'num_bss', 'number of entries'),
  totalSize: integer('u32', 'total_size', 'the whole body, elements included', { unit: 'bytes' }),
};

/** What a scan response begins with. */
const heads = {
  'with-scan-complete': layout<{ readonly complete: boolean } & CountAndSize>({
    complete: flag('scan_complete', '0: a notification with more follows; 1: this is all'),
    ...countAndSize,
  }),
  'without-scan-complete': layout<CountAndSize>(countAndSize),
};

/** An entry's columns, without what is read from its elements. */
interface Entry extends Omit<Bss, 'ssid' | 'elements'> {
  readonly elementsSize: number;
  readonly elementsOffset: number;
}

/** One access point in a scan response; the elements of all of them follow after the last entry. */
export const entryLayout = layout<Entry>({
  bssid: bssidField('bssid', 'address of the access point'),
  capabilities: integer('u16', 'capabilities', '802.11 capability field: bit 0 ESS, bit 4 privacy', {
    nameOf: capabilitiesText,
  }),
  rssi: integer('i32', 'rssi', 'signal', { unit: 'dBm' }),
  beaconInterval: integer('u16', 'beacon_interval', 'time between beacons', { unit: 'TU' }),
  frequency: integer('u32', 'channel_center_freq', 'centre of the primary channel: 5240000', { unit: 'kHz' }),
  elementsSize: integer('u32', 'ie_size', 'its information elements', { unit: 'bytes' }),
  elementsOffset: integer('u32', 'ie_offset', 'from the first byte of this entry to its elements', {
    unit: 'bytes',
  }),
});

const offsetOfElementsOffset = entryLayout.offsets.elementsOffset;

const entries = new WeakMap<Bss, Uint8Array>();

/** The entry of `bss` with `ie_offset` 0: the one field that depends on the other networks. */
const entryOf = (bss: Bss): Uint8Array => {
  const known = entries.get(bss);
  if (known !== undefined) return known;
  const entry = new Uint8Array(entryLayout.size);
  const view = new DataView(entry.buffer);
  const { bssid, capabilities, rssi, beaconInterval, frequency, elements } = bss;
  entryLayout.write(
    {
      bssid,
      capabilities,
      rssi,
      beaconInterval,
      frequency,
      elementsSize: elements.length,
      elementsOffset: 0,
    },
    view,
    0,
  );
  entries.set(bss, entry);
  return entry;
};

const sizeOf = (networks: readonly Bss[], headSize: number): number => {
  let size = headSize + networks.length * entryLayout.size;
  for (const bss of networks) size += bss.elements.length;
  return size;
};

/** The networks that go into a response: all of them unless they are more than `maximumScanResponseSize`; then those that fit, in their order. */
const fitting = (networks: readonly Bss[], headSize: number): readonly Bss[] => {
  if (sizeOf(networks, headSize) <= maximumScanResponseSize) return networks;
  let left = maximumScanResponseSize - headSize;
  return networks.filter((bss) => {
    const size = entryLayout.size + bss.elements.length;
    if (size > left) return false;
    left -= size;
    return true;
  });
};

const responseFacts: OperationFacts = {
  code: 2,
  name: 'scan response',
  from: 'host',
  sentAs: 'answer or notification',
  doc: 'The networks: entries of one size, then the information elements of all of them.',
};

const responseOperation = (format: DriverFormat): Operation<ScanResponse, ScanResponseFault> => {
  const head = heads[format];
  const flagged = format === 'with-scan-complete';
  return {
    ...responseFacts,
    message: 'scan.response',
    minimumSize: head.size,
    maximumSize: maximumScanResponseSize,
    parts: [{ layout: head }, { repeatedBy: 'num_bss', layout: entryLayout }],
    bodySize: ({ networks }) => sizeOf(fitting(networks, head.size), head.size),
    write: ({ complete, networks: all }, view, at) => {
      const networks = fitting(all, head.size);
      const bytes = bytesAt(view, 0, view.byteLength);
      let entryAt = at + head.size;
      let elementsAt = entryAt + networks.length * entryLayout.size;
      for (const bss of networks) {
        bytes.set(entryOf(bss), entryAt);
        view.setUint32(entryAt + offsetOfElementsOffset, elementsAt - entryAt, true);
        bytes.set(bss.elements, elementsAt);
        entryAt += entryLayout.size;
        elementsAt += bss.elements.length;
      }
      heads[format].write({ complete, count: networks.length, totalSize: elementsAt - at }, view, at);
    },
    read: (view, at, end) => {
      const size = end - at;
      const completeByte = flagged ? view.getUint8(at) : 1;
      if (completeByte > 1) return E.left({ reason: 'invalid scan_complete', value: completeByte });
      const { count, totalSize } = head.read(view, at);
      if (totalSize !== size) return E.left({ reason: 'wrong total size', totalSize, size });
      const limit = Math.floor((size - head.size) / entryLayout.size);
      if (count > limit) return E.left({ reason: 'too many networks', count, limit });
      const entriesEnd = at + head.size + count * entryLayout.size;
      const networks: Bss[] = [];
      for (let index = 0; index < count; index++) {
        const entryAt = at + head.size + index * entryLayout.size;
        const { elementsSize, elementsOffset, ...entry } = entryLayout.read(view, entryAt);
        const elementsAt = elementsSize === 0 ? entriesEnd : entryAt + elementsOffset;
        if (elementsAt < entriesEnd || elementsAt + elementsSize > end) {
          return E.left({ reason: 'elements outside the body', index });
        }
        const elements = bytesAt(view, elementsAt, elementsSize);
        networks.push({ ...entry, ssid: advertisedSsid(elements), elements });
      }
      return E.right({ operation: 'scan.response', complete: completeByte === 1, networks });
    },
    show: ({ complete, networks }) => ({ complete, networks: networks.length }),
  };
};

/** The scan response in both formats. Without the `scan_complete` byte every response reads as complete. */
export const scanResponse: Readonly<Record<DriverFormat, Operation<ScanResponse, ScanResponseFault>>> = {
  'with-scan-complete': responseOperation('with-scan-complete'),
  'without-scan-complete': responseOperation('without-scan-complete'),
};
