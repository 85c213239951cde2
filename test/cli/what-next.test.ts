import { expect } from 'chai';
import * as E from 'fp-ts/lib/Either.js';
import { type ServeFlags, serveSettings } from '../../cli/serve-settings.js';
import { whatToTypeNext } from '../../cli/what-next.js';

const nextAfter = async (flags: ServeFlags, address: string): Promise<readonly string[]> => {
  const settings = await serveSettings(flags);
  if (E.isLeft(settings)) return expect.fail(settings.left.join());
  const endpoint = { endpoint: address, state: 'open', address, problem: null };
  return whatToTypeNext(settings.right, { endpoints: [endpoint] });
};

const scanAfter = async (flags: ServeFlags, address: string): Promise<string | undefined> =>
  (await nextAfter(flags, address)).find((line) => line.includes('guest scan'))?.trim();

describe('what to type after serve', () => {
  it('needs no options where everything is as it is by itself', async () => {
    expect(await scanAfter({}, 'tcp://127.0.0.1:12345')).to.equal('proxy-wifi guest scan');
  });

  it('names the endpoint and the ports that are not', async () => {
    expect(await scanAfter({ notificationPort: '7' }, 'tcp://127.0.0.1:80')).to.equal(
      'proxy-wifi guest scan --endpoint tcp://127.0.0.1:80 --notification-port 7',
    );
    expect(await scanAfter({ requestPort: '9' }, 'unix:///run/vm1')).to.equal(
      'proxy-wifi guest scan --endpoint unix:///run/vm1 --request-port 9',
    );
  });

  it('is nothing for this machine where only virtual machines are guests', async () => {
    const lines = await nextAfter({}, 'vsock://any');
    expect(lines.join()).to.include('simulated').and.not.to.include('guest scan');
  });

  it('is up to whoever has chosen the networks', async () => {
    expect(await nextAfter({ radio: 'none' }, 'tcp://127.0.0.1:12345')).to.deep.equal(['Ctrl-C stops.']);
  });
});
