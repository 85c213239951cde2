import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { defaultNotificationPort, defaultRequestPort } from '../../native/sockets/endpoint.js';
import { dissector } from '../../protocol/dissector.js';

const file = (name: string): string =>
  readFileSync(new URL(`../../docs/wireshark/${name}`, import.meta.url), 'utf8');

describe("Wireshark's dissector", () => {
  const ports = { request: defaultRequestPort, notification: defaultNotificationPort };

  it('is up to date: if not, run `npx tsx docs/write-dissector.ts`', () => {
    expect(file('proxy-wifi.lua')).to.equal(dissector(ports, file('dissect.lua')));
  });

  it('listens on the ports that it is given', () => {
    expect(dissector({ request: 7, notification: 8 }, '')).to.include(
      'ports = { request = 7, notification = 8 }',
    );
  });
});
