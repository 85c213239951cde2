/**
 * Readiness by `select`: one call on one thread of the pool watches all sockets, and a datagram to ourselves brings it
 * back when what is to be watched has changed. libuv's poll would do the same with a thread of Windows' own for each
 * socket whose family it does not know, and it does not know `AF_HYPERV`; `select` is what is known to work there.
 */
import koffi from 'koffi';
import type { Descriptor, Interest, Readiness, Watch } from '../sockets/koffi-streams-calls.js';
import { constants, fd_set } from './layouts.js';

/** `fd_set` with room for `sockets`: Windows looks at the count, not at FD_SETSIZE. */
export const encodeSet = (sockets: readonly Descriptor[]): Uint8Array => {
  const { fd_count, fd_array } = fd_set.members;
  const bytes = new Uint8Array(fd_array.offset + 8 * Math.max(1, sockets.length));
  const view = new DataView(bytes.buffer);
  view.setUint32(fd_count.offset, sockets.length, true);
  for (const [i, socket] of sockets.entries())
    view.setBigUint64(fd_array.offset + 8 * i, BigInt(socket), true);
  return bytes;
};

/** The sockets that `select` has left in a set. */
export const decodeSet = (bytes: Uint8Array): readonly Descriptor[] => {
  const { fd_count, fd_array } = fd_set.members;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Array.from({ length: view.getUint32(fd_count.offset, true) }, (_, i) =>
    Number(view.getBigUint64(fd_array.offset + 8 * i, true)),
  );
};

/** What the watcher needs of the system besides the sockets under watch. */
interface Native {
  /** Waits, on a thread of the pool, without a time limit. */
  readonly select: (
    read: Uint8Array,
    write: Uint8Array,
    except: Uint8Array,
    returned: (ready: number) => void,
  ) => void;
  /** A socket that becomes readable by `wake`, until it is drained. */
  readonly waker: { readonly socket: Descriptor; readonly wake: () => void; readonly drain: () => void };
}

const bindNative = (): Native => {
  const winsock = koffi.load('ws2_32.dll');
  const native = winsock.func('int select(int, void *, void *, void *, void *)');
  const socket: (family: number, type: number, protocol: number) => Descriptor = winsock.func(
    'intptr_t socket(int, int, int)',
  );
  const bind: (s: Descriptor, address: Uint8Array, size: number) => number = winsock.func(
    'int bind(intptr_t, const void *, int)',
  );
  const connect: typeof bind = winsock.func('int connect(intptr_t, const void *, int)');
  const getsockname: (s: Descriptor, address: Uint8Array, size: Int32Array) => number = winsock.func(
    'int getsockname(intptr_t, void *, void *)',
  );
  const ioctlsocket: (s: Descriptor, command: number, value: Uint32Array) => number = winsock.func(
    'int ioctlsocket(intptr_t, int32_t, void *)',
  );
  const send: (s: Descriptor, bytes: Uint8Array, size: number, flags: number) => number = winsock.func(
    'int send(intptr_t, const void *, int, int)',
  );
  const recv: (s: Descriptor, bytes: Uint8Array, size: number, flags: number) => number = winsock.func(
    'int recv(intptr_t, void *, int, int)',
  );

  // A datagram socket on loopback that is its own peer: nobody else's datagrams come through.
  const own = socket(constants.AF_INET, constants.SOCK_DGRAM, 0);
  const address = new Uint8Array(16);
  address.set([constants.AF_INET, 0, 0, 0, 127, 0, 0, 1]);
  const ready =
    bind(own, address, address.length) === 0 &&
    getsockname(own, address, Int32Array.of(address.length)) === 0 &&
    connect(own, address, address.length) === 0 &&
    ioctlsocket(own, constants.FIONBIO, Uint32Array.of(1)) === 0;
  if (!ready)
    throw new Error('Windows gives no loopback socket, without which other sockets cannot be watched');
  const byte = new Uint8Array(1);
  return {
    select: (read, write, except, returned) => {
      native.async(0, read, write, except, null, (_thrown: unknown, count: number) => returned(count));
    },
    waker: {
      socket: own,
      wake: () => {
        send(own, byte, 1, 0);
      },
      drain: () => {
        while (recv(own, byte, 1, 0) >= 0);
      },
    },
  };
};

