/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/* What the message code takes from the kernel, for user space. */
#ifndef PROXY_WIFI_USER_SPACE_H
#define PROXY_WIFI_USER_SPACE_H

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;
typedef uint64_t u64;
typedef int8_t s8;
typedef int32_t s32;

#endif
