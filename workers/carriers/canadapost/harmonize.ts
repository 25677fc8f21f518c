import { detectFormat } from "../../domain/edi/detect.ts";
import { ediProfile } from "../../domain/edi/edi-profile.ts";
import type { EdiStatus } from "../../domain/edi/edi-status.ts";
import { type CarrierTime, readIso } from "../../domain/local-time.ts";
import { zoneOf } from "../../domain/places.ts";
import type { HarmonizeContext, Harmonized, RawDocument, Remark } from "../carrier.ts";
import { harmonizeEdi } from "../edi-events.ts";
import { checked, nothing, plainXml, readEach, readXml, unanswered } from "../reading.ts";
import { oneLine, placeOf, promiseOf, tell, word } from "../telling.ts";
import { CanadaPostAnswer, CanadaPostEvent, listElements } from "./schema.ts";

const HOME = "America/Toronto";

/** "0174" and "174" are one identifier. */
const bare = (identifier: string | null) => identifier?.replace(/^0+(?=\d)/u, "") ?? null;

/** An item on its way back is delivered, out for delivery and so on under the same identifiers: only the sentence, English or French, tells. */
const TO_SENDER = /\breturn.{0,40} to (the )?sender|(retourn|renvoy).{0,40}exp[ée]/iu;

/** X12 214: B10 has the number, blank-padded, and L11 with 86 the event identifier behind the AT7 pair. */
const x12 = {
  profile: ediProfile({ carrier_id: "canadapost", shipment_number: ["B10-01"], parcel_number: [["B10-01"]] }),
  zone: HOME,
  lookups: (status: EdiStatus) => {
    const identifier = bare(status.references.find(({ qualifier }) => qualifier === "86")?.value ?? null);
    return [
      { code: identifier === "0" ? null : identifier },
      { code: status.code, sub_code: status.sub_code },
    ];
  },
};

const ZONES: ReadonlyMap<string, string> = new Map([
  ["N", "America/St_Johns"],
  ["A", "America/Halifax"],
  ["E", "America/Toronto"],
  ["C", "America/Winnipeg"],
  ["M", "America/Edmonton"],
  ["P", "America/Vancouver"],
]);

export function harmonize(document: RawDocument, context: HarmonizeContext): Harmonized {
  const { rules } = context;
  if (detectFormat(document.body).format === "x12") return harmonizeEdi(document, context, x12);
  const tree = readXml(document, listElements);
  const read = tree.ok ? checked(CanadaPostAnswer, plainXml(tree.value, [])) : tree;
  if (!read.ok) return nothing(read);
  if ("messages" in read.value) {
    const remarks = read.value.messages.message.map(({ code, description }): Remark => {
      const detail = [word(code), word(description)].filter(Boolean).join(": ");
      return {
        kind: /no pin history/iu.test(detail) ? "not_found" : "carrier_error",
        detail,
        at: document.asked[0] ?? null,
      };
    });
    return { shipments: [], remarks, complete: true };
  }
  const detail = read.value["tracking-detail"];
  const remarks: Remark[] = [];
  const list = detail["significant-events"]?.occurrence;
  const events = readEach(CanadaPostEvent, list, "significant-events.occurrence", remarks).map(
    ({ value: event, at }) => {
      const identifier = word(event["event-identifier"]);
      const sentence = word(event["event-description"]);
      const site = word(event["event-site"]);
      const told = tell(
        rules,
        {
          code: identifier,
          text: sentence,
          lookups: [
            {
              code: bare(identifier),
              service: TO_SENDER.test(sentence ?? "") ? "to sender" : null,
              text: oneLine(sentence),
            },
          ],
          time: timeOf(event),
          location: placeOf({
            name: event["event-retail-name"],
            city: site,
            state: event["event-province"],
            country: word(event["event-province"]) === null ? null : "CA",
          }),
          at,
        },
        remarks,
      );
      const signed_by = word(event["signatory-name"]);
      if (signed_by !== null) {
        told.other.delivery_confirmation = { signed_by, base64_photo: null, photo_format: null };
      }
      return told;
    },
  );
  const pin = detail.pin.trim();
  const others = [word(detail["original-pin"]), word(detail["return-pin"]), word(detail["customer-ref-1"])];
  const promised = word(detail["changed-expected-date"]) ?? word(detail["expected-delivery-date"]);
  remarks.push(...unanswered(document, [pin, ...others]));
  return {
    shipments: [
      {
        carrier_tracking_id: pin,
        parcel_tracking_id: pin,
        other_ids: others.filter((number) => number !== null),
        events,
        eta: promiseOf(readIso(promised ?? "", HOME)),
        carrier_tracking_update: null,
      },
    ],
    remarks,
    complete: true,
  };
}

/** The clock of the province, else of the zone's first letter; midnight without a zone means that only the day is known. */
function timeOf(event: CanadaPostEvent): CarrierTime {
  const time = word(event["event-time"]);
  const letters = word(event["event-time-zone"]);
  const dayOnly = time === null || (time === "00:00:00" && letters === null);
  const place = zoneOf({ country: "CA", state: word(event["event-province"]) });
  const told = ZONES.get(letters?.charAt(0) ?? "");
  const zone = place ?? told ?? HOME;
  const source = place !== null ? "place" : told !== undefined ? "carrier" : "carrier_default";
  return readIso(`${word(event["event-date"]) ?? ""}${dayOnly ? "" : `T${time}`}`, zone, source);
}
