/** `proxy-wifi ctl`: steers and watches a service that runs, through its control. */
import { resolve } from 'node:path';
import * as E from 'fp-ts/lib/Either.js';
import {
  type AnswerOf,
  type ControlClient,
  type ControlRefusal,
  controlClient,
  findControlAddress,
  type OperationName,
  parseControlAddress,
  type Question,
  type ServiceEvent,
} from '../control/index.js';
import { type LogLevel, logLevels } from '../json/log-level.js';
import { type Problem, problemText } from '../json/problem.js';
import { parseJson } from '../json/text.js';
import type { AirTyped, AirWords } from './ctl-air.js';
import { airStepOf } from './ctl-air.js';
import { exitCodes, type Interrupt, onInterrupt } from './interruption.js';
import { controlToken } from './steering.js';
import { complain, type ExitCode, styled, type Terminal } from './terminal.js';
import { readTextFile } from './text-file.js';

/** What every command of `ctl` takes. */
export interface CtlFlags {
  readonly control?: string;
  readonly json?: boolean;
}

/** The service of the flags. Left: what was wrong. */
const clientOf = ({ control }: CtlFlags): E.Either<string, ControlClient> => {
  const address = control === undefined ? E.right(findControlAddress()) : parseControlAddress(control);
  return E.bimap(
    (expected: string) => `--control: expected ${expected}, found ${JSON.stringify(control)}`,
    (where: Parameters<typeof controlClient>[0]) => controlClient(where, controlToken()),
  )(address);
};

/** Asks for one thing and says what came of it. */
const ask = async <N extends Exclude<OperationName, 'watchEvents'>>(
  flags: CtlFlags,
  terminal: Terminal,
  name: N,
  question: Question<N>,
  say: (answer: AnswerOf<N>) => readonly string[],
): Promise<ExitCode> => {
  const client = clientOf(flags);
  if (E.isLeft(client)) return complain(terminal, [client.left], 2);
  const answer = await client.right.ask(name, question)();
  if (E.isLeft(answer)) return complain(terminal, [answer.left.detail], 1);
  if (flags.json === true) terminal.out(JSON.stringify(answer.right));
  else for (const line of say(answer.right)) terminal.out(line);
  return 0;
};

type Guests = AnswerOf<'listGuests'>['guests'];

const guestLine = ({ id, session }: Guests[number]): string =>
  session === null
    ? `${id}  no session`
    : `${id}  session ${session.id} on ${session.ssid} (${session.interfaceId}, ${session.type === 'hostMirroring' ? 'mirrored' : 'of its own'})`;

const guestLines = (guests: Guests): readonly string[] =>
  guests.length === 0 ? ['No guest has shown up.'] : guests.map(guestLine);

const statusLines = (status: AnswerOf<'readStatus'>, terminal: Terminal): readonly string[] => [
  `The service is ${styled(terminal, 'bold', status.state)}.`,
  'Endpoints:',
  ...status.endpoints.map(({ endpoint, address, problem }) =>
    address === null ? `  ${endpoint}  ${problem ?? 'not bound yet'}` : `  ${address}`,
  ),
  ...status.radios
    .filter(({ problem }) => problem !== null)
    .map(({ name, problem }) => `The radio ${name} is not there: ${problem}`),
  'Interfaces:',
  ...(status.interfaces.length === 0 ? ['  none'] : []),
  ...status.interfaces.map(
    ({ id, name, link, rssi }) =>
      `  ${name}${id === name ? '' : ` (${id})`}  ${
        link === null
          ? 'not connected'
          : `connected to ${link.ssid} (${link.bssid})${rssi === null ? '' : `, ${rssi} dBm`}`
      }`,
  ),
  'Guests:',
  ...guestLines(status.guests).map((line) => `  ${line}`),
];

/** `ctl status` */
export const ctlStatus = (flags: CtlFlags, terminal: Terminal): Promise<ExitCode> =>
  ask(flags, terminal, 'readStatus', {}, (status) => statusLines(status, terminal));

/** `ctl guests` */
export const ctlGuests = (flags: CtlFlags, terminal: Terminal): Promise<ExitCode> =>
  ask(flags, terminal, 'listGuests', {}, ({ guests }) => guestLines(guests));

/** `ctl disconnect` */
export const ctlDisconnect = (guest: string, flags: CtlFlags, terminal: Terminal): Promise<ExitCode> =>
  ask(flags, terminal, 'disconnectGuest', { guest }, (ended) => [
    `Session ${ended.session} of ${ended.guest} has ended.`,
  ]);

/** `ctl inspect` */
export const ctlInspect = (flags: CtlFlags, terminal: Terminal): Promise<ExitCode> =>
  ask(flags, terminal, 'openInspector', {}, ({ url }) => [url]);

