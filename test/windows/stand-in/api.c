/* The functions of wlanapi.dll that the service uses, over the world of world.h. */
#include "world.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

#define EXPORT __declspec(dllexport)

/* Waits and fails as the script has planned; then what the service itself would refuse. */
static DWORD enter(const char *function) {
    world_lock();
    plan_t *plan = plan_for(function);
    plan->calls++;
    DWORD wait = 0, code = 0;
    if (plan->delay_count > 0) { plan->delay_count--; wait = plan->delay_ms; }
    if (plan->code_count > 0) { plan->code_count--; code = plan->code; }
    if (!code && is_denied(function)) code = ERROR_ACCESS_DENIED;
    world_unlock();
    if (wait > 0) {
        InterlockedIncrement(&world.busy);
        Sleep(wait);
        InterlockedDecrement(&world.busy);
    }
    return code;
}

static client_t *opened(HANDLE handle) {
    UINT_PTR index = (UINT_PTR)handle - 1;
    return index < MAX_HANDLES && world.handles[index].open ? &world.handles[index] : NULL;
}

/* Everything that a call on an interface checks first. Returns with the lock held when it returns 0. */
static DWORD enter_interface(const char *function, HANDLE handle, const GUID *guid, station_t **station) {
    DWORD code = enter(function);
    if (code) return code;
    world_lock();
    if (!world.service_running) code = ERROR_SERVICE_NOT_ACTIVE;
    else if (!opened(handle)) code = ERROR_INVALID_HANDLE;
    else if (guid && !(*station = find_interface(guid))) code = ERROR_NOT_FOUND;
    if (code) world_unlock();
    return code;
}

static int index_of(const station_t *station) { return (int)(station - world.interfaces); }

EXPORT DWORD WINAPI WlanOpenHandle(DWORD version, PVOID reserved, PDWORD negotiated, PHANDLE handle) {
    DWORD code = enter("WlanOpenHandle");
    if (code) return code;
    if (version != 2 || reserved || !negotiated || !handle) return ERROR_INVALID_PARAMETER;
    world_lock();
    code = world.service_running ? ERROR_NOT_ENOUGH_MEMORY : ERROR_SERVICE_NOT_ACTIVE;
    for (UINT_PTR i = 0; i < MAX_HANDLES && world.service_running && code; i++)
        if (!world.handles[i].open && world.handles[i].running == 0) {
            memset(&world.handles[i], 0, sizeof world.handles[i]);
            world.handles[i].open = TRUE;
            *handle = (HANDLE)(i + 1);
            *negotiated = 2;
            code = 0;
        }
    world_unlock();
    return code;
}

/* Like Windows', neither of these two returns while a callback of the handle runs. */
static void wait_for_callbacks(client_t *handle) {
    while (handle->running > 0) SleepConditionVariableCS(&world.callback_returned, &world.lock, INFINITE);
}

EXPORT DWORD WINAPI WlanCloseHandle(HANDLE handle, PVOID reserved) {
    DWORD code = enter("WlanCloseHandle");
    if (code) return code;
    if (reserved) return ERROR_INVALID_PARAMETER;
    world_lock();
    client_t *mine = opened(handle);
    if (!mine) code = ERROR_INVALID_HANDLE;
    else {
        mine->open = FALSE;
        wait_for_callbacks(mine);
    }
    world_unlock();
    return code;
}

EXPORT DWORD WINAPI WlanRegisterNotification(HANDLE handle, DWORD sources, WINBOOL ignore_duplicates,
                                             WLAN_NOTIFICATION_CALLBACK callback, PVOID context, PVOID reserved,
                                             PDWORD previous) {
    (void)ignore_duplicates;
    station_t *none = NULL;
    DWORD code = enter_interface("WlanRegisterNotification", handle, NULL, &none);
    if (code) return code;
    client_t *mine = opened(handle);
    if (reserved) code = ERROR_INVALID_PARAMETER;
    else if ((sources & WLAN_NOTIFICATION_SOURCE_MSM && is_denied("msm")) ||
             (sources & WLAN_NOTIFICATION_SOURCE_ACM && is_denied("acm")))
        code = ERROR_ACCESS_DENIED;
    else {
        if (previous) *previous = mine->sources;
        mine->sources = sources;
        mine->callback = callback;
        mine->context = context;
        if (sources == WLAN_NOTIFICATION_SOURCE_NONE) wait_for_callbacks(mine);
    }
    world_unlock();
    return code;
}

