// SPDX-License-Identifier: GPL-2.0 OR MIT
/* Requests to bytes, answers and notifications from bytes. See messages.h. */

#include "messages.h"

static u16 read_u16(const u8 *from)
{
	return (u16)(from[0] | from[1] << 8);
}

static u32 read_u32(const u8 *from)
{
	return read_u16(from) | (u32)read_u16(from + 2) << 16;
}

static u64 read_u64(const u8 *from)
{
	return read_u32(from) | (u64)read_u32(from + 4) << 32;
}

static u8 *write_bytes(u8 *to, const void *bytes, size_t size)
{
	memcpy(to, bytes, size);
	return to + size;
}

static u8 *write_number(u8 *to, u64 value, size_t size)
{
	size_t i;

	for (i = 0; i < size; i++)
		to[i] = (u8)(value >> (8 * i));
	return to + size;
}

static u8 *write_suites(u8 *to, const u32 *suites, u8 count, u8 limit)
{
	u8 i;

	*to++ = count;
	for (i = 0; i < limit; i++)
		to = write_number(to, i < count ? suites[i] : 0, 4);
	return to;
}

static u8 *write_header(u8 *to, u8 operation, u32 size)
{
	*to++ = operation;
	to = write_number(to, size, 4);
	return write_number(to, PW_VERSION, 2);
}

static u8 *write_ssid(u8 *to, const u8 *ssid, u8 ssid_len)
{
	*to++ = ssid_len;
	memset(to, 0, PW_SSID_SIZE);
	memcpy(to, ssid, ssid_len);
	return to + PW_SSID_SIZE;
}

size_t pw_write_scan(u8 *frame, const u8 *ssid, u8 ssid_len)
{
	u8 *to = write_header(frame, PW_SCAN, PW_SCAN_REQUEST_SIZE);

	if (ssid_len > PW_SSID_SIZE)
		ssid_len = PW_SSID_SIZE;
	return write_ssid(to, ssid, ssid_len) - frame;
}

size_t pw_write_connect(u8 *frame, const struct pw_connect *connect)
{
	u8 *to = write_header(frame, PW_CONNECT,
			      PW_CONNECT_REQUEST_SIZE + connect->key_len);

	to = write_ssid(to, connect->ssid, connect->ssid_len);
	to = write_bytes(to, connect->bssid, PW_ADDRESS_SIZE);
	*to++ = connect->auth_type;
	*to++ = connect->wpa_versions;
	to = write_suites(to, connect->akms, connect->akm_count, PW_AKM_SUITES);
	to = write_suites(to, connect->pairwise, connect->pairwise_count,
			  PW_PAIRWISE_SUITES);
	to = write_number(to, connect->group, 4);
	*to++ = connect->key_len;
	if (connect->key_len)
		to = write_bytes(to, connect->key, connect->key_len);
	return to - frame;
}

size_t pw_write_disconnect(u8 *frame, u64 session)
{
	u8 *to = write_header(frame, PW_DISCONNECT, PW_SESSION_SIZE);

	return write_number(to, session, 8) - frame;
}

size_t pw_write_hello(u8 *frame, const struct pw_hello *hello)
{
	u8 *to = write_header(frame, PW_HELLO, PW_HELLO_SIZE);

	to = write_number(to, hello->capabilities, 4);
	to = write_number(to, hello->instance, 8);
	return write_number(to, hello->session, 8) - frame;
}

/* @from holds PW_HEADER_SIZE bytes. */
int pw_read_header(const u8 *from, struct pw_header *header)
{
	header->operation = from[0];
	header->size = read_u32(from + 1);
	return read_u16(from + 5) == PW_VERSION ? 0 : -EPROTO;
}

static int check_size(const struct pw_header *header, u32 least, u32 most)
{
	return header->size >= least && header->size <= most ? 0 : -EBADMSG;
}

/*
 * Whether @header can begin the answer to @request, before a byte of its body
 * is waited for. -EOPNOTSUPP: the host could not process the request.
 */
int pw_check_answer(u8 request, const struct pw_header *header)
{
	if (header->operation == PW_INVALID)
		return check_size(header, 0, 0) ?: -EOPNOTSUPP;
	if (header->operation != request + 1)
		return -EPROTO;
	switch (header->operation) {
	case PW_SCAN_ANSWER:
		return check_size(header, PW_OLDER_SCAN_SIZE, PW_SCAN_LIMIT);
	case PW_CONNECT_ANSWER:
		return check_size(header, PW_CONNECT_ANSWER_SIZE,
				  PW_CONNECT_ANSWER_SIZE);
	case PW_DISCONNECT_ANSWER:
		/* Some hosts send the size of an empty structure. */
		return check_size(header, 0, 1);
	case PW_HELLO_ANSWER:
		return check_size(header, PW_HELLO_ANSWER_SIZE,
				  PW_HELLO_ANSWER_SIZE);
	default:
		return -EPROTO;
	}
}

