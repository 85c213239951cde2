import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { expect } from 'chai';
import * as E from 'fp-ts/lib/Either.js';
import { openRecording, parseRecording, type Recording } from '../../cli/recording.js';
import { type GuestId, type Log, parseGuestId, silentLog } from '../../index.js';
import { newFolder } from './serving.js';

const guest = E.getOrElse((): GuestId => expect.fail('no guest'))(parseGuestId('vsock://3'));

const opened = async (path: string, log: Log): Promise<Recording> => {
  const recording = await openRecording(path, log);
  return E.isRight(recording) ? recording.right : expect.fail(recording.left.join());
};

describe('a recording', () => {
  it('gives back every frame in its order, with the seconds since the first one', async () => {
    const folder = await newFolder();
    const { tap, close } = await opened(folder.path('seen'), silentLog);
    const frames = [Uint8Array.of(1, 2, 255), Uint8Array.of(0), Uint8Array.of(8, 8)];
    tap({ time: 10_500, guest, channel: 'request', from: 'guest', frame: frames[0] ?? expect.fail() });
    tap({ time: 10_512, guest, channel: 'request', from: 'host', frame: frames[1] ?? expect.fail() });
    tap({ time: 12_000, guest, channel: 'notification', from: 'host', frame: frames[2] ?? expect.fail() });
    await close();
    const text = await readFile(folder.path('seen'), 'utf8');
    await folder.remove();
    const times = text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line).t);
    expect(times).to.deep.equal([0, 0.012, 1.5]);
    expect(parseRecording(text)).to.deep.equal(
      E.right([
        { line: 1, guest, channel: 'request', from: 'guest', frame: frames[0] },
        { line: 2, guest, channel: 'request', from: 'host', frame: frames[1] },
        { line: 3, guest, channel: 'notification', from: 'host', frame: frames[2] },
      ]),
    );
  });

  it('may have notes, empty lines and fields that nobody knows', () => {
    const text =
      '{"note":"x"}\r\n\r\n{"t":1,"channel":"request","from":"host","hex":"0A","note":"","more":[]}\n';
    expect(parseRecording(text)).to.deep.equal(
      E.right([{ line: 3, guest: undefined, channel: 'request', from: 'host', frame: Uint8Array.of(10) }]),
    );
  });

  if (existsSync('/dev/full'))
    it('that the disk has no room for costs one log line, and the service nothing', async () => {
      const lines: string[] = [];
      const log: Log = { ...silentLog, error: (_facts, message) => void lines.push(message) };
      const { tap, close } = await opened('/dev/full', log);
      const seen = { time: 0, guest, channel: 'request', from: 'guest', frame: new Uint8Array(8) } as const;
      tap(seen);
      tap(seen);
      await close();
      tap(seen);
      expect(lines).to.have.length(1);
      expect(lines[0]).to.include('incomplete').and.to.include('no space left').and.to.include('ENOSPC');
    });
});
