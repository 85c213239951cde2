/** The way of a connect request through a guest's dispatcher, from the look for its network until it is settled. */
import { StatusCode } from '../../protocol/status.js';
import { dispatching } from './dispatcher-steps.js';

/** @internal */
export const connecting = dispatching.createStateConfig({
  description: 'The guest wants a network; what became of that stands in the attempt.',
  initial: 'matching',
  states: {
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
      always: { guard: 'isImpossible', target: 'settled' },
      invoke: {
        src: 'authorize',
        input: ({ context }) => context,
        onDone: [
          { guard: 'isMirroringApproved', target: 'joining' },
          { guard: 'isApproved', target: 'trying' },
          {
            target: 'settled',
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
          target: 'settled',
          actions: { type: 'noteFailure', params: { status: StatusCode.sequenceTimeout } },
        },
      },
      on: {
        'join.granted': { guard: 'isOfThisTry', target: 'settled', actions: 'noteSuccess' },
        'join.refused': [
          { guard: 'mayMatchAgain', target: 'matching' },
          {
            guard: 'isOfThisTry',
            target: 'settled',
            actions: { type: 'noteFailure', params: { status: StatusCode.refusedTemporarily } },
          },
        ],
      },
    },
    trying: {
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
                target: '#settled',
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
              target: '#settled',
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
      always: [{ guard: 'hasCandidate', target: 'trying' }, { target: 'settled' }],
    },
    settled: { id: 'settled', type: 'final', description: 'It is known what the guest will be told.' },
  },
});
