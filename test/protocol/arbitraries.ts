/** Arbitrary values of the protocol for properties. */
import fc from 'fast-check';
import * as O from 'fp-ts/lib/Option.js';
import type { Bss } from '../../protocol/bss.js';
import { anyBssid, type Bssid, bssidFromBytes } from '../../protocol/bssid.js';
import { advertisedSsid, buildElements, ssidElement } from '../../protocol/elements.js';
import { instanceIdOf } from '../../protocol/instance-id.js';
import { KeyMaterial } from '../../protocol/key-material.js';
import type { HostMessage, Request } from '../../protocol/messages.js';
import { type Ssid, ssidFromBytes } from '../../protocol/ssid.js';
import { right } from './either.js';

const exactly = (size: number) => fc.uint8Array({ minLength: size, maxLength: size });
const u8 = fc.nat(0xff);
const u32 = fc.nat(0xffffffff);
const sessionId = fc.maxSafeNat();
const instance = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }).map(instanceIdOf);

/** Any SSID, printable ones as often as wild ones. */
export const anySsid: fc.Arbitrary<Ssid> = fc
  .oneof(
    fc.uint8Array({ maxLength: 32 }),
    fc.string({ unit: 'binary', maxLength: 8 }).map((text) => new TextEncoder().encode(text)),
  )
  .map((bytes) => right(ssidFromBytes(bytes)));

const bssid: fc.Arbitrary<Bssid> = exactly(6).map((bytes) => right(bssidFromBytes(bytes)));

const optional = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<O.Option<T>> =>
  fc.oneof(fc.constant(O.none), value.map(O.some));

/** Any request of a guest. */
export const anyRequest: fc.Arbitrary<Request> = fc.oneof(
  fc.record({
    operation: fc.constant('scan' as const),
    ssid: optional(anySsid.filter((ssid) => ssid !== '')),
  }),
  fc.record({
    operation: fc.constant('connect' as const),
    ssid: anySsid,
    bssid: optional(bssid.filter((address) => address !== anyBssid)),
    authType: u8,
    wpaVersions: u8,
    akmSuites: fc.array(u32, { maxLength: 2 }),
    pairwiseCipherSuites: fc.array(u32, { maxLength: 5 }),
    groupCipherSuite: u32,
    key: fc.uint8Array({ maxLength: 255 }).map((bytes) => new KeyMaterial(bytes)),
  }),
  fc.record({ operation: fc.constant('disconnect' as const), sessionId }),
  fc.record({ operation: fc.constant('hello' as const), capabilities: u32, instance, sessionId }),
);

/** Any network; its SSID is the one that its elements announce. */
const anyBss: fc.Arbitrary<Bss> = fc
  .record({
    bssid,
    capabilities: fc.nat(0xffff),
    rssi: fc.integer({ min: -0x80000000, max: 0x7fffffff }),
    beaconInterval: fc.nat(0xffff),
    frequency: u32,
    elements: fc.oneof(
      fc.uint8Array({ maxLength: 300 }),
      anySsid.map((ssid) => buildElements([ssidElement(ssid)])),
    ),
  })
  .map((bss) => ({ ...bss, ssid: advertisedSsid(bss.elements) }));

/** Any message of the host. */
export const anyHostMessage: fc.Arbitrary<HostMessage> = fc.oneof(
  fc.record({
    operation: fc.constant('scan.response' as const),
    complete: fc.boolean(),
    networks: fc.array(anyBss, { maxLength: 40 }),
  }),
  fc.record({
    operation: fc.constant('connect.response' as const),
    status: fc.nat(0xffff),
    bssid,
    sessionId,
  }),
  fc.record({
    operation: fc.constant('hello.response' as const),
    capabilities: u32,
    instance,
    inEffect: fc.boolean(),
    nextHello: u32,
  }),
  fc.record({ operation: fc.constant('disconnected' as const), sessionId }),
  fc.record({ operation: fc.constant('signal' as const), rssi: fc.integer({ min: -128, max: 127 }) }),
  fc.constantFrom({ operation: 'invalid' as const }, { operation: 'disconnect.response' as const }),
);
