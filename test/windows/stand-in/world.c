#include "world.h"
#include "control.h"
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

world_t world;

/* Reports of one interface keep their order: one report at a time. */
static CRITICAL_SECTION reporting;

void world_lock(void) { EnterCriticalSection(&world.lock); }
void world_unlock(void) { LeaveCriticalSection(&world.lock); }

void world_reset(void) {
    world_lock();
    for (int i = 0; i < MAX_INTERFACES; i++)
        for (int n = 0; n < world.interfaces[i].network_count; n++) free(world.interfaces[i].networks[n].elements);
    memset(world.interfaces, 0, sizeof world.interfaces);
    memset(world.plans, 0, sizeof world.plans);
    memset(world.corrupt, 0, sizeof world.corrupt);
    memset(world.denied, 0, sizeof world.denied);
    memset(world.last_profile, 0, sizeof world.last_profile);
    world.last_bssid_list_size = 0;
    world.service_running = TRUE;
    world.outstanding = 0;
    world.bad_frees = 0;
    world_unlock();
}

station_t *find_interface(const GUID *guid) {
    for (int i = 0; i < MAX_INTERFACES; i++)
        if (world.interfaces[i].present && IsEqualGUID(&world.interfaces[i].guid, guid)) return &world.interfaces[i];
    return NULL;
}

network_t *find_network(station_t *station, const BYTE *bssid) {
    for (int n = 0; n < station->network_count; n++)
        if (memcmp(station->networks[n].bssid, bssid, 6) == 0) return &station->networks[n];
    return NULL;
}

BOOL is_denied(const char *what) {
    for (int i = 0; i < MAX_DENIALS; i++)
        if (strcmp(world.denied[i], what) == 0) return TRUE;
    return FALSE;
}

plan_t *plan_for(const char *function) {
    for (int i = 0; i < MAX_PLANS; i++) {
        if (world.plans[i].function[0] == 0) strncpy(world.plans[i].function, function, sizeof world.plans[i].function - 1);
        if (strcmp(world.plans[i].function, function) == 0) return &world.plans[i];
    }
    return &world.plans[MAX_PLANS - 1];
}

typedef struct {
    DWORD ms;
    work_t work;
    int interface_index;
    LONG number;
} errand_t;

static DWORD WINAPI run_errand(LPVOID parameter) {
    errand_t errand = *(errand_t *)parameter;
    free(parameter);
    if (errand.ms > 0) Sleep(errand.ms);
    EnterCriticalSection(&reporting);
    errand.work(errand.interface_index, errand.number);
    LeaveCriticalSection(&reporting);
    InterlockedDecrement(&world.threads);
    return 0;
}

void later(DWORD ms, work_t work, int interface_index, LONG number) {
    errand_t *errand = malloc(sizeof *errand);
    *errand = (errand_t){ms, work, interface_index, number};
    InterlockedIncrement(&world.threads);
    HANDLE thread = CreateThread(NULL, 0, run_errand, errand, 0, NULL);
    if (thread) CloseHandle(thread);
}

void deliver(DWORD source, DWORD code, const GUID *guid, void *data, DWORD size) {
    WLAN_NOTIFICATION_DATA notification;
    memset(&notification, 0, sizeof notification);
    notification.NotificationSource = source;
    notification.NotificationCode = code;
    notification.InterfaceGuid = *guid;
    notification.dwDataSize = size;
    notification.pData = data;
    for (int i = 0; i < MAX_HANDLES; i++) {
        world_lock();
        client_t *handle = &world.handles[i];
        WLAN_NOTIFICATION_CALLBACK callback = handle->open && (handle->sources & source) ? handle->callback : NULL;
        PVOID context = handle->context;
        if (callback) handle->running++;
        world_unlock();
        if (!callback) continue;
        callback(&notification, context);
        world_lock();
        handle->running--;
        WakeAllConditionVariable(&world.callback_returned);
        world_unlock();
    }
}

