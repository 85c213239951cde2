/** Processor time of pages, from the trace of their browser. */
import type { Browser } from 'playwright-core';

/** A task of a thread, as Chromium's trace has it: microseconds of processor time. */
interface TracedTask {
  readonly name: string;
  readonly tdur?: number;
}

/** The trace of a browser says which thread is whose by events of this form. */
interface TracedName {
  readonly name: 'thread_name';
  readonly args: { readonly name: string };
}

type Traced = (TracedTask | TracedName) & { readonly pid: number; readonly tid: number };

/** Milliseconds of processor time of the longest tasks of pages' main threads, longest first: what else the machine does is not in them. */
export const longestTasks = (trace: Buffer): readonly number[] => {
  const { traceEvents } = JSON.parse(trace.toString()) as { readonly traceEvents: readonly Traced[] };
  const mains = new Set<string>();
  for (const event of traceEvents)
    if (event.name === 'thread_name' && 'args' in event && event.args.name === 'CrRendererMain')
      mains.add(`${event.pid} ${event.tid}`);
  return traceEvents
    .flatMap((event) =>
      'tdur' in event &&
      event.tdur !== undefined &&
      event.name.endsWith('RunTask') &&
      mains.has(`${event.pid} ${event.tid}`)
        ? [event.tdur / 1000]
        : [],
    )
    .sort((x, y) => y - x);
};

/** What is recorded for `longestTasks`. */
export const tracing = { categories: ['toplevel', 'devtools.timeline', '__metadata'] };

/** Runs on an empty page: 10,000 rows of text, and nothing else, drawn. */
const drawRows = `(async () => {
  for (let n = 0; n < 10000; n += 1) {
    const row = document.body.appendChild(document.createElement('div'));
    for (const word of ['endpoint.settled', 'proxyWifi', String(n)])
      row.appendChild(document.createElement('span')).textContent = word;
  }
  await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
})()`;

/** Milliseconds of processor time of a page that does that: how quick this machine and its browser are at the moment. */
export const timeOfRows = async (browser: Browser): Promise<number> => {
  const page = await browser.newPage();
  await browser.startTracing(undefined, tracing);
  await page.evaluate(drawRows);
  const tasks = longestTasks(await browser.stopTracing());
  await page.close();
  return tasks.reduce((sum, task) => sum + task, 0);
};
