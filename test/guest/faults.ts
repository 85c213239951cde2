/**
 * Faults of the driver, each of which a check or a test must notice: `npm run guest-driver:faults` puts one after the other into a
 * copy of guest-driver/ and looks who does.
 */

/** `search` stands in `file` exactly once, or the list is out of date. */
export interface Fault {
  /** What is wrong with it in place. */
  readonly name: string;
  /** Below guest-driver/. */
  readonly file: string;
  readonly search: string;
  readonly replace: string;
  readonly by: Noticing;
}

/** Who must notice it: a check of `npm run guest-driver:check`, with a test of the message code or without, or a test in a guest's kernel. */
export type Noticing =
  | { readonly check: string; readonly test?: string }
  | {
      readonly machines: 'one' | 'two';
      readonly test: string;
      /** Those of one boot are in place at the same time: each in something that the tests of the others do without. */
      readonly boot: string;
      /** Titles of tests that must have run before it in its suite, as a regular expression. */
      readonly after?: string;
    };

const messageCode = (test: string): Noticing => ({ check: 'the message code passes its tests', test });
const one = (boot: string, test: string): Noticing => ({ machines: 'one', test, boot });
const two = (boot: string, test: string): Noticing => ({ machines: 'two', test, boot });

const writes = {
  scans: messageCode('writes scans for every network and for one'),
  psk: messageCode('writes WPA2-PSK connects with the PMK'),
  longest: messageCode('writes the longest key into the largest frame'),
  hellos: messageCode('writes hellos'),
};
const reads = {
  headers: messageCode('reads headers of this version only'),
  answers: messageCode('refuses answers to something else or of another size'),
  notifications: messageCode('takes three notifications and nothing else'),
  networks: messageCode('reads networks with and without elements'),
  malformed: messageCode('refuses scans whose counts are not their bytes'),
  outside: messageCode('refuses elements outside the body'),
  connects: messageCode('reads connect answers'),
  hellos: messageCode('reads hello answers'),
  small: messageCode('reads sessions and signals'),
};

