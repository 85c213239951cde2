/** Plays systemd: the socket to which a service says how it is. */
import { setImmediate } from 'node:timers/promises';
import { expect } from 'chai';
import koffi from 'koffi';
import { unixAddress } from '../../../native/linux/systemd.js';

const MSG_DONTWAIT = 0x40;

/** A datagram socket at that name. */
export const listenAt = (name: string) => {
  const libc = koffi.load(null);
  const address = unixAddress(name) ?? new Uint8Array();
  const fd = Number(libc.func('int socket(int family, int type, int protocol)')(1, 2, 0));
  const bound = Number(
    libc.func('int bind(int fd, const void *address, uint32_t size)')(fd, address, address.length),
  );
  expect(bound).to.equal(0);
  const recv = libc.func('intptr_t recv(int fd, void *into, size_t size, int flags)');
  return {
    next: async (): Promise<string> => {
      const into = Buffer.alloc(1024);
      for (;;) {
        const size = Number(recv(fd, into, into.length, MSG_DONTWAIT));
        if (size >= 0) return into.subarray(0, size).toString();
        await setImmediate();
      }
    },
    close: () => void libc.func('int close(int fd)')(fd),
  };
};
