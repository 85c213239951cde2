/** `proxy-wifi/guest`: be a guest, as the driver is one: to test a host, to replay captures, to try things out. */
export {
  createGuest,
  type Guest,
  type GuestEvent,
  type GuestFailure,
  type GuestNetwork,
  type GuestOptions,
  guestFailureText,
  type HelloNotice,
} from '../guest.js';
export { derivePmk, type PassphraseProblem, passphraseProblemText } from '../pmk.js';
export {
  type Endpoint,
  type EndpointProblem,
  endpointProblemText,
  parseEndpoint,
} from '../sockets/endpoint.js';
export type { SocketFailure } from '../sockets/transport.js';
export { type AnswerFault, checkAnswer } from './answer.js';
export {
  createPlainGuest,
  GuestError,
  type PlainGuest,
  type PlainGuestOptions,
  type PlainNetwork,
} from './plain.js';
