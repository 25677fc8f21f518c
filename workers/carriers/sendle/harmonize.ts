import { readIso } from "../../domain/local-time.ts";
import type { CarrierEvent } from "../../domain/tracking-event.ts";
import type { HarmonizeContext, Harmonized, RawDocument, Remark } from "../carrier.ts";
import { nothing, readEach, readJson } from "../reading.ts";
import type { RuleTable } from "../rules.ts";
import { metaOf, oneLine, placeOf, promiseOf, tell, word } from "../telling.ts";
import { SendleEvent, SendleNews } from "./schema.ts";

export function harmonize(document: RawDocument, { rules }: HarmonizeContext): Harmonized {
  const read = readJson(document, SendleNews);
  if (!read.ok) return nothing(read);
  const news = read.value;
  const remarks: Remark[] = [];
  const said = (kind: Remark["kind"], detail: string): Harmonized => ({
    shipments: [],
    remarks: [{ kind, detail, at: document.asked[0] ?? null }],
    complete: true,
  });
  const of = (number: string, events: CarrierEvent[], eta: string | null): Harmonized => ({
    shipments: [
      {
        carrier_tracking_id: number,
        parcel_tracking_id: number,
        other_ids: [],
        events,
        eta,
        carrier_tracking_update: null,
      },
    ],
    remarks,
    complete: true,
  });

  if ("error" in news) {
    const detail = [news.error, word(news.error_description)].filter(Boolean).join(": ");
    return said(news.error === "not_found" ? "not_found" : "carrier_error", detail);
  }
  if ("sendle_reference" in news)
    return of(news.sendle_reference.trim(), [eventOf(news, "event", rules, remarks)], null);

  // The answer does not repeat the reference: it is the one that was asked for.
  const [number] = document.asked;
  if (number === undefined) return said("incomplete", "The answer does not say whose number it is about.");
  const events = readEach(SendleEvent, news.tracking_events, "tracking_events", remarks).map(
    ({ value, at }) => eventOf(value, at, rules, remarks),
  );
  const { estimated_delivery_date_maximum: to, estimated_delivery_date_minimum: from } =
    news.scheduling ?? {};
  const delivered = events.some(({ status }) => status === "delivered");
  const promised = delivered ? null : (word(to) ?? word(from));
  return of(number, events, promiseOf(readIso(promised ?? "", "UTC", "assumed")));
}

function eventOf(event: SendleEvent, at: string, rules: RuleTable, remarks: Remark[]): CarrierEvent {
  const code = event.event_type.trim().toLowerCase();
  const reason = word(event.reason);
  const text = word(event.description);
  const place = event.location_data;
  const told = tell(
    rules,
    {
      code: event.event_type,
      sub_code: reason,
      text,
      lookups: [
        { code, sub_code: reason?.toLowerCase() ?? null, text: code === "info" ? oneLine(text) : null },
      ],
      time: readIso(word(event.display_time) ?? word(event.scan_time) ?? "", "UTC", "carrier_default"),
      location:
        placeOf({
          city: place?.suburb,
          state: place?.state,
          postal_code: place?.postcode,
          country: place?.country,
        }) ?? placeOf({ city: word(event.location) ?? event.origin_location }),
      meta: metaOf({ destination: event.destination_location }),
      at,
    },
    remarks,
  );
  const signed_by = /signed for by (.{1,100}?)\.?$/iu.exec(oneLine(text) ?? "")?.[1] ?? null;
  if (signed_by !== null)
    told.other.delivery_confirmation = { signed_by, base64_photo: null, photo_format: null };
  return told;
}
