/** What a stage builds into a service to see what it does. */
import { map, tap } from 'rxjs';
import type { Platform } from '../../actors/service.js';
import type { Observer } from '../../index.js';
import { noteEffect, telling, tellingConnection } from './effects.js';
import type { Records } from './records.js';

/** Hooks that are recorded before they are called. */
export const recorded = (observer: Observer, records: Records): Observer =>
  Object.fromEntries(
    Object.entries(observer).map(([name, hook]) => [
      name,
      (facts: object) => {
        records.note({ kind: 'hook', name, facts });
        return (hook as (facts: object) => unknown).call(observer, facts);
      },
    ]),
  );

/** Sockets that tell when a connection of a guest is closed: no actor hears of that. */
export const watched = (platform: Platform, changed: () => void): Platform => ({
  ...platform,
  transport: (scheme, clock) => {
    const transport = platform.transport(scheme, clock);
    return {
      ...telling(transport, 'transport', ['send']),
      listen: (endpoint, options) => {
        noteEffect('transport.listen');
        return transport.listen(endpoint, options).pipe(
          map((event) =>
            event.type === 'accepted' ? { ...event, connection: tellingConnection(event.connection) } : event,
          ),
          tap((event) => {
            if (event.type === 'accepted') event.connection.onClosed(changed);
          }),
        );
      },
    };
  },
});
