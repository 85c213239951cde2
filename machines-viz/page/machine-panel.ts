/** The chosen machine, drawn, with its active states lit. */
import { byId, setAttribute, setText } from './dom.js';
import type { ActorView } from './session.js';
import { activePaths, stateText } from './state-text.js';

export class MachinePanel {
  readonly #picture = byId('picture', HTMLElement);
  readonly #title = byId('machine-title', HTMLElement);
  readonly #state = byId('machine-state', HTMLElement);
  readonly #context = byId('context', HTMLElement);
  readonly #fit = byId('fit', HTMLButtonElement);
  readonly #drawings = new Map<string, Promise<SVGElement | undefined>>();
  #shown: string | undefined;
  /** The chosen one, and the one that the picture shows. */
  #actor: ActorView | undefined;
  #lit: ActorView | undefined;

  constructor() {
    this.#fit.addEventListener('click', () => {
      const whole = this.#picture.classList.toggle('whole');
      setAttribute(this.#fit, 'aria-pressed', String(whole));
    });
  }

  /** `follow`: brings the active state into view when it is another one. */
  render(actor: ActorView | undefined, name: string, follow: boolean): void {
    this.#actor = actor;
    setText(this.#title, actor === undefined ? 'Machine' : name);
    setText(this.#state, actor === undefined ? 'choose an actor' : stateText(actor.snapshot.value));
    setText(this.#context, JSON.stringify(actor?.snapshot.context ?? {}, null, 2));
    const machine = actor?.machine ?? undefined;
    if (machine !== this.#shown) {
      this.#shown = machine;
      this.#lit = undefined;
      this.#picture.replaceChildren();
      if (machine !== undefined) void this.#show(machine);
    } else if (actor !== this.#lit) this.#light(actor, follow);
  }

  async #show(machine: string): Promise<void> {
    const drawing = this.#drawings.get(machine) ?? this.#load(machine);
    this.#drawings.set(machine, drawing);
    const svg = await drawing;
    if (this.#shown !== machine) return;
    if (svg === undefined) {
      this.#drawings.delete(machine);
      this.#shown = undefined;
      return;
    }
    this.#picture.replaceChildren(svg);
    this.#lit = undefined;
    this.#light(this.#actor, true);
  }

  async #load(machine: string): Promise<SVGElement | undefined> {
    try {
      const response = await fetch(`/machines/${machine}.svg`);
      if (!response.ok) return undefined;
      // The page has the same sheet; rules in the picture would be refused.
      const picture = (await response.text()).replace(/<style>.*?<\/style>/s, '');
      const parsed = new DOMParser().parseFromString(picture, 'image/svg+xml');
      return document.importNode(parsed.documentElement, true) as unknown as SVGElement;
    } catch {
      return undefined;
    }
  }

  #light(actor: ActorView | undefined, scroll: boolean): void {
    const before = stateText(this.#lit?.snapshot.value);
    this.#lit = actor;
    const active = new Set(activePaths(actor?.snapshot.value));
    for (const state of this.#picture.querySelectorAll<SVGElement>('[data-state]'))
      state.classList.toggle('active', active.has(state.dataset.state ?? ''));
    const taken = new Set(
      actor?.transitions.map(({ source, event, targets }) => `${source} ${event} ${targets.join(' ')}`),
    );
    for (const arrow of this.#picture.querySelectorAll('.arrow.taken')) arrow.classList.remove('taken');
    for (const transition of this.#picture.querySelectorAll<SVGElement>('.transition')) {
      const { source = '', event = '', target = '' } = transition.dataset;
      const isTaken = taken.has(`${source} ${event} ${target}`);
      transition.classList.toggle('taken', isTaken);
      if (isTaken) transition.closest('.arrow')?.classList.add('taken');
    }
    if (!scroll || before === stateText(actor?.snapshot.value)) return;
    // Of a state that is drawn by itself, too, that comes last.
    const innermost = [...this.#picture.querySelectorAll('.state.active > .leaf')].at(-1);
    innermost?.scrollIntoView({ block: 'center', inline: 'center' });
  }
}
