/** Notifications of the Wlan service: from its threads to the event loop. */
import * as E from 'fp-ts/lib/Either.js';
import koffi from 'koffi';
import { Subject } from 'rxjs';
import type { Bssid } from '../../protocol/bssid.js';
import type { Ssid } from '../../protocol/ssid.js';
import { callBegins } from '../native-calls.js';
import { constants, newerConstants, WLAN_NOTIFICATION_DATA } from './layouts.js';
import {
  type AssociationNotification,
  decodeAssociationNotification,
  decodeConnectionNotification,
  decodeNotificationHead,
  decodeU32,
  type Malformed,
  type NotificationHead,
} from './wlan-decoding.js';

/** What the service told about one interface (`guid`). Codes that the service has no use for are left out. */
export type WlanNotification = { readonly guid: string } & (
  | { readonly type: 'scan complete' | 'scan list refresh' | 'arrival' | 'removal' | 'roaming end' }
  /** `reason`: a `WLAN_REASON_CODE`. */
  | { readonly type: 'scan fail'; readonly reason: number }
  /** A connection came about (`reason` 0) or did not; or one has ended. */
  | {
      readonly type: 'connection complete' | 'disconnected';
      /** `WLAN_CONNECTION_MODE`. */
      readonly mode: number;
      readonly profile: string;
      readonly ssid: Ssid;
      readonly reason: number;
    }
  /** With an access point, which need not be the connection's end: `connection complete` follows where it is new. */
  | {
      readonly type: 'associated';
      readonly mode: number;
      readonly profile: string;
      readonly ssid: Ssid;
      readonly bssid: Bssid;
    }
  /** 0 to 100. */
  | { readonly type: 'signal quality'; readonly quality: number }
  /** The data of a notification made no sense. */
  | { readonly type: 'malformed'; readonly problem: Malformed }
);

/** More data than any notification has: a connection notification with its profile stays below. */
const mostData = 65_536;

type Body = WlanNotification extends infer N ? (N extends unknown ? Omit<N, 'guid'> : never) : never;

const decodeAcm = (code: number, data: Uint8Array): E.Either<Malformed, Body | undefined> => {
  switch (code) {
    case constants.wlan_notification_acm_scan_complete:
      return E.right({ type: 'scan complete' });
    case newerConstants.wlan_notification_acm_scan_list_refresh:
      return E.right({ type: 'scan list refresh' });
    case constants.wlan_notification_acm_scan_fail:
      // Some drivers send no reason with it.
      return E.right({ type: 'scan fail', reason: E.getOrElse(() => 0)(decodeU32(data)) });
    case constants.wlan_notification_acm_connection_complete:
      return E.map((body: object) => ({ type: 'connection complete', ...body }) as Body)(
        decodeConnectionNotification(data),
      );
    case constants.wlan_notification_acm_disconnected:
      return E.map((body: object) => ({ type: 'disconnected', ...body }) as Body)(
        decodeConnectionNotification(data),
      );
    case constants.wlan_notification_acm_interface_arrival:
      return E.right({ type: 'arrival' });
    case constants.wlan_notification_acm_interface_removal:
      return E.right({ type: 'removal' });
    default:
      return E.right(undefined);
  }
};

const decodeMsm = (code: number, data: Uint8Array): E.Either<Malformed, Body | undefined> => {
  switch (code) {
    case newerConstants.wlan_notification_msm_associated:
    case newerConstants.wlan_notification_msm_connected:
      return E.map((body: AssociationNotification): Body => ({ type: 'associated', ...body }))(
        decodeAssociationNotification(data),
      );
    case newerConstants.wlan_notification_msm_roaming_end:
      return E.right({ type: 'roaming end' });
    case newerConstants.wlan_notification_msm_signal_quality_change:
      return E.map((quality: number): Body => ({ type: 'signal quality', quality }))(decodeU32(data));
    default:
      return E.right(undefined);
  }
};

const decodeBody = (
  source: number,
  code: number,
  data: Uint8Array,
): E.Either<Malformed, Body | undefined> => {
  switch (source) {
    case constants.WLAN_NOTIFICATION_SOURCE_ACM:
      return decodeAcm(code, data);
    case constants.WLAN_NOTIFICATION_SOURCE_MSM:
      return decodeMsm(code, data);
    default:
      return E.right(undefined);
  }
};

/** A notification from its head and a copy of its data; `undefined` for codes of no interest. */
export const decodeNotification = (
  { source, code, guid }: NotificationHead,
  data: Uint8Array,
): WlanNotification | undefined => {
  const body = decodeBody(source, code, data);
  if (E.isLeft(body)) return { guid, type: 'malformed', problem: body.left };
  return body.right === undefined ? undefined : { guid, ...body.right };
};

const sourceName = (source: number): string =>
  source === constants.WLAN_NOTIFICATION_SOURCE_ACM
    ? 'ACM'
    : source === constants.WLAN_NOTIFICATION_SOURCE_MSM
      ? 'MSM'
      : `source ${source}`;

/** `WLAN_NOTIFICATION_CALLBACK`; the context is a number of ours. */
const callbackType = koffi.pointer(koffi.proto('void WlanNotification(void *data, uintptr_t context)'));

/**
 * Where all notifications of a process arrive. One callback is registered with koffi once and never unregistered: the
 * service's library may still hold it when a handle has gone away by itself, and calling an unregistered one ends the
 * process. The context tells whose notification it is; one for nobody is dropped.
 */
class NotificationHub {
  readonly #receivers = new Map<number, Subject<WlanNotification>>();
  #callback: bigint | undefined;
  #lastContext = 0;
  #waiting: { readonly context: number; readonly notification: WlanNotification }[] = [];

  /** The native function to register with the API. */
  get callback(): bigint {
    this.#callback ??= koffi.register(
      (data: bigint, context: number | bigint) => this.#receive(data, Number(context)),
      callbackType,
    );
    return this.#callback;
  }

  /** A new context, and what arrives for it. */
  add(): { readonly context: number; readonly notifications: Subject<WlanNotification> } {
    const context = ++this.#lastContext;
    const notifications = new Subject<WlanNotification>();
    this.#receivers.set(context, notifications);
    return { context, notifications };
  }

  /** Nothing is delivered for this context from now on. */
  remove(context: number): void {
    this.#receivers.get(context)?.complete();
    this.#receivers.delete(context);
  }

  /**
   * Runs while the service's thread waits, and the pointers are good only that long: copies, decodes and returns.
   * What others do with the notification happens afterwards, so that nothing of theirs can hold that thread or throw
   * into native code.
   */
  #receive(data: bigint, context: number): void {
    if (!this.#receivers.has(context)) return;
    const head = decodeNotificationHead(koffi.decode(data, 'uint8_t', WLAN_NOTIFICATION_DATA.size));
    if (E.isLeft(head)) return;
    const { source, code, data: pointer, size } = head.right;
    callBegins('wlanapi', `notification ${sourceName(source)} ${code}`)(`${size} bytes`);
    const copied: Uint8Array =
      pointer === 0n || size === 0
        ? new Uint8Array(0)
        : koffi.decode(pointer, 'uint8_t', Math.min(size, mostData));
    const notification = decodeNotification(head.right, copied);
    if (notification === undefined) return;
    this.#waiting.push({ context, notification });
    if (this.#waiting.length === 1) setImmediate(() => this.#deliver());
  }

  #deliver(): void {
    const batch = this.#waiting;
    this.#waiting = [];
    for (const { context, notification } of batch) this.#receivers.get(context)?.next(notification);
  }
}

/** The hub of this process. */
export const notificationHub = new NotificationHub();
