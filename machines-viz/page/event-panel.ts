/** The list of events: only what is seen of it is in the document, so that its length costs nothing. */
import { byId, element, setAttribute, setText } from './dom.js';
import { isInnerEvent, rowText, timeText } from './row-text.js';
import type { Row, Session } from './session.js';

/** As in the style sheet. */
const rowHeight = 42;
const reserve = 6;

export class EventPanel {
  readonly #list = byId('list', HTMLElement);
  readonly #rows = byId('rows', HTMLElement);
  readonly #count = byId('count', HTMLElement);
  readonly #filter = byId('filter', HTMLInputElement);
  readonly #own = byId('own', HTMLInputElement);
  readonly #frames = byId('frames', HTMLInputElement);
  readonly #inner = byId('inner', HTMLInputElement);
  readonly #onSelect: (number: number) => void;
  readonly #pool: HTMLElement[] = [];
  #session: Session | undefined;
  #actor: string | undefined;
  #numbers: number[] = [];
  #seen = 0;
  #key = '';
  /** For which `#key` the rows were drawn last. */
  #drawnKey = '';

  constructor(onSelect: (number: number) => void, onChange: () => void) {
    this.#onSelect = onSelect;
    for (const input of [this.#filter, this.#own, this.#frames, this.#inner])
      input.addEventListener('input', onChange);
    this.#list.addEventListener('scroll', onChange, { passive: true });
    this.#rows.addEventListener('click', ({ target }) => {
      const row = target instanceof Element ? target.closest<HTMLElement>('[data-number]') : null;
      if (row?.dataset.number !== undefined) this.#onSelect(Number(row.dataset.number));
    });
  }

  /** Numbers of the rows that the filter lets through, in their order: as typed by now, and not as drawn last. */
  numbersOf(session: Session, actor: string | undefined): readonly number[] {
    this.#update(session, actor);
    return this.#numbers;
  }

  /** `cursor`: the chosen row; null: the newest one is followed. */
  render(session: Session, actor: string | undefined, cursor: number | null): void {
    this.#update(session, actor);
    setAttribute(this.#list, 'data-filter', this.#filter.value);
    setText(this.#count, `${this.#numbers.length} shown`);
    const { clientHeight } = this.#list;
    this.#rows.style.height = `${this.#numbers.length * rowHeight}px`;
    if (cursor === null) this.#list.scrollTop = this.#numbers.length * rowHeight - clientHeight;
    // What was chosen stays in view when others appear around it.
    else if (this.#key !== this.#drawnKey) this.reveal(cursor);
    this.#drawnKey = this.#key;
    const first = Math.max(0, Math.floor(this.#list.scrollTop / rowHeight) - reserve);
    const count = Math.ceil(clientHeight / rowHeight) + 2 * reserve;
    const shown = this.#numbers.slice(first, first + count);
    while (this.#pool.length < shown.length) {
      const row = element(
        'div',
        { role: 'option', class: 'row' },
        ...['at', 'what', 'outcome', 'who'].map((name) => element('span', { class: name })),
      );
      this.#pool.push(row);
      this.#rows.append(row);
    }
    for (const [i, row] of this.#pool.entries()) {
      const number = shown[i];
      const entry = number === undefined ? undefined : session.row(number);
      row.hidden = entry === undefined;
      if (entry === undefined) row.removeAttribute('id');
      if (number !== undefined && entry !== undefined)
        this.#fill(row, session, entry, number, first + i, number === cursor);
    }
    setAttribute(
      this.#list,
      'aria-activedescendant',
      cursor !== null && shown.includes(cursor) ? `row${cursor}` : null,
    );
  }

  /** Brings a row into view. */
  reveal(number: number): void {
    const at = this.#numbers.indexOf(number);
    if (at < 0) return;
    const top = at * rowHeight;
    const { scrollTop, clientHeight } = this.#list;
    if (top < scrollTop) this.#list.scrollTop = top;
    else if (top + rowHeight > scrollTop + clientHeight)
      this.#list.scrollTop = top + rowHeight - clientHeight;
  }

  focusFilter(): void {
    this.#filter.focus();
  }

  #update(session: Session, actor: string | undefined): void {
    const words = this.#filter.value
      .toLowerCase()
      .split(/\s+/)
      .filter((word) => word !== '');
    const key = JSON.stringify([
      words,
      this.#own.checked ? actor : null,
      this.#frames.checked,
      this.#inner.checked,
    ]);
    if (session !== this.#session || key !== this.#key) {
      this.#session = session;
      this.#key = key;
      this.#actor = this.#own.checked ? actor : undefined;
      this.#numbers = [];
      this.#seen = session.first;
    }
    const isShown = (row: Row): boolean => {
      if (
        row.type === '@proxy-wifi.frame'
          ? !this.#frames.checked || this.#actor !== undefined
          : !this.#inner.checked && isInnerEvent(row)
      )
        return false;
      if (
        row.type === '@xstate.event' &&
        this.#actor !== undefined &&
        row.sessionId !== this.#actor &&
        row.sourceId !== this.#actor
      )
        return false;
      if (words.length === 0) return true;
      const all = rowText(session, row).all.toLowerCase();
      return words.every((word) => all.includes(word));
    };
    this.#numbers.push(...session.rows(isShown, this.#seen));
    this.#seen = session.next;
    const gone = this.#numbers.findIndex((number) => number >= session.first);
    if (gone > 0) this.#numbers.splice(0, gone);
    if (gone < 0) this.#numbers = [];
  }

  #fill(row: HTMLElement, session: Session, entry: Row, number: number, at: number, selected: boolean): void {
    const { what, who, outcome } = rowText(session, entry);

    const texts = [timeText(entry.createdAt), what, outcomeText(entry, outcome), who];
    for (const [i, text] of texts.entries()) {
      const cell = row.children[i];
      if (cell !== undefined) setText(cell, text);
    }
    row.style.transform = `translateY(${at * rowHeight}px)`;
    setAttribute(row, 'id', `row${number}`);
    setAttribute(row, 'data-number', String(number));
    setAttribute(row, 'aria-selected', String(selected));
    setAttribute(row, 'aria-posinset', String(at + 1));
    setAttribute(row, 'aria-setsize', String(this.#numbers.length));
    row.className = entry.type === '@proxy-wifi.frame' ? `row frame ${entry.from}` : 'row';
  }
}

const outcomeText = ({ type }: Row, outcome: string): string =>
  type === '@xstate.event' && outcome !== '' ? `⇒ ${outcome}` : outcome;
