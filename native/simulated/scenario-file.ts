/**
 * The scenario file as a person writes it: JSON, described by io-ts codecs from which `docs/scenario.schema.json` is
 * generated (`docs/write-scenario-schema.ts`). What depends on other parts of the file, such as the name of an
 * interface that must exist, is checked in `resolve.ts`.
 */
import type * as t from 'io-ts';
import {
  atMostOne,
  exactlyOne,
  IntegerType,
  ListType,
  ObjectType,
  optional,
  required,
  TextType,
  WordType,
} from '../../json/codecs.js';
import type { NetworkSecurity } from '../../protocol/network-elements.js';
import {
  beaconInterval,
  bssidText,
  elementsHex,
  oneSsid,
  secretText,
  signal,
  ssidFields,
} from './network-fields.js';
import { duration, flag, interfaceName, name, timelineStep } from './scenario-steps.js';

/** The security words of the file are those of `elementsFor`. */
const security = new WordType<NetworkSecurity['kind']>({
  open: 'No security at all.',
  wep: 'WEP, as in the last century: nobody can connect.',
  'wpa-psk': 'WPA (version 1) with TKIP.',
  'wpa/wpa2-psk': 'WPA and WPA2 mixed, TKIP as group cipher.',
  'wpa2-psk': 'WPA2 with a passphrase; see `cipher`.',
  'psk-sha256': 'WPA2 with PSK-SHA256 only.',
  'ft-psk': 'WPA2 with fast transition only.',
  'wpa2/wpa3-transition': 'WPA2-PSK and WPA3-SAE side by side.',
  'wpa3-sae': 'WPA3 with a password.',
  owe: 'Enhanced Open: encrypted without a secret.',
  'wpa2-enterprise': 'WPA2 with 802.1X.',
  'wpa3-enterprise-192': 'WPA3 enterprise in the 192-bit mode.',
});

const seenBy = new ListType(interfaceName, 1);

const accessPoint = new ObjectType(
  'an access point',
  {
    bssid: required(bssidText, 'The address of the access point; no two have the same.'),
    channel: optional(new IntegerType(1, 233, 'channel'), 'The 20 MHz channel. Instead of `frequency`.'),
    band: optional(
      new WordType({ '2.4': '2.4 GHz', '5': '5 GHz', '6': '6 GHz' }),
      'Which band `channel` is in. Default: 2.4 GHz up to channel 14, else 5 GHz.',
    ),
    frequency: optional(new IntegerType(2400, 7125, 'MHz'), 'The centre frequency in MHz.'),
    signal: required(signal, 'How strong it is heard; below -95 dBm it is out of range.'),
    beaconInterval: optional(beaconInterval, 'Default: 100.'),
    elements: optional(
      elementsHex,
      'The information elements of a real beacon, instead of those built from `security`.',
    ),
    seenBy: optional(seenBy, 'The interfaces that hear it. Default: those of the network.'),
    present: optional(flag, 'False: it appears later. Default: as the network.'),
  },
  [exactlyOne('channel', 'frequency'), atMostOne('band', 'frequency')],
);

const network = new ObjectType(
  'a network',
  {
    ...ssidFields,
    security: optional(
      security,
      'How it is protected. May be left out where all access points have `elements`.',
    ),
    cipher: optional(
      new WordType({ ccmp: 'AES-CCMP', gcmp: 'AES-GCMP' }),
      'Cipher of a `wpa2-psk` network. Default: ccmp.',
    ),
    secret: optional(secretText, 'What a guest must know. Default: any key of the right size will do.'),
    hidden: optional(flag, 'True: only a scan directed at its SSID finds it. Default: false.'),
    present: optional(flag, 'False: it appears later. Default: true.'),
    seenBy: optional(seenBy, 'The interfaces that hear it. Default: all.'),
    accessPoints: required(new ListType(accessPoint, 1), 'The access points of this network.'),
  },
  [oneSsid],
);

const station = new ObjectType('an interface', {
  name: required(name('a name'), 'The name that the host shows to people: wlan0.'),
  id: optional(name('an id'), 'A GUID or another stable id. Default: the name in lower case.'),
  scanDuration: optional(duration, 'How long a scan takes; 0: always complete at once. Default: 0.'),
  connectDuration: optional(duration, 'How long connecting takes. Default: 0.'),
  disconnectDuration: optional(duration, 'How long disconnecting takes. Default: 0.'),
  supports: optional(
    new ListType(
      new WordType({
        open: 'Open networks.',
        'wpa2-psk': 'WPA2 with a pre-shared key.',
        'wpa3-sae': 'WPA3 with a password.',
      }),
    ),
    'What it can connect to at all. Default: everything.',
  ),
  link: optional(
    new ObjectType(
      'a link',
      { ...ssidFields, bssid: optional(bssidText, 'Default: the strongest access point.') },
      [oneSsid],
    ),
    'The network that it is connected to whenever it arrives, if that one is heard then. Default: none.',
  ),
  present: optional(flag, 'False: it arrives later. Default: true.'),
});

/** ISO 8601 with a zone: without one it would be another time on each machine of a farm. */
const instant = new TextType('a date and time with its zone, such as 2026-11-27T18:00:00Z', {
  pattern:
    '^\\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\\d|3[01])T(?:[01]\\d|2[0-3]):[0-5]\\d(?::[0-5]\\d(?:\\.\\d{1,3})?)?(?:Z|[+-](?:[01]\\d|2[0-3]):[0-5]\\d)$',
});

/** The whole file. */
export const scenarioFile = new ObjectType('a scenario', {
  $schema: optional(new TextType('the address of the schema'), 'For editors; not read.'),
  description: optional(new TextType('a text'), 'For people; not read.'),
  seed: optional(
    new IntegerType(0, 0xffff_ffff, ''),
    'From what random signals are drawn. Default: a new one each time, which is logged.',
  ),
  startAt: optional(
    instant,
    'When it began or begins: the same seed and the same start give the same air on every machine. Default: when the radio is opened first.',
  ),
  jitter: optional(
    new ObjectType('a jitter', {
      dB: required(new IntegerType(1, 20, 'dB'), 'How far signals wander at most, up and down.'),
      every: required(new IntegerType(100, 3_600_000, 'ms'), 'How often they are drawn anew.'),
    }),
    'Signals that wander at random. Default: they stand still.',
  ),
  interfaces: required(new ListType(station, 1), 'The Wi-Fi interfaces of the host, in their order.'),
  networks: required(new ListType(network), 'What is on the air.'),
  timeline: optional(new ListType(timelineStep), 'What happens, and when. Default: nothing.'),
});

/** A scenario as it is written: plain JSON. */
export type ScenarioFile = t.TypeOf<typeof scenarioFile>;
/** One of `interfaces`. */
export type InterfaceEntry = ScenarioFile['interfaces'][number];
/** One of `networks`. */
export type NetworkEntry = ScenarioFile['networks'][number];
/** One of the `accessPoints` of a network. */
export type AccessPointEntry = NetworkEntry['accessPoints'][number];
/** One of `timeline`. */
export type StepEntry = NonNullable<ScenarioFile['timeline']>[number];
/** What a step comes `after`. */
export type EventEntry = NonNullable<StepEntry['after']>;
