/**
 * The steps of a scenario's timeline as a person writes them, and what they may wait for. The same steps can be done at once:
 * `airStep`.
 */
import type * as t from 'io-ts';
import {
  atMostOne,
  choice,
  DurationType,
  exactlyOne,
  FlagType,
  IntegerType,
  optional,
  required,
  TextType,
  WordType,
} from '../../json/codecs.js';
import { bssidText, oneSsid, signal, ssidFields } from './network-fields.js';

/** Longest time in a scenario: a week, which every timer of Node can wait for. */
export const duration = new DurationType(0, 7 * 24 * 3600 * 1000);
const times = new IntegerType(1, 1_000_000, '');
export const flag = new FlagType();
export const name = (what: string) =>
  new TextType(`${what} of 1 to 64 printable characters`, {
    pattern: '^[^\\p{Cc}]+$',
    maxLength: 64,
  });
export const interfaceName = name('the name or id of an interface');
const stepName = name('the name of a step');

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

/** What can happen, by the word in `do`. */
const happenings = {
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
} as const;

/** A step of a timeline: at a time, or after an event. */
export const timelineStep = choice(
  'a step',
  'do',
  {
    fields: {
      name: optional(stepName, 'A name, for steps that come after this one.'),
      at: optional(
        duration,
        'When, counted from `startAt`, or from the moment at which the radio is opened first.',
      ),
      after: optional(after, 'After which event; once. Instead of `at`.'),
    },
    rules: [exactlyOne('at', 'after')],
  },
  happenings,
);

/** A step of a timeline that is done now. */
export const airStep = choice('an action', 'do', { fields: {}, rules: [] }, happenings);

/** A step that is done now, as it is written. */
export type AirStep = t.TypeOf<typeof airStep>;
