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

  it('names an address of loopback that is not the usual one, or has another port', async () => {
    for (const address of ['tcp://127.0.0.2:12345', 'tcp://127.0.0.1:12346'])
      expect(await scanAfter({}, address)).to.equal(`proxy-wifi guest scan --endpoint ${address}`);
    expect(await scanAfter({}, 'unix:///run/vm1')).to.equal(
      'proxy-wifi guest scan --endpoint unix:///run/vm1',
    );
    expect(await scanAfter({ notificationPort: '7' }, 'unix:///run/vm1')).to.equal(
      'proxy-wifi guest scan --endpoint unix:///run/vm1 --notification-port 7',
    );
  });

  it('goes to the first endpoint that this machine can reach', async () => {
    const settings = await serveSettings({});
    if (E.isLeft(settings)) return expect.fail(settings.left.join());
    const endpoints = [
      null,
      'tcp://192.168.1.7:12345',
      'vsock://any',
      'unix:///run/vm1',
      'tcp://127.0.0.1:1',
    ];
    const lines = whatToTypeNext(settings.right, {
      endpoints: endpoints.map((address) => ({ endpoint: 'x', state: 'open', address, problem: null })),
    });
    expect(lines).to.deep.equal([
      'The networks are simulated: --radio host serves those of this machine.',
      'Type next, in another terminal:',
      '  proxy-wifi guest scan --endpoint unix:///run/vm1',
      "  proxy-wifi guest connect 'Harbour Cafe' --endpoint unix:///run/vm1    (its passphrase: fish and chips)",
      '  proxy-wifi guest watch --endpoint unix:///run/vm1',
      'Ctrl-C stops.',
    ]);
  });

  it('is nothing for this machine where only virtual machines are guests', async () => {
    const lines = await nextAfter({}, 'vsock://any');
    expect(lines.join()).to.include('simulated').and.not.to.include('guest scan');
  });

  it('is up to whoever has chosen the networks', async () => {
    expect(await nextAfter({ radio: 'none' }, 'tcp://127.0.0.1:12345')).to.deep.equal(['Ctrl-C stops.']);
  });
});
