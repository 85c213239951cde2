// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * What a link says that it can do: every channel of three bands, since the
 * host's radio and its regulatory domain decide, not the guest's.
 */

#include <linux/ieee80211.h>
#include <net/cfg80211.h>

#include "compat.h"
#include "link.h"

#define CHANNELS_2GHZ	14
/* 5160 to 5885 MHz in steps of 5, 5955 to 7115 MHz in steps of 20. */
#define CHANNELS_5GHZ	146
#define CHANNELS_6GHZ	59

/* NetworkManager asks for a few SSIDs at once; each is a message. */
#define SSIDS_IN_A_SCAN	4

/* wiphy_priv(); cfg80211 writes into the channels, so each has its own. */
struct radio {
	struct ieee80211_supported_band bands[NUM_NL80211_BANDS];
	struct ieee80211_channel channels_2ghz[CHANNELS_2GHZ];
	struct ieee80211_channel channels_5ghz[CHANNELS_5GHZ];
	struct ieee80211_channel channels_6ghz[CHANNELS_6GHZ];
	struct ieee80211_rate rates[12];
	struct ieee80211_sband_iftype_data he;
};

static const u32 cipher_suites[] = {
	WLAN_CIPHER_SUITE_CCMP,
	WLAN_CIPHER_SUITE_GCMP,
	WLAN_CIPHER_SUITE_CCMP_256,
	WLAN_CIPHER_SUITE_GCMP_256,
	WLAN_CIPHER_SUITE_AES_CMAC,
};

static const u32 akm_suites[] = {
	WLAN_AKM_SUITE_PSK,
	WLAN_AKM_SUITE_SAE,
};

/* In units of 100 kbit/s; the first four are 802.11b's, and only in 2.4 GHz. */
static const u16 bitrates[] = {
	10, 20, 55, 110, 60, 90, 120, 180, 240, 360, 480, 540
};

/* Everything: the host's kernel enforces what is allowed where it is. */
static struct ieee80211_regdomain regdomain = {
	.n_reg_rules = 3,
	.alpha2 = "99",
	.reg_rules = {
		REG_RULE(2402, 2494, 40, 0, 20, 0),
		REG_RULE(5150, 5895, 160, 0, 23, 0),
		REG_RULE(5925, 7125, 320, 0, 23, 0),
	}
};

static void add_channel(struct ieee80211_supported_band *band, u32 mhz)
{
	struct ieee80211_channel *channel = &band->channels[band->n_channels++];

	channel->band = band->band;
	channel->center_freq = mhz;
	channel->hw_value = mhz;
	channel->max_power = 20;
}

static void set_ht(struct ieee80211_sta_ht_cap *ht)
{
	ht->ht_supported = true;
	ht->cap = IEEE80211_HT_CAP_SUP_WIDTH_20_40 | IEEE80211_HT_CAP_SGI_20 |
		  IEEE80211_HT_CAP_SGI_40;
	ht->ampdu_factor = IEEE80211_HT_MAX_AMPDU_64K;
	ht->ampdu_density = IEEE80211_HT_MPDU_DENSITY_NONE;
	ht->mcs.rx_mask[0] = 0xff;
	ht->mcs.rx_mask[1] = 0xff;
	ht->mcs.tx_params = IEEE80211_HT_MCS_TX_DEFINED;
}

/* Two streams, the same for every generation that counts them so. */
#define TWO_STREAMS(most) ((most) | (most) << 2 | 0xfff0)

static void set_vht(struct ieee80211_sta_vht_cap *vht)
{
	vht->vht_supported = true;
	vht->cap = IEEE80211_VHT_CAP_MAX_MPDU_LENGTH_11454 |
		   IEEE80211_VHT_CAP_SHORT_GI_80;
	vht->vht_mcs.rx_mcs_map =
		cpu_to_le16(TWO_STREAMS(IEEE80211_VHT_MCS_SUPPORT_0_9));
	vht->vht_mcs.tx_mcs_map = vht->vht_mcs.rx_mcs_map;
}