EXPORT DWORD WINAPI WlanEnumInterfaces(HANDLE handle, PVOID reserved, PWLAN_INTERFACE_INFO_LIST *list) {
    (void)reserved;
    station_t *none = NULL;
    DWORD code = enter_interface("WlanEnumInterfaces", handle, NULL, &none);
    if (code) return code;
    PWLAN_INTERFACE_INFO_LIST answer = hand_out(8 + MAX_INTERFACES * sizeof(WLAN_INTERFACE_INFO));
    for (int i = 0; i < MAX_INTERFACES; i++) {
        station_t *station = &world.interfaces[i];
        if (!station->present || !station->listed) continue;
        WLAN_INTERFACE_INFO *info = &answer->InterfaceInfo[answer->dwNumberOfItems++];
        info->InterfaceGuid = station->guid;
        wcscpy(info->strInterfaceDescription, station->description);
        info->isState = station->connected == NO_NETWORK ? wlan_interface_state_disconnected : wlan_interface_state_connected;
    }
    if (strcmp(world.corrupt, "interface-count") == 0) answer->dwNumberOfItems = 0x10000000;
    *list = answer;
    world_unlock();
    return 0;
}

EXPORT DWORD WINAPI WlanQueryInterface(HANDLE handle, const GUID *guid, WLAN_INTF_OPCODE opcode, PVOID reserved,
                                       PDWORD size, PVOID *data, PWLAN_OPCODE_VALUE_TYPE type) {
    (void)reserved;
    (void)type;
    station_t *station = NULL;
    DWORD code = enter_interface("WlanQueryInterface", handle, guid, &station);
    if (code) return code;
    if (opcode != wlan_intf_opcode_current_connection) code = ERROR_INVALID_PARAMETER;
    else if (station->connected == NO_NETWORK) code = ERROR_INVALID_STATE;
    else {
        network_t *network = &station->networks[station->connected];
        WLAN_CONNECTION_ATTRIBUTES *answer = hand_out(sizeof *answer);
        answer->isState = wlan_interface_state_connected;
        answer->wlanConnectionMode = station->mode;
        wcscpy(answer->strProfileName, station->profile);
        answer->wlanAssociationAttributes.dot11Ssid = network->ssid;
        answer->wlanAssociationAttributes.dot11BssType = dot11_BSS_type_infrastructure;
        memcpy(answer->wlanAssociationAttributes.dot11Bssid, network->bssid, 6);
        answer->wlanAssociationAttributes.wlanSignalQuality = station->quality;
        *size = strcmp(world.corrupt, "connection-size") == 0 ? 100 : sizeof *answer;
        *data = answer;
    }
    world_unlock();
    return code;
}

EXPORT DWORD WINAPI WlanScan(HANDLE handle, const GUID *guid, const PDOT11_SSID ssid, const PWLAN_RAW_DATA elements, PVOID reserved) {
    (void)elements;
    (void)reserved;
    station_t *station = NULL;
    DWORD code = enter_interface("WlanScan", handle, guid, &station);
    if (code) return code;
    if (ssid && ssid->uSSIDLength > DOT11_SSID_MAX_LENGTH) code = ERROR_INVALID_PARAMETER;
    else {
        for (int n = 0; n < station->network_count; n++) {
            network_t *network = &station->networks[n];
            network->cached = FALSE; /* a scan flushes the list */
            if (ssid && network->hidden && network->ssid.uSSIDLength == ssid->uSSIDLength &&
                memcmp(network->ssid.ucSSID, ssid->ucSSID, ssid->uSSIDLength) == 0)
                network->hidden = FALSE; /* it answers to its name */
        }
        later(station->scan_ms, scan_ends, index_of(station), station->scan_number = ++world.last_number);
    }
    world_unlock();
    return code;
}

