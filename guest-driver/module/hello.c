// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Hello: tells the host what this driver can do and which session it holds, and
 * so learns what the host can do, that the service has been started anew and
 * that a session has ended without a word. A host that does not know it says
 * so once, and everything else works without it.
 */

#include <linux/random.h>

#include "host.h"
#include "link.h"

/* A hello is answered at once; requests wait behind it. */
#define HELLO_TIMEOUT	(5 * HZ)
#define RETRY		(5 * HZ)
#define SHORTEST_MS	1000
#define LONGEST_MS	600000

/* New with each load of the module. */
static u64 instance;

static u64 own_instance(void)
{
	while (!instance)
		get_random_bytes(&instance, sizeof(instance));
	return instance;
}

/* Before the next request, or now. */
void pw_hello_soon(struct pw_host *host)
{
	lockdep_assert_held(&host->lock);
	host->has_no_hello = false;
	host->is_unsure = true;
	host->hello_has_failed = false;
	WRITE_ONCE(host->next_hello, jiffies);
	wake_up(&host->wake);
}

/*
 * Jiffies until one is due; 0: now. Asked by the thread that says it, also
 * without pw_host.lock: whoever changes the answer wakes it up.
 */
long pw_until_hello(struct pw_host *host)
{
	long left = READ_ONCE(host->next_hello) - jiffies;

	if (!READ_ONCE(host->links_up) || READ_ONCE(host->has_no_hello))
		return MAX_SCHEDULE_TIMEOUT;
	if (READ_ONCE(host->is_unsure) && READ_ONCE(host->pending) &&
	    !READ_ONCE(host->hello_has_failed))
		return 0;
	return max(left, 0L);
}

/* The newest session is the one that the host counts. */
static u64 newest_session(struct pw_host *host)
{
	struct pw_link *link;
	u64 session = 0;

	list_for_each_entry(link, &host->links, entry)
		if (link->state == PW_CONNECTED)
			session = max(session, link->session);
	return session;
}

static void hello_failed(struct pw_host *host, int error)
{
	host->hello_has_failed = true;
	WRITE_ONCE(host->next_hello, jiffies + RETRY);
	if (error == -EOPNOTSUPP) {
		host->has_no_hello = true;
		host->is_unsure = false;
		host->capabilities = 0;
		host->instance = 0;
	}
}

static void hello_answered(struct pw_host *host, struct pw_request *request,
			   int error, const u8 *body, u32 size)
{
	struct pw_hello_answer answer;
	u32 next_ms;

	if (!error)
		error = pw_read_hello_answer(body, size, &answer);
	if (error) {
		hello_failed(host, error);
		return;
	}
	if (host->instance && host->instance != answer.instance)
		pr_info("%s %s: the service has been started anew\n",
			pw_transport_name(host->address.transport), host->text);
	host->instance = answer.instance;
	host->capabilities = answer.capabilities;
	host->is_unsure = false;
	host->hello_has_failed = false;
	next_ms = clamp_t(u32, answer.next_ms, SHORTEST_MS, LONGEST_MS);
	WRITE_ONCE(host->next_hello, jiffies + msecs_to_jiffies(next_ms));

	/* Requests are serial: no newer session began while this was asked. */
	if (!answer.in_effect)
		pw_session_lost(host, newest_session(host));
}

/* NULL: no memory; it is due again later. */
struct pw_request *pw_new_hello(struct pw_host *host)
{
	struct pw_request *request = pw_new_request(NULL, hello_answered);
	struct pw_hello hello = {
		.capabilities = PW_KNOWS_SCAN_COMPLETE | PW_READS_FOR_A_SECOND |
				(pw_sae ? PW_KNOWS_SAE : 0),
		.instance = own_instance(),
		.session = newest_session(host),
	};

	if (!request) {
		hello_failed(host, -ENOMEM);
		return NULL;
	}
	request->timeout = HELLO_TIMEOUT;
	request->size = pw_write_hello(request->frame, &hello);
	return request;
}
