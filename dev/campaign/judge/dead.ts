import type { Case } from "../judge.ts";

/** `shipment sequence` of everything that died, and when. */
export function deadSequences(dead: Case["dead"]): Map<string, number> {
  const found = new Map<string, number>();
  for (const { died_at, shipments } of dead) {
    for (const { shipment_id, first_sequence, last_sequence } of shipments) {
      for (let sequence = first_sequence; sequence <= last_sequence; sequence++)
        found.set(`${shipment_id} ${sequence}`, died_at);
    }
  }
  return found;
}
