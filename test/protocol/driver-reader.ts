/**
 * A reader of host frames that shares nothing with `protocol/`: offsets as literals, every length, count and offset
 * checked, as strict as the guest driver should be. It throws at the first thing that the driver could trip over.
 */

/** One network of a scan response. */
export interface ReadNetwork {
  readonly bssid: string;
  readonly capabilities: number;
  readonly rssi: number;
  readonly beaconInterval: number;
  readonly frequency: number;
  readonly elements: Buffer;
}

/** A frame that the driver accepts. */
export type ReadFrame =
  | { readonly code: 2; readonly complete: boolean; readonly networks: readonly ReadNetwork[] }
  | { readonly code: 4; readonly status: number; readonly bssid: string; readonly sessionId: bigint }
  | { readonly code: 7; readonly sessionId: bigint }
  | { readonly code: 8; readonly rssi: number }
  | { readonly code: 10; readonly inEffect: boolean; readonly milliseconds: number }
  | { readonly code: 0 | 6 };

const insist = (condition: boolean, what: string): void => {
  if (!condition) throw new Error(`the driver cannot use this frame: ${what}`);
};

const bssidText = (body: Buffer, at: number): string =>
  [...body.subarray(at, at + 6)].map((byte) => byte.toString(16).padStart(2, '0')).join(':');

/** Reads one whole frame; `hasCompleteByte` false for the older driver. */
export const readAsDriver = (bytes: Uint8Array, hasCompleteByte = true): ReadFrame => {
  const frame = Buffer.from(bytes);
  insist(frame.length >= 7, 'no whole header');
  const code = frame.readUInt8(0);
  insist(frame.readUInt16LE(5) === 1, 'the version is not 1');
  insist(frame.readUInt32LE(1) === frame.length - 7, 'the size in the header is not that of the body');
  const body = frame.subarray(7);
  switch (code) {
    case 0:
    case 6:
      insist(body.length === 0, 'a body where none belongs');
      return { code };
    case 2:
      return readScan(body, hasCompleteByte);
    case 4:
      insist(body.length === 16, 'a connect response of another size than 16');
      return {
        code,
        status: body.readUInt16LE(0),
        bssid: bssidText(body, 2),
        sessionId: body.readBigUInt64LE(8),
      };
    case 7:
      insist(body.length === 8, 'a disconnected notification of another size than 8');
      return { code, sessionId: body.readBigUInt64LE(0) };
    case 8:
      insist(body.length === 1, 'a signal notification of another size than 1');
      return { code, rssi: body.readInt8(0) };
    case 10:
      insist(body.length === 17, 'a hello response of another size than 17');
      insist(body.readUInt8(12) <= 1, 'whether the session is in effect is neither 0 nor 1');
      return { code, inEffect: body.readUInt8(12) === 1, milliseconds: body.readUInt32LE(13) };
    default:
      throw new Error(`the driver does not know operation ${code}`);
  }
};

const readScan = (body: Buffer, hasCompleteByte: boolean): ReadFrame => {
  const head = hasCompleteByte ? 9 : 8;
  insist(body.length >= head, 'a scan response without its head');
  insist(!hasCompleteByte || body.readUInt8(0) <= 1, 'scan_complete is neither 0 nor 1');
  const count = body.readUInt32LE(head - 8);
  insist(body.readUInt32LE(head - 4) === body.length, 'total_size is not the size of the body');
  const entriesEnd = head + count * 26;
  insist(entriesEnd <= body.length, 'num_bss entries reach beyond the body');
  let used = entriesEnd;
  const networks = Array.from({ length: count }, (_, index) => {
    const at = head + index * 26;
    const size = body.readUInt32LE(at + 18);
    const from = at + body.readUInt32LE(at + 22);
    insist(from >= entriesEnd && from + size <= body.length, `the elements of network ${index} are outside`);
    used += size;
    return {
      bssid: bssidText(body, at),
      capabilities: body.readUInt16LE(at + 6),
      rssi: body.readInt32LE(at + 8),
      beaconInterval: body.readUInt16LE(at + 12),
      frequency: body.readUInt32LE(at + 14),
      elements: body.subarray(from, from + size),
    };
  });
  insist(used === body.length, 'bytes that belong to no network');
  return { code: 2, complete: !hasCompleteByte || body.readUInt8(0) === 1, networks };
};