static void set_he(struct ieee80211_sband_iftype_data *data)
{
	struct ieee80211_sta_he_cap *he = &data->he_cap;
	__le16 map = cpu_to_le16(TWO_STREAMS(IEEE80211_HE_MCS_SUPPORT_0_11));

	data->types_mask = BIT(NL80211_IFTYPE_STATION);
	he->has_he = true;
	he->he_cap_elem.phy_cap_info[0] =
		IEEE80211_HE_PHY_CAP0_CHANNEL_WIDTH_SET_40MHZ_IN_2G |
		IEEE80211_HE_PHY_CAP0_CHANNEL_WIDTH_SET_40MHZ_80MHZ_IN_5G;
	he->he_mcs_nss_supp.rx_mcs_80 = map;
	he->he_mcs_nss_supp.tx_mcs_80 = map;
	he->he_mcs_nss_supp.rx_mcs_160 = cpu_to_le16(0xffff);
	he->he_mcs_nss_supp.tx_mcs_160 = cpu_to_le16(0xffff);
	he->he_mcs_nss_supp.rx_mcs_80p80 = cpu_to_le16(0xffff);
	he->he_mcs_nss_supp.tx_mcs_80p80 = cpu_to_le16(0xffff);
}

static struct ieee80211_supported_band *
set_band(struct wiphy *wiphy, enum nl80211_band which,
	 struct ieee80211_channel *channels, size_t first_rate)
{
	struct radio *radio = wiphy_priv(wiphy);
	struct ieee80211_supported_band *band = &radio->bands[which];

	band->band = which;
	band->channels = channels;
	band->bitrates = radio->rates + first_rate;
	band->n_bitrates = ARRAY_SIZE(bitrates) - first_rate;
	pw_set_iftype_data(band, &radio->he);
	wiphy->bands[which] = band;
	return band;
}

static void set_bands(struct wiphy *wiphy)
{
	struct radio *radio = wiphy_priv(wiphy);
	struct ieee80211_supported_band *band;
	u32 mhz;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(bitrates); i++) {
		radio->rates[i].bitrate = bitrates[i];
		radio->rates[i].hw_value = i;
	}
	set_he(&radio->he);

	band = set_band(wiphy, NL80211_BAND_2GHZ, radio->channels_2ghz, 0);
	for (mhz = 2412; mhz <= 2472; mhz += 5)
		add_channel(band, mhz);
	add_channel(band, 2484);
	set_ht(&band->ht_cap);

	band = set_band(wiphy, NL80211_BAND_5GHZ, radio->channels_5ghz, 4);
	for (mhz = 5160; mhz <= 5885; mhz += 5)
		add_channel(band, mhz);
	set_ht(&band->ht_cap);
	set_vht(&band->vht_cap);

	band = set_band(wiphy, NL80211_BAND_6GHZ, radio->channels_6ghz, 4);
	for (mhz = 5955; mhz <= 7115; mhz += 20)
		add_channel(band, mhz);
}

static void set_abilities(struct wiphy *wiphy)
{
	wiphy->interface_modes = BIT(NL80211_IFTYPE_STATION);
	wiphy->signal_type = CFG80211_SIGNAL_TYPE_MBM;
	wiphy->max_scan_ssids = SSIDS_IN_A_SCAN;
	/* Elements of probe requests are not sent, but supplicants add them. */
	wiphy->max_scan_ie_len = IEEE80211_MAX_DATA_LEN;
	wiphy->cipher_suites = cipher_suites;
	wiphy->n_cipher_suites = ARRAY_SIZE(cipher_suites);
	wiphy->akm_suites = akm_suites;
	wiphy->n_akm_suites = ARRAY_SIZE(akm_suites);
	wiphy->flags |= WIPHY_FLAG_NETNS_OK;
	wiphy->regulatory_flags |= REGULATORY_WIPHY_SELF_MANAGED;
	wiphy_ext_feature_set(wiphy, NL80211_EXT_FEATURE_CQM_RSSI_LIST);
	wiphy_ext_feature_set(wiphy,
			      NL80211_EXT_FEATURE_4WAY_HANDSHAKE_STA_PSK);
	if (pw_sae)
		wiphy_ext_feature_set(wiphy, NL80211_EXT_FEATURE_SAE_OFFLOAD);
	else
		wiphy->n_akm_suites = 1;
}

/* Takes rtnl. */
struct wiphy *pw_create_wiphy(struct net *net)
{
	struct wiphy *wiphy = wiphy_new(&pw_station_ops, sizeof(struct radio));
	int error;

	if (!wiphy)
		return ERR_PTR(-ENOMEM);
	wiphy_net_set(wiphy, net);
	set_bands(wiphy);
	set_abilities(wiphy);
	error = regulatory_set_wiphy_regd(wiphy, &regdomain);
	if (!error)
		error = wiphy_register(wiphy);
	if (error) {
		wiphy_free(wiphy);
		return ERR_PTR(error);
	}
	return wiphy;
}

/* Takes rtnl. */
void pw_destroy_wiphy(struct wiphy *wiphy)
{
	wiphy_unregister(wiphy);
	wiphy_free(wiphy);
}
