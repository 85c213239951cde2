import { readFile, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { type AddressInfo, createServer as createTcpServer } from 'node:net';
import { expect } from 'chai';
import { none } from 'fp-ts/lib/Option.js';
import type { Browser } from 'playwright-core';
import type { StatusMessage } from '../../machines-viz/inspector/messages.js';
import { interfaceId } from '../../native/radio.js';
import { cafe, InspectedService } from '../machines-viz/inspected-service.js';
import { Listener } from '../machines-viz/listener.js';
import { right } from '../protocol/either.js';
import { InspectorPage, laptop, launch, phone } from './browser.js';
import { longestTasks, timeOfRows, tracing } from './processor-time.js';

const wlan0 = interfaceId('wlan0');
const harbourCafe = { kind: 'ssid', ssid: cafe.ssid } as const;

const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const server = createTcpServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });

/** Runs on the page: the sides at which a box of the drawing is not seen. */
const cutOff = `(() => {
  const frame = document.querySelector('#picture').getBoundingClientRect();
  const boxes = [...document.querySelectorAll('#picture .box')].map((box) => box.getBoundingClientRect());
  return ['left', 'top', 'right', 'bottom'].filter((side, i) =>
    boxes.some((box) => (i < 2 ? box[side] < frame[side] : box[side] > frame[side] + 1))).join(' ');
})()`;

/** Runs on the page: is the middle of the box of `matching` beyond an edge of the picture's frame? */
const outOfView = `(() => {
  const frame = document.querySelector('#picture').getBoundingClientRect();
  const { x, y, width, height } = document.querySelector('[data-state$=matching] .box').getBoundingClientRect();
  const [middle, centre] = [x + width / 2, y + height / 2];
  return [middle < frame.left && 'left', middle > frame.right && 'right', centre < frame.top && 'top',
    centre > frame.bottom && 'bottom'].filter(Boolean).join(' ');
})()`;

/** Runs on the page. */
const countersFirst = `document.querySelector('#cards details').getBoundingClientRect().bottom <=
  document.querySelector('#cards article').getBoundingClientRect().top`;

const overflow = 'document.documentElement.scrollWidth - innerWidth';
const background = 'getComputedStyle(document.body).backgroundColor';