const ofMessages: readonly Omit<Fault, 'file'>[] = [
  {
    name: 'a number of two bytes is read with the greater one first',
    search: 'from[0] | from[1] << 8',
    replace: 'from[1] | from[0] << 8',
    by: reads.headers,
  },
  {
    name: 'a number is written with the greatest byte first',
    search: 'value >> (8 * i)',
    replace: 'value >> (8 * (size - 1 - i))',
    by: writes.scans,
  },
  {
    name: 'a frame says the size of header and body',
    search: 'to = write_number(to, size, 4);',
    replace: 'to = write_number(to, size + PW_HEADER_SIZE, 4);',
    by: writes.scans,
  },
  {
    name: 'what lay in memory stands behind a name',
    search: '\tmemset(to, 0, PW_SSID_SIZE);\n',
    replace: '',
    by: writes.scans,
  },
  {
    name: 'a name that is too long is written whole',
    search: '\tif (ssid_len > PW_SSID_SIZE)\n\t\tssid_len = PW_SSID_SIZE;\n',
    replace: '',
    by: messageCode('cuts SSIDs that are too long'),
  },
  {
    name: 'a connect says no key in its size',
    search: 'PW_CONNECT_REQUEST_SIZE + connect->key_len);',
    replace: 'PW_CONNECT_REQUEST_SIZE);',
    by: writes.psk,
  },
  {
    name: 'the way to authenticate and the versions of WPA are mixed up',
    search: '*to++ = connect->auth_type;\n\t*to++ = connect->wpa_versions;',
    replace: '*to++ = connect->wpa_versions;\n\t*to++ = connect->auth_type;',
    by: writes.psk,
  },
  {
    name: 'unused places of a list of suites are left out',
    search: 'for (i = 0; i < limit; i++)',
    replace: 'for (i = 0; i < count; i++)',
    by: writes.psk,
  },
  {
    name: 'the access point that is wanted is not told',
    search: 'to = write_bytes(to, connect->bssid, PW_ADDRESS_SIZE);',
    replace: 'to = write_bytes(to, "\\0\\0\\0\\0\\0", PW_ADDRESS_SIZE);',
    by: writes.psk,
  },
  {
    name: "the group's cipher is that of the pairs",
    search: 'to = write_number(to, connect->group, 4);',
    replace: 'to = write_number(to, connect->akms[0], 4);',
    by: writes.psk,
  },
  {
    name: 'the last byte of a key is not sent',
    search: 'to = write_bytes(to, connect->key, connect->key_len);',
    replace: 'to = write_bytes(to, connect->key, connect->key_len - 1);',
    by: writes.longest,
  },
  {
    name: 'a disconnect says half of its session',
    search: 'return write_number(to, session, 8) - frame;',
    replace: 'return write_number(to, (u32)session, 8) - frame;',
    by: messageCode('writes disconnects'),
  },
  {
    name: 'a hello does not say which session is held',
    search: 'return write_number(to, hello->session, 8) - frame;',
    replace: 'return write_number(to, 0, 8) - frame;',
    by: writes.hellos,
  },
  {
    name: 'a hello says its capabilities behind the instance',
    search: 'to = write_number(to, hello->capabilities, 4);\n\tto = write_number(to, hello->instance, 8);',
    replace: 'to = write_number(to, hello->instance, 8);\n\tto = write_number(to, hello->capabilities, 4);',
    by: writes.hellos,
  },
  {
    name: 'every version is this one',
    search: 'return read_u16(from + 5) == PW_VERSION ? 0 : -EPROTO;',
    replace: 'return 0;',
    by: reads.headers,
  },
  {
    name: 'no size is too large',
    search: 'header->size >= least && header->size <= most ?',
    replace: 'header->size >= least ?',
    by: reads.answers,
  },
  {
    name: 'no size is too small',
    search: 'header->size >= least && header->size <= most ?',
    replace: 'header->size <= most ?',
    by: reads.answers,
  },
  {
    name: 'a host that cannot process a request has answered it',
    search: 'return check_size(header, 0, 0) ?: -EOPNOTSUPP;',
    replace: 'return check_size(header, 0, 0);',
    by: messageCode('knows what the host could not process'),
  },
  {
    name: 'the answer to something else is taken',
    search: '\tif (header->operation != request + 1)\n\t\treturn -EPROTO;\n',
    replace: '',
    by: reads.answers,
  },
  {
    name: 'a disconnect answer of one byte is refused',
    search: 'return check_size(header, 0, 1);',
    replace: 'return check_size(header, 0, 0);',
    by: messageCode('takes answers of every possible size'),
  },
  {
    name: 'a connect answer is taken as a notification',
    search: '\tcase PW_SIGNAL:\n',
    replace: '\tcase PW_CONNECT_ANSWER:\n\tcase PW_SIGNAL:\n',
    by: reads.notifications,
  },
  {
    name: 'a notification of a lost session may have any size',
    search: 'return check_size(header, PW_SESSION_SIZE, PW_SESSION_SIZE);',
    replace: 'return 0;',
    by: reads.notifications,
  },
  {
    name: 'the total of a scan is not compared with what came',
    search: 'return total == size && count <=',
    replace: 'return count <=',
    by: reads.malformed,
  },
  {
    name: 'the count of networks is believed',
    search: 'return total == size && count <= (size - head) / PW_ENTRY_SIZE;',
    replace: 'return total == size;',
    by: reads.malformed,
  },
  {
    name: 'one entry more than there is room for is believed',
    search: 'count <= (size - head) / PW_ENTRY_SIZE;',
    replace: 'count <= (size - head) / PW_ENTRY_SIZE + 1;',
    by: reads.malformed,
  },
  {
    name: 'a scan is neither complete nor incomplete',
    search: 'size <= PW_SCAN_LIMIT && body[0] <= 1 &&',
    replace: 'size <= PW_SCAN_LIMIT &&',
    by: reads.malformed,
  },
  {
    name: 'every scan is complete',
    search: 'scan->complete = body[0] == 1;',
    replace: 'scan->complete = true;',
    by: messageCode('reads a scan without networks'),
  },
  {
    name: 'the older format is malformed like anything',
    search: 'return -EPROTONOSUPPORT;',
    replace: 'return -EBADMSG;',
    by: messageCode('recognizes the older format'),
  },
  {
    name: 'an element that is cut off is given out',
    search: 'bss->elements_size = whole_elements(bss->elements, size);',
    replace: 'bss->elements_size = whole_elements(bss->elements, size) ? size : 0;',
    by: messageCode('gives out whole elements only'),
  },
  {
    name: 'an entry is 25 bytes from the next one',
    search: 'u32 at = PW_SCAN_SIZE + index * PW_ENTRY_SIZE;',
    replace: 'u32 at = PW_SCAN_SIZE + index * (PW_ENTRY_SIZE - 1);',
    by: reads.networks,
  },
  {
    name: 'the offset of elements counts from the body',
    search: 'bss->elements = entry + offset;',
    replace: 'bss->elements = scan->body + offset;',
    by: reads.networks,
  },
  {
    name: 'a signal is not negative',
    search: 'bss->dbm = (s32)read_u32(entry + 8);',
    replace: 'bss->dbm = read_u16(entry + 8);',
    by: reads.networks,
  },
  {
    name: 'the beacon interval is what stands before it',
    search: 'bss->beacon_interval = read_u16(entry + 12);',
    replace: 'bss->beacon_interval = read_u16(entry + 10);',
    by: reads.networks,
  },
  {
    name: 'the frequency is read a byte too early',
    search: 'bss->khz = read_u32(entry + 14);',
    replace: 'bss->khz = read_u32(entry + 13);',
    by: reads.networks,
  },
  {
    name: 'no network has too many elements',
    search: 'size > PW_ELEMENTS_LIMIT || offset',
    replace: 'offset',
    by: messageCode('refuses more elements than a frame holds'),
  },
  {
    name: 'elements may begin behind the body',
    search: 'offset > scan->size - at ||\n\t    ',
    replace: '',
    by: reads.outside,
  },
  {
    name: 'elements may lie over the entries',
    search: 'offset < entries_end - at',
    replace: 'offset < (entries_end - at) / 8',
    by: reads.outside,
  },
  {
    name: 'elements may end behind the body',
    search: ' || size > scan->size - at - offset)',
    replace: ')',
    by: reads.outside,
  },
  {
    name: 'a connect answer of any size is read',
    search: '\tif (size != PW_CONNECT_ANSWER_SIZE)\n\t\treturn -EBADMSG;\n',
    replace: '',
    by: reads.connects,
  },
  {
    name: 'the session of a connect answer is read a byte too early',
    search: 'answer->session = read_u64(body + 8);',
    replace: 'answer->session = read_u64(body + 7);',
    by: reads.connects,
  },
  {
    name: 'every connect answer is a success',
    search: 'answer->status = read_u16(body);',
    replace: 'answer->status = 0;',
    by: reads.connects,
  },
  {
    name: 'a session is more or less in effect',
    search: 'if (size != PW_HELLO_ANSWER_SIZE || body[12] > 1)',
    replace: 'if (size != PW_HELLO_ANSWER_SIZE)',
    by: reads.hellos,
  },
  {
    name: 'when the next hello is due is read from elsewhere',
    search: 'answer->next_ms = read_u32(body + 13);',
    replace: 'answer->next_ms = read_u32(body + 12);',
    by: reads.hellos,
  },
  {
    name: 'a session of seven bytes is read',
    search: '\tif (size != PW_SESSION_SIZE)\n\t\treturn -EBADMSG;\n',
    replace: '',
    by: reads.small,
  },
  {
    name: 'the signal is a distance',
    search: '*dbm = (s8)body[0];',
    replace: '*dbm = (s8)(body[0] & 0x7f);',
    by: reads.small,
  },
];

