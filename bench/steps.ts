/** What made the service quicker, step by step: the same measures before and after, in turns or in one run. */

interface Step {
  readonly what: string;
  readonly before: string;
  readonly after: string;
  readonly how: string;
}

const steps: readonly Step[] = [
  {
    what: 'the actor that hears what becomes of notifications starts with the first of them',
    before: '`stop-1000` 171 ms, `memory-per-guest` 20.4 KiB',
    after: '134 ms, 16.3 KiB',
    how: 'means of three, in turns',
  },
  {
    what: 'a house calls its guests by room, so that V8 knows the shape of the list of children that XState copies',
    before: '`stop-1000` 175 ms',
    after: '156 ms',
    how: 'processor time, in turns, load 5',
  },
  {
    what: 'deadlines are a ring, exchanges a list, and a closed connection lets go of what is ours: V8 keeps a closed socket until a full collection',
    before: '`scan-cpu` 1.672, `scan-cpu-host` 2.761; 4.2 KB of a scan in the old generation',
    after: '1.581, 2.595; 2.7 KB',
    how: 'in turns, load 4 to 5',
  },
  {
    what: "XState 5.26 in place of 5.33: from 5.27 on each step of a machine leaves a function in V8's old generation, and that keeps all that the step made until a full collection ([dependencies](dependencies.md))",
    before: '`scan-cpu` 1.753, `scan-cpu-host` 3.122',
    after: '1.609, 2.930',
    how: 'in turns, load 11',
  },
  {
    what: "the deadlines of a scan are on those of all guests, two of XState's own timers less; it is answered in the step of its last interface; nothing is assigned among other actions on that way",
    before: '`scan-cpu-host` 3.490 and 3.314',
    after: '2.932 and 2.729',
    how: 'in turns, two services each, on another machine (Intel), quiet',
  },
  {
    what: 'the inspector copies an event without lists of entries (0.4 µs, before 3.4), and lets go of the event itself once its actor is through with it',
    before: '`inspected-round-trip` 1.265',
    after: '1.190, 1.161',
    how: 'one run before, two after, quiet',
  },
  {
    what: "V8 of Node 20 gave each socket three hidden classes that nothing else shared, and its inline caches missed thirty times: it has seen enough shapes of options now to make none (`native/sockets/socket-shapes.ts`; from Node 22 on it does not do so anyway). The bare server does as Node does. Likewise what a completed scan leaves in an interface's context",
    before: '`scan-cpu` 1.573 and 1.371, `scan-cpu-host` 3.392 and 3.204',
    after: '1.320 and 1.241, 2.656 and 2.791',
    how: 'in turns, Intel, while other machines of its host were busy',
  },
  {
    what: 'the scans of an interface are a machine of their own, `hostScan`, beside that of its link: two flat ones in place of a parallel one',
    before: '`scan-cpu-host` 3.550 and 3.653',
    after: '3.314 and 3.130',
    how: 'in turns, two services each, Intel, load 9',
  },
  {
    what: 'the channel asks by itself whether a scan is answered at once: one event less where the host is asked',
    before: '`scan-cpu-host` 2.79, 331 µs',
    after: '2.79, 331 µs: simpler, not quicker',
    how: 'in turns, means of nine services each, of which each differed by up to a tenth, Intel',
  },
  {
    what: 'a dispatcher is not begun with a copy of its input: V8 11 gave each guest eleven hidden classes for what was added to it, 5.7 KB that only a full collection frees. What XState does alike, six classes for each actor, is not ours',
    before: '`stop-4000` 319 ms, `stop-1000` 104 and 141 ms',
    after: '249 ms, 104 and 130 ms',
    how: 'in turns, medians of four, nine and seven services, Intel',
  },
  {
    what: 'a guest has a sender for notifications from its first notification on: 1,000 guests that have just come reach later in a stop the 35 MB at which V8 begins its first full collection',
    before: '`stop-1000` 107 ms',
    after: '85 ms; five runs of the bench after it 76 to 89 ms, seven before it 91 to 108',
    how: 'in turns, medians of eleven services, Intel',
  },
  {
    what: 'of the connections for notifications as many are opened at a time as can be written within 0.7 ms, not 2.5 ([where the time of a notification goes](notify-profile.md))',
    before:
      'written within 5 ms: all but 2,426 and 2,212 of about 38,500; slowest thousandth 13.3 and 12.2 ms',
    after: 'all but 113 and 48; 6.3 and 5.4 ms',
    how: 'in turns, 150 changes of signal to 256 guests twice, Intel',
  },
  {
    what: 'a scan of the host is a state of its own beside `busy`, with one deadline in place of two: XState enters, leaves and copies one state less; names that somebody looks for are counted only where one was not found',
    before: '`scan-cpu-host` 162 and 168 µs',
    after: '150 and 160 µs',
    how: 'in turns, twice, means of four services each, Intel',
  },
  {
    what: 'what the sockets of a guest tell its actors has one listener, with no subject in between; two houses of guests go in each turn of the event loop, not one',
    before: '`stop-1000` 130 ms, 115 ms of processor time of the main thread',
    after: '123 ms, 100 ms',
    how: 'in turns, medians of thirteen services, Intel, while other machines of its host were busy',
  },
];

/** The section of `docs/benchmarks.md` about them. */
export const stepsSection = (): string => `## Steps

| what | before | after | measured |
| --- | --- | --- | --- |
${steps.map(({ what, before, after, how }) => `| ${what} | ${before} | ${after} | ${how} |`).join('\n')}
`;