void deliver_connection(DWORD code, const GUID *guid, WLAN_CONNECTION_MODE mode, const WCHAR *profile,
                        const DOT11_SSID *ssid, ULONG reason) {
    WLAN_CONNECTION_NOTIFICATION_DATA data;
    memset(&data, 0, sizeof data);
    data.wlanConnectionMode = mode;
    wcsncpy(data.strProfileName, profile, WLAN_MAX_NAME_LENGTH - 1);
    data.dot11Ssid = *ssid;
    data.dot11BssType = dot11_BSS_type_infrastructure;
    data.wlanReasonCode = reason;
    deliver(WLAN_NOTIFICATION_SOURCE_ACM, code, guid, &data, sizeof data);
}

void scan_ends(int interface_index, LONG number) {
    world_lock();
    station_t *station = &world.interfaces[interface_index];
    BOOL current = world.service_running && station->present && station->scan_number == number;
    outcome_t outcome = station->scan_outcome;
    GUID guid = station->guid;
    if (current && outcome == OUTCOME_COMPLETE)
        for (int n = 0; n < station->network_count; n++) station->networks[n].cached = station->networks[n].present;
    world_unlock();
    if (!current || outcome == OUTCOME_SILENT) return;
    if (outcome == OUTCOME_COMPLETE)
        deliver(WLAN_NOTIFICATION_SOURCE_ACM, wlan_notification_acm_scan_complete, &guid, NULL, 0);
    else {
        WLAN_REASON_CODE reason = REASON_SECURITY_SET;
        deliver(WLAN_NOTIFICATION_SOURCE_ACM, wlan_notification_acm_scan_fail, &guid, &reason, sizeof reason);
    }
}

/* What the media-specific module tells of the access point. */
static void deliver_association(DWORD code, const GUID *guid, WLAN_CONNECTION_MODE mode, const WCHAR *profile,
                                const network_t *network) {
    WLAN_MSM_NOTIFICATION_DATA data;
    memset(&data, 0, sizeof data);
    data.wlanConnectionMode = mode;
    wcsncpy(data.strProfileName, profile, WLAN_MAX_NAME_LENGTH - 1);
    data.dot11Ssid = network->ssid;
    data.dot11BssType = dot11_BSS_type_infrastructure;
    memcpy(data.dot11MacAddr, network->bssid, 6);
    deliver(WLAN_NOTIFICATION_SOURCE_MSM, code, guid, &data, sizeof data);
}

/* Makes network `n` the connection of the interface and tells so. */
static void connection_begins(station_t *station, int n, WLAN_CONNECTION_MODE mode, const WCHAR *profile) {
    world_lock();
    station->connected = n;
    station->mode = mode;
    wcsncpy(station->profile, profile, 255);
    network_t network = station->networks[n];
    GUID guid = station->guid;
    world_unlock();
    deliver_association(MSM_ASSOCIATED, &guid, mode, profile, &network);
    deliver_connection(wlan_notification_acm_connection_complete, &guid, mode, profile, &network.ssid, 0);
}

void connection_ends(int interface_index, ULONG reason) {
    world_lock();
    station_t *station = &world.interfaces[interface_index];
    int n = station->connected;
    station->connected = NO_NETWORK;
    GUID guid = station->guid;
    DOT11_SSID ssid;
    WCHAR profile[256];
    if (n != NO_NETWORK) ssid = station->networks[n].ssid;
    WLAN_CONNECTION_MODE mode = station->mode;
    wcscpy(profile, station->profile);
    world_unlock();
    if (n != NO_NETWORK) deliver_connection(wlan_notification_acm_disconnected, &guid, mode, profile, &ssid, reason);
}

