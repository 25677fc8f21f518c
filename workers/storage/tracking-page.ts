import { z } from "zod";
import { ACTORS, HEALTHS } from "../domain/statuses.ts";
import { Location, PRECISIONS } from "../domain/tracking-event.ts";
import type { PageShipment } from "../tracking-page/page-shipment.ts";
import type { Queryable } from "./queryable.ts";
import { StatusWord } from "./shipments.ts";

/** What the tracking page shows, and not a column more: what the page never reads it cannot tell. */

const ShipmentRow = z.object({
  carrier_id: z.string(),
  carrier_tracking_id: z.string(),
  new_carrier_tracking_id: z.string().nullable(),
  direction: z.enum(["outbound", "return"]).nullable(),
  status: StatusWord,
  health: z.enum(HEALTHS),
  action_required_by: z.enum(ACTORS),
  eta_current: z.string().nullable(),
  eta_first: z.string().nullable(),
  updated_at: z.number(),
});

const READ_SHIPMENT = `
SELECT carrier_id, carrier_tracking_id, carrier_tracking_update ->> '$.new_carrier_tracking_id' AS new_carrier_tracking_id,
       registration ->> '$.direction' AS direction, status, health, action_required_by, eta ->> '$.current' AS eta_current,
       eta ->> '$.first' AS eta_first, updated_at
FROM shipments WHERE id = ?2 AND tenant_id = ?1 AND tracking_state <> 'stopped'`;

const ParcelRow = z.object({ carrier_tracking_id: z.string(), status: StatusWord });

const READ_PARCELS = `
SELECT carrier_tracking_id, status FROM parcels WHERE shipment_id = ?2 AND tenant_id = ?1 ORDER BY created_at, carrier_tracking_id LIMIT 1000`;

/** More events than a person reads: those of a shipment with hundreds of parcels are cut off at the old end. */
const EVENTS_MAX = 500;

const EventRow = z.object({
  event_id: z.string(),
  parcel_number: z.string(),
  occurred_at: z.number().nullable(),
  local_time: z.string().nullable(),
  precision: z.enum(PRECISIONS),
  carrier_order: z.number().nullable(),
  code_path: z.string(),
  status: StatusWord,
  replaces: z.string().nullable(),
  withdrawn: z.number(),
  late_scan: z.number().nullable(),
  location: z.string().nullable(),
});

const READ_EVENTS = `
SELECT event_id, parcel_number, occurred_at, local_time, precision, carrier_order, code_path, status, replaces, withdrawn,
       body ->> '$.late_scan' AS late_scan, body ->> '$.location' AS location
FROM events WHERE shipment_id = ?2 AND tenant_id = ?1 AND duplicate_of IS NULL
ORDER BY coalesce(occurred_at, 0) DESC, event_id LIMIT ${EVENTS_MAX + 1}`;

/** A shipment as its page has it, in one round trip; null where the tenant has none of this id, or stopped tracking it. */
export async function readPageShipment(
  shard: Queryable,
  tenant_id: string,
  id: string,
): Promise<PageShipment | null> {
  const [shipments, parcels, events] = await shard.batch(
    [READ_SHIPMENT, READ_PARCELS, READ_EVENTS].map((sql) => shard.prepare(sql).bind(tenant_id, id)),
  );
  const raw = shipments?.results[0];
  if (raw === undefined) return null;
  const { eta_current, eta_first, direction, ...row } = ShipmentRow.parse(raw);
  const rows = (events?.results ?? []).map((event: unknown) => EventRow.parse(event));
  return {
    ...row,
    direction: direction ?? "outbound",
    eta: eta_current === null ? null : { current: eta_current, first: eta_first ?? eta_current },
    parcels: (parcels?.results ?? []).map((parcel: unknown) => ParcelRow.parse(parcel)),
    events: rows.slice(0, EVENTS_MAX).map((event: z.infer<typeof EventRow>) => ({
      id: event.event_id,
      parcel: event.parcel_number,
      at: event.occurred_at,
      local: event.local_time,
      precision: event.precision,
      order: event.carrier_order,
      path: event.code_path,
      status: event.status,
      replaces: event.replaces,
      withdrawn: event.withdrawn === 1,
      duplicate_of: null,
      late_scan: event.late_scan === 1,
      location: event.location === null ? null : Location.parse(JSON.parse(event.location)),
    })),
    has_older: rows.length > EVENTS_MAX,
  };
}
