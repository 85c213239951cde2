/** The settings of `serve` that are none of the root actor's: files, and what stands around the service. A row for each. */
import * as E from 'fp-ts/lib/Either.js';
import { controlAddressForm, parseControlAddress } from '../control/index.js';
import {
  FlagType,
  IntegerType,
  JudgedType,
  ListType,
  ParsedTextType,
  TextType,
  WordType,
} from '../json/codecs.js';
import { type LogLevel, logLevels } from '../json/log-level.js';
import { absent, isWritten, plain, type SettingTable } from '../json/setting.js';
import { fakeNetworkList, settingsTable } from '../settings.js';
import { parseByteSize } from './byte-size.js';
import { defaultMetricsAddress, httpAddressForm, parseHttpAddress } from './http-address.js';
import { defaultInspectorPort, parseInspectorPort } from './inspector.js';
import { logTargetForm, parseLogTarget } from './log-target.js';
import { noState } from './state-place.js';

/** A path as the system takes it: a NUL would end it early. */
const path = new TextType('the path of a file', { pattern: '^[^\\0]+$' });

const metricsAddress = new JudgedType<string | boolean>(
  `true, false or ${httpAddressForm}`,
  (u): u is string | boolean =>
    typeof u === 'boolean' || (typeof u === 'string' && parseHttpAddress(u) !== undefined),
  { type: ['boolean', 'string'] },
);

const inspectorPort = new JudgedType<number | boolean>(
  'true, false or a port from 0 (any) to 65535',
  (u): u is number | boolean =>
    typeof u === 'boolean' || (typeof u === 'number' && E.isRight(parseInspectorPort(String(u)))),
  { oneOf: [{ type: 'boolean' }, { type: 'integer', minimum: 0, maximum: 65535 }] },
);

const controlAddress = new JudgedType<string | boolean>(
  `true, false or ${controlAddressForm}`,
  (u): u is string | boolean =>
    typeof u === 'boolean' || (typeof u === 'string' && E.isRight(parseControlAddress(u))),
  { type: ['boolean', 'string'] },
);

/** Bytes in the smallest file that a recording is split into. */
const smallestPart = 65_536;

/** What stands around the service. Paths in a file are relative to it. */
export const ownTable = {
  scenario: absent({
    codec: path,
    doc: 'what the simulated radio plays: a scenario, or a capture of access points',
    otherwiseText: 'networks to try things out',
    flag: { value: 'file', file: true },
  }),
  networks: absent({
    codec: path,
    doc: 'fake networks: a JSON list, read again when it changes',
    otherwiseText: 'none',
    flag: { value: 'file', file: true },
  }),
  fakeNetworks: absent({
    codec: fakeNetworkList,
    doc: 'fake networks, instead of a file of them',
    otherwiseText: 'none',
  }),
  metrics: absent({
    codec: metricsAddress,
    doc: `serve metrics for Prometheus over HTTP at PORT, ADDRESS:PORT or [IPV6]:PORT; alone at ${defaultMetricsAddress.host}:${defaultMetricsAddress.port}`,
    otherwiseText: 'no metrics',
    flag: {
      value: 'address',
      alone: true,
      read: (text) => (parseHttpAddress(text) === undefined ? E.left(httpAddressForm) : E.right(text)),
    },
  }),
  record: absent({
    codec: path,
    doc: 'write every frame to a new file, keys left out: NDJSON, or pcapng where its name ends so',
    otherwiseText: 'nothing is recorded',
    flag: { value: 'file', file: true },
  }),
  recordLimit: absent({
    codec: new IntegerType(smallestPart, Number.MAX_SAFE_INTEGER, 'bytes'),
    doc: 'begin a new file of the recording after so many bytes (500k, 100M, 2G), and keep the last ten',
    otherwiseText: 'one file of any size',
    flag: { value: 'size', read: parseByteSize },
  }),
  overwriteRecording: plain({
    codec: new FlagType(),
    doc: 'overwrite the file of the recording if it is there already',
    otherwise: false,
    flag: { name: 'force' },
  }),
  inspect: absent({
    codec: inspectorPort,
    doc: `serve the live inspector to browsers of this machine at a port; alone at ${defaultInspectorPort}`,
    otherwiseText: 'no inspector',
    flag: { value: 'port', alone: true, read: parseInspectorPort },
  }),
  control: absent({
    codec: controlAddress,
    doc: `let the service be steered (proxy-wifi ctl) at unix:///PATH, by its own user, or at tcp://127.0.0.1:PORT, by who has the token in PROXY_WIFI_CONTROL_TOKEN; alone at unix:///run/proxy-wifi/control.sock, or in the runtime folder of its user`,
    otherwiseText: 'no control',
    flag: {
      value: 'address',
      alone: true,
      read: (text) => E.map(() => text)(parseControlAddress(text)),
    },
  }),
  state: absent({
    codec: path,
    doc: `where to keep what a restart must not forget: sessions of guests, connections made for them; ${noState}: nowhere`,
    otherwiseText:
      'a file named after the endpoints in $XDG_STATE_HOME/proxy-wifi, /var/lib/proxy-wifi for root or ~/.local/state/proxy-wifi',
    flag: { value: 'file', file: true },
  }),
  logLevel: plain({
    live: true,
    codec: new WordType<LogLevel>(logLevels),
    doc: 'what is logged',
    otherwise: 'info',
    flag: { value: 'level' },
  }),
  logTo: absent({
    codec: new ListType(new ParsedTextType(logTargetForm, parseLogTarget), 1, 'target'),
    doc: 'where the log goes, each with a level behind it if it has one of its own: stderr, stderr=warn, proxy-wifi.log=trace; files are added to, as JSON',
    otherwiseText: 'stderr',
    flag: { value: 'target' },
  }),
  logJson: plain({
    codec: new FlagType(),
    doc: 'log as JSON on a terminal too, and write nothing else',
    otherwise: false,
    flag: {},
  }),
} as const;

/** Every setting that flags or a file can give. */
export const serveTable: SettingTable = {
  ...Object.fromEntries(Object.entries(settingsTable).filter(([, row]) => isWritten(row))),
  radio: {
    ...settingsTable.radio,
    otherwiseText: 'simulated where nothing says which networks there are, else none',
  },
  ...ownTable,
};