EXPORT DWORD WINAPI WlanGetNetworkBssList(HANDLE handle, const GUID *guid, const PDOT11_SSID ssid, DOT11_BSS_TYPE type,
                                          WINBOOL security, PVOID reserved, PWLAN_BSS_LIST *list) {
    (void)type;
    (void)security;
    (void)reserved;
    station_t *station = NULL;
    DWORD code = enter_interface("WlanGetNetworkBssList", handle, guid, &station);
    if (code) return code;
    if (ssid) code = ERROR_INVALID_PARAMETER;
    else {
        DWORD count = 0;
        SIZE_T size = 8;
        for (int n = 0; n < station->network_count; n++)
            if (station->networks[n].cached) { count++; size += sizeof(WLAN_BSS_ENTRY) + station->networks[n].elements_size; }
        BYTE *answer = hand_out(size);
        PWLAN_BSS_LIST head = (PWLAN_BSS_LIST)answer;
        head->dwTotalSize = (DWORD)size;
        head->dwNumberOfItems = count;
        SIZE_T elements = 8 + count * sizeof(WLAN_BSS_ENTRY);
        DWORD i = 0;
        for (int n = 0; n < station->network_count; n++) {
            network_t *network = &station->networks[n];
            if (!network->cached) continue;
            WLAN_BSS_ENTRY *entry = &head->wlanBssEntries[i++];
            if (!network->hidden) entry->dot11Ssid = network->ssid;
            memcpy(entry->dot11Bssid, network->bssid, 6);
            entry->dot11BssType = dot11_BSS_type_infrastructure;
            entry->lRssi = network->rssi;
            entry->usBeaconPeriod = network->beacon_period;
            entry->usCapabilityInformation = network->capabilities;
            entry->ulChCenterFrequency = network->frequency;
            entry->ulIeOffset = (ULONG)(elements - ((BYTE *)entry - answer));
            entry->ulIeSize = network->elements_size;
            memcpy(answer + elements, network->elements, network->elements_size);
            elements += network->elements_size;
        }
        if (strcmp(world.corrupt, "bss-count") == 0) head->dwNumberOfItems = count + 1000;
        if (strcmp(world.corrupt, "bss-size") == 0) head->dwTotalSize = 0x7fffffff;
        if (strcmp(world.corrupt, "bss-short") == 0) head->dwTotalSize = 4;
        if (strcmp(world.corrupt, "ie-offset") == 0) head->wlanBssEntries[0].ulIeOffset = 0x00ffffff;
        if (strcmp(world.corrupt, "ie-size") == 0) head->wlanBssEntries[0].ulIeSize = 0xffffffff;
        if (strcmp(world.corrupt, "ssid-length") == 0) head->wlanBssEntries[0].dot11Ssid.uSSIDLength = 33;
        *list = head;
    }
    world_unlock();
    return code;
}

EXPORT DWORD WINAPI WlanGetAvailableNetworkList(HANDLE handle, const GUID *guid, DWORD flags, PVOID reserved,
                                                PWLAN_AVAILABLE_NETWORK_LIST *list) {
    (void)flags;
    (void)reserved;
    station_t *station = NULL;
    DWORD code = enter_interface("WlanGetAvailableNetworkList", handle, guid, &station);
    if (code) return code;
    PWLAN_AVAILABLE_NETWORK_LIST answer = hand_out(8 + MAX_NETWORKS * sizeof(WLAN_AVAILABLE_NETWORK));
    for (int n = 0; n < station->network_count; n++) {
        network_t *network = &station->networks[n];
        if (!network->cached) continue;
        WLAN_AVAILABLE_NETWORK *entry = &answer->Network[answer->dwNumberOfItems++];
        entry->dot11Ssid = network->ssid;
        entry->dot11BssType = dot11_BSS_type_infrastructure;
        entry->uNumberOfBssids = 1;
        entry->bNetworkConnectable = network->connectable;
        entry->wlanNotConnectableReason = network->not_connectable_reason;
        entry->bSecurityEnabled = network->auth != 1;
        entry->dot11DefaultAuthAlgorithm = network->auth;
        entry->dot11DefaultCipherAlgorithm = network->cipher;
    }
    if (strcmp(world.corrupt, "available-count") == 0) answer->dwNumberOfItems = 0x10000000;
    *list = answer;
    world_unlock();
    return 0;
}

/* The text between <tag> and </tag>, with the five entities of XML taken back. */
static BOOL element_text(const WCHAR *xml, const WCHAR *tag, WCHAR *text, size_t room) {
    static const struct { const WCHAR *entity; WCHAR character; } entities[] = {
        {L"&lt;", L'<'}, {L"&gt;", L'>'}, {L"&amp;", L'&'}, {L"&quot;", L'"'}, {L"&apos;", L'\''}};
    WCHAR start[64];
    _snwprintf(start, 64, L"<%ls>", tag);
    const WCHAR *from = wcsstr(xml, start);
    if (!from) return FALSE;
    size_t used = 0;
    for (from += wcslen(start); *from && *from != L'<' && used + 1 < room;) {
        WCHAR character = *from;
        size_t length = 1;
        if (character == L'&') {
            character = 0;
            for (int i = 0; i < 5; i++)
                if (wcsncmp(from, entities[i].entity, wcslen(entities[i].entity)) == 0) {
                    character = entities[i].character;
                    length = wcslen(entities[i].entity);
                }
            if (!character) return FALSE; /* not XML */
        }
        text[used++] = character;
        from += length;
    }
    text[used] = 0;
    return *from == L'<';
}

