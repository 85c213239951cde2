/** The live inspector of a service, for host applications and for `proxy-wifi serve --inspect`. */
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import type { InspectionEvent } from 'xstate';
import type { FrameTap } from '../../actors/application/frame-tap.js';
import { type Log, silentLog } from '../../actors/application/log.js';
import { Access } from './access.js';
import { loadAssets } from './assets.js';
import { Feed } from './feed.js';
import { Guard } from './guard.js';
import { Recorder } from './recorder.js';
import { type InspectorServer, serveInspector } from './server.js';
import { readTelemetry } from './telemetry.js';

/** Where an inspector is served, and how much it keeps. */
export interface InspectorOptions {
  /** On 127.0.0.1; 0 lets the system choose. */
  readonly port: number;
  /**
   * Opens any number of pages, and those of a former inspector with the same token; at least 16 characters. Without it every
   * address that `url` gives opens one page.
   */
  readonly token?: string;
  /**
   * Does a step of a scenario on a simulated radio, as plain JSON values; gives what was wrong with it. With it the page has
   * buttons on its networks and interfaces.
   */
  readonly act?: (step: unknown) => string | null;
  /** Hears of what the inspector had to leave out. */
  readonly log?: Log;
}

/** Why there is no inspector: `code` is the system's (`EADDRINUSE`), or `EINVAL` for a token that is too short. */
export interface InspectorFailure {
  readonly code: string;
  /** The whole message for people. */
  readonly detail: string;
}

/** A live inspector that is being served. */
export interface Inspector {
  /** For `createActor(proxyWifi, { inspect })`. */
  readonly inspect: (event: InspectionEvent) => void;
  /** For the input's `frameTap`: shows the frames too. */
  readonly frameTap: FrameTap;
  /** The port really taken. */
  readonly port: number;
  /** An address of the page, with a new token each time. */
  readonly url: () => string;
  /** An address of the socket for tools that read the shapes of `@statelyai/inspect`, with a new token each time. */
  readonly socketUrl: () => string;
  /** Closes every page's connection and the port. The service may go on. */
  readonly close: () => Promise<void>;
}

/** Between two looks at the state of everything, in milliseconds. */
const telemetryPause = 1000;

const shortestToken = 16;

const failure = (error: unknown, port: number): InspectorFailure => {
  const { code = 'EUNKNOWN', message } = error as NodeJS.ErrnoException;
  const advice =
    code === 'EADDRINUSE'
      ? 'another program has that port: choose another one, or 0 for any'
      : code === 'EACCES'
        ? 'this user may not listen there: choose a port above 1023'
        : message;
  return { code, detail: `the inspector cannot be served on 127.0.0.1:${port}: ${advice} (${code})` };
};

/** Opens the page's port. What is given to `inspect` and `frameTap` from then on can be looked at. */
export const openInspector =
  ({ port, token, act, log = silentLog }: InspectorOptions): TaskEither<InspectorFailure, Inspector> =>
  async () => {
    if (token !== undefined && token.length < shortestToken)
      return {
        _tag: 'Left',
        left: {
          code: 'EINVAL',
          detail: `the inspector's token must have at least ${shortestToken} characters`,
        },
      };
    const access = new Access(token);
    const guard = new Guard(log);
    const recorder = new Recorder(Date.now);
    const feeds = new Set<Feed>();
    let sampled = 0;

    const sample = guard.top('the state of everything', (): void => {
      const telemetry = readTelemetry(recorder.root);
      if (telemetry !== undefined) recorder.noteStatus(telemetry);
      sampled = recorder.log.next;
    });
    /** Where nobody looks, only what has happened makes another state of everything. */
    const sampling = setInterval(() => {
      if (feeds.size > 0 || recorder.log.next !== sampled) sample();
    }, telemetryPause);
    const wakeAll = (): void => {
      for (const feed of feeds) feed.wake();
    };
    recorder.onEntry(wakeAll);

    let server: InspectorServer;
    try {
      server = await serveInspector({
        port,
        access,
        guard,
        assets: await loadAssets(),
        onSocket: (socket, key, address) => {
          socket.on('error', () => socket.terminate());
          sample();
          const forPage = address.searchParams.has('page');
          const feed = new Feed(socket, recorder, { key, forPage, guard, air: act !== undefined });
          feeds.add(feed);
          if (act !== undefined)
            socket.on(
              'message',
              guard.top('a step', (data: unknown) => feed.answer(act(JSON.parse(String(data))))),
            );
          socket.on('close', () => {
            feed.close();
            feeds.delete(feed);
          });
        },
      });
    } catch (error) {
      clearInterval(sampling);
      return { _tag: 'Left', left: failure(error, port) };
    }
    return {
      _tag: 'Right',
      right: {
        inspect: guard.top('an inspection event', recorder.inspect),
        frameTap: guard.top('a frame', recorder.frameTap),
        port: server.port,
        url: () => `http://127.0.0.1:${server.port}/#token=${access.newToken()}`,
        socketUrl: () => `ws://127.0.0.1:${server.port}/?token=${access.newToken()}`,
        close: async () => {
          clearInterval(sampling);
          await server.close();
        },
      },
    };
  };
