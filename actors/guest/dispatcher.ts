/** Decides on the requests of one guest, strictly one after another, and keeps the session that they lead to. */
import { StatusCode } from '../../protocol/status.js';
import { dispatcherEvents } from './dispatcher-state.js';
import { dispatching } from './dispatcher-steps.js';
import { knownBefore } from './session.js';

/** The session of a disconnect that is given up ends all the same: nobody may hold an interface without one. */
const leavingAtOnce = {
  guard: 'isDisconnectGivenUp',
  target: '#idle',
  actions: ['leaveInterface', 'announceCompleted', 'answer'],
} as const;

export const dispatcher = dispatching.createMachine({
  id: 'dispatcher',
  description: 'Answers the requests of one guest and keeps its session.',
  meta: {
    events: dispatcherEvents,
    delays: {
      tryTimeout: "10 s at most; tries that are still to come share what is left of the request's 18 s.",
      disconnectTimeout: 'The session ends even if the host does not disconnect in time.',
    },
  },
  // What is added to a copy, `{ ...input }`, costs V8 11 (of Node 20) a hidden class each, for each guest.
  context: ({ input: { entry, service, facts, interfaces, guests, ownership } }) => ({
    entry,
    service,
    facts,
    interfaces,
    guests,
    ownership,
    guest: entry.guest,
    reader: entry.dispatcher.lastState?.reader ?? entry.reader,
    instance: entry.dispatcher.lastState?.instance ?? null,
    request: null,
    round: null,
    attempt: null,
    disconnection: null,
    rounds: 0,
    // The driver in the virtual machine remembers, whatever became of the actor before this one.
    ...knownBefore(entry),
  }),
  entry: 'takeSeat',
  on: {
    'session.lost': { actions: 'loseSession' },
    'answer.lost': { actions: 'revokeSession' },
    'hellos.missed': { guard: 'hasSession', actions: 'endSession' },
    'guest.unreachable': { guard: 'isGone', actions: 'endSession' },
    'sign.requested': [{ guard: 'isToBeAsked', actions: 'askForSign' }, { actions: 'attest' }],
    'guest.reached': { actions: ['attest', 'tellUntold'] },
    'disconnected.told': { actions: 'noteTold' },
    'session.dismissed': { guard: 'hasSession', actions: ['tellDismissed', 'endSession'] },
  },
  initial: 'idle',
  states: {
    idle: {
      id: 'idle',
      description: 'The guest asks for nothing.',
      on: {
        'scan.requested': [
          {
            guard: 'isScanRequestHooked',
            target: 'busy.announcing',
            actions: ['takeRequest', 'publishRequested'],
          },
          { guard: 'isAnsweredAtOnce', actions: 'answerFreshScan' },
          { target: 'scanning', actions: ['takeScan', 'publishRequested'] },
        ],
        'connect.requested': { target: 'busy.matching', actions: ['takeRequest', 'noteAttempt'] },
        'disconnect.requested': [
          { guard: 'endsSession', target: 'busy.announcing', actions: ['takeRequest', 'publishRequested'] },
          { actions: ['takeRequest', 'answer'] },
        ],
        'hello.requested': [
          {
            guard: 'hasForgottenSession',
            actions: ['endSession', 'noteHello', 'awaitNextHello', 'answerHello'],
          },
          { actions: ['noteHello', 'awaitNextHello', 'answerHello'] },
        ],
      },
    },
    busy: {
      description:
        'A request is worked on that is no mere scan, for 18 s at most; then it is answered with what there is.',
      entry: 'setRequestDeadline',
      exit: 'clearDeadline',
      on: {
        'request.overdue': [
          { guard: 'isReporting', target: 'idle', actions: 'answer' },
          { target: 'idle', actions: ['cancelTry', 'announceCompleted', 'answer'] },
        ],
        'request.abandoned': [
          { guard: 'isReported', target: 'idle', actions: 'answer' },
          {
            guard: 'isWorkedOn',
            target: 'idle',
            actions: ['cancelTry', 'announceCompleted', 'answer'],
          },
        ],
      },
      initial: 'announcing',
      states: {
        announcing: {
          description: 'The host application hears of the request.',
          invoke: {
            src: 'tellRequested',
            input: ({ context }) => context,
            onDone: [
              { guard: 'isScan', target: '#scanning', actions: 'beginRound' },
              { target: 'disconnecting' },
            ],
          },
          on: { 'request.overdue': leavingAtOnce, 'request.abandoned': leavingAtOnce },
        },
        matching: {
          id: 'matching',
          description: 'Is the network there to be mirrored, or which interfaces could connect?',
          invoke: {
            src: 'matchNetwork',
            input: ({ context }) => context,
            onDone: {
              target: 'authorizing',
              actions: { type: 'beginAttempt', params: ({ event }) => ({ match: event.output }) },
            },
          },
        },
        authorizing: {
          description: 'The host application approves or denies.',
          always: { guard: 'isImpossible', target: 'reporting' },
          invoke: {
            src: 'authorize',
            input: ({ context }) => context,
            onDone: [
              { guard: 'isMirroringApproved', target: 'joining' },
              { guard: 'isApproved', target: 'connecting' },
              {
                target: 'reporting',
                actions: { type: 'noteFailure', params: ({ event }) => ({ status: event.output }) },
              },
            ],
          },
        },
        joining: {
          description: 'The table is asked whether the guest may share what the host is connected to.',
          entry: 'askToJoin',
          after: {
            tryTimeout: {
              target: 'reporting',
              actions: { type: 'noteFailure', params: { status: StatusCode.sequenceTimeout } },
            },
          },
          on: {
            'join.granted': { guard: 'isOfThisTry', target: 'reporting', actions: 'noteSuccess' },
            'join.refused': [
              { guard: 'mayMatchAgain', target: 'matching' },
              {
                guard: 'isOfThisTry',
                target: 'reporting',
                actions: { type: 'noteFailure', params: { status: StatusCode.refusedTemporarily } },
              },
            ],
          },
        },
        connecting: {
          description: 'One interface is tried: first it must be free for this guest, then it connects.',
          after: {
            tryTimeout: {
              target: 'choosing',
              actions: ['cancelTry', { type: 'noteFailure', params: { status: StatusCode.sequenceTimeout } }],
            },
          },
          initial: 'claiming',
          states: {
            claiming: {
              description: 'The table is asked for the interface; it may be busy with another guest.',
              entry: 'claimInterface',
              on: {
                'claim.granted': [
                  { guard: 'isStillThere', target: 'ordering' },
                  {
                    guard: 'isOfThisTry',
                    target: '#choosing',
                    actions: [
                      { type: 'settleClaim', params: { outcome: 'failed' } },
                      { type: 'noteFailure', params: { status: StatusCode.unspecifiedFailure } },
                    ],
                  },
                ],
                'claim.refused': {
                  guard: 'isOfThisTry',
                  target: '#choosing',
                  actions: { type: 'noteFailure', params: { status: StatusCode.noMoreStations } },
                },
                'claim.outdated': [
                  { guard: 'mayMatchAgain', target: '#matching' },
                  {
                    guard: 'isOfThisTry',
                    target: '#reporting',
                    actions: { type: 'noteFailure', params: { status: StatusCode.refusedTemporarily } },
                  },
                ],
              },
            },
            ordering: {
              description: 'The interface connects as the guest asked.',
              entry: 'orderConnection',
              on: {
                'interface.connected': {
                  guard: 'isOfThisTry',
                  target: '#reporting',
                  actions: [{ type: 'settleClaim', params: { outcome: 'connected' } }, 'noteSuccess'],
                },
                'interface.refused': {
                  guard: 'isOfThisTry',
                  target: '#choosing',
                  actions: [
                    { type: 'settleClaim', params: { outcome: 'failed' } },
                    { type: 'noteFailure', params: ({ event }) => ({ status: event.status }) },
                  ],
                },
              },
            },
          },
        },
        choosing: {
          id: 'choosing',
          description: 'The next interface is tried, if one is left; passes on at once.',
          always: [{ guard: 'hasCandidate', target: 'connecting' }, { target: 'reporting' }],
        },
        disconnecting: {
          description:
            'The session ends; the last guest of a guest-directed connection disconnects the host.',
          entry: 'leaveInterface',
          always: { guard: 'hasNoSession', target: 'reporting' },
          after: { disconnectTimeout: { target: 'reporting' } },
          on: {
            'interface.released': {
              guard: 'isLeft',
              target: 'reporting',
              actions: { type: 'noteDisconnection', params: { outcome: 'kept' } },
            },
            'interface.disconnected': {
              guard: 'isOfSession',
              target: 'reporting',
              actions: {
                type: 'noteDisconnection',
                params: ({ event }) => ({ outcome: event.ended ? 'disconnected' : 'failed' }),
              },
            },
            'interface.refused': { guard: 'isOfSession', target: 'reporting' },
          },
        },
        reporting: {
          id: 'reporting',
          description: 'The host application hears how it went; then the guest does.',
          entry: 'publishCompleted',
          invoke: {
            src: 'tellCompleted',
            input: ({ context }) => context,
            onDone: { target: '#idle', actions: 'answer' },
          },
        },
      },
    },
    scanning: {
      id: 'scanning',
      description: 'Interfaces without fresh results are asked what they see, and have 10 s for it.',
      entry: ['setScanDeadline', 'noteWish', 'askInterfaces'],
      exit: 'clearDeadline',
      always: { guard: 'isScanDone', target: 'busy.reporting' },
      on: {
        'interface.scanned': [
          { guard: 'isLastOfScan', target: 'idle', actions: ['answerScan', 'forgetScan'] },
          { actions: 'recordScan' },
        ],
        'scan.overdue': { target: 'busy.reporting' },
        'request.abandoned': {
          guard: 'isWorkedOn',
          target: 'idle',
          actions: ['announceCompleted', 'answer'],
        },
      },
    },
  },
});
