/** Calls on a message bus, each of them told to whoever watches native calls. */
import * as E from 'fp-ts/lib/Either.js';
import type { Dbus } from './linux/dbus.js';
import { callBegins } from './native-calls.js';

/** The same bus. Objects are not told, only what is asked of them: a path may hold the name of a network. */
export const tracedBus = (bus: Dbus): Dbus => ({
  ...bus,
  refuse: (method, answer) => bus.refuse(method, answer),
  call: (call) => async () => {
    const ended = callBegins('D-Bus', `${call.interface}.${call.member}`);
    const answer = await bus.call(call)();
    ended(E.isLeft(answer) ? answer.left.code : 'ok');
    return answer;
  },
});
