import { readIso } from "../../domain/local-time.ts";
import type { CarrierEvent } from "../../domain/tracking-event.ts";
import type { HarmonizeContext, Harmonized, RawDocument, Remark } from "../carrier.ts";
import { checked, nothing, plainXml, readEach, readJson, readText, readXml } from "../reading.ts";
import type { RuleTable } from "../rules.ts";
import { oneLine, placeOf, tell, word } from "../telling.ts";
import { listElements, PacketaAnswer, PacketaDetail, PacketaItem, PacketaRecord } from "./schema.ts";

const HOME = "Europe/Prague";

export function harmonize(document: RawDocument, { rules }: HarmonizeContext): Harmonized {
  const text = readText(document);
  if (!text.ok) return nothing(text);
  return text.value.startsWith("<") ? fromApi(document, rules) : fromPage(document, rules);
}

function fromApi(document: RawDocument, rules: RuleTable): Harmonized {
  const tree = readXml(document, listElements);
  const read = tree.ok ? checked(PacketaAnswer, plainXml(tree.value, [])) : tree;
  if (!read.ok) return nothing(read);
  const { response } = read.value;
  // The answer does not repeat the number: it is the one that was asked for.
  const [number] = document.asked;
  const said = (kind: Remark["kind"], detail: string): Harmonized => ({
    shipments: [],
    remarks: [{ kind, detail, at: number ?? null }],
    complete: true,
  });
  if (response.status === "fault") {
    const detail = [word(response.fault), oneLine(response.string)].filter(Boolean).join(": ");
    // PacketIdFault: "Invalid packet ID"
    return said(response.fault === "PacketIdFault" ? "not_found" : "carrier_error", detail);
  }
  if (number === undefined) return said("incomplete", "The answer does not say whose number it is about.");
  const remarks: Remark[] = [];
  const others = new Set<string>();
  const records = readEach(PacketaRecord, response.result?.record, "result.record", remarks);
  const events = records.map(({ value: record, at }): CarrierEvent => {
    const abroad = word(record.externalTrackingCode);
    if (abroad !== null && abroad !== number) others.add(abroad);
    return tell(
      rules,
      {
        code: record.statusCode,
        text: oneLine(record.statusText) ?? oneLine(record.codeText),
        lookups: [{ code: record.statusCode.trim() }],
        time: readIso(word(record.dateTime) ?? "", HOME),
        // zero stands for no branch
        location: placeOf({ code: word(record.branchId) === "0" ? null : record.branchId }),
        at,
      },
      remarks,
    );
  });
  return shipmentOf(number, [...others], events, remarks);
}

function fromPage(document: RawDocument, rules: RuleTable): Harmonized {
  const read = readJson(document, PacketaItem);
  if (!read.ok) return nothing(read);
  const { barcode, trackingDetails } = read.value.item;
  const remarks: Remark[] = [];
  const events = readEach(PacketaDetail, trackingDetails, "item.trackingDetails", remarks).map(
    ({ value, at }) =>
      tell(rules, { code: null, text: value.text, time: readIso(word(value.time) ?? "", HOME), at }, remarks),
  );
  return shipmentOf(barcode.trim(), [], events, remarks);
}

const shipmentOf = (
  number: string,
  other_ids: string[],
  events: CarrierEvent[],
  remarks: Remark[],
): Harmonized => ({
  shipments: [
    {
      carrier_tracking_id: number,
      parcel_tracking_id: number,
      other_ids,
      events,
      eta: null,
      carrier_tracking_update: null,
    },
  ],
  remarks,
  complete: true,
});
