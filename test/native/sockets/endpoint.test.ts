import { expect } from 'chai';
import fc from 'fast-check';
import * as E from 'fp-ts/lib/Either.js';
import {
  canLetIn,
  defaultNotificationPort,
  defaultRequestPort,
  type Endpoint,
  endpointProblemText,
  formatEndpoint,
  guestAddress,
  guestIdOf,
  parseEndpoint,
  parseGuestId,
  wellKnownVms,
} from '../../../native/sockets/endpoint.js';

const vm = '9c1b2a34-5d6e-4f70-8a9b-0c1d2e3f4a5b';

describe('an endpoint', () => {
  it('has the ports of the driver where no others are given', () => {
    expect([defaultRequestPort, defaultNotificationPort]).to.deep.equal([12345, 12346]);
  });

  const good: readonly (readonly [string, Endpoint])[] = [
    ['tcp://', { scheme: 'tcp', host: '127.0.0.1', port: undefined }],
    ['tcp://:0', { scheme: 'tcp', host: '127.0.0.1', port: 0 }],
    ['tcp://127.0.0.1', { scheme: 'tcp', host: '127.0.0.1', port: undefined }],
    ['tcp://127.0.0.1:12345', { scheme: 'tcp', host: '127.0.0.1', port: 12345 }],
    ['TCP://127.0.0.1/', { scheme: 'tcp', host: '127.0.0.1', port: undefined }],
    ['tcp://localhost:1', { scheme: 'tcp', host: '127.0.0.1', port: 1 }],
    ['tcp://Build-Host.example', { scheme: 'tcp', host: 'build-host.example', port: undefined }],
    ['tcp://0.0.0.0:65535', { scheme: 'tcp', host: '0.0.0.0', port: 65535 }],
    ['tcp://[::1]:12345', { scheme: 'tcp', host: '::1', port: 12345 }],
    ['tcp://[2001:DB8:0:0:0:0:0:1]', { scheme: 'tcp', host: '2001:db8::1', port: undefined }],
    ['tcp://[::ffff:127.0.1.7]', { scheme: 'tcp', host: '127.0.1.7', port: undefined }],
    ['tcp://[fe80::1%eth0]:7', { scheme: 'tcp', host: 'fe80::1%eth0', port: 7 }],
    ['unix:///run/vm1.vsock', { scheme: 'unix', path: '/run/vm1.vsock' }],
    ['unix:////run/./vms//a b%20c', { scheme: 'unix', path: '/run/vms/a b%20c' }],
    ['vsock://3', { scheme: 'vsock', cid: 3 }],
    ['vsock://any', { scheme: 'vsock', cid: 'any' }],
    ['vsock://4294967295', { scheme: 'vsock', cid: 'any' }],
    ['vsock://4294967294', { scheme: 'vsock', cid: 4294967294 }],
    ['vsock://ANY', { scheme: 'vsock', cid: 'any' }],
    ['tcp://[::ffff:203.0.113.254]', { scheme: 'tcp', host: '203.0.113.254', port: undefined }],
    [`hvsocket://${vm}`, { scheme: 'hvsocket', vm }],
    [`hvsocket://{${vm.toUpperCase()}}`, { scheme: 'hvsocket', vm }],
    ['hvsocket://any', { scheme: 'hvsocket', vm: wellKnownVms.any }],
    ['hvsocket://Children', { scheme: 'hvsocket', vm: wellKnownVms.children }],
    ['hvsocket://loopback', { scheme: 'hvsocket', vm: wellKnownVms.loopback }],
    ['hvsocket://parent', { scheme: 'hvsocket', vm: wellKnownVms.parent }],
    ['hvsocket://WSL', { scheme: 'hvsocket', vm: 'wsl' }],
    ['memory://vm1', { scheme: 'memory', name: 'vm1' }],
  ];

  for (const [url, endpoint] of good) {
    it(`is read from ${url}`, () => {
      expect(parseEndpoint(url)).to.deep.equal(E.right(endpoint));
    });

    it(`of ${url} survives being written and read again`, () => {
      expect(parseEndpoint(formatEndpoint(endpoint))).to.deep.equal(E.right(endpoint));
    });
  }

  it('is written the way people know it', () => {
    expect(formatEndpoint({ scheme: 'tcp', host: '::1', port: 12345 })).to.equal('tcp://[::1]:12345');
    expect(formatEndpoint({ scheme: 'tcp', host: '127.0.0.1', port: undefined })).to.equal('tcp://127.0.0.1');
    expect(formatEndpoint({ scheme: 'hvsocket', vm: wellKnownVms.children })).to.equal('hvsocket://children');
  });

  const bad: readonly (readonly [string, string])[] = [
    ['', 'one of: tcp://'],
    ['127.0.0.1', 'one of: tcp://'],
    ['/run/vm1.vsock', 'one of: tcp://'],
    ['http://127.0.0.1', 'one of: tcp://'],
    ['toString://x', 'one of: tcp://'],
    ['tcp://127.0.0.1:65536', 'a port from 0 to 65535'],
    ['tcp://127.0.0.1:', 'tcp://ADDRESS[:PORT]'],
    ['tcp://127.0.0.1:http', 'tcp://ADDRESS[:PORT]'],
    ['tcp://127.1', 'tcp://ADDRESS[:PORT]'],
    ['tcp://127.0.0.256', 'tcp://ADDRESS[:PORT]'],
    ['tcp://127.0.0.01', 'tcp://ADDRESS[:PORT]'],
    ['tcp://::1', 'an IPv6 address in brackets'],
    ['tcp://[127.0.0.1]', 'an IPv6 address in brackets'],
    ['tcp://[::g]', 'an IPv6 address in brackets'],
    ['tcp://[::1%]', 'an IPv6 address in brackets'],
    ['tcp://-host', 'tcp://ADDRESS[:PORT]'],
    ['tcp://user@host', 'tcp://ADDRESS[:PORT]'],
    ['unix://', 'the absolute path'],
    ['unix://run/vm1.vsock', 'the absolute path'],
    ['unix:///', 'the absolute path'],
    ['unix:///run/', 'the absolute path'],
    ['unix:///run/a\0b', 'the absolute path'],
    ['unix:///run/.', 'the absolute path'],
    ['tcp://[fe80::1%eth0%1]', 'an IPv6 address in brackets'],
    ['tcp://[fe80::1%a b]', 'an IPv6 address in brackets'],
    [`tcp://${'a'.repeat(64)}`, 'tcp://ADDRESS[:PORT]'],
    ['vsock://', 'a CID from 0 to 4294967294'],
    ['vsock://-1', 'a CID from 0 to 4294967294'],
    ['vsock://4294967296', 'a CID from 0 to 4294967294'],
    ['vsock://3:12345', 'the port is an option of its own'],
    ['hvsocket://vm1', 'a GUID'],
    [`hvsocket://{${vm}`, 'a GUID'],
    [`hvsocket://${vm}}`, 'a GUID'],
    ['hvsocket://constructor', 'a GUID'],
    ['memory://', 'memory://NAME'],
    ['memory://a b', 'memory://NAME'],
  ];

  for (const [url, expected] of bad) {
    it(`is refused in ${JSON.stringify(url)}, with what was expected`, () => {
      const parsed = parseEndpoint(url);
      if (E.isRight(parsed)) throw new Error('accepted');
      expect(parsed.left.value).to.equal(url);
      expect(endpointProblemText(parsed.left)).to.include(JSON.stringify(url)).and.to.include(expected);
    });
  }

  it('has one spelling for every IPv6 address', () => {
    fc.assert(
      fc.property(fc.ipV6(), (address) => {
        const once = parseEndpoint(`tcp://[${address}]`);
        if (E.isLeft(once) || once.right.scheme !== 'tcp') throw new Error('refused');
        expect(parseEndpoint(formatEndpoint(once.right))).to.deep.equal(once);
        expect(once.right.host).to.equal(once.right.host.toLowerCase());
      }),
    );
  });
});

