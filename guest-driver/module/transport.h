/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/*
 * Sockets to the host and from it, over vsock or TCP, in kernel threads that
 * end when they get SIGKILL. Every wait has an end.
 */
#ifndef PROXY_WIFI_TRANSPORT_H
#define PROXY_WIFI_TRANSPORT_H

#include <linux/net.h>
#include <linux/netlink.h>
#include <linux/socket.h>

enum pw_transport {
	PW_VSOCK,
	PW_TCP,
};

/* Where the service is, and where it finds us. */
struct pw_address {
	enum pw_transport transport;
	/* Of the lower device; the first one for vsock, which knows none. */
	struct net *net;
	/* The host; its port is that of requests. */
	struct sockaddr_storage peer;
	u32 request_port;
	u32 notification_port;
};

#define PW_TRANSPORT_TEXT_SIZE	16
#define PW_HOST_TEXT_SIZE	64

const char *pw_transport_name(enum pw_transport transport);
void pw_host_text(const struct pw_address *address, char *text);
int pw_parse_address(struct pw_address *address, struct net *net,
		     const char *transport, const char *host, u32 request_port,
		     u32 notification_port, struct netlink_ext_ack *extack);
bool pw_same_address(const struct pw_address *a, const struct pw_address *b);

struct socket *pw_open(const struct pw_address *address);
struct socket *pw_listen(const struct pw_address *address);
bool pw_is_from_host(struct socket *sock, const struct pw_address *address);
int pw_send(struct socket *sock, void *bytes, size_t size);
int pw_receive(struct socket *sock, void *to, size_t size,
	       unsigned long deadline);

#endif
