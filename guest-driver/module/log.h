/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/* In front of every line in the kernel's log. */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt
