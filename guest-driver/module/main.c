// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * proxy_wifi: a wireless interface whose scans and connections are a host's,
 * and whose data goes through an Ethernet device. The module itself: its
 * parameters, and the moments at which a guest leaves.
 */

#include <linux/delay.h>
#include <linux/module.h>
#include <linux/reboot.h>
#include <linux/suspend.h>
#include <net/net_namespace.h>
#include <net/netlink.h>
#include <net/rtnetlink.h>

#include "link.h"
#include "proxy_wifi_link.h"

static char *transport = "vsock";
module_param(transport, charp, 0644);
MODULE_PARM_DESC(transport, "vsock (default) or tcp, for links made from now on");

static char *host = "";
module_param(host, charp, 0644);
MODULE_PARM_DESC(host, "CID for vsock (default 2, the host), IP address for tcp");

static uint request_port = 12345;
module_param(request_port, uint, 0644);
MODULE_PARM_DESC(request_port, "port of the service on the host (default 12345)");

static uint notification_port = 12346;
module_param(notification_port, uint, 0644);
MODULE_PARM_DESC(notification_port, "port that the host's notifications come to (default 12346)");

bool pw_sae = true;
module_param_named(sae, pw_sae, bool, 0444);
MODULE_PARM_DESC(sae, "offer WPA3 (default on); off where the supplicant cannot offload SAE: such networks then show as WPA2");

/* A parameter that was written with echo ends in a line feed. */
static void text_or(char *to, size_t size, const struct nlattr *attribute,
		    char **parameter)
{
	if (attribute) {
		nla_strscpy(to, attribute, size);
		return;
	}
	kernel_param_lock(THIS_MODULE);
	strscpy(to, *parameter, size);
	kernel_param_unlock(THIS_MODULE);
}

static u32 number_or(const struct nlattr *attribute, u32 otherwise)
{
	return attribute ? nla_get_u32(attribute) : otherwise;
}

/* From a link's attributes, and the module's parameters where there is none. */
int pw_link_address(struct pw_address *address, struct net *net,
		    struct nlattr *data[], struct netlink_ext_ack *extack)
{
	static struct nlattr *none[IFLA_PROXY_WIFI_MAX + 1];
	char transport_text[PW_TRANSPORT_TEXT_SIZE];
	char host_text[PW_HOST_TEXT_SIZE];

	if (!data)
		data = none;
	text_or(transport_text, sizeof(transport_text),
		data[IFLA_PROXY_WIFI_TRANSPORT], &transport);
	text_or(host_text, sizeof(host_text), data[IFLA_PROXY_WIFI_HOST],
		&host);
	return pw_parse_address(address, net, strim(transport_text),
				strim(host_text),
				number_or(data[IFLA_PROXY_WIFI_REQUEST_PORT],
					  request_port),
				number_or(data[IFLA_PROXY_WIFI_NOTIFICATION_PORT],
					  notification_port),
				extack);
}

static int going_to_sleep(struct notifier_block *block, unsigned long event,
			  void *data)
{
	switch (event) {
	case PM_HIBERNATION_PREPARE:
	case PM_SUSPEND_PREPARE:
		pw_links_disconnect();
		break;
	case PM_POST_HIBERNATION:
	case PM_POST_SUSPEND:
		pw_links_hello();
		break;
	}
	return NOTIFY_DONE;
}

static struct notifier_block sleep_notifier = {
	.notifier_call = going_to_sleep,
};

static int going_down(struct notifier_block *block, unsigned long event,
		      void *data)
{
	pw_links_disconnect();
	return NOTIFY_DONE;
}

static struct notifier_block reboot_notifier = {
	.notifier_call = going_down,
};

/* Before cfg80211 would move the interface out of it: it came later than we do. */
static void __net_exit net_going(struct net *net)
{
	pw_links_delete(net);
	/* Another process may be deleting the last link with a socket there. */
	while (pw_host_uses(net))
		msleep(20);
}

static struct pernet_operations net_operations = {
	.exit = net_going,
};

static int __init proxy_wifi_init(void)
{
	int error = register_pernet_device(&net_operations);

	if (error)
		return error;
	error = pw_links_register();
	if (error) {
		unregister_pernet_device(&net_operations);
		return error;
	}
	register_reboot_notifier(&reboot_notifier);
	register_pm_notifier(&sleep_notifier);
	return 0;
}

static void __exit proxy_wifi_exit(void)
{
	unregister_pm_notifier(&sleep_notifier);
	unregister_reboot_notifier(&reboot_notifier);
	pw_links_unregister();
	unregister_pernet_device(&net_operations);
}

module_init(proxy_wifi_init);
module_exit(proxy_wifi_exit);

MODULE_AUTHOR("the proxy-wifi authors");
MODULE_DESCRIPTION("Wi-Fi of the host for virtual machines");
MODULE_VERSION("0.2.0");
MODULE_LICENSE("Dual MIT/GPL");
MODULE_ALIAS_RTNL_LINK("proxy_wifi");
