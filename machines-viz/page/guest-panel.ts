/** Guests with their sessions, queues and counters; what the service counts; where it listens. */
import type { StatusMessage } from '../inspector/messages.js';
import { element, setText } from './dom.js';
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

/** They are noted once a second. */
const unknown = 'The guests were noted for the first time after that moment.';

/** `notificationsSent` → `notifications sent` */
const words = (name: string): string => name.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);

const counterRows = ({ counters }: StatusMessage['status']): readonly HTMLElement[] =>
  Object.entries(counters).flatMap(([counter, labels]) =>
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

const endpointRows = ({ endpoints }: StatusMessage['status']): readonly HTMLElement[] =>
  endpoints.map(({ endpoint, state, address, problem }) =>
    element('li', {}, address ?? endpoint, element('small', {}, problem ?? stateText(state))),
  );

/** `3 guests, 12 requests` */
const summaryOf = ({ guests, counters }: StatusMessage['status']): string => {
  const requests = Object.values(counters.requests).reduce((sum, count) => sum + count, 0);
  const count = (many: number, one: string): string => `${many} ${one}${many === 1 ? '' : 's'}`;
  return `${count(guests.length, 'guest')}, ${count(requests, 'request')}`;
};

/** What the service has counted and where it listens stand above the guests, however many there are. */
export class GuestPanel {
  readonly #summary = element('summary');
  readonly #counters = element('tbody');
  readonly #endpoints = element('ul');
  readonly #guests = element('div', { class: 'cards' });
  /** By guest, with what its card shows: a card that need not change stays, with what is chosen or selected in it. */
  readonly #cards = new Map<string, { readonly text: string; readonly card: HTMLElement }>();
  #shown: StatusMessage | undefined;

  constructor(panel: HTMLElement) {
    panel.replaceChildren(
      element(
        'details',
        { class: 'counters' },
        this.#summary,
        element(
          'table',
          {},
          element('caption', { class: 'hidden' }, 'What the service has counted'),
          this.#counters,
        ),
        element('h3', {}, 'Endpoints'),
        this.#endpoints,
      ),
      this.#guests,
    );
    this.#say(unknown);
  }

  render(message: StatusMessage | undefined): void {
    if (message === this.#shown) return;
    this.#shown = message;
    this.#counters.replaceChildren(...(message === undefined ? [] : counterRows(message.status)));
    this.#endpoints.replaceChildren(...(message === undefined ? [] : endpointRows(message.status)));
    setText(this.#summary, message === undefined ? 'Counters' : summaryOf(message.status));
    if (message === undefined) this.#say(unknown);
    else if (message.status.guests.length === 0) this.#say('No guest has shown up yet.');
    else this.#show(message.status.guests);
  }

  #say(hint: string): void {
    this.#cards.clear();
    this.#guests.replaceChildren(element('p', { class: 'hint' }, hint));
  }

  #show(guests: readonly Guest[]): void {
    const cards = guests.map((guest) => {
      const text = JSON.stringify(guest);
      const known = this.#cards.get(guest.id);
      if (known?.text === text) return known.card;
      const made = card(guest);
      this.#cards.set(guest.id, { text, card: made });
      return made;
    });
    const shown = new Set(cards);
    for (const [id, { card }] of this.#cards) if (!shown.has(card)) this.#cards.delete(id);
    for (const [i, card] of cards.entries())
      if (this.#guests.children[i] !== card)
        this.#guests.insertBefore(card, this.#guests.children[i] ?? null);
    while (this.#guests.children.length > cards.length) this.#guests.lastElementChild?.remove();
  }
}
