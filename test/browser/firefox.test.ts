/** Through puppeteer-core, since playwright-core speaks to Firefox over WebDriver BiDi with commands that Debian's does not know. */
import { expect } from 'chai';
import puppeteer, { type Browser, type Page } from 'puppeteer-core';
import { cafe, InspectedService } from '../machines-viz/inspected-service.js';
import { right } from '../protocol/either.js';
import { laptop } from './browser.js';

describe('the page of the inspector, in Firefox', () => {
  let browser: Browser;
  let service: InspectedService;
  let page: Page;
  let problems: string[];

  before(async () => {
    browser = await puppeteer.launch({
      browser: 'firefox',
      executablePath: '/usr/bin/firefox-esr',
      headless: true,
    });
  });

  after(() => browser.close());

  beforeEach(async () => {
    service = await InspectedService.start();
    problems = [];
    page = await browser.newPage();
    page.on('pageerror', (error) => problems.push(String(error)));
    await page.setViewport(laptop);
  });

  afterEach(async () => {
    await page.close();
    await service.stop();
    expect(problems, 'errors on the page').to.deep.equal([]);
  });

  const open = async (): Promise<void> => {
    await page.goto(service.inspector.url());
    await page.waitForSelector('#connection[data-state=connected]');
  };

  const shows = (selector: string, text: string) =>
    page.locator(`${selector} ::-p-text(${text})`).setTimeout(30_000).wait();

  it('shows a guest scan, connect and disconnect', async () => {
    await open();
    const guest = service.guest(7);
    await guest.scan()();
    await shows('#rows', 'scan.requested');
    await shows('[data-interface=wlan0]', 'Harbour Cafe');
    expect(right(await guest.connect(cafe)()).status).to.equal(0);
    await shows('[data-guest="tcp://127.0.1.7"]', 'guest-directed: Harbour Cafe');
    await page.locator('[data-interface=wlan0] .linked').wait();
    await page.locator('#tree ::-p-text(interface:wlan0)').click();
    // The machine of the interface stands below what supervises it.
    await page.keyboard.press('ArrowDown');
    await page.locator('[data-state="connected"].active').wait();
    await guest.disconnect()();
    await shows('[data-guest="tcp://127.0.1.7"]', 'no session');
  });

  it('is used with the keyboard alone', async () => {
    await service.guest(7).scan()();
    await open();
    await page.keyboard.press('/');
    await page.keyboard.type('request.received');
    await page.keyboard.press('Escape');
    await page.keyboard.press('ArrowUp');
    await shows('#rows [aria-selected=true]', 'request.received');
    expect(await page.$eval('#filter', (input) => Reflect.get(input, 'value'))).to.equal('request.received');
    await page.locator('#connection[data-state=paused]').wait();
    await page.locator('#machine-title ::-p-text(requestChannel of guest:tcp://127.0.1.7)').wait();
    await page.keyboard.press('p');
    await page.locator('#connection[data-state=connected]').wait();
  });

  it('decodes a frame field by field', async () => {
    await service.guest(7).scan()();
    await open();
    await page.locator('#filter').fill('scan response');
    await page.locator('#rows ::-p-text(scan response)').click();
    await shows('.fields', 'num_bss');
  });

  it('connects again after it was loaded again', async () => {
    await open();
    await page.reload();
    await page.waitForSelector('#connection[data-state=connected]');
    await shows('#tree', 'running');
  });
});
