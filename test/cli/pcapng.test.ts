import { expect } from 'chai';
import * as E from 'fp-ts/lib/Either.js';
import { type CapturedFrame, framesOfPcapng, isPcapng, pcapngPacket, pcapngStart } from '../../cli/pcapng.js';

const seen: CapturedFrame = {
  time: 2 ** 32 + 5,
  guest: 'vsock://3',
  channel: 'request',
  from: 'guest',
  frame: Uint8Array.of(1, 2, 3),
};

const read = (...parts: readonly Uint8Array[]) => framesOfPcapng(Buffer.concat(parts));

describe('a pcapng file', () => {
  it('begins with its section and its one interface, in milliseconds', () => {
    expect(pcapngStart().toString('hex')).to.equal(
      // Type, size, byte order, version 1.0, no size; shb_userappl, 10 bytes; end; size.
      `0a0d0d0a${'30000000'}4d3c2b1a${'01000000'}${'ff'.repeat(8)}` +
        `04000a00${Buffer.from('proxy-wifi').toString('hex')}0000${'00000000'}${'30000000'}` +
        // Type, size, link type 147, no limit; if_name; if_tsresol 3; end; size.
        `01000000${'30000000'}9300000000000000` +
        `02000a00${Buffer.from('proxy-wifi').toString('hex')}0000` +
        `0900010003000000${'00000000'}${'30000000'}`,
    );
  });

  it('goes on with a packet for each frame, which says who has sent it', () => {
    expect(pcapngPacket(seen).toString('hex')).to.equal(
      `06000000${'3c000000'}00000000${'01000000'}${'05000000'}${'0f000000'}${'0f000000'}` +
        `000009${Buffer.from('vsock://3').toString('hex')}010203${'00'}` +
        `0200040001000000${'00000000'}${'3c000000'}`,
    );
    const answer = pcapngPacket({ ...seen, channel: 'notification', from: 'host', guest: undefined });
    expect(answer.subarray(28, 34).toString('hex')).to.equal('010100010203');
    expect(answer.subarray(40, 44).toString('hex')).to.equal('02000000');
  });

  it('is read as it was written, whoever sent what', () => {
    const frames: readonly CapturedFrame[] = [
      seen,
      { ...seen, time: 7, from: 'host' },
      { ...seen, channel: 'notification', from: 'host', frame: new Uint8Array(300).fill(9) },
      { ...seen, guest: undefined, frame: Uint8Array.of(1) },
    ];
    expect(read(pcapngStart(), ...frames.map(pcapngPacket))).to.deep.equal(E.right(frames));
    expect(read(pcapngStart())).to.deep.equal(E.right([]));
    const long = read(pcapngStart(), pcapngPacket({ ...seen, guest: 'x'.repeat(300) }));
    expect(long).to.have.nested.property('right[0].guest', 'x'.repeat(255));
  });

  it('is told from others by its first four bytes', () => {
    expect(isPcapng(pcapngStart())).to.equal(true);
    expect(isPcapng(pcapngStart().subarray(0, 4))).to.equal(true);
    expect([pcapngStart().subarray(0, 3), Buffer.from('{"a":1}')].map(isPcapng)).to.deep.equal([
      false,
      false,
    ]);
  });

  it('ends where a block is cut off: its writer may be at work', () => {
    const packet = pcapngPacket(seen);
    for (const size of [0, 1, 11, 12, packet.length - 1])
      expect(read(pcapngStart(), packet, packet.subarray(0, size)), String(size)).to.deep.equal(
        E.right([seen]),
      );
  });

  it('is read in the units of its interface, which begin anew with each section; of other link types nothing is', () => {
    const micro = Buffer.from(pcapngStart());
    micro.writeUInt8(6, micro.length - 12);
    const binary = Buffer.from(pcapngStart());
    binary.writeUInt8(0x80 | 10, binary.length - 12);
    const other = Buffer.from(pcapngStart());
    other.writeUInt16LE(1, 48 + 8);
    const packet = pcapngPacket({ ...seen, time: 2_048_000 });
    const times = E.map((frames: readonly CapturedFrame[]) => frames.map(({ time }) => time));
    expect(times(read(micro, packet, pcapngStart(), packet, binary, packet, other, packet))).to.deep.equal(
      E.right([2048, 2_048_000, 2_000_000]),
    );
  });

  it('is in microseconds where its interface does not say what else, and may have blocks of other kinds', () => {
    // An interface without options, and the smallest block that there is.
    const bare = Buffer.from('010000001400000093000000000000001400' + '0000', 'hex');
    const other = Buffer.from('0b0000000c0000000c000000', 'hex');
    const section = pcapngStart().subarray(0, 48);
    const times = E.map((frames: readonly CapturedFrame[]) => frames.map(({ time }) => time));
    expect(
      times(read(section, other, bare, other, pcapngPacket({ ...seen, time: 2_048_000 }))),
    ).to.deep.equal(E.right([2048]));
  });

  it('is refused where it is none of ours, with the place', () => {
    const big = Buffer.from(pcapngStart());
    big.writeUInt32BE(0x1a2b3c4d, 8);
    expect(read(big)).to.deep.equal(
      E.left('byte 0: expected little-endian numbers, as proxy-wifi writes them'),
    );
    for (const size of [0, 8, 27, 28]) {
      const odd = Buffer.from(pcapngPacket(seen));
      odd.writeUInt32LE(size, 4);
      expect(read(pcapngStart(), odd), String(size)).to.deep.equal(
        E.left(`byte ${pcapngStart().length}: expected a block of pcapng, got one of ${size} bytes`),
      );
    }
  });

  it('may have packets that make no sense, which are left out', () => {
    const long = Buffer.from(pcapngPacket(seen));
    long.writeUInt32LE(9999, 20);
    const nameless = pcapngPacket({ ...seen, frame: new Uint8Array(0) });
    const elsewhere = Buffer.from(pcapngPacket(seen));
    elsewhere.writeUInt32LE(1, 8);
    expect(read(pcapngStart(), long, nameless, elsewhere, pcapngPacket(seen))).to.deep.equal(E.right([seen]));
  });
});
