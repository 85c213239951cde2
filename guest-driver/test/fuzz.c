// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * For libFuzzer with the address and undefined behaviour sanitizers: the input
 * is what a host sends, header and body, and is taken as every answer and as a
 * notification. Whatever is given out is read to its last byte.
 */

#include <stdlib.h>

#include "messages.h"

int LLVMFuzzerTestOneInput(const u8 *data, size_t size);

/* The compiler may not leave out what is only read. */
static volatile unsigned int sink;

static void touch(const void *bytes, size_t size)
{
	const u8 *from = bytes;

	while (size--)
		sink += *from++;
}

static void read_body(u8 operation, const u8 *body, size_t size)
{
	struct pw_connect_answer connect;
	struct pw_hello_answer hello;
	struct pw_scan scan;
	u64 session;
	s8 dbm;
	u32 i;

	switch (operation) {
	case PW_SCAN_ANSWER:
		if (pw_read_scan(body, size, &scan))
			return;
		for (i = 0; i < scan.count; i++) {
			struct pw_bss bss;

			if (!pw_read_bss(&scan, i, &bss) && bss.elements_size)
				touch(bss.elements, bss.elements_size);
			touch(&bss, sizeof(bss));
		}
		return;
	case PW_CONNECT_ANSWER:
		if (!pw_read_connect_answer(body, size, &connect))
			touch(&connect.bssid, sizeof(connect.bssid));
		return;
	case PW_HELLO_ANSWER:
		if (!pw_read_hello_answer(body, size, &hello))
			sink += hello.in_effect;
		return;
	case PW_DISCONNECTED:
		if (!pw_read_session(body, size, &session))
			sink += session;
		return;
	case PW_SIGNAL:
		if (!pw_read_signal(body, size, &dbm))
			sink += dbm;
		return;
	}
}

/* As a thread of the driver would take it after it has read the header. */
static void take(const u8 *data, size_t size, const struct pw_header *header)
{
	u8 *body;

	if (header->size > size - PW_HEADER_SIZE)
		return;
	body = malloc(header->size ? header->size : 1);
	memcpy(body, data + PW_HEADER_SIZE, header->size);
	read_body(header->operation, body, header->size);
	free(body);
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	struct pw_header header;
	u8 request;

	if (size < PW_HEADER_SIZE || pw_read_header(data, &header))
		return 0;
	for (request = PW_SCAN; request <= PW_HELLO; request += 2)
		if (!pw_check_answer(request, &header))
			take(data, size, &header);
	if (!pw_check_notification(&header))
		take(data, size, &header);
	return 0;
}
