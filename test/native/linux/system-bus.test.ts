import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { createBroker, createClient, type DBusBroker, type MessageBus } from 'dbus-native';
import * as E from 'fp-ts/lib/Either.js';
import { firstValueFrom, type Subscription } from 'rxjs';
import {
  type Dbus,
  getAll,
  hasOwner,
  ownerChange,
  ownerRule,
  setProperty,
  Variant,
} from '../../../native/linux/dbus.js';
import { openBus, systemBusAddress } from '../../../native/linux/system-bus.js';
import { type NativeCall, nativeCalls } from '../../../native/native-calls.js';
import type { RadioFailure } from '../../../native/radio.js';
import { right } from '../../protocol/either.js';

const name = 'org.example.Echo';
const path = '/org/example/Echo';

describe('the system bus', () => {
  let folder: string;
  let socket: string;
  let broker: DBusBroker;
  let service: MessageBus;
  let connection: Subscription;
  let bus: Dbus;
  let failure: Promise<RadioFailure>;

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'proxy-wifi-bus-'));
    socket = join(folder, 'bus');
    broker = createBroker({ anonymous: true });
    await new Promise<void>((resolve, reject) => {
      broker.listen({ socket }, (error) => (error ? reject(error) : resolve()));
    });
    service = createClient({ busAddress: `unix:path=${socket}` });
    const echo = {
      Level: 3,
      Echo: (bytes: Buffer, options: unknown) => [bytes, options],
      Fail: () => {
        throw Object.assign(new Error('not today'), { dbusName: 'org.example.NotToday' });
      },
    };
    service.exportInterface(echo, path, {
      name,
      methods: {
        Echo: ['aya{sv}', 'aya{sv}', ['bytes', 'options'], ['bytes', 'options']],
        Fail: ['', '', [], []],
      },
      properties: { Level: 'i' },
      signals: { Happened: ['s', 'what'] },
    });
    await service.requestName(name, 0);

    let failed: (reason: RadioFailure) => void = () => {};
    failure = new Promise((resolve) => {
      failed = resolve;
    });
    bus = await new Promise((resolve, reject) => {
      connection = openBus(`unix:path=${socket}`).subscribe({
        next: resolve,
        error: (reason: RadioFailure) => {
          failed(reason);
          reject(new Error(reason.detail));
        },
      });
    });
  });

  afterEach(async () => {
    connection.unsubscribe();
    await bus.closed;
    await service.close();
    await new Promise<void>((resolve) => broker.close(resolve));
    rmSync(folder, { recursive: true });
  });

  it('carries bytes and variants both ways, and gives every value of a reply', async () => {
    const options = {
      Type: new Variant('s', 'active'),
      SSIDs: new Variant('aay', [Uint8Array.of(1, 2), new Uint8Array()]),
    };
    const call = { destination: name, path, interface: name, member: 'Echo', signature: 'aya{sv}' };
    const [bytes, answer] = right(await bus.call({ ...call, body: [Uint8Array.of(0, 255), options] })());
    expect(bytes).to.deep.equal(Buffer.of(0, 255));
    expect(answer).to.deep.equal({ Type: 'active', SSIDs: [Buffer.of(1, 2), Buffer.alloc(0)] });
  });

  it('asks for no service to be started', async () => {
    const flags: unknown[] = [];
    service.connection.on('message', (message) => {
      if (message.member === 'GetAll') flags.push(message.flags);
    });
    await getAll(bus, name, path, name)();
    expect(flags).to.deep.equal([2]);
  });

  it('reads and sets properties', async () => {
    expect(right(await getAll(bus, name, path, name)())).to.deep.equal({ Level: 3 });
    right(await setProperty(bus, name, path, name, 'Level', new Variant('i', 7))());
    expect(right(await getAll(bus, name, path, name)())).to.deep.equal({ Level: 7 });
  });

  it('fails a call with the name of the error, and starts no service for it', async () => {
    const result = await bus.call({ destination: name, path, interface: name, member: 'Fail' })();
    expect(E.isLeft(result) && result.left).to.include({
      operation: `${name}.Fail`,
      code: 'org.example.NotToday',
    });
    const nobody = await bus.call({
      destination: 'org.example.Nobody',
      path,
      interface: name,
      member: 'Echo',
    })();
    expect(E.isLeft(nobody) && nobody.left.code).to.equal('org.freedesktop.DBus.Error.NameHasNoOwner');
  });

  it('tells whoever watches native calls what was asked and how it ended, and of no object', async () => {
    const told: NativeCall[] = [];
    const watching = nativeCalls.subscribe((call) => void told.push(call));
    await getAll(bus, name, path, name)();
    await bus.call({ destination: name, path, interface: name, member: 'Fail' })();
    watching.unsubscribe();
    expect(told.map(({ library, operation, result }) => [library, operation, result])).to.deep.equal([
      ['D-Bus', 'org.freedesktop.DBus.Properties.GetAll', 'ok'],
      ['D-Bus', `${name}.Fail`, 'org.example.NotToday'],
    ]);
    expect(JSON.stringify(told)).to.not.include(path);
    for (const { milliseconds } of told) expect(milliseconds).to.be.at.least(0);
  });

  it('fails a call that cannot be written, instead of throwing', async () => {
    const call = {
      destination: name,
      path,
      interface: name,
      member: 'Echo',
      signature: 'i',
      body: ['no number'],
    };
    expect(E.isLeft(await bus.call(call)())).to.equal(true);
  });

  it('gives the signals that were asked for', async () => {
    right(await bus.subscribe(`type='signal',interface='${name}'`)());
    const signal = firstValueFrom(bus.signals);
    service.sendSignal(path, name, 'Happened', 's', ['this']);
    expect(await signal).to.deep.equal({ path, interface: name, member: 'Happened', body: ['this'] });
  });

  it('tells whether a name has an owner, and when it loses it', async () => {
    expect(right(await hasOwner(bus, name)())).to.equal(true);
    expect(right(await hasOwner(bus, 'org.example.Nobody')())).to.equal(false);
    right(await bus.subscribe(ownerRule(name))());
    const change = firstValueFrom(bus.signals);
    await service.releaseName(name);
    expect(ownerChange(await change, name)).to.equal('gone');
  });

  it('fails when the bus goes away, and so does what is pending', async () => {
    await new Promise<void>((resolve) => broker.close(resolve));
    expect((await failure).operation).to.equal('connect to the system bus');
    const call = { destination: name, path, interface: name, member: 'Echo' };
    expect(E.isLeft(await bus.call(call)())).to.equal(true);
  });

  it('fails when nobody listens', async () => {
    const missing = openBus(`unix:path=${folder}/missing`);
    const failed = await firstValueFrom(missing).catch((reason: RadioFailure) => reason);
    expect(failed).to.include({ code: 'ENOENT' });
  });

  for (const [title, answer] of [
    ['is no bus', (peer: Socket) => peer.resume().end('HTTP/1.1 400 Bad Request\r\n\r\n')],
    ['never says anything', (peer: Socket) => peer.resume()],
    [
      'lets in and then says nothing',
      (peer: Socket) => peer.resume().write('OK 0123456789abcdef0123456789abcdef\r\n'),
    ],
  ] as const)
    it(`fails when what listens ${title}`, async () => {
      const peers: Socket[] = [];
      const stranger = createServer((peer) => {
        peers.push(peer);
        answer(peer);
      });
      await new Promise<void>((resolve) => stranger.listen(join(folder, 'stranger'), resolve));
      const reached = once(stranger, 'connection');
      const opening = firstValueFrom(openBus(`unix:path=${folder}/stranger`, 100));
      expect(await opening.catch((reason: unknown) => reason)).to.have.all.keys(
        'operation',
        'code',
        'detail',
      );
      // On a busy machine the time of the opening may be up before this process has looked who comes.
      await reached;
      await new Promise((resolve) => stranger.close(resolve));
      expect(peers).to.have.length(1);
    });

  it('fails for an address that is none', async () => {
    const failed = await firstValueFrom(openBus('nonsense:x=1')).catch((reason: RadioFailure) => reason);
    expect(failed).to.have.property('detail').that.includes('nonsense');
  });

  it('has an address of its own, or that of the environment', () => {
    expect(systemBusAddress({})).to.equal('unix:path=/var/run/dbus/system_bus_socket');
    expect(systemBusAddress({ DBUS_SYSTEM_BUS_ADDRESS: 'unix:path=/x' })).to.equal('unix:path=/x');
  });
});
