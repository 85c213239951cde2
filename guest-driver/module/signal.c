// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * The signal, as the host tells it, and the thresholds at which somebody wants
 * to hear of it: one with a hysteresis, or the two around it that cfg80211
 * chooses out of a list and moves as they are passed.
 */

#include "link.h"

static void notify(struct pw_link *link, bool is_low, s8 dbm)
{
	cfg80211_cqm_rssi_notify(link->dev,
				 is_low ? NL80211_CQM_RSSI_THRESHOLD_EVENT_LOW :
					  NL80211_CQM_RSSI_THRESHOLD_EVENT_HIGH,
				 dbm, GFP_KERNEL);
}

/* After an event there is no other one until it has changed by the hysteresis. */
static void compare_with_threshold(struct pw_link *link, s8 dbm)
{
	bool is_low = dbm < link->threshold;
	s32 last = link->reported_dbm;

	if (!link->threshold)
		return;
	if (last && (is_low ? dbm >= last - link->hysteresis :
			      dbm <= last + link->hysteresis))
		return;
	link->reported_dbm = dbm;
	notify(link, is_low, dbm);
}

static void compare_with_range(struct pw_link *link, s8 dbm)
{
	s32 low = READ_ONCE(link->range_low);
	s32 high = READ_ONCE(link->range_high);

	if (low != high && (dbm < low || dbm > high))
		notify(link, dbm < low, dbm);
}

void pw_report_signal(struct pw_link *link)
{
	lockdep_assert_held(&link->host->lock);
	if (link->state != PW_CONNECTED)
		return;
	compare_with_threshold(link, link->dbm);
	compare_with_range(link, link->dbm);
}

void pw_signal_changed(struct pw_host *host, s8 dbm)
{
	struct pw_link *link;

	lockdep_assert_held(&host->lock);
	dbm = clamp_t(s8, dbm, -127, -1);
	list_for_each_entry(link, &host->links, entry) {
		if (link->state != PW_CONNECTED)
			continue;
		WRITE_ONCE(link->dbm, dbm);
		pw_report_signal(link);
	}
}

/* On which side the signal is now is said at once. */
int pw_watch_threshold(struct wiphy *wiphy, struct net_device *dev,
		       s32 threshold, u32 hysteresis)
{
	struct pw_link *link = pw_link_of(dev);

	mutex_lock(&link->host->lock);
	link->threshold = threshold;
	link->hysteresis = min_t(u32, hysteresis, 127);
	link->reported_dbm = 0;
	WRITE_ONCE(link->range_high, READ_ONCE(link->range_low));
	pw_report_signal(link);
	mutex_unlock(&link->host->lock);
	return 0;
}

/* Without host->lock: older kernels move the range while they are notified. */
int pw_watch_range(struct wiphy *wiphy, struct net_device *dev, s32 low,
		   s32 high)
{
	struct pw_link *link = pw_link_of(dev);

	WRITE_ONCE(link->threshold, 0);
	WRITE_ONCE(link->range_low, low);
	WRITE_ONCE(link->range_high, high);
	return 0;
}
