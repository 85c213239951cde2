/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/* What differs between kernel versions, and nothing else. */
#ifndef PROXY_WIFI_COMPAT_H
#define PROXY_WIFI_COMPAT_H

#include <linux/netdevice.h>
#include <linux/version.h>
#include <net/cfg80211.h>
#include <net/rtnetlink.h>

#if LINUX_VERSION_CODE < KERNEL_VERSION(5, 15, 0)
#error "proxy_wifi needs Linux 5.15 or later"
#endif

/* 6.19: addresses of sockets got a type without a fixed size. */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 19, 0)
#define pw_sockaddr(address) ((struct sockaddr_unsized *)(address))
#else
#define pw_sockaddr(address) ((struct sockaddr *)(address))
#endif

/* 6.15: newlink gets its arguments in a structure. */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 15, 0)
#define PW_NEWLINK(name) \
	int name(struct net_device *dev, struct rtnl_newlink_params *params, \
		 struct netlink_ext_ack *extack)
#define PW_NEWLINK_NET		rtnl_newlink_link_net(params)
#define PW_NEWLINK_TB		(params->tb)
#define PW_NEWLINK_DATA		(params->data)
#else
#define PW_NEWLINK(name) \
	int name(struct net *src_net, struct net_device *dev, \
		 struct nlattr *tb[], struct nlattr *data[], \
		 struct netlink_ext_ack *extack)
#define PW_NEWLINK_NET		src_net
#define PW_NEWLINK_TB		tb
#define PW_NEWLINK_DATA		data
#endif

/* 5.18: statistics of the core are counted for each processor. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(5, 18, 0)
static inline void dev_core_stats_tx_dropped_inc(struct net_device *dev)
{
	atomic_long_inc(&dev->tx_dropped);
}

static inline void dev_core_stats_rx_dropped_inc(struct net_device *dev)
{
	atomic_long_inc(&dev->rx_dropped);
}
#endif

/* 6.12: transmission without the device's own lock is no longer a feature bit. */
static inline void pw_set_lockless_transmit(struct net_device *dev)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 12, 0)
	dev->lltx = true;
#else
	dev->features |= NETIF_F_LLTX;
#endif
}

static inline void pw_inherit_gso(struct net_device *to,
				  const struct net_device *from)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(5, 19, 0)
	netif_inherit_tso_max(to, from);
#else
	netif_set_gso_max_size(to, from->gso_max_size);
#endif
}

static inline void
pw_set_iftype_data(struct ieee80211_supported_band *band,
		   const struct ieee80211_sband_iftype_data *data)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 7, 0)
	_ieee80211_set_sband_iftype_data(band, data, 1);
#else
	band->iftype_data = data;
	band->n_iftype_data = 1;
#endif
}

/* 6.0: links of multi-link devices are numbered. */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 0, 0)
#define PW_GET_CHANNEL(name) \
	int name(struct wiphy *wiphy, struct wireless_dev *wdev, \
		 unsigned int link_id, struct cfg80211_chan_def *chandef)
#else
#define PW_GET_CHANNEL(name) \
	int name(struct wiphy *wiphy, struct wireless_dev *wdev, \
		 struct cfg80211_chan_def *chandef)
#endif

/* 6.1: the access point may say which transitions it disables. */
static inline void pw_port_authorized(struct net_device *dev, const u8 *bssid)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 1, 0)
	cfg80211_port_authorized(dev, bssid, NULL, 0, GFP_KERNEL);
#else
	cfg80211_port_authorized(dev, bssid, GFP_KERNEL);
#endif
}

/*
 * 6.8: networks carry what they may be used for. The host has connected, so
 * the guest's opinion of the network's power class does not matter.
 */
static inline struct cfg80211_bss *
pw_get_bss(struct wiphy *wiphy, const u8 *bssid, const u8 *ssid,
	   size_t ssid_len)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 8, 0)
	return __cfg80211_get_bss(wiphy, NULL, bssid, ssid, ssid_len,
				  IEEE80211_BSS_TYPE_ESS,
				  IEEE80211_PRIVACY_ANY, 0);
#else
	return cfg80211_get_bss(wiphy, NULL, bssid, ssid, ssid_len,
				IEEE80211_BSS_TYPE_ESS, IEEE80211_PRIVACY_ANY);
#endif
}

#endif
