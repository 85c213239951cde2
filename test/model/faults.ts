/** Deliberate faults: one small change each in the source of the actors, which the walks must notice. */

/** A fault. `search` stands in `file` exactly once, or the list is out of date. */
export interface Fault {
  readonly name: string;
  readonly file: string;
  readonly search: string;
  readonly replace: string;
  /** The model that must notice it. */
  readonly model:
    | 'one-guest'
    | 'two-guests'
    | 'host-comes-and-goes'
    | 'notifications'
    | 'scans'
    | 'supervision';
}

/** Every fault. `docs/testing.md` says which path caught which. */
export const faults: readonly Fault[] = [
  {
    name: 'an older session id ends the session as well',
    file: 'actors/guest/session.ts',
    search: 'request.body.sessionId >= session.id',
    replace: 'request.body.sessionId >= 0',
    model: 'one-guest',
  },
  {
    name: 'a failed connect forgets the former session',
    file: 'actors/guest/answer.ts',
    search: 'session: began ?? session,',
    replace: 'session: began,',
    model: 'one-guest',
  },
  {
    name: 'only successful answers count their session ids',
    file: 'actors/guest/answer.ts',
    search: 'const id = lastSessionId + 1;',
    replace: 'const id = lastSessionId + (attempt?.status === StatusCode.success ? 1 : 0);',
    model: 'one-guest',
  },
  {
    name: 'a denied connection is made',
    file: 'actors/guest/dispatcher-steps.ts',
    search: "isApproved: ({ event }) => 'output' in event && event.output === StatusCode.success,",
    replace: "isApproved: ({ event }) => 'output' in event,",
    model: 'one-guest',
  },
  {
    name: 'a denied mirroring is made',
    file: 'actors/guest/dispatcher-steps.ts',
    search:
      "'output' in event && event.output === StatusCode.success && context.attempt?.type === 'hostMirroring',",
    replace: "'output' in event && context.attempt?.type === 'hostMirroring',",
    model: 'one-guest',
  },
  {
    name: 'a host application that does not decide in time approves',
    file: 'actors/application/observer.ts',
    search: 'if (answer === unanswered) return StatusCode.requestDeclined;',
    replace: 'if (answer === unanswered) return StatusCode.success;',
    model: 'one-guest',
  },
  {
    name: 'any network that the host is connected to is mirrored',
    file: 'actors/host/network-match.ts',
    search: "link._tag === 'Some' && link.value.ssid === ssid",
    replace: "link._tag === 'Some'",
    model: 'one-guest',
  },
  {
    name: 'a guest that mirrors is not asked about as one that mirrors',
    file: 'actors/guest/attempt.ts',
    search: "type: 'hostMirroring',",
    replace: "type: 'guestDirected',",
    model: 'one-guest',
  },
  {
    name: 'the signal of the moment is not told to a guest that connects',
    file: 'actors/ownership/ownership.ts',
    search: "'session.began': { actions: ['changeTable', 'tellCurrentSignal'] }",
    replace: "'session.began': { actions: 'changeTable' }",
    model: 'one-guest',
  },
  {
    name: 'a host that does not disconnect in time counts as disconnected',
    file: 'actors/host/host-interface.ts',
    search: "disconnectTimeout: { target: 'settling', actions: ['replyStillConnected',",
    replace: "disconnectTimeout: { target: 'settling', actions: ['noteLoss', 'replyStillConnected',",
    model: 'one-guest',
  },
  {
    name: 'the guest is not told that its session is lost',
    file: 'actors/guest/dispatcher-steps.ts',
    search: "guests.notify(post, guest, 'disconnected', () => frame);",
    replace: '',
    model: 'one-guest',
  },
  {
    name: 'an answer is written while it is decided on',
    file: 'actors/guest/dispatcher-steps.ts',
    search: `      enqueue(() =>
        request.body.operation === 'scan'`,
    replace: `      ((write: () => void) => write())(() =>
        request.body.operation === 'scan'`,
    model: 'one-guest',
  },
  {
    name: 'a lost session is logged while it is decided on',
    file: 'actors/guest/dispatcher-steps.ts',
    search:
      "enqueue(() => service.log.info({ guest, session: session.id, ssid: session.ssid }, 'session lost'));",
    replace: "service.log.info({ guest, session: session.id, ssid: session.ssid }, 'session lost');",
    model: 'one-guest',
  },
  {
    name: 'a guest that has never made a request is notified',
    file: 'actors/guest/guest-register.ts',
    search: 'entry?.notificationChannel.isTaken === true && entry.connections.requestedAt !== null',
    replace: 'entry?.notificationChannel.isTaken === true',
    model: 'scans',
  },
  {
    name: 'what is cached is kept back until the scan ends',
    file: 'actors/guest/dispatcher-steps.ts',
    search: "const waits = reader.format === 'without-scan-complete';",
    replace: 'const waits = true;',
    model: 'scans',
  },
  {
    name: 'a guest of the older driver gets what is cached as the end of its scan',
    file: 'actors/guest/dispatcher-steps.ts',
    search: "const waits = reader.format === 'without-scan-complete';",
    replace: 'const waits = false;',
    model: 'scans',
  },
  {
    name: 'guests of the older driver get scan notifications',
    file: 'actors/host/scan-notification.ts',
    search: "if (format === 'without-scan-complete') continue;",
    replace: '',
    model: 'scans',
  },
  {
    name: 'a promise is not kept at 9 s',
    file: 'actors/host/host-interface.ts',
    search: "promiseDue: { actions: 'keepPromises' },",
    replace: '',
    model: 'scans',
  },
  {
    name: 'who was promised results hears nothing of a scan that fails',
    file: 'actors/host/host-interface.ts',
    search: "'scan.failed': { target: '.idle', actions: ['noteScanFailure', 'giveUpScan', 'keepPromises'] },",
    replace: "'scan.failed': { target: '.idle', actions: ['noteScanFailure', 'giveUpScan'] },",
    model: 'scans',
  },
  {
    name: 'who was promised results hears nothing when the interface leaves',
    file: 'actors/host/departure.ts',
    search: 'notifyWithout(interfaces, guests, post, interfaceId, owed);',
    replace: '',
    model: 'scans',
  },
  {
    name: 'who waits for a scan is forgotten when the interface leaves',
    file: 'actors/host/departure.ts',
    search: "guests.tell(post, guest, { type: 'interface.scanned', interfaceId, round, outcome: 'failed' });",
    replace: '{ void guest; void round; }',
    model: 'scans',
  },
  {
    name: 'a new interface does not scan by itself',
    file: 'actors/host/host-interface.ts',
    search: "always: [{ guard: 'isFake', target: 'idle' }, { target: 'asking' }],",
    replace: "always: { target: 'idle' },",
    model: 'scans',
  },
  {
    name: 'results never are fresh',
    file: 'actors/host/interface-state.ts',
    search: 'scannedAt === null || now - scannedAt >= interval',
    replace: 'scannedAt === null || now - scannedAt >= 0',
    model: 'scans',
  },
  {
    name: 'results stay fresh for ever',
    file: 'actors/host/interface-state.ts',
    search: 'scannedAt === null || now - scannedAt >= interval',
    replace: 'scannedAt === null || interval === 0',
    model: 'scans',
  },
  {
    name: 'a name that was looked for in vain is looked for again and again',
    file: 'actors/host/interface-state.ts',
    search: '|| names.some((name) => name.ssid === ssid)',
    replace: '',
    model: 'scans',
  },
  {
    name: 'a name is not looked for while other results are fresh',
    file: 'actors/host/interface-state.ts',
    search: 'if (ssid === null || networks.some((bss) => bss.ssid === ssid)) return true;',
    replace: 'return true;',
    model: 'scans',
  },
  {
    name: 'who looks for a name gets the end of a scan that did not look for it',
    file: 'actors/host/interface-state.ts',
    search: 'ssid !== null && ssid !== seeking &&',
    replace: 'ssid === null && ssid !== seeking &&',
    model: 'scans',
  },
  {
    name: 'a notification that nobody takes is counted while it is decided on',
    file: 'actors/guest/guest-register.ts',
    search: "post(() => this.#service.counters.count('notificationsDropped', kind))",
    replace: "this.#service.counters.count('notificationsDropped', kind)",
    model: 'scans',
  },
  {
    name: 'results of a scan that nobody waits for are kept back',
    file: 'actors/host/host-interface-steps.ts',
    search: ': [...guests.ids()].filter((guest) => !waitOn.has(guest));',
    replace: ': [];',
    model: 'scans',
  },
  {
    name: 'results that somebody waits for are news to the others',
    file: 'actors/host/host-interface-steps.ts',
    search: `answered.settled.length > 0
`,
    replace: `answered.settled.length > 99
`,
    model: 'scans',
  },
  {
    name: 'who waits on for a name is told as if all had been seen',
    file: 'actors/host/host-interface-steps.ts',
    search: '.filter((guest) => !waitOn.has(guest));',
    replace: ';',
    model: 'scans',
  },
  {
    name: 'an interface that leaves is out of the register while that is decided on',
    file: 'actors/host/departure.ts',
    search: 'post(() => interfaces.remove(interfaceId));',
    replace: 'interfaces.remove(interfaceId);',
    model: 'host-comes-and-goes',
  },
  {
    name: 'interfaces outlive the Wi-Fi service',
    file: 'actors/host/radio.ts',
    search: "actions: ['endInterfaces', 'noteLoss', 'logLoss']",
    replace: "actions: ['noteLoss', 'logLoss']",
    model: 'host-comes-and-goes',
  },
  {
    name: 'sessions outlive the interface that is pulled out',
    file: 'actors/host/departure.ts',
    search: "ownership.tell(post, { type: 'interface.left', interfaceId });",
    replace: '',
    model: 'host-comes-and-goes',
  },
  {
    name: 'a guest that connects is not told that the interface has left',
    file: 'actors/host/departure.ts',
    search: `if (serving !== null)
`,
    replace: `if (serving !== null && link !== null)
`,
    model: 'host-comes-and-goes',
  },
  {
    name: 'a connection that was there at the arrival of its interface is not announced',
    file: 'actors/host/interface-actors.ts',
    search: "if (isSome(link)) subscriber.next({ type: 'link.up', link: link.value });",
    replace: '',
    model: 'host-comes-and-goes',
  },
  {
    name: 'guests do not hear that the host has lost its network',
    file: 'actors/ownership/ownership-table.ts',
    search: 'consequences: [...lostOn(interfaceId, others.guests()), ...next.consequences],',
    replace: 'consequences: [...next.consequences],',
    model: 'host-comes-and-goes',
  },
  {
    name: 'an interface that is back after a failure of its radio begins with long pauses',
    file: 'actors/host/radio.ts',
    search: 'noteReady: assign({ failures: 0, problem: null }),',
    replace: 'noteReady: assign({ problem: null }),',
    model: 'host-comes-and-goes',
  },
  {
    name: 'a signal that only the last scan saw is not told',
    file: 'actors/host/interface-register.ts',
    search: 'return rssi ?? seen?.rssi ?? null;',
    replace: 'return rssi;',
    model: 'two-guests',
  },
  {
    name: 'a guest that leaves disconnects the host although another one stays',
    file: 'actors/ownership/ownership-table.ts',
    search: 'const last = row.holders.has(guest) && left.holders.size === 0;',
    replace: 'const last = row.holders.has(guest);',
    model: 'two-guests',
  },
  {
    name: 'the contention settings are mixed up',
    file: 'actors/ownership/ownership-table.ts',
    search: "const other = contention === 'first-wins' ?",
    replace: "const other = contention === 'last-wins' ?",
    model: 'two-guests',
  },
  {
    name: 'what the user connected during an attempt counts as the guests’',
    file: 'actors/ownership/ownership-table.ts',
    search: "origin: row.ssid === ssid ? 'host' : row.origin",
    replace: 'origin: row.origin',
    model: 'two-guests',
  },
  {
    name: 'who waits for an attempt is forgotten at its end',
    file: 'actors/ownership/ownership-table.ts',
    search: 'const next = row.waiting.reduce<ReturnType<typeof decide>>(',
    replace: 'const next = row.waiting.slice(0, 0).reduce<ReturnType<typeof decide>>(',
    model: 'two-guests',
  },
  {
    name: 'a claim that is outdated is not looked at again',
    file: 'actors/guest/dispatcher.ts',
    search: "{ guard: 'mayMatchAgain', target: '#matching' },",
    replace: '',
    model: 'two-guests',
  },
  {
    name: 'a claim is never settled',
    file: 'actors/guest/dispatcher-steps.ts',
    search: "ownership.tell(enqueue, { type: 'claim.settled', guest, interfaceId, outcome });",
    replace: 'void [ownership, guest, outcome];',
    model: 'two-guests',
  },
  {
    name: 'a claim of which the attempt fails counts as connected',
    file: 'actors/guest/dispatcher.ts',
    search: `                    { type: 'settleClaim', params: { outcome: 'failed' } },
                    { type: 'noteFailure', params: ({ event })`,
    replace: `                    { type: 'settleClaim', params: { outcome: 'connected' } },
                    { type: 'noteFailure', params: ({ event })`,
    model: 'two-guests',
  },
  {
    name: 'a notification is given up a try too early',
    file: 'actors/guest/notification-channel.ts',
    search: 'pause(redelivery, attempts, () => 0.5) >',
    replace: '2 * pause(redelivery, attempts, () => 0.5) >',
    model: 'notifications',
  },
  {
    name: 'a connection that came too late still brings its notification',
    file: 'actors/guest/notification-sender.ts',
    search: 'else if (isOver) opened.right.destroy();',
    replace: '',
    model: 'notifications',
  },
  {
    name: 'what waits behind a dropped notification is not taken up',
    file: 'actors/guest/notification-channel.ts',
    search: "always: { guard: 'isWaiting', target: 'connecting', actions: 'takeNext' },",
    replace: '',
    model: 'notifications',
  },
  {
    name: 'a retried notification takes the next one in hand',
    file: 'actors/guest/notification-channel.ts',
    search: "'redelivery.due': { target: 'connecting', actions: ['countAttempt', 'noteRetry'] }",
    replace: "'redelivery.due': { target: 'connecting', actions: ['countAttempt', 'noteRetry', 'takeNext'] }",
    model: 'notifications',
  },
  {
    name: 'what a crashed actor had started lives on',
    file: 'actors/supervision/supervised.ts',
    search: `              'stopOrphans',
              'countCrash',`,
    replace: `              'countCrash',`,
    model: 'supervision',
  },
  {
    name: 'crashes are not counted',
    file: 'actors/supervision/supervised.ts',
    search: `'countCrash',
              {`,
    replace: '{',
    model: 'supervision',
  },
  {
    name: 'pauses stay long after a calm time',
    file: 'actors/supervision/supervised.ts',
    search: 'crashes: isSteady ? 1 : crashes + 1',
    replace: 'crashes: crashes + 1',
    model: 'supervision',
  },
  {
    name: 'others do not hear of a crash',
    file: 'actors/supervision/supervised.ts',
    search: `              'tellOthers',
`,
    replace: '',
    model: 'supervision',
  },
  {
    name: 'pauses do not grow',
    file: 'actors/supervision/supervised.ts',
    search: 'pause(reopening, crashes, input',
    replace: 'pause(reopening, Math.min(1, crashes), input',
    model: 'supervision',
  },
  {
    name: 'what rests is not started again',
    file: 'actors/supervision/supervised.ts',
    search: `after: { restartPause: { target: 'alive' } },`,
    replace: '',
    model: 'supervision',
  },
];