describe("a guest's id", () => {
  const good: readonly (readonly [string, string])[] = [
    ['tcp://127.0.1.7', 'tcp://127.0.1.7'],
    ['127.0.1.7', 'tcp://127.0.1.7'],
    ['tcp://[::1]', 'tcp://[::1]'],
    ['0:0:0:0:0:0:0:1', 'tcp://[::1]'],
    ['::ffff:127.0.1.7', 'tcp://127.0.1.7'],
    ['::FFFF:7f00:107', 'tcp://127.0.1.7'],
    ['fe80::1%eth0', 'tcp://[fe80::1%eth0]'],
    ['unix:///run/vm1.vsock', 'unix:///run/vm1.vsock'],
    ['/run//vm1.vsock', 'unix:///run/vm1.vsock'],
    ['/run/vm:1', 'unix:///run/vm:1'],
    ['vsock://3', 'vsock://3'],
    ['3', 'vsock://3'],
    ['003', 'vsock://3'],
    [`hvsocket://${vm}`, `hvsocket://${vm}`],
    [vm.toUpperCase(), `hvsocket://${vm}`],
    [`{${vm}}`, `hvsocket://${vm}`],
    ['hvsocket://loopback', `hvsocket://${wellKnownVms.loopback}`],
    ['hvsocket://Parent', `hvsocket://${wellKnownVms.parent}`],
    ['hvsocket://wsl', 'hvsocket://wsl'],
    ['memory://vm1', 'memory://vm1'],
  ];

  for (const [text, id] of good) {
    it(`is read from ${text}`, () => {
      expect(parseGuestId(text)).to.deep.equal(E.right(id));
      expect(parseGuestId(id)).to.deep.equal(E.right(id));
    });
  }

  const bad: readonly (readonly [string, string])[] = [
    ['', 'one of: tcp://ADDRESS or an IP address'],
    ['vm1', 'one of: tcp://ADDRESS or an IP address'],
    ['tcp://127.0.1.7:80', 'no port'],
    ['tcp://', 'no host name'],
    ['tcp://some.host', 'no host name'],
    ['tcp://::1', 'brackets'],
    ['unix://run/vm', 'absolute path'],
    ['/', 'absolute path'],
    ['vsock://any', 'vsock://CID or a number'],
    ['4294967295', 'vsock://CID or a number'],
    ['hvsocket://any', 'hvsocket://loopback'],
    ['hvsocket://children', 'hvsocket://loopback'],
    ['http://127.0.1.7', 'one of:'],
  ];

  for (const [text, expected] of bad) {
    it(`is refused in ${JSON.stringify(text)}, with what was expected`, () => {
      const parsed = parseGuestId(text);
      if (E.isRight(parsed)) throw new Error('accepted');
      expect(endpointProblemText(parsed.left)).to.include(JSON.stringify(text)).and.to.include(expected);
    });
  }

  it('gives the address that sockets take', () => {
    for (const [text, address] of [
      ['tcp://127.0.1.7', '127.0.1.7'],
      ['tcp://[::1]', '::1'],
      ['unix:///run/vm1.vsock', '/run/vm1.vsock'],
      ['vsock://3', '3'],
    ] as const) {
      const guest = parseGuestId(text);
      if (E.isLeft(guest)) throw new Error('refused');
      expect(guestAddress(guest.right).address).to.equal(address);
    }
  });

  it('is the same for an IPv4 address that the system reports as a mapped one', () => {
    expect(guestIdOf({ scheme: 'tcp', address: '::ffff:127.0.1.7' })).to.equal(
      guestIdOf({ scheme: 'tcp', address: '127.0.1.7' }),
    );
  });
});