/** `ctl log-level` */
export const ctlLogLevel = (level: string, flags: CtlFlags, terminal: Terminal): Promise<ExitCode> =>
  ask(flags, terminal, 'changeLogLevel', { body: { level: level as LogLevel } }, (now) => [
    `Logged from now on: ${logLevels[now.level as LogLevel] ?? now.level}.`,
  ]);

/** `ctl record` */
export const ctlRecord = async (
  file: string | undefined,
  flags: CtlFlags & { readonly stop?: boolean; readonly force?: boolean },
  terminal: Terminal,
): Promise<ExitCode> => {
  if ((file === undefined) !== (flags.stop === true))
    return complain(terminal, ['expected a file, or --stop to end the recording'], 2);
  const body = {
    file: file === undefined ? null : resolve(file),
    ...(flags.force === true ? { force: true } : {}),
  };
  return ask(flags, terminal, 'record', { body }, (now) => [
    now.file === null ? 'Nothing is recorded any more.' : `Recording to ${now.file}.`,
  ]);
};

/** JSON from a file, for the service to check. */
const fromFile = async (file: string): Promise<E.Either<readonly string[], unknown>> => {
  const text = await readTextFile(file);
  if (E.isLeft(text)) return text;
  return E.mapLeft((problem: Problem) => [`${file}: ${problemText(problem)}`])(parseJson(text.right));
};

/** `ctl scenario` */
export const ctlScenario = async (file: string, flags: CtlFlags, terminal: Terminal): Promise<ExitCode> => {
  const scenario = await fromFile(file);
  if (E.isLeft(scenario)) return complain(terminal, scenario.left, 2);
  return ask(flags, terminal, 'replaceScenario', { body: scenario.right as never }, (now) => [
    `The simulated radio plays ${file}: ${now.interfaces} interfaces, ${now.networks} networks, seed ${now.seed}.`,
  ]);
};

/** `ctl networks` */
export const ctlNetworks = async (file: string, flags: CtlFlags, terminal: Terminal): Promise<ExitCode> => {
  const networks = await fromFile(file);
  if (E.isLeft(networks)) return complain(terminal, networks.left, 2);
  return ask(flags, terminal, 'replaceNetworks', { body: networks.right as never }, (now) => [
    `Fake networks: ${now.networks}.`,
  ]);
};

/** `ctl air …` */
export const ctlAir = async (
  words: AirWords,
  typed: AirTyped,
  flags: CtlFlags,
  terminal: Terminal,
): Promise<ExitCode> => {
  const step = airStepOf(words, typed);
  if (E.isLeft(step)) return complain(terminal, step.left, 2);
  return ask(flags, terminal, 'act', { body: step.right }, ({ done }) => [`Done: ${done}.`]);
};

const timeOf = (data: ServiceEvent['data']): string =>
  typeof data.time === 'number' ? new Date(data.time).toISOString().slice(11, 23) : '            ';

const shown = (fields: object): string =>
  Object.entries(fields)
    .map(([name, value]) => `${name} ${JSON.stringify(value)}`)
    .join(', ');

const eventLine = ({ event, data }: ServiceEvent, terminal: Terminal): string => {
  const time = styled(terminal, 'dim', timeOf(data));
  if (event === 'missed') return `${time}  ${String(data.count)} events were left out: read faster`;
  const { time: _time, type, guest = '', ...rest } = data;
  if (event === 'fact')
    return `${time}  ${styled(terminal, 'bold', String(type))}  ${shown({ guest, ...rest })}`;
  const { message, from, channel } = rest;
  const fields = typeof message === 'object' && message !== null ? shown(message) : 'no message';
  return `${time}  ${from === 'guest' ? '→' : '←'} ${String(guest)}  ${String(channel)}  ${fields}`;
};

/** `ctl watch` */
export const ctlWatch = async (
  flags: CtlFlags & { readonly only?: 'facts' | 'frames' },
  terminal: Terminal,
): Promise<ExitCode> => {
  const client = clientOf(flags);
  if (E.isLeft(client)) return complain(terminal, [client.left], 2);
  const abort = new AbortController();
  let by: Interrupt | undefined;
  const letGo = onInterrupt((signal) => {
    by = signal;
    abort.abort();
  });
  try {
    const watched = await client.right.watch(
      (event) => terminal.out(flags.json === true ? JSON.stringify(event) : eventLine(event, terminal)),
      abort.signal,
      flags.only,
    )();
    if (by !== undefined) return exitCodes[by];
    const why = E.isLeft(watched) ? (watched.left satisfies ControlRefusal).detail : 'the service has ended';
    return complain(terminal, [why], 1);
  } finally {
    letGo();
  }
};
