// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * The link kind: `ip link add link eth0 name wlan0 type proxy_wifi` and what
 * follows from it for the network device, until it is deleted.
 */

#include <linux/ethtool.h>
#include <linux/etherdevice.h>
#include <linux/if_arp.h>
#include <linux/module.h>
#include <linux/rtnetlink.h>

#include "compat.h"
#include "link.h"
#include "proxy_wifi_link.h"

/* Protected by rtnl. */
static LIST_HEAD(links);

static struct rtnl_link_ops link_ops;

/* Data flows while there is a connection and the lower device has a carrier. */
void pw_update_carrier(struct pw_link *link)
{
	bool carries = link->state == PW_CONNECTED &&
		       netif_running(link->lower) &&
		       netif_carrier_ok(link->lower);

	lockdep_assert_held(&link->host->lock);
	WRITE_ONCE(link->carries_data, carries);
	if (carries)
		netif_carrier_on(link->dev);
	else
		netif_carrier_off(link->dev);
}

/* The lower device carries the data, so it comes up with the link. */
static int link_open(struct net_device *dev)
{
	struct pw_link *link = pw_link_of(dev);
	int error = dev_open(link->lower, NULL);

	if (error)
		return error;
	if (dev->flags & IFF_ALLMULTI)
		dev_set_allmulti(link->lower, 1);
	if (dev->flags & IFF_PROMISC)
		dev_set_promiscuity(link->lower, 1);
	mutex_lock(&link->host->lock);
	link->is_up = true;
	WRITE_ONCE(link->host->links_up, link->host->links_up + 1);
	pw_hello_soon(link->host);
	mutex_unlock(&link->host->lock);
	return 0;
}

/* Idempotent. Nothing of the link waits, runs or is told to cfg80211 after it. */
static void take_down(struct pw_link *link)
{
	struct pw_host *host = link->host;

	mutex_lock(&host->lock);
	pw_scan_ended(link, true);
	pw_leave(link, WLAN_REASON_DEAUTH_LEAVING);
	if (link->is_up)
		WRITE_ONCE(host->links_up, host->links_up - 1);
	link->is_up = false;
	mutex_unlock(&host->lock);
	cancel_delayed_work_sync(&link->scanning.timeout);
}

static int link_stop(struct net_device *dev)
{
	struct pw_link *link = pw_link_of(dev);

	take_down(link);
	if (dev->flags & IFF_ALLMULTI)
		dev_set_allmulti(link->lower, -1);
	if (dev->flags & IFF_PROMISC)
		dev_set_promiscuity(link->lower, -1);
	dev_mc_unsync(link->lower, dev);
	dev_uc_unsync(link->lower, dev);
	return 0;
}

static void set_rx_mode(struct net_device *dev)
{
	struct pw_link *link = pw_link_of(dev);

	dev_mc_sync(link->lower, dev);
	dev_uc_sync(link->lower, dev);
}

static void change_rx_flags(struct net_device *dev, int flags)
{
	struct pw_link *link = pw_link_of(dev);

	if (!(dev->flags & IFF_UP))
		return;
	if (flags & IFF_ALLMULTI)
		dev_set_allmulti(link->lower,
				 dev->flags & IFF_ALLMULTI ? 1 : -1);
	if (flags & IFF_PROMISC)
		dev_set_promiscuity(link->lower,
				    dev->flags & IFF_PROMISC ? 1 : -1);
}

static int change_mtu(struct net_device *dev, int mtu)
{
	struct pw_link *link = pw_link_of(dev);

	if (mtu > READ_ONCE(link->lower->mtu))
		return -EINVAL;
	WRITE_ONCE(dev->mtu, mtu);
	return 0;
}

static int get_iflink(const struct net_device *dev)
{
	return READ_ONCE(pw_link_of(dev)->lower->ifindex);
}

static const struct net_device_ops netdev_ops = {
	.ndo_open = link_open,
	.ndo_stop = link_stop,
	.ndo_start_xmit = pw_transmit,
	.ndo_set_rx_mode = set_rx_mode,
	.ndo_change_rx_flags = change_rx_flags,
	.ndo_change_mtu = change_mtu,
	.ndo_validate_addr = eth_validate_addr,
	.ndo_get_stats64 = dev_get_tstats64,
	.ndo_get_iflink = get_iflink,
};

