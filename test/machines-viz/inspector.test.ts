import { once } from 'node:events';
import { request } from 'node:http';
import { connect } from 'node:net';
import { createWebSocketReceiver, createInspector as statelyInspector } from '@statelyai/inspect';
import { expect } from 'chai';
import { build } from 'esbuild';
import sinon from 'sinon';
import WebSocket from 'ws';
import { createActor, createMachine, sendTo, setup } from 'xstate';
import {
  createInspector,
  type Inspector,
  type InspectorFailure,
  type InspectorOptions,
} from '../../machines-viz/index.js';
import { Feed } from '../../machines-viz/inspector/feed.js';
import { guestIdOf } from '../../native/sockets/endpoint.js';
import { right } from '../protocol/either.js';
import { cafe, InspectedService } from './inspected-service.js';
import { handshake, Listener } from './listener.js';

const failure = async (options: InspectorOptions): Promise<InspectorFailure> => {
  const opened = await createInspector(options)();
  if (opened._tag === 'Left') return opened.left;
  await opened.right.close();
  throw new Error('an inspector was opened');
};

describe('the inspector', function () {
  this.timeout(20_000);
  let service: InspectedService;
  const listeners: Listener[] = [];

  const listen = (url = service.inspector.socketUrl()): Listener => {
    const listener = new Listener(url);
    listeners.push(listener);
    return listener;
  };

  beforeEach(async () => {
    service = await InspectedService.start();
  });

  afterEach(async () => {
    for (const listener of listeners.splice(0)) listener.close();
    await service.stop();
  });

  describe('what it does', () => {
    it('steps of a scenario, where the host application lets it, and says what was wrong with one', async () => {
      await service.stop();
      service = await InspectedService.steered();
      const listener = listen();
      expect((await listener.first('@proxy-wifi.hello')).air).to.equal(true);
      listener.send({ do: 'interface.leaves', interface: 'wlan0' });
      expect((await listener.first('@proxy-wifi.acted')).problem).to.equal(null);
      const names = service.proxy
        .getSnapshot()
        .context.status.read()
        .interfaces.map(({ name }) => name);
      expect(names).not.to.include('wlan0');
      listener.send({ do: 'network.vanishes', ssid: 'Nowhere' });
      const { problem } = await listener.first('@proxy-wifi.acted', (message) => message.problem !== null);
      expect(problem).to.equal('ssid: expected the SSID of one of the networks, found "Nowhere"');
      listener.send({ do: 'service.dies' });
      await listener.first('@proxy-wifi.caught-up');
    });

    it('nothing, where it may not: it has no ear', async () => {
      const listener = listen();
      expect((await listener.first('@proxy-wifi.hello')).air).to.equal(undefined);
      listener.send({ do: 'interface.leaves', interface: 'wlan0' });
      await listener.first('@proxy-wifi.status', ({ status }) =>
        status.interfaces.some(({ name }) => name === 'wlan0'),
      );
      expect(listener.messages.some(({ type }) => type === '@proxy-wifi.acted')).to.equal(false);
    });
  });

  describe('what it tells', () => {
    it('who lives, with parents, machines and states, also of what was before anybody looked', async () => {
      const listener = listen();
      await listener.first('@proxy-wifi.caught-up');
      const actors = listener.messages.filter((message) => message.type === '@xstate.actor');
      const root = actors.find(({ machine }) => machine === 'proxyWifi');
      const radio = actors.find(({ name }) => name === 'radio:1');
      const station = actors.find(({ name }) => name === 'interface:wlan0');
      // Its context has a name too, which is the interface's and not the actor's.
      expect(actors.some(({ name }) => name === 'hostInterface')).to.equal(true);
      expect(root?.parentId).to.equal(undefined);
      const above = (sessionId: string | undefined): readonly string[] => {
        const parent = actors.find((actor) => actor.sessionId === sessionId)?.parentId;
        return parent === undefined ? [] : [parent, ...above(parent)];
      };
      expect(above(radio?.sessionId)).to.include(root?.sessionId);
      expect(above(station?.sessionId)).to.include(radio?.sessionId);
      expect(
        actors.some(
          ({ machine, parentId }) => machine === 'hostInterface' && parentId === station?.sessionId,
        ),
      ).to.equal(true);
      const running = listener.messages.some(
        (message) =>
          message.type === '@xstate.snapshot' &&
          message.sessionId === root?.sessionId &&
          message.snapshot.value === 'running',
      );
      expect(running).to.equal(true);
    });

    it('guests by their addresses, wherever they live', async () => {
      const listener = listen();
      for (const n of [7, 8]) await service.guest(n).scan()();
      for (const n of [7, 8]) {
        const { machine, sessionId } = await listener.first(
          '@xstate.actor',
          ({ name }) => name === `guest:tcp://127.0.1.${n}`,
        );
        expect(machine).to.equal('supervised');
        await listener.first(
          '@xstate.actor',
          ({ name, parentId }) => name === 'requestChannel' && parentId === sessionId,
        );
      }
    });

    it('an event with its sender, its cause, the transitions it took and the state it led to', async () => {
      const lamp = createMachine({
        id: 'lamp',
        initial: 'off',
        states: { off: { on: { lit: 'on.dimmed' } }, on: { initial: 'dimmed', states: { dimmed: {} } } },
      });
      const room = setup({
        actors: { lamp },
        actions: { light: sendTo('lamp', { type: 'lit' }) },
      }).createMachine({
        id: 'room',
        invoke: { id: 'lamp', src: 'lamp' },
        on: { entered: { actions: 'light' } },
      });
      const listener = listen();
      const actor = createActor(room, { inspect: service.inspector.inspect }).start();
      actor.send({ type: 'entered' });
      const lit = await listener.first('@xstate.event', ({ event }) => event.type === 'lit');
      const named = (sessionId: string | undefined) =>
        listener.messages.find(
          (message) => message.type === '@xstate.actor' && message.sessionId === sessionId,
        );
      expect(named(lit.sessionId)).to.include({ machine: 'lamp' });
      expect(named(lit.sourceId)).to.include({ machine: 'room' });
      const cause = await listener.first('@xstate.event', ({ id }) => id === lit.cause);
      expect(cause.event.type).to.equal('entered');
      expect(cause.sourceId).to.equal(undefined);
      const result = await listener.first('@xstate.snapshot', (snapshot) => snapshot.cause === lit.id);
      expect(result.snapshot.value).to.deep.equal({ on: 'dimmed' });
      expect(result.transitions).to.deep.include({ source: 'off', event: 'lit', targets: ['on.dimmed'] });
      actor.stop();
    });

    it('frames in both directions, and the networks of each interface', async () => {
      const listener = listen();
      await service.guest(7).scan()();
      const request = await listener.first('@proxy-wifi.frame', ({ from }) => from === 'guest');
      const answer = await listener.first('@proxy-wifi.frame', ({ from }) => from === 'host');
      expect(Buffer.from(request.base64, 'base64')[0]).to.equal(1);
      expect(Buffer.from(answer.base64, 'base64')[0]).to.equal(2);
      const { status, networks } = await listener.first(
        '@proxy-wifi.status',
        ({ status, networks }) => status.guests.length > 0 && (networks.wlan0?.length ?? 0) > 0,
      );
      expect(networks.wlan0?.map(({ ssid }) => ssid)).to.include('Harbour Cafe');
      // Channels 6, 44 and 1 in MHz.
      const bands = networks.wlan0?.map(({ frequency }) => frequency);
      expect(bands).to.include.members([2437, 5220, 2412]);
      const fake = status.interfaces.find(({ kind }) => kind === 'fake');
      expect(networks[fake?.id ?? '']?.map(({ ssid }) => ssid)).to.deep.equal(['Lab']);
    });

    it('the state of everything once a second while somebody looks, else only after something has happened', async () => {
      await service.stop();
      const clock = sinon.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
      try {
        service = await InspectedService.start();
        await service.scanned();
        clock.tick(1000);
        clock.tick(10_000);
        const listener = listen();
        await listener.first('@proxy-wifi.caught-up');
        /** States that came before this frame. */
        const states = async (frame: number): Promise<number> => {
          const guest = guestIdOf({ scheme: 'vsock', address: String(frame) });
          service.inspector.frameTap({
            time: 1,
            guest,
            channel: 'request',
            from: 'guest',
            frame: Uint8Array.of(frame),
          });
          await listener.first('@proxy-wifi.frame', (message) => message.guest === guest);
          return listener.messages.filter(({ type }) => type === '@proxy-wifi.status').length;
        };
        expect(await states(1), 'that of the start, and that for who looks').to.equal(2);
        clock.tick(999);
        expect(await states(2)).to.equal(2);
        clock.tick(1);
        expect(await states(3)).to.equal(3);
        clock.tick(1000);
        expect(await states(4)).to.equal(4);
        const gone = new Promise<void>((resolve) => {
          sinon.stub(Feed.prototype, 'close').callsFake(() => resolve());
        });
        listener.close();
        await gone;
        clock.tick(1000);
        clock.tick(10_000);
        const next = listen();
        await next.first('@proxy-wifi.caught-up');
        expect(
          next.messages.filter(({ type }) => type === '@proxy-wifi.status'),
          'one for the frame, and one for who looks now',
        ).to.have.lengthOf(6);
      } finally {
        sinon.restore();
        clock.restore();
      }
    });

    it('no key, in no form, of a guest that connects', async () => {
      const listener = listen();
      const guest = service.guest(7);
      await guest.scan()();
      expect(right(await guest.connect(cafe)()).status).to.equal(0);
      await listener.first('@xstate.event', ({ event }) => event.type === 'session.began');
      await listener.first('@proxy-wifi.status', ({ status }) => status.guests[0]?.session !== null);
      const told = listener.messages.map((message) => JSON.stringify(message)).join('\n');
      const frames = listener.messages.flatMap((message) =>
        message.type === '@proxy-wifi.frame' ? [Buffer.from(message.base64, 'base64')] : [],
      );
      const key = Buffer.from(cafe.key.reveal());
      expect(told).to.include('connect.requested');
      for (const form of [
        key.toString('hex'),
        key.toString('base64').slice(0, 40),
        key.join(','),
        'fish and chips',
      ])
        expect(told).not.to.include(form);
      expect(frames.some((frame) => frame[0] === 3)).to.equal(true);
      for (const frame of frames) expect(frame.includes(key)).to.equal(false);
    });

    it('the end of a service and its new beginning', async () => {
      const listener = listen();
      await listener.first('@proxy-wifi.caught-up');
      service.proxy.send({ type: 'stop' });
      await listener.first('@xstate.snapshot', ({ snapshot }) => snapshot.value === 'stopped');
      const gone = await listener.first(
        '@xstate.snapshot',
        ({ snapshot, event }) => event.type === 'xstate.stop' && snapshot.status === 'stopped',
      );
      expect(gone.snapshot.status).to.equal('stopped');
      service.proxy.send({ type: 'start' });
      await listener.first(
        '@xstate.snapshot',
        ({ snapshot, id }) => snapshot.value === 'running' && Number(id) > Number(gone.id),
      );
    });
  });

  describe('as a socket for the tools of @statelyai/inspect', () => {
    it('is read by their own receiver', async () => {
      const receiver = createWebSocketReceiver({ server: service.inspector.socketUrl() });
      const seen = new Set<string>();
      await new Promise<void>((resolve) => {
        const subscription = receiver.subscribe((event) => {
          seen.add(event.type);
          if (!['@xstate.actor', '@xstate.event', '@xstate.snapshot'].every((type) => seen.has(type))) return;
          subscription.unsubscribe();
          resolve();
        });
      });
      expect(seen).to.include('@xstate.snapshot');
    });

    it('gives every field that their inspector gives, of the same type', async () => {
      const theirs: Readonly<Record<string, unknown>>[] = [];
      let done: (() => void) | undefined;
      const told = new Promise<void>((resolve) => {
        done = resolve;
      });
      const stately = statelyInspector({
        send: (event) => {
          theirs.push({ ...event });
          if (event.type === '@xstate.snapshot') done?.();
        },
      });
      const lamp = createMachine({ id: 'lamp', context: { lit: false }, on: { pressed: {} } });
      const actor = createActor(lamp, { inspect: stately.inspect });
      actor.start();
      actor.send({ type: 'pressed' });
      await told;
      actor.stop();
      const listener = listen();
      await listener.first('@proxy-wifi.caught-up');
      for (const type of ['@xstate.actor', '@xstate.event', '@xstate.snapshot'] as const) {
        const their = theirs.find((event) => event.type === type) ?? {};
        const our: Readonly<Record<string, unknown>> = {
          ...(await listener.first(
            type,
            (message) => !('parentId' in message) || message.parentId !== undefined,
          )),
        };
        for (const [field, value] of Object.entries(their))
          if (value !== undefined && value !== null)
            expect(typeof our[field], `${type} ${field}`).to.equal(typeof value);
      }
    });

    it('has the definition of each machine, without code', async () => {
      const listener = listen();
      const { definition } = await listener.first('@xstate.actor', ({ machine }) => machine === 'listener');
      expect(JSON.parse(definition ?? '{}')).to.have.nested.property('states.open.states.listening');
    });
  });

  describe('whom it lets in', () => {
    const port = () => service.inspector.port;
    const token = () => new URL(service.inspector.socketUrl()).searchParams.get('token') ?? '';

    it('nobody without a token or with a wrong one', async () => {
      expect(await handshake(`ws://127.0.0.1:${port()}/`)).to.equal(401);
      expect(await handshake(`ws://127.0.0.1:${port()}/?token=guessed-by-chance`)).to.equal(401);
    });

    it('one with each token, whose key then opens further connections', async () => {
      const url = service.inspector.socketUrl();
      const { key } = await listen(url).first('@proxy-wifi.hello');
      expect(await handshake(url)).to.equal(401);
      expect(await handshake(`ws://127.0.0.1:${port()}/?token=${key}`)).to.equal(101);
    });

    it('no page of another origin', async () => {
      for (const origin of [
        'https://example.org',
        'http://127.0.0.1:1',
        'null',
        `https://127.0.0.1:${port()}`,
      ])
        expect(await handshake(`ws://127.0.0.1:${port()}/?token=${token()}`, { origin }), origin).to.equal(
          403,
        );
      const own = `http://127.0.0.1:${port()}`;
      expect(await handshake(`ws://127.0.0.1:${port()}/?token=${token()}`, { origin: own })).to.equal(101);
    });

    it('nobody who calls this machine by another name, as a page that rebinds its own would', async () => {
      expect(await handshake(`ws://127.0.0.1:${port()}/?token=${token()}`, { host: 'example.org' })).to.equal(
        403,
      );
    });

    it('nobody from outside: it listens at 127.0.0.1 only', async () => {
      const refused = await new Promise((resolve) => {
        connect({ host: '127.0.0.2', port: port() })
          .on('connect', () => resolve('connected'))
          .on('error', (error: NodeJS.ErrnoException) => resolve(error.code));
      });
      expect(refused).to.equal('ECONNREFUSED');
    });
  });

  describe('how long a page is connected', () => {
    const heartbeat = 15_000;
    let clock: sinon.SinonFakeTimers;
    let patient: Inspector;

    beforeEach(async () => {
      clock = sinon.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
      patient = right(await createInspector({ port: 0 })());
    });

    afterEach(async () => {
      await patient.close();
      clock.restore();
    });

    it('as long as it answers pings', async () => {
      const page = new WebSocket(patient.socketUrl());
      await once(page, 'open');
      for (let i = 0; i < 4; i += 1) {
        const pinged = once(page, 'ping');
        clock.tick(heartbeat);
        await pinged;
        // Its answer is on the way, and what it sends now comes behind it.
        page.ping();
        await once(page, 'pong');
      }
      expect(page.readyState).to.equal(WebSocket.OPEN);
      page.terminate();
    });

    it('no longer than two pings when it does not', async () => {
      const page = new WebSocket(patient.socketUrl(), { autoPong: false });
      await once(page, 'open');
      const closed = once(page, 'close');
      const pinged = once(page, 'ping');
      clock.tick(heartbeat);
      await pinged;
      clock.tick(heartbeat);
      await closed;
    });
  });

  it('hears no more of a page at once than a step needs', async () => {
    await service.stop();
    service = await InspectedService.steered();
    const page = new WebSocket(service.inspector.socketUrl());
    await once(page, 'message');
    page.send('"'.padEnd(1023, ' ').concat('"'));
    const heard = await new Promise((resolve) => {
      page.on('message', (data) => {
        if (String(data).includes('@proxy-wifi.acted')) resolve(String(data));
      });
    });
    expect(heard).to.include('expected');
    const closed = once(page, 'close');
    page.send(' '.repeat(1025));
    await closed;
    expect(await handshake(service.inspector.socketUrl())).to.equal(101);
  });

  it('serves a page that asks nothing of any other host', async () => {
    const origin = `http://127.0.0.1:${service.inspector.port}`;
    const page = await fetch(origin);
    expect(page.headers.get('content-security-policy')).to.include("default-src 'none'");
    for (const path of ['/', '/page.js', '/page.css', '/icon.svg']) {
      const text = await (await fetch(origin + path)).text();
      expect(text.length, path).to.be.greaterThan(100);
      expect(text.replaceAll('http://www.w3.org/2000/svg', ''), path).not.to.match(
        /https?:\/\/(?!127\.0\.0\.1)\w/,
      );
    }
    expect((await fetch(`${origin}/machines/dispatcher.svg`)).headers.get('content-type')).to.equal(
      'image/svg+xml',
    );
    expect((await fetch(`${origin}/machines/nothing.svg`)).status).to.equal(404);
    expect((await fetch(origin, { method: 'POST' })).status).to.equal(405);
    expect((await fetch(origin, { method: 'HEAD' })).status).to.equal(200);
    expect(page.headers.get('content-type')).to.equal('text/html; charset=utf-8');
    const named = request(origin, { headers: { host: 'example.org' }, agent: false }).end();
    const [refused] = await once(named, 'response');
    refused.resume();
    expect(refused.statusCode, 'by a name of another').to.equal(403);
  });

  it('says what to do when its port is taken, and when a token is too short', async () => {
    const taken = await failure({ port: service.inspector.port });
    expect(taken.code).to.equal('EADDRINUSE');
    expect(taken.detail).to.include('choose another one');
    const impossible = await failure({ port: 65_536 });
    expect(impossible.code).to.equal('ERR_SOCKET_BAD_PORT');
    expect(impossible.detail).to.include('>= 0 and < 65536').and.not.include('choose');
    expect((await failure({ port: 0, token: 'x'.repeat(15) })).code).to.equal('EINVAL');
    const shortest = right(await createInspector({ port: 0, token: 'x'.repeat(16) })());
    await shortest.close();
  });

  it('leaves no timer when its port is taken, nor when it is closed', async () => {
    const begun = sinon.spy(globalThis, 'setInterval');
    const cleared = sinon.spy(globalThis, 'clearInterval');
    const left = (): readonly unknown[] =>
      begun.returnValues.filter((timer) => !cleared.args.some(([one]) => one === timer));
    try {
      await failure({ port: service.inspector.port });
      await failure({ port: 65_536 });
      expect(left()).to.deep.equal([]);
      const opened = right(await createInspector({ port: 0 })());
      expect(begun.callCount).to.be.greaterThan(0);
      await opened.close();
      expect(left()).to.deep.equal([]);
    } finally {
      sinon.restore();
    }
  });

  it('closes although somebody has begun a request and does not end it', async () => {
    const opened = right(await createInspector({ port: 0 })());
    const request = connect({ host: '127.0.0.1', port: opened.port });
    request.on('error', () => undefined);
    await once(request, 'connect');
    request.write('GET / HTTP/1.1\r\nHost: ');
    // Answered, so what came before on the other connection has been read.
    expect(await handshake(opened.socketUrl())).to.equal(101);
    const ended = once(request, 'close');
    await opened.close();
    await ended;
  });

  it('opens any number of pages with a token of the host application, also after a restart', async () => {
    const token = 'chosen-by-the-host-application';
    const first = right(await createInspector({ port: 0, token })());
    expect(await handshake(first.socketUrl())).to.equal(101);
    expect(await handshake(first.socketUrl())).to.equal(101);
    await first.close();
    const second = right(await createInspector({ port: first.port, token })());
    expect(await handshake(first.socketUrl())).to.equal(101);
    await second.close();
  });
});

