// SPDX-License-Identifier: GPL-2.0 OR MIT
/* The operations of cfg80211, and what it asks about the connection. */

#include <linux/etherdevice.h>

#include "compat.h"
#include "link.h"

/* The weakest signal at which 802.11 expects each MCS to be received in 20 MHz. */
static const s8 sensitivity[] = {
	-82, -79, -77, -74, -70, -66, -65, -64, -59, -57, -54, -52
};

static u8 best_mcs(s8 dbm, u8 most)
{
	u8 mcs = 0;

	while (mcs < most && mcs + 1 < ARRAY_SIZE(sensitivity) &&
	       dbm >= sensitivity[mcs + 1])
		mcs++;
	return mcs;
}

/* The host does not tell its rate: what a radio would use at this signal. */
static void set_rate(struct rate_info *rate, const struct pw_link *link, s8 dbm)
{
	static const u16 legacy[] = { 60, 90, 120, 180, 240, 360, 480, 540 };
	enum nl80211_band band = link->connection.channel->band;

	switch (link->connection.generation) {
	case PW_LEGACY:
		rate->legacy = legacy[best_mcs(dbm, ARRAY_SIZE(legacy) - 1)];
		return;
	case PW_HT:
		rate->flags = RATE_INFO_FLAGS_MCS;
		rate->mcs = best_mcs(dbm, 7) + 8;
		rate->bw = RATE_INFO_BW_20;
		return;
	case PW_VHT:
		rate->flags = RATE_INFO_FLAGS_VHT_MCS;
		rate->mcs = best_mcs(dbm, 9);
		break;
	case PW_HE:
		rate->flags = RATE_INFO_FLAGS_HE_MCS;
		rate->mcs = best_mcs(dbm, 11);
		rate->he_gi = NL80211_RATE_INFO_HE_GI_0_8;
		break;
	}
	rate->nss = 2;
	rate->bw = band == NL80211_BAND_2GHZ ? RATE_INFO_BW_20 :
					       RATE_INFO_BW_80;
	/* VHT has no MCS 9 with two streams in 20 MHz. */
	if (rate->bw == RATE_INFO_BW_20 &&
	    link->connection.generation == PW_VHT)
		rate->mcs = min_t(u8, rate->mcs, 8);
}

static void set_traffic(struct station_info *info, struct net_device *dev)
{
	struct rtnl_link_stats64 stats = {};

	dev_get_stats(dev, &stats);
	info->rx_bytes = stats.rx_bytes;
	info->tx_bytes = stats.tx_bytes;
	info->rx_packets = stats.rx_packets;
	info->tx_packets = stats.tx_packets;
	info->filled |= BIT_ULL(NL80211_STA_INFO_RX_BYTES64) |
			BIT_ULL(NL80211_STA_INFO_TX_BYTES64) |
			BIT_ULL(NL80211_STA_INFO_RX_PACKETS) |
			BIT_ULL(NL80211_STA_INFO_TX_PACKETS);
}

/* Without host->lock: older kernels ask from within a signal's notification. */
static int fill_station(struct pw_link *link, struct station_info *info)
{
	s8 dbm = READ_ONCE(link->dbm);

	if (READ_ONCE(link->state) != PW_CONNECTED)
		return -ENOENT;
	info->signal = dbm;
	info->signal_avg = dbm;
	info->rx_beacon_signal_avg = dbm;
	info->connected_time = jiffies_delta_to_msecs(jiffies - link->connection.since) / 1000;
	set_rate(&info->txrate, link, dbm);
	info->rxrate = info->txrate;
	info->filled = BIT_ULL(NL80211_STA_INFO_SIGNAL) |
		       BIT_ULL(NL80211_STA_INFO_SIGNAL_AVG) |
		       BIT_ULL(NL80211_STA_INFO_BEACON_SIGNAL_AVG) |
		       BIT_ULL(NL80211_STA_INFO_CONNECTED_TIME) |
		       BIT_ULL(NL80211_STA_INFO_TX_BITRATE) |
		       BIT_ULL(NL80211_STA_INFO_RX_BITRATE);
	set_traffic(info, link->dev);
	return 0;
}

static int get_station(struct wiphy *wiphy, struct net_device *dev,
		       const u8 *mac, struct station_info *info)
{
	struct pw_link *link = pw_link_of(dev);

	if (!ether_addr_equal(mac, link->connection.bssid))
		return -ENOENT;
	return fill_station(link, info);
}

static int dump_station(struct wiphy *wiphy, struct net_device *dev, int index,
			u8 *mac, struct station_info *info)
{
	struct pw_link *link = pw_link_of(dev);

	if (index)
		return -ENOENT;
	ether_addr_copy(mac, link->connection.bssid);
	return fill_station(link, info);
}

static PW_GET_CHANNEL(get_channel)
{
	struct pw_link *link = pw_link_of(wdev->netdev);

	if (READ_ONCE(link->state) != PW_CONNECTED)
		return -ENODATA;
	cfg80211_chandef_create(chandef, link->connection.channel,
				NL80211_CHAN_NO_HT);
	return 0;
}

const struct cfg80211_ops pw_station_ops = {
	.scan = pw_scan,
	.abort_scan = pw_abort_scan,
	.connect = pw_connect,
	.disconnect = pw_disconnect,
	.get_station = get_station,
	.dump_station = dump_station,
	.get_channel = get_channel,
	.set_cqm_rssi_config = pw_watch_threshold,
	.set_cqm_rssi_range_config = pw_watch_range,
};
