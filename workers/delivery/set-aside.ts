import { log } from "../flow/log.ts";
import type { Line } from "./line.ts";
import type { DeliveryParts } from "./parts.ts";

/** An event that can't be told is shown to the operator and the account; its shipment goes on after it (delivery contract C15). */
export function setAside(
  parts: DeliveryParts,
  line: Line,
  entry: { position: number; shipment_id: string; sequence: number },
  reason: string,
): void {
  const { position, shipment_id, sequence } = entry;
  const at = parts.ctx.now();
  parts.outbox.aside.add({ subscription_id: line.id, position, shipment_id, sequence, at, reason });
  log("event.set_aside", {
    subscription: line.id,
    shipment: shipment_id,
    sequence,
    why: reason.slice(0, 300),
  });
}
