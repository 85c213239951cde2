// SPDX-License-Identifier: GPL-2.0 OR MIT
/* The service on a host: its requests, its thread, its life. See host.h. */

#include <linux/delay.h>
#include <linux/kthread.h>
#include <linux/mm.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <net/net_namespace.h>

#include "host.h"
#include "link.h"

#define ANSWER_TIMEOUT	(20 * HZ)
/* What leaving may take: long enough for a host that answers. */
#define DRAIN_TIMEOUT	(2 * HZ)

static LIST_HEAD(hosts);
static DEFINE_MUTEX(hosts_lock);

/* One line about a host that cannot be understood, not a line for each message. */
void pw_complain(struct pw_host *host, int error, const char *about)
{
	if (!__ratelimit(&host->complaints))
		return;
	if (error == -EACCES)
		pr_warn("%s %s: a connection from somewhere else to the port for notifications: not read\n",
			pw_transport_name(host->address.transport), host->text);
	else if (error == -EPROTONOSUPPORT)
		pr_warn("%s %s: %s in the older format, without scan_complete: not used; set the service to the newer format for this guest\n",
			pw_transport_name(host->address.transport), host->text,
			about);
	else
		pr_warn("%s %s: malformed %s (%d): not used\n",
			pw_transport_name(host->address.transport), host->text,
			about, error);
}

struct pw_request *pw_new_request(struct pw_link *link, pw_answered *answered)
{
	struct pw_request *request = kzalloc(sizeof(*request), GFP_KERNEL);

	if (!request)
		return NULL;
	request->link = link;
	request->answered = answered;
	request->timeout = ANSWER_TIMEOUT;
	return request;
}

/* Behind what is waiting already. */
void pw_ask(struct pw_host *host, struct pw_request *request)
{
	lockdep_assert_held(&host->lock);
	list_add_tail(&request->entry, &host->requests);
	WRITE_ONCE(host->pending, host->pending + 1);
	wake_up(&host->wake);
}

static void disconnect_answered(struct pw_host *host,
				struct pw_request *request, int error,
				const u8 *body, u32 size)
{
}

/* Before everything that waits: what waits may be the next connection. */
void pw_end_session(struct pw_host *host, u64 session)
{
	struct pw_request *request;

	lockdep_assert_held(&host->lock);
	request = pw_new_request(NULL, disconnect_answered);
	if (!request)
		return;
	request->size = pw_write_disconnect(request->frame, session);
	list_add(&request->entry, &host->requests);
	WRITE_ONCE(host->pending, host->pending + 1);
	wake_up(&host->wake);
}

/*
 * @link does not want the answers to its requests of @operation, or to any of
 * them if that is PW_INVALID. What has been sent already goes on without it.
 */
void pw_forget_requests(struct pw_host *host, struct pw_link *link,
			u8 operation)
{
	struct pw_request *request, *next;

	lockdep_assert_held(&host->lock);
	list_for_each_entry_safe(request, next, &host->requests, entry) {
		if (request->link != link ||
		    (operation && request->frame[0] != operation))
			continue;
		list_del(&request->entry);
		kfree_sensitive(request);
		WRITE_ONCE(host->pending, host->pending - 1);
	}
	request = host->current_request;
	if (request && request->link == link &&
	    (!operation || request->frame[0] == operation))
		request->link = NULL;
}

/* One request and its answer, of which *@body is to be freed. */
static int exchange(struct pw_host *host, struct pw_request *request,
		    u8 **body, u32 *size)
{
	unsigned long deadline = jiffies + request->timeout;
	struct socket *sock = pw_open(&host->address);
	u8 head[PW_HEADER_SIZE];
	struct pw_header header;
	int error;

	if (IS_ERR(sock))
		return PTR_ERR(sock);
	error = pw_send(sock, request->frame, request->size);
	if (!error)
		error = pw_receive(sock, head, sizeof(head), deadline);
	if (!error)
		error = pw_read_header(head, &header);
	if (!error)
		error = pw_check_answer(request->frame[0], &header);
	if (!error && header.size) {
		*body = kvmalloc(header.size, GFP_KERNEL);
		*size = header.size;
		error = *body ? pw_receive(sock, *body, header.size, deadline) :
				-ENOMEM;
	}
	sock_release(sock);
	return error;
}

/* A service that cannot be reached may be another one when it can be again. */
static void note_reachability(struct pw_host *host, int error)
{
	bool is_lost = error && error != -EOPNOTSUPP && error != -EPROTO &&
		       error != -EBADMSG && error != -ENOMEM;

	if (is_lost) {
		host->is_unsure = true;
		host->has_no_hello = false;
	}
	if (is_lost == host->is_lost || READ_ONCE(host->closing))
		return;
	host->is_lost = is_lost;
	if (is_lost)
		pr_warn_ratelimited("%s %s port %u: no answer (%d). Is the service running there?\n",
				    pw_transport_name(host->address.transport), host->text,
				    host->address.request_port, error);
	else
		pr_info_ratelimited("%s %s port %u: answers again\n",
				    pw_transport_name(host->address.transport), host->text,
				    host->address.request_port);
}

