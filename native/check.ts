/** What `doctor` says of one thing that a host needs or may need. */
export interface HostCheck {
  /** What was looked at, the same on every run: `wpa_supplicant`, `rfkill`. */
  readonly name: string;
  /** `ok`: usable. `limited`: works, but not everything does. `missing`: what depends on it does not work. */
  readonly state: 'ok' | 'limited' | 'missing';
  /** One sentence for people: what was found. */
  readonly detail: string;
  /** What to type or do; absent when there is nothing to do. */
  readonly fix?: string;
}
