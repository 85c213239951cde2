/** Buttons that do a step of a scenario now, on the networks and interfaces of a simulated radio. */
import type { SeenNetwork, StatusMessage } from '../inspector/messages.js';
import { element } from './dom.js';

/** Wants a step done. */
export type Act = (step: object) => void;

const button = (words: string, title: string, step: object): HTMLElement =>
  element('button', { type: 'button', title, 'data-act': JSON.stringify(step) }, words);

/** One listener for all buttons of a panel, whichever stand there at the moment. */
export const actButtons = (panel: HTMLElement, act: Act): void =>
  panel.addEventListener('click', ({ target }) => {
    const step = target instanceof HTMLElement ? target.dataset.act : undefined;
    if (step !== undefined) act(JSON.parse(step) as object);
  });

/** What can happen to an access point that an interface sees. */
export const networkButtons = ({ ssid, bssid }: SeenNetwork, port: string): readonly HTMLElement[] => [
  button('Vanish', `${ssid} (${bssid}) falls silent`, { do: 'network.vanishes', bssid }),
  button('Fade', `${ssid} (${bssid}) fades to -88 dBm within 10 s`, {
    do: 'network.fades',
    bssid,
    to: -88,
    over: 10_000,
  }),
  ...(ssid === ''
    ? []
    : [
        button('Connect', `the user of the host connects to ${ssid}`, {
          do: 'user.connects',
          interface: port,
          ssid,
          bssid,
        }),
      ]),
];

/** What can happen to an interface. */
export const interfaceButtons = (port: string, linked: boolean): readonly HTMLElement[] => [
  button('Scan', 'the host scans by itself', { do: 'user.scans', interface: port }),
  ...(linked
    ? [button('Disconnect', 'the user of the host disconnects', { do: 'user.disconnects', interface: port })]
    : []),
  button('Pull out', 'the interface leaves', { do: 'interface.leaves', interface: port }),
];

/** What was there in the time that is shown and is not now, with what brings it back. */
export const goneOf = (statuses: readonly StatusMessage[]): readonly HTMLElement[] => {
  const seen = new Map<string, string>();
  const ports = new Map<string, string>();
  for (const { status, networks } of statuses)
    for (const { id, name, kind } of status.interfaces) {
      if (kind !== 'station') continue;
      ports.set(id, name);
      for (const { bssid, ssid } of networks[id] ?? []) seen.set(bssid, ssid);
    }
  const now = statuses.at(-1);
  for (const { id } of now?.status.interfaces ?? []) ports.delete(id);
  for (const networks of Object.values(now?.networks ?? {}))
    for (const { bssid } of networks) seen.delete(bssid);
  const back = [
    ...[...seen].map(([bssid, ssid]) =>
      button(`${ssid === '' ? bssid : ssid} appears`, `${bssid}, with its own signal`, {
        do: 'network.appears',
        bssid,
      }),
    ),
    ...[...ports].map(([id, name]) =>
      button(`${name} is plugged in`, 'the interface arrives', { do: 'interface.arrives', interface: id }),
    ),
  ];
  return back.length === 0 ? [] : [element('p', { class: 'acts', id: 'gone' }, 'Gone: ', ...back)];
};
