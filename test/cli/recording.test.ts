import { existsSync } from 'node:fs';
import { chmod, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { expect } from 'chai';
import * as E from 'fp-ts/lib/Either.js';
import { parseByteSize } from '../../cli/byte-size.js';
import { framesOfPcapng, pcapngPacket, pcapngStart } from '../../cli/pcapng.js';
import { framesOfGuest, parseRecording, type RecordedFrame } from '../../cli/record-format.js';
import { keptParts, openRecording, type Recording, type RecordOptions } from '../../cli/recording.js';
import { recordingSwitch } from '../../cli/recording-switch.js';
import { type GuestId, type Log, parseGuestId, type SeenFrame, silentLog } from '../../index.js';
import { folderOfEach } from './serving.js';

const guest = E.getOrElse((): GuestId => expect.fail('no guest'))(parseGuestId('vsock://3'));

const opened = async (path: string, log: Log, options?: RecordOptions): Promise<Recording> => {
  const recording = await openRecording(path, log, options);
  return E.isRight(recording) ? recording.right : expect.fail(recording.left.join());
};

const parsed = (file: Uint8Array): readonly RecordedFrame[] =>
  E.getOrElse((problems: readonly string[]): readonly RecordedFrame[] => expect.fail(problems.join()))(
    parseRecording(file),
  );

const begin = Date.UTC(2026, 0, 2, 3, 4, 5);

const seen: readonly SeenFrame[] = [
  { time: begin, guest, channel: 'request', from: 'guest', frame: Uint8Array.of(1, 2, 255) },
  { time: begin + 12, guest, channel: 'request', from: 'host', frame: Uint8Array.of(0) },
  { time: begin + 1500, guest, channel: 'notification', from: 'host', frame: Uint8Array.of(8, 8) },
];

describe('a recording', () => {
  const folder = folderOfEach();

  /** Records these frames to a file of that name, and gives what is in it. */
  const recorded = async (name: string, frames = seen): Promise<Buffer> => {
    const { tap, close } = await opened(folder.path(name), silentLog);
    for (const frame of frames) tap(frame);
    await close();
    return readFile(folder.path(name));
  };

  for (const [name, lines] of [
    ['seen.ndjson', [2, 3, 4]],
    ['seen', [2, 3, 4]],
    ['seen.PCAPNG', [1, 2, 3]],
  ] as const)
    it(`called ${name} gives back every frame in its order, with its time`, async () => {
      expect(parsed(await recorded(name))).to.deep.equal(
        seen.map((frame, i) => ({ ...frame, line: lines[i] })),
      );
    });

  it('has the seconds since the first frame on each line, and says in the first one when that was', async () => {
    const lines = (await recorded('seen'))
      .toString()
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines.map(({ t }) => t)).to.deep.equal([0, 0, 0.012, 1.5]);
    expect(lines[0].start).to.equal(begin);
  });

  it('may have notes, empty lines and fields that nobody knows', () => {
    const text =
      '{"note":"x"}\r\n\r\n{"t":1,"channel":"request","from":"host","hex":"0A","note":"","more":[]}\n{"channel":"request","from":"host","hex":"0B"}';
    const common = { guest: undefined, channel: 'request', from: 'host' } as const;
    expect(parsed(Buffer.from(text))).to.deep.equal([
      { ...common, line: 3, time: 1000, frame: Uint8Array.of(10) },
      { ...common, line: 4, time: undefined, frame: Uint8Array.of(11) },
    ]);
  });

  it('may have lines of white space, and times that are none', () => {
    const line = (t: string): string => `{"t":${t},"channel":"request","from":"host","hex":"0a"}`;
    const times = (...lines: readonly string[]) =>
      parsed(Buffer.from(lines.join('\n'))).map(({ time }) => time);
    expect(times('  ', line('1'), '\t', line('"1"'), line('null'), line('1e999'))).to.deep.equal([
      1000,
      undefined,
      undefined,
      undefined,
    ]);
    expect(times('{"note":"x","start":5000}', line('0.0004'), '{"note":"y"}', line('0.0006'))).to.deep.equal([
      5000, 5001,
    ]);
    expect(times('{"note":"x","start":"5000"}', line('1'))).to.deep.equal([1000]);
  });

  for (const text of ['null', '5', '"note"', '[]', '{"note":"x","hex":"0a"}', '{"t":1}'])
    it(`does not have ${text} on a line`, () => {
      const problems = parseRecording(Buffer.from(`\n${text}\n`));
      expect(E.isLeft(problems) && problems.left.length > 0).to.equal(true);
      if (E.isLeft(problems)) for (const problem of problems.left) expect(problem).to.match(/^line 2: /);
    });

  it('is of one guest, of the one that is chosen, or of none that has asked', () => {
    const frame = (from: 'guest' | 'host', name?: string): RecordedFrame => ({
      ...{ line: 1, time: 0, guest: name, channel: 'request', from, frame: Uint8Array.of(1) },
    });
    const [asks, other, answer] = [frame('guest', 'a'), frame('guest', 'b'), frame('host', 'a')];
    expect(framesOfGuest([asks, answer], undefined)).to.deep.equal(E.right([asks, answer]));
    expect(framesOfGuest([asks, other, answer], 'a')).to.deep.equal(E.right([asks, answer]));
    expect(framesOfGuest([asks, other], undefined)).to.deep.equal(
      E.left(['several guests: choose one with --guest: a, b']),
    );
    expect(framesOfGuest([asks, other], 'c')).to.deep.equal(E.left(['no guest "c": there is a, b']));
    expect(framesOfGuest([frame('guest')], 'c')).to.deep.equal(
      E.left(['no guest "c": there is one without a name']),
    );
    for (const frames of [[], [answer], [answer, other]])
      expect(framesOfGuest(frames, frames.length > 1 ? 'a' : undefined)).to.deep.equal(
        E.left(['no request of a guest in it']),
      );
  });

  it('never overwrites a file unless it is told to', async () => {
    await writeFile(folder.path('seen.ndjson'), 'precious');
    const refused = await openRecording(folder.path('seen.ndjson'), silentLog);
    expect(refused).to.deep.equal(
      E.left([
        `${folder.path('seen.ndjson')}: cannot be written: it is there already. Give another name, or overwrite it with --force (EEXIST).`,
      ]),
    );
    expect(await readFile(folder.path('seen.ndjson'), 'utf8')).to.equal('precious');
    const { close } = await opened(folder.path('seen.ndjson'), silentLog, { force: true });
    await close();
    expect(await readFile(folder.path('seen.ndjson'), 'utf8')).to.equal('');
  });

  it('takes nothing any more once it is closed', async () => {
    const lines: string[] = [];
    const log: Log = { ...silentLog, error: (_facts, message) => lines.push(message) };
    const { tap, close } = await opened(folder.path('seen'), log);
    for (const frame of seen) tap(frame);
    await close();
    const before = await readFile(folder.path('seen'));
    for (const frame of seen) tap(frame);
    await new Promise((resolve) => setImmediate(resolve));
    await close();
    expect(await readFile(folder.path('seen'))).to.deep.equal(before);
    expect(lines).to.deep.equal([]);
  });

  it('says which file it goes to now, or that it has ended', async () => {
    const lines: unknown[] = [];
    const log: Log = { ...silentLog, info: (facts, message) => lines.push({ ...facts, message }) };
    const { change, close } = recordingSwitch(undefined, log);
    const file = folder.path('seen');
    expect(await change(file, false)).to.deep.equal(E.right(undefined));
    expect(await change(null, false)).to.deep.equal(E.right(undefined));
    expect(lines).to.deep.equal([
      { file, message: 'recording' },
      { file: null, message: 'nothing is recorded any more' },
    ]);
    await close();
  });

  it('leaves out what comes while 16 MiB wait for the disk, and says so once', async () => {
    const lines: string[] = [];
    const log: Log = { ...silentLog, error: (_facts, message) => lines.push(message) };
    const { tap, close } = await opened(folder.path('seen'), log);
    // In hex it takes 1 MiB, and a little more with what stands around it.
    const large = { ...(seen[0] ?? expect.fail()), frame: new Uint8Array(512 * 1024) };
    // The first one is being written at once, sixteen wait.
    for (let i = 0; i < 1 + 16; i++) tap(large);
    expect(lines).to.deep.equal([]);
    for (let i = 0; i < 3; i++) tap(large);
    expect(lines).to.deep.equal(['the recording is incomplete: the disk is too slow']);
    await close();
    const { size } = await stat(folder.path('seen'));
    expect(Math.floor(size / 1024 / 1024)).to.equal(17);
    expect(lines).to.have.length(1);
  });

  it('takes one more while exactly 16 MiB wait', async () => {
    const lines: string[] = [];
    const log: Log = { ...silentLog, error: (_facts, message) => lines.push(message) };
    const { tap, close } = await opened(folder.path('seen.pcapng'), log);
    const first = seen[0] ?? expect.fail();
    const around = pcapngPacket({ ...first, frame: new Uint8Array(4) }).length - 4;
    // The first one is being written at once.
    tap(first);
    tap({ ...first, frame: new Uint8Array(16 * 1024 * 1024 - around) });
    tap(first);
    expect(lines).to.deep.equal([]);
    tap(first);
    expect(lines).to.deep.equal(['the recording is incomplete: the disk is too slow']);
    await close();
    expect(parsed(await readFile(folder.path('seen.pcapng')))).to.have.length(3);
  });

  it('is for its user only', async () => {
    await recorded('seen');
    expect((await stat(folder.path('seen'))).mode & 0o777).to.equal(0o600);
  });

  describe('with a limit', () => {
    const frame = (i: number): SeenFrame => ({
      ...(seen[0] ?? expect.fail()),
      time: begin + i,
      frame: new Uint8Array(400).fill(i),
    });

    const recordedWith = async (limit: number, name: string, count: number): Promise<void> => {
      const { tap, close } = await opened(folder.path(name), silentLog, { limit });
      for (let i = 0; i < count; i++) tap(frame(i));
      await close();
    };
    const marks = async (name: string): Promise<readonly (number | undefined)[]> =>
      parsed(await readFile(folder.path(name))).map(({ frame: [mark] }) => mark);

    for (const name of ['seen.ndjson', 'seen.pcapng'])
      it(`begins a new file when ${name} is full, each of which can be read by itself`, async () => {
        await recordedWith(2048, name, 9);
        const part = (number: number): string => name.replace('.', `.${number}.`);
        const files = (await readdir(folder.path(''))).sort();
        expect(files).to.have.length.above(2);
        const all: (number | undefined)[] = [];
        for (let number = 1; number < files.length; number++) {
          expect((await stat(folder.path(part(number)))).size)
            .to.be.at.most(2048)
            .and.above(800);
          all.push(...(await marks(part(number))));
        }
        expect([...all, ...(await marks(name))]).to.deep.equal([0, 1, 2, 3, 4, 5, 6, 7, 8]);
        expect(
          parsed(await readFile(folder.path(name)))
            .map(({ time }) => time)
            .at(-1),
        ).to.equal(begin + 8);
      });

    it('holds for a recording that a running service is told to begin, too', async () => {
      const { tap, change, close } = recordingSwitch(undefined, silentLog, 2048);
      expect(E.isRight(await change(folder.path('seen.ndjson'), false))).to.equal(true);
      for (let i = 0; i < 9; i++) tap(frame(i));
      await close();
      expect(await readdir(folder.path(''))).to.have.length.above(2);
    });

    it('keeps the last parts only', async () => {
      await recordedWith(1024, 'seen.pcapng', 40);
      const files = await readdir(folder.path(''));
      expect(files).to.have.length(keptParts + 1);
      expect(await marks('seen.pcapng')).to.include(39);
      expect(files).not.to.include('seen.1.pcapng');
    });

    it('fills a file to the last byte, and begins with part 1 where it may overwrite', async () => {
      await writeFile(folder.path('seen.3.pcapng'), 'precious');
      const [one, two] = [frame(0), frame(1)];
      const limit = pcapngStart().length + pcapngPacket(one).length + pcapngPacket(two).length;
      const { tap, close } = await opened(folder.path('seen.pcapng'), silentLog, { limit, force: true });
      for (const each of [one, two, frame(2)]) tap(each);
      await close();
      expect((await stat(folder.path('seen.1.pcapng'))).size).to.equal(limit);
      expect([await marks('seen.1.pcapng'), await marks('seen.pcapng')]).to.deep.equal([[0, 1], [2]]);
    });

    it('has one file of any size where there is none, whatever stands beside it', async () => {
      await writeFile(folder.path('seen.3.pcapng'), 'precious');
      await recordedWith(Number.MAX_SAFE_INTEGER, 'seen.pcapng', 40);
      expect((await readdir(folder.path(''))).sort()).to.deep.equal(['seen.3.pcapng', 'seen.pcapng']);
    });

    it('has a frame that is larger than a file in one by itself', async () => {
      await recordedWith(100, 'seen.pcapng', 3);
      expect(await marks('seen.1.pcapng')).to.deep.equal([0]);
      expect(await marks('seen.2.pcapng')).to.deep.equal([1]);
      expect(await marks('seen.pcapng')).to.deep.equal([2]);
    });

    it('leaves alone what an earlier recording of that name has left', async () => {
      await writeFile(folder.path('seen.3.pcapng'), 'precious');
      await writeFile(folder.path('seen.x.pcapng'), '');
      await writeFile(folder.path('seen.12.ndjson'), '');
      await recordedWith(1024, 'seen.pcapng', 6);
      expect(await readFile(folder.path('seen.3.pcapng'), 'utf8')).to.equal('precious');
      expect(await marks('seen.4.pcapng')).to.include(0);
    });
  });

  if (existsSync('/dev/full'))
    it('that the disk has no room for costs one log line, and the service nothing', async () => {
      const lines: string[] = [];
      const log: Log = { ...silentLog, error: (_facts, message) => void lines.push(message) };
      const { tap, close } = await opened('/dev/full', log);
      const first = seen[0] ?? expect.fail();
      tap(first);
      tap(first);
      await close();
      tap(first);
      expect(lines).to.have.length(1);
      expect(lines[0]).to.include('incomplete').and.to.include('no space left').and.to.include('ENOSPC');
    });

  if (process.getuid?.() !== 0)
    it('cannot be where its user may not write', async () => {
      await chmod(folder.path(''), 0o500);
      expect(await openRecording(folder.path('seen'), silentLog))
        .to.have.nested.property('left[0]')
        .that.includes('EACCES');
      await chmod(folder.path(''), 0o700);
    });
});

