/**
 * Frames as a pcapng file (draft-ietf-opsawg-pcapng), for Wireshark and its kin, and back. Ours, because the registry has no
 * library that writes the format. A packet of the file is a frame behind what the dissector wants to know of it: a byte for
 * who sent it, a byte for its channel, a byte with the size of the guest's name, and the name.
 */
import * as E from 'fp-ts/lib/Either.js';

/** One frame with what the file keeps of it. */
export interface CapturedFrame {
  /** Milliseconds since the epoch. */
  readonly time: number;
  /** As in a `GuestId`; undefined where there is one guest only. */
  readonly guest: string | undefined;
  readonly channel: 'request' | 'notification';
  readonly from: 'guest' | 'host';
  readonly frame: Uint8Array;
}

const blockType = { section: 0x0a0d0d0a, interface: 1, packet: 6 } as const;

/** Says in which order the bytes of numbers are. */
const byteOrderMagic = 0x1a2b3c4d;

/** LINKTYPE_USER0: for whoever wants it. The dissector knows it as ours. */
const linkType = 147;

/** Option codes, each with respect to its block. */
const option = { end: 0, interfaceName: 2, application: 4, timeResolution: 9, packetFlags: 2 } as const;

/** The first byte of a packet, and bits 0 and 1 of its flags: inbound or outbound, as the host sees it. */
const senders = { guest: { byte: 0, flags: 1 }, host: { byte: 1, flags: 2 } } as const;

/** The second byte of a packet. */
const channels = { request: 0, notification: 1 } as const;

/** Bytes before the guest's name, which has 255 at most. */
const prefixSize = 3;

const prefixOf = ({ from, channel, guest = '' }: CapturedFrame): Buffer => {
  const name = Buffer.from(guest).subarray(0, 0xff);
  return Buffer.from([senders[from].byte, channels[channel], name.length, ...name]);
};

const padded = (size: number): number => (size + 3) & ~3;

const optionOf = (code: number, value: Uint8Array): Buffer => {
  const bytes = Buffer.alloc(4 + padded(value.length));
  bytes.writeUInt16LE(code, 0);
  bytes.writeUInt16LE(value.length, 2);
  bytes.set(value, 4);
  return bytes;
};

const endOfOptions = optionOf(option.end, new Uint8Array(0));

const blockOf = (type: number, ...parts: readonly Uint8Array[]): Buffer => {
  const size = 12 + parts.reduce((sum, part) => sum + part.length, 0);
  const ends = Buffer.alloc(8);
  ends.writeUInt32LE(type, 0);
  ends.writeUInt32LE(size, 4);
  return Buffer.concat([ends, ...parts, ends.subarray(4)], size);
};

const sectionBlock = (): Buffer => {
  const fixed = Buffer.alloc(16);
  fixed.writeUInt32LE(byteOrderMagic, 0);
  fixed.writeUInt16LE(1, 4);
  // Of the section's size nothing is said: more comes while it is written.
  fixed.writeBigInt64LE(-1n, 8);
  return blockOf(
    blockType.section,
    fixed,
    optionOf(option.application, Buffer.from('proxy-wifi')),
    endOfOptions,
  );
};

const interfaceBlock = (): Buffer => {
  const fixed = Buffer.alloc(8);
  fixed.writeUInt16LE(linkType, 0);
  return blockOf(
    blockType.interface,
    fixed,
    optionOf(option.interfaceName, Buffer.from('proxy-wifi')),
    // Milliseconds: 10 to the minus third of a second.
    optionOf(option.timeResolution, Uint8Array.of(3)),
    endOfOptions,
  );
};

const packetBlock = (seen: CapturedFrame): Buffer => {
  const packet = Buffer.concat([prefixOf(seen), seen.frame]);
  const fixed = Buffer.alloc(20);
  const milliseconds = BigInt(Math.round(seen.time));
  fixed.writeUInt32LE(Number(milliseconds >> 32n), 4);
  fixed.writeUInt32LE(Number(milliseconds & 0xffffffffn), 8);
  fixed.writeUInt32LE(packet.length, 12);
  fixed.writeUInt32LE(packet.length, 16);
  const flags = Buffer.alloc(4);
  flags.writeUInt32LE(senders[seen.from].flags);
  const data = Buffer.alloc(padded(packet.length));
  data.set(packet);
  return blockOf(blockType.packet, fixed, data, optionOf(option.packetFlags, flags), endOfOptions);
};