static void get_drvinfo(struct net_device *dev, struct ethtool_drvinfo *info)
{
	strscpy(info->driver, KBUILD_MODNAME, sizeof(info->driver));
	strscpy(info->version, THIS_MODULE->version, sizeof(info->version));
	strscpy(info->bus_info, netdev_name(pw_link_of(dev)->lower),
		sizeof(info->bus_info));
}

static const struct ethtool_ops ethtool_ops = {
	.get_drvinfo = get_drvinfo,
	.get_link = ethtool_op_get_link,
};

static void setup(struct net_device *dev)
{
	ether_setup(dev);
	dev->netdev_ops = &netdev_ops;
	dev->ethtool_ops = &ethtool_ops;
	dev->needs_free_netdev = true;
	dev->min_mtu = ETH_MIN_MTU;
	dev->max_mtu = ETH_MAX_MTU;
	dev->priv_flags |= IFF_NO_QUEUE;
	dev->priv_flags &= ~IFF_TX_SKB_SHARING;
	netif_keep_dst(dev);
}

/*
 * Runs when nobody refers to the device any more, and without rtnl, which the
 * wiphy's end needs. The lower device may be waiting for us to let it go.
 */
static void destroy(struct net_device *dev)
{
	struct pw_link *link = pw_link_of(dev);

	dev_put(link->lower);
	pw_destroy_wiphy(link->wdev.wiphy);
	pw_host_put(link->host);
	free_percpu(dev->tstats);
}

static int check_lower(struct net_device *lower,
		       struct netlink_ext_ack *extack)
{
	if (!lower) {
		NL_SET_ERR_MSG(extack, "no such lower device");
		return -ENODEV;
	}
	if (lower->type != ARPHRD_ETHER || lower->flags & IFF_LOOPBACK ||
	    lower->ieee80211_ptr) {
		NL_SET_ERR_MSG(extack, "the lower device is not Ethernet");
		return -EINVAL;
	}
	if (netdev_is_rx_handler_busy(lower)) {
		NL_SET_ERR_MSG(extack,
			       "the lower device belongs to another one already");
		return -EBUSY;
	}
	return 0;
}

static void resemble(struct net_device *dev, const struct net_device *lower)
{
	dev->mtu = lower->mtu;
	dev->hard_header_len = lower->hard_header_len;
	dev->needed_headroom = lower->needed_headroom;
	dev->needed_tailroom = lower->needed_tailroom;
	eth_hw_addr_set(dev, lower->dev_addr);
	/* What the lower device cannot do, the network core does before it. */
	dev->hw_features = NETIF_F_SG | NETIF_F_HW_CSUM | NETIF_F_FRAGLIST |
			   NETIF_F_HIGHDMA | NETIF_F_GSO_SOFTWARE;
	dev->features |= dev->hw_features;
	dev->vlan_features = dev->features;
	pw_set_lockless_transmit(dev);
	pw_inherit_gso(dev, lower);
}

static void init_link(struct pw_link *link, struct net_device *dev,
		      struct net_device *lower, struct wiphy *wiphy,
		      struct pw_host *host)
{
	link->dev = dev;
	link->lower = lower;
	link->host = host;
	INIT_LIST_HEAD(&link->entry);
	INIT_DELAYED_WORK(&link->scanning.timeout, pw_scan_timed_out);
	link->wdev.wiphy = wiphy;
	link->wdev.iftype = NL80211_IFTYPE_STATION;
	dev->ieee80211_ptr = &link->wdev;
	netif_carrier_off(dev);
}

/*
 * With rtnl. As soon as the device is registered it owns what it was given, and
 * has a destructor.
 */
static int attach(struct net_device *dev, struct net_device *lower,
		  struct wiphy *wiphy, struct pw_host *host,
		  struct netlink_ext_ack *extack)
{
	struct pw_link *link = pw_link_of(dev);
	int error;

