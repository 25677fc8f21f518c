import { NO_OTHER_FACTS } from "../../domain/tracking-event.ts";
import type { WebhookElement } from "../../storage/feed.ts";

/** A made-up event for `…/subscriptions/{id}/test` and `/probe`: `test` is true, the code is `order/created/gluey_test`, and its ids belong to nobody. */
export function sampleElement(nowMs: number): WebhookElement {
  const at = new Date(nowMs).toISOString().replace(/\.\d+Z$/, "+00:00");
  return {
    shipment_id: "shp_00000000000000000000000000",
    shipment_uuid_ref: null,
    shipment_meta_data: [],
    carrier_id: "sandbox",
    carrier_tracking_id: "TEST",
    carrier_tracking_update: null,
    tracking_level: "shipment",
    parcel: null,
    sequence: 1,
    shipment_status: "registered",
    health: "on_track",
    action_required_by: "none",
    test: true,
    event: {
      id: "evt_00000000000000000000000000",
      carrier_meta_data: [],
      event_time: { created_utc: at, carrier_utc: at, precision: "second", offset_source: "carrier" },
      eta: null,
      codes: {
        gluey: {
          milestone: "order",
          code: "created",
          sub_code: "gluey_test",
          freetext_detail: "A test of your subscription.",
        },
        carrier: { code: "TEST", sub_code: null, freetext_detail: null },
      },
      location: null,
      status: "notice",
      reason: null,
      attempt: null,
      rule: { id: "test", version: 1 },
      replaces: null,
      withdrawn: false,
      late_scan: false,
      duplicate_of: null,
      source: "webhook",
      other: NO_OTHER_FACTS,
    },
  };
}
