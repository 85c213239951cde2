/** The inspector's page: what comes over the socket, the point in time that is looked at, and the panels that show it. */
import { eventLimit, type InspectorMessage } from '../inspector/messages.js';
import { Connection, type ConnectionState } from './connection.js';
import { DetailPanel } from './detail-panel.js';
import { byId, setAttribute, setText } from './dom.js';
import { EventPanel } from './event-panel.js';
import { GuestPanel } from './guest-panel.js';
import { MachinePanel } from './machine-panel.js';
import { NetworkPanel } from './network-panel.js';
import { timeText } from './row-text.js';
import { type Scene, Session } from './session.js';
import { loadSession, saveSession } from './session-file.js';
import { TreePanel } from './tree-panel.js';

const stateWords: Readonly<Record<ConnectionState, string>> = {
  connecting: 'connecting…',
  connected: 'live',
  away: 'the service is not there; looking for it again…',
  refused:
    'this address has been used, is from a former run or is wrong: ask the service for a new one (kill -USR2 and its process id)',
};

/** Seconds of signals in the lines. */
const history = 120;

let session = new Session(eventLimit);
/** The chosen row; null: now. */
let cursor: number | null = null;
let selected: string | undefined;
let fileName: string | undefined;
let dirty = false;
let past: { readonly session: Session; readonly number: number; readonly scene: Scene } | undefined;

/** Everything that was kept is on its way: drawing what has come of it would hold up the rest. */
let filling = false;
let connectionState: ConnectionState = 'connecting';
/** What was wrong with a file, until the next thing is done. */
let complaint: string | undefined;

const draw = (): void => {
  if (dirty || filling) return;
  dirty = true;
  requestAnimationFrame(() => {
    dirty = false;
    render();
  });
};

const connection = new Connection({
  onState: (state) => {
    connectionState = state;
    if (state === 'away' || state === 'refused') filling = false;
    renderConnection();
  },
  onMessage: (message) => {
    receive(message);
    draw();
  },
});

const receive = (message: InspectorMessage): void => {
  switch (message.type) {
    case '@proxy-wifi.hello':
      session = new Session(message.limit);
      cursor = null;
      filling = true;
      networks.mayAct(message.air === true);
      break;
    case '@proxy-wifi.acted':
      complaint = message.problem ?? undefined;
      break;
    case '@proxy-wifi.caught-up':
      filling = false;
      break;
    default:
      session.add(message);
  }
};

const select = (sessionId: string): void => {
  selected = sessionId;
  if (document.body.dataset.view === 'actors') show('machine');
  draw();
};

/** The rows that can be looked at: keys may come faster than pictures. */
const rows = (): readonly number[] => events.numbersOf(session, selected);

/** Looks at a row, or at now. */
const goTo = (number: number | null): void => {
  cursor = number;
  complaint = undefined;
  if (number !== null) {
    const row = session.row(number);
    if (row?.type === '@xstate.event' && !byId('own', HTMLInputElement).checked) {
      const machine = session.sceneAt(number).actors.get(row.sessionId)?.machine;
      if (machine !== null && machine !== undefined) selected = row.sessionId;
    }
    events.reveal(number);
  }
  draw();
};

const step = (by: -1 | 1): void => {
  const numbers = rows();
  if (numbers.length === 0) return;
  const at = cursor === null ? numbers.length : numbers.findIndex((number) => number >= (cursor ?? 0));
  const from = at < 0 ? numbers.length : at;
  const number = numbers[Math.max(0, Math.min(numbers.length - 1, from + by))];
  if (number !== undefined) goTo(number);
};

const events = new EventPanel(goTo, draw);
const tree = new TreePanel(byId('tree', HTMLElement), select);
const machine = new MachinePanel();
const detail = new DetailPanel(byId('detail', HTMLElement), goTo);
const networks = new NetworkPanel(byId('interfaces', HTMLElement), (step) => connection.act(step));
const guests = new GuestPanel(byId('cards', HTMLElement));
const timeline = byId('timeline', HTMLInputElement);
const pauseButton = byId('pause', HTMLButtonElement);
const moment = byId('moment', HTMLElement);
const liveButton = byId('live', HTMLButtonElement);

const currentScene = (): Scene => {
  if (cursor === null) return session.live;
  if (past?.session !== session || past.number !== cursor)
    past = { session, number: cursor, scene: session.sceneAt(cursor) };
  return past.scene;
};

/** The badge: its words, and the kind of them for its colour. */
const badge = (): readonly [words: string, kind: string] => {
  if (complaint !== undefined) return [complaint, 'complaint'];
  if (fileName !== undefined) return [`file ${fileName}`, 'file'];
  if (connectionState === 'connected' && cursor !== null) return ['paused', 'paused'];
  return [stateWords[connectionState], connectionState];
};

const renderConnection = (): void => {
  const status = byId('connection', HTMLElement);
  const [words, kind] = badge();
  setText(status, words);
  setAttribute(status, 'data-state', kind);
};