	init_link(link, dev, lower, wiphy, host);
	resemble(dev, lower);
	dev->tstats = netdev_alloc_pcpu_stats(struct pcpu_sw_netstats);
	if (!dev->tstats)
		return -ENOMEM;
	error = netdev_rx_handler_register(lower, pw_receive_frame, link);
	if (error)
		goto free_stats;
	error = register_netdevice(dev);
	if (error)
		goto unregister_handler;
	dev_hold(lower);
	dev->priv_destructor = destroy;
	error = netdev_upper_dev_link(lower, dev, extack);
	if (error)
		goto unregister;
	list_add_tail(&link->all, &links);
	mutex_lock(&host->lock);
	list_add_tail(&link->entry, &host->links);
	mutex_unlock(&host->lock);
	return 0;

unregister:
	netdev_rx_handler_unregister(lower);
	unregister_netdevice(dev);
	return error;
unregister_handler:
	netdev_rx_handler_unregister(lower);
free_stats:
	free_percpu(dev->tstats);
	dev->tstats = NULL;
	return error;
}

/*
 * A wiphy can only be registered without rtnl, which is held here: it is let
 * go of for that, as the core does itself to load the module. What was looked
 * up before is looked up again, the new device is nobody else's yet, and the
 * reference on the module keeps it from being unloaded meanwhile.
 */
static int create(struct net *net, struct net_device *dev, int lower_index,
		  const struct pw_address *address,
		  struct netlink_ext_ack *extack)
{
	struct net_device *lower;
	struct pw_host *host;
	struct wiphy *wiphy;
	int error;

	rtnl_unlock();
	host = pw_host_get(address, extack);
	wiphy = IS_ERR(host) ? ERR_CAST(host) : pw_create_wiphy(dev_net(dev));
	rtnl_lock();
	error = PTR_ERR_OR_ZERO(wiphy);
	if (!error) {
		lower = __dev_get_by_index(net, lower_index);
		error = check_lower(lower, extack);
	}
	if (!error)
		error = attach(dev, lower, wiphy, host, extack);
	if (!error || dev->priv_destructor)
		return error;
	rtnl_unlock();
	if (!IS_ERR(wiphy))
		pw_destroy_wiphy(wiphy);
	if (!IS_ERR(host))
		pw_host_put(host);
	rtnl_lock();
	return error;
}

static PW_NEWLINK(newlink)
{
	struct nlattr *index = PW_NEWLINK_TB[IFLA_LINK];
	struct net *net = PW_NEWLINK_NET;
	struct pw_address address;
	int error;

	if (!index) {
		NL_SET_ERR_MSG(extack, "a lower device is needed: link NAME");
		return -EINVAL;
	}
	error = check_lower(__dev_get_by_index(net, nla_get_u32(index)),
			    extack);
	if (!error)
		error = pw_link_address(&address, net, PW_NEWLINK_DATA,
					extack);
	if (error)
		return error;
	if (!try_module_get(THIS_MODULE))
		return -ENODEV;
	error = create(net, dev, nla_get_u32(index), &address, extack);
	module_put(THIS_MODULE);
	return error;
}

static void dellink(struct net_device *dev, struct list_head *head)
{
	struct pw_link *link = pw_link_of(dev);

	mutex_lock(&link->host->lock);
	list_del_init(&link->entry);
	mutex_unlock(&link->host->lock);
	list_del(&link->all);
	netdev_rx_handler_unregister(link->lower);
	netdev_upper_dev_unlink(link->lower, dev);
	unregister_netdevice_queue(dev, head);
}

static struct net *get_link_net(const struct net_device *dev)
{
	return dev_net(pw_link_of(dev)->lower);
}

static const struct nla_policy policy[IFLA_PROXY_WIFI_MAX + 1] = {
	[IFLA_PROXY_WIFI_TRANSPORT] = { .type = NLA_NUL_STRING,
					.len = PW_TRANSPORT_TEXT_SIZE - 1 },
	[IFLA_PROXY_WIFI_HOST] = { .type = NLA_NUL_STRING,
				   .len = PW_HOST_TEXT_SIZE - 1 },
	[IFLA_PROXY_WIFI_REQUEST_PORT] = { .type = NLA_U32 },
	[IFLA_PROXY_WIFI_NOTIFICATION_PORT] = { .type = NLA_U32 },
};

static size_t get_size(const struct net_device *dev)
{
	return nla_total_size(PW_TRANSPORT_TEXT_SIZE) +
	       nla_total_size(PW_HOST_TEXT_SIZE) + 2 * nla_total_size(sizeof(u32));
}

