/** Endpoints and guests as URLs: where the service listens, and who is at the other end. */
import * as E from 'fp-ts/lib/Either.js';

/**
 * A guest as URL: `tcp://127.0.1.7`, `unix:///run/vm1.vsock`, `vsock://3`, `hvsocket://<vm id>`, `memory://vm1`.
 * The address family's own identity of the virtual machine; never something that the guest says of itself.
 */
export type GuestId = string & { readonly GuestId: unique symbol };

/** Port on which guests reach the host, as the driver has it. */
export const defaultRequestPort = 12345;
/** Port on which the host reaches guests, as the driver has it. */
export const defaultNotificationPort = 12346;

/** Where the service listens for guests. */
export type Endpoint =
  /** Any program that speaks the protocol; loopback unless told otherwise. IPv6 without brackets. */
  | { readonly scheme: 'tcp'; readonly host: string; readonly port: number | undefined }
  /** Hybrid vsock: `path` is the hypervisor's socket of one virtual machine. */
  | { readonly scheme: 'unix'; readonly path: string }
  /** Linux AF_VSOCK: one CID, or those of all guests (3 and above). */
  | { readonly scheme: 'vsock'; readonly cid: number | 'any' }
  /** Hyper-V: a lower-case GUID, one VM's id or the id of one of the `wellKnownVms`; or `wsl`, whatever its VM's id is now. */
  | { readonly scheme: 'hvsocket'; readonly vm: string }
  /** Inside this process, for tests. */
  | { readonly scheme: 'memory'; readonly name: string };

/** A text that is not an endpoint, or not a guest. */
export interface EndpointProblem {
  readonly value: string;
  /** What an endpoint looks like, for the error message. */
  readonly expected: string;
  /** Whose form that is; undefined where the text has no scheme, or none that is known. */
  readonly scheme: Endpoint['scheme'] | undefined;
}

/** One line for people: what was given and what was expected. */
export const endpointProblemText = ({ value, expected }: EndpointProblem): string =>
  `${JSON.stringify(value)}: expected ${expected}`;

/** Hyper-V's ids for groups of virtual machines, by the name that stands for them in a URL (`hvsocket.h` of the SDK). */
export const wellKnownVms = {
  any: '00000000-0000-0000-0000-000000000000',
  children: '90db8b89-0d35-4f79-8ce9-49ea0ac8b7cd',
  loopback: 'e0e16197-dd56-4a10-9195-5ee7a155a838',
  parent: 'a42e7cda-d03f-480c-9cc2-a4de20abb878',
} as const;

const wellKnownNames: ReadonlyMap<string, string> = new Map(
  Object.entries(wellKnownVms).map(([name, id]) => [id, name]),
);

/** The virtual machine of WSL 2 in endpoints and guests: its id is another one after each start. */
export const wslName = 'wsl';

/** What to write per scheme: the one place from which every message takes it. */
const endpointForms = {
  tcp: 'tcp://ADDRESS[:PORT] (an IPv6 address in brackets, a port from 0 to 65535)',
  unix: "unix:///PATH (the absolute path of the hypervisor's socket; without the _PORT that it appends)",
  vsock: 'vsock://CID or vsock://any (a CID from 0 to 4294967294; the port is an option of its own)',
  hvsocket: `hvsocket://VM-ID (a GUID) or one of hvsocket://${Object.keys(wellKnownVms).join(', ')}, wsl`,
  memory: 'memory://NAME (letters, digits, dots, hyphens and underscores)',
} as const satisfies Record<Endpoint['scheme'], string>;

const guestForms = {
  tcp: 'tcp://ADDRESS or an IP address (an IPv6 address in brackets in the URL; no port, no host name)',
  unix: "unix:///PATH or an absolute path: the hypervisor's socket of the guest",
  vsock: 'vsock://CID or a number from 0 to 4294967294',
  hvsocket:
    'hvsocket://VM-ID or a GUID; hvsocket://loopback and hvsocket://parent for this machine, hvsocket://wsl for that of WSL 2',
  memory: 'memory://NAME',
} as const satisfies Record<Endpoint['scheme'], string>;

const isScheme = (text: string): text is Endpoint['scheme'] => Object.hasOwn(endpointForms, text);

