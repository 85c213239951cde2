/** The live inspector of a service that this program runs. */
import * as E from 'fp-ts/lib/Either.js';
import type { Log } from '../index.js';
import { createInspector, type Inspector } from '../machines-viz/index.js';

/** The one beside the metrics' port. */
export const defaultInspectorPort = 9465;

/** A port as it was typed; true: the default. Left: what was expected. */
export const parseInspectorPort = (typed: string | true): E.Either<string, number> => {
  if (typed === true) return E.right(defaultInspectorPort);
  const port = /^\d{1,5}$/.test(typed) ? Number(typed) : Number.NaN;
  return port <= 65535 ? E.right(port) : E.left('a port from 0 (any) to 65535');
};

/**
 * Opens it. `PROXY_WIFI_INSPECT_TOKEN` in the environment keeps pages over a restart of the program, which otherwise gives each
 * address once.
 */
export const openInspector = async (
  port: number,
  log: Log,
): Promise<E.Either<readonly string[], Inspector>> => {
  const token = process.env.PROXY_WIFI_INSPECT_TOKEN;
  const opened = await createInspector({ port, log, ...(token === undefined ? {} : { token }) })();
  return E.mapLeft(({ detail }: { readonly detail: string }): readonly string[] => [detail])(opened);
};