static int fill_info(struct sk_buff *skb, const struct net_device *dev)
{
	const struct pw_host *host = pw_link_of(dev)->host;
	const struct pw_address *address = &host->address;

	if (nla_put_string(skb, IFLA_PROXY_WIFI_TRANSPORT,
			   pw_transport_name(address->transport)) ||
	    nla_put_string(skb, IFLA_PROXY_WIFI_HOST, host->text) ||
	    nla_put_u32(skb, IFLA_PROXY_WIFI_REQUEST_PORT,
			address->request_port) ||
	    nla_put_u32(skb, IFLA_PROXY_WIFI_NOTIFICATION_PORT,
			address->notification_port))
		return -EMSGSIZE;
	return 0;
}

static struct rtnl_link_ops link_ops = {
	.kind = "proxy_wifi",
	.priv_size = sizeof(struct pw_link),
	.maxtype = IFLA_PROXY_WIFI_MAX,
	.policy = policy,
	.setup = setup,
	.newlink = newlink,
	.dellink = dellink,
	.get_link_net = get_link_net,
	.get_size = get_size,
	.fill_info = fill_info,
};

static struct pw_link *link_above(const struct net_device *lower)
{
	struct pw_link *link;

	list_for_each_entry(link, &links, all)
		if (link->lower == lower)
			return link;
	return NULL;
}

static void delete_link(struct pw_link *link)
{
	LIST_HEAD(list);

	dellink(link->dev, &list);
	unregister_netdevice_many(&list);
}

static int lower_changed(struct notifier_block *block, unsigned long event,
			 void *info)
{
	struct pw_link *link = link_above(netdev_notifier_info_to_dev(info));

	if (!link)
		return NOTIFY_DONE;
	switch (event) {
	case NETDEV_UP:
	case NETDEV_DOWN:
	case NETDEV_CHANGE:
		mutex_lock(&link->host->lock);
		pw_update_carrier(link);
		mutex_unlock(&link->host->lock);
		break;
	case NETDEV_CHANGEADDR:
		eth_hw_addr_set(link->dev, link->lower->dev_addr);
		call_netdevice_notifiers(NETDEV_CHANGEADDR, link->dev);
		break;
	case NETDEV_CHANGEMTU:
		if (link->dev->mtu > link->lower->mtu)
			dev_set_mtu(link->dev, link->lower->mtu);
		break;
	case NETDEV_PRE_TYPE_CHANGE:
		return NOTIFY_BAD;
	case NETDEV_UNREGISTER:
		delete_link(link);
		break;
	}
	return NOTIFY_DONE;
}

static struct notifier_block lower_notifier = {
	.notifier_call = lower_changed,
};

int pw_links_register(void)
{
	int error = register_netdevice_notifier(&lower_notifier);

	if (error)
		return error;
	error = rtnl_link_register(&link_ops);
	if (error)
		unregister_netdevice_notifier(&lower_notifier);
	return error;
}

/* Every link goes first, so that the hosts hear of it outside of rtnl. */
void pw_links_unregister(void)
{
	pw_links_delete(NULL);
	rtnl_link_unregister(&link_ops);
	unregister_netdevice_notifier(&lower_notifier);
}

static bool is_in(const struct pw_link *link, const struct net *net)
{
	return dev_net(link->dev) == net || dev_net(link->lower) == net;
}

/* Those that have to do with @net; NULL: all. */
void pw_links_delete(const struct net *net)
{
	struct pw_link *link, *next;
	LIST_HEAD(list);

	rtnl_lock();
	list_for_each_entry_safe(link, next, &links, all)
		if (!net || is_in(link, net))
			dellink(link->dev, &list);
	unregister_netdevice_many(&list);
	rtnl_unlock();
}

void pw_links_disconnect(void)
{
	struct pw_link *link;

	rtnl_lock();
	list_for_each_entry(link, &links, all) {
		mutex_lock(&link->host->lock);
		pw_scan_ended(link, true);
		pw_leave(link, WLAN_REASON_DEAUTH_LEAVING);
		mutex_unlock(&link->host->lock);
	}
	rtnl_unlock();
	pw_hosts_drain();
}

void pw_links_hello(void)
{
	struct pw_link *link;

	rtnl_lock();
	list_for_each_entry(link, &links, all) {
		mutex_lock(&link->host->lock);
		pw_hello_soon(link->host);
		mutex_unlock(&link->host->lock);
	}
	rtnl_unlock();
}
