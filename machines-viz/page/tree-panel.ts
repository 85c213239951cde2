/** The tree of actors with their states. */
import { element, setAttribute, setText } from './dom.js';
import type { ActorView, Scene } from './session.js';
import { stateText } from './state-text.js';

/** More siblings than this are folded at first. */
const mostUnfolded = 24;

/** The user does not want things to move. */
const calm = matchMedia('(prefers-reduced-motion: reduce)');

interface Item {
  readonly row: HTMLElement;
  readonly name: HTMLElement;
  readonly state: HTMLElement;
}

export class TreePanel {
  readonly #tree: HTMLElement;
  readonly #onSelect: (sessionId: string) => void;
  readonly #items = new Map<string, Item>();
  /** What the user has folded or unfolded. */
  readonly #folded = new Map<string, boolean>();
  #order: readonly ActorView[] = [];
  #selected: string | undefined;
  /** The one that was last brought into view. */
  #seen: string | undefined;
  #scene: Scene | undefined;

  constructor(tree: HTMLElement, onSelect: (sessionId: string) => void) {
    this.#tree = tree;
    this.#onSelect = onSelect;
    tree.addEventListener('click', ({ target }) => {
      const row = target instanceof Element ? target.closest<HTMLElement>('.actor') : null;
      const id = row?.dataset.actor;
      if (id === undefined) return;
      if (target instanceof Element && target.closest('.fold') !== null) this.#fold(id);
      else this.#choose(id);
    });
    tree.addEventListener('keydown', (event) => this.#onKey(event));
  }

  render(scene: Scene, selected: string | undefined): void {
    this.#scene = scene;
    const isNew = this.#seen !== selected;
    this.#seen = selected;
    this.#selected = selected;
    const children = new Map<string | undefined, ActorView[]>();
    for (const actor of scene.actors.values()) {
      const parent =
        actor.parentId !== undefined && scene.actors.has(actor.parentId) ? actor.parentId : undefined;
      const siblings = children.get(parent);
      if (siblings === undefined) children.set(parent, [actor]);
      else siblings.push(actor);
    }
    const order: ActorView[] = [];
    const rows: HTMLElement[] = [];
    const place = (parent: string | undefined, level: number): void => {
      const siblings = children.get(parent) ?? [];
      for (const [i, actor] of siblings.entries()) {
        const inner = children.get(actor.sessionId)?.length ?? 0;
        const open =
          inner > 0 && !(this.#folded.get(actor.sessionId) ?? (siblings.length > mostUnfolded && level > 1));
        order.push(actor);
        rows.push(this.#item(actor, { level, position: i + 1, siblings: siblings.length, inner, open }));
        if (open) place(actor.sessionId, level + 1);
      }
    };
    place(undefined, 1);
    this.#order = order;
    for (const [id] of this.#items) if (!scene.actors.has(id)) this.#items.delete(id);
    this.#show(rows);
    if (isNew && selected !== undefined) this.#items.get(selected)?.row.scrollIntoView({ block: 'nearest' });
  }

  /** Whoever stays is not moved: a row that is taken out loses the keys, even if it comes back at once. */
  #show(rows: readonly HTMLElement[]): void {
    const hadKeys = this.#tree.contains(document.activeElement);
    const wanted = new Set<Element>(rows);
    for (const row of [...this.#tree.children]) if (!wanted.has(row)) row.remove();
    for (const [i, row] of rows.entries())
      if (this.#tree.children[i] !== row) this.#tree.insertBefore(row, this.#tree.children[i] ?? null);
    // Those of one that has ended go to the one that is shown in its place.
    if (hadKeys && !this.#tree.contains(document.activeElement))
      this.#tree.querySelector<HTMLElement>('[tabindex="0"]')?.focus();
  }

  #item(
    actor: ActorView,
    at: {
      readonly level: number;
      readonly position: number;
      readonly siblings: number;
      readonly inner: number;
      readonly open: boolean;
    },
  ): HTMLElement {
    let item = this.#items.get(actor.sessionId);
    if (item === undefined) {
      const name = element('span', { class: 'name' });
      const state = element('span', { class: 'state' });
      const fold = element('span', { class: 'fold', 'aria-hidden': 'true' });
      const row = element('div', { role: 'treeitem', 'data-actor': actor.sessionId }, fold, name, state);
      item = { row, name, state };
      this.#items.set(actor.sessionId, item);
    }
    const { row, name, state } = item;
    const value = actor.machine === null ? '' : stateText(actor.snapshot.value);
    setText(name, actor.name);
    if (!calm.matches && state.textContent !== '' && state.textContent !== value)
      state.animate([{ opacity: 0.25 }, { opacity: 1 }], { duration: 350 });
    setText(state, value);
    row.style.setProperty('--level', String(at.level));
    setAttribute(row, 'class', actor.machine === null ? 'actor effect' : 'actor');
    setAttribute(row, 'aria-level', String(at.level));
    setAttribute(row, 'aria-posinset', String(at.position));
    setAttribute(row, 'aria-setsize', String(at.siblings));
    setAttribute(row, 'aria-expanded', at.inner > 0 ? String(at.open) : null);
    const selected = actor.sessionId === this.#selected;
    setAttribute(row, 'aria-selected', String(selected));
    setAttribute(row, 'tabindex', selected || (this.#selected === undefined && at.level === 1) ? '0' : '-1');
    return row;
  }

  #fold(id: string, folded = this.#items.get(id)?.row.getAttribute('aria-expanded') === 'true'): void {
    this.#folded.set(id, folded);
    if (this.#scene !== undefined) this.render(this.#scene, this.#selected);
  }

  #onKey(event: KeyboardEvent): void {
    const at = this.#order.findIndex(({ sessionId }) => sessionId === this.#selected);
    const actor = this.#order[at];
    const row = actor === undefined ? undefined : this.#items.get(actor.sessionId)?.row;
    const expanded = row?.getAttribute('aria-expanded');
    const targets: Readonly<Record<string, string | undefined>> = {
      ArrowDown: this.#order[at + 1]?.sessionId,
      ArrowUp: this.#order[Math.max(0, at - 1)]?.sessionId,
      Home: this.#order[0]?.sessionId,
      End: this.#order.at(-1)?.sessionId,
      ArrowRight: expanded === 'true' ? this.#order[at + 1]?.sessionId : undefined,
      ArrowLeft: expanded === 'true' ? undefined : actor?.parentId,
    };
    if (!(event.key in targets)) return;
    event.preventDefault();
    const folds = event.key === 'ArrowLeft' && expanded === 'true';
    const unfolds = event.key === 'ArrowRight' && expanded === 'false';
    if (actor !== undefined && (folds || unfolds)) {
      this.#fold(actor.sessionId, folds);
      return;
    }
    const target = targets[event.key];
    if (target === undefined) return;
    this.#items.get(target)?.row.focus();
    this.#choose(target);
  }

  #choose(id: string): void {
    // The next key may come before the next picture.
    this.#selected = id;
    this.#onSelect(id);
  }
}
