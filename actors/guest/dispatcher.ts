/** Decides on the requests of one guest, strictly one after another, and keeps the session that they lead to. */
import { connecting } from './connecting.js';
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
        'connect.requested': { target: 'busy.connecting', actions: ['takeRequest', 'noteAttempt'] },
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
        'request.overdue': { target: 'idle', actions: ['cancelTry', 'announceCompleted', 'answer'] },
        'request.abandoned': {
          guard: 'isWorkedOn',
          target: 'idle',
          actions: ['cancelTry', 'announceCompleted', 'answer'],
        },
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
        connecting: { ...connecting, onDone: { target: 'reporting' } },
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
          on: {
            'request.overdue': { target: '#idle', actions: 'answer' },
            'request.abandoned': { guard: 'isWorkedOn', target: '#idle', actions: 'answer' },
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
