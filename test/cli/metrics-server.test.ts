import { once } from 'node:events';
import { request } from 'node:http';
import { connect, Server } from 'node:net';
import { expect } from 'chai';
import sinon from 'sinon';
import { parseHttpAddress } from '../../cli/http-address.js';
import { serveMetrics } from '../../cli/metrics-server.js';
import { type LogFacts, silentLog } from '../../index.js';
import { right } from '../protocol/either.js';

const scrape = { contentType: 'text/plain', expose: () => Promise.resolve('proxy_wifi_guests 0\n') };

/** The status of a scrape of the server under a `Host`. */
const statusFor = async (url: string | URL, host: string): Promise<number | undefined> => {
  const asked = request(url, { headers: { host }, agent: false }).end();
  const [answer] = await once(asked, 'response');
  answer.resume();
  return answer.statusCode;
};

describe('the metrics server', () => {
  let listening: sinon.SinonSpy;
  let lines: LogFacts[];
  const log = { ...silentLog, error: (facts: LogFacts) => lines.push(facts) };
  const closing: (() => Promise<void>)[] = [];

  const serve = async (address: string, metrics = scrape): Promise<string> => {
    const served = right(await serveMetrics(parseHttpAddress(address) ?? expect.fail(), metrics, log));
    closing.push(served.close);
    return served.url;
  };

  beforeEach(() => {
    lines = [];
    listening = sinon.spy(Server.prototype, 'listen');
  });

  afterEach(async () => {
    listening.restore();
    for (const close of closing.splice(0)) await close();
  });

  for (const [host, status] of [
    ['127.0.0.1:9464', 200],
    ['localhost:9464', 200],
    ['LOCALHOST', 200],
    ['127.9.9.9:1', 200],
    ['[::1]:9464', 200],
    ['example.org:9464', 403],
    ['127.0.0.1.example.org', 403],
    ['localhost.example.org:9464', 403],
    ['192.168.1.7:9464', 403],
    ['[::2]', 403],
  ] as const)
    it(`on loopback answers a request to ${host} with ${status}`, async () => {
      expect(await statusFor(await serve('127.0.0.1:0'), host)).to.equal(status);
    });

  it('has nothing but the metrics, which may be asked for with a query', async () => {
    const url = await serve('127.0.0.1:0');
    for (const path of ['/', '/metrics/', '/favicon.ico', '/status?/metrics'])
      expect(await statusFor(new URL(path, url), 'localhost'), path).to.equal(404);
    expect(await statusFor(new URL('/metrics?x=/', url), 'localhost')).to.equal(200);
  });

  it('on any other address answers whoever reaches it, by whatever name', async () => {
    const url = (await serve('0.0.0.0:0')).replace('0.0.0.0', '127.0.0.1');
    expect(await statusFor(url, 'host.example.org')).to.equal(200);
  });

  it('has its port for itself, also in a cluster', async () => {
    await serve('127.0.0.1:0');
    expect(listening.firstCall.args[0]).to.deep.equal({ host: '127.0.0.1', port: 0, exclusive: true });
  });

  it('says that a scrape failed, and goes on', async () => {
    let broken = true;
    const url = await serve('127.0.0.1:0', {
      ...scrape,
      expose: () => (broken ? Promise.reject(new Error('no figures')) : scrape.expose()),
    });
    expect(await statusFor(url, 'localhost')).to.equal(500);
    broken = false;
    expect(await statusFor(url, 'localhost')).to.equal(200);
    expect(lines).to.deep.equal([{ source: 'a scrape', failures: 1, problem: 'Error: no figures' }]);
  });

  it('goes on when the system cannot accept a connection', async () => {
    const url = await serve('127.0.0.1:0');
    const server = listening.thisValues[0] as Server;
    for (let i = 0; i < 3; i += 1) server.emit('error', new Error('accept EMFILE'));
    expect(await statusFor(url, 'localhost')).to.equal(200);
    expect(lines.map(({ failures }) => failures)).to.deep.equal([1, 2]);
  });

  it('closes at once, whoever has yet to finish asking', async () => {
    const url = await serve('127.0.0.1:0');
    const { hostname, port } = new URL(url);
    const socket = connect({ host: hostname, port: Number(port) });
    socket.on('error', () => undefined);
    await once(socket, 'connect');
    socket.write('GET /metrics HTTP/1.1\r\nHost: localhost\r\n');
    // What was written has arrived when a later request is answered.
    expect(await statusFor(url, 'localhost')).to.equal(200);
    const closed = once(socket, 'close');
    await Promise.all(closing.splice(0).map((close) => close()));
    await closed;
  });

  it('goes on when who asks makes no sense, asks for another protocol, or hangs up at once', async () => {
    const url = await serve('127.0.0.1:0');
    const { hostname, port } = new URL(url);
    for (const bytes of [
      'nonsense\r\n\r\n',
      'GET // HTTP/1.1\r\nHost: localhost\r\n\r\n',
      'GET /metrics HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n',
    ]) {
      const socket = connect({ host: hostname, port: Number(port) });
      socket.on('error', () => undefined);
      await once(socket, 'connect');
      socket.write(bytes, () => socket.resetAndDestroy());
      await once(socket, 'close');
    }
    expect(await statusFor(url, 'localhost')).to.equal(200);
  });
});