/** What a pcapng file of ours begins with. */
export const pcapngStart = (): Buffer => Buffer.concat([sectionBlock(), interfaceBlock()]);

/** What it goes on with for each frame. */
export const pcapngPacket: (seen: CapturedFrame) => Buffer = packetBlock;

/** Is this the beginning of a pcapng file? */
export const isPcapng = (bytes: Uint8Array): boolean =>
  bytes.length >= 4 && Buffer.from(bytes.buffer, bytes.byteOffset, 4).readUInt32LE(0) === blockType.section;

/** Units of time in a second, of an interface of ours; undefined for others. */
type Resolution = number | undefined;

const optionsIn = (bytes: Buffer): ReadonlyMap<number, Buffer> => {
  const options = new Map<number, Buffer>();
  for (let at = 0; at + 4 <= bytes.length; ) {
    const code = bytes.readUInt16LE(at);
    const size = bytes.readUInt16LE(at + 2);
    if (code === option.end || at + 4 + size > bytes.length) break;
    options.set(code, bytes.subarray(at + 4, at + 4 + size));
    at += 4 + padded(size);
  }
  return options;
};

const resolutionIn = (body: Buffer): Resolution => {
  if (body.readUInt16LE(0) !== linkType) return undefined;
  // The highest bit would mean a power of two.
  const exponent = optionsIn(body.subarray(8)).get(option.timeResolution)?.[0] ?? 6;
  return exponent & 0x80 ? 2 ** (exponent & 0x7f) : 10 ** exponent;
};

const packetIn = (body: Buffer, resolutions: readonly Resolution[]): CapturedFrame | undefined => {
  const resolution = resolutions[body.readUInt32LE(0)];
  const size = body.readUInt32LE(12);
  if (resolution === undefined || 20 + size > body.length) return undefined;
  const time = ((body.readUInt32LE(4) * 2 ** 32 + body.readUInt32LE(8)) / resolution) * 1000;
  const packet = body.subarray(20, 20 + size);
  const frameAt = prefixSize + (packet[2] ?? size);
  if (frameAt >= size) return undefined;
  return {
    time,
    guest: packet.subarray(prefixSize, frameAt).toString() || undefined,
    channel: packet[1] === channels.request ? 'request' : 'notification',
    from: packet[0] === senders.guest.byte ? 'guest' : 'host',
    frame: Uint8Array.from(packet.subarray(frameAt)),
  };
};

/** Bytes in the smallest body of a block that is read. */
const smallest: Readonly<Record<number, number>> = {
  [blockType.section]: 16,
  [blockType.interface]: 8,
  [blockType.packet]: 20,
};

/**
 * The frames of a pcapng file of ours; what else is in it is left alone. A block that is cut off ends
 * the file: its writer may still be at work. Left: it is no such file, and at which byte.
 */
export const framesOfPcapng = (file: Uint8Array): E.Either<string, readonly CapturedFrame[]> => {
  const bytes = Buffer.from(file.buffer, file.byteOffset, file.byteLength);
  const frames: CapturedFrame[] = [];
  let resolutions: Resolution[] = [];
  for (let at = 0; at + 12 <= bytes.length; ) {
    const type = bytes.readUInt32LE(at);
    const size = bytes.readUInt32LE(at + 4);
    if (type === blockType.section && bytes.readUInt32LE(at + 8) !== byteOrderMagic)
      return E.left(`byte ${at}: expected little-endian numbers, as proxy-wifi writes them`);
    if (size % 4 !== 0 || size < 12 + (smallest[type] ?? 0))
      return E.left(`byte ${at}: expected a block of pcapng, got one of ${size} bytes`);
    if (at + size > bytes.length) break;
    const body = bytes.subarray(at + 8, at + size - 4);
    if (type === blockType.section) resolutions = [];
    if (type === blockType.interface) resolutions.push(resolutionIn(body));
    if (type === blockType.packet) {
      const frame = packetIn(body, resolutions);
      if (frame !== undefined) frames.push(frame);
    }
    at += size;
  }
  return E.right(frames);
};
