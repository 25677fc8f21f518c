import { readIso } from "../../domain/local-time.ts";
import type { CarrierEvent } from "../../domain/tracking-event.ts";
import type { HarmonizeContext, Harmonized, RawDocument, Remark } from "../carrier.ts";
import { checked, nothing, plainXml, readEach, readXml, unanswered } from "../reading.ts";
import { metaOf, oneLine, placeOf, tell, word } from "../telling.ts";
import { ChronopostAnswer, ChronopostEvent, ChronopostInfo, listElements } from "./schema.ts";

const HOME = "Europe/Paris";

/** Delivered, but to the sender: the code is the same. */
const TO_SENDER = /exp[ée]diteur|\bto (the )?(sender|shipper)/iu;

export function harmonize(document: RawDocument, { rules }: HarmonizeContext): Harmonized {
  const tree = readXml(document, listElements);
  const read = tree.ok ? checked(ChronopostAnswer, plainXml(tree.value, [])) : tree;
  if (!read.ok) return nothing(read);
  const { trackSkybillV2Response, Fault } = read.value.Envelope.Body;
  const asked = document.asked[0] ?? null;
  const said = (kind: Remark["kind"], detail: string): Harmonized => ({
    shipments: [],
    remarks: [{ kind, detail, at: asked }],
    complete: true,
  });
  const result = trackSkybillV2Response?.return;
  if (!result) return said("carrier_error", oneLine(Fault?.faultstring) ?? "Chronopost names no fault.");
  if (result.errorCode.trim() !== "0") {
    const detail = [word(result.errorCode), oneLine(result.errorMessage)].filter(Boolean).join(": ");
    return said("carrier_error", detail);
  }

  const remarks: Remark[] = [];
  const others = new Set<string>();
  const told = result.listEventInfoComp;
  const number = word(told?.skybillNumber) ?? asked;
  const events = readEach(ChronopostEvent, told?.events, "events", remarks).map(
    ({ value: event, at }): CarrierEvent => {
      const infos = readEach(ChronopostInfo, event.infoCompList, `${at}.infoCompList`, remarks);
      const info = new Map(infos.map(({ value }) => [oneLine(value.name) ?? "", oneLine(value.value)]));
      const partner = /^[A-Z]+\/([A-Z0-9]{8,})$/u.exec(info.get("Partner number") ?? "")?.[1];
      if (partner !== undefined) others.add(partner);
      const text = oneLine(event.eventLabel);
      const one = tell(
        rules,
        {
          code: event.code,
          text,
          lookups: [{ code: event.code, service: TO_SENDER.test(text ?? "") ? "to sender" : null }],
          time: readIso(word(event.eventDate) ?? "", HOME, "carrier_default"),
          // no country: partners abroad scan too
          location: placeOf({ name: event.officeLabel, postal_code: event.zipCode }),
          meta: metaOf(Object.fromEntries([...info].filter(([name]) => !SECRETS.has(name)))),
          at,
        },
        remarks,
      );
      const signed_by = info.get("Consignee's name") ?? null;
      if (one.status === "delivered" && signed_by !== null)
        one.other.delivery_confirmation = { signed_by, base64_photo: null, photo_format: null };
      return one;
    },
  );
  if (number === null) return said("incomplete", "The answer does not say whose number it is about.");
  // a number that is unknown is answered without an error and without an event
  if (events.length === 0) return said("not_found", `Chronopost knows nothing of ${number}.`);
  others.delete(number);
  remarks.push(...unanswered(document, [number, ...others]));
  return {
    shipments: [
      {
        carrier_tracking_id: number,
        parcel_tracking_id: number,
        other_ids: [...others],
        events,
        eta: null,
        carrier_tracking_update: null,
      },
    ],
    remarks,
    complete: true,
  };
}

/** Who lives there has its own field. */
const SECRETS = new Set(["", "Consignee's name"]);
