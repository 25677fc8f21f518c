import { readIso } from "../../domain/local-time.ts";
import type { HarmonizeContext, Harmonized, RawDocument, Remark } from "../carrier.ts";
import { nothing, readJson, unanswered } from "../reading.ts";
import { placeOf, promiseOf, tell, word } from "../telling.ts";
import { fromPush } from "./push.ts";
import { BudbeeAnswer } from "./schema.ts";

const HOME = "Europe/Stockholm";

export function harmonize(document: RawDocument, context: HarmonizeContext): Harmonized {
  return document.source === "webhook" ? fromPush(document, context) : fromOrder(document, context);
}

function fromOrder(document: RawDocument, { rules }: HarmonizeContext): Harmonized {
  const read = readJson(document, BudbeeAnswer);
  if (!read.ok) return nothing(read);
  const { value } = read;
  if (!("payload" in value || "token" in value)) {
    const detail = [word(value.errorCode), word(value.errorMsg)].filter(Boolean).join(": ");
    const kind = /NOT_FOUND/u.test(detail) ? "not_found" : "carrier_error";
    return { shipments: [], remarks: [{ kind, detail, at: document.asked[0] ?? null }], complete: true };
  }
  const order = "payload" in value ? value.payload : value;
  const remarks: Remark[] = [];
  const box = word(order.lockerIdentifier) !== null;
  const delivered = word(order.deliveredAt);
  const { lockerAddress: locker } = order;
  const events =
    delivered === null
      ? []
      : [
          tell(
            rules,
            {
              code: "Delivered",
              service: box ? "box" : "home",
              time: readIso(delivered, HOME),
              location: box
                ? placeOf({
                    code: order.lockerIdentifier,
                    name: locker?.name,
                    street: locker?.street,
                    city: locker?.city,
                    postal_code: locker?.postalCode,
                    country: locker?.countryCode,
                    type: "parcel_locker",
                    lat: locker?.coordinate?.latitude,
                    lng: locker?.coordinate?.longitude,
                  })
                : null,
              at: "deliveredAt",
            },
            remarks,
          ),
        ];
  // Budbee dates the delivery only. What else the status says has no moment and cannot stand in a timeline.
  if (order.status !== "Delivered") {
    remarks.push({
      kind: "time_unknown",
      detail: `The order is ${order.status}; Budbee does not say since when.`,
      at: "status",
    });
  }
  const number = order.token.trim();
  const promised = typeof order.eta === "string" ? order.eta : word(order.eta?.stop);
  remarks.push(...unanswered(document, [number]));
  return {
    shipments: [
      {
        carrier_tracking_id: number,
        parcel_tracking_id: null,
        other_ids: [],
        events,
        eta: promiseOf(readIso(promised ?? "", HOME)),
        carrier_tracking_update: null,
      },
    ],
    remarks,
    complete: true,
  };
}
