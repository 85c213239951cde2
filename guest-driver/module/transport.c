// SPDX-License-Identifier: GPL-2.0 OR MIT
/* Sockets to the host and from it. See transport.h. */

#include <linux/in.h>
#include <linux/in6.h>
#include <linux/inet.h>
#include <linux/jiffies.h>
#include <linux/vm_sockets.h>
#include <net/ipv6.h>
#include <net/net_namespace.h>
#include <net/sock.h>

#include "compat.h"
#include "transport.h"

/* A host whose system is there takes a connection or refuses it at once. */
#define CONNECT_TIMEOUT	(5 * HZ)
#define BACKLOG		64

const char *pw_transport_name(enum pw_transport transport)
{
	return transport == PW_VSOCK ? "vsock" : "tcp";
}

/* The host as it was given; @text holds PW_HOST_TEXT_SIZE. */
void pw_host_text(const struct pw_address *address, char *text)
{
	if (address->transport == PW_VSOCK) {
		const struct sockaddr_vm *vm = (const void *)&address->peer;

		snprintf(text, PW_HOST_TEXT_SIZE, "%u", vm->svm_cid);
	} else if (address->peer.ss_family == AF_INET) {
		const struct sockaddr_in *in = (const void *)&address->peer;

		snprintf(text, PW_HOST_TEXT_SIZE, "%pI4", &in->sin_addr);
	} else {
		const struct sockaddr_in6 *in6 = (const void *)&address->peer;

		snprintf(text, PW_HOST_TEXT_SIZE, "%pI6c", &in6->sin6_addr);
	}
}

static int parse_vsock(struct pw_address *address, const char *host)
{
	struct sockaddr_vm *vm = (struct sockaddr_vm *)&address->peer;
	u32 cid = VMADDR_CID_HOST;

	if (*host && kstrtou32(host, 10, &cid))
		return -EINVAL;
	if (cid == VMADDR_CID_ANY)
		return -EINVAL;
	address->net = &init_net;
	vm->svm_family = AF_VSOCK;
	vm->svm_cid = cid;
	vm->svm_port = address->request_port;
	return 0;
}

static int parse_tcp(struct pw_address *address, const char *host)
{
	char port[sizeof("65535")];

	if (!address->request_port || address->request_port > U16_MAX ||
	    !address->notification_port ||
	    address->notification_port > U16_MAX)
		return -ERANGE;
	snprintf(port, sizeof(port), "%u", address->request_port);
	if (inet_pton_with_scope(address->net, AF_UNSPEC, host, port,
				 &address->peer))
		return -EINVAL;
	return 0;
}

/* @net: where TCP connections are made. */
int pw_parse_address(struct pw_address *address, struct net *net,
		     const char *transport, const char *host, u32 request_port,
		     u32 notification_port, struct netlink_ext_ack *extack)
{
	int error;

	memset(address, 0, sizeof(*address));
	address->net = net;
	address->request_port = request_port;
	address->notification_port = notification_port;
	if (!strcmp(transport, "vsock")) {
		address->transport = PW_VSOCK;
		error = parse_vsock(address, host);
	} else if (!strcmp(transport, "tcp")) {
		address->transport = PW_TCP;
		error = parse_tcp(address, host);
	} else {
		NL_SET_ERR_MSG(extack, "transport is vsock or tcp");
		return -EINVAL;
	}
	if (error == -ERANGE)
		NL_SET_ERR_MSG(extack, "ports of tcp are 1 to 65535");
	else if (error)
		NL_SET_ERR_MSG(extack,
			       "host is a CID for vsock, an IP address for tcp");
	return error;
}

bool pw_same_address(const struct pw_address *a, const struct pw_address *b)
{
	return a->transport == b->transport && a->net == b->net &&
	       a->request_port == b->request_port &&
	       a->notification_port == b->notification_port &&
	       !memcmp(&a->peer, &b->peer, sizeof(a->peer));
}

static int size_of(const struct sockaddr_storage *address)
{
	switch (address->ss_family) {
	case AF_VSOCK:
		return sizeof(struct sockaddr_vm);
	case AF_INET:
		return sizeof(struct sockaddr_in);
	default:
		return sizeof(struct sockaddr_in6);
	}
}

static struct socket *create(const struct pw_address *address)
{
	struct socket *sock;
	int error = sock_create_kern(address->net, address->peer.ss_family,
				     SOCK_STREAM,
				     address->transport == PW_TCP ?
				     IPPROTO_TCP : 0, &sock);

