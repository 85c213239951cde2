// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * The message code in user space: whole frames byte for byte, answers and
 * notifications as a host sends them, and as it should not. Each test closes
 * with a line, the program with `N passed, N failed`.
 */

#include <stdio.h>
#include <stdlib.h>

#include "messages.h"

static int passed, failed;
static bool holds;

#define expect(condition) do { \
	if (!(condition)) { \
		holds = false; \
		printf("  %s:%d: not so: %s\n", __FILE__, __LINE__, #condition); \
	} \
} while (0)

static void test(const char *name, void (*run)(void))
{
	holds = true;
	run();
	*(holds ? &passed : &failed) += 1;
	printf("%s %s\n", holds ? "ok  " : "FAIL", name);
}

/* A body in memory of exactly its size, so that the sanitizer sees a byte too far. */
static u8 *exactly(const void *bytes, size_t size)
{
	u8 *copy = malloc(size ? size : 1);

	if (size)
		memcpy(copy, bytes, size);
	return copy;
}

/* Spaces are for people. */
static size_t from_hex(const char *hex, u8 *bytes)
{
	size_t size = 0;

	for (; *hex; hex++) {
		if (*hex == ' ')
			continue;
		bytes[size++] = strtoul((char[]){ hex[0], hex[1], 0 }, NULL, 16);
		hex++;
	}
	return size;
}

static bool is_frame(const u8 *frame, size_t size, const char *hex)
{
	u8 wanted[2 * PW_FRAME_LIMIT];

	return size == from_hex(hex, wanted) && !memcmp(frame, wanted, size);
}

#define ZEROS_8 "00 00 00 00 00 00 00 00 "

/* What a frame is written over: nothing of it may be left. */
#define DIRT { [0 ... PW_FRAME_LIMIT - 1] = 0xee }

static void writes_scans(void)
{
	u8 frame[PW_FRAME_LIMIT] = DIRT;

	expect(is_frame(frame, pw_write_scan(frame, (const u8 *)"", 0),
			"01 21000000 0100 00 " ZEROS_8 ZEROS_8 ZEROS_8 ZEROS_8));
	expect(is_frame(frame, pw_write_scan(frame, (const u8 *)"cafe", 4),
			"01 21000000 0100 04 63616665 00000000" ZEROS_8 ZEROS_8 ZEROS_8));
}

static void cuts_impossible_ssids(void)
{
	u8 frame[PW_FRAME_LIMIT] = DIRT;
	u8 ssid[255];

	memset(ssid, 0x61, sizeof(ssid));
	expect(pw_write_scan(frame, ssid, 255) == PW_HEADER_SIZE + 33);
	expect(frame[PW_HEADER_SIZE] == 32);
}

static void writes_psk_connects(void)
{
	u8 frame[PW_FRAME_LIMIT] = DIRT;
	u8 pmk[32] = { [0] = 0xaa, [31] = 0xbb };
	struct pw_connect connect = {
		.ssid_len = 2, .ssid = "ab", .bssid = { 2, 0, 0, 0, 0, 9 },
		.auth_type = PW_AUTH_OPEN, .wpa_versions = 2,
		.akm_count = 1, .akms = { PW_AKM_PSK },
		.pairwise_count = 1, .pairwise = { 0x000fac04 },
		.group = 0x000fac04, .key_len = 32, .key = pmk,
	};

	expect(is_frame(frame, pw_write_connect(frame, &connect),
			"03 6c000000 0100 02 6162 000000000000" ZEROS_8 ZEROS_8 ZEROS_8
			"020000000009 00 02 01 02ac0f00 00000000"
			"01 04ac0f00 00000000 00000000 00000000 00000000 04ac0f00"
			"20 aa 00000000000000" ZEROS_8 ZEROS_8 "00000000000000 bb"));
}

static void writes_longest_keys(void)
{
	/* Of exactly the size that the driver has for it. */
	u8 *frame = malloc(PW_FRAME_LIMIT);
	u8 key[255] = { [254] = 7 };
	struct pw_connect connect = {
		.auth_type = PW_AUTH_SAE, .akm_count = 1, .akms = { PW_AKM_SAE },
		.key_len = 255, .key = key,
	};

	expect(pw_write_connect(frame, &connect) == PW_FRAME_LIMIT);
	expect(frame[PW_HEADER_SIZE + 39] == 4);
	expect(frame[PW_FRAME_LIMIT - 1] == 7);
	free(frame);
}

