/** Mutants that no test can notice, because nobody could: each with its reason. They are not counted. */
import type { Mutant } from './mutants.js';

/** Stands for the mutants of `file` with these texts; one that stands for none is out of date. */
export interface Equivalent {
  readonly file: string;
  /** A part of the line on which the mutant is. */
  readonly line: string;
  readonly before: string;
  readonly after: string;
  /** Why nothing differs. */
  readonly reason: string;
}

export const equivalents: readonly Equivalent[] = [
  {
    file: 'actors/guest/notification-sender.ts',
    line: '#time = 0;',
    before: '0',
    after: '(0 + 1)',
    reason: 'it is set whenever something is sent, and read by what is done then',
  },
  {
    file: 'actors/guest/notification-sender.ts',
    line: '#waitsSince = 0;',
    before: '0',
    after: '(0 + 1)',
    reason: 'it is set whenever something is sent, and read by what is done then',
  },
  {
    file: 'actors/guest/notification-channel.ts',
    line: "'notification.queued': [",
    before: `'notification.queued': [
          { guard: 'hasSender', target: 'connecting', actions: 'takeReceived' },
          { target: 'connecting', actions: ['engageSender', 'takeReceived'] },
        ],`,
    after: '',
    reason: 'it goes through the outbox then, which is empty, and comes to the same in one step more',
  },
  {
    file: 'actors/application/counters.ts',
    line: 'this.#answerLabels.set(operation, labels);',
    before: 'this.#answerLabels.set(operation, labels);',
    after: ';',
    reason: 'the label is made anew, of the same words',
  },
  {
    file: 'actors/application/counters.ts',
    line: 'labels.set(outcome, label);',
    before: 'labels.set(outcome, label);',
    after: ';',
    reason: 'the label is made anew, of the same words',
  },
  {
    file: 'actors/application/fact-stream.ts',
    line: 'if (this.#pending.push(fact) > 1) return;',
    before: '1',
    after: '(1 + 1)',
    reason: 'the second look at what is to be delivered finds nothing left',
  },
  {
    file: 'actors/door/arrivals.ts',
    line: '#admittedInTurn = 0;',
    before: '0',
    after: '(0 + 1)',
    reason: 'the first newcomer begins a turn, and another one takes its place',
  },
  {
    file: 'actors/ownership/holders.ts',
    line: 'at === null || at.guest === guest ? at : find(guest < at.guest ? at.before : at.after, guest);',
    before: '<',
    after: '<=',
    reason: 'that they are the same has been seen to before',
  },
  {
    file: 'actors/guest/hello.ts',
    line: 'capabilities: scanComplete | (interfaces.canSae ? saeByPassword : 0),',
    before: '0',
    after: '(0 + 1)',
    reason: 'bit 0, scanComplete, is set in any case',
  },
  {
    file: 'actors/host/scan-ask.ts',
    line: 'this.#number += 1;',
    before: '1',
    after: '(1 + 1)',
    reason: 'it is compared with former values of itself only',
  },
  {
    file: 'actors/host/scan-ask.ts',
    line: '#number = 0;',
    before: '0',
    after: '(0 + 1)',
    reason: 'it is compared with former values of itself only',
  },
  {
    file: 'actors/guest/dispatcher-steps.ts',
    line: 'context.attempt?.candidates.length ?? 1',
    before: '1',
    after: '(1 + 1)',
    reason: 'while an interface is tried there is an attempt; only the compiler does not know',
  },
  {
    file: 'machines-viz/export.ts',
    line: "typeof value === 'object' && value !== null && !Array.isArray(value);",
    before: "typeof value === 'object' && value !== null && !Array.isArray(value)",
    after: "typeof value === 'object' && value !== null",
    reason: 'arrays have been taken care of wherever it is asked',
  },
  {
    file: 'machines-viz/export.ts',
    line: "['id', 'type', 'initial', 'description', 'history', 'tags'].includes(name) &&",
    before: `['id', 'type', 'initial', 'description', 'history', 'tags'].includes(name) &&
      dataOf(value) !== undefined`,
    after: "['id', 'type', 'initial', 'description', 'history', 'tags'].includes(name)",
    reason: 'by its type the value of none of these can be something that is no data',
  },
  {
    file: 'machines-viz/inspector/feed.ts',
    line: 'this.#timer = setTimeout(this.#send, 0);',
    before: '0',
    after: '(0 + 1)',
    reason: 'Node takes 0 ms of a timer for 1 ms',
  },
  {
    file: 'machines-viz/inspector/feed.ts',
    line: '  #cursor = 0;',
    before: '0',
    after: '(0 + 1)',
    reason: 'another one takes its place as the feed begins',
  },
  {
    file: 'machines-viz/inspector/feed.ts',
    line: '  #caughtUp = false;',
    before: 'false',
    after: 'true',
    reason: 'another one takes its place as the feed begins',
  },
  {
    file: 'json/duration.ts',
    line: "?? ['ms', 1];",
    before: '1',
    after: '(1 + 1)',
    reason: 'whole numbers of milliseconds have a unit; only the compiler does not know',
  },
  {
    file: 'machines-viz/machines.ts',
    line: "typeof logic === 'object' && logic !== null && 'root' in logic && 'implementations' in logic;",
    before: "typeof logic === 'object' && logic !== null && 'root' in logic && 'implementations' in logic",
    after: "typeof logic === 'object' && logic !== null && 'root' in logic",
    reason: "of all that XState knows as an actor's logic only machines have a root",
  },
  {
    file: 'streams/clock.ts',
    line: 'if (earliest === undefined || due < earliest) earliest = due;',
    before: '<',
    after: '<=',
    reason: 'a value is replaced by its equal',
  },
  {
    file: 'streams/clock.ts',
    line: '#next = 1;',
    before: '1',
    after: '(1 + 1)',
    reason: 'a handle is good for nothing but to clear its timer',
  },
  {
    file: 'streams/frames.ts',
    line: 'const emptyBuffer = new Uint8Array(0);',
    before: '0',
    after: '(0 + 1)',
    reason: 'another one takes its place before a byte is put in',
  },
  {
    file: 'streams/frames.ts',
    line: 'if (this.#header === undefined && this.#received === headerSize) {',
    before: 'this.#header === undefined && this.#received === headerSize',
    after: 'this.#received === headerSize',
    reason: 'a header that came by itself is judged once more, with the same result',
  },
  {
    file: 'streams/pacing.ts',
    line: 'this.#pauses += 1;',
    before: '1',
    after: '(1 + 1)',
    reason: 'it is compared with former values of itself only',
  },
  {
    file: 'streams/pacing.ts',
    line: '#idle = 0;',
    before: '0',
    after: '(0 + 1)',
    reason: 'the first look takes its place, before which nothing was busy',
  },
  {
    file: 'streams/pacing.ts',
    line: '#pauses = 0;',
    before: '0',
    after: '(0 + 1)',
    reason: 'it is compared with former values of itself only',
  },
  {
    file: 'native/guest/hello.ts',
    line: 'instanceIdOf(randomBytes(8).readBigUInt64LE());',
    before: '8',
    after: '(8 + 1)',
    reason: 'the first eight of them are read',
  },
  {
    file: 'native/linux/saved-file.ts',
    line: "const next = await open(beside, 'wx', 0o600);",
    before: '0o600',
    after: '(0o600 + 1)',
    reason: 'it has the mode of the old one before it leaves its folder, into which nobody else may look',
  },
  {
    file: 'native/linux/wpa-station.ts',
    line: '  #disconnectReason = 0;',
    before: '0',
    after: '(0 + 1)',
    reason: 'a link that comes sets it, and nobody looks before one goes',
  },
  {
    file: 'native/linux/wpa-station.ts',
    line: '  #ending = false;',
    before: 'false',
    after: 'true',
    reason: 'a link that comes sets it, and nobody looks before one goes',
  },
  {
    file: 'native/linux/wpa-objects.ts',
    line: '(properties.Privacy === true ? Capability.privacy : 0),',
    before: '0',
    after: '(0 + 1)',
    reason: 'bit 0, ESS, is set in any case',
  },
  {
    file: 'native/linux/wpa-attempt.ts',
    line: "reason < 0 ? 'by this host' : 'by the access point'",
    before: '0',
    after: '(0 + 1)',
    reason: 'a reason is a whole number, and what 0 means has been said before',
  },
  {
    file: 'native/sockets/koffi-streams-posix.ts',
    line: 'return accepted < 0',
    before: '<',
    after: '<=',
    reason: 'a process of Node has descriptor 0 from its start',
  },
  {
    file: 'native/sockets/koffi-streams-posix.ts',
    line: 'return accepted < 0',
    before: '0',
    after: '(0 + 1)',
    reason: 'a process of Node has descriptor 0 from its start',
  },
  {
    file: 'native/sockets/koffi-streams-posix.ts',
    line: 'const asked = getsockopt(fd, SOL_SOCKET, SO_ERROR, value, Uint32Array.of(4));',
    before: '4',
    after: '(4 + 1)',
    reason: 'the system writes the four bytes of the number, however much room there is',
  },
  {
    file: 'native/sockets/socket-shapes.ts',
    line: 'for (let round = 0; round < rounds; round += 1)',
    before: '<',
    after: '<=',
    reason: 'V8 has seen enough before the round that is one more',
  },
  {
    file: 'native/linux/systemd.ts',
    line: 'const SOCK_CLOEXEC = 0o2000000;',
    before: '0o2000000',
    after: '(0o2000000 + 1)',
    reason: 'with the bits of SOCK_DGRAM it is SOCK_RAW, which Linux takes for SOCK_DGRAM among Unix sockets',
  },
  {
    file: 'native/linux/systemd.ts',
    line: 'const fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);',
    before: '0',
    after: '(0 + 1)',
    reason: 'Linux takes the number of the family for its one protocol, too',
  },
  {
    file: 'native/linux/systemd.ts',
    line: 'if (fd < 0) {',
    before: '<',
    after: '<=',
    reason: 'a process of Node has descriptor 0 from its start',
  },
  {
    file: 'native/linux/systemd.ts',
    line: 'if (fd < 0) {',
    before: '0',
    after: '(0 + 1)',
    reason: 'a process of Node has descriptor 0 from its start',
  },
  {
    file: 'native/linux/systemd.ts',
    line: 'if (sendto(fd, bytes, bytes.length, MSG_NOSIGNAL, address, address.length) < 0)',
    before: '<',
    after: '<=',
    reason: 'none of the datagrams is empty',
  },
  {
    file: 'native/linux/systemd.ts',
    line: 'if (sendto(fd, bytes, bytes.length, MSG_NOSIGNAL, address, address.length) < 0)',
    before: '0',
    after: '(0 + 1)',
    reason: 'none of the datagrams is empty',
  },
  {
    file: 'cli/recording.ts',
    line: 'batch.push(this.#grow(this.#format.head(this.#start ?? 0)));',
    before: '0',
    after: '(0 + 1)',
    reason: 'what is written has begun with a frame; only the compiler does not know',
  },
  {
    file: 'native/simulated/resolve-step.ts',
    line: '? { at: entry.at ?? 0 }',
    before: '0',
    after: '(0 + 1)',
    reason: 'a step has one of the two, or is refused; only the compiler does not know',
  },
  {
    file: 'native/simulated/network-fields.ts',
    line: 'pattern: hexDigits, maxLength: 64 });',
    before: '64',
    after: '(64 + 1)',
    reason: 'by their pattern hex digits are even in number',
  },
  {
    file: 'native/sockets/koffi-streams-posix.ts',
    line: 'const value = Int32Array.of(0);',
    before: '0',
    after: '(0 + 1)',
    reason: 'the call writes over it, and where it fails nobody looks',
  },
  {
    file: 'native/sockets/koffi-streams-posix.ts',
    line: 'const [error = 0] = value;',
    before: '0',
    after: '(0 + 1)',
    reason: 'an array of one number has it; only the compiler does not know',
  },
  {
    file: 'native/sockets/memory.ts',
    line: "abort?.addEventListener('abort', abandon, { once: true });",
    before: 'true',
    after: 'false',
    reason: 'a signal aborts once, and the end of the wait takes the listener away',
  },
  {
    file: 'native/sockets/socket-file.ts',
    line: 'const pathOnly = 0o10000000;',
    before: '0o10000000',
    after: '(0o10000000 + 1)',
    reason: 'beside O_PATH Linux looks at no access mode (open(2))',
  },
  {
    file: 'protocol/ssid.ts',
    line: 'if (bytes.every((byte) => byte >= 0x20 && byte < 0x7f && byte !== 0x5c))',
    before: '>=',
    after: '>',
    reason: 'the slower way behind it makes the same of a space',
  },
  {
    file: 'protocol/elements.ts',
    line: '?.body ?? new Uint8Array(0);',
    before: '0',
    after: '(0 + 1)',
    reason: 'zeros are a hidden SSID, as no bytes are',
  },
];

/** Whether the entry stands for this mutant of a file with this text. */
export const standsFor = (entry: Equivalent, mutant: Mutant, text: string): boolean =>
  entry.file === mutant.file &&
  entry.before === mutant.before &&
  entry.after === mutant.after &&
  (text.split('\n')[mutant.line - 1] ?? '').includes(entry.line);
