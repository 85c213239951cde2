/** All operations, by the tags of their messages and by the codes of the wire. */
import { connectRequest, connectResponse } from './connect.js';
import { disconnectRequest, disconnectResponse } from './disconnect.js';
import { disconnectedNotification } from './disconnected.js';
import { helloRequest, helloResponse } from './hello.js';
import { invalidAnswer } from './invalid.js';
import type { HostMessage, Request } from './messages.js';
import type { Operation } from './operation.js';
import type { CountRefusal } from './refusal.js';
import { type DriverFormat, type ScanResponseFault, scanRequest, scanResponse } from './scan.js';
import { signalNotification } from './signal.js';

/** The tags of requests. */
export type RequestTag = Request['operation'];
/** The tags of host messages. */
export type HostTag = HostMessage['operation'];
/** The message with a tag. */
export type MessageOf<K extends RequestTag | HostTag> = Extract<
  Request | HostMessage,
  { readonly operation: K }
>;

/** The operations that a guest sends. */
export const requestOperations: { readonly [K in RequestTag]: Operation<MessageOf<K>, CountRefusal> } = {
  scan: scanRequest,
  connect: connectRequest,
  disconnect: disconnectRequest,
  hello: helloRequest,
};

/** The operations that the host sends, to a guest with either driver. */
export const hostOperations: Readonly<
  Record<DriverFormat, { readonly [K in HostTag]: Operation<MessageOf<K>, CountRefusal | ScanResponseFault> }>
> = (() => {
  const others = {
    invalid: invalidAnswer,
    'connect.response': connectResponse,
    'disconnect.response': disconnectResponse,
    'hello.response': helloResponse,
    disconnected: disconnectedNotification,
    signal: signalNotification,
  };
  return {
    'with-scan-complete': { 'scan.response': scanResponse['with-scan-complete'], ...others },
    'without-scan-complete': { 'scan.response': scanResponse['without-scan-complete'], ...others },
  };
})();

/** An operation of a request, of whichever. */
export type RequestOperation = (typeof requestOperations)[RequestTag];
/** An operation of a host message, of whichever. */
export type HostOperation = (typeof hostOperations)[DriverFormat][HostTag];

const byCode = <T extends { readonly code: number }>(
  operations: Readonly<Record<string, T>>,
): ReadonlyMap<number, T> =>
  new Map(Object.values(operations).map((operation) => [operation.code, operation]));

/** The operations that a guest sends, by the codes of the wire. */
export const requestsByCode: ReadonlyMap<number, RequestOperation> =
  byCode<RequestOperation>(requestOperations);

/** The operations that the host sends, by the codes of the wire. */
export const hostByCode: Readonly<Record<DriverFormat, ReadonlyMap<number, HostOperation>>> = {
  'with-scan-complete': byCode<HostOperation>(hostOperations['with-scan-complete']),
  'without-scan-complete': byCode<HostOperation>(hostOperations['without-scan-complete']),
};
