/*
 * The small world behind the stand-in for wlanapi.dll: interfaces, the networks in the air, one connection an
 * interface, open handles, and threads that report what happens after real delays. Everything is guarded by `world`'s
 * lock; callbacks run outside it.
 */
#ifndef WORLD_H
#define WORLD_H

#include <winsock2.h>
#include <windows.h>
#include <wlanapi.h>

#define MAX_INTERFACES 8
#define MAX_NETWORKS 128
#define MAX_HANDLES 64
#define MAX_PLANS 64
#define MAX_DENIALS 8
#define NO_NETWORK (-1)

/* Codes that mingw-w64's headers do not have (wlanapi.h of the Windows SDK). */
#define MSM_ASSOCIATED 2
#define MSM_ROAMING_START 5
#define MSM_ROAMING_END 6
#define MSM_SIGNAL_QUALITY_CHANGE 8
#define REASON_NOT_AVAILABLE 0x2800B
#define REASON_USER_CANCELLED 0x38001
#define REASON_PSK_MISMATCH 0x48014
#define REASON_SECURITY_SET 0x30002

typedef struct {
    BOOL present;  /* in the air */
    BOOL cached;   /* seen by the service, so in its lists */
    DOT11_SSID ssid;
    DOT11_MAC_ADDRESS bssid;
    ULONG frequency; /* kHz */
    LONG rssi;
    USHORT capabilities;
    USHORT beacon_period;
    ULONG auth, cipher;
    BOOL connectable;
    ULONG not_connectable_reason;
    BOOL hidden;   /* in lists with an empty SSID until a directed scan */
    WCHAR saved[256]; /* the name of the profile that the user has for it */
    BOOL lent;        /* it is a temporary one, of another program on this host */
    char key[65];  /* what keyMaterial must be; empty: anything */
    BYTE *elements;
    ULONG elements_size;
} network_t;

typedef enum { OUTCOME_COMPLETE, OUTCOME_FAIL, OUTCOME_SILENT } outcome_t;

typedef struct {
    BOOL present;
    BOOL listed;   /* FALSE: a secondary interface, which WlanEnumInterfaces leaves out */
    GUID guid;
    WCHAR description[256];
    network_t networks[MAX_NETWORKS];
    int network_count;
    int connected; /* index or NO_NETWORK */
    WLAN_CONNECTION_MODE mode; /* how that came about */
    WCHAR profile[256];
    ULONG quality;
    DWORD scan_ms;
    outcome_t scan_outcome;
    LONG scan_number;    /* of the scan that runs; later ones make earlier ones void */
    DWORD connect_ms;
    DWORD slow_ms;         /* instead of connect_ms, once */
    BOOL connect_silent;
    ULONG connect_reason; /* overrides success when not 0 */
    LONG attempt_number; /* of the connection attempt that runs, 0: none */
    WLAN_CONNECTION_MODE attempt_mode;
    WCHAR attempt_profile[256];
    DOT11_SSID attempt_ssid;
} station_t;

typedef struct {
    BOOL open;
    DWORD sources;
    WLAN_NOTIFICATION_CALLBACK callback;
    PVOID context;
    LONG running; /* callbacks that have not returned */
} client_t;

/* How calls of one function behave: wait, and fail with a code, for the next `count` calls. */
typedef struct {
    char function[48];
    DWORD delay_ms;
    DWORD delay_count;
    DWORD code;
    DWORD code_count;
    LONG calls;
} plan_t;

typedef struct {
    CRITICAL_SECTION lock;
    CONDITION_VARIABLE callback_returned;
    BOOL service_running;
    station_t interfaces[MAX_INTERFACES];
    client_t handles[MAX_HANDLES];
    plan_t plans[MAX_PLANS];
    LONG outstanding; /* blocks of memory handed out and not given back */
    LONG bad_frees;
    LONG last_number; /* scans and attempts are numbered; never reset, so that what is left of an earlier test fits nothing */
    LONG threads;     /* that have something to report yet */
    LONG busy;        /* calls that are held up by a plan at the moment */
    char denied[MAX_DENIALS][48]; /* what gives ERROR_ACCESS_DENIED: functions, and the sources "msm" and "acm" */
    char corrupt[32];
    WCHAR last_profile[4096];
    BYTE last_bssid_list[64];
    DWORD last_bssid_list_size;
} world_t;

extern world_t world;

void world_lock(void);
void world_unlock(void);
void world_reset(void);

/* By GUID; NULL where there is none. The lock is held. */
station_t *find_interface(const GUID *guid);
network_t *find_network(station_t *station, const BYTE *bssid);

/* Is it denied to this user? The lock is held. */
BOOL is_denied(const char *what);

/* Plan of a function, made on first use. The lock is held. */
plan_t *plan_for(const char *function);

/* Runs `work` on a thread of its own after `ms`. `number` is handed through. */
typedef void (*work_t)(int interface_index, LONG number);
void later(DWORD ms, work_t work, int interface_index, LONG number);

/* Calls back everyone who registered for `source`. The lock is not held. */
void deliver(DWORD source, DWORD code, const GUID *guid, void *data, DWORD size);
void deliver_connection(DWORD code, const GUID *guid, WLAN_CONNECTION_MODE mode, const WCHAR *profile,
                        const DOT11_SSID *ssid, ULONG reason);

/* What the interface does by itself. The lock is not held. */
void scan_ends(int interface_index, LONG number);
void attempt_ends(int interface_index, LONG number);
void connection_ends(int interface_index, ULONG reason);
void user_joins(int interface_index, const BYTE *bssid);
void user_takes_over(int interface_index, const BYTE *bssid); /* the end of the connection before is not told */
void user_is_refused(int interface_index, const BYTE *bssid); /* with the user's own profile */
void roams(int interface_index, const BYTE *bssid);
/* The same, and asking for the connection tells of the old access point until the end of it. */
void roams_late(int interface_index, const BYTE *bssid);

/* Memory that the API hands out. */
void *hand_out(SIZE_T size);
void take_back(void *memory);

#endif