describe('an endpoint lets in', () => {
  for (const [endpoint, guests, others] of [
    ['tcp://127.0.0.1', ['127.0.1.7', '127.0.0.1'], ['192.0.2.1', '::1', '3', '/run/vm1.vsock']],
    ['tcp://[::1]', ['::1'], ['2001:db8::1', '127.0.0.1']],
    ['tcp://192.0.2.7', ['192.0.2.1', '127.0.0.1'], ['::1', '2001:db8::1']],
    ['tcp://[2001:db8::7]', ['2001:db8::1', '::1'], ['127.0.0.1', '192.0.2.1']],
    ['tcp://0.0.0.0', ['127.0.0.1', '192.0.2.1'], ['2001:db8::1']],
    ['tcp://[::]', ['127.0.0.1', '192.0.2.1', '::1', '2001:db8::1'], ['3']],
    ['tcp://build-host.example', ['127.0.0.1', '192.0.2.1', '2001:db8::1'], ['3']],
    ['unix:///run/vm1.vsock', ['/run/vm1.vsock'], ['/run/vm2.vsock', '127.0.0.1']],
    ['vsock://3', ['3'], ['4', '127.0.0.1']],
    ['vsock://any', ['3', '4294967294'], ['127.0.0.1']],
    [`hvsocket://${vm}`, [vm], [wellKnownVms.parent, 'hvsocket://wsl', '3']],
    ['hvsocket://children', [vm, wellKnownVms.parent, 'hvsocket://wsl'], ['127.0.0.1']],
    ['hvsocket://wsl', ['hvsocket://wsl'], [vm]],
    ['memory://host', ['memory://vm1'], ['127.0.0.1']],
  ] as const)
    it(`${endpoint}: ${guests.join(', ')}, and not ${others.join(', ')}`, () => {
      const parsed = parseEndpoint(endpoint);
      if (E.isLeft(parsed)) throw new Error('refused');
      const isLetIn = (text: string): boolean => {
        const guest = parseGuestId(text);
        if (E.isLeft(guest)) throw new Error('refused');
        return canLetIn(parsed.right, guest.right);
      };
      expect(guests.map(isLetIn)).to.deep.equal(guests.map(() => true));
      expect(others.map(isLetIn)).to.deep.equal(others.map(() => false));
    });
});