void attempt_ends(int interface_index, LONG number) {
    world_lock();
    station_t *station = &world.interfaces[interface_index];
    BOOL current = world.service_running && station->present && station->attempt_number == number;
    ULONG reason = station->connect_reason;
    int chosen = NO_NETWORK;
    GUID guid = station->guid;
    WCHAR profile[256];
    DOT11_SSID ssid = station->attempt_ssid;
    WLAN_CONNECTION_MODE mode = station->attempt_mode;
    wcscpy(profile, station->attempt_profile);
    if (current) {
        station->attempt_number = 0;
        for (int n = 0; n < station->network_count && chosen == NO_NETWORK; n++) {
            network_t *network = &station->networks[n];
            BOOL wanted = world.last_bssid_list_size == 0 || memcmp(world.last_bssid_list + 12, network->bssid, 6) == 0;
            if (network->present && wanted && network->ssid.uSSIDLength == ssid.uSSIDLength &&
                memcmp(network->ssid.ucSSID, ssid.ucSSID, ssid.uSSIDLength) == 0)
                chosen = n;
        }
        if (reason == 0 && chosen == NO_NETWORK) reason = REASON_NOT_AVAILABLE;
        if (reason == 0 && mode == wlan_connection_mode_temporary_profile && station->networks[chosen].key[0] != 0) {
            WCHAR expected[96];
            _snwprintf(expected, 96, L"<keyMaterial>%hs</keyMaterial>", station->networks[chosen].key);
            if (!wcsstr(world.last_profile, expected)) reason = REASON_PSK_MISMATCH;
        }
    }
    world_unlock();
    if (!current) return;
    if (reason == 0) connection_begins(station, chosen, mode, profile);
    else deliver_connection(wlan_notification_acm_connection_complete, &guid, mode, profile, &ssid, reason);
}

void user_takes_over(int interface_index, const BYTE *bssid) {
    station_t *station = &world.interfaces[interface_index];
    WCHAR profile[256];
    WLAN_CONNECTION_MODE mode = wlan_connection_mode_auto;
    world_lock();
    network_t *network = find_network(station, bssid);
    int n = network ? (int)(network - station->networks) : NO_NETWORK;
    if (network && !network->saved[0]) wcscpy(network->saved, L"the user's own");
    if (network) wcscpy(profile, network->saved);
    if (network && network->lent) mode = wlan_connection_mode_temporary_profile;
    world_unlock();
    if (n != NO_NETWORK) connection_begins(station, n, mode, profile);
}

void user_joins(int interface_index, const BYTE *bssid) {
    connection_ends(interface_index, 0);
    user_takes_over(interface_index, bssid);
}

void user_is_refused(int interface_index, const BYTE *bssid) {
    world_lock();
    station_t *station = &world.interfaces[interface_index];
    network_t network = *find_network(station, bssid);
    GUID guid = station->guid;
    world_unlock();
    deliver_connection(wlan_notification_acm_connection_complete, &guid,
                       network.lent ? wlan_connection_mode_temporary_profile : wlan_connection_mode_profile, network.saved,
                       &network.ssid, REASON_PSK_MISMATCH);
}

static void moves(int interface_index, const BYTE *bssid, BOOL late) {
    world_lock();
    station_t *station = &world.interfaces[interface_index];
    network_t *to = find_network(station, bssid);
    BOOL linked = to && station->connected != NO_NETWORK;
    network_t network;
    WCHAR profile[256];
    GUID guid = station->guid;
    WLAN_CONNECTION_MODE mode = station->mode;
    if (linked) network = *to;
    wcscpy(profile, station->profile);
    world_unlock();
    if (!linked) return;
    deliver_association(MSM_ROAMING_START, &guid, mode, profile, &network);
    if (late) {
        deliver_association(MSM_ASSOCIATED, &guid, mode, profile, &network);
        Sleep(100);
    }
    world_lock();
    station->connected = (int)(to - station->networks);
    world_unlock();
    if (!late) deliver_association(MSM_ASSOCIATED, &guid, mode, profile, &network);
    deliver_association(MSM_ROAMING_END, &guid, mode, profile, &network);
}

void roams(int interface_index, const BYTE *bssid) { moves(interface_index, bssid, FALSE); }

void roams_late(int interface_index, const BYTE *bssid) { moves(interface_index, bssid, TRUE); }

void *hand_out(SIZE_T size) {
    InterlockedIncrement(&world.outstanding);
    return calloc(1, size);
}

void take_back(void *memory) {
    if (!memory) {
        InterlockedIncrement(&world.bad_frees);
        return;
    }
    InterlockedDecrement(&world.outstanding);
    free(memory);
}

BOOL WINAPI DllMain(HINSTANCE instance, DWORD reason, LPVOID reserved) {
    (void)reserved;
    if (reason == DLL_PROCESS_ATTACH) {
        DisableThreadLibraryCalls(instance);
        InitializeCriticalSection(&world.lock);
        InitializeCriticalSection(&reporting);
        InitializeConditionVariable(&world.callback_returned);
        world_reset();
        take_script();
        take_commands();
    }
    return TRUE;
}
