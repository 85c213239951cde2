/** Guests with their sessions, queues and counters; what the service counts; where it listens. */
import type { StatusMessage } from '../inspector/messages.js';
import { element } from './dom.js';
import { stateText } from './state-text.js';

type Guest = StatusMessage['status']['guests'][number];

const fact = (name: string, value: string): readonly Node[] => [
  element('dt', {}, name),
  element('dd', {}, value),
];

const card = (guest: Guest): HTMLElement => {
  const { session } = guest;
  const kind = session?.type === 'hostMirroring' ? 'mirrored' : 'guest-directed';
  return element(
    'article',
    { 'data-guest': guest.id, class: session === null ? undefined : 'connected' },
    element(
      'h3',
      {},
      guest.id,
      element('small', {}, session === null ? 'no session' : `${kind}: ${session.ssid}`),
    ),
    element(
      'dl',
      {},
      ...fact('session', session === null ? '—' : `${session.id} on ${session.interfaceId}`),
      ...fact('last id', String(guest.lastSessionId)),
      ...fact('requests', `${stateText(guest.requestChannel ?? undefined)}, ${guest.connections} open`),
      ...fact('dispatcher', stateText(guest.dispatcher ?? undefined)),
      ...fact(
        'notifications',
        `${stateText(guest.notificationChannel ?? undefined)}, ${guest.queue} waiting`,
      ),
    ),
  );
};

/** They are looked at once a second while a page is open. */
const unknown = 'Nobody looked at the guests before that moment.';

export class GuestPanel {
  readonly #panel: HTMLElement;
  #shown: StatusMessage | undefined;

  constructor(panel: HTMLElement) {
    this.#panel = panel;
  }

  render(message: StatusMessage | undefined): void {
    if (message === this.#shown) return;
    this.#shown = message;
    if (message === undefined) {
      this.#panel.replaceChildren(element('p', { class: 'hint' }, unknown));
      return;
    }
    const { guests, endpoints, counters } = message.status;
    const counts = Object.entries(counters).flatMap(([counter, labels]) =>
      Object.entries(labels).map(([label, count]) =>
        element(
          'tr',
          {},
          element('td', {}, words(counter)),
          element('th', { scope: 'row' }, label),
          element('td', { class: 'number' }, String(count)),
        ),
      ),
    );
    this.#panel.replaceChildren(
      ...(guests.length > 0
        ? guests.map(card)
        : [element('p', { class: 'hint' }, 'No guest has shown up yet.')]),
      element(
        'article',
        { class: 'counters' },
        element('h3', {}, 'Counters'),
        element(
          'table',
          {},
          element('caption', { class: 'hidden' }, 'What the service has counted'),
          element('tbody', {}, ...counts),
        ),
      ),
      element(
        'article',
        { class: 'endpoints' },
        element('h3', {}, 'Endpoints'),
        element(
          'ul',
          {},
          ...endpoints.map(({ endpoint, state, address, problem }) =>
            element('li', {}, address ?? endpoint, element('small', {}, problem ?? stateText(state))),
          ),
        ),
      ),
    );
  }
}

/** `notificationsSent` → `notifications sent` */
const words = (name: string): string => name.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
