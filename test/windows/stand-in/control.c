/*
 * Commands from another process, for tests of what is typed. Those in WLANAPI_STAND_IN_SCRIPT are taken first; with WLANAPI_STAND_IN_PORT in its environment the DLL
 * takes them as datagrams on that port of loopback, and answers each with a number.
 */
#include "world.h"
#include "control.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static DWORD WINAPI serve(LPVOID parameter) {
    int port = (int)(INT_PTR)parameter;
    WSADATA data;
    struct sockaddr_in address = {.sin_family = AF_INET};
    char line[10240], answer[16];
    WSAStartup(MAKEWORD(2, 2), &data);
    SOCKET own = socket(AF_INET, SOCK_DGRAM, 0);
    address.sin_port = htons((u_short)port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (bind(own, (struct sockaddr *)&address, sizeof address) != 0) return 1;
    for (;;) {
        int size = sizeof address;
        int length = recvfrom(own, line, sizeof line - 1, 0, (struct sockaddr *)&address, &size);
        if (length < 0) continue;
        line[length] = 0;
        int text = snprintf(answer, sizeof answer, "%d", StandIn(line));
        sendto(own, answer, text, 0, (struct sockaddr *)&address, size);
    }
}

void take_script(void) {
    static char script[16384];
    DWORD length = GetEnvironmentVariableA("WLANAPI_STAND_IN_SCRIPT", script, sizeof script);
    if (length == 0 || length >= sizeof script) return;
    for (char *line = strtok(script, ";"); line; line = strtok(NULL, ";")) StandIn(line);
}

void take_commands(void) {
    char port[8];
    DWORD length = GetEnvironmentVariableA("WLANAPI_STAND_IN_PORT", port, sizeof port);
    if (length == 0 || length >= sizeof port) return;
    HANDLE thread = CreateThread(NULL, 0, serve, (LPVOID)(INT_PTR)atoi(port), 0, NULL);
    if (thread) CloseHandle(thread);
}
