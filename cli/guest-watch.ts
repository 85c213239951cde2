/** `proxy-wifi guest watch`: one table of what the host tells, a row for each thing, with its time. */
import * as E from 'fp-ts/lib/Either.js';
import { type GuestEvent, guestFailureText } from '../native/guest/index.js';
import type { Bss, Bssid } from '../protocol/index.js';
import { asGuest } from './as-guest.js';
import type { GuestFlags } from './guest-options.js';
import { networkJson, networksTable, signalText } from './networks-table.js';
import { complain, type ExitCode, styled, type Terminal } from './terminal.js';

const eventJson = (event: GuestEvent): Readonly<Record<string, unknown>> => {
  switch (event.type) {
    case 'listening':
      return { event: 'listening', address: event.address };
    case 'host.restarted':
      return { event: event.type };
    case 'session.lost':
      return { event: event.type, sessionId: event.sessionId };
    case 'failure':
      return { event: 'failure', problem: guestFailureText(event.failure) };
    case 'message': {
      const { operation, ...fields } = event.message;
      return {
        event: operation,
        ...fields,
        ...('networks' in fields ? { networks: fields.networks.map(networkJson) } : {}),
      };
    }
  }
};

/** What changed from one scan to the next. */
const changesBetween = (before: readonly Bss[], now: readonly Bss[]): string => {
  const known = new Map<Bssid, Bss>(before.map((bss) => [bss.bssid, bss]));
  const still = new Set(now.map(({ bssid }) => bssid));
  const named = (networks: readonly Bss[]): string =>
    networks.map(({ ssid, bssid }) => ssid || bssid).join(', ');
  const come = now.filter(({ bssid }) => !known.has(bssid));
  const gone = before.filter(({ bssid }) => !still.has(bssid));
  return [
    ...(come.length === 0 ? [] : [`new: ${named(come)}`]),
    ...(gone.length === 0 ? [] : [`gone: ${named(gone)}`]),
  ].join('; ');
};

/** The rows of the table, and what they go by. */
class WatchTable {
  readonly #terminal: Terminal;
  readonly #now: () => Date;
  #networks: readonly Bss[] | undefined;

  constructor(terminal: Terminal, now: () => Date) {
    this.#terminal = terminal;
    this.#now = now;
  }

  show(event: GuestEvent): void {
    switch (event.type) {
      case 'listening':
        this.#terminal.out(`Listening for notifications at ${event.address}. Ctrl-C stops.`);
        return;
      case 'host.restarted':
        this.#row('Service', 'started anew');
        return;
      case 'session.lost':
        this.#row('Ended', `session ${event.sessionId}, and the host did not tell`);
        return;
      case 'failure':
        this.#row('Unusable', guestFailureText(event.failure));
        return;
      case 'message': {
        const { message } = event;
        if (message.operation === 'scan.response') this.#scan(message.networks);
        else if (message.operation === 'signal')
          this.#row('Signal', signalText(message.rssi, this.#terminal));
        else if (message.operation === 'disconnected')
          this.#row('Ended', `session ${message.sessionId}, disconnected by the host`);
        else this.#row('Unexpected', `${message.operation} is no notification`);
      }
    }
  }

  /** All networks the first time, then what has changed. */
  #scan(networks: readonly Bss[]): void {
    const before = this.#networks;
    this.#networks = networks;
    const changes = before === undefined ? '' : changesBetween(before, networks);
    this.#row('Networks', `${networks.length}${changes === '' ? '' : ` (${changes})`}`);
    if (before !== undefined) return;
    for (const line of networksTable(networks, this.#terminal))
      this.#terminal.out(`                    ${line}`);
  }

  #row(what: string, details: string): void {
    const time = this.#now().toTimeString().slice(0, 8);
    this.#terminal.out(`${styled(this.#terminal, 'dim', time)}  ${what.padEnd(8)}  ${details}`);
  }
}

/** Prints what the host tells until the guest is closed. The host tells only guests that have asked something. */
export const guestWatch = (flags: GuestFlags, terminal: Terminal): Promise<ExitCode> =>
  asGuest(flags, terminal, ({ guest, terminal: own, patiently, failed }) => {
    const table = new WatchTable(own, () => new Date());
    const show = (event: GuestEvent): void => {
      if (flags.json === true) own.out(JSON.stringify(eventJson(event)));
      else table.show(event);
    };
    return new Promise((resolve) => {
      let heard: GuestEvent['type'] | undefined;
      let code: ExitCode = 0;
      guest.notifications.subscribe({
        next: (event) => {
          if (event.type === 'failure' && heard === undefined) {
            code = complain(own, [guestFailureText(event.failure)], 1);
            return;
          }
          show(event);
          if (heard === undefined) void introduce();
          heard = event.type;
        },
        complete: () => resolve(code),
      });
      const introduce = async (): Promise<void> => {
        const answer = await patiently(guest.scan()());
        if (E.isRight(answer)) return show({ type: 'message', message: answer.right });
        if (answer.left.reason === 'closed') return;
        code = failed(answer.left);
        guest.close();
      };
    });
  });
