/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/*
 * A link: a wireless interface above an Ethernet device, with a wiphy of its
 * own, that uses the service on a host.
 */
#ifndef PROXY_WIFI_LINK_H
#define PROXY_WIFI_LINK_H

#include <linux/netdevice.h>
#include <net/cfg80211.h>

#include "host.h"
#include "messages.h"

enum pw_state {
	PW_IDLE,
	PW_CONNECTING,
	PW_CONNECTED,
};

/* What a network can do at most, for rates that look like it. */
enum pw_generation {
	PW_LEGACY,
	PW_HT,
	PW_VHT,
	PW_HE,
};

/* What has become of the scan that cfg80211 waits for. */
struct pw_scanning {
	/* NULL: none. */
	struct cfg80211_scan_request *request;
	/* When it began. */
	unsigned long since;
	/* SSIDs that have been asked for, and when the last one was. */
	int asked;
	ktime_t asked_at;
	/* When the last question was asked whose answer promised more; 0: none. */
	ktime_t promised_at;
	/* When the host began to say that all was sent; 0: it has not. */
	ktime_t completed_at;
	/* Everything has been asked: only the timeout or the rest is waited for. */
	bool is_asked;
	/* Something failed: how it will end. */
	bool is_aborted;
	struct delayed_work timeout;
};

/* The connection that is being made, or is there. */
struct pw_connection {
	u8 ssid[PW_SSID_SIZE];
	u8 ssid_len;
	u8 bssid[ETH_ALEN];
	bool is_protected;
	/* The hint for a network that was never seen. */
	struct ieee80211_channel *channel;
	/* The session that was lost before its connect answer was read. */
	u64 lost;
	enum pw_generation generation;
	unsigned long since;
};

struct pw_link {
	struct net_device *dev;
	/* Until the device is freed. */
	struct net_device *lower;
	struct pw_host *host;
	struct wireless_dev wdev;
	/* Of all links; protected by rtnl. */
	struct list_head all;

	/* Protected by host->lock. */
	struct list_head entry;
	bool is_up;
	enum pw_state state;
	u64 session;
	struct pw_connection connection;
	struct pw_scanning scanning;

	/* One threshold, 0: none, and the signal of its last event, 0: none. */
	s32 threshold;
	s32 hysteresis;
	s32 reported_dbm;

	/* Written below host->lock, read without. */
	bool carries_data;
	s8 dbm;

	/* Two thresholds, both the same: none. Without a lock, see signal.c. */
	s32 range_low;
	s32 range_high;
};

static inline struct pw_link *pw_link_of(const struct net_device *dev)
{
	return netdev_priv(dev);
}

/* main.c: parameters of the module. */
extern bool pw_sae;
int pw_link_address(struct pw_address *address, struct net *net,
		    struct nlattr *data[], struct netlink_ext_ack *extack);

/* link.c */
int pw_links_register(void);
void pw_links_unregister(void);
void pw_links_delete(const struct net *net);
void pw_links_disconnect(void);
void pw_links_hello(void);
void pw_update_carrier(struct pw_link *link);

/* data.c */
netdev_tx_t pw_transmit(struct sk_buff *skb, struct net_device *dev);
rx_handler_result_t pw_receive_frame(struct sk_buff **pskb);

/* wiphy.c */
struct wiphy *pw_create_wiphy(struct net *net);
void pw_destroy_wiphy(struct wiphy *wiphy);

/* station.c */
extern const struct cfg80211_ops pw_station_ops;

/* scan.c; all below host->lock. */
int pw_scan(struct wiphy *wiphy, struct cfg80211_scan_request *request);
void pw_abort_scan(struct wiphy *wiphy, struct wireless_dev *wdev);
void pw_scan_timed_out(struct work_struct *work);
void pw_scan_ended(struct pw_link *link, bool is_aborted);
void pw_scan_notified(struct pw_host *host, const struct pw_scan *scan,
		      ktime_t at);

/* connect.c */
int pw_connect(struct wiphy *wiphy, struct net_device *dev,
	       struct cfg80211_connect_params *sme);
int pw_disconnect(struct wiphy *wiphy, struct net_device *dev, u16 reason);
void pw_leave(struct pw_link *link, u16 reason);
void pw_session_lost(struct pw_host *host, u64 session);

/* signal.c */
void pw_signal_changed(struct pw_host *host, s8 dbm);
void pw_report_signal(struct pw_link *link);
int pw_watch_threshold(struct wiphy *wiphy, struct net_device *dev,
		       s32 threshold, u32 hysteresis);
int pw_watch_range(struct wiphy *wiphy, struct net_device *dev, s32 low,
		   s32 high);

#endif
