/**
 * The scenario file as a person writes it: JSON, described by io-ts codecs from which `docs/scenario.schema.json` is
 * generated (`docs/write-scenario-schema.ts`). What depends on other parts of the file, such as the name of an
 * interface that must exist, is checked in `resolve.ts`.
 */
import type * as t from 'io-ts';
import {
  atMostOne,
  choice,
  exactlyOne,
  FlagType,
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

/** Longest time in a scenario: a week, which every timer of Node can wait for. */
const duration = new IntegerType(0, 7 * 24 * 3600 * 1000, 'ms');
const times = new IntegerType(1, 1_000_000, '');
const flag = new FlagType();
const name = (what: string) =>
  new TextType(`${what} of 1 to 64 printable characters`, {
    pattern: '^[^\\p{Cc}]+$',
    maxLength: 64,
  });
const interfaceName = name('the name or id of an interface');
const stepName = name('the name of a step');

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

const onInterface = {
  interface: optional(interfaceName, 'Which interface. May be left out where there is only one.'),
};

const nth = { count: optional(times, 'At which occurrence. Default: the first one.') };
const wait = { delay: optional(duration, 'How long after the event. Default: 0.') };
const ofInterface = { interface: optional(interfaceName, 'On which interface. Default: on any.') };

const anySsid = atMostOne('ssid', 'ssidHex');
const aboutNetwork = { fields: { ...ofInterface, ...ssidFields, ...nth }, rules: [anySsid] };

const after = choice(
  'an event',
  'event',
  { fields: wait, rules: [] },
  {
    scan: { description: 'A scan has completed.', fields: { ...ofInterface, ...nth } },
    connected: {
      ...aboutNetwork,
      description: 'An interface has connected, for a guest or by its user. Without an SSID: to any network.',
    },
    disconnected: {
      ...aboutNetwork,
      description: 'An interface has lost or left its network. Without an SSID: any network.',
    },
    'connect.failed': {
      ...aboutNetwork,
      description: 'A connect has failed. Without an SSID: to any network.',
    },
    step: {
      description: 'Another step has been done.',
      fields: { step: required(stepName, 'The `name` of that step.') },
    },
  },
);

const targetFields = {
  ...ssidFields,
  bssid: optional(
    bssidText,
    'One access point. Instead of the SSID, which stands for all of its access points.',
  ),
};
const target = { fields: targetFields, rules: [exactlyOne('ssid', 'ssidHex', 'bssid')] };

const lasting = {
  times: optional(times, 'For the next so many operations. Default: 1.'),
  for: optional(duration, 'For all operations within this time. Instead of `times`.'),
};
const oneLasting = atMostOne('times', 'for');
const faultFields = { ...ofInterface, ...lasting };
const connectFaultFields = { ...faultFields, ...ssidFields };
const fault = { fields: faultFields, rules: [oneLasting] };
const connectFault = { fields: connectFaultFields, rules: [oneLasting, anySsid] };
const by = { by: required(duration, 'How much longer it takes.') };
const refused = { refused: optional(flag, 'True: refused at once, instead of failing when it is over.') };

const timelineStep = choice(
  'a step',
  'do',
  {
    fields: {
      name: optional(stepName, 'A name, for steps that come after this one.'),
      at: optional(duration, 'When, counted from the moment at which the radio is opened first.'),
      after: optional(after, 'After which event; once. Instead of `at`.'),
    },
    rules: [exactlyOne('at', 'after')],
  },
  {
    'network.appears': { ...target, description: 'Access points appear, with their own signal.' },
    'network.vanishes': { ...target, description: 'Access points fall silent.' },
    'network.fades': {
      ...target,
      description: 'The signal of access points changes step by step.',
      fields: {
        ...targetFields,
        to: required(signal, 'The signal in the end.'),
        over: optional(duration, 'How long it takes. Default: 0, at once.'),
      },
    },
    'interface.arrives': { description: 'An interface is plugged in.', fields: onInterface },
    'interface.leaves': { description: 'An interface is pulled out.', fields: onInterface },
    'user.connects': {
      description: 'The user of the host connects an interface.',
      fields: {
        ...onInterface,
        ...ssidFields,
        bssid: optional(bssidText, 'Which access point. Default: the strongest.'),
      },
      rules: [oneSsid],
    },
    'user.disconnects': {
      description: 'The user of the host disconnects an interface.',
      fields: onInterface,
    },
    'user.scans': { description: 'The host scans by itself.', fields: onInterface },
    'connect.fails': {
      ...connectFault,
      description: 'Connects fail.',
      fields: {
        ...connectFaultFields,
        reason: required(
          new WordType({
            'wrong key': 'The handshake fails.',
            'network not found': 'The network does not answer.',
            rejected: 'The access point refuses.',
            'timed out': 'The access point does not answer in time.',
          }),
          'Why.',
        ),
        status: optional(
          new IntegerType(1, 65_535, 'IEEE 802.11 status code'),
          'The 802.11 status code. Default: the fitting one.',
        ),
      },
    },
    'connect.slows': {
      ...connectFault,
      description: 'Connects take longer.',
      fields: { ...connectFaultFields, ...by },
    },
    'connect.hangs': { ...connectFault, description: 'Connects never answer.' },
    'disconnect.fails': { ...fault, description: 'Disconnects fail.' },
    'disconnect.slows': {
      ...fault,
      description: 'Disconnects take longer.',
      fields: { ...faultFields, ...by },
    },
    'disconnect.hangs': { ...fault, description: 'Disconnects never answer.' },
    'scan.fails': { ...fault, description: 'Scans fail.', fields: { ...faultFields, ...refused } },
    'scan.slows': { ...fault, description: 'Scans take longer.', fields: { ...faultFields, ...by } },
    'scan.hangs': { ...fault, description: 'Scans never complete.' },
    'service.dies': { description: 'The Wi-Fi service of the host goes away.', fields: {} },
    'service.returns': { description: 'The Wi-Fi service of the host comes back.', fields: {} },
  },
);

/** The whole file. */
export const scenarioFile = new ObjectType('a scenario', {
  $schema: optional(new TextType('the address of the schema'), 'For editors; not read.'),
  description: optional(new TextType('a text'), 'For people; not read.'),
  seed: optional(
    new IntegerType(0, 0xffff_ffff, ''),
    'From what random signals are drawn. Default: a new one each time, which is logged.',
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
