/** The chosen event with its sender, its cause and what came of it; or the chosen frame, field by field. */
import { describeFrame } from '../../protocol/describe.js';
import type { EventMessage, FrameMessage } from '../inspector/messages.js';
import { element } from './dom.js';
import { frameBytes, operationOf, rowText, timeText } from './row-text.js';
import type { Row, Session } from './session.js';
import { stateText } from './state-text.js';

const mostFields = 400;
const mostFollowers = 12;

export class DetailPanel {
  readonly #panel: HTMLElement;
  readonly #onSelect: (number: number) => void;
  #shown: string | undefined;

  constructor(panel: HTMLElement, onSelect: (number: number) => void) {
    this.#panel = panel;
    this.#onSelect = onSelect;
  }

  render(session: Session, number: number | undefined): void {
    const row = number === undefined ? undefined : session.row(number);
    const isDone = row?.type === '@xstate.event' && session.resultOf(row.id) !== undefined;
    const key = `${row?.id} ${row?.createdAt} ${isDone}`;
    if (key === this.#shown) return;
    this.#shown = key;
    if (row === undefined)
      this.#panel.replaceChildren(
        element('p', { class: 'hint' }, 'Choose an event to see what led to it and what came of it.'),
      );
    else
      this.#panel.replaceChildren(
        ...(row.type === '@xstate.event' ? this.#event(session, row) : this.#frame(row)),
      );
  }

  #event(session: Session, message: EventMessage): readonly Node[] {
    const { type, ...fields } = message.event;
    const result = session.resultOf(message.id);
    const rows: (readonly [string, Node | string])[] = [
      ['time', timeText(message.createdAt)],
      ['to', session.nameOf(message.sessionId)],
      ['from', message.sourceId === undefined ? 'outside the machines' : session.nameOf(message.sourceId)],
      ['caused by', this.#link(session, message.cause)],
    ];
    if (result !== undefined) {
      const state = stateText(result.snapshot.value);
      rows.push(['then', state === '' ? result.snapshot.status : state]);
      const steps = result.transitions.map(({ source, event, targets }) => {
        const how = event === '' ? 'at once' : event;
        return `${source === '' ? 'machine' : source}: ${how}${targets.length > 0 ? ` → ${targets.join(', ')}` : ''}`;
      });
      rows.push([
        'took',
        steps.length === 0
          ? 'no transition'
          : element('ul', {}, ...steps.map((step) => element('li', {}, step))),
      ]);
    }
    const followers = session.followers(message.id).slice(0, mostFollowers);
    if (followers.length > 0)
      rows.push([
        'led to',
        element('ul', {}, ...followers.map((number) => element('li', {}, this.#button(session, number)))),
      ]);
    const data = Object.keys(fields).length > 0 ? [element('pre', {}, JSON.stringify(fields, null, 2))] : [];
    return [element('h3', {}, type), table(rows), ...data];
  }

  #frame(message: FrameMessage): readonly Node[] {
    const fields = describeFrame(frameBytes(message), message.from);
    const head = element(
      'tr',
      {},
      ...['field', 'value', 'meaning'].map((name) => element('th', { scope: 'col' }, name)),
    );
    const body = fields
      .slice(0, mostFields)
      .map(({ offset, size, field, value, meaning }) =>
        element(
          'tr',
          {},
          element('th', { scope: 'row', title: `${size} bytes at ${offset}` }, field),
          element('td', { class: 'value' }, value),
          element('td', {}, meaning),
        ),
      );
    const more = fields.length - mostFields;
    return [
      element('h3', {}, operationOf(message)),
      table([
        ['time', timeText(message.createdAt)],
        ['from', message.from === 'guest' ? message.guest : 'host'],
        ['channel', message.channel],
      ]),
      element(
        'div',
        { class: 'scroll' },
        element('table', { class: 'fields' }, element('thead', {}, head), element('tbody', {}, ...body)),
      ),
      ...(more > 0 ? [element('p', { class: 'hint' }, `and ${more} fields more`)] : []),
    ];
  }

  #link(session: Session, id: string | null): Node | string {
    if (id === null) return 'nothing before it';
    const number = session.numberOf(id);
    return number === undefined ? 'an event that is not kept any more' : this.#button(session, number);
  }

  #button(session: Session, number: number): Node {
    const row = session.row(number);
    const button = element('button', { class: 'link' }, row === undefined ? '' : label(session, row));
    button.addEventListener('click', () => this.#onSelect(number));
    return button;
  }
}

const label = (session: Session, row: Row): string => {
  const { what, who } = rowText(session, row);
  return `${what}: ${who}`;
};

const table = (rows: readonly (readonly [string, Node | string])[]): HTMLElement =>
  element('dl', {}, ...rows.flatMap(([name, value]) => [element('dt', {}, name), element('dd', {}, value)]));