describe('a pcapng file', () => {
  const file = Buffer.concat([pcapngStart(), ...seen.map(pcapngPacket)]);

  it('is little-endian blocks of sizes that divide by four, each of which says its size twice', () => {
    let blocks = 0;
    for (let at = 0; at < file.length; blocks++) {
      const size = file.readUInt32LE(at + 4);
      expect(size % 4).to.equal(0);
      expect(file.readUInt32LE(at + size - 4)).to.equal(size);
      at += size;
    }
    expect(blocks).to.equal(5);
    expect(file.subarray(0, 12).toString('hex')).to.equal(
      '0a0d0d0a3c0000004d3c2b1a'.replace('3c000000', file.subarray(4, 8).toString('hex')),
    );
  });

  it('has of each frame its time, its size twice, and the flag of its sender, where every reader looks for them', () => {
    const [one] = seen;
    if (one === undefined) expect.fail();
    const late = { ...one, time: 2 ** 40 + 5, guest: 'vm' };
    const block = pcapngPacket(late);
    const size = 3 + 2 + late.frame.length;
    expect([block.readUInt32LE(8), block.readUInt32LE(12), block.readUInt32LE(16)]).to.deep.equal([
      0,
      2 ** 8,
      5,
    ]);
    expect([block.readUInt32LE(20), block.readUInt32LE(24)]).to.deep.equal([size, size]);
    const flags = block.subarray(28 + Math.ceil(size / 4) * 4);
    expect([flags.readUInt16LE(0), flags.readUInt16LE(2), flags.readUInt32LE(4)]).to.deep.equal([
      2,
      4,
      late.from === 'guest' ? 1 : 2,
    ]);
  });

  it('gives back a guest without a name as none, and a name of any bytes', () => {
    for (const name of [undefined, 'unix:///run/vm 1 request', 'ü'.repeat(100)]) {
      const one = { ...(seen[0] ?? expect.fail()), guest: name };
      expect(framesOfPcapng(Buffer.concat([pcapngStart(), pcapngPacket(one)]))).to.deep.equal(E.right([one]));
    }
  });

  it('may be cut off anywhere: its writer may still be at work', () => {
    const whole = parsed(file);
    for (let size = 4; size < file.length; size++) {
      const frames = E.isRight(framesOfPcapng(file.subarray(0, size)))
        ? parsed(file.subarray(0, size))
        : expect.fail(`${size}`);
      expect(frames).to.deep.equal(whole.slice(0, frames.length));
    }
    expect(parsed(file.subarray(0, file.length - 1))).to.have.length(2);
  });

  it('of somebody else is none of ours', () => {
    const others = Buffer.from(file);
    others.writeUInt16LE(1, pcapngStart().readUInt32LE(4) + 8);
    expect(framesOfPcapng(others)).to.deep.equal(E.right([]));
    const bigEndian = Buffer.from(file);
    bigEndian.writeUInt32BE(0x1a2b3c4d, 8);
    expect(framesOfPcapng(bigEndian)).to.have.property('left').that.includes('byte 0');
  });

  it('with a block of impossible size is refused, at its byte', () => {
    const at = pcapngStart().length;
    for (const size of [0, 8, 13, 28]) {
      const damaged = Buffer.from(file);
      damaged.writeUInt32LE(size, at + 4);
      expect(framesOfPcapng(damaged)).to.deep.equal(
        E.left(`byte ${at}: expected a block of pcapng, got one of ${size} bytes`),
      );
    }
  });
});

describe('a number of bytes', () => {
  it('may be typed with a unit', () => {
    expect(['4096', '500k', '100M', '2g'].map(parseByteSize)).to.deep.equal(
      [4096, 512_000, 104_857_600, 2_147_483_648].map(E.right),
    );
  });

  for (const text of ['', '1.5M', '-1', 'M', '10T', '99999999999999'])
    it(`is not ${JSON.stringify(text)}`, () => {
      expect(parseByteSize(text)).to.deep.equal(E.left('a number of bytes such as 65536, 500k, 100M or 2G'));
    });
});