const ipv4 = /^(?:(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(?:\.(?!$)|$)){4}$/;
const hostName =
  /^(?=.*[a-z])(?!.{254})[a-z\d](?:[a-z\d-]{0,61}[a-z\d])?(?:\.[a-z\d](?:[a-z\d-]{0,61}[a-z\d])?)*$/i;
const guid = /^(\{)?([\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12})(?:\})?$/i;
const mapped = /^::ffff:([\da-f]{1,4}):([\da-f]{1,4})$/;
const zoneName = /^[\w.-]+$/;
const loopback = '127.0.0.1';
/** `VMADDR_CID_ANY` of `linux/vm_sockets.h`. */
const cidAny = 0xffffffff;

/** One spelling per address: compressed lower-case IPv6, IPv4 for an IPv4-mapped one. Undefined for anything else. */
const canonicalAddress = (text: string): string | undefined => {
  if (ipv4.test(text)) return text;
  const [address = '', zone, ...more] = text.split('%');
  if (more.length > 0 || (zone !== undefined && !zoneName.test(zone))) return undefined;
  const url = `http://[${address}]/`;
  if (!URL.canParse(url)) return undefined;
  const ipv6 = new URL(url).hostname.slice(1, -1);
  const [, high, low] = mapped.exec(ipv6) ?? [];
  if (high !== undefined && low !== undefined) {
    const bits = Number.parseInt(high, 16) * 0x10000 + Number.parseInt(low, 16);
    return [bits >>> 24, (bits >>> 16) & 0xff, (bits >>> 8) & 0xff, bits & 0xff].join('.');
  }
  return zone === undefined ? ipv6 : `${ipv6}%${zone}`;
};

const canonicalPath = (text: string): string | undefined => {
  const path = text.replace(/\/(?:\.?\/)+/g, '/');
  return path.startsWith('/') && !/\/\.?$|\0/.test(path) ? path : undefined;
};

const canonicalGuid = (text: string): string | undefined => {
  const [, brace, id] = guid.exec(text) ?? [];
  return (brace !== undefined) === text.endsWith('}') ? id?.toLowerCase() : undefined;
};

const canonicalCid = (text: string): number | undefined => {
  const cid = /^\d{1,10}$/.test(text) ? Number(text) : Number.NaN;
  return cid < cidAny ? cid : undefined;
};

const canonicalName = (text: string): string | undefined => (/^[\w.-]+$/.test(text) ? text : undefined);

const bracketed = (address: string): string => (address.includes(':') ? `[${address}]` : address);

const parseAuthority = (text: string): { host: string; port: string | undefined } | undefined => {
  const [, ipv6, name, port] = /^(?:\[([^\]]*:[^\]]*)\]|([^:/[\]]*))(?::(\d{1,5}))?\/?$/.exec(text) ?? [];
  const host = ipv6 ?? name;
  return host === undefined ? undefined : { host, port };
};

const parseTcp = (text: string): Endpoint | undefined => {
  const authority = parseAuthority(text);
  if (authority === undefined) return undefined;
  const { host } = authority;
  const port = authority.port === undefined ? undefined : Number(authority.port);
  const address =
    host === '' || host.toLowerCase() === 'localhost'
      ? loopback
      : (canonicalAddress(host) ?? (hostName.test(host) ? host.toLowerCase() : undefined));
  if (address === undefined || (port !== undefined && port > 0xffff)) return undefined;
  return { scheme: 'tcp', host: address, port };
};

const parseRest = (scheme: Endpoint['scheme'], text: string): Endpoint | undefined => {
  switch (scheme) {
    case 'tcp':
      return parseTcp(text);
    case 'unix': {
      const path = canonicalPath(text);
      return path === undefined ? undefined : { scheme, path };
    }
    case 'vsock': {
      const cid = text.toLowerCase() === 'any' || text === String(cidAny) ? 'any' : canonicalCid(text);
      return cid === undefined ? undefined : { scheme, cid };
    }
    case 'hvsocket': {
      const name = text.toLowerCase();
      const vm = Object.hasOwn(wellKnownVms, name)
        ? wellKnownVms[name as keyof typeof wellKnownVms]
        : name === wslName
          ? name
          : canonicalGuid(text);
      return vm === undefined ? undefined : { scheme, vm };
    }
    case 'memory': {
      const name = canonicalName(text);
      return name === undefined ? undefined : { scheme, name };
    }
  }
};

const splitUrl = (text: string): { scheme: string; rest: string } | undefined => {
  const [, scheme, rest] = /^([a-z][a-z\d+.-]*):\/\/(.*)$/is.exec(text) ?? [];
  return scheme === undefined || rest === undefined ? undefined : { scheme: scheme.toLowerCase(), rest };
};

/**
 * Reads an endpoint: `tcp://`, `tcp://0.0.0.0:12345`, `tcp://[::1]`, `unix:///run/vm1.vsock`, `vsock://any`,
 * `hvsocket://children`, `memory://name`. The result is canonical: equal endpoints have equal fields.
 */
export const parseEndpoint = (url: string): E.Either<EndpointProblem, Endpoint> => {
  const { scheme, rest } = splitUrl(url) ?? { scheme: '', rest: '' };
  if (!isScheme(scheme)) {
    const { memory: _, ...forms } = endpointForms;
    return E.left({
      value: url,
      expected: `one of: ${Object.values(forms).join('; ')}`,
      scheme: undefined,
    });
  }
  return E.fromNullable({ value: url, expected: endpointForms[scheme], scheme })(parseRest(scheme, rest));
};

