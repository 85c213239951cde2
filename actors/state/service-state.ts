/** What a service knows after a restart, and the document that it stands in. Pure; no key ever gets here. */
import * as E from 'fp-ts/lib/Either.js';
import {
  IntegerType,
  ListType,
  ObjectType,
  optional,
  ParsedTextType,
  required,
  TextType,
  WordType,
} from '../../json/codecs.js';
import { decode } from '../../json/decoding.js';
import { problemText } from '../../json/problem.js';
import { parseJson } from '../../json/text.js';
import { type InterfaceId, interfaceId } from '../../native/radio.js';
import { type GuestId, parseGuestId } from '../../native/sockets/endpoint.js';
import { type Ssid, ssidFromHex, ssidHex } from '../../protocol/ssid.js';
import type { ConnectionType } from '../application/facts.js';
import type { GuestSession, KnownBefore } from '../guest/session.js';

/** A guest that has ever asked for a connection. */
export interface RememberedGuest extends KnownBefore {
  readonly guest: GuestId;
}

/** A connection of the host that guests wanted. */
export interface RememberedLink {
  readonly interfaceId: InterfaceId;
  readonly ssid: Ssid;
  /** What the host had before, by the name under which its system knows it; null: nothing, or the system remembers it itself. */
  readonly former: string | null;
}

export interface ServiceState {
  readonly guests: readonly RememberedGuest[];
  readonly links: readonly RememberedLink[];
}

export const nothingRemembered: ServiceState = { guests: [], links: [] };

/** Another one is of a newer service, or of none. */
const version = 1;

const text = new TextType('a text', { minLength: 1 });
const ssid = new ParsedTextType('the bytes of an SSID in hex', (hex) =>
  E.mapLeft(() => undefined)(ssidFromHex(hex)),
);
const guest = new ParsedTextType('a guest', (id) => E.mapLeft(() => undefined)(parseGuestId(id)));
const sessionId = new IntegerType(1, Number.MAX_SAFE_INTEGER, '');

const session = new ObjectType('a session', {
  id: required(sessionId, 'Its id.'),
  type: required(
    new WordType<ConnectionType>({
      hostMirroring: 'The host was connected by itself.',
      guestDirected: 'The host connected because the guest asked.',
    }),
    'Who wanted the connection.',
  ),
  interface: required(text, 'The interface that it is on.'),
  ssidHex: required(ssid, 'The network.'),
});

const document = new ObjectType('the state of a service', {
  version: required(new IntegerType(version, version, ''), 'Of this format.'),
  guests: required(
    new ListType(
      new ObjectType('a guest', {
        guest: required(guest, 'Who it is.'),
        lastSessionId: required(
          sessionId,
          'Id of the last connect answer, or of one that was about to be given.',
        ),
        session: optional(session, 'The session in effect.'),
        untold: optional(sessionId, 'A session that is over, though the guest may not know.'),
      }),
    ),
    'Guests that have asked for a connection.',
  ),
  links: required(
    new ListType(
      new ObjectType('a connection of the host', {
        interface: required(text, 'The interface.'),
        ssidHex: required(ssid, 'The network.'),
        former: optional(text, 'What the host had before, as its system calls it.'),
      }),
    ),
    'Connections that guests wanted.',
  ),
});

/** A value that its codec has accepted already. */
const parsed = <A>(result: E.Either<unknown, A>): A => {
  if (E.isLeft(result)) throw new Error('a codec has let something through');
  return result.right;
};

/** The state in a document, or the first thing that is wrong with it, in a sentence. */
export const decodeState = (json: string): E.Either<string, ServiceState> => {
  const value = parseJson(json);
  if (E.isLeft(value)) return E.left(problemText(value.left));
  const decoded = decode(document, value.right);
  if (E.isLeft(decoded)) return E.left(decoded.left.slice(0, 1).map(problemText).join());
  const { guests, links } = decoded.right;
  return E.right({
    guests: guests.map((one) => ({
      guest: parsed(parseGuestId(one.guest)),
      lastSessionId: one.lastSessionId,
      session:
        one.session === undefined
          ? null
          : {
              id: one.session.id,
              type: one.session.type,
              interfaceId: interfaceId(one.session.interface),
              ssid: parsed(ssidFromHex(one.session.ssidHex)),
              exchange: 0,
            },
      untold: one.untold ?? null,
    })),
    links: links.map((one) => ({
      interfaceId: interfaceId(one.interface),
      ssid: parsed(ssidFromHex(one.ssidHex)),
      former: one.former ?? null,
    })),
  });
};

const sessionDocument = ({ id, type, interfaceId: at, ssid: network }: GuestSession) => ({
  id,
  type,
  interface: at,
  ssidHex: ssidHex(network),
});

/** The document of a state: one guest a line, so that a person can read it. */
export const encodeState = ({ guests, links }: ServiceState): string => {
  const lines = (items: readonly object[]): string =>
    items.length === 0 ? '[]' : `[\n    ${items.map((item) => JSON.stringify(item)).join(',\n    ')}\n  ]`;
  const guestLines = guests.map(({ guest: id, lastSessionId, session: current, untold }) => ({
    guest: id,
    lastSessionId,
    ...(current === null ? {} : { session: sessionDocument(current) }),
    ...(untold === null ? {} : { untold }),
  }));
  const linkLines = links.map(({ interfaceId: at, ssid: network, former }) => ({
    interface: at,
    ssidHex: ssidHex(network),
    ...(former === null ? {} : { former }),
  }));
  return `{\n  "version": ${version},\n  "guests": ${lines(guestLines)},\n  "links": ${lines(linkLines)}\n}\n`;
};
