/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/*
 * The service on a host, as the links that use it share it: requests go to it
 * one at a time, in order, from one thread; notifications come from it to a
 * listener; a hello keeps both sides informed about each other.
 *
 * Locks, outermost first: rtnl, a wiphy's, pw_host.lock. With pw_host.lock held
 * nothing waits for the host, for rtnl or for a wiphy, so every callback of
 * cfg80211 and of the network core may take it.
 */
#ifndef PROXY_WIFI_HOST_H
#define PROXY_WIFI_HOST_H

#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/ratelimit.h>
#include <linux/sched.h>
#include <linux/wait.h>
#include <linux/workqueue.h>

#include "messages.h"
#include "transport.h"

struct pw_host;
struct pw_link;
struct pw_request;

/*
 * Called with pw_host.lock held. @error 0: @body is the answer's, of a size
 * that its operation can have.
 */
typedef void pw_answered(struct pw_host *host, struct pw_request *request,
			 int error, const u8 *body, u32 size);

struct pw_request {
	struct list_head entry;
	/* NULL: whoever asked has gone or does not want it any more. */
	struct pw_link *link;
	pw_answered *answered;
	unsigned long timeout;
	size_t size;
	u8 frame[PW_FRAME_LIMIT];
};

struct pw_host {
	/* Protected by the lock of the list of hosts. */
	struct list_head entry;
	unsigned int users;

	/* Constant. */
	struct pw_address address;
	char text[PW_HOST_TEXT_SIZE];

	struct mutex lock;
	struct list_head links;
	struct list_head requests;
	struct pw_request *current_request;
	/* Requests that wait or are under way, hellos not counted. */
	unsigned int pending;
	/* The last request found nobody. */
	bool is_lost;

	/* Of the service that has answered a hello; 0 before the first. */
	u64 instance;
	u32 capabilities;
	/* It answered that it knows none. */
	bool has_no_hello;
	/* Another service may be there than the one that answered last. */
	bool is_unsure;
	/* Since the last other request. */
	bool hello_has_failed;
	unsigned long next_hello;
	/* Links that are up: somebody to say hello for. */
	unsigned int links_up;

	bool closing;
	struct task_struct *asking;
	wait_queue_head_t wake;
	wait_queue_head_t idle;

	struct socket *listener;
	struct task_struct *listening;
	struct workqueue_struct *readers;
	atomic_t reading;
	wait_queue_head_t read;

	struct ratelimit_state complaints;
};

struct pw_host *pw_host_get(const struct pw_address *address,
			    struct netlink_ext_ack *extack);
void pw_host_put(struct pw_host *host);
bool pw_host_uses(const struct net *net);
void pw_hosts_drain(void);

struct pw_request *pw_new_request(struct pw_link *link, pw_answered *answered);
void pw_ask(struct pw_host *host, struct pw_request *request);
void pw_forget_requests(struct pw_host *host, struct pw_link *link,
			u8 operation);
void pw_end_session(struct pw_host *host, u64 session);
void pw_complain(struct pw_host *host, int error, const char *about);

/* notifications.c */
int pw_start_listening(struct pw_host *host);
void pw_stop_listening(struct pw_host *host);

/* hello.c */
void pw_hello_soon(struct pw_host *host);
long pw_until_hello(struct pw_host *host);
struct pw_request *pw_new_hello(struct pw_host *host);

#endif
