/** Deliberate faults: one small change each in the source of the actors, which the walks must notice. */

/** A fault. `search` stands in `file` exactly once, or the list is out of date. */
export interface Fault {
  readonly name: string;
  readonly file: string;
  readonly search: string;
  readonly replace: string;
  /** The model that must notice it. */
  readonly model: 'one-guest' | 'two-guests' | 'host-comes-and-goes' | 'notifications' | 'scans';
}

/** Every fault. `docs/testing.md` says which path caught which. */
export const faults: readonly Fault[] = [
  {
    name: 'an older session id ends the session as well',
    file: 'actors/session.ts',
    search: 'request.sessionId >= session.id',
    replace: 'request.sessionId >= 0',
    model: 'one-guest',
  },
  {
    name: 'a failed connect forgets the former session',
    file: 'actors/dispatcher.ts',
    search: 'const kept = endsSession(session, request) ? null : session;',
    replace: 'const kept = endsSession(session, request) || attempt !== null ? null : session;',
    model: 'one-guest',
  },
  {
    name: 'a denied connection is made',
    file: 'actors/dispatcher.ts',
    search: "'output' in event && event.output === 'approve'",
    replace: "'output' in event",
    model: 'one-guest',
  },
  {
    name: 'a host application that does not decide in time approves',
    file: 'actors/observer.ts',
    search: "bounded<Decision>('authorizeGuestConnection', { ...proposal }, 'deny', () =>",
    replace: "bounded<Decision>('authorizeGuestConnection', { ...proposal }, 'approve', () =>",
    model: 'one-guest',
  },
  {
    name: 'any network that the host is connected to is mirrored',
    file: 'actors/network-match.ts',
    search: "link._tag === 'Some' && link.value.ssid === request.ssid",
    replace: "link._tag === 'Some'",
    model: 'one-guest',
  },
  {
    name: 'only successful answers count their session ids',
    file: 'actors/guest-lane.ts',
    search: 'this.#desk.lastSessionId += 1;',
    replace: 'this.#desk.lastSessionId += status === StatusCode.success ? 1 : 0;',
    model: 'one-guest',
  },
  {
    name: 'a guest that has never made a request is notified',
    file: 'actors/guest-desk.ts',
    search: 'if (!this.known) {',
    replace: "if (!this.known && kind === 'signal') {",
    model: 'scans',
  },
  {
    name: 'results of a scan that nobody asked for are kept back',
    file: 'actors/host-interface.ts',
    search: "const everybody = outcome === 'complete' && waiters.length === 0;",
    replace: 'const everybody = false;',
    model: 'one-guest',
  },
  {
    name: 'who asks while a scan runs gets what was cached instead of its results',
    file: 'actors/host-interface.ts',
    search: "'scan.requested': { actions: 'addWaiter' },",
    replace: "'scan.requested': { actions: ['addWaiter', 'answerFirst'] },",
    model: 'scans',
  },
  {
    name: 'results are not brought to the guest to which they were promised',
    file: 'actors/host-interface.ts',
    search: 'everybody ? [...services.guests.keys()] : promised',
    replace: 'everybody ? [...services.guests.keys()] : []',
    model: 'scans',
  },
  {
    name: 'interfaces outlive the Wi-Fi service',
    file: 'actors/radio.ts',
    search: "actions: ['endInterfaces', 'noteLoss', 'logLoss']",
    replace: "actions: ['noteLoss', 'logLoss']",
    model: 'host-comes-and-goes',
  },
  {
    name: 'a host that does not disconnect in time counts as disconnected',
    file: 'actors/host-interface.ts',
    search: "after: { disconnectTimeout: { target: 'settling', actions: ['replyDisconnected',",
    replace: "after: { disconnectTimeout: { target: 'settling', actions: ['noteLoss', 'replyDisconnected',",
    model: 'one-guest',
  },
  {
    name: 'a guest that leaves disconnects the host although another one stays',
    file: 'actors/ownership-table.ts',
    search: 'const last = row.holders[guest] !== undefined && holdersOf(left).length === 0;',
    replace: 'const last = row.holders[guest] !== undefined;',
    model: 'two-guests',
  },
  {
    name: 'the contention settings are mixed up',
    file: 'actors/ownership-table.ts',
    search: "if (heldByOthers && contention === 'first-wins')",
    replace: "if (heldByOthers && contention === 'last-wins')",
    model: 'two-guests',
  },
  {
    name: 'what the user connected during an attempt counts as the guests’',
    file: 'actors/ownership-table.ts',
    search: "origin: left.ssid === row.claim.ssid ? 'host' : left.origin",
    replace: 'origin: left.origin',
    model: 'two-guests',
  },
  {
    name: 'who waits for an attempt is forgotten at its end',
    file: 'actors/ownership-table.ts',
    search: 'const next = row.waiting.reduce<Change>(',
    replace: 'const next = settled.waiting.reduce<Change>(',
    model: 'two-guests',
  },
  {
    name: 'guests do not hear that the host has lost its network',
    file: 'actors/ownership-table.ts',
    search: "consequences: lost.map((guest) => ({ type: 'session.lost', guest, interfaceId })),",
    replace: 'consequences: [],',
    model: 'host-comes-and-goes',
  },
  {
    name: 'sessions outlive the interface that is pulled out',
    file: 'actors/departure.ts',
    search: "services.ownership.send({ type: 'interface.left', interfaceId });",
    replace: '',
    model: 'host-comes-and-goes',
  },
  {
    name: 'a guest that connects is not told that the interface has left',
    file: 'actors/departure.ts',
    search: 'if (serving !== null) services.guests',
    replace: 'if (serving === null) services.guests',
    model: 'host-comes-and-goes',
  },
  {
    name: 'a connection that was there at the arrival of its interface is not announced',
    file: 'actors/station-actors.ts',
    search: "if (isSome(link)) sendBack({ type: 'link.up', link: link.value });",
    replace: '',
    model: 'host-comes-and-goes',
  },
  {
    name: 'a notification is given up a try too early',
    file: 'actors/notification-channel.ts',
    search: 'pause(redelivery, context.attempts, () => 0.5) >',
    replace: '2 * pause(redelivery, context.attempts, () => 0.5) >',
    model: 'notifications',
  },
  {
    name: 'a connection that came too late still brings its notification',
    file: 'actors/notification-channel.ts',
    search: `entry: 'connect',
      after: { deliveryDeadline: { target: 'idle', actions: ['closeConnection', 'dropNotification'] } },`,
    replace: `entry: 'connect',
      after: { deliveryDeadline: { target: 'idle', actions: ['dropNotification'] } },`,
    model: 'notifications',
  },
  {
    name: 'what waits behind a dropped notification is not taken up',
    file: 'actors/notification-channel.ts',
    search: "always: { guard: 'isWaiting', target: 'connecting', actions: ['takeNext', 'noteFirstTry'] },",
    replace: '',
    model: 'notifications',
  },
  {
    name: 'a retried notification takes the next one in hand',
    file: 'actors/notification-channel.ts',
    search: "actions: ['countAttempt', 'noteRetry']",
    replace: "actions: ['countAttempt', 'noteRetry', 'takeNext']",
    model: 'notifications',
  },
];
