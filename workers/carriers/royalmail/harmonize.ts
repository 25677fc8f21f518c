import { readIso } from "../../domain/local-time.ts";
import type { HarmonizeContext, Harmonized, HarmonizedShipment, RawDocument, Remark } from "../carrier.ts";
import { nothing, readEach, readJson } from "../reading.ts";
import type { RuleTable } from "../rules.ts";
import { latest, placeOf, promiseOf, tell, word } from "../telling.ts";
import { type MailPiece, RoyalMailAnswer, RoyalMailEvent } from "./schema.ts";

const HOME = "Europe/London";

export function harmonize(document: RawDocument, { rules }: HarmonizeContext): Harmonized {
  const read = readJson(document, RoyalMailAnswer);
  if (!read.ok) return nothing(read);
  if ("httpCode" in read.value) {
    const { httpCode, httpMessage, moreInformation, errors } = read.value;
    const said = [String(httpCode), word(httpMessage), word(moreInformation)];
    for (const { errorCode, errorDescription, errorCause } of errors ?? [])
      said.push(word(errorCode), word(errorDescription), word(errorCause));
    const detail = said.filter(Boolean).join(": ");
    // E1142: "A mail item with that barcode cannot be located"
    const unknown = /\bE1142\b|not recognised|isn't recognised|cannot be located/iu.test(detail);
    const kind = unknown ? "not_found" : "carrier_error";
    return { shipments: [], remarks: [{ kind, detail, at: document.asked[0] ?? null }], complete: true };
  }
  const remarks: Remark[] = [];
  return { shipments: [shipmentOf(read.value.mailPieces, rules, remarks)], remarks, complete: true };
}

function shipmentOf(piece: MailPiece, rules: RuleTable, remarks: Remark[]): HarmonizedShipment {
  const events = readEach(RoyalMailEvent, piece.events, "mailPieces.events", remarks).map(
    ({ value: event, at }) =>
      tell(
        rules,
        {
          code: event.eventCode,
          text: word(event.eventName),
          time: readIso(word(event.eventDateTime) ?? "", HOME, "carrier_default"),
          location: placeOf({ name: event.locationName }),
          at,
        },
        remarks,
      ),
  );
  const signed_by = word(piece.signature?.recipientName);
  const delivered = latest(events.filter(({ status }) => status === "delivered"));
  if (delivered !== null && signed_by !== null)
    delivered.other.delivery_confirmation = { signed_by, base64_photo: null, photo_format: null };
  const number = piece.mailPieceId.trim();
  const others = [word(piece.summary?.oneDBarcode), word(piece.summary?.uniqueItemId)];
  const day = word(piece.estimatedDelivery?.date)?.slice(0, 10) ?? "";
  const end = word(piece.estimatedDelivery?.endOfEstimatedWindow);
  // the window's end is a clock on that day, and in some answers a whole date of its own
  const promised = end === null ? day : end.includes("T") ? end : `${day}T${end}`;
  return {
    carrier_tracking_id: number,
    parcel_tracking_id: number,
    other_ids: [...new Set(others)].filter((other) => other !== null).filter((other) => other !== number),
    events,
    eta: delivered === null ? promiseOf(readIso(promised, HOME)) : null,
    carrier_tracking_update: null,
  };
}
