/** Debian's Chromium, headless, and the inspector's page in it. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { type Browser, type BrowserContextOptions, chromium, type Locator, type Page } from 'playwright-core';

/** Nothing of it reaches beyond this machine. */
export const launch = (): Promise<Browser> =>
  chromium.launch({
    executablePath: '/usr/bin/chromium',
    args: [
      ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });

export const laptop = { width: 1440, height: 900 };
export const phone = { width: 390, height: 844 };

/** The page of an inspector. Whatever goes wrong in it fails the test that closes it. */
export class InspectorPage {
  readonly page: Page;
  /** Messages of the inspector's socket so far: many things are told in one. */
  pieces = 0;
  readonly #problems: string[] = [];
  readonly #hosts = new Set<string>();

  private constructor(page: Page) {
    this.page = page;
    page.on('pageerror', ({ message }) => this.#problems.push(message));
    page.on('console', (message) => {
      // A connection that is refused is told to the console by the browser itself.
      if (
        message.type() === 'error' &&
        !/WebSocket|ERR_CONNECTION_REFUSED|Failed to load resource/.test(message.text())
      )
        this.#problems.push(message.text());
    });
    page.on('websocket', (socket) =>
      socket.on('framereceived', () => {
        this.pieces += 1;
      }),
    );
    page.on('request', (request) => this.#hosts.add(new URL(request.url()).hostname));
  }

  static async open(
    browser: Browser,
    url: string,
    options: BrowserContextOptions = { viewport: laptop },
  ): Promise<InspectorPage> {
    const context = await browser.newContext(options);
    const opened = new InspectorPage(await context.newPage());
    await opened.page.goto(url);
    return opened;
  }

  /** Waits until the page says that it is connected. */
  async live(): Promise<this> {
    await this.page.locator('#connection[data-state=connected]').waitFor();
    return this;
  }

  actor(name: string): Locator {
    return this.page.getByRole('treeitem').filter({ hasText: name });
  }

  /** The actor, if it is the chosen one. */
  selected(name: string): Locator {
    return this.page.getByRole('treeitem', { selected: true }).filter({ hasText: name });
  }

  /** From now on each picture comes half a second late. */
  async drawLate(): Promise<void> {
    await this.page.evaluate(`{
      const soon = requestAnimationFrame;
      window.requestAnimationFrame = (draw) => setTimeout(() => soon(draw), 500);
    }`);
  }

  /** The state that the tree shows of an actor. */
  stateOf(name: string): Locator {
    return this.actor(name).locator('.state');
  }

  async chooseActor(name: string): Promise<void> {
    await this.actor(name).first().click();
  }

  /** Chooses the machine of an interface: it stands below what supervises it. */
  async chooseInterface(id: string): Promise<void> {
    await this.chooseActor(`interface:${id}`);
    await this.page.keyboard.press('ArrowDown');
  }

  /** Waits until an actor is seen in a state. */
  async isIn(name: string, state: string): Promise<void> {
    await this.stateOf(name)
      .filter({ hasText: new RegExp(`^${state}$`) })
      .first()
      .waitFor();
  }

  async filter(text: string): Promise<void> {
    await this.page.getByRole('searchbox', { name: 'Filter events' }).fill(text);
    await this.page.locator(`#list[data-filter=${JSON.stringify(text)}]`).waitFor();
  }

  get rows(): Locator {
    return this.page.locator('#rows .row:not([hidden])');
  }

  row(text: string): Locator {
    return this.rows.filter({ hasText: text });
  }

  get selectedRow(): Locator {
    return this.page.locator('#rows .row[aria-selected=true]:not([hidden])');
  }

  /** Waits until the chosen row is this one, or any other. */
  async isSelected(number: number): Promise<void> {
    await this.page.locator(`#row${number}[aria-selected=true]`).waitFor();
  }

  button(name: string): Locator {
    return this.page.getByRole('button', { name, exact: true });
  }

  /** Into the folder of the environment's PROXY_WIFI_SCREENSHOTS, if there is one. */
  async screenshot(name: string): Promise<void> {
    const folder = process.env.PROXY_WIFI_SCREENSHOTS;
    if (folder === undefined || folder === '') return;
    await mkdir(folder, { recursive: true });
    await this.page.screenshot({ path: join(folder, `${name}.png`) });
  }

  async close(): Promise<void> {
    await this.page.context().close();
    expect(this.#problems, 'errors on the page').to.deep.equal([]);
    expect([...this.#hosts], 'hosts that the page asked').to.deep.equal(['127.0.0.1']);
  }
}
