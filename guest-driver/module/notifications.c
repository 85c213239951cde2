// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * What the host says unasked: networks, a lost connection, the signal. A thread
 * takes connections; each is read on its own, for a second at most, so that a
 * slow one holds up no other.
 */

#include <linux/delay.h>
#include <linux/kthread.h>
#include <linux/mm.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>

#include "host.h"
#include "link.h"

#define READ_TIMEOUT	HZ
/* Connections that are read at the same time; others wait to be accepted. */
#define READERS		16

struct reader {
	struct work_struct work;
	struct pw_host *host;
	struct socket *sock;
	/* When it was taken. */
	ktime_t at;
};

static void networks_seen(struct pw_host *host, const u8 *body, u32 size,
			  ktime_t at)
{
	struct pw_scan scan;
	int error = pw_read_scan(body, size, &scan);

	if (error)
		pw_complain(host, error, "scan notification");
	else
		pw_scan_notified(host, &scan, at);
}

/* @body is of a size that the operation can have. */
static void dispatch(struct pw_host *host, u8 operation, const u8 *body,
		     u32 size, ktime_t at)
{
	u64 session;
	s8 dbm;

	mutex_lock(&host->lock);
	switch (operation) {
	case PW_SCAN_ANSWER:
		networks_seen(host, body, size, at);
		break;
	case PW_DISCONNECTED:
		if (!pw_read_session(body, size, &session))
			pw_session_lost(host, session);
		break;
	case PW_SIGNAL:
		if (!pw_read_signal(body, size, &dbm))
			pw_signal_changed(host, dbm);
		break;
	}
	mutex_unlock(&host->lock);
}

static int read_notification(struct pw_host *host, struct socket *sock,
			     ktime_t at)
{
	unsigned long deadline = jiffies + READ_TIMEOUT;
	u8 head[PW_HEADER_SIZE];
	struct pw_header header;
	u8 *body;
	int error;

	error = pw_receive(sock, head, sizeof(head), deadline);
	if (!error)
		error = pw_read_header(head, &header);
	if (!error)
		error = pw_check_notification(&header);
	if (error)
		return error;
	body = kvmalloc(header.size, GFP_KERNEL);
	if (!body)
		return -ENOMEM;
	error = pw_receive(sock, body, header.size, deadline);
	if (!error)
		dispatch(host, header.operation, body, header.size, at);
	kvfree(body);
	return error;
}

static void read_one(struct work_struct *work)
{
	struct reader *reader = container_of(work, struct reader, work);
	struct pw_host *host = reader->host;
	int error = read_notification(host, reader->sock, reader->at);

	if (error && !READ_ONCE(host->closing))
		pw_complain(host, error, "notification");
	sock_release(reader->sock);
	kfree(reader);
	atomic_dec(&host->reading);
	wake_up(&host->read);
}

static int start_reading(struct pw_host *host, struct socket *sock)
{
	struct reader *reader;

	if (!pw_is_from_host(sock, &host->address))
		return -EACCES;
	reader = kzalloc(sizeof(*reader), GFP_KERNEL);
	if (!reader)
		return -ENOMEM;
	INIT_WORK(&reader->work, read_one);
	reader->host = host;
	reader->sock = sock;
	reader->at = ktime_get();
	atomic_inc(&host->reading);
	queue_work(host->readers, &reader->work);
	return 0;
}

static int take_connections(void *data)
{
	struct pw_host *host = data;

	allow_kernel_signal(SIGKILL);
	while (!READ_ONCE(host->closing)) {
		struct socket *sock;
		int error;

		wait_event_interruptible(host->read,
					 atomic_read(&host->reading) < READERS ||
					 READ_ONCE(host->closing));
		error = kernel_accept(host->listener, &sock, 0);
		if (error) {
			/* A lack of something: it may be back soon. */
			if (!READ_ONCE(host->closing))
				msleep_interruptible(100);
			continue;
		}
		error = start_reading(host, sock);
		if (error) {
			pw_complain(host, error, "notification");
			sock_release(sock);
		}
	}
	return 0;
}

int pw_start_listening(struct pw_host *host)
{
	struct task_struct *task;
	int error;

	init_waitqueue_head(&host->read);
	host->listener = pw_listen(&host->address);
	if (IS_ERR(host->listener))
		return PTR_ERR(host->listener);
	host->readers = alloc_workqueue("proxy_wifi/read", WQ_UNBOUND, READERS);
	if (!host->readers) {
		error = -ENOMEM;
		goto release;
	}
	task = kthread_create(take_connections, host, "proxy_wifi/listen");
	if (IS_ERR(task)) {
		error = PTR_ERR(task);
		goto destroy;
	}
	get_task_struct(task);
	host->listening = task;
	wake_up_process(task);
	return 0;

destroy:
	destroy_workqueue(host->readers);
release:
	sock_release(host->listener);
	return error;
}

/* Waits for what is being read: a second at most. */
void pw_stop_listening(struct pw_host *host)
{
	WRITE_ONCE(host->closing, true);
	send_sig(SIGKILL, host->listening, 1);
	kthread_stop(host->listening);
	put_task_struct(host->listening);
	sock_release(host->listener);
	destroy_workqueue(host->readers);
}