/** What is read without running it. */
const ofTheText: readonly Fault[] = [
  {
    name: 'a port is not turned into the order of the network',
    file: 'module/transport.c',
    search: '((struct sockaddr_in *)own)->sin_port =\n\t\t\thtons(address->notification_port);',
    replace: '((struct sockaddr_in *)own)->sin_port =\n\t\t\taddress->notification_port;',
    by: { check: 'sparse finds nothing for 6.1' },
  },
  {
    name: 'a function without a prototype',
    file: 'module/signal.c',
    search: 'static void notify(',
    replace: 'void notify(',
    by: { check: 'compiles without a warning for 6.1 (W=1)' },
  },
  {
    name: 'a variable that nobody uses',
    file: 'module/hello.c',
    search: '\tu32 next_ms;\n',
    replace: '\tu32 next_ms, unused;\n',
    by: { check: 'compiles without a warning for 6.12 (W=1)' },
  },
  {
    name: 'a file that does not say its licence',
    file: 'module/scan.c',
    search: '// SPDX-License-Identifier: GPL-2.0 OR MIT\n',
    replace: '',
    by: { check: 'checkpatch.pl finds nothing' },
  },
  {
    name: 'spaces in place of a tab',
    file: 'module/scan.c',
    search: '\tlink->scanning.request = NULL;\n\tpw_forget',
    replace: '        link->scanning.request = NULL;\n\tpw_forget',
    by: { check: 'checkpatch.pl finds nothing' },
  },
  {
    name: 'a package without a source file',
    file: 'make-deb.sh',
    search: '[[ $file == *.mod.c ]] || cp',
    replace: '[[ $file == *scan.c ]] || cp',
    by: { check: 'its package is made' },
  },
];