static void writes_disconnects(void)
{
	u8 frame[PW_FRAME_LIMIT] = DIRT;

	expect(is_frame(frame, pw_write_disconnect(frame, 0x1122334455667788),
			"05 08000000 0100 8877665544332211"));
}

static void writes_hellos(void)
{
	u8 frame[PW_FRAME_LIMIT] = DIRT;
	struct pw_hello hello = {
		.capabilities = 7, .instance = 0xa1a2a3a4a5a6a7a8, .session = 5,
	};

	expect(is_frame(frame, pw_write_hello(frame, &hello),
			"09 14000000 0100 07000000 a8a7a6a5a4a3a2a1 0500000000000000"));
}

static void reads_headers(void)
{
	u8 bytes[PW_HEADER_SIZE];
	struct pw_header header;

	from_hex("02 04030201 0100", bytes);
	expect(!pw_read_header(bytes, &header));
	expect(header.operation == 2 && header.size == 0x01020304);
	from_hex("02 04030201 0200", bytes);
	expect(pw_read_header(bytes, &header) == -EPROTO);
}

static int answer(u8 request, u8 operation, u32 size)
{
	struct pw_header header = { .operation = operation, .size = size };

	return pw_check_answer(request, &header);
}

static void takes_the_right_answers(void)
{
	expect(!answer(PW_SCAN, PW_SCAN_ANSWER, 9));
	expect(!answer(PW_SCAN, PW_SCAN_ANSWER, 1 << 20));
	expect(!answer(PW_CONNECT, PW_CONNECT_ANSWER, 16));
	expect(!answer(PW_DISCONNECT, PW_DISCONNECT_ANSWER, 0));
	expect(!answer(PW_DISCONNECT, PW_DISCONNECT_ANSWER, 1));
	expect(!answer(PW_HELLO, PW_HELLO_ANSWER, 17));
}

static void refuses_wrong_answers(void)
{
	int request, operation;

	expect(answer(PW_SCAN, PW_SCAN_ANSWER, 7) == -EBADMSG);
	expect(answer(PW_SCAN, PW_SCAN_ANSWER, (1 << 20) + 1) == -EBADMSG);
	expect(answer(PW_SCAN, PW_SCAN_ANSWER, 0xffffffff) == -EBADMSG);
	expect(answer(PW_CONNECT, PW_CONNECT_ANSWER, 15) == -EBADMSG);
	expect(answer(PW_CONNECT, PW_CONNECT_ANSWER, 17) == -EBADMSG);
	expect(answer(PW_DISCONNECT, PW_DISCONNECT_ANSWER, 2) == -EBADMSG);
	expect(answer(PW_HELLO, PW_HELLO_ANSWER, 16) == -EBADMSG);
	expect(answer(PW_SCAN, PW_INVALID, 1) == -EBADMSG);
	for (request = PW_SCAN; request <= PW_HELLO; request += 2) {
		for (operation = 1; operation < 256; operation++)
			if (operation != request + 1)
				expect(answer(request, operation, 16) == -EPROTO);
	}
	/* No request has it as its answer. */
	expect(answer(PW_DISCONNECTED, PW_SIGNAL, 1) == -EPROTO);
}

static void knows_what_the_host_cannot_do(void)
{
	expect(answer(PW_HELLO, PW_INVALID, 0) == -EOPNOTSUPP);
	expect(answer(PW_SCAN, PW_INVALID, 0) == -EOPNOTSUPP);
}

static void checks_notifications(void)
{
	struct pw_header header;
	int operation;

	header = (struct pw_header){ PW_SCAN_ANSWER, 9 };
	expect(!pw_check_notification(&header));
	header = (struct pw_header){ PW_DISCONNECTED, 8 };
	expect(!pw_check_notification(&header));
	header = (struct pw_header){ PW_DISCONNECTED, 9 };
	expect(pw_check_notification(&header) == -EBADMSG);
	header = (struct pw_header){ PW_SIGNAL, 1 };
	expect(!pw_check_notification(&header));
	header = (struct pw_header){ PW_SIGNAL, 0 };
	expect(pw_check_notification(&header) == -EBADMSG);
	for (operation = 0; operation < 256; operation++) {
		if (operation == PW_SCAN_ANSWER || operation == PW_DISCONNECTED ||
		    operation == PW_SIGNAL)
			continue;
		header = (struct pw_header){ operation, 8 };
		expect(pw_check_notification(&header) == -EPROTO);
	}
}

