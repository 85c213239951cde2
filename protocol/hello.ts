/**
 * Hello: what a guest and a host know of each other beyond the vendor's protocol. Only our own guest driver and guest
 * client say it, to any host: one that does not know it answers `invalid`, and the guest goes on without. It says who can
 * do what, keeps a session alive, and lets either side notice that the other has started anew or forgotten the session.
 */
import { flag, integer, valuesOfBits } from './fields.js';
import { type InstanceId, instanceIdField } from './instance-id.js';
import { layout } from './layout.js';
import { type Body, operationOf } from './operation.js';
import { sessionIdField } from './session-id.js';

/** Guest → host: here I am, this is what I can, and this is the session that I hold. */
export interface HelloRequest {
  readonly operation: 'hello';
  /** Bit mask of `HelloCapability`, 32 bits; bits without a name are kept and mean nothing. */
  readonly capabilities: number;
  /** Random, new with each load of the driver. */
  readonly instance: InstanceId;
  /** Of the session that the guest holds; 0 for none. 64 bits on the wire, of which those beyond 2^53−1 read as 2^53−1. */
  readonly sessionId: number;
}

/** Host → guest: the same of the host. */
export interface HelloResponse {
  readonly operation: 'hello.response';
  /** Bit mask of `HelloCapability`, 32 bits: what the host can do for this guest. */
  readonly capabilities: number;
  /** Random, new with each start of the service. */
  readonly instance: InstanceId;
  /** Is the session of the request in effect? False for session 0. */
  readonly inEffect: boolean;
  /** Milliseconds until the next hello is expected, 32 bits: a guest that misses three is gone. */
  readonly nextHello: number;
}

/** Bits of the capabilities in a hello and its response. */
export const HelloCapability = {
  /** Bit 0: `scan_complete` is known, so that a scan response may have it. */
  scanComplete: 1 << 0,
  /** Bit 1: SAE with the password as the key of a connect request. */
  saeByPassword: 1 << 1,
  /** Bit 2: notifications are read for 1 s after their connection, where the vendor's driver gives them 10 ms. */
  patientNotifications: 1 << 2,
} as const;

const helloCapabilitiesText = (capabilities: number): string => {
  const { scanComplete, saeByPassword, patientNotifications } = HelloCapability;
  const others = (capabilities & ~(scanComplete | saeByPassword | patientNotifications)) >>> 0;
  return (
    [
      ...(capabilities & scanComplete ? ['scan_complete'] : []),
      ...(capabilities & saeByPassword ? ['SAE by password'] : []),
      ...(capabilities & patientNotifications ? ['patient notifications'] : []),
      ...(others === 0 ? [] : [`unknown bits 0x${others.toString(16)}`]),
    ].join(', ') || 'none'
  );
};

const capabilitiesField = (doc: string) =>
  integer('u32', 'capabilities', doc, { nameOf: helloCapabilitiesText, named: valuesOfBits(3) });

export const helloRequest = operationOf<HelloRequest>(
  {
    code: 9,
    name: 'hello',
    from: 'guest',
    sentAs: 'request',
    doc: 'What the guest can, who it is and which session it holds. Ours: the vendor’s driver never says it.',
  },
  'hello',
  layout<Body<HelloRequest>>({
    capabilities: capabilitiesField(
      'bit 0 `scan_complete` is known, bit 1 SAE by the password as key, bit 2 notifications are read for 1 s',
    ),
    instance: instanceIdField('guest_instance', 'random, new with each load of the driver'),
    sessionId: sessionIdField('the session that the guest holds; 0: none'),
  }),
);

export const helloResponse = operationOf<HelloResponse>(
  {
    code: 10,
    name: 'hello response',
    from: 'host',
    sentAs: 'answer',
    doc: 'The same of the host. One that does not know hello answers `invalid`, and the guest goes on without.',
  },
  'hello.response',
  layout<Body<HelloResponse>>({
    capabilities: capabilitiesField('what the host can do for this guest: the same bits'),
    instance: instanceIdField('host_instance', 'random, new with each start of the service'),
    inEffect: flag(
      'session_in_effect',
      '1: the session of the request is in effect; 0: it has ended, or was none',
    ),
    nextHello: integer(
      'u32',
      'next_hello',
      'until the next hello is expected; after three missed the guest is gone',
      {
        unit: 'ms',
      },
    ),
  }),
);
