/** The bindings of the Wlan API against the stand-in: values, failures, memory, notifications. */
import { expect } from 'chai';
import * as E from 'fp-ts/lib/Either.js';
import * as O from 'fp-ts/lib/Option.js';
import { loadWlanApi } from '../../native/windows/wlanapi.js';
import { StandIn, standInPath } from './stand-in.js';

describe('the Wlan API', () => {
  const standIn = new StandIn();
  it('lists interfaces', async () => {
    standIn.reset();
    const guid = standIn.interface(0, 'Wi-Fi <&> ü');
    const api = loadWlanApi(standInPath);
    if (E.isLeft(api)) throw new Error(api.left.detail);
    const client = await api.right.open();
    if (E.isLeft(client)) throw new Error(client.left.detail);
    expect(await client.right.interfaces()).to.deep.equal(E.right([{ guid, description: 'Wi-Fi <&> ü' }]));
    expect(await client.right.currentConnection(guid)()).to.deep.equal(E.right(O.none));
    await client.right.close();
    expect(standIn.tell('outstanding')).to.equal(0);
    expect(standIn.tell('handles')).to.equal(0);
  });
});
