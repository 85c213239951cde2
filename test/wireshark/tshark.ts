/** Debian's tshark with our dissector, and captures to show it. */
import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { pcapngPacket, pcapngStart } from '../../cli/pcapng.js';
import { bytes } from '../protocol/captures.js';

export const dissector = fileURLToPath(new URL('../../docs/wireshark/proxy-wifi.lua', import.meta.url));

/** A frame of a capture: who sent it, in hex, on which channel, of which guest. */
export interface Shown {
  readonly from: 'guest' | 'host';
  readonly hex: string;
  readonly channel?: 'request' | 'notification';
  readonly guest?: string;
}

/** A pcapng file of these frames, 10 ms apart. */
export const pcapngOf = (frames: readonly Shown[]): Buffer =>
  Buffer.concat([
    pcapngStart(),
    ...frames.map(({ from, hex, channel = 'request', guest = 'vsock://3' }, i) =>
      pcapngPacket({ time: 1_700_000_000_000 + 10 * i, guest, channel, from, frame: bytes(hex) }),
    ),
  ]);

/** A piece of a TCP stream over IPv4. */
export interface Segment {
  readonly from: { readonly address: readonly [number, number, number, number]; readonly port: number };
  readonly to: { readonly address: readonly [number, number, number, number]; readonly port: number };
  /** Of its first byte. */
  readonly sequence: number;
  readonly hex: string;
}

/** A pcap file (LINKTYPE_RAW) of these segments, without their checksums, which nobody looks at. */
export const pcapOf = (segments: readonly Segment[]): Buffer => {
  const head = Buffer.alloc(24);
  head.writeUInt32LE(0xa1b2c3d4, 0);
  head.writeUInt16LE(2, 4);
  head.writeUInt16LE(4, 6);
  head.writeUInt32LE(65535, 16);
  head.writeUInt32LE(101, 20);
  const packets = segments.map(({ from, to, sequence, hex }, i) => {
    const payload = bytes(hex);
    const packet = Buffer.alloc(16 + 20 + 20 + payload.length);
    packet.writeUInt32LE(i, 0);
    packet.writeUInt32LE(packet.length - 16, 8);
    packet.writeUInt32LE(packet.length - 16, 12);
    packet.set([0x45, 0], 16);
    packet.writeUInt16BE(packet.length - 16, 18);
    packet.set([64, 6], 24);
    packet.set(from.address, 28);
    packet.set(to.address, 32);
    packet.writeUInt16BE(from.port, 36);
    packet.writeUInt16BE(to.port, 38);
    packet.writeUInt32BE(sequence, 40);
    packet.set([0x50, 0x18, 0xff, 0xff], 48);
    packet.set(payload, 56);
    return packet;
  });
  return Buffer.concat([head, ...packets]);
};

const outputOf = async (argv: readonly string[]): Promise<string> => {
  const child = spawn('tshark', argv, { stdio: ['ignore', 'pipe', 'pipe'] });
  const [out, err, code] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    new Promise<number | null>((resolve) => child.once('close', resolve)),
  ]);
  if (code !== 0) throw new Error(`tshark ended with ${code}: ${err}`);
  return out;
};

/** The values of fields in each packet, in two passes, so that a request knows its answer. Several values stand in their order: `a,b`. */
export const dissected = async <Name extends string>(
  capture: Uint8Array,
  fields: readonly Name[],
  between = ',',
): Promise<readonly Readonly<Record<Name, string>>[]> => {
  const folder = await mkdtemp(join(tmpdir(), 'proxy-wifi-tshark-'));
  try {
    const file = join(folder, 'capture');
    await writeFile(file, capture);
    const asked = [
      '-T',
      'fields',
      '-E',
      'separator=/t',
      '-E',
      `aggregator=${between}`,
      ...fields.flatMap((field) => ['-e', field]),
    ];
    const out = await outputOf(['-2', '-n', '-X', `lua_script:${dissector}`, '-r', file, ...asked]);
    return out
      .split('\n')
      .slice(0, -1)
      .map((line) => {
        const values = line.split('\t');
        return Object.fromEntries(fields.map((field, i) => [field, values[i] ?? ''])) as Record<Name, string>;
      });
  } finally {
    await rm(folder, { recursive: true });
  }
};
