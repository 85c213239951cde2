/** What this host can do, for `doctor`: what every system needs, then what this one has. */
import { createServer } from 'node:net';
import type { HostCheck } from './check.js';

/** The ports that a service on this host will use. */
export interface HostPorts {
  /** Port of guest requests, 1–65535. */
  readonly request: number;
  /** Port of notifications, 1–65535. */
  readonly notification: number;
}

/** The least version of Node that the package runs on (package.json: engines). */
const leastNode = { major: 20, minor: 19 } as const;

const nodeCheck = (version: string): HostCheck => {
  const name = 'Node';
  const [major = 0, minor = 0] = version.replace(/^v/, '').split('.').map(Number);
  return major > leastNode.major || (major === leastNode.major && minor >= leastNode.minor)
    ? { name, state: 'ok', detail: version }
    : {
        name,
        state: 'missing',
        detail: `${version} is older than ${leastNode.major}.${leastNode.minor}`,
        fix: 'install a current Node.js',
      };
};

/** What an error says first; the rest of it is for those who read stacks. */
const firstLine = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).split('\n')[0] ?? '';

/** What calls the system's own libraries. */
type LoadKoffi = () => Promise<{ readonly default: { readonly version: string } }>;

const nativeCallsCheck = async (load: LoadKoffi): Promise<HostCheck> => {
  const name = 'native calls';
  try {
    const { default: koffi } = await load();
    return { name, state: 'ok', detail: `koffi ${koffi.version}` };
  } catch (error) {
    const without =
      process.platform === 'win32' ? "neither this host's Wi-Fi nor hvsocket://" : 'no vsock:// endpoints';
    return {
      name,
      state: 'limited',
      detail: `koffi cannot be loaded (${firstLine(error)}): ${without}`,
      fix: `npm install koffi, on a platform that it is built for (this is ${process.platform}-${process.arch})`,
    };
  }
};

const portCheck = (port: number): Promise<HostCheck> =>
  new Promise((resolve) => {
    const name = `port ${port}`;
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) =>
      resolve({
        name,
        state: 'limited',
        detail: `127.0.0.1:${port} cannot be listened on (${error.code ?? error.message})`,
        fix: 'stop what uses it, or choose another one with --request-port and --notification-port',
      }),
    );
    server.listen({ host: '127.0.0.1', port, exclusive: true }, () =>
      server.close(() => resolve({ name, state: 'ok', detail: `127.0.0.1:${port} is free` })),
    );
  });

const alwaysThere: HostCheck = {
  name: 'simulated Wi-Fi',
  state: 'ok',
  detail: '--radio simulated and the fake networks of --networks work on every host',
};

type SystemChecks = (ports: HostPorts) => Promise<readonly HostCheck[]>;

const nothingHere: SystemChecks = async () => [
  {
    name: "host's Wi-Fi",
    state: 'missing',
    detail: `there is no --radio host for ${process.platform}, only for Linux and Windows`,
    fix: 'proxy-wifi serve --radio simulated',
  },
];

/** The code for this system's part; rejects where a library that it stands on is not installed. */
const loadSystemChecks = async (): Promise<SystemChecks> => {
  switch (process.platform) {
    case 'linux': {
      const { linuxChecks } = await import('./linux/checks.js');
      return () => linuxChecks();
    }
    case 'win32': {
      const { windowsChecks } = await import('./windows/checks.js');
      return ({ request, notification }) => windowsChecks({ ports: [request, notification] });
    }
    default:
      return nothingHere;
  }
};

const unloadable = (error: unknown): HostCheck => ({
  name: "host's Wi-Fi",
  state: 'missing',
  detail: `what it needs cannot be loaded (${firstLine(error)})`,
  fix: 'install proxy-wifi again with all of its dependencies: npm install proxy-wifi',
});

/** What is loaded on demand; this package's own unless a test says otherwise. */
export interface LoadedOnDemand {
  readonly koffi?: LoadKoffi;
  readonly system?: () => Promise<SystemChecks>;
}

/** Everything, in an order in which it can be read from top to bottom. Resolves within some seconds; changes nothing. */
export const checkHost = async (
  ports: HostPorts,
  { koffi = () => import('koffi'), system = loadSystemChecks }: LoadedOnDemand = {},
): Promise<readonly HostCheck[]> => {
  const everywhere = [
    nodeCheck(process.version),
    await nativeCallsCheck(koffi),
    alwaysThere,
    await portCheck(ports.request),
    await portCheck(ports.notification),
  ];
  const checks = await system().catch((error: unknown) => async () => [unloadable(error)]);
  return [...everywhere, ...(await checks(ports))];
};