describe('the page of the inspector, in a browser', () => {
  let browser: Browser;
  let service: InspectedService;
  const pages: InspectorPage[] = [];

  const open = async (url = service.inspector.url(), options = {}): Promise<InspectorPage> => {
    const opened = await InspectorPage.open(browser, url, { viewport: laptop, ...options });
    pages.push(opened);
    return opened;
  };

  before(async () => {
    browser = await launch();
  });

  after(() => browser.close());

  beforeEach(async () => {
    service = await InspectedService.start();
  });

  afterEach(async () => {
    try {
      for (const opened of pages.splice(0)) await opened.close();
    } finally {
      await service.stop();
    }
  });

  it('does steps on the air by buttons on networks and interfaces, and only now', async () => {
    await service.stop();
    service = await InspectedService.steered();
    await service.scanned();
    const seen = await (await open()).live();
    const networks = seen.page.locator('[data-interface=wlan0]');
    const guests = 'Harbour Guests (02:00:5e:10:00:03)';
    await networks.getByTitle(`the user of the host connects to Harbour Guests`).click();
    await networks.locator('.linked').filter({ hasText: 'Harbour Guests' }).waitFor();
    await networks.getByRole('button', { name: 'Disconnect' }).click();
    await networks.locator('.linked').waitFor({ state: 'detached' });
    await networks.getByTitle(`${guests} falls silent`).click();
    await networks.getByRole('button', { name: 'Scan' }).click();
    const back = seen.page.getByRole('button', { name: 'Harbour Guests appears' });
    await back.waitFor();
    await back.click();
    await networks.getByRole('button', { name: 'Scan' }).click();
    await networks.getByTitle(`${guests} falls silent`).waitFor();
    await networks.getByRole('button', { name: 'Pull out' }).click();
    await seen.page.getByRole('button', { name: 'wlan0 is plugged in' }).click();
    await networks.getByRole('button', { name: 'Scan' }).waitFor();
    await seen.page.locator('#pause').click();
    await networks.getByRole('button', { name: 'Scan' }).waitFor({ state: 'detached' });
  });

  it('has no such buttons where the host application lets it do nothing', async () => {
    await service.scanned();
    const seen = await (await open()).live();
    await seen.page
      .locator('[data-interface=wlan0]')
      .getByRole('row', { name: 'Lighthouse' })
      .first()
      .waitFor();
    expect(await seen.page.locator('button[data-act]').count()).to.equal(0);
  });

  it('shows a guest scan, connect, lose its network, mirror another and disconnect', async () => {
    const seen = await (await open()).live();
    const guest = service.guest(7);
    const card = seen.page.locator('[data-guest="tcp://127.0.1.7"]');

    await guest.scan()();
    await seen.filter('scan');
    await seen.row('scan.requested').filter({ hasText: 'dispatcher of guest' }).first().waitFor();
    await seen.row('scan response').first().waitFor();
    const networks = seen.page.locator('[data-interface=wlan0]');
    await networks.getByRole('row', { name: 'Lighthouse' }).first().waitFor();
    expect(await networks.getByRole('img', { name: '4 of 4 bars' }).count()).to.be.greaterThan(0);

    const connected = right(await guest.connect(cafe)());
    expect(connected.status).to.equal(0);
    await card.filter({ hasText: 'guest-directed: Harbour Cafe' }).waitFor();
    await networks.locator('.linked').filter({ hasText: connected.bssid }).waitFor();
    await seen.filter('');
    await seen.chooseInterface('wlan0');
    await seen.page.locator('[data-state="connected"].active').waitFor();
    service.radio.control.fade(harbourCafe, -71, 0);
    await networks.locator('.linked').filter({ hasText: '-71 dBm' }).waitFor();
    await seen.screenshot('inspector');

    service.radio.control.vanish(harbourCafe);
    await card.filter({ hasText: 'no session' }).waitFor();
    await seen.page.locator('[data-state="disconnected"].active').waitFor();
    await seen.filter('session.lost');
    await seen.row('session.lost').first().waitFor();
    await seen.filter('disconnected frame');
    await seen.row('disconnected').filter({ hasText: 'notification channel' }).first().waitFor();

    service.radio.control.appear(harbourCafe);
    service.radio.control.connectByUser(wlan0, { ssid: cafe.ssid, bssid: none });
    await networks.locator('.linked').first().waitFor();
    expect(right(await guest.connect(cafe)()).status).to.equal(0);
    await card.filter({ hasText: 'mirrored: Harbour Cafe' }).waitFor();

    await guest.disconnect()();
    await card.filter({ hasText: 'no session' }).waitFor();
    await networks.locator('.linked').first().waitFor();
  });

  it('filters, pauses, and steps back through what happened', async () => {
    const guest = service.guest(7);
    await guest.scan()();
    expect(right(await guest.connect(cafe)()).status).to.equal(0);
    const seen = await (await open()).live();
    await seen.chooseActor('dispatcher');
    await seen.isIn('dispatcher', 'idle');

    await seen.filter('connect.requested');
    await seen.row('connect.requested').filter({ hasText: 'dispatcher of guest' }).click();
    await seen.button('Resume').waitFor();
    await seen.isIn('dispatcher', 'busy.connecting.matching');
    await seen.page.locator('[data-state="busy.connecting.matching"].active').waitFor();
    // The inside of connecting is drawn by itself: what is in view is the state in it.
    expect(await seen.page.locator('[data-state="busy.connecting"].active').count()).to.equal(2);
    expect(await seen.page.evaluate<string>(outOfView), 'what is out of view').to.equal('');
    await seen.page.locator('.arrow.taken').filter({ hasText: 'connect.requested' }).waitFor();
    const detail = seen.page.locator('#detail');
    await detail.filter({ hasText: 'requestChannel of guest:tcp://127.0.1.7' }).waitFor();
    await detail.getByRole('button', { name: /^request.received/ }).click();
    await detail.getByRole('heading', { name: 'request.received' }).waitFor();

    await seen.filter('');
    const numberOf = async () => Number(await seen.selectedRow.getAttribute('data-number'));
    const before = await numberOf();
    await seen.button('Step back').click();
    await seen.selectedRow.and(seen.page.locator(`:not(#row${before})`)).waitFor();
    expect(await numberOf()).to.be.below(before);
    await seen.button('Step forward').click();
    await seen.isSelected(before);

    const shown = await seen.page.locator('#moment').textContent();
    await guest.scan()();
    expect(await seen.page.locator('#moment').textContent()).to.equal(shown);
    expect(await numberOf()).to.equal(before);
    await seen.button('Resume').click();
    await seen.isIn('dispatcher', 'idle');
    expect(await seen.selectedRow.count()).to.equal(0);
  });

  it('shows the whole picture of a machine, however high or wide it is', async () => {
    await service.guest(7).scan()();
    const seen = await (await open()).live();
    await seen.chooseInterface('wlan0');
    await seen.page.locator('#picture [data-state="disconnected"].active').waitFor();
    expect(await seen.page.evaluate<string>(cutOff), 'the picture at its own size').not.to.equal('');
    await seen.button('Whole picture').click();
    await seen.page.locator('#picture.whole').waitFor();
    for (const machine of ['hostInterface', 'dispatcher', 'requestChannel', 'proxyWifi']) {
      if (machine !== 'hostInterface') await seen.chooseActor(machine);
      await seen.page.locator(`#picture [aria-labelledby^="${machine}-"]`).waitFor();
      for (const viewport of [{ width: 1800, height: 620 }, { width: 1050, height: 1400 }, laptop]) {
        await seen.page.setViewportSize(viewport);
        expect(await seen.page.evaluate<string>(cutOff), `${machine} ${JSON.stringify(viewport)}`).to.equal(
          '',
        );
      }
    }
  });

  it('shows guests and networks as they were before the page was opened', async () => {
    const noted = async (fits: (told: StatusMessage) => boolean): Promise<void> => {
      const listener = new Listener(service.inspector.socketUrl());
      await listener.first('@proxy-wifi.status', fits);
      listener.close();
    };
    const guest = service.guest(7);
    await guest.scan()();
    expect(right(await guest.connect(cafe)()).status).to.equal(0);
    await noted(
      ({ status, networks }) =>
        status.guests.some(({ session }) => session !== null) && networks.wlan0?.length !== 0,
    );
    await guest.disconnect()();
    await noted(({ status }) => status.guests.every(({ session }) => session === null));
    await guest.scan()();
    const seen = await (await open()).live();
    const card = seen.page.locator('[data-guest="tcp://127.0.1.7"]');
    await card.filter({ hasText: 'no session' }).waitFor();
    await seen.filter('disconnect.requested');
    await seen.row('disconnect.requested').first().click();
    await card.filter({ hasText: 'guest-directed: Harbour Cafe' }).waitFor();
    await seen.page
      .locator('[data-interface=wlan0]')
      .getByRole('row', { name: 'Harbour Cafe' })
      .first()
      .waitFor();
    await seen.page
      .locator('#connection')
      .filter({ hasText: /^paused$/ })
      .waitFor();
    await seen.button('Resume').click();
    await seen.live();
    await card.filter({ hasText: 'no session' }).waitFor();
  });

  it('has the counters above the guests, and keeps them open', async () => {
    for (let i = 1; i <= 6; i += 1) await service.guest(i).scan()();
    const seen = await (await open()).live();
    const counters = seen.page.locator('#cards details');
    await counters.filter({ hasText: '6 guests, 6 requests' }).waitFor();
    await seen.page.locator('#cards summary').click();
    await counters
      .getByRole('row', { name: /requests scan/ })
      .first()
      .waitFor();
    await service.guest(7).scan()();
    await counters.filter({ hasText: '7 guests, 7 requests' }).waitFor();
    expect(await counters.getAttribute('open')).to.equal('');
    expect(await seen.page.evaluate<boolean>(countersFirst)).to.equal(true);
  });

  it('decodes a frame field by field, with the key masked', async () => {
    const guest = service.guest(7);
    await guest.scan()();
    await guest.connect(cafe)();
    const seen = await (await open()).live();
    await seen.filter('connect request');
    await seen.row('connect request').click();
    const fields = seen.page.locator('.fields');
    await fields.getByRole('row', { name: 'ssid_len 12' }).waitFor();
    await fields.getByRole('row', { name: /akm_suites.*PSK/ }).waitFor();
    const key = await fields
      .getByRole('row')
      .filter({ has: seen.page.getByRole('rowheader', { name: 'key', exact: true }) })
      .textContent();
    expect(key).to.include('[secret]');
    await seen.screenshot('inspector-frame');
    const hex = Buffer.from(cafe.key.reveal()).toString('hex');
    expect(await seen.page.content()).not.to.include(hex);
  });

  it('serves two pages at once, each with its own token', async () => {
    const [one, other] = [await (await open()).live(), await (await open()).live()];
    await service.guest(7).scan()();
    for (const seen of [one, other]) await seen.isIn('dispatcher', 'idle');
    await one.button('Pause').click();
    await one.button('Resume').waitFor();
    expect(await other.button('Pause').count()).to.equal(1);
  });

  it('takes the token out of the address, and can be loaded again', async () => {
    const seen = await (await open()).live();
    expect(new URL(seen.page.url()).hash).to.equal('');
    await seen.page.reload();
    await seen.live();
    await seen.isIn('proxyWifi', 'running');
  });

  it('follows a service that stops and starts again', async () => {
    const seen = await (await open()).live();
    await seen.isIn('proxyWifi', 'running');
    service.proxy.send({ type: 'stop' });
    await seen.isIn('proxyWifi', 'stopped');
    await seen.actor('radio:1').waitFor({ state: 'detached' });
    service.proxy.send({ type: 'start' });
    await seen.isIn('proxyWifi', 'running');
    await seen.actor('radio:1').waitFor();
  });

  it('connects again when the program with the service is started again', async () => {
    const options = { port: await freePort(), token: 'kept-over-the-restart' };
    const first = await InspectedService.start(options);
    const seen = await (await open(first.inspector.url())).live();
    await seen.isIn('proxyWifi', 'running');
    await first.stop();
    await seen.page.locator('#connection[data-state=away]').waitFor();
    const second = await InspectedService.start(options);
    try {
      await seen.live();
      await seen.isIn('proxyWifi', 'running');
    } finally {
      await second.stop();
    }
  });

  it('refuses a wrong token, and says so', async () => {
    const seen = await open(`http://127.0.0.1:${service.inspector.port}/#token=guessed-by-chance`);
    await seen.page
      .locator('#connection[data-state=refused]')
      .filter({ hasText: 'ask the service for a new one' })
      .waitFor();
    expect(await seen.page.getByRole('treeitem').count()).to.equal(0);
  });

  it('refuses a page of another origin', async () => {
    const foreign: Server = createServer((_request, response) =>
      response.end('<!doctype html><title>foreign</title>'),
    );
    await new Promise<void>((resolve) => foreign.listen(0, '127.0.0.1', resolve));
    try {
      const page = await browser.newPage();
      await page.goto(`http://127.0.0.1:${(foreign.address() as AddressInfo).port}/`);
      const outcome = await page.evaluate(
        (url) =>
          new Promise((resolve) => {
            const socket = new WebSocket(url);
            socket.addEventListener('open', () => resolve('open'));
            socket.addEventListener('error', () => resolve('refused'));
          }),
        service.inspector.socketUrl(),
      );
      expect(outcome).to.equal('refused');
      const read = await page.evaluate(
        (url) =>
          fetch(url).then(
            () => 'read',
            () => 'refused',
          ),
        `http://127.0.0.1:${service.inspector.port}/`,
      );
      expect(read).to.equal('refused');
      await page.close();
    } finally {
      foreign.close();
    }
  });

  it('is not held up by 1,000 events a second', async () => {
    const seen = await (await open()).live();
    await browser.startTracing(seen.page, tracing);
    const load = setInterval(() => {
      for (let i = 0; i < 20; i += 1) service.proxy.send({ type: 'endpoint.settled' });
    }, 20);
    try {
      await seen.filter('settled');
      await seen.row('endpoint.settled').first().waitFor();
      await seen.button('Pause').click();
      await seen.button('Resume').waitFor();
      await seen.button('Resume').click();
      await seen.page
        .locator('#count')
        .filter({ hasText: /^[3-9]\d{3} shown$/ })
        .waitFor();
    } finally {
      clearInterval(load);
    }
    const tasks = longestTasks(await browser.stopTracing());
    expect(tasks, 'tasks of the page').to.have.length.greaterThan(500);
    expect(tasks[0], 'milliseconds of processor time in which nothing else could be done').to.be.below(100);
  });

  it('keeps the last 10,000 events, and steps back to the oldest of them', async () => {
    // The scan of the arrival is through: nothing comes on top of what is kept.
    await service.scanned();
    for (let i = 0; i < 15_000; i += 1) service.proxy.send({ type: 'endpoint.settled' });
    const bare = await timeOfRows(browser);
    await browser.startTracing(undefined, tracing);
    const seen = await (await open()).live();
    await seen.page
      .locator('#count')
      .filter({ hasText: /^10000 shown$|^9\d{3} shown$/ })
      .waitFor();
    const filled = longestTasks(await browser.stopTracing()).reduce((sum, task) => sum + task, 0);
    expect(seen.pieces, 'pieces in which they come').to.be.within(1, 200);
    // About as much; four times as much where each event is a piece of its own.
    expect(filled / bare, 'processor time until the page is filled, in that of rows of text').to.be.within(
      0.01,
      3,
    );
    await seen.page.locator('#list').focus();
    await seen.page.keyboard.press('Home');
    await seen.selectedRow.waitFor();
    expect(await seen.selectedRow.getAttribute('aria-posinset')).to.equal('1');
    await seen.isIn('proxyWifi', 'running');
    await seen.isIn('listener:0', 'alive');
  });

  it('saves a session as a file and shows it again without a service', async () => {
    const guest = service.guest(7);
    await guest.scan()();
    const seen = await (await open()).live();
    await seen.isIn('dispatcher', 'idle');
    const [download] = await Promise.all([seen.page.waitForEvent('download'), seen.button('Save').click()]);
    const path = await download.path();
    const text = await readFile(path, 'utf8');

    service.proxy.send({ type: 'stop' });
    await seen.isIn('proxyWifi', 'stopped');
    await seen.page
      .locator('#file')
      .setInputFiles({ name: 'seen.json', mimeType: 'application/json', buffer: Buffer.from(text) });
    await seen.page.locator('#connection').filter({ hasText: 'file seen.json' }).waitFor();
    await seen.isIn('dispatcher', 'idle');
    await seen.filter('scan response');
    await seen.row('scan response').first().click();
    await seen.page.locator('.fields').waitFor();

    await writeFile(path, '{"format":"something else"}');
    await seen.page.locator('#file').setInputFiles({
      name: 'other.json',
      mimeType: 'application/json',
      buffer: Buffer.from('{"format":"else"}'),
    });
    await seen.page.locator('#connection').filter({ hasText: 'choose one that was saved here' }).waitFor();

    await seen.button('Back to live').click();
    await seen.live();
    await seen.isIn('proxyWifi', 'stopped');
  });

  it('is used with the keyboard alone', async () => {
    const guest = service.guest(7);
    await guest.scan()();
    const seen = await (await open()).live();
    const { page } = seen;
    await seen.isIn('dispatcher', 'idle');
    await page.getByRole('treeitem').first().focus();
    // The last one is what listens to the connections of the request channel.
    await page.keyboard.press('End');
    await page.keyboard.press('ArrowUp');
    await page.getByRole('treeitem', { selected: true }).filter({ hasText: 'requestChannel' }).waitFor();
    await page.keyboard.press('ArrowUp');
    await page.getByRole('treeitem', { selected: true }).filter({ hasText: 'dispatcher' }).waitFor();
    await page.getByRole('heading', { name: 'dispatcher of guest:tcp://127.0.1.7' }).waitFor();
    await page.keyboard.press('Home');
    await page.keyboard.press('ArrowLeft');
    await seen.actor('dispatcher').waitFor({ state: 'detached' });
    await page.keyboard.press('ArrowRight');
    await seen.actor('dispatcher').waitFor();

    await page.keyboard.press('/');
    await page.keyboard.type('request.received');
    await page.keyboard.press('Escape');
    await page.keyboard.press('ArrowUp');
    await page.getByRole('option', { selected: true }).filter({ hasText: 'request.received' }).waitFor();
    await page.keyboard.press('p');
    await seen.button('Pause').waitFor();
    await page.keyboard.press(',');
    await seen.button('Resume').waitFor();
  });

  it('filters for the keys that follow at once, however late the picture comes', async () => {
    await service.guest(7).scan()();
    const seen = await (await open()).live();
    const { page } = seen;
    await seen.isIn('dispatcher', 'idle');
    await seen.drawLate();
    await page.keyboard.press('/');
    await page.keyboard.type('request.received');
    await page.keyboard.press('Escape');
    await page.keyboard.press('ArrowUp');
    await page.getByRole('option', { selected: true }).filter({ hasText: 'request.received' }).waitFor();
  });

  it('goes on with the keys from the actor that was clicked, however late the picture comes', async () => {
    await service.guest(7).scan()();
    const seen = await (await open()).live();
    const { page } = seen;
    await seen.isIn('dispatcher', 'idle');
    await seen.chooseActor('proxyWifi');
    await seen.selected('proxyWifi').waitFor();
    await seen.drawLate();
    await seen.chooseActor('interface:wlan0');
    await page.keyboard.press('ArrowDown');
    await seen.selected('hostInterface').waitFor();
  });

  for (const [what, chosen, shown] of [
    ['the chosen actor though one above it ends', 'listener:0', 'listener:0'],
    ['the one that is shown in its place when the chosen actor ends', 'interface:wlan0', 'proxyWifi'],
  ] as const)
    it(`goes on with the keys from ${what}`, async () => {
      await service.guest(7).scan()();
      const seen = await (await open()).live();
      await seen.isIn('dispatcher', 'idle');
      await seen.chooseActor(chosen);
      await seen.selected(chosen).waitFor();
      service.radio.control.leave(wlan0);
      await seen.actor('interface:wlan0').waitFor({ state: 'detached' });
      await seen.selected(shown).waitFor();
      await seen.page.keyboard.press('End');
      await seen.selected(shown).waitFor({ state: 'detached' });
      await seen.page.keyboard.press('Home');
      await seen.selected('proxyWifi').waitFor();
    });

  it('names every control, and tells a screen reader of the chosen row and the state', async () => {
    await service.guest(7).scan()();
    const seen = await (await open()).live();
    await seen.isIn('dispatcher', 'idle');
    const tree = await seen.page.locator('body').ariaSnapshot();
    for (const line of tree.split('\n'))
      if (/^\s*- (button|checkbox|slider|searchbox|tab|listbox|tree|treeitem)\b/.test(line))
        expect(line, line).to.match(/"[^"]+"/);
    expect(tree)
      .to.match(/tree "Actors"/)
      .and.to.match(/listbox "Events"/)
      .and.to.match(/slider "Point in time"/);
    await seen.filter('scan.requested');
    await seen.rows.first().click();
    // The page draws what was chosen with its next frame.
    await seen.selectedRow.waitFor();
    const list = seen.page.getByRole('listbox', { name: 'Events' });
    const id = await list.getAttribute('aria-activedescendant');
    expect(await seen.page.locator(`#${id}`).getAttribute('aria-selected')).to.equal('true');
    expect(await seen.page.locator('[role=status]').count()).to.be.greaterThan(1);
  });

  it('fits a phone, one view at a time', async () => {
    const guest = service.guest(7);
    await guest.scan()();
    await guest.connect(cafe)();
    const seen = await (
      await open(service.inspector.url(), { viewport: phone, colorScheme: 'dark', hasTouch: true })
    ).live();
    for (const view of ['Actors', 'Machine', 'Events', 'Networks', 'Guests']) {
      await seen.page.getByRole('tab', { name: view }).tap();
      await seen.page.locator(`#${view.toLowerCase()}`).waitFor();
      expect(await seen.page.locator('main > section:visible').count(), view).to.equal(1);
      expect(await seen.page.evaluate<number>(overflow), view).to.be.at.most(0);
    }
    await seen.page.getByRole('tab', { name: 'Actors' }).tap();
    await seen.chooseActor('dispatcher');
    await seen.page.locator('#machine [data-state=idle].active').waitFor();
    await seen.screenshot('inspector-phone');
  });

  it('has a dark face', async () => {
    await service.guest(7).scan()();
    const seen = await (await open(service.inspector.url(), { colorScheme: 'dark' })).live();
    await seen.isIn('dispatcher', 'idle');
    await seen.chooseInterface('wlan0');
    await seen.page.locator('[data-state="disconnected"].active').waitFor();
    expect(await seen.page.evaluate<string>(background)).to.equal('rgb(9, 12, 16)');
    await seen.screenshot('inspector-dark');
  });
});
