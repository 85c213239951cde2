/* How a test tells the stand-in what happens: one line of text a command, a number as the answer. */
#include "world.h"
#include "control.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

#define EXPORT __declspec(dllexport)
#define UNKNOWN (-1)

static ULONG from_hex(const char *text, BYTE *bytes, ULONG room) {
    ULONG count = 0;
    if (strcmp(text, "-") == 0) return 0;
    for (; text[0] && text[1] && count < room; text += 2) {
        unsigned value = 0;
        sscanf(text, "%2x", &value);
        bytes[count++] = (BYTE)value;
    }
    return count;
}

static void to_guid(const char *text, GUID *guid) {
    unsigned a, b, c, d[8];
    sscanf(text, "%8x-%4x-%4x-%2x%2x-%2x%2x%2x%2x%2x%2x", &a, &b, &c, &d[0], &d[1], &d[2], &d[3], &d[4], &d[5], &d[6], &d[7]);
    guid->Data1 = a;
    guid->Data2 = (WORD)b;
    guid->Data3 = (WORD)c;
    for (int i = 0; i < 8; i++) guid->Data4[i] = (BYTE)d[i];
}

static void interface_arrives(int i, LONG number) {
    (void)number;
    GUID guid = world.interfaces[i].guid;
    deliver(WLAN_NOTIFICATION_SOURCE_ACM, wlan_notification_acm_interface_arrival, &guid, NULL, 0);
}

static void interface_leaves(int i, LONG number) {
    (void)number;
    world_lock();
    GUID guid = world.interfaces[i].guid;
    world.interfaces[i].present = FALSE;
    world_unlock();
    deliver(WLAN_NOTIFICATION_SOURCE_ACM, wlan_notification_acm_interface_removal, &guid, NULL, 0);
}

static void signal_changes(int i, LONG number) {
    GUID guid = world.interfaces[i].guid;
    ULONG quality = (ULONG)number;
    deliver(WLAN_NOTIFICATION_SOURCE_MSM, MSM_SIGNAL_QUALITY_CHANGE, &guid, &quality, sizeof quality);
}

static void connection_is_lost(int i, LONG reason) { connection_ends(i, (ULONG)reason); }

static void list_refreshes(int i, LONG number) {
    (void)number;
    world_lock();
    station_t *station = &world.interfaces[i];
    for (int n = 0; n < station->network_count; n++) station->networks[n].cached = station->networks[n].present;
    GUID guid = station->guid;
    world_unlock();
    deliver(WLAN_NOTIFICATION_SOURCE_ACM, 26, &guid, NULL, 0);
}

typedef struct { int interface_index; int first; int count; } burst_t;

/* Outside the order of reports: several threads call back at once. */
static DWORD WINAPI burst(LPVOID parameter) {
    burst_t mine = *(burst_t *)parameter;
    free(parameter);
    for (int i = 0; i < mine.count; i++) signal_changes(mine.interface_index, (mine.first + i) % 101);
    InterlockedDecrement(&world.threads);
    return 0;
}

static int add_network(station_t *station, const char *line) {
    static char elements[8192];
    char ssid[80], bssid[24], key[80];
    unsigned frequency, capabilities, beacon, auth, cipher, connectable, reason, hidden;
    int rssi;
    if (sscanf(line, "%79s %23s %u %d %u %u %u %u %u %u %u %79s %8191s", ssid, bssid, &frequency, &rssi, &capabilities,
               &beacon, &auth, &cipher, &connectable, &reason, &hidden, key, elements) != 13)
        return UNKNOWN;
    BYTE address[6];
    from_hex(bssid, address, 6);
    network_t *network = find_network(station, address);
    if (!network) {
        if (station->network_count == MAX_NETWORKS) return UNKNOWN;
        network = &station->networks[station->network_count++];
        memset(network, 0, sizeof *network);
    }
    free(network->elements);
    memcpy(network->bssid, address, 6);
    network->present = TRUE;
    network->ssid.uSSIDLength = from_hex(ssid, network->ssid.ucSSID, 32);
    network->frequency = frequency;
    network->rssi = rssi;
    network->capabilities = (USHORT)capabilities;
    network->beacon_period = (USHORT)beacon;
    network->auth = auth;
    network->cipher = cipher;
    network->connectable = connectable != 0;
    network->not_connectable_reason = reason;
    network->hidden = hidden != 0;
    strcpy(network->key, strcmp(key, "-") == 0 ? "" : key);
    network->elements = malloc(4096);
    network->elements_size = from_hex(elements, network->elements, 4096);
    return 0;
}

