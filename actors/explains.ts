/** What a machine says of its events and delays beside the descriptions of its states: drawings and the inspector show it. */

/** A line for each event that a machine takes. */
export type Texts<Event extends { readonly type: string }> = { readonly [Type in Event['type']]: string };

/** One line for each; `meta` of a machine. An event that has none is a type error. */
export interface Explains<EventType extends string, Delay extends string> {
  readonly events: { readonly [Type in EventType]: string };
  /** What its parent starts one of these for; left out: there is exactly one. */
  readonly per?: string;
  readonly delays: { readonly [Name in Delay]: string };
}
