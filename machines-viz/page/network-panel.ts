/** The networks that each interface sees, with their signals over time. */
import type { SeenNetwork, StatusMessage } from '../inspector/messages.js';
import { type Act, actButtons, goneOf, interfaceButtons, networkButtons } from './air-buttons.js';
import { element } from './dom.js';
import { stateText } from './state-text.js';

/** −90 dBm and less is no bar, −50 dBm and more are four. */
const barsOf = (rssi: number): number => Math.max(0, Math.min(4, Math.ceil((rssi + 90) / 10)));

const svgElement = (name: string, attributes: Readonly<Record<string, string | number>>): SVGElement => {
  const made = document.createElementNS('http://www.w3.org/2000/svg', name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, String(value));
  return made;
};

const bars = (rssi: number): SVGElement => {
  const count = barsOf(rssi);
  const svg = svgElement('svg', {
    class: 'bars',
    viewBox: '0 0 22 16',
    width: 22,
    height: 16,
    role: 'img',
    'aria-label': `${count} of 4 bars`,
  });
  for (let i = 0; i < 4; i += 1)
    svg.append(
      svgElement('rect', {
        x: i * 6,
        y: 12 - i * 4,
        width: 4,
        height: 4 + i * 4,
        rx: 1,
        class: i < count ? 'on' : 'off',
      }),
    );
  return svg;
};

const lineWidth = 96;
const lineHeight = 22;

/** A line from −95 to −30 dBm; where the network was not seen there is a gap. */
const line = (signals: readonly (number | undefined)[]): SVGElement => {
  const known = signals.filter((signal) => signal !== undefined);
  const svg = svgElement('svg', {
    class: 'line',
    viewBox: `0 0 ${lineWidth} ${lineHeight}`,
    width: lineWidth,
    height: lineHeight,
    role: 'img',
    'aria-label': `from ${Math.min(...known)} to ${Math.max(...known)} dBm in the last ${signals.length} s`,
  });
  let path = '';
  let drawing = false;
  for (const [i, signal] of signals.entries()) {
    if (signal === undefined) {
      drawing = false;
      continue;
    }
    const x = signals.length < 2 ? lineWidth : (i / (signals.length - 1)) * lineWidth;
    const y = lineHeight - 2 - ((Math.max(-95, Math.min(-30, signal)) + 95) / 65) * (lineHeight - 4);
    path += `${drawing ? 'L' : 'M'}${x.toFixed(1)} ${y.toFixed(1)}`;
    if (!drawing && i === signals.length - 1) path += 'h.1';
    drawing = true;
  }
  svg.append(svgElement('path', { d: path }));
  return svg;
};

const rowOf = (
  network: SeenNetwork,
  signals: readonly (number | undefined)[],
  linked: boolean,
  ...buttons: readonly HTMLElement[]
): HTMLElement =>
  element(
    'tr',
    { class: linked ? 'linked' : undefined },
    element(
      'th',
      { scope: 'row' },
      network.ssid === '' ? '(hidden)' : network.ssid,
      element('small', {}, network.bssid),
      element('small', {}, `${network.security} · ${network.frequency} MHz`),
      ...(buttons.length === 0 ? [] : [element('div', { class: 'acts' }, ...buttons)]),
    ),
    element('td', { class: 'signal' }, bars(network.rssi), element('span', {}, `${network.rssi} dBm`)),
    element('td', { class: 'history' }, line(signals)),
  );

/** They are noted once a second. */
const unknown = 'The interfaces were noted for the first time after that moment.';

export class NetworkPanel {
  readonly #panel: HTMLElement;
  #mayAct = false;
  #shown: StatusMessage | undefined;
  #shownWithButtons = false;
  /** A button is held: putting another in its place would lose the click. */
  #held = false;

  /** `act` does a step on the air. */
  constructor(panel: HTMLElement, act: Act) {
    this.#panel = panel;
    actButtons(panel, act);
    panel.addEventListener('pointerdown', () => {
      this.#held = true;
    });
    for (const over of ['pointerup', 'pointercancel'])
      addEventListener(over, () => {
        this.#held = false;
      });
  }

  /** Does the service let the page do steps? */
  mayAct(may: boolean): void {
    this.#mayAct = may;
  }

  /** `statuses`: oldest first; the last one is shown, those before give the lines. `live`: it is now. */
  render(statuses: readonly StatusMessage[], live: boolean): void {
    const now = statuses.at(-1);
    const withButtons = live && this.#mayAct;
    if (this.#held || (now === this.#shown && withButtons === this.#shownWithButtons)) return;
    this.#shown = now;
    this.#shownWithButtons = withButtons;
    if (now === undefined) {
      this.#panel.replaceChildren(element('p', { class: 'hint' }, unknown));
      return;
    }
    const focused =
      document.activeElement instanceof HTMLElement ? document.activeElement.dataset.act : undefined;
    const cards = now.status.interfaces.map((port) => this.#card(port, now, statuses, withButtons));
    this.#panel.replaceChildren(
      ...(cards.length > 0 ? cards : [element('p', { class: 'hint' }, 'The host has no interface.')]),
      ...(withButtons ? goneOf(statuses) : []),
    );
    if (focused === undefined) return;
    for (const button of this.#panel.querySelectorAll<HTMLElement>('button[data-act]'))
      if (button.dataset.act === focused) button.focus();
  }

  #card(
    port: StatusMessage['status']['interfaces'][number],
    now: StatusMessage,
    statuses: readonly StatusMessage[],
    withButtons: boolean,
  ): HTMLElement {
    const { id, name, kind, radio, state, link } = port;
    const steered = withButtons && kind === 'station';
    const body = (now.networks[id] ?? [])
      .toSorted((a, b) => b.rssi - a.rssi)
      .map((network) => {
        const signals = statuses.map(
          ({ networks }) => networks[id]?.find(({ bssid }) => bssid === network.bssid)?.rssi,
        );
        return rowOf(
          network,
          signals,
          link?.bssid === network.bssid,
          ...(steered ? networkButtons(network, id) : []),
        );
      });
    const about = kind === 'fake' ? 'made up by the host application' : stateText(state ?? undefined);
    return element(
      'article',
      { 'data-interface': id },
      element(
        'h3',
        {},
        name,
        element('small', {}, `${radio} · ${about}${link === null ? '' : ` · ${link.ssid}`}`),
      ),
      ...(steered ? [element('p', { class: 'acts' }, ...interfaceButtons(id, link !== null))] : []),
      body.length === 0
        ? element('p', { class: 'hint' }, 'no networks')
        : element(
            'table',
            {},
            element('caption', { class: 'hidden' }, `Networks of ${name}`),
            element('tbody', {}, ...body),
          ),
    );
  }
}