/* Returns UNKNOWN for what it does not understand; the lock is held. */
static int on_interface(const char *verb, int i, const char *rest) {
    station_t *station = &world.interfaces[i];
    unsigned a = 0, b = 0;
    char word[64];
    if (strcmp(verb, "interface") == 0) {
        char guid[40];
        int listed, from = 0;
        if (sscanf(rest, "%39s %d %n", guid, &listed, &from) < 2) return UNKNOWN;
        memset(station, 0, sizeof *station);
        station->present = TRUE;
        station->listed = listed;
        station->connected = NO_NETWORK;
        station->quality = 80;
        to_guid(guid, &station->guid);
        MultiByteToWideChar(CP_UTF8, 0, rest + from, -1, station->description, 256);
        return 0;
    }
    if (strcmp(verb, "network") == 0) return add_network(station, rest);
    if (strcmp(verb, "gone") == 0) {
        BYTE bssid[6];
        from_hex(rest, bssid, 6);
        network_t *network = find_network(station, bssid);
        if (network) network->present = FALSE;
        return network ? 0 : UNKNOWN;
    }
    if (strcmp(verb, "cache") == 0) {
        for (int n = 0; n < station->network_count; n++) station->networks[n].cached = station->networks[n].present;
        return 0;
    }
    if (strcmp(verb, "scan") == 0) {
        if (sscanf(rest, "%u %63s", &a, word) != 2) return UNKNOWN;
        station->scan_ms = a;
        station->scan_outcome = strcmp(word, "fail") == 0 ? OUTCOME_FAIL : strcmp(word, "silent") == 0 ? OUTCOME_SILENT : OUTCOME_COMPLETE;
        return 0;
    }
    if (strcmp(verb, "connecting") == 0) {
        if (sscanf(rest, "%u %lu %u", &a, &station->connect_reason, &b) != 3) return UNKNOWN;
        station->connect_ms = a;
        station->connect_silent = b != 0;
        return 0;
    }
    if (strcmp(verb, "connected") == 0) {
        BYTE bssid[6];
        from_hex(rest, bssid, 6);
        network_t *network = find_network(station, bssid);
        if (!network) return UNKNOWN;
        station->connected = (int)(network - station->networks);
        station->mode = wlan_connection_mode_auto;
        if (!network->saved[0]) wcscpy(network->saved, L"the user's own");
        wcscpy(station->profile, network->saved);
        return 0;
    }
    if (strcmp(verb, "saved") == 0 || strcmp(verb, "lent") == 0) { /* the user has a profile for it, or a program a temporary one */
        char bssid[24];
        int from = 0;
        BYTE address[6];
        if (sscanf(rest, "%23s %n", bssid, &from) < 1) return UNKNOWN;
        from_hex(bssid, address, 6);
        network_t *network = find_network(station, address);
        if (!network) return UNKNOWN;
        MultiByteToWideChar(CP_UTF8, 0, rest + from, -1, network->saved, 256);
        network->lent = strcmp(verb, "lent") == 0;
        return 0;
    }
    if (strcmp(verb, "link") == 0) return station->connected == NO_NETWORK ? 0 : 1;
    if (strcmp(verb, "slow") == 0) { station->slow_ms = strtoul(rest, NULL, 10); return 0; }
    if (strcmp(verb, "fade") == 0) { /* heard only by who is connected to it */
        char bssid[24];
        BYTE address[6];
        if (sscanf(rest, "%23s %u", bssid, &a) != 2) return UNKNOWN;
        from_hex(bssid, address, 6);
        if (station->connected != NO_NETWORK && memcmp(station->networks[station->connected].bssid, address, 6) == 0)
            later(0, signal_changes, i, (LONG)a);
        return 0;
    }
    if (strcmp(verb, "quality") == 0) { station->quality = strtoul(rest, NULL, 10); return 0; }
    if (strcmp(verb, "arrive") == 0) later(0, interface_arrives, i, 0);
    else if (strcmp(verb, "remove") == 0) later(0, interface_leaves, i, 0);
    else if (strcmp(verb, "lose") == 0) later(0, connection_is_lost, i, strtol(rest, NULL, 0));
    else if (strcmp(verb, "signal") == 0) later(0, signal_changes, i, strtol(rest, NULL, 10));
    else if (strcmp(verb, "refresh") == 0) later(0, list_refreshes, i, 0);
    else if (strcmp(verb, "scanned") == 0) later(0, scan_ends, i, station->scan_number = ++world.last_number);
    else if (strcmp(verb, "burst") == 0) {
        if (sscanf(rest, "%u %u", &a, &b) != 2 || b == 0) return UNKNOWN;
        for (unsigned t = 0; t < b; t++) {
            burst_t *mine = malloc(sizeof *mine);
            *mine = (burst_t){i, (int)(t * (a / b)), (int)(a / b)};
            InterlockedIncrement(&world.threads);
            HANDLE thread = CreateThread(NULL, 0, burst, mine, 0, NULL);
            if (thread) CloseHandle(thread);
        }
    } else return UNKNOWN;
    return 0;
}