const render = (): void => {
  renderConnection();
  if (cursor !== null && cursor < session.first) cursor = session.first;
  const scene = currentScene();
  if (selected === undefined || !scene.actors.has(selected)) {
    const fallback = [...scene.actors.values()].find(({ machine }) => machine !== null);
    if (cursor === null || selected === undefined) selected = fallback?.sessionId;
  }
  tree.render(scene, selected);
  machine.render(
    selected === undefined ? undefined : scene.actors.get(selected),
    session.nameOf(selected),
    cursor !== null,
  );
  events.render(session, selected, cursor);
  const numbers = rows();
  detail.render(session, cursor ?? undefined);
  networks.render(
    session.statuses(cursor ?? session.next, history),
    cursor === null && fileName === undefined,
  );
  guests.render(scene.status);
  const at = cursor === null ? numbers.length - 1 : numbers.findIndex((number) => number >= (cursor ?? 0));
  timeline.max = String(Math.max(0, numbers.length - 1));
  timeline.value = String(at < 0 ? numbers.length - 1 : at);
  const row = cursor === null ? undefined : session.row(cursor);
  setAttribute(timeline, 'aria-valuetext', row === undefined ? 'now' : timeText(row.createdAt));
  setText(moment, row === undefined ? (fileName ?? 'now') : timeText(row.createdAt));
  setAttribute(pauseButton, 'aria-pressed', String(cursor !== null));
  setText(pauseButton, cursor === null ? 'Pause' : 'Resume');
  liveButton.hidden = fileName === undefined;
};

/** On a small window one view is seen at a time. */
const show = (view: string): void => {
  document.body.dataset.view = view;
  for (const tab of document.querySelectorAll<HTMLElement>('[role=tab]')) {
    setAttribute(tab, 'aria-selected', String(tab.dataset.view === view));
    setAttribute(tab, 'tabindex', tab.dataset.view === view ? '0' : '-1');
  }
  draw();
};

const togglePause = (): void => goTo(cursor === null ? (rows().at(-1) ?? null) : null);

const save = (): void => {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([saveSession(session)], { type: 'application/json' }));
  link.download = `proxy-wifi-${new Date().toISOString().replaceAll(':', '-').slice(0, 19)}.json`;
  link.click();
  URL.revokeObjectURL(link.href);
};

const load = async (file: File): Promise<void> => {
  const loaded = loadSession(await file.text());
  complaint = typeof loaded === 'string' ? loaded : undefined;
  if (typeof loaded === 'string') return renderConnection();
  connection.close();
  filling = false;
  session = loaded;
  cursor = null;
  fileName = file.name;
  draw();
};

pauseButton.addEventListener('click', togglePause);
byId('back', HTMLButtonElement).addEventListener('click', () => step(-1));
byId('forward', HTMLButtonElement).addEventListener('click', () => step(1));
timeline.addEventListener('input', () => goTo(rows()[Number(timeline.value)] ?? null));
byId('save', HTMLButtonElement).addEventListener('click', save);
const fileInput = byId('file', HTMLInputElement);
byId('load', HTMLButtonElement).addEventListener('click', () => fileInput.click());
fileInput.addEventListener('change', () => {
  const [file] = fileInput.files ?? [];
  if (file !== undefined) void load(file);
  fileInput.value = '';
});
liveButton.addEventListener('click', () => {
  fileName = undefined;
  complaint = undefined;
  session = new Session(eventLimit);
  cursor = null;
  connection.open();
  draw();
});

byId('list', HTMLElement).addEventListener('keydown', (event) => {
  const numbers = rows();
  const actions: Readonly<Record<string, () => void>> = {
    ArrowUp: () => step(-1),
    ArrowDown: () => step(1),
    Home: () => goTo(numbers[0] ?? null),
    End: () => goTo(numbers.at(-1) ?? null),
  };
  const action = actions[event.key];
  if (action === undefined) return;
  event.preventDefault();
  action();
});

const tabs = [...document.querySelectorAll<HTMLElement>('[role=tab]')];
for (const [i, tab] of tabs.entries()) {
  tab.addEventListener('click', () => show(tab.dataset.view ?? 'machine'));
  tab.addEventListener('keydown', ({ key }) => {
    const next =
      key === 'ArrowRight' ? tabs[(i + 1) % tabs.length] : key === 'ArrowLeft' ? tabs.at(i - 1) : undefined;
    if (next === undefined) return;
    show(next.dataset.view ?? 'machine');
    next.focus();
  });
}

addEventListener('keydown', (event) => {
  if (event.ctrlKey || event.altKey || event.metaKey) return;
  const typing = event.target instanceof HTMLInputElement && event.target.type === 'search';
  if (typing) {
    if (event.key !== 'Escape') return;
    // Some browsers clear the field.
    event.preventDefault();
    byId('list', HTMLElement).focus();
    return;
  }
  const actions: Readonly<Record<string, () => void>> = {
    p: togglePause,
    ',': () => step(-1),
    '.': () => step(1),
    '/': () => events.focusFilter(),
  };
  const action = actions[event.key];
  if (action === undefined) return;
  event.preventDefault();
  action();
});
addEventListener('resize', draw);

show('machine');
connection.open();
