import type { Actor, Health, Status } from "../../domain/statuses.ts";

/** Everything that the page of one language says. A test asks every language for every phrase. */
export interface Phrases {
  /** What the language calls itself. */
  name: string;
  /** What a shipment's status means to the person who waits: a few words, and a sentence. */
  statuses: Record<Status, Told>;
  /** The same where the shipment is a return, and going back is the plan. */
  returns: Record<"delivered" | "returning" | "returned", Told>;
  /** How it goes, where it does not go well. */
  healths: Record<Exclude<Health, "on_track">, string>;
  /** Who has to move next, where somebody has to. */
  actors: Record<Exclude<Actor, "none">, string>;
  steps: Record<Step, string>;
  labels: Labels;
  /** Said of an event whose code is newer than this page. */
  milestones: Record<string, string>;
  /** What happened, by the first two levels of the code: `delivery/delivered`. */
  codes: Record<string, string>;
  /** Where the third level says something that the person should know: `delivery/delivered/parcel_locker`. */
  sub_codes: Record<string, string>;
}

export interface Told {
  title: string;
  sentence: string;
}

/** A place on the bar. */
export type Step =
  | "announced"
  | "collecting"
  | "accepted"
  | "in_transit"
  | "customs"
  | "out_for_delivery"
  | "attempted"
  | "pickup"
  | "delivered"
  | "stopped"
  | "returning"
  | "returned"
  | "failed"
  | "cancelled"
  | "return_arrived";

export interface Labels {
  progress: string;
  /** For those who hear the bar. */
  step_done: string;
  step_now: string;
  step_ahead: string;
  expected: string;
  was_expected: string;
  first_promised(day: string): string;
  pickup: string;
  map: string;
  parcels: string;
  parcel(number: number, total: number): string;
  /** The parcel or parcels that an event is about: "Parcel 2", "Parcels 1, 3". */
  of_parcels(numbers: readonly number[]): string;
  pieces_delivered(delivered: number, total: number): string;
  more_parcels(count: number): string;
  history: string;
  no_history: string;
  older_not_shown: string;
  without_time: string;
  local_times: string;
  carrier: string;
  tracking_number: string;
  new_tracking_number: string;
  test: string;
  sent_by(name: string): string;
  languages: string;
  missing: Told;
  too_often: Told;
}
