/** A control that answers what a test gives it, so that every answer of a service can be shown. */
import { createServer } from 'node:http';
import { folderOfEach } from './serving.js';

/** Within a `describe`: one that listens where `address` says. By path: an object is an answer, a text is a stream of events. */
export const scriptedService = (): {
  readonly address: () => string;
  readonly answers: Map<string, object | string>;
} => {
  const folder = folderOfEach();
  const answers = new Map<string, object | string>();
  const server = createServer((request, response) => {
    const answer = answers.get(request.url ?? '');
    if (answer === undefined) response.writeHead(404).end();
    else if (typeof answer === 'string')
      response.writeHead(200, { 'content-type': 'text/event-stream' }).end(answer);
    else response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
  });
  beforeEach((done) => {
    answers.clear();
    server.listen(folder.path('c.sock'), done);
  });
  afterEach((done) => {
    server.close(() => done());
  });
  return { address: () => `unix://${folder.path('c.sock')}`, answers };
};

/** Events as a service writes them. */
export const eventStream = (...events: readonly (readonly [event: string, data: object])[]): string =>
  events.map(([event, data]) => `event: ${event}\ndata: ${JSON.stringify(data)}\n\n`).join('');
