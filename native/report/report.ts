/**
 * What a maintainer needs to see of a machine that he does not have: every call into the host once, what it gave, and how
 * long it took. No name, no address and no key goes in; calls that would change the host's connection are not made.
 */
import { createRequire } from 'node:module';
import os from 'node:os';
import type { HostCheck } from '../check.js';
import { checkHost, type HostPorts } from '../checks.js';
import { type NativeCall, nativeCalls } from '../native-calls.js';
import { type Code, code, type Findings, rounded, type Survey } from './findings.js';

/** One call as the report shows it. */
interface ReportedCall {
  /** Milliseconds from the beginning of the report to the end of the call. */
  readonly at: number;
  readonly library: NativeCall['library'];
  readonly operation: string;
  /** How long it took. */
  readonly milliseconds: number;
  readonly result: Code;
}

/** What a maintainer needs to see of a machine that is not theirs: nothing in it names a person, a network or an address. */
export interface HostReport {
  /** Of this layout; another one when it changes. */
  readonly format: 1;
  /** When it was made, in UTC. */
  readonly made: string;
  readonly versions: Readonly<Record<'proxy-wifi' | 'node' | 'system', string>>;
  /** `linux-x64`, and how many processors it has. */
  readonly platform: string;
  readonly processors: number;
  /** What `doctor` says, by its names for things and without its sentences, which have names of the machine in them. */
  readonly checks: readonly Pick<HostCheck, 'name' | 'state'>[];
  readonly found: Findings;
  /** In the order in which they ended. */
  readonly calls: readonly ReportedCall[];
  /** How many more there were than are shown. */
  readonly callsLeftOut: number;
  readonly notCalled: readonly string[];
}

/** More calls than this are counted only. */
const mostCalls = 2_000;

/** What a report is made of; this machine's own unless a test says otherwise. */
export interface ReportSources {
  readonly survey?: (ports: HostPorts) => Promise<Survey>;
  readonly check?: typeof checkHost;
}

const nothingToSee: Survey = { look: async () => ({}), notCalled: [] };

/** The code for this system's part, loaded when it is wanted. */
const surveyOfSystem = async (ports: HostPorts): Promise<Survey> => {
  switch (process.platform) {
    case 'linux':
      return (await import('./linux.js')).linuxSurvey({});
    case 'win32':
      return (await import('./windows.js')).windowsSurvey({ ports: [ports.request, ports.notification] });
    default:
      return nothingToSee;
  }
};

const ownVersion = (): string => {
  const { version }: { readonly version: string } = createRequire(import.meta.url)('proxy-wifi/package.json');
  return version;
};

/** Resolves within half a minute. Scans once with each interface; changes nothing else. */
export const reportHost = async (
  ports: HostPorts,
  { survey = surveyOfSystem, check = checkHost }: ReportSources = {},
): Promise<HostReport> => {
  const begun = performance.now();
  const calls: ReportedCall[] = [];
  let callsLeftOut = 0;
  const watching = nativeCalls.subscribe(({ library, operation, milliseconds, result }) => {
    if (calls.length === mostCalls) callsLeftOut++;
    else
      calls.push({
        at: rounded(performance.now() - begun),
        library,
        operation,
        milliseconds: rounded(milliseconds),
        result: code(result),
      });
  });
  try {
    const checks = await check(ports);
    const { look, notCalled } = await survey(ports);
    const found = await look();
    return {
      format: 1,
      made: new Date().toISOString(),
      versions: { 'proxy-wifi': ownVersion(), node: process.version, system: `${os.type()} ${os.release()}` },
      platform: `${process.platform}-${process.arch}`,
      processors: os.cpus().length,
      checks: checks.map(({ name, state }) => ({ name, state })),
      found,
      calls,
      callsLeftOut,
      notCalled,
    };
  } finally {
    watching.unsubscribe();
  }
};
