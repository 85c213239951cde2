/** One guest: its three actors, which live and rest together. */
import { supervised } from '../supervision/supervised.js';
import { dispatcher } from './dispatcher.js';
import type { DispatcherInput } from './dispatcher-context.js';
import { notificationChannel } from './notification-channel.js';
import { requestChannel } from './request-channel.js';

export const guest = supervised<DispatcherInput>({
  part: 'guest',
  // In the order in which they start: nothing comes in before there is somebody to decide.
  children: { notificationChannel, dispatcher, requestChannel },
  facts: ({ entry }) => ({ guest: entry.guest }),
  name: ({ entry }) => `guest:${entry.guest}`,
  /** What the guest held is free again; its successor tells the guest that its session is over. */
  onCrash: ({ entry, ownership }, post) => ownership.tell(post, { type: 'guest.left', guest: entry.guest }),
});