/** An endpoint's URL: `parseEndpoint` gives the same endpoint again. */
export const formatEndpoint = (endpoint: Endpoint): string => {
  switch (endpoint.scheme) {
    case 'tcp':
      return `tcp://${bracketed(endpoint.host)}${endpoint.port === undefined ? '' : `:${endpoint.port}`}`;
    case 'unix':
      return `unix://${endpoint.path}`;
    case 'vsock':
      return `vsock://${endpoint.cid}`;
    case 'hvsocket':
      return `hvsocket://${wellKnownNames.get(endpoint.vm) ?? endpoint.vm}`;
    case 'memory':
      return `memory://${endpoint.name}`;
  }
};

/** Where a guest is: its scheme, and the rest of its URL as the scheme's sockets take it (IPv6 without brackets). */
export interface GuestAddress {
  readonly scheme: Endpoint['scheme'];
  /** An IP address, a path, a CID in decimal, a lower-case GUID, or a name. */
  readonly address: string;
}

/** The identity of the guest at this address, as the system reports it: an IPv4-mapped address counts as IPv4. */
export const guestIdOf = ({ scheme, address }: GuestAddress): GuestId => {
  if (scheme !== 'tcp' || !address.includes(':')) return `${scheme}://${address}` as GuestId;
  return `tcp://${bracketed(canonicalAddress(address) ?? address)}` as GuestId;
};

/** Where to reach a guest. */
export const guestAddress = (guest: GuestId): GuestAddress => {
  const { scheme, rest } = splitUrl(guest) ?? { scheme: '', rest: '' };
  return { scheme: scheme as Endpoint['scheme'], address: rest.replace(/^\[(.*)\]$/, '$1') };
};

const addressOfGuest = (scheme: Endpoint['scheme'], text: string): string | undefined => {
  switch (scheme) {
    case 'tcp': {
      const authority = parseAuthority(text);
      return authority?.port === undefined ? canonicalAddress(authority?.host ?? '') : undefined;
    }
    case 'unix':
      return canonicalPath(text);
    case 'vsock':
      return canonicalCid(text)?.toString();
    case 'hvsocket': {
      const name = text.toLowerCase();
      if (name === wslName) return name;
      return name === 'loopback' || name === 'parent' ? wellKnownVms[name] : canonicalGuid(text);
    }
    case 'memory':
      return canonicalName(text);
  }
};

const bareScheme = (text: string): Endpoint['scheme'] | undefined => {
  if (canonicalAddress(text) !== undefined) return 'tcp';
  if (text.startsWith('/')) return 'unix';
  if (/^\d+$/.test(text)) return 'vsock';
  return guid.test(text) ? 'hvsocket' : undefined;
};

/** Reads a guest: its URL, or the bare address, path, CID or GUID. */
export const parseGuestId = (text: string): E.Either<EndpointProblem, GuestId> => {
  const url = splitUrl(text);
  const scheme = url?.scheme ?? bareScheme(text);
  if (scheme === undefined || !isScheme(scheme)) {
    const { memory: _, ...forms } = guestForms;
    return E.left({
      value: text,
      expected: `one of: ${Object.values(forms).join('; ')}`,
      scheme: undefined,
    });
  }
  const bareIpv6 = url === undefined && scheme === 'tcp' && text.includes(':');
  const address = addressOfGuest(scheme, bareIpv6 ? `[${text}]` : (url?.rest ?? text));
  if (address === undefined) return E.left({ value: text, expected: guestForms[scheme], scheme });
  return E.right(guestIdOf({ scheme, address }));
};

const isLoopback = (host: string): boolean => host.startsWith('127.') || host === '::1';

/** Can this guest come in at this endpoint at all? */
export const canLetIn = (endpoint: Endpoint, guest: GuestId): boolean => {
  const { scheme, address } = guestAddress(guest);
  if (scheme !== endpoint.scheme) return false;
  switch (endpoint.scheme) {
    case 'tcp':
      return canReach(address, endpoint.host);
    case 'unix':
      return endpoint.path === address;
    case 'vsock':
      return endpoint.cid === 'any' || String(endpoint.cid) === address;
    case 'hvsocket':
      return endpoint.vm === address || wellKnownNames.has(endpoint.vm);
    case 'memory':
      return true;
  }
};

/** `::` hears IPv4 too; a host name may stand for anything. */
const canReach = (address: string, host: string): boolean => {
  if (host === '::' || canonicalAddress(host) === undefined) return true;
  if (host.includes(':') !== address.includes(':')) return false;
  return !isLoopback(host) || isLoopback(address);
};
