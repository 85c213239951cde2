/**
 * What happens, in a web page: facts as server-sent events, the state of everything as JSON. `tsx examples/web-page.ts [ENDPOINT
 * [PORT]]`, then open the address that it prints. On loopback, and for pages of its own only.
 */
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Fact, proxyWifi } from 'proxy-wifi';
import { createActor, waitFor } from 'xstate';

const [endpoint = 'tcp://127.0.0.1', port = '8080'] = process.argv.slice(2);

const page = `<!doctype html>
<meta charset="utf-8">
<title>Wi-Fi for guests</title>
<h1>Wi-Fi for guests</h1>
<ol id="facts"></ol>
<script>
  // An SSID is whatever somebody nearby has called a network: as text it cannot become a part of the page.
  new EventSource('/facts').onmessage = ({ data }) => {
    const line = document.createElement('li');
    line.textContent = data;
    document.querySelector('#facts').prepend(line);
  };
</script>`;

const proxy = createActor(proxyWifi, { input: { endpoints: [endpoint], radio: 'simulated' } });
const watchers = new Set<ServerResponse>();
proxy.on('*', (fact: Fact) => {
  for (const watcher of watchers) watcher.write(`data: ${JSON.stringify(fact)}\n\n`);
});

const server = createServer(({ url, headers: { host = '' } }, response) => {
  // A page of another site may call this machine by a name of its own.
  if (!/^(127\.0\.0\.1|localhost)(:\d+)?$/.test(host)) response.writeHead(403).end();
  else if (url === '/') response.setHeader('content-type', 'text/html; charset=utf-8').end(page);
  else if (url === '/status')
    response
      .setHeader('content-type', 'application/json')
      .end(JSON.stringify(proxy.getSnapshot().context.status.read()));
  else if (url === '/facts') {
    response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
    response.write(': from now on\n\n');
    watchers.add(response);
    response.once('close', () => watchers.delete(response));
  } else response.writeHead(404).end();
});

proxy.start();
await waitFor(proxy, (snapshot) => snapshot.matches('running'));
for (const { address } of proxy.getSnapshot().context.status.read().endpoints)
  console.log(`Guests reach us at ${address}.`);
server.listen(Number(port), '127.0.0.1', () =>
  console.log(`The page is at http://127.0.0.1:${(server.address() as AddressInfo).port}/ until Ctrl-C.`),
);

process.once('SIGINT', async () => {
  server.close();
  server.closeAllConnections();
  proxy.send({ type: 'stop' });
  await waitFor(proxy, (snapshot) => snapshot.matches('stopped'));
});
