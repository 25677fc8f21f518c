import { type CarrierTime, isoUtc, readIso, UNKNOWN_TIME } from "../../domain/local-time.ts";
import type { HarmonizeContext, Harmonized, RawDocument, Remark } from "../carrier.ts";
import { nothing, readJson } from "../reading.ts";
import { metaOf, placeOf, tell, word } from "../telling.ts";
import { BudbeePush, EVENT_ID, TIMESTAMP } from "./schema.ts";

/**
 * What Budbee's webhooks carry: one event of one parcel.
 * - V2, instabee-api-docs ("Home Delivery Events"): eventId, eventType, timestamp, orderId, packageId, party, flow, eventData.
 * - V2, docs.skrym.com after developer.budbee.com: event, and in eventData budbeeOrderToken, packageId, shipmentId, tmsId, cartId,
 *   of some events reason, responsible and the locker. The moment stands in a header only.
 * - Classic parcel status updates (topic parcel-status-updates): no public page shows one. Assumed: status in the words of the
 *   order, under the same names of number and moment. Moments are epoch milliseconds in UTC (developer.budbee.com) or ISO 8601.
 */

/** Events that happen at the locker they name; in others it is where the parcel is going. */
const AT_LOCKER =
  /^(?:DELIVERED_TO_LOCKER|INJECTED_IN_LOCKER|CONSUMER_PICKED_UP_FROM_LOCKER|Delivered|PickedUp)$/u;

/** From 1973 to 2200: what is shorter is no count of milliseconds. */
const EPOCH_MS = { from: 1e11, to: Date.UTC(2200, 0, 1) };

function momentOf(said: string | null): CarrierTime {
  if (said === null) return UNKNOWN_TIME;
  if (!/^\d{9,}$/u.test(said)) return readIso(said, "UTC");
  const ms = Number(said);
  if (ms < EPOCH_MS.from || ms >= EPOCH_MS.to) return UNKNOWN_TIME;
  return { at: isoUtc(ms), precision: "second", offset_source: "carrier" };
}

const first = (...said: (string | number | null | undefined)[]) =>
  said.map(word).find((one) => one !== null) ?? null;

/** Reads one push. The order's token is the shipment's number, as it is what the read API is asked for; else its id, else the parcel's. */
export function fromPush(document: RawDocument, { rules }: HarmonizeContext): Harmonized {
  const read = readJson(document, BudbeePush);
  if (!read.ok) return nothing(read);
  const { value: push } = read;
  const more = push.eventData ?? {};
  const code = first(push.eventType, push.event, push.status, more.status);
  const parcel = first(push.packageId, more.packageId, push.parcelId, more.parcelId);
  const token = first(more.budbeeOrderToken, push.budbeeOrderToken, push.orderToken, push.token);
  const order = first(push.orderId, more.orderId);
  const shipment = first(push.shipmentId, more.shipmentId);
  const number = token ?? order ?? parcel ?? shipment;
  if (code === null || number === null) {
    const missing = code === null ? "event" : "number";
    const detail = `The push names no ${missing}, so there is no news in it.`;
    return { shipments: [], remarks: [{ kind: "incomplete", detail, at: null }], complete: true };
  }
  const box = first(more.lockerIdentifier, more.lockerName, push.lockerIdentifier);
  // Delivered is said of a box and of a door; a locker's name tells which, and its absence tells nothing.
  const service = box !== null ? "box" : code === "Delivered" ? null : "home";
  const place = placeOf({
    code: first(more.lockerIdentifier, push.lockerIdentifier),
    name: more.lockerName,
    street: more.street,
    city: more.city,
    postal_code: more.postalCode,
    country: more.countryCode,
    type: "parcel_locker",
  });
  const further = [...new Set([order, shipment])]
    .filter((id) => id !== null)
    .filter((id) => id !== number && id !== parcel);
  const remarks: Remark[] = [];
  const event = tell(
    rules,
    {
      code,
      service,
      text: first(more.reason, push.reason),
      time: momentOf(
        first(push.timestamp, push.date, more.timestamp, more.deliveredAt, document.headers?.[TIMESTAMP]),
      ),
      location: box !== null && AT_LOCKER.test(code) ? place : null,
      meta: metaOf({
        eventId: first(push.eventId, document.headers?.[EVENT_ID]),
        party: push.party,
        responsible: more.responsible,
        flow: push.flow,
        locker: AT_LOCKER.test(code) ? null : box,
        cartId: first(push.cartId, more.cartId),
        tmsId: more.tmsId,
      }),
    },
    remarks,
  );
  return {
    shipments: [
      {
        carrier_tracking_id: number,
        parcel_tracking_id: parcel,
        other_ids: further,
        events: [event],
        eta: null,
        carrier_tracking_update: null,
      },
    ],
    remarks,
    complete: true,
  };
}