/* Two networks, the second one without elements. */
#define ENTRY_1 "020000000001 1100 d6ffffff 6400 e0cd2400 06000000 34000000"
#define ENTRY_2 "020000000002 0100 9cffffff c800 c0f44f00 00000000 00000000"
#define TWO "01 02000000 43000000" ENTRY_1 ENTRY_2 "0004 63616665"

static int read_hex(const char *hex, struct pw_scan *scan, u8 **body)
{
	u8 bytes[4096];
	size_t size = from_hex(hex, bytes);

	*body = exactly(bytes, size);
	return pw_read_scan(*body, size, scan);
}

static void reads_scans(void)
{
	struct pw_scan scan;
	struct pw_bss bss;
	u8 *body;

	expect(!read_hex(TWO, &scan, &body));
	expect(scan.count == 2 && scan.complete);
	expect(!pw_read_bss(&scan, 0, &bss));
	expect(!memcmp(bss.bssid, "\2\0\0\0\0\1", 6));
	expect(bss.capabilities == 0x11 && bss.dbm == -42);
	expect(bss.beacon_interval == 100 && bss.khz == 2412000);
	expect(bss.elements_size == 6 && !memcmp(bss.elements, "\0\4cafe", 6));
	expect(!pw_read_bss(&scan, 1, &bss));
	expect(bss.dbm == -100 && !bss.elements && !bss.elements_size);
	free(body);
}

static void reads_empty_scans(void)
{
	struct pw_scan scan;
	u8 *body;

	expect(!read_hex("00 00000000 09000000", &scan, &body));
	expect(scan.count == 0 && !scan.complete);
	free(body);
}

static int error_of(const char *hex)
{
	struct pw_scan scan;
	u8 *body;
	int error = read_hex(hex, &scan, &body);

	free(body);
	return error;
}

static void refuses_malformed_scans(void)
{
	/* More entries than bytes, also where the product overflows 32 bits. */
	expect(error_of("01 03000000 43000000" ENTRY_1 ENTRY_2 "0004 63616665") == -EBADMSG);
	expect(error_of("01 ffffffff 09000000") == -EBADMSG);
	expect(error_of("01 c5894e9d 09000000") == -EBADMSG);
	/* A total that is not the body's size. */
	expect(error_of("01 00000000 0a000000") == -EBADMSG);
	expect(error_of("01 00000000 08000000") == -EBADMSG);
	/* Neither complete nor incomplete. */
	expect(error_of("02 00000000 09000000") == -EBADMSG);
	expect(error_of("01 000000") == -EBADMSG);
	expect(error_of("") == -EBADMSG);
}

static void recognizes_the_older_format(void)
{
	expect(error_of("00000000 08000000") == -EPROTONOSUPPORT);
	expect(error_of("01000000 28000000 020000000001 1100 d6ffffff 6400 e0cd2400 06000000 1a000000"
			"0004 63616665") == -EPROTONOSUPPORT);
}

/* One network whose elements' size and offset are as given. */
static int error_of_elements(u32 size, u32 offset)
{
	u8 bytes[9 + 26 + 6] = { 1, 1, 0, 0, 0, sizeof(bytes) };
	struct pw_scan scan;
	struct pw_bss bss;
	u8 *body;
	int i, error;

	for (i = 0; i < 4; i++) {
		bytes[9 + 18 + i] = size >> 8 * i;
		bytes[9 + 22 + i] = offset >> 8 * i;
	}
	body = exactly(bytes, sizeof(bytes));
	error = pw_read_scan(body, sizeof(bytes), &scan);
	if (!error)
		error = pw_read_bss(&scan, 0, &bss);
	free(body);
	return error;
}

static void refuses_elements_outside(void)
{
	expect(!error_of_elements(6, 26));
	expect(error_of_elements(7, 26) == -EBADMSG);
	expect(error_of_elements(6, 27) == -EBADMSG);
	expect(error_of_elements(6, 25) == -EBADMSG);
	expect(error_of_elements(6, 0) == -EBADMSG);
	expect(error_of_elements(0xffffffff, 26) == -EBADMSG);
	expect(error_of_elements(6, 0xffffffff) == -EBADMSG);
	expect(error_of_elements(0xffffffe6, 0x20) == -EBADMSG);
	expect(error_of_elements(6, 0xfffffff7) == -EBADMSG);
	/* Nothing lies nowhere. */
	expect(!error_of_elements(0, 0xffffffff));
}