/* Whether @header can begin a notification. */
int pw_check_notification(const struct pw_header *header)
{
	switch (header->operation) {
	case PW_SCAN_ANSWER:
		return check_size(header, PW_OLDER_SCAN_SIZE, PW_SCAN_LIMIT);
	case PW_DISCONNECTED:
		return check_size(header, PW_SESSION_SIZE, PW_SESSION_SIZE);
	case PW_SIGNAL:
		return check_size(header, PW_SIGNAL_SIZE, PW_SIGNAL_SIZE);
	default:
		return -EPROTO;
	}
}

/* Whether @count entries and @total bytes are what @size bytes can hold. */
static bool is_consistent(u32 count, u32 total, size_t head, size_t size)
{
	return total == size && count <= (size - head) / PW_ENTRY_SIZE;
}

/*
 * -EPROTONOSUPPORT: the older format, which has no scan_complete in front. It
 * is recognized and never read: what it counts lies one byte further ahead.
 */
int pw_read_scan(const u8 *body, size_t size, struct pw_scan *scan)
{
	if (size >= PW_SCAN_SIZE && size <= PW_SCAN_LIMIT && body[0] <= 1 &&
	    is_consistent(read_u32(body + 1), read_u32(body + 5),
			  PW_SCAN_SIZE, size)) {
		scan->body = body;
		scan->size = size;
		scan->count = read_u32(body + 1);
		scan->complete = body[0] == 1;
		return 0;
	}
	if (size >= PW_OLDER_SCAN_SIZE &&
	    is_consistent(read_u32(body), read_u32(body + 4),
			  PW_OLDER_SCAN_SIZE, size))
		return -EPROTONOSUPPORT;
	return -EBADMSG;
}

/* How many of @size bytes are whole elements: one byte id, one byte length. */
static u32 whole_elements(const u8 *elements, u32 size)
{
	u32 at = 0;

	while (size - at >= 2 && size - at - 2 >= elements[at + 1])
		at += 2 + elements[at + 1];
	return at;
}

/*
 * The network at @index below scan->count. -EBADMSG: its elements do not lie
 * behind the entries and inside the body; the other networks can still be read.
 */
int pw_read_bss(const struct pw_scan *scan, u32 index, struct pw_bss *bss)
{
	u32 at = PW_SCAN_SIZE + index * PW_ENTRY_SIZE;
	u32 entries_end = PW_SCAN_SIZE + scan->count * PW_ENTRY_SIZE;
	const u8 *entry = scan->body + at;
	u32 size, offset;

	memcpy(bss->bssid, entry, PW_ADDRESS_SIZE);
	bss->capabilities = read_u16(entry + 6);
	bss->dbm = (s32)read_u32(entry + 8);
	bss->beacon_interval = read_u16(entry + 12);
	bss->khz = read_u32(entry + 14);
	size = read_u32(entry + 18);
	offset = read_u32(entry + 22);

	bss->elements = NULL;
	bss->elements_size = 0;
	if (!size)
		return 0;
	if (size > PW_ELEMENTS_LIMIT || offset > scan->size - at ||
	    offset < entries_end - at || size > scan->size - at - offset)
		return -EBADMSG;
	bss->elements = entry + offset;
	bss->elements_size = whole_elements(bss->elements, size);
	return 0;
}

int pw_read_connect_answer(const u8 *body, size_t size,
			   struct pw_connect_answer *answer)
{
	if (size != PW_CONNECT_ANSWER_SIZE)
		return -EBADMSG;
	answer->status = read_u16(body);
	memcpy(answer->bssid, body + 2, PW_ADDRESS_SIZE);
	answer->session = read_u64(body + 8);
	return 0;
}

int pw_read_hello_answer(const u8 *body, size_t size,
			 struct pw_hello_answer *answer)
{
	if (size != PW_HELLO_ANSWER_SIZE || body[12] > 1)
		return -EBADMSG;
	answer->capabilities = read_u32(body);
	answer->instance = read_u64(body + 4);
	answer->in_effect = body[12] == 1;
	answer->next_ms = read_u32(body + 13);
	return 0;
}

int pw_read_session(const u8 *body, size_t size, u64 *session)
{
	if (size != PW_SESSION_SIZE)
		return -EBADMSG;
	*session = read_u64(body);
	return 0;
}

int pw_read_signal(const u8 *body, size_t size, s8 *dbm)
{
	if (size != PW_SIGNAL_SIZE)
		return -EBADMSG;
	*dbm = (s8)body[0];
	return 0;
}
