/** What this host can do, for `doctor`: what every system needs, then what this one has. */
import { createServer } from 'node:net';
import type { HostCheck } from './check.js';

export interface HostPorts {
  /** Port of guest requests, 1–65535. */
  readonly request: number;
  /** Port of notifications, 1–65535. */
  readonly notification: number;
}

/** The least version of Node that the package runs on (package.json: engines). */
const leastNode = { major: 20, minor: 19 } as const;

const nodeCheck = (version: string): HostCheck => {
  const [major = 0, minor = 0] = version.replace(/^v/, '').split('.').map(Number);
  const enough = major > leastNode.major || (major === leastNode.major && minor >= leastNode.minor);
  return enough
    ? { name: 'Node', state: 'ok', detail: version }
    : {
        name: 'Node',
        state: 'missing',
        detail: `${version} is older than ${leastNode.major}.${leastNode.minor}`,
        fix: 'install a current Node.js',
      };
};

const nativeCallsCheck = async (): Promise<HostCheck> => {
  const name = 'native calls';
  try {
    const { default: koffi } = await import('koffi');
    return { name, state: 'ok', detail: `koffi ${koffi.version}` };
  } catch (error) {
    const reason = error instanceof Error ? error.message.split('\n')[0] : String(error);
    return {
      name,
      state: 'limited',
      detail: `koffi cannot be loaded (${reason}): no vsock, no Hyper-V sockets, no Wlan API`,
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

const systemChecks = async ({ request, notification }: HostPorts): Promise<readonly HostCheck[]> => {
  switch (process.platform) {
    case 'linux':
      return (await import('./linux/checks.js')).linuxChecks();
    case 'win32':
      return (await import('./windows/checks.js')).windowsChecks({ ports: [request, notification] });
    default:
      return [
        {
          name: 'radio of the host',
          state: 'missing',
          detail: `none for ${process.platform}`,
          fix: 'serve with --radio simulated or with --networks',
        },
      ];
  }
};

/** Everything, in an order in which it can be read from top to bottom. Resolves within some seconds. */
export const checkHost = async (ports: HostPorts): Promise<readonly HostCheck[]> => [
  nodeCheck(process.version),
  await nativeCallsCheck(),
  await portCheck(ports.request),
  await portCheck(ports.notification),
  ...(await systemChecks(ports)),
];
