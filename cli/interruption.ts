/** Ctrl-C and `kill`: once to stop cleanly, twice to be gone at once. */

export type Interrupt = 'SIGINT' | 'SIGQUIT' | 'SIGTERM';

/** What a shell expects of a process that a signal ended: 128 and the signal's number. */
export const exitCodes = { SIGINT: 130, SIGQUIT: 131, SIGTERM: 143 } as const satisfies Readonly<
  Record<Interrupt, number>
>;

/** Calls back at the first signal and ends the process at the second one. Returns how to let go of the signals. */
export const onInterrupt = (stop: (signal: Interrupt) => void): (() => void) => {
  let stopping = false;
  const listeners = (['SIGINT', 'SIGQUIT', 'SIGTERM'] as const).map((signal) => {
    const listener = (): void => {
      if (stopping) process.exit(exitCodes[signal]);
      stopping = true;
      stop(signal);
    };
    process.on(signal, listener);
    return { signal, listener };
  });
  return () => {
    for (const { signal, listener } of listeners) process.off(signal, listener);
  };
};
