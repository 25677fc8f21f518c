import type { Shipment } from "../storage/shipments.ts";
import type { Call } from "./api-env.ts";
import { type ShipmentAnswer, shipmentAnswer } from "./schemas/shipment.ts";

/** A shipment as it is told to its customer, with the address of its tracking page under the host that was called. */
export async function toldShipment(c: Call, shipment: Shipment): Promise<ShipmentAnswer> {
  const { ctx, caller } = c.var;
  const { tenant } = caller;
  const isShown = shipment.tracking_state !== "stopped";
  const token = isShown ? await ctx.trackingLinks.issue({ tenant, shipment_id: shipment.id }) : null;
  const tracking_url = token === null ? null : new URL(`/t/${token}`, c.req.url).href;
  return shipmentAnswer(shipment, { test: tenant.mode === "test", tracking_url });
}
