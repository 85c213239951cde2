/** Every structure and constant that the bindings use, against mingw-w64's headers.. */
import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { socketAddress } from '../../native/windows/hvsocket.js';
import { constants, layouts, newerConstants } from '../../native/windows/layouts.js';
import { win32ErrorNames } from '../../native/windows/win32-errors.js';
import { samplePort, sampleVm } from './harness/sample-address.js';

/** What the probe printed: one `name=value` a line. */
const said: ReadonlyMap<string, string> = new Map(
  readFileSync(process.env.ABI_PROBE_OUTPUT ?? '', 'utf8')
    .split(/\r?\n/)
    .filter((line) => line !== '')
    .map((line): [string, string] => {
      const [name = '', value = ''] = line.split('=');
      return [name, value];
    }),
);

const probed = { get: (name: string): number => Number(said.get(name) ?? Number.NaN) };

describe('the address of a Hyper-V socket', () => {
  it('has the bytes that a C program gives it', () => {
    const bytes = Buffer.from(socketAddress(sampleVm, samplePort)).toString('hex');
    expect(bytes).to.equal(said.get('bytes SOCKADDR_HV'));
  });
});

describe('the layouts of native memory', () => {
  for (const [name, { size, members }] of Object.entries(layouts)) {
    it(`${name} has the size that the header gives it`, () => {
      expect(probed.get(`sizeof ${name}`)).to.equal(size);
    });
    for (const [member, at] of Object.entries(members))
      it(`${name}.${member} lies where the header puts it`, () => {
        expect(probed.get(`offset ${name}.${member}`)).to.equal(at.offset);
        expect(probed.get(`size ${name}.${member}`)).to.equal(at.size);
      });
  }
});

describe('the constants of the bindings', () => {
  for (const [name, value] of Object.entries(constants))
    it(`${name} has the value of the header`, () => {
      expect(probed.get(`value ${name}`)).to.equal(value);
    });

  for (const [value, name] of [...win32ErrorNames].filter(([, text]) => !(text in newerConstants)))
    it(`${name} is ${value} in the header`, () => {
      expect(probed.get(`value ${name}`)).to.equal(value);
    });

  it('that the header does not have follow on those that it has', () => {
    // The enumeration of ACM codes only ever grew at its end.
    expect(newerConstants.wlan_notification_acm_scan_list_refresh).to.be.greaterThan(
      probed.get('value wlan_notification_acm_disconnected'),
    );
    expect(newerConstants.wlan_notification_msm_signal_quality_change).to.equal(8);
  });
});