EXPORT DWORD WINAPI WlanConnect(HANDLE handle, const GUID *guid, const PWLAN_CONNECTION_PARAMETERS parameters, PVOID reserved) {
    (void)reserved;
    station_t *station = NULL;
    DWORD code = enter_interface("WlanConnect", handle, guid, &station);
    if (code) return code;
    WCHAR name[256], hex[128];
    BOOL saved = parameters->wlanConnectionMode == wlan_connection_mode_profile;
    network_t *known = NULL;
    for (int n = 0; saved && parameters->strProfile && n < station->network_count && !known; n++)
        if (station->networks[n].saved[0] && wcscmp(station->networks[n].saved, parameters->strProfile) == 0)
            known = &station->networks[n];
    DOT11_BSSID_LIST *bssids = parameters->pDesiredBssidList;
    if ((!saved && parameters->wlanConnectionMode != wlan_connection_mode_temporary_profile) || parameters->pDot11Ssid ||
        parameters->dot11BssType != dot11_BSS_type_infrastructure || !parameters->strProfile || parameters->dwFlags ||
        (bssids && (bssids->Header.Type != NDIS_OBJECT_TYPE_DEFAULT || bssids->Header.Revision != DOT11_BSSID_LIST_REVISION_1 ||
                    bssids->Header.Size != sizeof *bssids || bssids->uNumOfEntries != 1 || bssids->uTotalNumOfEntries != 1)))
        code = ERROR_INVALID_PARAMETER;
    else if (saved && !known) code = ERROR_NOT_FOUND;
    else if (!saved && (!wcsstr(parameters->strProfile, L"<WLANProfile xmlns=\"http://www.microsoft.com/networking/WLAN/profile/v1\">") ||
             !element_text(parameters->strProfile, L"name", name, 256) || !element_text(parameters->strProfile, L"hex", hex, 128)))
        code = ERROR_BAD_PROFILE;
    else {
        wcsncpy(world.last_profile, parameters->strProfile, 4095);
        station->attempt_mode = parameters->wlanConnectionMode;
        world.last_bssid_list_size = bssids ? sizeof *bssids : 0;
        if (bssids) memcpy(world.last_bssid_list, bssids, sizeof *bssids);
        if (saved) {
            wcscpy(name, known->saved);
            station->attempt_ssid = known->ssid;
        } else station->attempt_ssid.uSSIDLength = (ULONG)wcslen(hex) / 2;
        for (ULONG i = 0; !saved && i < station->attempt_ssid.uSSIDLength && i < 32; i++) {
            unsigned value = 0;
            swscanf(hex + 2 * i, L"%2x", &value);
            station->attempt_ssid.ucSSID[i] = (BYTE)value;
        }
        wcscpy(station->attempt_profile, name);
        station->attempt_number = ++world.last_number;
        LONG number = station->attempt_number;
        DWORD ms = station->slow_ms ? station->slow_ms : station->connect_ms;
        station->slow_ms = 0;
        BOOL silent = station->connect_silent;
        BOOL connected = station->connected != NO_NETWORK;
        world_unlock();
        if (connected) connection_ends(index_of(station), 0);
        if (!silent) later(ms, attempt_ends, index_of(station), number);
        return 0;
    }
    world_unlock();
    return code;
}

static void attempt_cancelled(int interface_index, LONG number) {
    (void)number;
    station_t *station = &world.interfaces[interface_index];
    world_lock();
    GUID guid = station->guid;
    DOT11_SSID ssid = station->attempt_ssid;
    WLAN_CONNECTION_MODE mode = station->attempt_mode;
    WCHAR profile[256];
    wcscpy(profile, station->attempt_profile);
    world_unlock();
    deliver_connection(wlan_notification_acm_connection_complete, &guid, mode, profile, &ssid, REASON_USER_CANCELLED);
}

static void asked_to_disconnect(int interface_index, LONG number) {
    (void)number;
    connection_ends(interface_index, 0);
}

EXPORT DWORD WINAPI WlanDisconnect(HANDLE handle, const GUID *guid, PVOID reserved) {
    (void)reserved;
    station_t *station = NULL;
    DWORD code = enter_interface("WlanDisconnect", handle, guid, &station);
    if (code) return code;
    BOOL trying = station->attempt_number != 0;
    station->attempt_number = 0;
    world_unlock();
    later(0, trying ? attempt_cancelled : asked_to_disconnect, index_of(station), 0);
    return 0;
}

EXPORT VOID WINAPI WlanFreeMemory(PVOID memory) {
    enter("WlanFreeMemory");
    take_back(memory);
}
