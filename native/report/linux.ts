/** What a Linux host gives to each call: wpa_supplicant on D-Bus, AF_VSOCK. */
import * as E from 'fp-ts/lib/Either.js';
import { concatMap, filter, firstValueFrom, map, race, take, timeout, timer } from 'rxjs';
import { systemClock } from '../../streams/clock.js';
import {
  type Dbus,
  getAll,
  numberOf,
  type OpenDbus,
  propertiesOf,
  textOf,
  textsOf,
  Variant,
} from '../linux/dbus.js';
import { openBus } from '../linux/system-bus.js';
import { vsock } from '../linux/vsock.js';
import { wpa, wpaRules } from '../linux/wpa-objects.js';
import type { RadioFailure } from '../radio.js';
import { guestIdOf } from '../sockets/endpoint.js';
import type { SocketFailure } from '../sockets/transport.js';
import { code, type Findings, rounded, type Survey, tally } from './findings.js';

/** Where to look; this machine unless a test says otherwise. */
export interface SurveyedLinux {
  readonly bus?: OpenDbus;
  /** Milliseconds that the bus, or a scan, may take. */
  readonly patience?: number;
}

const usualPatience = 12_000;

const failed = ({ code: reason }: RadioFailure): Findings => ({ failed: true, code: code(reason) });

const scanned = async (bus: Dbus, path: string, patience: number): Promise<Findings> => {
  const begun = performance.now();
  const ended = firstValueFrom(
    race(
      bus.signals.pipe(
        filter((signal) => signal.path === path && signal.member === 'ScanDone'),
        map(({ body }) => (body[0] === true ? 'ScanDone' : 'ScanFailed')),
        take(1),
      ),
      timer(patience).pipe(map(() => 'nothing')),
    ),
    { defaultValue: 'nothing' },
  );
  const asked = await bus.call({
    destination: wpa.name,
    path,
    interface: wpa.interface,
    member: 'Scan',
    signature: 'a{sv}',
    body: [{ Type: new Variant('s', 'active'), AllowRoam: new Variant('b', false) }],
  })();
  if (E.isLeft(asked)) return failed(asked.left);
  return { end: code(await ended), after: rounded(performance.now() - begun) };
};

const interfaceFindings = async (bus: Dbus, path: string, patience: number): Promise<Findings> => {
  const read = await getAll(bus, wpa.name, path, wpa.interface)();
  if (E.isLeft(read)) return failed(read.left);
  const { State, Driver, BSSs, Networks, CurrentAuthMode, Capabilities } = read.right;
  const scan = await scanned(bus, path, patience);
  const after = await getAll(bus, wpa.name, path, wpa.interface)();
  return {
    state: code(textOf(State)),
    driver: code(textOf(Driver)),
    // `WPA2-PSK`, `EAP-TLS`, `IEEE 802.1X (no WPA)` (`wpa_key_mgmt_txt` of hostap): words of its own.
    authMode: code(textOf(CurrentAuthMode).replaceAll(/\W+/g, '.') || 'none'),
    keyManagement: tally(textsOf(propertiesOf(Capabilities).KeyMgmt)),
    maxScanSsids: numberOf(propertiesOf(Capabilities).MaxScanSSID),
    accessPoints: textsOf(BSSs).length,
    savedNetworks: textsOf(Networks).length,
    scan,
    accessPointsAfter: E.isRight(after) ? textsOf(after.right.BSSs).length : 0,
  };
};

const supplicantFindings = async (bus: Dbus, patience: number): Promise<Findings> => {
  const root = await getAll(bus, wpa.name, wpa.path, wpa.root)();
  if (E.isLeft(root)) return failed(root.left);
  for (const rule of wpaRules) await bus.subscribe(rule)();
  const interfaces: Findings[] = [];
  for (const path of textsOf(root.right.Interfaces))
    interfaces.push(await interfaceFindings(bus, path, patience));
  return { interfaces };
};

/** A port that nobody is expected to use: this machine listens on it for a moment. */
const ownPort = 0x7fff_5746;

/** `VMADDR_CID_LOCAL` of `linux/vm_sockets.h`. */
const localCid = 1;

/** A listener of this machine's own, and a connection to it; both go through the calls of libc. */
const vsockFindings = async (patience: number): Promise<Findings> => {
  const transport = vsock.transport(systemClock);
  return new Promise((resolve) => {
    const listener = transport
      .listen({ scheme: 'vsock', cid: localCid }, { requestPort: ownPort })
      .subscribe({
        error: (failure: SocketFailure) =>
          resolve({ failed: code(failure.operation), code: code(failure.code) }),
        next: (event) => {
          if (event.type === 'accepted') {
            event.connection.destroy();
            return;
          }
          const guest = guestIdOf({ scheme: 'vsock', address: String(localCid) });
          void transport
            .connect(guest, ownPort, AbortSignal.timeout(patience))()
            .then((connected) => {
              listener.unsubscribe();
              if (E.isRight(connected)) connected.right.destroy();
              resolve({
                listening: true,
                connect: E.isLeft(connected) ? code(connected.left.code) : code('ok'),
              });
            });
        },
      });
  });
};

/** The survey of a Linux host. */
export const linuxSurvey = ({ bus = openBus(), patience = usualPatience }: SurveyedLinux): Survey => ({
  look: async () => ({
    wpaSupplicant: await firstValueFrom(
      bus.pipe(
        timeout({ first: patience }),
        concatMap((open) => supplicantFindings(open, patience)),
      ),
    ).catch((error: unknown) => ({
      failed: true,
      code: code(textOf(propertiesOf(error).code) || 'unreachable'),
    })),
    vsock: await vsockFindings(patience),
  }),
  notCalled: [
    `${wpa.interface}.AddNetwork`,
    `${wpa.interface}.SelectNetwork`,
    `${wpa.interface}.RemoveNetwork`,
    `${wpa.interface}.Disconnect`,
    'org.freedesktop.NetworkManager.AddAndActivateConnection2',
  ],
});
