/** The live inspector of a service that this program runs. */
import * as E from 'fp-ts/lib/Either.js';
import type { Log } from '../index.js';
import { createInspector, type Inspector, type InspectorFailure } from '../machines-viz/index.js';
import { decodeAirStep, problemText, type SimulatedBackend } from '../native/simulated/index.js';

/** The one beside the metrics' port. */
export const defaultInspectorPort = 9465;

/** A port as it was typed; true: the default. Left: what was expected. */
export const parseInspectorPort = (typed: string | true): E.Either<string, number> => {
  if (typed === true) return E.right(defaultInspectorPort);
  const port = /^\d{1,5}$/.test(typed) ? Number(typed) : Number.NaN;
  return port <= 65535 ? E.right(port) : E.left('a port from 0 (any) to 65535');
};

/** What a `Terminal` or a log says. */
type Say = (line: string) => void;

/**
 * Says where the page is. An address is for one page, so SIGUSR2 asks for another one; a token of the environment's is for any
 * number of pages. Returns how to let go of the signal. Windows has no such signal.
 */
export const sayAddress = (inspector: Inspector, say: Say): (() => void) => {
  if (process.env.PROXY_WIFI_INSPECT_TOKEN !== undefined) {
    say(`The inspector is at ${inspector.url()} for any number of pages.`);
    return () => undefined;
  }
  const another = process.platform === 'win32' ? '' : ` (another address: kill -USR2 ${process.pid})`;
  say(`The inspector is at ${inspector.url()} for one page${another}.`);
  const sayAnother = (): void => say(`The inspector is at ${inspector.url()} for one more page.`);
  process.on('SIGUSR2', sayAnother);
  return () => process.off('SIGUSR2', sayAnother);
};

/** Does steps of a scenario on this radio; gives what was wrong with one, for people. */
export const actsOn =
  (radio: SimulatedBackend) =>
  (step: unknown): string | null => {
    const action = decodeAirStep(step, radio.played);
    if (E.isLeft(action)) return action.left.map(problemText).join('; ');
    radio.control.perform(action.right);
    return null;
  };

/**
 * Opens it. `PROXY_WIFI_INSPECT_TOKEN` in the environment keeps pages over a restart of the program, which otherwise gives each
 * address once.
 */
export const openInspector = async (
  port: number,
  log: Log,
  act?: (step: unknown) => string | null,
): Promise<E.Either<readonly string[], Inspector>> => {
  const token = process.env.PROXY_WIFI_INSPECT_TOKEN;
  const opened = await createInspector({
    port,
    log,
    ...(token === undefined ? {} : { token }),
    ...(act === undefined ? {} : { act }),
  })();
  return E.mapLeft(({ code, detail }: InspectorFailure): readonly string[] => [
    code === 'MODULE_NOT_FOUND' ? `--inspect: ${detail}` : detail,
  ])(opened);
};