typedef struct { int interface_index; BYTE bssid[6]; void (*work)(int, const BYTE *); } join_t;

static DWORD WINAPI join(LPVOID parameter) {
    join_t mine = *(join_t *)parameter;
    free(parameter);
    mine.work(mine.interface_index, mine.bssid);
    InterlockedDecrement(&world.threads);
    return 0;
}

static void stop_service(void) {
    /* Windows closes every handle of a service that stops; a callback that runs is still waited for. */
    for (int i = 0; i < MAX_HANDLES; i++) world.handles[i].open = FALSE;
    world.service_running = FALSE;
}

int StandIn(const char *line) {
    char verb[32], word[48];
    unsigned a = 0, b = 0;
    int rest = 0, index = 0, answer = UNKNOWN;
    if (sscanf(line, "%31s %n", verb, &rest) < 1) return UNKNOWN;
    if (strcmp(verb, "reset") == 0) {
        world_reset();
        return 0;
    }
    void (*work)(int, const BYTE *) = strcmp(verb, "join") == 0       ? user_joins
                                      : strcmp(verb, "takeover") == 0 ? user_takes_over
                                      : strcmp(verb, "roam") == 0     ? roams
                                      : strcmp(verb, "roam-late") == 0 ? roams_late
                                      : strcmp(verb, "refused") == 0  ? user_is_refused
                                                                      : NULL;
    if (work) {
        char bssid[24];
        join_t *mine = malloc(sizeof *mine);
        mine->work = work;
        sscanf(line + rest, "%d %23s", &mine->interface_index, bssid);
        from_hex(bssid, mine->bssid, 6);
        InterlockedIncrement(&world.threads);
        HANDLE thread = CreateThread(NULL, 0, join, mine, 0, NULL);
        if (thread) CloseHandle(thread);
        return 0;
    }
    world_lock();
    if (strcmp(verb, "service") == 0) {
        if (strcmp(line + rest, "stop") == 0) stop_service();
        else world.service_running = TRUE;
        answer = 0;
    } else if (strcmp(verb, "delay") == 0 && sscanf(line + rest, "%47s %u %u", word, &a, &b) == 3) {
        plan_for(word)->delay_ms = a;
        plan_for(word)->delay_count = b;
        answer = 0;
    } else if (strcmp(verb, "fail") == 0 && sscanf(line + rest, "%47s %u %u", word, &a, &b) == 3) {
        plan_for(word)->code = a;
        plan_for(word)->code_count = b;
        answer = 0;
    } else if (strcmp(verb, "deny") == 0 && sscanf(line + rest, "%47s", word) == 1) {
        for (int i = 0; i < MAX_DENIALS && answer == UNKNOWN; i++)
            if (!world.denied[i][0]) {
                strcpy(world.denied[i], word);
                answer = 0;
            }
    } else if (strcmp(verb, "allow") == 0) { /* everything again */
        memset(world.denied, 0, sizeof world.denied);
        answer = 0;
    } else if (strcmp(verb, "corrupt") == 0 && sscanf(line + rest, "%31s", world.corrupt) == 1) answer = 0;
    else if (strcmp(verb, "calls") == 0 && sscanf(line + rest, "%47s", word) == 1) answer = plan_for(word)->calls;
    else if (strcmp(verb, "outstanding") == 0) answer = world.outstanding + 1000 * world.bad_frees;
    else if (strcmp(verb, "threads") == 0) answer = world.threads;
    else if (strcmp(verb, "busy") == 0) answer = world.busy;
    else if (strcmp(verb, "handles") == 0) {
        answer = 0;
        for (int i = 0; i < MAX_HANDLES; i++) answer += world.handles[i].open;
    } else if (strcmp(verb, "callbacks") == 0) {
        answer = 0;
        for (int i = 0; i < MAX_HANDLES; i++) answer += world.handles[i].running;
    } else {
        int more = 0;
        if (sscanf(line + rest, "%d %n", &index, &more) >= 1 && index >= 0 && index < MAX_INTERFACES)
            answer = on_interface(verb, index, line + rest + more);
    }
    world_unlock();
    return answer;
}

/* The profile of the last WlanConnect, NUL-terminated; and the BSSIDs it asked for (bytes written). */
EXPORT int StandInProfile(WCHAR *text, int room, BYTE *bssids) {
    world_lock();
    wcsncpy(text, world.last_profile, room - 1);
    text[room - 1] = 0;
    memcpy(bssids, world.last_bssid_list, world.last_bssid_list_size);
    int size = (int)world.last_bssid_list_size;
    world_unlock();
    return size;
}
