/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/*
 * The bytes that go between this driver and the service on the host: requests
 * are written, answers and notifications are read and checked. Plain functions
 * over buffers, without allocation or lock, that also compile for user space.
 *
 * Every integer is little endian, nothing is padded, nothing that is read is
 * trusted: a reader gives out only what lies inside the bytes it was given.
 */
#ifndef PROXY_WIFI_MESSAGES_H
#define PROXY_WIFI_MESSAGES_H

#ifdef __KERNEL__
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/string.h>
#include <linux/types.h>
#else
#include "user-space.h"
#endif

#define PW_HEADER_SIZE		7
#define PW_VERSION		1

#define PW_ADDRESS_SIZE		6
#define PW_SSID_SIZE		32
#define PW_AKM_SUITES		2
#define PW_PAIRWISE_SUITES	5
#define PW_KEY_SIZE		255

/* Bodies: of one size, or between two. */
#define PW_SCAN_REQUEST_SIZE	33
#define PW_CONNECT_REQUEST_SIZE	76
#define PW_SESSION_SIZE		8
#define PW_HELLO_SIZE		20
#define PW_CONNECT_ANSWER_SIZE	16
#define PW_HELLO_ANSWER_SIZE	17
#define PW_SIGNAL_SIZE		1
#define PW_OLDER_SCAN_SIZE	8
#define PW_SCAN_SIZE		9
#define PW_SCAN_LIMIT		(1u << 20)
#define PW_ENTRY_SIZE		26

/*
 * The largest body of a management frame: no network has more elements than
 * fit into one, and what is larger would not fit into nl80211's messages.
 */
#define PW_ELEMENTS_LIMIT	2304

#define PW_FRAME_LIMIT \
	(PW_HEADER_SIZE + PW_CONNECT_REQUEST_SIZE + PW_KEY_SIZE)

enum pw_operation {
	PW_INVALID,
	PW_SCAN,
	PW_SCAN_ANSWER,
	PW_CONNECT,
	PW_CONNECT_ANSWER,
	PW_DISCONNECT,
	PW_DISCONNECT_ANSWER,
	PW_DISCONNECTED,
	PW_SIGNAL,
	PW_HELLO,
	PW_HELLO_ANSWER,
};

/* Of the guest in a hello, of the host in its answer. */
enum pw_capability {
	PW_KNOWS_SCAN_COMPLETE	= 1u << 0,
	PW_KNOWS_SAE		= 1u << 1,
	PW_READS_FOR_A_SECOND	= 1u << 2,
};

/* As nl80211 numbers them. */
enum pw_auth_type {
	PW_AUTH_OPEN	= 0,
	PW_AUTH_SAE	= 4,
};

#define PW_AKM_PSK	0x000fac02
#define PW_AKM_SAE	0x000fac08

struct pw_header {
	u8 operation;
	u32 size;
};

struct pw_connect {
	u8 ssid_len;
	u8 ssid[PW_SSID_SIZE];
	u8 bssid[PW_ADDRESS_SIZE];
	u8 auth_type;
	u8 wpa_versions;
	u8 akm_count;
	u32 akms[PW_AKM_SUITES];
	u8 pairwise_count;
	u32 pairwise[PW_PAIRWISE_SUITES];
	u32 group;
	u8 key_len;
	const u8 *key;
};

struct pw_connect_answer {
	u16 status;
	u8 bssid[PW_ADDRESS_SIZE];
	u64 session;
};

struct pw_hello {
	u32 capabilities;
	u64 instance;
	u64 session;
};

struct pw_hello_answer {
	u32 capabilities;
	u64 instance;
	bool in_effect;
	u32 next_ms;
};

/* A scan answer whose counts and sizes have been checked against its bytes. */
struct pw_scan {
	const u8 *body;
	u32 size;
	u32 count;
	bool complete;
};

struct pw_bss {
	u8 bssid[PW_ADDRESS_SIZE];
	u16 capabilities;
	s32 dbm;
	u16 beacon_interval;
	u32 khz;
	const u8 *elements;
	u32 elements_size;
};

/* Each writes a whole frame and returns its size; @frame holds PW_FRAME_LIMIT. */
size_t pw_write_scan(u8 *frame, const u8 *ssid, u8 ssid_len);
size_t pw_write_connect(u8 *frame, const struct pw_connect *connect);
size_t pw_write_disconnect(u8 *frame, u64 session);
size_t pw_write_hello(u8 *frame, const struct pw_hello *hello);

/* Each returns 0, or what is wrong as a negative error number. */
int pw_read_header(const u8 *from, struct pw_header *header);
int pw_check_answer(u8 request, const struct pw_header *header);
int pw_check_notification(const struct pw_header *header);
int pw_read_scan(const u8 *body, size_t size, struct pw_scan *scan);
int pw_read_bss(const struct pw_scan *scan, u32 index, struct pw_bss *bss);
int pw_read_connect_answer(const u8 *body, size_t size,
			   struct pw_connect_answer *answer);
int pw_read_hello_answer(const u8 *body, size_t size,
			 struct pw_hello_answer *answer);
int pw_read_session(const u8 *body, size_t size, u64 *session);
int pw_read_signal(const u8 *body, size_t size, s8 *dbm);

#endif
