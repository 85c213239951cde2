// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Connections: what cfg80211 wants as a request, the host's answer as its
 * result, sessions and their ends, the signal.
 */

#include <linux/etherdevice.h>
#include <linux/ieee80211.h>
#include <linux/slab.h>

#include "compat.h"
#include "link.h"

/* What a network shows whose signal nobody has told. */
#define USUAL_DBM	(-50)

static bool has_akm(const struct cfg80211_crypto_settings *crypto, u32 akm)
{
	int i;

	for (i = 0; i < crypto->n_akm_suites; i++)
		if (crypto->akm_suites[i] == akm)
			return true;
	return false;
}

/*
 * SAE if the network is asked for with it, and in a transition network only if
 * the host has said that it can; the password is its key.
 */
static bool uses_sae(const struct pw_host *host,
		     const struct cfg80211_connect_params *sme)
{
	if (!has_akm(&sme->crypto, WLAN_AKM_SUITE_SAE) || !sme->crypto.sae_pwd)
		return false;
	return !has_akm(&sme->crypto, WLAN_AKM_SUITE_PSK) ||
	       !sme->crypto.psk || (host->capabilities & PW_KNOWS_SAE);
}

static int set_key_management(struct pw_connect *connect,
			      const struct pw_host *host,
			      const struct cfg80211_connect_params *sme)
{
	const struct cfg80211_crypto_settings *crypto = &sme->crypto;

	if (!crypto->n_akm_suites)
		return 0;
	connect->akm_count = 1;
	if (uses_sae(host, sme)) {
		connect->auth_type = PW_AUTH_SAE;
		connect->akms[0] = PW_AKM_SAE;
		connect->key = crypto->sae_pwd;
		connect->key_len = crypto->sae_pwd_len;
	} else if (has_akm(crypto, WLAN_AKM_SUITE_PSK)) {
		connect->auth_type = PW_AUTH_OPEN;
		connect->akms[0] = PW_AKM_PSK;
		connect->key = crypto->psk;
		connect->key_len = crypto->psk ? WLAN_PMK_LEN : 0;
	} else {
		return -EOPNOTSUPP;
	}
	return 0;
}

static bool is_possible_auth_type(enum nl80211_auth_type type)
{
	return type == NL80211_AUTHTYPE_OPEN_SYSTEM ||
	       type == NL80211_AUTHTYPE_SAE ||
	       type == NL80211_AUTHTYPE_AUTOMATIC;
}

static int set_connect(struct pw_connect *connect, const struct pw_host *host,
		       const struct cfg80211_connect_params *sme)
{
	const struct cfg80211_crypto_settings *crypto = &sme->crypto;
	int i;

	if (!is_possible_auth_type(sme->auth_type) || sme->key_len ||
	    sme->ssid_len > PW_SSID_SIZE)
		return -EOPNOTSUPP;
	connect->ssid_len = sme->ssid_len;
	memcpy(connect->ssid, sme->ssid, sme->ssid_len);
	if (sme->bssid)
		ether_addr_copy(connect->bssid, sme->bssid);
	connect->wpa_versions = crypto->wpa_versions;
	for (i = 0; i < crypto->n_ciphers_pairwise && i < PW_PAIRWISE_SUITES; i++)
		connect->pairwise[i] = crypto->ciphers_pairwise[i];
	connect->pairwise_count = i;
	connect->group = crypto->cipher_group;
	return set_key_management(connect, host, sme);
}

static struct ieee80211_channel *
hinted_channel(struct wiphy *wiphy, const struct cfg80211_connect_params *sme)
{
	if (sme->channel)
		return sme->channel;
	if (sme->channel_hint)
		return sme->channel_hint;
	return &wiphy->bands[NL80211_BAND_2GHZ]->channels[0];
}

/*
 * The network that the host has connected to. One that no scan has shown, or
 * not lately, is made known by what is sure about it: name and address.
 */
