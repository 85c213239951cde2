/** A recording as a scenario: what its guests were shown and told, as an air that the simulated radio can play. */
import * as E from 'fp-ts/lib/Either.js';
import type { ScenarioFile } from '../native/simulated/index.js';
import {
  type Bss,
  type Bssid,
  decodeHostMessage,
  decodeRequest,
  type HostMessage,
  type Request,
  type Ssid,
  StatusCode,
  ssidBytes,
  ssidHex,
} from '../protocol/index.js';
import type { RecordedFrame } from './record-format.js';

type NetworkEntry = ScenarioFile['networks'][number];
type StepEntry = NonNullable<ScenarioFile['timeline']>[number] & { readonly at: number };

/** A scenario with everything that happened at its time. */
type RecordedAir = ScenarioFile & { readonly timeline: readonly StepEntry[] };

/** What was seen of one access point. */
interface Seen {
  readonly bss: Bss;
  /** Only a scan for its name has found it. */
  hidden: boolean;
  /** Milliseconds from the first frame: when it was seen first. */
  readonly since: number;
  present: boolean;
  /** dBm */
  signal: number;
}

/** How one guest stands with its host. */
interface Standing {
  /** Its open request, and when it came. */
  request: Request | undefined;
  /** When its last request was answered. */
  answeredAt: number;
  /** The access point that it is connected to. */
  bssid: Bssid | undefined;
  sessionId: number;
  /** When a scan was answered with what was known so far. */
  incompleteSince: number | undefined;
}

const interfaceName = 'wlan0';

/** The name of the failure that has this status, where there is one. */
const reasonOf = (status: number): 'wrong key' | 'timed out' | 'rejected' => {
  if (status === StatusCode.challengeFailure) return 'wrong key';
  return status === StatusCode.sequenceTimeout ? 'timed out' : 'rejected';
};

const within = (value: number, lowest: number, highest: number): number =>
  Math.min(highest, Math.max(lowest, Math.round(value)));

/** An SSID as a scenario names it: as text where its bytes are that text. */
const named = (ssid: Ssid): { readonly ssid: string } | { readonly ssidHex: string } => {
  const isText = Buffer.from(ssid, 'utf8').equals(ssidBytes(ssid));
  return isText ? { ssid } : { ssidHex: ssidHex(ssid) };
};

class Air {
  readonly #seen = new Map<Bssid, Seen>();
  readonly #steps: StepEntry[] = [];
  readonly #standings = new Map<string | undefined, Standing>();
  #scans = 0;
  #scanDuration = 0;

  take({ guest, channel, from, frame }: RecordedFrame, at: number): void {
    const standing = this.#standingOf(guest);
    if (from === 'guest') {
      const request = decodeRequest(frame);
      standing.request = E.isRight(request) ? request.right : undefined;
      return;
    }
    const message = this.#messageIn(frame);
    if (message === undefined) return;
    const asked = channel === 'request' ? standing.request : undefined;
    this.#hear(message, asked, standing, at);
    if (channel !== 'request') return;
    standing.request = undefined;
    standing.answeredAt = at;
  }

  file(): RecordedAir {
    return {
      description: 'Made from a recording by proxy-wifi scenario: what its guests were shown and told.',
      interfaces: [{ name: interfaceName, scanDuration: this.#scanDuration }],
      networks: this.#networks(),
      timeline: this.#steps.toSorted((one, other) => one.at - other.at),
    };
  }

  #standingOf(guest: string | undefined): Standing {
    const known = this.#standings.get(guest);
    if (known !== undefined) return known;
    const standing: Standing = {
      request: undefined,
      answeredAt: 0,
      bssid: undefined,
      sessionId: 0,
      incompleteSince: undefined,
    };
    this.#standings.set(guest, standing);
    return standing;
  }

  /** Of either driver. */
  #messageIn(frame: Uint8Array): HostMessage | undefined {
    for (const driver of ['with-scan-complete', 'without-scan-complete'] as const) {
      const message = decodeHostMessage(frame, driver);
      if (E.isRight(message)) return message.right;
    }
    return undefined;
  }

