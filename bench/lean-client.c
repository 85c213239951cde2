/*
 * Guests that cost as little as they can: one request on a connection of its own, the answer read to its end, and again.
 *
 *   lean-client times PORT COUNT REQUEST         nanoseconds of each exchange, one line for each, one after the other
 *   lean-client load PORT GUESTS SECONDS REQUEST exchanges in that time, of so many guests at once, each at its own address
 *
 * REQUEST is in hex. POSIX threads and sockets, nothing else.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

static unsigned char request[4096];
static size_t request_size;
static uint16_t port;
static int64_t until;

static int64_t now(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static void fail(const char *what)
{
	perror(what);
	exit(1);
}

/* 127.1.X.Y, as guestAddress() of guests.ts. */
static void exchange(unsigned guest)
{
	static const int on = 1;
	struct sockaddr_in own = { .sin_family = AF_INET }, host = { .sin_family = AF_INET, .sin_port = htons(port) };
	char answer[65536];
	ssize_t got, size = 0;
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd < 0)
		fail("socket");
	own.sin_addr.s_addr = htonl(0x7f010000u | (guest / 250) << 8 | (guest % 250 + 1));
	host.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	/* The port is chosen by connect(), so that thousands of connections do not run out of them. */
	setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof(on));
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	if (bind(fd, (struct sockaddr *)&own, sizeof(own)) || connect(fd, (struct sockaddr *)&host, sizeof(host)))
		fail("connect");
	if (write(fd, request, request_size) != (ssize_t)request_size)
		fail("write");
	while ((got = read(fd, answer, sizeof(answer))) > 0)
		size += got;
	if (got < 0 || size == 0)
		fail("no answer");
	close(fd);
}

static void *load(void *argument)
{
	unsigned guest = (unsigned)(uintptr_t)argument;
	uintptr_t exchanges = 0;

	for (; now() < until; exchanges++)
		exchange(guest);
	return (void *)exchanges;
}

int main(int count, char **words)
{
	int loads = count == 6 && !strcmp(words[1], "load");

	if (!loads && (count != 5 || strcmp(words[1], "times"))) {
		fputs("usage: lean-client times PORT COUNT REQUEST | load PORT GUESTS SECONDS REQUEST\n", stderr);
		return 2;
	}
	port = (uint16_t)atoi(words[2]);
	for (const char *hex = words[count - 1]; hex[0] && hex[1] && request_size < sizeof(request); hex += 2)
		sscanf(hex, "%2hhx", &request[request_size++]);
	if (!loads) {
		for (int left = atoi(words[3]); left > 0; left--) {
			int64_t began = now();

			exchange(0);
			printf("%lld\n", (long long)(now() - began));
		}
		return 0;
	}
	{
		unsigned guests = (unsigned)atoi(words[3]);
		pthread_t *threads = calloc(guests, sizeof(*threads));
		uintptr_t total = 0;

		if (!threads)
			fail("calloc");
		until = now() + (int64_t)(atof(words[4]) * 1e9);
		for (unsigned n = 0; n < guests; n++)
			if (pthread_create(&threads[n], NULL, load, (void *)(uintptr_t)n))
				fail("pthread_create");
		for (unsigned n = 0; n < guests; n++) {
			void *exchanges;

			pthread_join(threads[n], &exchanges);
			total += (uintptr_t)exchanges;
		}
		printf("%lu\n", (unsigned long)total);
		free(threads);
	}
	return 0;
}
