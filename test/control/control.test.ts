import { stat } from 'node:fs/promises';
import { connect } from 'node:net';
import { expect } from 'chai';
import { isLeft, left, right as rightOf } from 'fp-ts/lib/Either.js';
import type { ServiceEvent } from '../../control/client.js';
import { createControl } from '../../control/control.js';
import { mostReaders } from '../../control/event-feed.js';
import { type Operation, operations } from '../../control/operations.js';
import { largestBody } from '../../control/server.js';
import { decode } from '../../json/decoding.js';
import { derivePmk } from '../../native/guest/index.js';
import { ssidFromText } from '../../protocol/index.js';
import { right } from '../protocol/either.js';
import { answerTo, passphrase, type Steered, steered, token } from './steered.js';

const quay = { ssid: right(ssidFromText('Quay')) };

const cafe = { ssid: right(ssidFromText('Harbour Cafe')), security: 'open' } as const;

describe('the control of a service', function () {
  this.timeout(30_000);
  let open: Steered[] = [];
  const begin = async (options: Parameters<typeof steered>[0] = {}): Promise<Steered> => {
    const made = await steered(options);
    open.push(made);
    return made;
  };
  afterEach(async () => {
    const closing = open;
    open = [];
    await Promise.all(closing.map(({ close }) => close()));
  });

  /** Its status and what it says. */
  const refused = async (asked: ReturnType<Steered['fetched']>): Promise<readonly [number, string]> => {
    const { status, text } = await asked;
    const { error } = JSON.parse(text) as { readonly error: { readonly message: string } };
    return [status, error.message];
  };

  describe('does', () => {
    it('say the state of everything, as its own description of the answer has it', async () => {
      const s = await begin();
      await s.seen();
      const status = right(await s.client.ask('readStatus')());
      expect(status.state).to.equal('running');
      expect(status.interfaces.map(({ name }) => name)).to.deep.equal(['fake networks', 'wlan0']);
      for (const [path, answer] of [
        ['/status', operations.readStatus.answer],
        ['/guests', operations.listGuests.answer],
      ] as const) {
        const { text } = await s.fetched({ path });
        expect(decode(answer, JSON.parse(text))).to.have.property('_tag', 'Right');
      }
    });

    it('let a network vanish and come back while a guest looks', async () => {
      const s = await begin();
      expect(await s.seen()).to.include('Harbour Cafe');
      const step = { do: 'network.vanishes', ssid: 'Harbour Cafe' } as const;
      expect(await s.client.ask('act', { body: step })()).to.deep.equal(rightOf({ done: step.do }));
      expect(await s.seen()).to.deep.equal(['Quay']);
      await s.client.ask('act', { body: { ...step, do: 'network.appears' } })();
      expect(await s.seen()).to.include('Harbour Cafe');
    });

    it('replace the scenario, and the fake networks', async () => {
      const s = await begin();
      const scenario = {
        seed: 5,
        interfaces: [{ name: 'wlan5' }],
        networks: [
          {
            ssid: 'Elsewhere',
            security: 'open',
            accessPoints: [{ bssid: '02:00:00:00:00:09', channel: 6, signal: -40 }],
          },
        ],
      } as const;
      expect(right(await s.client.ask('replaceScenario', { body: scenario })())).to.deep.equal({
        interfaces: 1,
        networks: 1,
        seed: 5,
      });
      expect(await s.seen()).to.deep.equal(['Elsewhere']);
      const fake = [{ ssid: 'Made up', bssid: '02:00:00:00:00:0a' }];
      expect(right(await s.client.ask('replaceNetworks', { body: fake })())).to.deep.equal({ networks: 1 });
      expect(s.fakes()).to.deep.equal(fake);
      expect(await s.seen()).to.have.members(['Elsewhere', 'Made up']);
    });

    it('show a session that took the place of another one', async () => {
      const s = await begin();
      await s.guest.connect(cafe)();
      await s.guest.connect(cafe)();
      const [guest] = right(await s.client.ask('readStatus')()).guests;
      expect(guest?.session).to.include({ id: 2, replaced: 1 });
      expect(right(await s.client.ask('listGuests')()).guests).to.deep.equal([guest]);
    });

    it('end the session of a guest, which is told', async () => {
      const s = await begin();
      await s.guest.connect(cafe)();
      const { guests } = right(await s.client.ask('listGuests')());
      const [{ id } = { id: '' }] = guests;
      expect(right(await s.client.ask('disconnectGuest', { guest: id })())).to.deep.equal({
        guest: id,
        session: 1,
      });
      const again = await s.client.ask('disconnectGuest', { guest: id })();
      expect(again).to.deep.equal(left({ status: 409, detail: `${id}: this guest has no session` }));
      const nobody = await s.client.ask('disconnectGuest', { guest: 'vsock://99' })();
      expect(nobody).to.deep.include({
        left: { status: 404, detail: `vsock://99: there is no such guest; there is ${id}` },
      });
    });

    it('what the host application can do, and says what it cannot', async () => {
      const done: string[] = [];
      const s = await begin({
        parts: {
          changeLogLevel: (level) => done.push(level),
          inspectorUrl: () => 'http://127.0.0.1:1/#token=x',
          record: async (file, force) => {
            done.push(`${file} ${force}`);
            return file === null ? rightOf(undefined) : left(['it is there already']);
          },
        },
      });
      expect(right(await s.client.ask('changeLogLevel', { body: { level: 'debug' } })())).to.deep.equal({
        level: 'debug',
      });
      expect(right(await s.client.ask('openInspector')())).to.deep.equal({
        url: 'http://127.0.0.1:1/#token=x',
      });
      expect(right(await s.client.ask('record', { body: { file: null } })())).to.deep.equal({ file: null });
      expect(await s.client.ask('record', { body: { file: '/a.ndjson', force: true } })()).to.deep.equal(
        left({ status: 409, detail: 'it is there already' }),
      );
      expect(done).to.deep.equal(['debug', 'null false', '/a.ndjson true']);

      const bare = await begin({ radio: 'none', parts: { replaceNetworks: undefined } });
      const asked: readonly (readonly [string, string])[] = [
        ['/air', '{"do":"service.dies"}'],
        ['/scenario', '{"interfaces":[{"name":"wlan0"}],"networks":[]}'],
        ['/networks', '[]'],
        ['/record', '{"file":null}'],
        ['/log-level', '{"level":"info"}'],
        ['/inspect', ''],
      ];
      for (const [path, body] of asked)
        expect((await bare.fetched({ path, method: 'POST' }, body)).status, path).to.equal(409);
    });
  });

  describe('tells what happens', () => {
    /** Events until there are enough. */
    const watching = async (s: Steered, only?: 'facts' | 'frames') => {
      const events: ServiceEvent[] = [];
      const abort = new AbortController();
      let enough: () => void = () => undefined;
      const over = s.client.watch(
        (event) => {
          events.push(event);
          enough();
        },
        abort.signal,
        only,
      )();
      const until = (count: number): Promise<void> =>
        new Promise((resolve) => {
          enough = () => {
            if (events.length >= count) resolve();
          };
          enough();
        });
      // The service has it once it answers something that came after.
      await s.client.ask('readStatus')();
      return { events, until, stop: () => abort.abort(), over };
    };

    it('as facts and frames, with the key of a connect left out', async () => {
      const s = await begin();
      const all = await watching(s);
      const { ssid } = quay;
      const pmk = right(derivePmk(passphrase, ssid));
      await s.guest.connect({ ssid, security: 'wpa2-psk', key: pmk })();
      const of = (type: string) =>
        all.events.find(({ data }) => data.type === type || data.from === type)?.data ?? {};
      while (!all.events.some(({ data }) => data.from === 'host')) await all.until(all.events.length + 1);
      expect(of('guest').message).to.include({ operation: 'connect', ssid: 'Quay' });
      expect(of('guest').hex).to.match(/0{64}$/);
      expect(of('guestConnectionCompleted')).to.deep.include({ status: 0, ssid: 'Quay' });
      expect(of('host').message).to.include({ operation: 'connect.response', sessionId: 1 });
      for (const secret of [Buffer.from(pmk.reveal()).toString('hex'), passphrase])
        expect(JSON.stringify(all.events)).not.to.include(secret);
      all.stop();
      expect(await all.over).to.deep.equal(rightOf(undefined));
    });

    it('only as far as it is wanted', async () => {
      const s = await begin();
      const [facts, frames] = [await watching(s, 'facts'), await watching(s, 'frames')];
      await s.seen();
      await facts.until(2);
      await frames.until(2);
      expect(new Set(facts.events.map(({ event }) => event))).to.deep.equal(new Set(['fact']));
      expect(new Set(frames.events.map(({ event }) => event))).to.deep.equal(new Set(['frame']));
      facts.stop();
      frames.stop();
      expect((await s.fetched({ path: '/events?only=weather' })).status).to.equal(422);
    });

    it('to so many readers at most, and forgets those that have gone', async () => {
      const s = await begin();
      const readers = Array.from({ length: mostReaders }, () => s.begin({ path: '/events' }));
      await Promise.all(
        readers.map(
          (reader) =>
            new Promise((resolve) => {
              reader.on('response', resolve).on('error', () => undefined);
              reader.end();
            }),
        ),
      );
      const [status, message] = await refused(s.fetched({ path: '/events' }));
      expect([status, message]).to.deep.equal([503, `${mostReaders} watch already`]);
      for (const reader of readers) reader.destroy();
      let again = 503;
      while (again === 503)
        again = await new Promise<number>((resolve) => {
          const sent = s.begin({ path: '/events' });
          sent.on('response', ({ statusCode = 0 }) => {
            resolve(statusCode);
            sent.destroy();
          });
          sent.on('error', () => undefined);
          sent.end();
        });
      expect(again).to.equal(200);
    });

    it('until the service closes', async () => {
      const s = await steered();
      const { over } = await watching(s);
      await s.close();
      expect(await over).to.deep.equal(rightOf(undefined));
    });
  });

  describe('refuses in words', () => {
    it('what is no path, no method, no JSON, no step', async () => {
      const s = await begin();
      const post = (path: string, body: string) => refused(s.fetched({ path, method: 'POST' }, body));
      expect(await refused(s.fetched({ path: '/weather' }))).to.deep.equal([
        404,
        '/weather: there is no such path. GET /openapi.json says what there is.',
      ]);
      expect(await refused(s.fetched({ path: '/air' }))).to.deep.equal([
        405,
        '/air: expected POST, found GET',
      ]);
      expect(await post('/air', '{"do":')).to.deep.equal([
        400,
        'the body: line 1, column 7: expected valid JSON, found the end of the text',
      ]);
      expect(await post('/air', '{"do":"service.dies","do":"service.returns"}')).to.have.property('0', 400);
      expect(await post('/air', '{"do":"network.vanishes","ssid":"Nowhere"}')).to.deep.equal([
        422,
        'ssid: expected the SSID of one of the networks, found "Nowhere"',
      ]);
      expect(await post('/log-level', '{"level":"loud"}')).to.deep.equal([
        422,
        'level: expected one of "silent", "error", "warn", "info", "debug", "trace", found "loud"',
      ]);
      expect(await post('/record', '{"file":"here.pcapng"}')).to.deep.equal([
        422,
        'file: expected the absolute path of a file or null, found "here.pcapng"',
      ]);
      expect(await post('/guests/%zz/disconnect', '')).to.have.property('0', 404);
      expect(await post('/guests/nobody/disconnect', '')).to.have.property('0', 404);
      expect(await refused(s.fetched({ path: '//' }))).to.have.property('0', 400);
    });

    it('each thing that is wrong, as data too', async () => {
      const s = await begin();
      const { text } = await s.fetched(
        { path: '/scenario', method: 'POST' },
        '{"interfaces":[],"networks":[{"ssid":"a","security":"opem","secret":"hush","accessPoints":[]}]}',
      );
      const { error } = JSON.parse(text) as {
        readonly error: { readonly problems: readonly { readonly path: string }[] };
      };
      expect(error.problems.map(({ path }) => path)).to.have.members([
        'interfaces',
        'networks[0].security',
        'networks[0].secret',
        'networks[0].accessPoints',
      ]);
      expect(text).not.to.include('hush');
    });

    it('a body that is too large, said or not, without keeping it', async () => {
      const s = await begin();
      const said = await s.fetched({ path: '/air', method: 'POST' }, Buffer.alloc(largestBody + 1, 32));
      expect(said.status).to.equal(413);
      const sent = s.begin({ path: '/air', method: 'POST', headers: { 'transfer-encoding': 'chunked' } });
      const answer = answerTo(sent);
      for (let i = 0; i < 20; i++) sent.write(Buffer.alloc(largestBody / 16, 32));
      expect((await answer).status).to.equal(413);
      sent.destroy();
      expect((await s.fetched({ path: '/status' })).status).to.equal(200);
    });

    it('whoever is a web page, another name of this machine, or without the token', async () => {
      const s = await begin({ tcp: true });
      const authorization = `Bearer ${token}`;
      const ask = (headers: Record<string, string>) => s.fetched({ path: '/status', headers });
      expect((await ask({ authorization })).status).to.equal(200);
      expect((await ask({})).status).to.equal(401);
      expect((await ask({ authorization: `Bearer ${token}x` })).status).to.equal(401);
      expect((await ask({ authorization, host: 'rebound.example' })).status).to.equal(403);
      expect((await ask({ authorization, origin: 'http://rebound.example' })).status).to.equal(403);
      expect((await ask({})).headers['www-authenticate']).to.equal('Bearer');
    });

    it('to be opened over TCP without a token of some length', async () => {
      const { proxy } = await begin();
      for (const short of [undefined, 'too short']) {
        const control = createControl({
          address: { scheme: 'tcp', host: '127.0.0.1', port: 0 },
          token: short,
        });
        const opened = await control.open(proxy)();
        expect(isLeft(opened) && opened.left.code).to.equal('EINVAL');
      }
    });
  });

  describe('goes on', () => {
    it('whatever bytes come, and whoever hangs up', async () => {
      const s = await begin();
      const path = s.address.scheme === 'unix' ? s.address.path : '';
      const send = (text: string): Promise<string> =>
        new Promise((resolve) => {
          const socket = connect({ path });
          let got = '';
          socket.on('data', (piece) => {
            got += String(piece);
          });
          socket.on('error', () => undefined);
          socket.on('close', () => resolve(got));
          socket.write(text);
        });
      expect(await send('\0\0\0\0 this is no HTTP\r\n\r\n')).to.match(/^HTTP\/1\.1 400 /);
      expect(
        await send('GET /status HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: upgrade\r\n\r\n'),
      ).to.equal('');
      expect(await send(`GET / HTTP/1.1\r\nX: ${'x'.repeat(70_000)}\r\n\r\n`)).to.match(/^HTTP\/1\.1 4\d\d /);
      const half = connect({ path });
      half.on('error', () => undefined);
      half.write('POST /air HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\n{');
      await new Promise((resolve) => half.once('ready', resolve));
      half.destroy();
      expect((await s.fetched({ path: '/status' })).status).to.equal(200);
      expect(s.faults).to.deep.equal([]);
    });

    it('at a socket that only its user can open, and that is gone afterwards', async () => {
      const s = await steered();
      const path = s.address.scheme === 'unix' ? s.address.path : '';
      expect((await stat(path)).mode & 0o777).to.equal(0o600);
      const second = createControl({ address: s.address });
      expect(await second.open(s.proxy)()).to.deep.equal(
        left({
          code: 'EADDRINUSE',
          detail: `listen unix://${path}: somebody listens at this socket already (EADDRINUSE). Is another proxy-wifi running? Choose another address with --control.`,
        }),
      );
      await s.close();
      const gone = await s.client.ask('readStatus')();
      expect(isLeft(gone) && gone.left.detail).to.equal(
        `connect unix://${path}: there is no such socket (ENOENT). Is a service running with --control? Say which with --control.`,
      );
    });

    it('with every operation that its table has', async () => {
      const s = await begin();
      for (const { method, path } of Object.values<Operation>(operations)) {
        if (path === '/events') continue;
        const { status } = await s.fetched({ method, path: path.replace('{guest}', 'vsock%3A%2F%2F3') }, '');
        expect(status, path).to.be.oneOf(method === 'GET' ? [200] : [400, 404, 409]);
      }
    });
  });
});
