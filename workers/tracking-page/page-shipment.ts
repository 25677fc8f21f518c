import type { Actor, Health, Status } from "../domain/statuses.ts";
import type { TimelineEvent } from "../domain/timeline.ts";
import type { Location } from "../domain/tracking-event.ts";

/** What the tracking page knows of a shipment: none of what its customer said of it (references, meta data), no free text. */
export interface PageShipment {
  carrier_id: string;
  carrier_tracking_id: string;
  /** The number the carrier gave instead. */
  new_carrier_tracking_id: string | null;
  direction: "outbound" | "return";
  status: Status;
  health: Health;
  action_required_by: Actor;
  /** The carrier's promises: ISO 8601 with offset, or YYYY-MM-DD. */
  eta: { current: string; first: string } | null;
  /** Epoch milliseconds of the last news. The page is over when the shipment is: so long after it. */
  updated_at: number;
  parcels: { carrier_tracking_id: string; status: Status }[];
  /** The newest ones, in any order. */
  events: PageEvent[];
  /** There are older ones that were not read. */
  has_older: boolean;
}

export interface PageEvent extends TimelineEvent {
  /** When it happened as the place's clock showed it, ISO 8601 with offset; null where the carrier gave no time. */
  local: string | null;
  late_scan: boolean;
  location: Location | null;
}
