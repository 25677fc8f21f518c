import type { z } from "zod";
import { readIso } from "../../domain/local-time.ts";
import type { HarmonizeContext, Harmonized, HarmonizedShipment, RawDocument, Remark } from "../carrier.ts";
import { nothing, readEach, readJson, unanswered } from "../reading.ts";
import type { RuleTable } from "../rules.ts";
import { metaOf, placeOf, tell, word } from "../telling.ts";
import { AppEvent, AppParcel, InPostEvent, InPostNews } from "./schema.ts";

const HOME = "Europe/Warsaw";

export function harmonize(document: RawDocument, { rules }: HarmonizeContext): Harmonized {
  const read = readJson(document, InPostNews);
  if (!read.ok) return nothing(read);
  const news = read.value;
  const remarks: Remark[] = [];
  if ("error" in news) {
    const detail = [String(news.status), news.error, word(news.message)].filter(Boolean).join(": ");
    const kind = news.error === "resource_not_found" ? "not_found" : "carrier_error";
    return { shipments: [], remarks: [{ kind, detail, at: document.asked[0] ?? null }], complete: true };
  }
  const shipments =
    "parcels" in news
      ? readEach(AppParcel, news.parcels, "parcels", remarks).map(({ value, at }) =>
          parcelOf(
            value.shipmentNumber,
            eventsOf(AppEvent, value.eventLog, `${at}.eventLog`, remarks),
            word(value.pickUpPoint?.name),
            rules,
            remarks,
          ),
        )
      : [
          parcelOf(
            news.tracking_number,
            eventsOf(InPostEvent, news.tracking_details, "tracking_details", remarks),
            word(news.custom_attributes?.target_machine_id),
            rules,
            remarks,
          ),
        ];
  remarks.push(
    ...unanswered(
      document,
      shipments.map((one) => one.carrier_tracking_id),
    ),
  );
  return { shipments, remarks, complete: true };
}

interface Said {
  value: InPostEvent & { type?: string | null | undefined };
  at: string;
}

/** The parcel's own events: the app's list mixes notes of other kinds among them. */
function eventsOf(
  schema: z.ZodType<Said["value"]>,
  list: readonly unknown[] | null | undefined,
  path: string,
  remarks: Remark[],
): Said[] {
  return readEach(schema, list, path, remarks).filter(
    ({ value }) => (value.type ?? "PARCEL_STATUS") === "PARCEL_STATUS",
  );
}

function parcelOf(
  given: string,
  said: readonly Said[],
  locker: string | null,
  rules: RuleTable,
  remarks: Remark[],
): HarmonizedShipment {
  const number = given.trim();
  return {
    carrier_tracking_id: number,
    parcel_tracking_id: number,
    other_ids: [],
    events: said.map(({ value: { status, agency, datetime }, at }) => {
      const code = status.trim().toLowerCase();
      return tell(
        rules,
        {
          code: status,
          lookups: [{ code }],
          time: readIso(word(datetime) ?? "", HOME, "carrier_default"),
          location: placeOf({ code: agency }),
          meta: metaOf({ locker: code === "ready_to_pickup" ? locker : null }),
          at,
        },
        remarks,
      );
    }),
    eta: null,
    carrier_tracking_update: null,
  };
}
