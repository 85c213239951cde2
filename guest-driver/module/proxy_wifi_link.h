/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/*
 * Attributes in IFLA_INFO_DATA of links of the kind proxy_wifi, for programs
 * that speak rtnetlink. What is absent is taken from the module's parameters.
 */
#ifndef PROXY_WIFI_LINK_ATTRIBUTES_H
#define PROXY_WIFI_LINK_ATTRIBUTES_H

enum {
	IFLA_PROXY_WIFI_UNSPEC,
	IFLA_PROXY_WIFI_TRANSPORT,		/* string: vsock or tcp */
	IFLA_PROXY_WIFI_HOST,			/* string: CID or IP address */
	IFLA_PROXY_WIFI_REQUEST_PORT,		/* u32 */
	IFLA_PROXY_WIFI_NOTIFICATION_PORT,	/* u32 */
	__IFLA_PROXY_WIFI_MAX,
};

#define IFLA_PROXY_WIFI_MAX (__IFLA_PROXY_WIFI_MAX - 1)

#endif
