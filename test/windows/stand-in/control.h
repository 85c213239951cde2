#ifndef CONTROL_H
#define CONTROL_H

/* One command (script.c); the answer, or -1 for what is not understood. */
__declspec(dllexport) int StandIn(const char *line);

/* Takes the commands in WLANAPI_STAND_IN_SCRIPT, if the environment has it: separated by semicolons. */
void take_script(void);

/* Starts to take commands from outside, where the environment asks for it. */
void take_commands(void);

#endif
