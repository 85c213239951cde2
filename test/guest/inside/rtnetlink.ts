/** Links of the driver's kind with attributes, which iproute2 does not know (guest-driver/module/proxy_wifi_link.h): rtnetlink(7) itself. */
import { readFileSync } from 'node:fs';
import koffi from 'koffi';

const AF_NETLINK = 16;
const SOCK_RAW = 3;
const [RTM_NEWLINK, RTM_GETLINK] = [16, 18];
/** NLM_F_REQUEST and NLM_F_ACK; NLM_F_CREATE and NLM_F_EXCL. */
const [ASK, MAKE] = [0x5, 0x600];
const [IFLA_IFNAME, IFLA_LINK, IFLA_LINKINFO] = [3, 5, 18];
const [IFLA_INFO_KIND, IFLA_INFO_DATA] = [1, 2];

/** The driver's attributes. */
export interface LinkAttributes {
  readonly transport: string;
  readonly host: string;
  readonly requestPort: number;
  readonly notificationPort: number;
}

const attribute = (type: number, body: Buffer): Buffer => {
  const bytes = Buffer.alloc((4 + body.length + 3) & ~3);
  bytes.writeUInt16LE(4 + body.length, 0);
  bytes.writeUInt16LE(type, 2);
  body.copy(bytes, 4);
  return bytes;
};
const text = (value: string): Buffer => Buffer.from(`${value}\0`);
const number = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
};

const dataOf = ({ transport, host, requestPort, notificationPort }: LinkAttributes): Buffer =>
  attribute(
    IFLA_INFO_DATA,
    Buffer.concat([
      attribute(1, text(transport)),
      attribute(2, text(host)),
      attribute(3, number(requestPort)),
      attribute(4, number(notificationPort)),
    ]),
  );

/** Sends one message about the link with this index (0: a new one); the kernel's answer. */
const ask = (type: number, flags: number, index: number, attributes: Buffer): Buffer => {
  const libc = koffi.load(null);
  const socket = libc.func('int socket(int family, int type, int protocol)');
  const send = libc.func('intptr_t send(int fd, const void *bytes, size_t size, int flags)');
  const recv = libc.func('intptr_t recv(int fd, _Out_ void *bytes, size_t size, int flags)');
  const close = libc.func('int close(int fd)');
  const head = Buffer.alloc(32);
  head.writeUInt32LE(32 + attributes.length, 0);
  head.writeUInt16LE(type, 4);
  head.writeUInt16LE(flags, 6);
  head.writeInt32LE(index, 20);
  const message = Buffer.concat([head, attributes]);
  const fd: number = socket(AF_NETLINK, SOCK_RAW, 0);
  try {
    send(fd, message, message.length, 0);
    const answer = Buffer.alloc(65_536);
    const size = Number(recv(fd, answer, answer.length, 0));
    return answer.subarray(0, Math.max(0, size));
  } finally {
    close(fd);
  }
};

const indexOf = (name: string): number => Number(readFileSync(`/sys/class/net/${name}/ifindex`, 'utf8'));

/** Makes a link of the driver's kind; what the kernel says: 0, or an error as a negative number. */
export const addLink = (lower: string, name: string, attributes: LinkAttributes): number =>
  ask(
    RTM_NEWLINK,
    ASK | MAKE,
    0,
    Buffer.concat([
      attribute(IFLA_LINK, number(indexOf(lower))),
      attribute(IFLA_IFNAME, text(name)),
      attribute(
        IFLA_LINKINFO,
        Buffer.concat([attribute(IFLA_INFO_KIND, text('proxy_wifi')), dataOf(attributes)]),
      ),
    ]),
  ).readInt32LE(16);

/** Does the kernel show the link with these attributes? */
export const shows = (name: string, attributes: LinkAttributes): boolean =>
  ask(RTM_GETLINK, ASK, indexOf(name), Buffer.alloc(0)).includes(dataOf(attributes));
