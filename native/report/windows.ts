/** What a Windows host gives to each call: Wlan API, Hyper-V sockets, registry, WSL. */
import * as E from 'fp-ts/lib/Either.js';
import * as O from 'fp-ts/lib/Option.js';
import { filter, firstValueFrom, map, race, take, timer } from 'rxjs';
import { wellKnownVms } from '../sockets/endpoint.js';
import { isElevated } from '../windows/elevation.js';
import { hyperV, socketAddress } from '../windows/hvsocket.js';
import { registrations } from '../windows/registration.js';
import { windowsSockets } from '../windows/winsock.js';
import type { CurrentConnection } from '../windows/wlan-decoding.js';
import type { WlanFailure } from '../windows/wlan-failure.js';
import { loadWlanApi, systemWlanApi, type WlanClient } from '../windows/wlanapi.js';
import { type RunWsl, runningDistributions, runWsl, vmIdOf } from '../windows/wsl.js';
import { code, type Findings, rounded, type Survey, tally } from './findings.js';
import { loopbackFindings } from './loopback.js';

/** Where to look; this machine unless a test says otherwise. */
export interface SurveyedWindows {
  /** The ports whose registration is looked at. */
  readonly ports: readonly number[];
  readonly dll?: string;
  readonly wsl?: RunWsl;
  /** Milliseconds that a scan, or one step on a socket, may take. */
  readonly patience?: number;
}

const usualPatience = 12_000;

const failed = ({ operation, code: reason }: WlanFailure): Findings => ({
  failed: code(operation),
  code: code(reason),
});

/** A scan and what is reported until its end. */
const scanned = async (client: WlanClient, guid: string, patience: number): Promise<Findings> => {
  const begun = performance.now();
  const ended = firstValueFrom(
    race(
      client.notifications.pipe(
        filter((told) => told.guid === guid && (told.type === 'scan complete' || told.type === 'scan fail')),
        map(({ type }): string => type.replace(' ', '.')),
        take(1),
      ),
      timer(patience).pipe(map(() => 'nothing')),
    ),
  );
  const asked = await client.scan(guid, O.none)();
  if (E.isLeft(asked)) return failed(asked.left);
  const end = await ended;
  return { end: code(end), after: rounded(performance.now() - begun) };
};

const accessPoints = async (client: WlanClient, guid: string): Promise<Findings> =>
  E.match(
    failed,
    (list: readonly { readonly elements: Uint8Array; readonly rssi: number }[]): Findings => ({
      count: list.length,
      elementBytes: list.reduce((sum, { elements }) => sum + elements.length, 0),
      withoutSignal: list.filter(({ rssi }) => rssi === 0).length,
    }),
  )(await client.bssList(guid)());

const interfaceFindings = async (client: WlanClient, guid: string, patience: number): Promise<Findings> => ({
  connection: E.match(
    failed,
    O.match(
      (): Findings => ({ connected: false }),
      ({ mode, profile, signalQuality }: CurrentConnection): Findings => ({
        connected: true,
        mode,
        hasProfile: profile !== '',
        signalQuality,
      }),
    ),
  )(await client.currentConnection(guid)()),
  accessPoints: await accessPoints(client, guid),
  networks: E.match(
    failed,
    (list: readonly { auth: number; cipher: number; connectable: boolean; reason: number }[]): Findings => ({
      count: list.length,
      authAndCipher: tally(list.map(({ auth, cipher }) => `${auth}/${cipher}`)),
      notConnectable: tally(
        list.filter(({ connectable }) => !connectable).map(({ reason }) => `0x${reason.toString(16)}`),
      ),
    }),
  )(await client.availableNetworks(guid)()),
  scan: await scanned(client, guid, patience),
  accessPointsAfter: await accessPoints(client, guid),
});

const wlanFindings = async (dll: string, patience: number): Promise<Findings> => {
  const api = loadWlanApi(dll);
  if (E.isLeft(api)) return { failed: code('LoadLibrary'), code: code(api.left.code) };
  const client = await api.right.open();
  if (E.isLeft(client)) return failed(client.left);
  const listed = await client.right.interfaces();
  const interfaces: Findings[] = [];
  if (E.isRight(listed))
    for (const { guid } of listed.right)
      interfaces.push(await interfaceFindings(client.right, guid, patience));
  const withheld = O.isSome(client.right.withheld)
    ? { withheld: code(client.right.withheld.value.code) }
    : {};
  await client.right.close();
  return { ...withheld, ...(E.isLeft(listed) ? failed(listed.left) : { interfaces }) };
};

/** A port that nobody is expected to use: this machine listens on it to itself for a moment. */
const ownPort = 0x7fff_5746;

const registryFindings = async (ports: readonly number[]): Promise<Findings> =>
  E.match(
    (failure: { readonly operation: string; readonly code: string }): Findings => ({
      failed: code(failure.operation),
      code: code(failure.code),
    }),
    (list: readonly { readonly outcome: string }[]): Findings =>
      tally(list.map(({ outcome }) => outcome.replaceAll(' ', '.'))),
  )(await registrations(ports)());

const wslFindings = async (run: RunWsl): Promise<Findings> => {
  const running = await runningDistributions(run);
  if (E.isLeft(running)) return { failed: code('wsl.exe'), code: code(running.left) };
  const id = await vmIdOf(run, running.right);
  return { running: running.right.length, hasId: E.isRight(id) && id.right !== undefined };
};

/** The survey of a Windows host. */
export const windowsSurvey = ({
  ports,
  dll = systemWlanApi(),
  wsl = runWsl,
  patience = usualPatience,
}: SurveyedWindows): Survey => ({
  look: async () => ({
    elevated: isElevated(),
    wlan: await wlanFindings(dll, patience),
    hyperV: await loopbackFindings(
      windowsSockets(),
      hyperV,
      socketAddress(wellKnownVms.loopback, ownPort),
      patience,
    ),
    registry: await registryFindings(ports),
    wsl: await wslFindings(wsl),
  }),
  notCalled: ['WlanConnect', 'WlanDisconnect', 'RegCreateKeyExW', 'RegSetValueExW', 'RegDeleteTreeW'],
});