	return error ? ERR_PTR(error) : sock;
}

/* A connection for one request. */
struct socket *pw_open(const struct pw_address *address)
{
	struct sockaddr_storage peer = address->peer;
	struct socket *sock = create(address);
	int error;

	if (IS_ERR(sock))
		return sock;
	sock->sk->sk_sndtimeo = CONNECT_TIMEOUT;
	error = kernel_connect(sock, pw_sockaddr(&peer), size_of(&peer), 0);
	if (error) {
		sock_release(sock);
		/* What a connection in progress says when its time is over. */
		if (error == -EINPROGRESS || error == -EAGAIN)
			error = -ETIMEDOUT;
		return ERR_PTR(error);
	}
	return sock;
}

/* The address that the host reaches us at for notifications. */
static void own_address(const struct pw_address *address,
			struct sockaddr_storage *own)
{
	memset(own, 0, sizeof(*own));
	own->ss_family = address->peer.ss_family;
	switch (own->ss_family) {
	case AF_VSOCK: {
		struct sockaddr_vm *vm = (struct sockaddr_vm *)own;

		vm->svm_cid = VMADDR_CID_ANY;
		vm->svm_port = address->notification_port;
		break;
	}
	case AF_INET:
		((struct sockaddr_in *)own)->sin_port =
			htons(address->notification_port);
		break;
	default:
		((struct sockaddr_in6 *)own)->sin6_port =
			htons(address->notification_port);
	}
}

struct socket *pw_listen(const struct pw_address *address)
{
	struct sockaddr_storage own;
	struct socket *sock = create(address);
	int error;

	if (IS_ERR(sock))
		return sock;
	if (address->transport == PW_TCP)
		sock_set_reuseaddr(sock->sk);
	own_address(address, &own);
	error = kernel_bind(sock, pw_sockaddr(&own), size_of(&own));
	if (!error)
		error = kernel_listen(sock, BACKLOG);
	if (error) {
		sock_release(sock);
		return ERR_PTR(error);
	}
	return sock;
}

/* Anybody can connect to a port; notifications are taken from the host only. */
bool pw_is_from_host(struct socket *sock, const struct pw_address *address)
{
	struct sockaddr_storage from = {};

	if (kernel_getpeername(sock, (struct sockaddr *)&from) < 0 ||
	    from.ss_family != address->peer.ss_family)
		return false;
	switch (from.ss_family) {
	case AF_VSOCK:
		return ((struct sockaddr_vm *)&from)->svm_cid ==
		       ((const struct sockaddr_vm *)&address->peer)->svm_cid;
	case AF_INET:
		return ((struct sockaddr_in *)&from)->sin_addr.s_addr ==
		       ((const struct sockaddr_in *)&address->peer)->sin_addr.s_addr;
	default:
		return ipv6_addr_equal(&((struct sockaddr_in6 *)&from)->sin6_addr,
				       &((const struct sockaddr_in6 *)&address->peer)->sin6_addr);
	}
}

int pw_send(struct socket *sock, void *bytes, size_t size)
{
	sock->sk->sk_sndtimeo = CONNECT_TIMEOUT;
	while (size) {
		struct msghdr msg = { .msg_flags = MSG_NOSIGNAL };
		struct kvec vec = { .iov_base = bytes, .iov_len = size };
		int sent = kernel_sendmsg(sock, &msg, &vec, 1, size);

		if (sent < 0)
			return sent == -EAGAIN ? -ETIMEDOUT : sent;
		bytes += sent;
		size -= sent;
	}
	return 0;
}

/* Exactly @size bytes before @deadline, however slowly they drip. */
int pw_receive(struct socket *sock, void *to, size_t size,
	       unsigned long deadline)
{
	while (size) {
		struct msghdr msg = {};
		struct kvec vec = { .iov_base = to, .iov_len = size };
		long left = deadline - jiffies;
		int got;

		if (left <= 0)
			return -ETIMEDOUT;
		sock->sk->sk_rcvtimeo = left;
		got = kernel_recvmsg(sock, &msg, &vec, 1, size, 0);
		if (got < 0)
			return got == -EAGAIN ? -ETIMEDOUT : got;
		if (!got)
			return -ECONNRESET;
		to += got;
		size -= got;
	}
	return 0;
}
