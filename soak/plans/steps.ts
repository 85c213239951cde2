/** How each step of a plan is done to a simulation. */
import * as O from 'fp-ts/lib/Option.js';
import { ssid } from '../../test/stage/networks.js';
import { signalOf } from './guest.js';
import { networkNames, type Step } from './plan.js';
import type { Simulation } from './simulation.js';

/** Does it, and returns as soon as it is done: what follows from it is still on its way. */
export const carryOut = async (step: Step, simulation: Simulation): Promise<void> => {
  const { network, radio, disk } = simulation;
  const { control } = radio;
  const guest = (n: number) => simulation.guest(n);
  const named = (n: number): string => networkNames[n] ?? networkNames[0];
  const target = (n: number) => ({ kind: 'ssid', ssid: ssid(named(n)) }) as const;
  const port = (n: number) => radio.port(n);
  switch (step.do) {
    case 'ask':
      return guest(step.guest).ask(step.what, named(step.network), step.manner);
    case 'babble':
      return guest(step.guest).babble(step.kind);
    case 'pass':
      return simulation.pass(step.milliseconds);
    case 'trouble':
      network.trouble(guest(step.guest).name, step.kind);
      if (step.kind !== 'crumbling') guest(step.guest).doubt = true;
      return;
    case 'heal':
      return network.heal(guest(step.guest).name);
    case 'reset':
      guest(step.guest).doubt = true;
      return network.reset(guest(step.guest).name);
    case 'port':
      return step.open ? guest(step.guest).listen() : guest(step.guest).deafen();
    case 'fault':
      return control.arm(step.fault);
    case 'quirk':
      simulation.quirks.push(step.quirk);
      return;
    case 'hooks':
      simulation.hooks = step.manner;
      return;
    case 'user connects':
      return control.connectByUser(port(step.port), { ssid: ssid(named(step.network)), bssid: O.none });
    case 'access point goes':
      return control.vanish(target(step.network));
    case 'access point comes':
      return control.appear(target(step.network));
    case 'signal changes':
      return control.fade(
        target(step.network),
        (signalOf[named(step.network)] ?? 0) - simulation.dice.below(10),
        0,
      );
    case 'user disconnects':
      return control.disconnectByUser(port(step.port));
    case 'host scans':
      return control.scanByHost(port(step.port));
    case 'interface leaves':
      return control.leave(port(step.port));
    case 'interface arrives':
      return control.arrive(port(step.port));
    case 'service dies':
      return control.dieService();
    case 'service returns':
      return control.reviveService();
    case 'disk':
      return step.trouble === 'none' ? disk.heal() : simulation.spoil(step.trouble);
    case 'disk tears':
      return simulation.spoil('torn');
    case 'clock':
      simulation.clock.setWallClock(step.by);
      return;
    case 'restart':
      return simulation.restart(step.how);
  }
};