static void handle(struct pw_host *host, struct pw_request *request)
{
	u8 *body = NULL;
	u32 size = 0;
	int error = exchange(host, request, &body, &size);

	mutex_lock(&host->lock);
	host->current_request = NULL;
	if (error == -EPROTO || error == -EBADMSG)
		pw_complain(host, error, "answer");
	note_reachability(host, error);
	request->answered(host, request, error, body, size);
	if (request->frame[0] != PW_HELLO) {
		host->hello_has_failed = false;
		WRITE_ONCE(host->pending, host->pending - 1);
	}
	mutex_unlock(&host->lock);
	kfree_sensitive(request);
	kvfree(body);
	wake_up_all(&host->idle);
}

/* A hello that is due goes first: the host answers the others by it. */
static struct pw_request *next_request(struct pw_host *host)
{
	struct pw_request *request = NULL;

	mutex_lock(&host->lock);
	if (!pw_until_hello(host))
		request = pw_new_hello(host);
	if (!request && !list_empty(&host->requests)) {
		request = list_first_entry(&host->requests, struct pw_request,
					   entry);
		list_del(&request->entry);
	}
	host->current_request = request;
	mutex_unlock(&host->lock);
	return request;
}

static bool has_something_to_do(struct pw_host *host)
{
	return READ_ONCE(host->closing) || READ_ONCE(host->pending) ||
	       !pw_until_hello(host);
}

static int ask(void *data)
{
	struct pw_host *host = data;

	allow_kernel_signal(SIGKILL);
	while (!READ_ONCE(host->closing)) {
		struct pw_request *request = next_request(host);

		if (request)
			handle(host, request);
		else
			wait_event_interruptible_timeout(host->wake,
							 has_something_to_do(host),
							 pw_until_hello(host));
	}
	return 0;
}

static bool is_idle(struct pw_host *host)
{
	return !READ_ONCE(host->pending);
}

static void free_host(struct pw_host *host)
{
	struct pw_request *request, *next;

	list_for_each_entry_safe(request, next, &host->requests, entry)
		kfree_sensitive(request);
	mutex_destroy(&host->lock);
	kfree(host);
}

/* The thread lives until it is told to end, and its task until we let go of it. */
static int start_asking(struct pw_host *host)
{
	struct task_struct *task = kthread_create(ask, host, "proxy_wifi/ask");

	if (IS_ERR(task))
		return PTR_ERR(task);
	get_task_struct(task);
	host->asking = task;
	wake_up_process(task);
	return 0;
}

/* A request that is still waiting for its answer ends at once. */
static void stop_asking(struct pw_host *host)
{
	WRITE_ONCE(host->closing, true);
	send_sig(SIGKILL, host->asking, 1);
	wake_up(&host->wake);
	kthread_stop(host->asking);
	put_task_struct(host->asking);
}

static struct pw_host *create_host(const struct pw_address *address,
				   struct netlink_ext_ack *extack)
{
	struct pw_host *host = kzalloc(sizeof(*host), GFP_KERNEL);
	int error;

	if (!host)
		return ERR_PTR(-ENOMEM);
	host->users = 1;
	host->address = *address;
	pw_host_text(address, host->text);
	mutex_init(&host->lock);
	INIT_LIST_HEAD(&host->links);
	INIT_LIST_HEAD(&host->requests);
	init_waitqueue_head(&host->wake);
	init_waitqueue_head(&host->idle);
	ratelimit_state_init(&host->complaints, 60 * HZ, 2);

	error = pw_start_listening(host);
	if (error) {
		NL_SET_ERR_MSG(extack, "the port for notifications cannot be listened on");
		free_host(host);
		return ERR_PTR(error);
	}
	error = start_asking(host);
	if (error) {
		pw_stop_listening(host);
		free_host(host);
		return ERR_PTR(error);
	}
	return host;
}

/* Sleeps, and must be called without rtnl: another one may be closing. */
struct pw_host *pw_host_get(const struct pw_address *address,
			    struct netlink_ext_ack *extack)
{
	struct pw_host *host;

	mutex_lock(&hosts_lock);
	list_for_each_entry(host, &hosts, entry) {
		if (pw_same_address(&host->address, address)) {
			host->users++;
			goto out;
		}
	}
	host = create_host(address, extack);
	if (!IS_ERR(host))
		list_add(&host->entry, &hosts);
out:
	mutex_unlock(&hosts_lock);
	return host;
}

/* Sleeps, for DRAIN_TIMEOUT where the host does not answer. Without rtnl. */
void pw_host_put(struct pw_host *host)
{
	mutex_lock(&hosts_lock);
	if (!--host->users) {
		wait_event_timeout(host->idle, is_idle(host), DRAIN_TIMEOUT);
		stop_asking(host);
		pw_stop_listening(host);
		list_del(&host->entry);
		free_host(host);
	}
	mutex_unlock(&hosts_lock);
}

/* Whether a socket of ours is in @net. */
bool pw_host_uses(const struct net *net)
{
	struct pw_host *host;
	bool uses = false;

	mutex_lock(&hosts_lock);
	list_for_each_entry(host, &hosts, entry)
		uses |= host->address.transport == PW_TCP &&
			host->address.net == net;
	mutex_unlock(&hosts_lock);
	return uses;
}

/* Waits until every host has been asked what it should be, DRAIN_TIMEOUT at most. */
void pw_hosts_drain(void)
{
	unsigned long deadline = jiffies + DRAIN_TIMEOUT;
	struct pw_host *host;

	mutex_lock(&hosts_lock);
	list_for_each_entry(host, &hosts, entry) {
		long left = deadline - jiffies;

		if (left > 0)
			wait_event_timeout(host->idle, is_idle(host), left);
	}
	mutex_unlock(&hosts_lock);
}