static struct cfg80211_bss *connected_bss(struct pw_link *link,
					  const u8 *bssid)
{
	const struct pw_connection *to = &link->connection;
	struct wiphy *wiphy = link->wdev.wiphy;
	struct cfg80211_bss *bss = pw_get_bss(wiphy, bssid, to->ssid,
					      to->ssid_len);
	struct cfg80211_inform_bss data = {
		.chan = to->channel,
		.signal = DBM_TO_MBM(USUAL_DBM),
		.boottime_ns = ktime_get_boottime_ns(),
	};
	u8 ssid[2 + PW_SSID_SIZE] = { WLAN_EID_SSID, to->ssid_len };

	if (bss)
		return bss;
	memcpy(ssid + 2, to->ssid, to->ssid_len);
	return cfg80211_inform_bss_data(wiphy, &data, CFG80211_BSS_FTYPE_PRESP,
					bssid, 0,
					WLAN_CAPABILITY_ESS |
					(to->is_protected ?
					 WLAN_CAPABILITY_PRIVACY : 0),
					100, ssid, 2 + to->ssid_len,
					GFP_KERNEL);
}

static enum pw_generation generation_of(const struct cfg80211_bss *bss)
{
	enum pw_generation generation = PW_LEGACY;
	const struct cfg80211_bss_ies *ies;

	rcu_read_lock();
	ies = rcu_dereference(bss->ies);
	if (cfg80211_find_ext_ie(WLAN_EID_EXT_HE_CAPABILITY, ies->data,
				 ies->len))
		generation = PW_HE;
	else if (cfg80211_find_ie(WLAN_EID_VHT_CAPABILITY, ies->data, ies->len))
		generation = PW_VHT;
	else if (cfg80211_find_ie(WLAN_EID_HT_CAPABILITY, ies->data, ies->len))
		generation = PW_HT;
	rcu_read_unlock();
	return generation;
}

/* The access point that was asked for, if it was a certain one. */
static const u8 *asked_bssid(const struct pw_link *link)
{
	const u8 *bssid = link->connection.bssid;

	return is_zero_ether_addr(bssid) ? NULL : bssid;
}

static void connect_failed(struct pw_link *link, u16 status)
{
	link->state = PW_IDLE;
	pw_update_carrier(link);
	cfg80211_connect_bss(link->dev, asked_bssid(link), NULL, NULL, 0, NULL,
			     0, status, GFP_KERNEL,
			     NL80211_TIMEOUT_UNSPECIFIED);
}

static void connect_timed_out(struct pw_link *link)
{
	link->state = PW_IDLE;
	pw_update_carrier(link);
	cfg80211_connect_timeout(link->dev, asked_bssid(link), NULL, 0,
				 GFP_KERNEL, NL80211_TIMEOUT_UNSPECIFIED);
}

static void lose(struct pw_link *link)
{
	link->state = PW_IDLE;
	pw_update_carrier(link);
	cfg80211_disconnected(link->dev, WLAN_REASON_UNSPECIFIED, NULL, 0,
			      false, GFP_KERNEL);
}

/* A guest has one session: this one has taken the place of another link's. */
static void supersede(struct pw_link *link)
{
	struct pw_link *other;

	list_for_each_entry(other, &link->host->links, entry)
		if (other != link && other->state == PW_CONNECTED)
			lose(other);
}

static void connected(struct pw_link *link,
		      const struct pw_connect_answer *answer,
		      struct cfg80211_bss *bss)
{
	struct pw_connection *to = &link->connection;
	s32 dbm = MBM_TO_DBM(bss->signal);

	link->session = answer->session;
	ether_addr_copy(to->bssid, answer->bssid);
	to->channel = bss->channel;
	to->generation = generation_of(bss);
	to->since = jiffies;
	WRITE_ONCE(link->dbm, dbm < 0 ? clamp(dbm, -127, -1) : USUAL_DBM);
	link->reported_dbm = 0;
	link->state = PW_CONNECTED;
	/* Takes the reference. */
	cfg80211_connect_bss(link->dev, to->bssid, bss, NULL, 0, NULL, 0,
			     WLAN_STATUS_SUCCESS, GFP_KERNEL,
			     NL80211_TIMEOUT_UNSPECIFIED);
	if (to->is_protected)
		pw_port_authorized(link->dev, to->bssid);
	pw_update_carrier(link);
	supersede(link);
	if (to->lost && to->lost == link->session)
		lose(link);
}

