import type { HarmonizedShipment } from "../carriers/carrier.ts";
import type { Post } from "../domain/append.ts";
import { checkedPhoto } from "../domain/photo.ts";
import type { Source } from "../domain/tracking-event.ts";
import type { Follower } from "../storage/directory.ts";
import type { TenantPost } from "./append.ts";

/** Step 2: what a document says, for each shipment that follows one of its numbers. Pure. */

/** All numbers by which a carrier's news may be followed, the parcel's first, one that was replaced last. */
export function numbersOf(shipment: HarmonizedShipment): string[] {
  const numbers = [
    shipment.parcel_tracking_id,
    shipment.carrier_tracking_id,
    ...shipment.other_ids,
    shipment.carrier_tracking_update?.replaced_tracking_id ?? null,
  ];
  return [...new Set(numbers.filter((number): number is string => number !== null && number !== ""))];
}

/** What of a document goes into its posts. */
export interface PostedDocument {
  id: string;
  source: Source;
  reread: boolean;
}

/** One post for each follower and each shipment of the document, all that it says of one parcel gathered. */
export function postsOf(
  document: PostedDocument,
  shipments: readonly HarmonizedShipment[],
  followers: readonly Follower[],
): TenantPost[] {
  const byNumber = Map.groupBy(followers, (follower) => follower.carrier_number);
  const posts = new Map<string, TenantPost>();
  for (const shipment of shipments) {
    const following = Map.groupBy(
      numbersOf(shipment).flatMap((number) => byNumber.get(number) ?? []),
      (follower) => follower.shipment_id,
    );
    for (const [shipment_id, rows] of following) {
      const { parcel_number, parcel_id } = parcelOf(shipment, rows);
      const tenant_id = rows[0]?.tenant_id;
      if (tenant_id === undefined) continue;
      const key = `${shipment_id}\u0000${parcel_number}`;
      const post = posts.get(key)?.post ?? {
        shipment_id,
        parcel_number,
        parcel_id,
        source: document.source,
        document_id: document.id,
        reread: document.reread,
        events: [],
        eta: null,
        carrier_tracking_update: null,
      };
      post.events.push(...shipment.events.map((event) => ({ ...event, other: checkedPhoto(event.other) })));
      post.eta = shipment.eta ?? post.eta;
      post.carrier_tracking_update = shipment.carrier_tracking_update ?? post.carrier_tracking_update;
      posts.set(key, { tenant_id, post });
    }
  }
  return [...posts.values()];
}

/**
 * Which of a follower's parcels the news is about; none for the whole shipment. A parcel nobody registered is one first
 * seen at the carrier, unless it has its number in place of one that is the shipment's.
 */
function parcelOf(
  shipment: HarmonizedShipment,
  rows: readonly Follower[],
): Pick<Post, "parcel_number" | "parcel_id"> {
  const registered = rows.find((row) => row.parcel_id !== "");
  if (registered !== undefined)
    return { parcel_number: registered.carrier_number, parcel_id: registered.parcel_id };
  const { parcel_tracking_id: parcel, carrier_tracking_update: step } = shipment;
  const before = step?.new_carrier_tracking_id === parcel ? step?.replaced_tracking_id : null;
  const whole = rows.some(({ carrier_number: number }) => number === parcel || number === before);
  return { parcel_number: parcel === null || whole ? "" : parcel, parcel_id: null };
}
