import { type CarrierTime, inZone, UNKNOWN_TIME, wallClock } from "../../domain/local-time.ts";
import type { HarmonizeContext, Harmonized, RawDocument, Remark } from "../carrier.ts";
import { nothing, readEach, readJson, unanswered } from "../reading.ts";
import { latest, metaOf, placeOf, tell, word } from "../telling.ts";
import { MatkahuoltoAnswer, MatkahuoltoEvent } from "./schema.ts";

export function harmonize(document: RawDocument, { rules }: HarmonizeContext): Harmonized {
  const read = readJson(document, MatkahuoltoAnswer);
  if (!read.ok) return nothing(read);
  const remarks: Remark[] = [];
  if ("notFound" in read.value) {
    const detail = "Matkahuolto knows no such parcel.";
    return {
      shipments: [],
      remarks: [{ kind: "not_found", detail, at: document.asked[0] ?? null }],
      complete: true,
    };
  }
  const { parcelNumber, senderReference, storedUntil, trackingEvents } = read.value;
  const events = readEach(MatkahuoltoEvent, trackingEvents, "trackingEvents", remarks).map(
    ({ value: event, at }) =>
      tell(
        rules,
        {
          code: null,
          text: word(event.description),
          time: timeOf(word(event.date), word(event.time)),
          location: placeOf({
            code: event.officeCode,
            name: event.place,
            lat: event.latitude,
            lng: event.longitude,
          }),
          at,
        },
        remarks,
      ),
  );
  const newest = latest(events);
  if (newest !== null) newest.carrier_meta_data.push(...metaOf({ stored_until: storedUntil }));
  const number = parcelNumber.trim();
  const reference = word(senderReference);
  remarks.push(...unanswered(document, [number, reference]));
  return {
    shipments: [
      {
        carrier_tracking_id: number,
        parcel_tracking_id: number,
        other_ids: reference === null ? [] : [reference],
        events,
        eta: null,
        carrier_tracking_update: null,
      },
    ],
    remarks,
    complete: true,
  };
}

function timeOf(date: string | null, time: string | null): CarrierTime {
  const day = /^(\d{1,2})\.(\d{1,2})\.(\d{4})$/u.exec(date ?? "");
  if (day === null) return UNKNOWN_TIME;
  const clock = /^(\d{1,2})[:.](\d{2})/u.exec(time ?? "");
  const wall = wallClock(
    Number(day[3]),
    Number(day[2]),
    Number(day[1]),
    Number(clock?.[1] ?? 0),
    Number(clock?.[2] ?? 0),
  );
  return inZone(wall, "Europe/Helsinki", "carrier_default", clock === null ? "date" : "minute");
}
