import { expect } from 'chai';
import { ctlStatus, ctlWatch } from '../../cli/ctl.js';
import { KeptTerminal, ran } from './kept-terminal.js';
import { eventStream, scriptedService } from './scripted-service.js';

const status = {
  state: 'running',
  endpoints: [],
  radios: [],
  interfaces: [],
  guests: [],
  ownership: {},
  counters: {},
};

const guest = (id: string, session: object | null) => ({
  ...{ id, session, requestChannel: 'open', dispatcher: 'idle', notificationChannel: 'idle' },
  ...{ lastSessionId: 7, connections: 0, queue: 0 },
});

const session = { id: 7, type: 'hostMirroring', interfaceId: 'wlan0', ssid: 'Quay', exchange: 3 };

const wlan = (id: string, link: object | null, rssi: number | null) => ({
  ...{ id, name: 'wlan0', kind: 'station', radio: 'simulated', state: 'idle', link, rssi, scannedAt: null },
});

const quay = { ssid: 'Quay', bssid: '02:00:00:00:00:01' };

describe('what ctl shows', () => {
  const { address, answers } = scriptedService();
  const ctl = (...argv: readonly string[]) => ran(['ctl', ...argv, '--control', address()]);

  it('of a service that has nothing yet', async () => {
    answers.set('/status', { ...status, state: 'starting' });
    expect(await ctl('status')).to.deep.include({
      code: 0,
      err: '',
      out: 'The service is starting.\nEndpoints:\nInterfaces:\n  none\nGuests:\n  No guest has shown up.',
    });
  });

  it('is where guests are heard, why they are not, what the interfaces are connected to, and whose session it is', async () => {
    answers.set('/status', {
      ...status,
      endpoints: [
        { endpoint: 'tcp://127.0.0.1', state: 'open', address: 'tcp://127.0.0.1:12345', problem: null },
        { endpoint: 'vsock://any', state: 'waiting', address: null, problem: 'no such device' },
        { endpoint: 'unix:///run/vm', state: 'opening', address: null, problem: null },
      ],
      radios: [
        { name: 'simulated', state: 'open', problem: null },
        { name: 'wlanapi', state: 'waiting', problem: 'the service is stopped' },
      ],
      interfaces: [
        wlan('wlan0', null, null),
        wlan('{4f}', quay, -61),
        wlan('wlan0', quay, null),
        wlan('wlan0', quay, 0),
      ],
      guests: [
        guest('vsock://3', null),
        guest('vsock://4', session),
        guest('vsock://5', { ...session, type: 'guestDirected' }),
      ],
    });
    expect((await ctl('status')).out.split('\n')).to.deep.equal([
      'The service is running.',
      'Endpoints:',
      '  tcp://127.0.0.1:12345',
      '  vsock://any  no such device',
      '  unix:///run/vm  not bound yet',
      'The radio wlanapi is not there: the service is stopped',
      'Interfaces:',
      '  wlan0  not connected',
      '  wlan0 ({4f})  connected to Quay (02:00:00:00:00:01), -61 dBm',
      '  wlan0  connected to Quay (02:00:00:00:00:01)',
      '  wlan0  connected to Quay (02:00:00:00:00:01), 0 dBm',
      'Guests:',
      '  vsock://3  no session',
      '  vsock://4  session 7 on Quay (wlan0, mirrored)',
      '  vsock://5  session 7 on Quay (wlan0, of its own)',
    ]);
  });

  it('has its state in bold where there is colour', async () => {
    answers.set('/status', status);
    const terminal = new KeptTerminal();
    expect(await ctlStatus({ control: address() }, { ...terminal, colour: true })).to.equal(0);
    expect(terminal.lines[0]).to.equal('The service is \u001b[1mrunning\u001b[22m.');
  });

  it('is one line for each event with its time of the day, until the service ends', async () => {
    answers.set(
      '/events',
      eventStream(
        ['fact', { time: Date.UTC(2026, 0, 2, 3, 4, 5, 67), type: 'guestAppeared', guest: 'vsock://3' }],
        ['fact', { type: 'scanCompleted', count: 2 }],
        [
          'frame',
          {
            time: 0,
            guest: 'vsock://3',
            channel: 'request',
            from: 'guest',
            hex: '01',
            message: { operation: 'scan', ssid: null },
          },
        ],
        ['frame', { time: 999, guest: 'vsock://3', channel: 'notification', from: 'host', message: null }],
        ['frame', { time: 999, channel: 'request', from: 'host' }],
        ['missed', { count: 12 }],
        ['nonsense', { time: 1 }],
      ),
    );
    const { code, out, err } = await ctl('watch');
    expect(out.split('\n')).to.deep.equal([
      '03:04:05.067  guestAppeared  guest "vsock://3"',
      '              scanCompleted  guest "", count 2',
      '00:00:00.000  → vsock://3  request  operation "scan", ssid null',
      '00:00:00.999  ← vsock://3  notification  no message',
      '00:00:00.999  ←   request  no message',
      '              12 events were left out: read faster',
    ]);
    expect([code, err]).to.deep.equal([1, 'error: the service has ended']);
  });

  it('is the same for programs as one object a line, and only what was asked for', async () => {
    answers.set('/events?only=facts', eventStream(['fact', { type: 'x' }]));
    expect((await ctl('watch', '--json', '--only', 'facts')).out).to.equal(
      '{"event":"fact","data":{"type":"x"}}',
    );
    expect(await ctl('watch', '--only', 'frames')).to.deep.include({ code: 1, out: '' });
  });

  it('has the times dim and the facts bold where there is colour', async () => {
    answers.set('/events', eventStream(['fact', { time: 0, type: 'x' }]));
    const terminal = new KeptTerminal();
    await ctlWatch({ control: address() }, { ...terminal, colour: true });
    expect(terminal.lines[0]).to.equal('\u001b[2m00:00:00.000\u001b[22m  \u001b[1mx\u001b[22m  guest ""');
  });

  it('lets go of the signals once nothing is watched any more', async () => {
    const before = process.listeners('SIGINT');
    answers.set('/events', '');
    await ctl('watch');
    expect(process.listeners('SIGINT')).to.deep.equal(before);
    expect(await ran(['ctl', 'watch', '--control', 'http://x'])).to.deep.include({ code: 2, out: '' });
  });

  it('is the level that is logged from now on, in words', async () => {
    answers.set('/log-level', { level: 'warn' });
    expect((await ctl('log-level', 'warn')).out).to.match(/^Logged from now on: [^:]{5,}\.$/);
    answers.set('/log-level', { level: 'louder' });
    expect((await ctl('log-level', 'warn')).out).to.equal('Logged from now on: louder.');
  });
});