interface Watched {
  wanted: Interest;
  readonly ready: (now: Interest) => void;
}

const nothing: Interest = { readable: false, writable: false };

class Selector implements Readiness {
  readonly #watched = new Map<Descriptor, Watched>();
  #native: Native | undefined;
  /** The sockets of the call that waits. None of them may be closed before it has returned. */
  #inCall: ReadonlySet<Descriptor> | undefined;
  #woken = false;
  #due = false;
  #releases: (() => void)[] = [];

  readonly watch = (socket: Descriptor, ready: (now: Interest) => void): Watch => {
    const watched: Watched = { wanted: nothing, ready };
    this.#watched.set(socket, watched);
    return {
      set: (interest) => {
        const { wanted } = watched;
        if (interest.readable === wanted.readable && interest.writable === wanted.writable) return;
        if (this.#watched.get(socket) !== watched) return;
        watched.wanted = interest;
        this.#changed();
      },
      close: (released) => {
        if (this.#watched.get(socket) !== watched) return;
        this.#watched.delete(socket);
        if (this.#inCall?.has(socket)) {
          this.#releases.push(released);
          this.#changed();
        } else released();
      },
    };
  };

  readonly whenReleased = (then: () => void): void => {
    if (this.#releases.length === 0) then();
    else this.#releases.push(then);
  };

  /** What is to be watched has changed: brings a waiting call back, or starts one when this turn is over. */
  #changed(): void {
    if (this.#inCall !== undefined) {
      if (this.#woken) return;
      this.#woken = true;
      this.#native?.waker.wake();
    } else if (!this.#due) {
      this.#due = true;
      queueMicrotask(() => {
        this.#due = false;
        this.#wait();
      });
    }
  }

  #wait(): void {
    if (this.#inCall !== undefined) return;
    const asked = [...this.#watched];
    const readable = asked.filter(([, { wanted }]) => wanted.readable).map(([socket]) => socket);
    const writable = asked.filter(([, { wanted }]) => wanted.writable).map(([socket]) => socket);
    // With nothing to watch no call waits, and the process may end.
    if (readable.length + writable.length === 0) return;
    this.#native ??= bindNative();
    const { select, waker } = this.#native;
    const read = encodeSet([waker.socket, ...readable]);
    const write = encodeSet(writable);
    // A connection that could not be made is reported here only.
    const except = encodeSet(writable);
    this.#inCall = new Set([...readable, ...writable]);
    select(read, write, except, (count) => {
      this.#inCall = undefined;
      this.#woken = false;
      waker.drain();
      for (const released of this.#releases.splice(0)) released();
      if (count > 0)
        this.#tell(asked, new Set(decodeSet(read)), new Set(decodeSet(write)), new Set(decodeSet(except)));
      // The call failed, so one of the sockets is broken: each owner has to ask its own.
      else this.#tell(asked, new Set(readable), new Set(writable), new Set());
      this.#wait();
    });
  }

  /** Tells those who were asked for; a descriptor that has changed hands meanwhile is not theirs any more. */
  #tell(
    asked: readonly (readonly [Descriptor, Watched])[],
    read: ReadonlySet<Descriptor>,
    write: ReadonlySet<Descriptor>,
    except: ReadonlySet<Descriptor>,
  ): void {
    for (const [socket, watched] of asked) {
      if (this.#watched.get(socket) !== watched) continue;
      const readable = watched.wanted.readable && read.has(socket);
      const writable = watched.wanted.writable && (write.has(socket) || except.has(socket));
      if (readable || writable) watched.ready({ readable, writable });
    }
  }
}

/** A watcher of its own. It holds one datagram socket once it has watched anything. */
export const selectReadiness = (): Readiness => new Selector();
