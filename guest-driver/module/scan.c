// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Scans: one question per SSID that was asked for, the host's networks handed
 * to cfg80211, also those that come unasked.
 */

#include <linux/ieee80211.h>
#include <linux/jiffies.h>
#include <linux/math64.h>
#include <linux/slab.h>

#include "link.h"

/* How long a scan waits for the rest after its last answer. */
#define MORE_TIMEOUT	(10 * HZ)

/*
 * A scan that a host answers at once would end before `iw scan`, which starts
 * to listen after it has asked, hears of it. No radio is as quick.
 */
#define SHORTEST_SCAN	(HZ / 10)

static bool has_visible_ssid(const struct pw_bss *bss)
{
	const u8 *ssid = cfg80211_find_ie(WLAN_EID_SSID, bss->elements,
					  bss->elements_size);

	return ssid && ssid[1] && ssid[2];
}

/* A network on a channel that no radio has is left out, as is no address. */
static void inform_bss(struct wiphy *wiphy, const struct pw_bss *bss)
{
	u64 now = ktime_get_boottime_ns();
	struct cfg80211_inform_bss data = {
		.chan = ieee80211_get_channel(wiphy, bss->khz / 1000),
		.signal = DBM_TO_MBM(clamp(bss->dbm, -127, 0)),
		.boottime_ns = now,
	};
	struct cfg80211_bss *known;

	if (!data.chan || !is_valid_ether_addr(bss->bssid) ||
	    !bss->elements_size)
		return;
	/* Without its name: as a beacon of a hidden network. */
	known = cfg80211_inform_bss_data(wiphy, &data,
					 has_visible_ssid(bss) ?
					 CFG80211_BSS_FTYPE_PRESP :
					 CFG80211_BSS_FTYPE_BEACON,
					 bss->bssid, div_u64(now, 1000),
					 bss->capabilities,
					 bss->beacon_interval, bss->elements,
					 bss->elements_size, GFP_KERNEL);
	if (known)
		cfg80211_put_bss(wiphy, known);
}

static void inform(struct pw_link *link, const struct pw_scan *scan)
{
	u32 i;

	for (i = 0; i < scan->count; i++) {
		struct pw_bss bss;

		if (pw_read_bss(scan, i, &bss))
			pw_complain(link->host, -EBADMSG, "network in a scan");
		else
			inform_bss(link->wdev.wiphy, &bss);
	}
}

void pw_scan_ended(struct pw_link *link, bool is_aborted)
{
	struct cfg80211_scan_info info = { .aborted = is_aborted };
	struct cfg80211_scan_request *request = link->scanning.request;

	lockdep_assert_held(&link->host->lock);
	if (!request)
		return;
	link->scanning.request = NULL;
	pw_forget_requests(link->host, link, PW_SCAN);
	cancel_delayed_work(&link->scanning.timeout);
	cfg80211_scan_done(request, &info);
}

/* All is there, or nothing more will come. */
static void end_in_time(struct pw_link *link, bool is_aborted)
{
	long left = link->scanning.since + SHORTEST_SCAN - jiffies;

	link->scanning.is_asked = true;
	link->scanning.is_aborted = is_aborted;
	if (left > 0)
		mod_delayed_work(system_wq, &link->scanning.timeout, left);
	else
		pw_scan_ended(link, is_aborted);
}

void pw_scan_timed_out(struct work_struct *work)
{
	struct pw_link *link = container_of(to_delayed_work(work),
					    struct pw_link, scanning.timeout);

	mutex_lock(&link->host->lock);
	/* Not the one that was set for an earlier scan. */
	if (link->scanning.is_asked && !delayed_work_pending(to_delayed_work(work)))
		pw_scan_ended(link, link->scanning.is_aborted);
	mutex_unlock(&link->host->lock);
}

static void scan_answered(struct pw_host *host, struct pw_request *request,
			  int error, const u8 *body, u32 size);

/* The next SSID; none asked for: every network. */
static int ask_next(struct pw_link *link)
{
	struct pw_scanning *scanning = &link->scanning;
	struct pw_request *request = pw_new_request(link, scan_answered);
	struct cfg80211_ssid every = {};
	const struct cfg80211_ssid *ssid = &every;

	if (!request)
		return -ENOMEM;
	if (scanning->request->n_ssids)
		ssid = &scanning->request->ssids[scanning->asked];
	scanning->asked++;
	scanning->asked_at = ktime_get();
	request->size = pw_write_scan(request->frame, ssid->ssid,
				      ssid->ssid_len);
	pw_ask(link->host, request);
	return 0;
}

/*
 * The host has promised more, and what says that all was sent, which may have
 * overtaken the answer, is older than the question: the end of another scan.
 */
static bool awaits_more(const struct pw_scanning *scanning)
{
	return scanning->promised_at &&
	       ktime_before(scanning->completed_at, scanning->promised_at);
}

static void go_on(struct pw_link *link)
{
	struct pw_scanning *scanning = &link->scanning;

	if (scanning->asked < scanning->request->n_ssids) {
		if (ask_next(link))
			end_in_time(link, true);
		return;
	}
	scanning->is_asked = true;
	if (awaits_more(scanning))
		schedule_delayed_work(&scanning->timeout, MORE_TIMEOUT);
	else
		end_in_time(link, false);
}

static void scan_answered(struct pw_host *host, struct pw_request *request,
			  int error, const u8 *body, u32 size)
{
	struct pw_link *link = request->link;
	struct pw_scan scan;

	if (!link)
		return;
	if (!error) {
		error = pw_read_scan(body, size, &scan);
		if (error)
			pw_complain(host, error, "scan answer");
	}
	if (error) {
		end_in_time(link, true);
		return;
	}
	inform(link, &scan);
	if (!scan.complete)
		link->scanning.promised_at = link->scanning.asked_at;
	go_on(link);
}

/* Asked for or not, it is what is there. @at: when its connection was taken. */
void pw_scan_notified(struct pw_host *host, const struct pw_scan *scan,
		      ktime_t at)
{
	struct pw_link *link;

	lockdep_assert_held(&host->lock);
	list_for_each_entry(link, &host->links, entry) {
		if (!link->is_up)
			continue;
		inform(link, scan);
		if (!scan->complete || !link->scanning.request)
			continue;
		if (ktime_before(link->scanning.completed_at, at))
			link->scanning.completed_at = at;
		if (link->scanning.is_asked && !link->scanning.is_aborted &&
		    !awaits_more(&link->scanning))
			end_in_time(link, false);
	}
}

int pw_scan(struct wiphy *wiphy, struct cfg80211_scan_request *request)
{
	struct pw_link *link = pw_link_of(request->wdev->netdev);
	int error = 0;

	mutex_lock(&link->host->lock);
	if (!link->is_up) {
		error = -ENETDOWN;
	} else if (link->scanning.request) {
		error = -EBUSY;
	} else {
		link->scanning.request = request;
		link->scanning.since = jiffies;
		link->scanning.asked = 0;
		link->scanning.promised_at = 0;
		link->scanning.completed_at = 0;
		link->scanning.is_asked = false;
		link->scanning.is_aborted = false;
		error = ask_next(link);
		if (error)
			link->scanning.request = NULL;
	}
	mutex_unlock(&link->host->lock);
	return error;
}

void pw_abort_scan(struct wiphy *wiphy, struct wireless_dev *wdev)
{
	struct pw_link *link = pw_link_of(wdev->netdev);

	mutex_lock(&link->host->lock);
	pw_scan_ended(link, true);
	mutex_unlock(&link->host->lock);
}
