import { readIso } from "../../domain/local-time.ts";
import type { CarrierEvent } from "../../domain/tracking-event.ts";
import type { HarmonizeContext, Harmonized, HarmonizedShipment, RawDocument, Remark } from "../carrier.ts";
import { nothing, readEach, readJson, unanswered } from "../reading.ts";
import { metaOf, placeOf, promiseOf, tell, word } from "../telling.ts";
import { SandboxEvent, SandboxNews, SandboxTracking } from "./schema.ts";

export function harmonize(document: RawDocument, { rules }: HarmonizeContext): Harmonized {
  const read = readJson(document, SandboxNews);
  if (!read.ok) return nothing(read);
  const remarks: Remark[] = [];

  const eventOf = (event: SandboxEvent, at: string): CarrierEvent => {
    const time = readIso(event.time ?? "", "UTC", "assumed");
    const signed_by = word(event.signed_by);
    return tell(
      rules,
      {
        code: event.code,
        sub_code: event.sub_code ?? null,
        text: event.text ?? null,
        time,
        location: event.place ? placeOf(event.place) : null,
        meta: metaOf({ event_id: event.id }),
        other: {
          eta: etaOf(event.eta),
          delivery_confirmation:
            signed_by === null ? null : { signed_by, base64_photo: null, photo_format: null },
        },
        order: event.sequence ?? null,
        at,
      },
      remarks,
    );
  };

  const shipments = readEach(SandboxTracking, read.value.tracking, "tracking", remarks).map(
    ({ value, at }): HarmonizedShipment => {
      const shipment = word(value.shipment_number);
      const parcel = word(value.parcel_number);
      const number = value.tracking_number.trim();
      const renewed = word(value.new_tracking_number);
      return {
        carrier_tracking_id: shipment ?? number,
        // A number beside a shipment's number is a parcel's; alone it is the shipment's.
        parcel_tracking_id: parcel ?? (shipment === null || shipment === number ? null : number),
        other_ids:
          shipment !== null && parcel !== null && number !== shipment && number !== parcel ? [number] : [],
        events: readEach(SandboxEvent, value.events, `${at}.events`, remarks).map((event) =>
          eventOf(event.value, event.at),
        ),
        eta: etaOf(value.eta),
        carrier_tracking_update:
          renewed === null || renewed === number
            ? null
            : {
                replaced_tracking_id: number,
                new_carrier_tracking_id: renewed,
                new_carrier_tracking_url: word(value.new_tracking_url),
              },
      };
    },
  );
  remarks.push(
    ...unanswered(
      document,
      shipments.flatMap((one) => [one.carrier_tracking_id, one.parcel_tracking_id, ...one.other_ids]),
    ),
  );
  return { shipments, remarks, complete: true };
}

function etaOf(text: string | null | undefined): string | null {
  return promiseOf(readIso(text ?? "", "UTC", "assumed"));
}
