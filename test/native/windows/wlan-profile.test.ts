import { expect } from 'chai';
import fc from 'fast-check';
import { wlanProfile } from '../../../native/windows/wlan-profile.js';
import { connectFailure, wlanReasonName, wlanReasons } from '../../../native/windows/wlan-reasons.js';
import { KeyMaterial } from '../../../protocol/key-material.js';
import { ssidFromBytes, ssidFromText, ssidHex } from '../../../protocol/ssid.js';
import { CipherSuite } from '../../../protocol/suites.js';
import { right } from '../../protocol/either.js';

const ccmp = { pairwise: CipherSuite.ccmp, group: CipherSuite.ccmp };
const pmk = new KeyMaterial(new Uint8Array(32).fill(0xab));

/** The text of an element, with XML's entities taken back. Throws on text that is not XML. */
const textOf = (xml: string, tag: string): string => {
  const [, text = ''] = new RegExp(`<${tag}>([^<]*)</${tag}>`).exec(xml) ?? [];
  const entities = new Map(Object.entries({ lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" }));
  return text.replace(/&([^;]*);?/g, (_, name: string) => {
    const character = entities.get(name);
    if (character === undefined) throw new Error(`not XML: &${name}`);
    return character;
  });
};

describe('a connection profile', () => {
  it('is the one that Windows documents, for an open network', () => {
    const ssid = right(ssidFromText('cafe'));
    expect(right(wlanProfile({ ssid, security: { kind: 'open' }, key: KeyMaterial.none }, false))).to.equal(
      '<WLANProfile xmlns="http://www.microsoft.com/networking/WLAN/profile/v1"><name>cafe</name>' +
        '<SSIDConfig><SSID><hex>63616665</hex></SSID><nonBroadcast>false</nonBroadcast></SSIDConfig>' +
        '<connectionType>ESS</connectionType><connectionMode>manual</connectionMode>' +
        '<MSM><security><authEncryption><authentication>open</authentication><encryption>none</encryption>' +
        '<useOneX>false</useOneX></authEncryption></security></MSM></WLANProfile>',
    );
  });

  it('carries the PMK of a WPA2 network as 64 hex digits', () => {
    const ssid = right(ssidFromText('home'));
    const xml = right(wlanProfile({ ssid, security: { kind: 'wpa2-psk', ...ccmp }, key: pmk }, true));
    expect(xml).to.include('<authentication>WPA2PSK</authentication><encryption>AES</encryption>');
    expect(xml).to.include(
      `<keyType>networkKey</keyType><protected>false</protected><keyMaterial>${'ab'.repeat(32)}<`,
    );
    expect(xml).to.include('<nonBroadcast>true</nonBroadcast>');
  });

  it('carries the passphrase of a WPA3 network, and refuses one that Windows would not take', () => {
    const ssid = right(ssidFromText('new'));
    const order = (text: string) =>
      ({
        ssid,
        security: { kind: 'wpa3-sae', ...ccmp },
        key: new KeyMaterial(Buffer.from(text, 'latin1')),
      }) as const;
    const xml = right(wlanProfile(order('a <b> & c'), false));
    expect(xml)
      .to.include('<authentication>WPA3SAE</authentication>')
      .and.to.include('<keyType>passPhrase</keyType>');
    expect(textOf(xml, 'keyMaterial')).to.equal('a <b> & c');
    for (const text of ['short', 'x'.repeat(64), 'tab\tin the middle', 'ümlaute!'])
      expect(wlanProfile(order(text), false), text).to.have.nested.property('left.reason', 'unsupported');
  });

  it('refuses a WPA2 key that is no PMK, and tells nothing of it', () => {
    const ssid = right(ssidFromText('home'));
    const key = new KeyMaterial(Buffer.from('secret passphrase'));
    const refused = wlanProfile({ ssid, security: { kind: 'wpa2-psk', ...ccmp }, key }, false);
    expect(refused).to.have.nested.property('left.reason', 'unsupported');
    expect(JSON.stringify(refused)).to.not.include('secret passphrase');
  });

  it('refuses to connect to no network at all', () => {
    const ssid = right(ssidFromText(''));
    expect(wlanProfile({ ssid, security: { kind: 'open' }, key: KeyMaterial.none }, false)).to.have.property(
      '_tag',
      'Left',
    );
  });

  it('is well-formed and names the network exactly, whatever bytes its SSID has', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 32 }), (bytes) => {
        const ssid = right(ssidFromBytes(bytes));
        const xml = right(wlanProfile({ ssid, security: { kind: 'open' }, key: KeyMaterial.none }, false));
        expect(textOf(xml, 'hex').toLowerCase()).to.equal(ssidHex(ssid));
        expect(textOf(xml, 'name')).to.equal(ssid);
        // Nothing but what XML 1.0 allows, and no tags besides ours.
        expect(xml).to.match(/^[\t\n\r\u0020-\uffff]*$/);
        expect(xml.match(/<[a-zA-Z]/g)).to.have.length(14);
      }),
    );
  });
});

describe('the reasons of Windows', () => {
  it('are each known once', () => {
    expect(new Set(wlanReasons.map(({ code }) => code)).size).to.equal(wlanReasons.length);
  });

  it('never come to success', () => {
    for (const { status, name } of wlanReasons) expect(status, name).to.be.greaterThan(0);
  });

  it('have the numbers that the Windows SDK documents', () => {
    // Decimal values as the documentation of WLAN_REASON_CODE and the event log give them.
    const documented = new Map([
      [163851, 'NETWORK_NOT_AVAILABLE'],
      [229378, 'ASSOCIATION_FAILURE'],
      [229382, 'SECURITY_FAILURE'],
      [229387, 'DRIVER_DISCONNECTED'],
      [229396, 'NO_VISIBLE_AP'],
      [294929, 'MSMSEC_CANCELLED'],
      [294930, 'MSMSEC_KEY_FORMAT'],
      [294932, 'MSMSEC_PSK_MISMATCH_SUSPECTED'],
    ]);
    for (const [code, name] of documented) expect(wlanReasonName(code)).to.equal(`WLAN_REASON_CODE_${name}`);
  });

  it('that are unknown are told by their number', () => {
    expect(connectFailure('WlanConnect', 0x99999)).to.deep.equal({
      reason: 'failed',
      status: 1,
      detail: 'WlanConnect: WLAN_REASON_CODE 0x99999',
    });
  });
});