it('importing the door of the inspector loads nothing of the inspector, the drawings or what they need', async () => {
  const { metafile } = await build({
    entryPoints: ['index.ts', 'machines-viz/index.ts'],
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    packages: 'external',
    outdir: 'unwritten',
    write: false,
    metafile: true,
  });
  const loaded = new Set<string>();
  const external = new Set<string>();
  const load = (output: string): void => {
    if (loaded.has(output)) return;
    loaded.add(output);
    for (const { path, kind, external: isExternal } of metafile.outputs[output]?.imports ?? []) {
      if (kind === 'dynamic-import') continue;
      if (isExternal) external.add(path);
      else load(path);
    }
  };
  for (const [output, { entryPoint }] of Object.entries(metafile.outputs))
    if (entryPoint?.endsWith('index.ts') === true) load(output);
  const files = [...loaded].flatMap((output) => Object.keys(metafile.outputs[output]?.inputs ?? {}));
  expect(files).to.include('machines-viz/on-demand.ts');
  expect(files.filter((file) => /^machines-viz\/(inspector|draw|page)\//.test(file))).to.deep.equal([]);
  expect([...external]).not.to.include.members(['ws', 'elkjs', 'esbuild']);
  for (const heavy of ['ws', 'elkjs', 'esbuild']) expect(external.has(heavy), heavy).to.equal(false);
});
