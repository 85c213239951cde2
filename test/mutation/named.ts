/** Mutants that survived once and mattered: each stands for a behaviour that had no test, and names the test file that has it now. */

/** `search` stands in `file` exactly once, or the list is out of date. */
export interface NamedMutant {
  /** What is wrong with it in place. */
  readonly name: string;
  readonly file: string;
  readonly search: string;
  readonly replace: string;
  /** The test files that must notice it. */
  readonly tests: readonly string[];
}

const actors = 'test/actors';
const behaviour = 'test/behaviour';
const viz = 'test/machines-viz';
const linux = 'test/native/linux';

export const namedMutants: readonly NamedMutant[] = [
  {
    name: 'a guest whose request comes in pieces is never answered again',
    file: 'actors/guest/request-channel.ts',
    search: `{ guard: 'isScan', target: 'idle', actions: 'dispatchReceived' },
          { target: 'dispatching', actions: ['begin', 'followAnswer', 'dispatchCurrent'] },`,
    replace: `{ guard: 'isScan', target: 'idle', actions: 'dispatchReceived' },
          { target: 'dispatching', actions: ['followAnswer', 'dispatchCurrent'] },`,
    tests: [`${actors}/guest/request-channel.test.ts`],
  },
  {
    name: 'a request that comes while an answer is written is lost',
    file: 'actors/guest/request-channel.ts',
    search: `2 s to read it.',
      on: {
        'request.received': { actions: 'queueRequest' },`,
    replace: `2 s to read it.',
      on: {`,
    tests: [`${actors}/guest/request-channel.test.ts`],
  },
  {
    name: 'a guest that does not close after its answer is never closed',
    file: 'actors/guest/connections.ts',
    search: `    this.#part(exchange);
    if (exchange.followed)`,
    replace: '    if (exchange.followed)',
    tests: [`${behaviour}/bad-input.test.ts`],
  },
  {
    name: 'a guest that does not close after a refusal is never closed',
    file: 'actors/guest/connections.ts',
    search: `    tapFrame(settings, this.#guest, 'request', 'host', invalidAnswer);
    this.#part(exchange);`,
    replace: "    tapFrame(settings, this.#guest, 'request', 'host', invalidAnswer);",
    tests: [`${behaviour}/bad-input.test.ts`],
  },
  {
    name: 'only the first deadlines are swept',
    file: 'streams/deadlines.ts',
    search: 'if (next < this.#timerDue) this.#arm(next);',
    replace: '',
    tests: ['test/streams/deadlines.test.ts'],
  },
  {
    name: 'connections that a guest never closes pile up',
    file: 'actors/guest/notification-sender.ts',
    search: '        this.#part(close);',
    replace: '',
    tests: [`${actors}/guest/notification-sender.test.ts`],
  },
  {
    name: 'the guests of a house that has crashed are not served again',
    file: 'actors/guest/guests.ts',
    search: 'return () => register.close(house);',
    replace: 'return () => undefined;',
    tests: [`${behaviour}/crashes.test.ts`],
  },
  {
    name: 'a back end that fails to release keeps the service from stopping',
    file: 'actors/proxy-wifi.ts',
    search: `              onDone: { target: '#stopped' },
              onError: { target: '#stopped' },`,
    replace: "              onDone: { target: '#stopped' },",
    tests: [`${behaviour}/life-cycle.test.ts`],
  },
  {
    name: 'a host that fails to disconnect keeps the service from stopping',
    file: 'actors/proxy-wifi.ts',
    search: `              onDone: { target: 'releasing' },
              onError: { target: 'releasing' },`,
    replace: "              onDone: { target: 'releasing' },",
    tests: [`${behaviour}/life-cycle.test.ts`],
  },
  {
    name: 'what a crashed actor had started runs on',
    file: 'actors/supervision/supervised.ts',
    search: `              'stopOrphans',
              'countCrash',`,
    replace: "              'countCrash',",
    tests: [`${behaviour}/crashes.test.ts`, 'test/model/supervision.test.ts'],
  },
  {
    name: 'a claim that is outdated a second time is tried for ever, or never answered',
    file: 'actors/guest/dispatcher.ts',
    search: `                'claim.outdated': [
                  { guard: 'mayMatchAgain', target: '#matching' },
                  {
                    guard: 'isOfThisTry',
                    target: '#reporting',
                    actions: { type: 'noteFailure', params: { status: StatusCode.refusedTemporarily } },
                  },
                ],`,
    replace: "                'claim.outdated': [{ guard: 'mayMatchAgain', target: '#matching' }],",
    tests: [`${behaviour}/several-guests.test.ts`, `${behaviour}/connect.test.ts`],
  },
  {
    name: 'what comes up while the host disconnects is not noted',
    file: 'actors/host/host-interface.ts',
    search: `          after: {
            disconnectTimeout: { target: 'settling', actions: ['replyStillConnected', 'serveNobody'] },
          },
          on: {
            'link.up': { actions: { type: 'noteLink', params: ({ event }) => ({ link: event.link }) } },`,
    replace: `          after: {
            disconnectTimeout: { target: 'settling', actions: ['replyStillConnected', 'serveNobody'] },
          },
          on: {`,
    tests: [`${actors}/host/host-interface.test.ts`, `${behaviour}/disconnect.test.ts`],
  },
  ...['isLevelEnabled', 'debug', 'info', 'warn', 'error'].map((method) => ({
    name: `a logger without ${method} is accepted`,
    file: 'actors/application/settings-table.ts',
    search: `      '${method}',\n`,
    replace: '',
    tests: [`${actors}/application/settings.test.ts`],
  })),
  {
    name: 'the frames of everyone else are replayed as well',
    file: 'cli/record-format.ts',
    search: 'wanted === undefined || guest === wanted);',
    replace: 'wanted === undefined || guest !== undefined);',
    tests: ['test/cli/replay.test.ts'],
  },
  {
    name: 'session ids are not carried on into later requests',
    file: 'cli/replay-answers.ts',
    search: 'this.#now.set(then.sessionId, now.sessionId);',
    replace: '{}',
    tests: ['test/cli/replay.test.ts'],
  },
  {
    name: 'the delay of the event loop is never measured',
    file: 'metrics/index.ts',
    search: 'loop.enable();',
    replace: '',
    tests: ['test/cli/metrics.test.ts'],
  },
  {
    name: 'the delay of the event loop is negative',
    file: 'metrics/index.ts',
    search: 'Math.max(0, measured - resolution / 1000)',
    replace: '-Math.max(0, measured - resolution / 1000)',
    tests: ['test/cli/metrics.test.ts'],
  },
  {
    name: 'a bucket of the durations has another bound',
    file: 'metrics/metric-table.ts',
    search: '0.001, 0.0025, 0.005, 0.01,',
    replace: '0.002, 0.0025, 0.005, 0.01,',
    tests: ['test/cli/metrics.test.ts'],
  },
  {
    name: 'the longest request that may be has no bucket',
    file: 'metrics/metric-table.ts',
    search: '5, 10, 18,',
    replace: '5, 10,',
    tests: ['test/cli/metrics.test.ts'],
  },
  {
    name: 'of several steps of one event only the last is kept',
    file: 'machines-viz/inspector/recorder.ts',
    search: 'track.steps.length === 0 ? _transitions : [...track.steps, ..._transitions];',
    replace: '_transitions;',
    tests: [`${viz}/recorder.test.ts`],
  },
  {
    name: 'an event without a sender has no cause',
    file: 'machines-viz/inspector/recorder.ts',
    search: 'source === undefined ? this.#handling.at(-1) : source.pending[0];',
    replace: 'source === undefined ? undefined : source.pending[0];',
    tests: [`${viz}/recorder.test.ts`],
  },
  {
    name: 'an inner event that is over is still taken for the cause',
    file: 'machines-viz/inspector/recorder.ts',
    search: '      if (done !== undefined) this.#unhandle(done);',
    replace: '      if (done !== undefined) {}',
    tests: [`${viz}/recorder.test.ts`],
  },
  {
    name: 'an event to an actor that has ended is handled for ever',
    file: 'machines-viz/inspector/recorder.ts',
    search: '    if (track.ended) return;\n    // What an actor is sent before it begins',
    replace: '    // What an actor is sent before it begins',
    tests: [`${viz}/recorder.test.ts`],
  },
  {
    name: 'live pages are cut off',
    file: 'machines-viz/inspector/server.ts',
    search: "opened.on('pong', () => quiet.delete(opened));",
    replace: '',
    tests: [`${viz}/inspector.test.ts`],
  },
  {
    name: 'a page that does not read is sent everything all the same',
    file: 'machines-viz/inspector/feed.ts',
    search: 'this.#socket.bufferedAmount > mostWaiting',
    replace: 'this.#socket.bufferedAmount < 0',
    tests: [`${viz}/feed.test.ts`],
  },
  {
    name: 'a page is never told that it has caught up',
    file: 'machines-viz/inspector/feed.ts',
    search: "this.#tell(() => ({ type: '@proxy-wifi.caught-up' }));",
    replace: '',
    tests: [`${viz}/feed.test.ts`],
  },
  {
    name: 'a page is told again and again that it has caught up',
    file: 'machines-viz/inspector/feed.ts',
    search: '      this.#caughtUp = true;',
    replace: '',
    tests: [`${viz}/feed.test.ts`],
  },
  {
    name: 'frequencies are shown in kHz',
    file: 'machines-viz/inspector/telemetry.ts',
    search: 'bss.frequency / 1000',
    replace: 'bss.frequency',
    tests: [`${viz}/inspector.test.ts`],
  },
  {
    name: 'it is not said what an actor failed of',
    file: 'machines-viz/inspector/translate.ts',
    search: "    ...optional('error', plainData(error)),\n",
    replace: '',
    tests: [`${viz}/recorder.test.ts`],
  },
  {
    name: 'it is not said who sent an event',
    file: 'machines-viz/inspector/translate.ts',
    search: 'sourceId: entry.source',
    replace: 'sourceId: undefined',
    tests: [`${viz}/recorder.test.ts`],
  },
  {
    name: 'an interface that is removed while its properties are read arrives',
    file: 'native/linux/wpa-radio.ts',
    search: 'this.#closed || !this.#stations.has(path) || this.#stations.get(path) !== undefined',
    replace: 'this.#closed || this.#stations.get(path) !== undefined',
    tests: [`${linux}/wpa-radio.test.ts`],
  },
  {
    name: 'a directed scan is repeated for ever',
    file: 'native/linux/wpa-scans.ts',
    search: '    const postponed = this.#postponed;\n    this.#postponed = O.none;',
    replace: '    const postponed = this.#postponed;',
    tests: [`${linux}/wpa-radio.test.ts`],
  },
  {
    name: 'a directed scan that came while another was pending is not made',
    file: 'native/linux/wpa-scans.ts',
    search: 'if (E.isLeft(started) && O.isSome(ssid)) this.#postponed = ssid;',
    replace: '',
    tests: [`${linux}/wpa-radio.test.ts`],
  },
  {
    name: 'an inactive interface keeps its link',
    file: 'native/linux/wpa-station.ts',
    search: "['disconnected', 'inactive', 'scanning', disabled]",
    replace: "['disconnected', 'scanning', disabled]",
    tests: [`${linux}/wpa-radio.test.ts`],
  },
  {
    name: 'doctor counts wired interfaces',
    file: 'native/linux/checks.ts',
    search: ".filter((name) => existsSync(join(net, name, 'phy80211')))",
    replace: '',
    tests: [`${linux}/checks.test.ts`],
  },
  {
    name: 'what is written later overtakes what waits',
    file: 'native/sockets/koffi-streams-connection.ts',
    search: 'this.#writes.push({ bytes, sent: 0, settle });',
    replace: 'this.#writes.unshift({ bytes, sent: 0, settle });',
    tests: ['test/native/sockets/koffi-streams-connection.test.ts'],
  },
  {
    name: 'a line of any length is kept',
    file: 'native/sockets/hybrid-vsock.ts',
    search: 'if (line.length > longestLine) {',
    replace: 'if (line.length < 0) {',
    tests: ['test/native/sockets/hybrid-vsock.test.ts'],
  },
  {
    name: 'junk behind the port is overlooked',
    file: 'native/sockets/hybrid-vsock.ts',
    search: '/^CONNECT (\\d{1,10})$/',
    replace: '/^CONNECT (\\d{1,10})/',
    tests: ['test/native/sockets/hybrid-vsock.test.ts'],
  },
  {
    name: 'a guest of ::1 listens on every interface',
    file: 'native/sockets/tcp.ts',
    search: "  if (host === '::1') return '::1';\n",
    replace: '',
    tests: ['test/native/sockets/tcp.test.ts'],
  },
  {
    name: 'what happens during a delivery is told before what was to be told next',
    file: 'native/simulated/world.ts',
    search: '    if (this.#telling) return;\n',
    replace: '',
    tests: ['test/native/simulated/radio.test.ts', 'test/native/simulated/world.test.ts'],
  },
  {
    name: 'a guest that can do SAE is shown networks as they are that it cannot use',
    file: 'protocol/security.ts',
    search: '(sae && security.akms.includes(AkmSuite.sae))) &&',
    replace: 'sae) &&',
    tests: ['test/protocol/security.test.ts'],
  },
  {
    name: 'an SSID of nothing but a backslash is two SSIDs',
    file: 'protocol/ssid.ts',
    search: 'byte < 0x7f && byte !== 0x5c))',
    replace: 'byte < 0x7f && byte === 0x5c))',
    tests: ['test/protocol/ssid.test.ts'],
  },
  {
    name: 'each slow guest that is through makes room for two',
    file: 'streams/pacing.ts',
    search: 'if (this.#open.delete(turn) && beginning.isSlow) this.#slowOpen -= 1;',
    replace: 'if (this.#open.delete(turn) && beginning.isSlow) this.#slowOpen -= 2;',
    tests: ['test/streams/pacing.test.ts'],
  },
  {
    name: 'a stream is closed as soon as something is written after the guest has ended its side',
    file: 'native/sockets/koffi-streams-connection.ts',
    search: "if (this.#sending === 'ended' && this.#peerEnded) this.#close('ECANCELED');",
    replace: "if (this.#peerEnded) this.#close('ECANCELED');",
    tests: ['test/native/sockets/koffi-streams-connection.test.ts'],
  },
  {
    name: 'a listener over vsock that has failed is never tried again',
    file: 'native/linux/vsock.ts',
    search: `      error: (failure: SocketFailure) => {
        this.ended();`,
    replace: '      error: (failure: SocketFailure) => {',
    tests: [`${linux}/vsock.test.ts`],
  },
  {
    name: 'what somebody has saved of the last network of ours stays in the file',
    file: 'native/linux/wpa-networks.ts',
    search: '    if (this.#ours.size === 0) await this.#saved.end();\n',
    replace: '',
    tests: [`${linux}/wpa-connector.test.ts`],
  },
  {
    name: 'a file that somebody goes on writing is tried for ever',
    file: 'native/linux/saved-file.ts',
    search: 'takeOut(path, choose, triesLeft - 1)',
    replace: 'takeOut(path, choose, triesLeft + 1)',
    tests: [`${linux}/saved-file.test.ts`],
  },
  {
    name: 'the end of a scan of another interface is taken for that of this one',
    file: 'native/report/linux.ts',
    search: "signal.path === path && signal.member === 'ScanDone'",
    replace: "signal.member === 'ScanDone'",
    tests: ['test/native/report/linux.test.ts'],
  },
  {
    name: 'a list of fake networks is taken whatever is wrong with it',
    file: 'native/fake/fake-network.ts',
    search: 'return problems.length > 0 ? E.left(problems) : list;',
    replace: 'return list;',
    tests: ['test/native/fake/fake-networks.test.ts'],
  },
  {
    name: 'a made-up network has another rate',
    file: 'protocol/network-elements.ts',
    search: '[48, 72, 96, 108];',
    replace: '[48, 72, 96, 107];',
    tests: ['test/protocol/network-elements.test.ts'],
  },
  {
    name: 'a made-up network names no mobility domain',
    file: 'protocol/network-elements.ts',
    search: 'const mobilityDomain = [1, 0, 0];',
    replace: 'const mobilityDomain = [0, 0, 0];',
    tests: ['test/protocol/network-elements.test.ts'],
  },
  {
    name: 'a frame shorter than a header cannot be kept',
    file: 'protocol/describe.ts',
    search: '  if (frame.length < headerSize) return copy;\n',
    replace: '',
    tests: ['test/protocol/describe.test.ts'],
  },
];