  #hear(message: HostMessage, asked: Request | undefined, standing: Standing, at: number): void {
    switch (message.operation) {
      case 'scan.response': {
        if (!message.complete) standing.incompleteSince = at;
        else if (standing.incompleteSince !== undefined) {
          this.#scanDuration = Math.max(this.#scanDuration, at - standing.incompleteSince);
          standing.incompleteSince = undefined;
        }
        const looksFor =
          asked?.operation === 'scan' && asked.ssid._tag === 'Some' ? asked.ssid.value : undefined;
        // What a notification has found may have been looked for by name: it says nothing of what is missing.
        this.#scan(message.networks, looksFor, message.complete && asked?.operation === 'scan', at);
        return;
      }
      case 'connect.response':
        if (message.status === StatusCode.success) {
          standing.bssid = message.bssid;
          standing.sessionId = message.sessionId;
        } else if (asked?.operation === 'connect')
          this.#fail(asked.ssid, message.status, standing.answeredAt);
        return;
      case 'disconnect.response':
        standing.bssid = undefined;
        return;
      case 'signal': {
        const seen = standing.bssid === undefined ? undefined : this.#seen.get(standing.bssid);
        if (seen !== undefined) this.#fade(seen, message.rssi, at);
        return;
      }
      case 'disconnected':
        if (standing.bssid === undefined || message.sessionId < standing.sessionId) return;
        standing.bssid = undefined;
        this.#steps.push({ at, do: 'user.disconnects', interface: interfaceName });
        return;
      case 'hello.response':
      case 'invalid':
        return;
    }
  }

  /** `looksFor`: the scan was for this name. `isAll`: what it has not found is not there. */
  #scan(networks: readonly Bss[], looksFor: Ssid | undefined, isAll: boolean, at: number): void {
    const isFirst = this.#scans === 0;
    this.#scans += 1;
    const found = new Set<Bssid>();
    for (const bss of networks) {
      // Of a hidden network that nobody looked for there is no name to call it by.
      if (bss.ssid === '') continue;
      found.add(bss.bssid);
      const seen = this.#seen.get(bss.bssid);
      if (seen === undefined) {
        const hidden = bss.ssid === looksFor;
        this.#seen.set(bss.bssid, {
          bss,
          hidden,
          since: isFirst || hidden ? 0 : at,
          present: true,
          signal: bss.rssi,
        });
        if (!isFirst && !hidden) this.#steps.push({ at, do: 'network.appears', bssid: bss.bssid });
        continue;
      }
      if (looksFor === undefined && isAll) seen.hidden = false;
      if (!seen.present) this.#steps.push({ at, do: 'network.appears', bssid: bss.bssid });
      seen.present = true;
      this.#fade(seen, bss.rssi, at);
    }
    if (!isAll) return;
    for (const [bssid, seen] of this.#seen) {
      if (found.has(bssid) || seen.hidden || !seen.present) continue;
      seen.present = false;
      this.#steps.push({ at, do: 'network.vanishes', bssid });
    }
  }

  #fade(seen: Seen, to: number, at: number): void {
    if (seen.signal === to) return;
    seen.signal = to;
    this.#steps.push({ at, do: 'network.fades', bssid: seen.bss.bssid, to: within(to, -128, 0) });
  }

  /** A connect to a network that is there failed: the next one fails as well. */
  #fail(ssid: Ssid, status: number, since: number): void {
    if (![...this.#seen.values()].some(({ bss }) => bss.ssid === ssid)) return;
    this.#steps.push({ at: since, do: 'connect.fails', ...named(ssid), reason: reasonOf(status), status });
  }

  #networks(): readonly NetworkEntry[] {
    const bySsid = new Map<string, Seen[]>();
    for (const seen of this.#seen.values()) {
      const key = `${seen.hidden} ${seen.bss.ssid}`;
      bySsid.set(key, [...(bySsid.get(key) ?? []), seen]);
    }
    return [...bySsid.values()].flatMap((all) => {
      const [first] = all;
      if (first === undefined) return [];
      return [
        {
          ...named(first.bss.ssid),
          ...(first.hidden ? { hidden: true } : {}),
          accessPoints: all.map(({ bss, since }) => ({
            bssid: bss.bssid,
            frequency: within(bss.frequency / 1000, 2400, 7125),
            signal: within(bss.rssi, -128, 0),
            beaconInterval: bss.beaconInterval,
            elements: Buffer.from(bss.elements).toString('hex'),
            ...(since === 0 ? {} : { present: false }),
          })),
        },
      ];
    });
  }
}

/**
 * The air of a recording. Networks are what guests were shown: where the host showed WPA3 as WPA2, that is what comes out.
 * Passphrases are in no recording: any key of the right size will do.
 */
export const airOf = (frames: readonly RecordedFrame[]): RecordedAir => {
  const air = new Air();
  let start: number | undefined;
  let at = 0;
  for (const frame of frames) {
    start ??= frame.time;
    if (start !== undefined && frame.time !== undefined) at = Math.max(at, Math.round(frame.time - start));
    air.take(frame, at);
  }
  return air.file();
};
