/** The captures in `test/fixtures` as values. */
import { readFileSync } from 'node:fs';

/** One frame of the session of the real Linux guest driver. */
export interface CapturedFrame {
  readonly channel: 'request' | 'notification';
  readonly from: 'guest' | 'host';
  readonly hex: string;
}

/** What wpa_supplicant says of an RSN or WPA element. */
interface SupplicantSummary {
  readonly KeyMgmt: readonly string[];
  readonly Pairwise: readonly string[];
  readonly Group: string;
  readonly MgmtGroup?: string;
}

/** One access point as wpa_supplicant reported it. */
export interface CapturedAccessPoint {
  /** Hex. */
  readonly SSID: string;
  /** Hex. */
  readonly BSSID: string;
  readonly Privacy: boolean;
  /** dBm */
  readonly Signal: number;
  /** MHz */
  readonly Frequency: number;
  readonly RSN: SupplicantSummary;
  readonly WPA: SupplicantSummary;
  /** All information elements, hex. */
  readonly IEs: string;
}

const lines = (name: string): readonly unknown[] =>
  readFileSync(new URL(`../fixtures/${name}`, import.meta.url), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));

/** Every frame of the session, in its order. */
export const guestSession: readonly CapturedFrame[] = (
  lines('linux-guest-session.ndjson') as readonly Partial<CapturedFrame>[]
).filter((line): line is CapturedFrame => line.hex !== undefined);

/** The sixteen access points. */
export const accessPoints = lines('access-points.ndjson') as readonly CapturedAccessPoint[];

/** Bytes from hex. */
export const bytes = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex, 'hex'));

/** Hex from bytes. */
export const hex = (of: Uint8Array): string => Buffer.from(of).toString('hex');
