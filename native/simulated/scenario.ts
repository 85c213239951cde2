/**
 * A scenario as the simulated radio plays it: every name resolved, every default filled in. Made from a file by
 * `resolve.ts`, from a capture by `access-points.ts`, or by hand.
 */
import { none, type Option } from 'fp-ts/lib/Option.js';
import type { Bssid } from '../../protocol/bssid.js';
import type { KeyMaterial } from '../../protocol/key-material.js';
import type { OfferedSecurity } from '../../protocol/security.js';
import type { Ssid } from '../../protocol/ssid.js';
import type { StatusCode } from '../../protocol/status.js';
import { type ConnectFailure, type InterfaceId, interfaceId } from '../radio.js';

/** Everything that a simulated radio plays. */
export interface Scenario {
  /** 32 bits. `none`: a new one for each radio. */
  readonly seed: Option<number>;
  /** Time 0 of the timeline and of the jitter, in milliseconds since the epoch. `none`: when the radio is opened first. */
  readonly startAt: Option<number>;
  readonly jitter: Option<SignalJitter>;
  readonly interfaces: readonly ScenarioInterface[];
  readonly networks: readonly ScenarioNetwork[];
  readonly timeline: readonly ScenarioStep[];
}

/** Signals that wander at random by up to `dB` up and down, drawn anew every so many milliseconds. */
export interface SignalJitter {
  readonly dB: number;
  readonly every: number;
}

/** A station interface of the simulated host; durations in milliseconds. */
export interface ScenarioInterface {
  readonly id: InterfaceId;
  readonly name: string;
  /** 0: scans are complete at once. */
  readonly scanDuration: number;
  readonly connectDuration: number;
  readonly disconnectDuration: number;
  readonly supports: ReadonlySet<OfferedSecurity['kind']>;
  /** What it is connected to whenever it arrives, if that is heard then. */
  readonly link: Option<NetworkChoice>;
  /** Is it there from the start? */
  readonly present: boolean;
}

/** An interface that can do everything, at once, and is there from the start. */
export const plainInterface = (name: string): ScenarioInterface => ({
  id: interfaceId(name),
  name,
  scanDuration: 0,
  connectDuration: 0,
  disconnectDuration: 0,
  supports: new Set(['open', 'wpa2-psk', 'wpa3-sae']),
  link: none,
  present: true,
});

/** One network, and which of its access points: `none` is the strongest. */
export interface NetworkChoice {
  readonly ssid: Ssid;
  readonly bssid: Option<Bssid>;
}

/** One network: access points with one SSID and one secret. */
export interface ScenarioNetwork {
  readonly ssid: Ssid;
  /** A passphrase, or 64 hex digits of a PMK, as ASCII. `none`: any key of the right size will do. */
  readonly secret: Option<KeyMaterial>;
  /** Found only by scans that are directed at its SSID. */
  readonly hidden: boolean;
  readonly accessPoints: readonly ScenarioAccessPoint[];
}

/** One access point as the scenario starts with it. */
export interface ScenarioAccessPoint {
  readonly bssid: Bssid;
  /** kHz. */
  readonly frequency: number;
  /** dBm. */
  readonly signal: number;
  /** Time units of 1024 µs. */
  readonly beaconInterval: number;
  readonly capabilities: number;
  /** What it advertises, its security included, is what these say. */
  readonly elements: Uint8Array;
  readonly seenBy: 'all' | ReadonlySet<InterfaceId>;
  /** Is it there from the start? */
  readonly present: boolean;
}

/** All access points of an SSID, or one. */
export type Target =
  | { readonly kind: 'ssid'; readonly ssid: Ssid }
  | { readonly kind: 'bssid'; readonly bssid: Bssid };

/** What goes wrong, and how. Times in milliseconds. */
export type Fault =
  | {
      readonly kind: 'connect.fails';
      readonly reason: Extract<
        ConnectFailure['reason'],
        'wrong key' | 'network not found' | 'rejected' | 'timed out'
      >;
      /** `none`: the one that fits the reason. */
      readonly status: Option<StatusCode>;
    }
  /** `refused`: at once, instead of by `scan.failed` later. A radio whose scans are instant always refuses. */
  | { readonly kind: 'scan.fails'; readonly refused: boolean }
  | { readonly kind: 'disconnect.fails' }
  | { readonly kind: 'connect.slows'; readonly by: number }
  | { readonly kind: 'disconnect.slows'; readonly by: number }
  /** An instant scan cannot be slowed. */
  | { readonly kind: 'scan.slows'; readonly by: number }
  | { readonly kind: 'connect.hangs' }
  | { readonly kind: 'disconnect.hangs' }
  /** An instant scan cannot hang. */
  | { readonly kind: 'scan.hangs' };

/** Which operations a fault hits. */
export interface FaultScope {
  /** `none`: of any interface. */
  readonly interface: Option<InterfaceId>;
  /** Connects only. `none`: to any network. */
  readonly ssid: Option<Ssid>;
  readonly lasting: { readonly times: number } | { readonly milliseconds: number };
}

/** What can happen to the simulated world. */
export type Action =
  | { readonly do: 'network.appears' | 'network.vanishes'; readonly target: Target }
  | {
      readonly do: 'network.fades';
      readonly target: Target;
      /** dBm. */
      readonly to: number;
      /** Milliseconds. */
      readonly over: number;
    }
  | {
      readonly do: 'interface.arrives' | 'interface.leaves' | 'user.disconnects' | 'user.scans';
      readonly interface: InterfaceId;
    }
  | { readonly do: 'user.connects'; readonly interface: InterfaceId; readonly choice: NetworkChoice }
  | { readonly do: 'fault'; readonly fault: Fault; readonly scope: FaultScope }
  | { readonly do: 'service.dies' | 'service.returns' };

/** What steps can wait for. */
export type Trigger =
  | {
      readonly event: 'scan' | 'connected' | 'disconnected' | 'connect.failed';
      /** `none`: any. */
      readonly interface: Option<InterfaceId>;
      /** `none`: any; always so for a scan. */
      readonly ssid: Option<Ssid>;
      /** At which occurrence, from 1 on. */
      readonly count: number;
    }
  | { readonly event: 'step'; readonly step: string };

/** Something that happens once. Times in milliseconds; `at` counts from `startAt`, else from the moment at which the radio is opened first. */
export interface ScenarioStep {
  readonly name: Option<string>;
  readonly when: { readonly at: number } | { readonly after: Trigger; readonly delay: number };
  readonly action: Action;
}
