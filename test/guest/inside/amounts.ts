/** How much of what is repeated is done: all of it with `PROXY_WIFI_GUEST_WHOLE=1`, otherwise what fits into a run of CI. */

/** Everything on every kernel. */
export const whole = process.env.PROXY_WIFI_GUEST_WHOLE === '1';

/** Connects, disconnects and scans, to see what is kept of them. */
export const operations = whole ? 1000 : 150;

/** Answers and notifications of a hostile host. */
export const hostileBodies = whole ? 100_000 : 5000;