static void refuses_more_elements_than_a_frame_holds(void)
{
	size_t size = 9 + 26 + PW_ELEMENTS_LIMIT + 1;
	u8 *body = calloc(1, size);
	struct pw_scan scan;
	struct pw_bss bss;

	body[0] = 1;
	body[1] = 1;
	body[5] = size;
	body[6] = size >> 8;
	body[9 + 18] = PW_ELEMENTS_LIMIT & 0xff;
	body[9 + 19] = PW_ELEMENTS_LIMIT >> 8;
	body[9 + 22] = 26;
	expect(!pw_read_scan(body, size, &scan));
	expect(!pw_read_bss(&scan, 0, &bss));
	body[9 + 18]++;
	expect(pw_read_bss(&scan, 0, &bss) == -EBADMSG);
	free(body);
}

static void gives_out_whole_elements_only(void)
{
	struct pw_scan scan;
	struct pw_bss bss;
	u8 *body;

	/* The second one says 5 bytes and has 1. */
	expect(!read_hex("01 01000000 29000000 020000000001 1100 d6ffffff 6400 e0cd2400 06000000 1a000000"
			 "0001 61 0305 01", &scan, &body));
	expect(!pw_read_bss(&scan, 0, &bss));
	expect(bss.elements_size == 3);
	free(body);
}

static void reads_connect_answers(void)
{
	struct pw_connect_answer answer;
	u8 bytes[16];

	from_hex("0100 020304050607 0807060504030201", bytes);
	expect(!pw_read_connect_answer(bytes, 16, &answer));
	expect(answer.status == 1 && !memcmp(answer.bssid, "\2\3\4\5\6\7", 6));
	expect(answer.session == 0x0102030405060708);
	expect(pw_read_connect_answer(bytes, 15, &answer) == -EBADMSG);
}

static void reads_hello_answers(void)
{
	struct pw_hello_answer answer;
	u8 bytes[17];

	from_hex("03000000 0807060504030201 01 30750000", bytes);
	expect(!pw_read_hello_answer(bytes, 17, &answer));
	expect(answer.capabilities == 3 && answer.instance == 0x0102030405060708);
	expect(answer.in_effect && answer.next_ms == 30000);
	bytes[12] = 0;
	expect(!pw_read_hello_answer(bytes, 17, &answer) && !answer.in_effect);
	bytes[12] = 2;
	expect(pw_read_hello_answer(bytes, 17, &answer) == -EBADMSG);
	bytes[12] = 1;
	expect(pw_read_hello_answer(bytes, 16, &answer) == -EBADMSG);
}

static void reads_small_notifications(void)
{
	u8 bytes[8];
	u64 session;
	s8 dbm;

	from_hex("0807060504030201", bytes);
	expect(!pw_read_session(bytes, 8, &session) && session == 0x0102030405060708);
	expect(pw_read_session(bytes, 7, &session) == -EBADMSG);
	bytes[0] = 0xc4;
	expect(!pw_read_signal(bytes, 1, &dbm) && dbm == -60);
	expect(pw_read_signal(bytes, 0, &dbm) == -EBADMSG);
}

int main(void)
{
	test("writes scans for every network and for one", writes_scans);
	test("cuts SSIDs that are too long", cuts_impossible_ssids);
	test("writes WPA2-PSK connects with the PMK", writes_psk_connects);
	test("writes the longest key into the largest frame", writes_longest_keys);
	test("writes disconnects", writes_disconnects);
	test("writes hellos", writes_hellos);
	test("reads headers of this version only", reads_headers);
	test("takes answers of every possible size", takes_the_right_answers);
	test("refuses answers to something else or of another size", refuses_wrong_answers);
	test("knows what the host could not process", knows_what_the_host_cannot_do);
	test("takes three notifications and nothing else", checks_notifications);
	test("reads networks with and without elements", reads_scans);
	test("reads a scan without networks", reads_empty_scans);
	test("refuses scans whose counts are not their bytes", refuses_malformed_scans);
	test("recognizes the older format", recognizes_the_older_format);
	test("refuses elements outside the body", refuses_elements_outside);
	test("refuses more elements than a frame holds", refuses_more_elements_than_a_frame_holds);
	test("gives out whole elements only", gives_out_whole_elements_only);
	test("reads connect answers", reads_connect_answers);
	test("reads hello answers", reads_hello_answers);
	test("reads sessions and signals", reads_small_notifications);
	printf("%d passed, %d failed\n", passed, failed);
	return failed > 0;
}
