/** What the tests in the machine say to the keeper, the keeper to the service, and what they answer: JSON, a line each. */
import type { Fact, ProxyWifiInput } from '../../../index.js';

/** How a service is started. */
export interface ServiceSettings {
  /** Input of the root actor; only what JSON can hold. */
  readonly input: Pick<
    ProxyWifiInput,
    | 'endpoints'
    | 'radio'
    | 'requestPort'
    | 'notificationPort'
    | 'contention'
    | 'scanInterval'
    | 'disconnectOnStop'
    | 'restoreHostConnection'
  >;
  /** A scenario file's content: a simulated radio that plays it. */
  readonly scenario?: object;
  /** SSIDs that no guest may connect to. */
  readonly deny?: readonly string[];
}

/** What a running service is asked to do. `perform`: a step as in a scenario's timeline, at once. */
export type ServiceOrder =
  | { readonly do: 'start'; readonly settings: ServiceSettings }
  | { readonly do: 'perform'; readonly step: object }
  | { readonly do: 'status' }
  | { readonly do: 'finish' };

/** What the keeper is asked to do. `kill` ends the service without a word, `freeze` and `thaw` are SIGSTOP and SIGCONT. */
export type KeeperOrder = ServiceOrder | { readonly do: 'kill' | 'freeze' | 'thaw' };

/** A frame that went by. `operation`: its first byte. `akmSuites`: those of a connect request. */
export interface PassedFrame {
  readonly from: 'guest' | 'host';
  readonly operation: number;
  readonly akmSuites?: readonly number[];
}

/** What comes back: the answer to an order, or something that happened. */
export type Heard =
  | { readonly id: number; readonly value: unknown }
  | { readonly id: number; readonly error: string }
  | { readonly fact: Fact }
  | { readonly frame: PassedFrame };
