/**
 * The agent that answers NetworkManager when a guest's key turns out to be wrong: nobody is asked for another one.
 *
 * Without it NetworkManager would ask the agents of the service's user, with a dialog on the desktop for a network of the
 * guest's choice. Agents of the process that has activated the connection come first (`agent_compare_func` of
 * NetworkManager 1.42), and one that says that the user has cancelled is the last (`_con_get_request_done`).
 */
import { type Dbus, propertiesOf } from './dbus.js';
import { callManager, manager } from './network-manager-objects.js';
import { beforeIn } from './network-manager-profile.js';

/** The object that NetworkManager calls (its D-Bus API, "SecretAgent"). */
const agent = {
  path: '/org/freedesktop/NetworkManager/SecretAgent',
  interface: 'org.freedesktop.NetworkManager.SecretAgent',
} as const;

/** Ends the question. */
const cancelled = `${agent.interface}.UserCanceled`;
/** Passes it on to the next agent: the profile is none of ours. */
const noSecrets = `${agent.interface}.NoSecrets`;

/** Prepares the answers of one connection to the bus. */
export const answerNobody = (bus: Dbus): void =>
  bus.refuse({ ...agent, member: 'GetSecrets' }, ([settings]) =>
    beforeIn(propertiesOf(settings)) === undefined ? noSecrets : cancelled,
  );

/** Tells NetworkManager of the agent. Done before each activation: it may have been started anew since the last one. */
export const registerAgent = async (bus: Dbus): Promise<void> => {
  // Refused when it is registered already, or agents are not wanted from this user: then nothing is lost.
  await callManager(bus, manager.agentsPath, manager.agents, 'Register', {
    signature: 's',
    body: [`proxy-wifi.${process.pid}`],
  })();
};