static void connect_succeeded(struct pw_link *link,
			      const struct pw_connect_answer *answer)
{
	struct cfg80211_bss *bss = NULL;

	if (is_valid_ether_addr(answer->bssid))
		bss = connected_bss(link, answer->bssid);
	if (bss) {
		connected(link, answer, bss);
		return;
	}
	pw_complain(link->host, -EBADMSG, "address in a connect answer");
	pw_end_session(link->host, answer->session);
	connect_failed(link, WLAN_STATUS_UNSPECIFIED_FAILURE);
}

static void connect_answered(struct pw_host *host, struct pw_request *request,
			     int error, const u8 *body, u32 size)
{
	struct pw_link *link = request->link;
	struct pw_connect_answer answer;

	if (!error)
		error = pw_read_connect_answer(body, size, &answer);
	if (!link) {
		/* Nobody wants this connection any more. */
		if (!error && answer.status == WLAN_STATUS_SUCCESS)
			pw_end_session(host, answer.session);
	} else if (error == -ETIMEDOUT) {
		connect_timed_out(link);
	} else if (error) {
		connect_failed(link, WLAN_STATUS_UNSPECIFIED_FAILURE);
	} else if (answer.status != WLAN_STATUS_SUCCESS) {
		connect_failed(link, answer.status);
	} else {
		connect_succeeded(link, &answer);
	}
}

static int start_connecting(struct pw_link *link, struct wiphy *wiphy,
			    const struct cfg80211_connect_params *sme)
{
	struct pw_connect connect = {};
	struct pw_request *request;
	int error;

	if (!link->is_up)
		return -ENETDOWN;
	/* Supplicants disconnect then, and try again: also to another BSS. */
	if (link->state != PW_IDLE)
		return -EALREADY;
	error = set_connect(&connect, link->host, sme);
	if (error)
		return error;
	request = pw_new_request(link, connect_answered);
	if (!request)
		return -ENOMEM;
	request->size = pw_write_connect(request->frame, &connect);

	memset(&link->connection, 0, sizeof(link->connection));
	memcpy(link->connection.ssid, connect.ssid, connect.ssid_len);
	link->connection.ssid_len = connect.ssid_len;
	ether_addr_copy(link->connection.bssid, connect.bssid);
	link->connection.is_protected = connect.akm_count;
	link->connection.channel = hinted_channel(wiphy, sme);
	link->state = PW_CONNECTING;
	pw_update_carrier(link);
	pw_ask(link->host, request);
	return 0;
}

int pw_connect(struct wiphy *wiphy, struct net_device *dev,
	       struct cfg80211_connect_params *sme)
{
	struct pw_link *link = pw_link_of(dev);
	int error;

	mutex_lock(&link->host->lock);
	error = start_connecting(link, wiphy, sme);
	mutex_unlock(&link->host->lock);
	return error;
}

/*
 * Ends a connection or an attempt. The host is told without waiting for it: an
 * attempt that has been sent already goes on, and is ended when it succeeds.
 */
void pw_leave(struct pw_link *link, u16 reason)
{
	enum pw_state state = link->state;

	lockdep_assert_held(&link->host->lock);
	if (state == PW_IDLE)
		return;
	link->state = PW_IDLE;
	pw_update_carrier(link);
	if (state == PW_CONNECTING) {
		pw_forget_requests(link->host, link, PW_CONNECT);
		connect_timed_out(link);
	} else {
		pw_end_session(link->host, link->session);
		cfg80211_disconnected(link->dev, reason, NULL, 0, true,
				      GFP_KERNEL);
	}
}

int pw_disconnect(struct wiphy *wiphy, struct net_device *dev, u16 reason)
{
	struct pw_link *link = pw_link_of(dev);

	mutex_lock(&link->host->lock);
	pw_leave(link, reason);
	mutex_unlock(&link->host->lock);
	return 0;
}

/* A session below that of a link is an older one, and says nothing about it. */
void pw_session_lost(struct pw_host *host, u64 session)
{
	struct pw_link *link;

	lockdep_assert_held(&host->lock);
	list_for_each_entry(link, &host->links, entry) {
		if (link->state == PW_CONNECTED && session >= link->session)
			lose(link);
		else if (link->state == PW_CONNECTING)
			link->connection.lost = session;
	}
}
