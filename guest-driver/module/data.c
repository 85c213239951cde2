// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Data: what is sent goes out through the lower device, what it receives comes
 * in here, both unchanged, while there is a connection.
 *
 * With TCP the service is often behind the lower device itself. Its own
 * segments stay there, and address resolution is seen by both devices, so that
 * the lower one goes on reaching it.
 */

#include <linux/etherdevice.h>
#include <linux/if_arp.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/tcp.h>
#include <net/ipv6.h>
#include <net/ndisc.h>

#include "compat.h"
#include "link.h"

netdev_tx_t pw_transmit(struct sk_buff *skb, struct net_device *dev)
{
	struct pw_link *link = pw_link_of(dev);
	unsigned int size = skb->len;
	int result;

	if (!READ_ONCE(link->carries_data)) {
		kfree_skb(skb);
		dev_core_stats_tx_dropped_inc(dev);
		return NETDEV_TX_OK;
	}
	skb->dev = link->lower;
	result = dev_queue_xmit(skb);
	if (likely(result == NET_XMIT_SUCCESS || result == NET_XMIT_CN))
		dev_sw_netstats_tx_add(dev, 1, size);
	else
		dev_core_stats_tx_dropped_inc(dev);
	return NETDEV_TX_OK;
}

enum use {
	FOR_LINK,
	FOR_LOWER,
	FOR_BOTH,
};

/* @at: behind the network header. */
static bool is_of_service(const struct pw_address *address,
			  const struct sk_buff *skb, int at)
{
	struct {
		__be16 source;
		__be16 dest;
	} buffer, *ports;

	ports = skb_header_pointer(skb, at, sizeof(buffer), &buffer);
	return ports && (ntohs(ports->source) == address->request_port ||
			 ntohs(ports->dest) == address->notification_port);
}

static enum use use_of_ipv4(const struct pw_address *address,
			    const struct sk_buff *skb)
{
	const struct sockaddr_in *host = (const void *)&address->peer;
	struct iphdr buffer, *ip;

	ip = skb_header_pointer(skb, 0, sizeof(buffer), &buffer);
	if (ip && host->sin_family == AF_INET && ip->protocol == IPPROTO_TCP &&
	    ip->saddr == host->sin_addr.s_addr &&
	    is_of_service(address, skb, ip->ihl * 4))
		return FOR_LOWER;
	return FOR_LINK;
}

static enum use use_of_ipv6(const struct pw_address *address,
			    const struct sk_buff *skb)
{
	const struct sockaddr_in6 *host = (const void *)&address->peer;
	struct ipv6hdr buffer, *ip;
	u8 type_buffer, *type;

	ip = skb_header_pointer(skb, 0, sizeof(buffer), &buffer);
	if (!ip)
		return FOR_LINK;
	if (ip->nexthdr == IPPROTO_ICMPV6) {
		type = skb_header_pointer(skb, sizeof(*ip), 1, &type_buffer);
		return type && *type >= NDISC_ROUTER_SOLICITATION &&
		       *type <= NDISC_REDIRECT ? FOR_BOTH : FOR_LINK;
	}
	if (host->sin6_family == AF_INET6 && ip->nexthdr == IPPROTO_TCP &&
	    ipv6_addr_equal(&ip->saddr, &host->sin6_addr) &&
	    is_of_service(address, skb, sizeof(*ip)))
		return FOR_LOWER;
	return FOR_LINK;
}

static enum use use_of(const struct pw_address *address,
		       const struct sk_buff *skb)
{
	if (address->transport != PW_TCP)
		return FOR_LINK;
	switch (skb->protocol) {
	case htons(ETH_P_ARP):
		return FOR_BOTH;
	case htons(ETH_P_IP):
		return use_of_ipv4(address, skb);
	case htons(ETH_P_IPV6):
		return use_of_ipv6(address, skb);
	default:
		return FOR_LINK;
	}
}

static void count(struct net_device *dev, const struct sk_buff *skb)
{
	dev_sw_netstats_rx_add(dev, skb->len + ETH_HLEN);
}

/* Both devices get one: the lower's own stack the original, the link a copy. */
static void receive_copy(struct pw_link *link, struct sk_buff *skb)
{
	struct sk_buff *copy = skb_clone(skb, GFP_ATOMIC);

	if (!copy) {
		dev_core_stats_rx_dropped_inc(link->dev);
		return;
	}
	copy->dev = link->dev;
	count(link->dev, copy);
	netif_rx(copy);
}

rx_handler_result_t pw_receive_frame(struct sk_buff **pskb)
{
	struct sk_buff *skb = *pskb;
	struct pw_link *link = rcu_dereference(skb->dev->rx_handler_data);

	if (!READ_ONCE(link->carries_data) ||
	    skb->pkt_type == PACKET_LOOPBACK)
		return RX_HANDLER_PASS;
	switch (use_of(&link->host->address, skb)) {
	case FOR_LOWER:
		return RX_HANDLER_PASS;
	case FOR_BOTH:
		receive_copy(link, skb);
		return RX_HANDLER_PASS;
	case FOR_LINK:
		break;
	}
	skb = skb_share_check(skb, GFP_ATOMIC);
	*pskb = skb;
	if (!skb) {
		dev_core_stats_rx_dropped_inc(link->dev);
		return RX_HANDLER_CONSUMED;
	}
	skb->dev = link->dev;
	count(link->dev, skb);
	return RX_HANDLER_ANOTHER;
}