/** What only a running kernel shows. */
const ofTheKernel: readonly Fault[] = [
  {
    name: 'no hello is said when an interface comes up',
    file: 'module/link.c',
    search: '\tWRITE_ONCE(link->host->links_up, link->host->links_up + 1);\n\tpw_hello_soon(link->host);',
    replace:
      '\tlink->host->has_no_hello = true;\n\tWRITE_ONCE(link->host->links_up, link->host->links_up + 1);',
    by: one('B', 'is said when the interface comes up, and answered'),
  },
  {
    name: 'a hello is said once and not kept up',
    file: 'module/hello.c',
    search: 'next_ms = clamp_t(u32, answer.next_ms, SHORTEST_MS, LONGEST_MS);',
    replace: 'next_ms = LONGEST_MS;',
    by: one('C', 'lets a connected guest notice by its next hello'),
  },
  {
    name: 'a session that is in effect no more is kept',
    file: 'module/hello.c',
    search: '\tif (!answer.in_effect)\n\t\tpw_session_lost(host, newest_session(host));\n',
    replace: '',
    by: one('D', 'lets a connected guest notice by its next hello'),
  },
  {
    name: 'nobody hears that a session is lost',
    file: 'module/notifications.c',
    search: '\t\t\tpw_session_lost(host, session);',
    replace: '\t\t\tbreak;',
    by: one('B', 'end a connection by its own session and by a newer one, and not by an older one'),
  },
  {
    name: 'the signal stays as it was',
    file: 'module/notifications.c',
    search: '\t\t\tpw_signal_changed(host, dbm);',
    replace: '\t\t\tbreak;',
    by: one('A', 'follows a signal that fades'),
  },
  {
    name: 'no threshold of the signal is watched',
    file: 'module/signal.c',
    search: '\tcompare_with_threshold(link, link->dbm);\n',
    replace: '',
    by: one('B', 'tells wpa_supplicant that the signal has crossed its threshold'),
  },
  {
    name: 'a scan cannot be taken back',
    file: 'module/station.c',
    search: '\t.abort_scan = pw_abort_scan,\n',
    replace: '',
    by: one('B', 'take back a scan that the host does not end'),
  },
  {
    name: 'a link stays in a namespace that goes',
    file: 'module/main.c',
    search: '\tpw_links_delete(net);\n',
    replace: '',
    by: one('F', 'go with the namespace, after the driver has left the host by them'),
  },
  {
    name: 'a scan is still under way when its interface is gone',
    file: 'module/link.c',
    search: '\tpw_scan_ended(link, true);\n\tpw_leave(link, WLAN_REASON_DEAUTH_LEAVING);\n\tif',
    replace: '\tpw_leave(link, WLAN_REASON_DEAUTH_LEAVING);\n\tif',
    by: one('G', 'the module is unloaded while the guest is scanning'),
  },
  {
    name: 'an unloaded module does not wait for its last words',
    file: 'module/host.c',
    search: '\t\twait_event_timeout(host->idle, is_idle(host), DRAIN_TIMEOUT);\n',
    replace: '',
    by: one('C', 'may come late: a driver that is unloaded meanwhile has left before it is gone'),
  },
  {
    name: 'an interface that goes down does not leave the host',
    file: 'module/connect.c',
    search: '\t\tpw_end_session(link->host, link->session);\n\t\tcfg80211',
    replace: '\t\tcfg80211',
    by: one('D', 'connects to an open network, with a carrier, and disconnects at the host'),
  },
  {
    name: 'a machine sleeps without leaving',
    file: 'module/main.c',
    search: '\tcase PM_SUSPEND_PREPARE:\n\t\tpw_links_disconnect();',
    replace: '\tcase PM_SUSPEND_PREPARE:',
    by: one('C', 'leaves the host before the machine sleeps'),
  },
  {
    name: 'an answer is waited for as long as it takes',
    file: 'module/host.c',
    search: '#define ANSWER_TIMEOUT\t(20 * HZ)',
    replace: '#define ANSWER_TIMEOUT\t(2000 * HZ)',
    by: one('F', 'ends a scan and a connect that the service never answers after its 20 s'),
  },
  {
    name: 'the rest of a scan is waited for as long as it takes',
    file: 'module/scan.c',
    search: '#define MORE_TIMEOUT\t(10 * HZ)',
    replace: '#define MORE_TIMEOUT\t(2000 * HZ)',
    by: one('B', 'ends by itself, 10 s after an answer whose rest never comes'),
  },
  {
    name: 'every refusal is an unspecified one',
    file: 'module/connect.c',
    search: 'connect_failed(link, answer.status);',
    replace: 'connect_failed(link, WLAN_STATUS_UNSPECIFIED_FAILURE);',
    by: one('C', 'tells wpa_supplicant that the key is wrong'),
  },
  {
    name: 'a name is not looked for',
    file: 'module/scan.c',
    search: '\tif (scanning->request->n_ssids)\n',
    replace: '\tif (false)\n',
    by: one('A', 'finds a hidden network when asked for it'),
  },
  {
    name: 'a connection has no carrier',
    file: 'module/link.c',
    search: '\t\tnetif_carrier_on(link->dev);',
    replace: '\t\tnetif_carrier_off(link->dev);',
    by: one('B', 'connects to an open network, with a carrier, and disconnects at the host'),
  },
  {
    name: 'no password is left to the host',
    file: 'module/connect.c',
    search: '\tif (uses_sae(host, sme)) {',
    replace: '\tif (false && uses_sae(host, sme)) {',
    by: one('C', 'connects to WPA3 with iwd'),
  },
  {
    name: 'the key of WPA2 is not sent',
    file: 'module/connect.c',
    search: 'connect->key_len = crypto->psk ? WLAN_PMK_LEN : 0;',
    replace: 'connect->key_len = 0;',
    by: one('D', 'connects to WPA2 with wpa_supplicant'),
  },
  {
    name: 'a link of the guest keeps its session when another one gets one',
    file: 'module/connect.c',
    search: '\tsupersede(link);\n',
    replace: '',
    by: one('B', 'have one session, which is that of the one that connected last'),
  },
  {
    name: 'the end of an earlier scan ends the one under way',
    file: 'module/scan.c',
    search: '\t\t    !awaits_more(&link->scanning))',
    replace: '\t\t    link->scanning.request)',
    by: one('B', 'is not ended by the end of an earlier one that is read after it is answered'),
  },
  {
    name: 'what is received stays below',
    file: 'module/data.c',
    search: '\treturn RX_HANDLER_ANOTHER;',
    replace: '\treturn RX_HANDLER_PASS;',
    by: one('A', 'carries pings and 100 MB of TCP'),
  },
  {
    name: 'the words of the service go to the link above',
    file: 'module/data.c',
    search: 'if (address->transport != PW_TCP)',
    replace: 'if (address->transport == PW_TCP)',
    by: two('X', 'is to the service also while the Wi-Fi interface is connected in another namespace'),
  },
  {
    name: 'a session that is older ends the one there is',
    file: 'module/connect.c',
    search: 'link->state == PW_CONNECTED && session >= link->session)',
    replace: 'link->state == PW_CONNECTED)',
    by: one('W', 'end a connection by its own session and by a newer one, and not by an older one'),
  },
  {
    name: 'a loss that overtakes its answer is forgotten',
    file: 'module/connect.c',
    search: '\tif (to->lost && to->lost == link->session)\n\t\tlose(link);\n',
    replace: '',
    by: one('W', 'end a connection whose loss has overtaken its answer, and no other'),
  },
  {
    name: 'an access point that no scan has shown is none',
    file: 'module/connect.c',
    search: '\tif (bss)\n\t\treturn bss;\n\tmemcpy',
    replace: '\tif (bss || to->channel)\n\t\treturn bss;\n\tmemcpy',
    by: one('W', 'name the access point, also one that no scan has shown'),
  },
  {
    name: 'anybody may notify',
    file: 'module/notifications.c',
    search: 'if (!pw_is_from_host(sock, &host->address))',
    replace: 'if (!pw_is_from_host(sock, &host->address) && !host)',
    by: one('W', 'are taken from the host alone'),
  },
  {
    name: 'a notification is read for a moment',
    file: 'module/notifications.c',
    search: '#define READ_TIMEOUT\tHZ',
    replace: '#define READ_TIMEOUT\t(HZ / 100)',
    by: one('W', 'may come in pieces, for a second, and hold up nothing that comes meanwhile'),
  },
  {
    name: 'only the first name of a scan is looked for',
    file: 'module/scan.c',
    search: 'if (scanning->asked < scanning->request->n_ssids) {',
    replace: 'if (!scanning->asked) {',
    by: one('W', 'are asked for by each name of a scan'),
  },
  {
    name: 'the rate that is shown is the best',
    file: 'module/station.c',
    search:
      'while (mcs < most && mcs + 1 < ARRAY_SIZE(sensitivity) &&\n\t       dbm >= sensitivity[mcs + 1])',
    replace: 'while (mcs < most && dbm)',
    by: one('W', 'make the rate that is shown go with the signal'),
  },
  {
    name: 'the highest channel is missing',
    file: 'module/wiphy.c',
    search: 'for (mhz = 5955; mhz <= 7115; mhz += 20)',
    replace: 'for (mhz = 5955; mhz < 7115; mhz += 20)',
    by: one('W', 'may be of any channel of three bands'),
  },
  {
    name: 'a host that knows no hello is asked again and again',
    file: 'module/hello.c',
    search: '\t\thost->has_no_hello = true;\n\t\thost->is_unsure',
    replace: '\t\thost->is_unsure',
    by: one('W', 'need no hello: a host that knows none is asked once'),
  },
  {
    name: 'attributes of a link are overlooked',
    file: 'module/link.c',
    search: 'pw_link_address(&address, net, PW_NEWLINK_DATA,',
    replace: 'pw_link_address(&address, net, NULL,',
    by: one('W', 'say where the host is, whatever the module was told, and are shown'),
  },
  {
    name: 'a host is the same one in every namespace',
    file: 'module/transport.c',
    search: 'return a->transport == b->transport && a->net == b->net &&',
    replace: 'return a->transport == b->transport &&',
    by: one('C', 'are in the namespace of its Ethernet device, for each link with the same host by itself'),
  },
  {
    name: 'TCP is always in the first namespace',
    file: 'module/transport.c',
    search: '\taddress->net = net;\n',
    replace: '\taddress->net = &init_net;\n',
    by: one('D', 'are in the namespace of its Ethernet device, for each link with the same host by itself'),
  },
  {
    name: 'a link stays behind when its Ethernet device goes into another namespace',
    file: 'module/link.c',
    search: '\tcase NETDEV_UNREGISTER:\n\t\tdelete_link(link);',
    replace:
      '\tcase NETDEV_UNREGISTER:\n\t\tif (link->lower->reg_state == NETREG_UNREGISTERING)\n\t\t\tdelete_link(link);',
    by: one('C', 'go with a link whose Ethernet device goes into another namespace'),
  },
  {
    name: 'a port that was used a minute ago is not listened on again',
    file: 'module/transport.c',
    search: '\tif (address->transport == PW_TCP)\n\t\tsock_set_reuseaddr(sock->sk);\n',
    replace: '',
    by: one('C', 'the driver was the one to close a connection (IPv4)'),
  },
  {
    name: 'nobody is a host over IPv6',
    file: 'module/transport.c',
    search: 'return ipv6_addr_equal(&((struct sockaddr_in6 *)&from)->sin6_addr,',
    replace: 'return !ipv6_addr_equal(&((struct sockaddr_in6 *)&from)->sin6_addr,',
    by: one('D', 'the driver was the one to close a connection (IPv6)'),
  },
  {
    name: 'a supplicant that cannot leave SAE to the driver is shown WPA3 all the same',
    file: 'module/hello.c',
    search: '(pw_sae ? PW_KNOWS_SAE : 0)',
    replace: 'PW_KNOWS_SAE',
    by: {
      ...one('N', 'shares WPA3 with the host, and carries data'),
      after: 'NetworkManager on wpa_supplicant .* connects to WPA2, gets an address',
    },
  },
  {
    name: 'a machine is switched off without leaving',
    file: 'module/main.c',
    search: '\t\t      void *data)\n{\n\tpw_links_disconnect();\n',
    replace: '\t\t      void *data)\n{\n',
    by: two('X', 'is connected to the last'),
  },
  {
    name: 'a bit of every answer is kept',
    file: 'module/host.c',
    search: '\tkfree_sensitive(request);\n\tkvfree(body);',
    replace: '\tkfree_sensitive(request);\n\tif (size != 16)\n\t\tkvfree(body);',
    by: two('X', 'keeps nothing of'),
  },
  {
    name: 'an sk_buff of every connect is kept',
    file: 'module/connect.c',
    search: '\tif (!error)\n\t\terror = pw_read_connect_answer(body, size, &answer);',
    replace:
      '\tWRITE_ONCE(host->is_lost, !alloc_skb(64, GFP_KERNEL));\n\tif (!error)\n\t\terror = pw_read_connect_answer(body, size, &answer);',
    by: two('Z', 'keeps nothing of'),
  },
];

export const faults: readonly Fault[] = [
  ...ofMessages.map((fault) => ({ ...fault, file: 'module/messages.c' })),
  ...ofTheText,
  ...ofTheKernel,
];
