/** States of everything as the inspector notes them, of which only one thing matters to a test. */
import type { StatusMessage } from '../../machines-viz/inspector/messages.js';

/** Nothing has happened but that frames were refused, so many for each reason. */
export const stateWith = (
  refusedFrames: Readonly<Record<string, number>>,
): Pick<StatusMessage, 'status' | 'networks'> => ({
  status: {
    endpoints: [],
    radios: [],
    interfaces: [],
    guests: [],
    ownership: {},
    counters: {
      requests: {},
      refusedFrames,
      refusedConnections: {},
      notificationsSent: {},
      notificationsUncertain: {},
      notificationsRetried: {},
      notificationsConflated: {},
      notificationsDropped: {},
      restarts: {},
    },
  },
  networks: {},
});
