import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import type { Carrier, Harmonized, HarmonizedShipment } from "../workers/carriers/carrier.ts";
import { carriers } from "../workers/carriers/registry.ts";
import { codePath, meaningOf } from "../workers/domain/codes.ts";
import { alpha3 } from "../workers/domain/places.ts";
import type { CarrierEvent } from "../workers/domain/tracking-event.ts";
import { sourceOf } from "./read.ts";

/** The corpus' payloads, read by the registered carriers and compared with what the corpus expects. */

const corpus = fileURLToPath(new URL("../../shared/corpus/carriers", import.meta.url));

const text = z.string().nullish();
const ExpectedEvent = z.object({
  date: text,
  time: text,
  code: text,
  description: text,
  location: text,
  status: text,
});
type ExpectedEvent = z.infer<typeof ExpectedEvent>;
const ExpectedTracking = z.object({
  tracking_number: text,
  tracking_number_from: text,
  shipment_number: text,
  estimated_delivery: text,
  events: z.array(ExpectedEvent),
});
type ExpectedTracking = z.infer<typeof ExpectedTracking>;
const ExpectedError = z.object({ code: text, message: text });
type ExpectedError = z.infer<typeof ExpectedError>;
const Expected = z.object({
  tracking: z.array(ExpectedTracking).default([]),
  errors: z.array(ExpectedError).default([]),
});
type Expected = z.infer<typeof Expected>;

export interface CarrierCase {
  carrier: string;
  case: string;
  right: boolean;
  /** What differs; empty when right. */
  why: string[];
}

/** Every case of every registered carrier. Empty where the corpus is not on this machine. */
export function runCarrierCorpus(): CarrierCase[] {
  return carriers.flatMap((carrier) => {
    const home = join(corpus, carrier.id);
    if (!existsSync(home)) return [];
    const files = readdirSync(home).sort();
    return files
      .filter((file) => file.endsWith(".expected.json"))
      .map((file) => {
        const name = file.slice(0, -".expected.json".length);
        const input = files.find((one) => one.startsWith(`${name}.`) && one !== file);
        const expected = Expected.parse(JSON.parse(readFileSync(join(home, file), "utf8")));
        const why =
          input === undefined
            ? ["the input is missing"]
            : differences(expected, read(carrier, join(home, input), expected));
        return { carrier: carrier.id, case: name, right: why.length === 0, why };
      });
  });
}

function read(carrier: Carrier, file: string, expected: Expected): Harmonized {
  const body = new Uint8Array(readFileSync(file));
  // A body that does not repeat its number is read knowing what was asked, as the poller knows it.
  const asked = expected.tracking.flatMap((one) => {
    if (!one.tracking_number) return [UNNAMED];
    return one.tracking_number_from === "request" ? [one.tracking_number] : [];
  });
  return carrier.harmonize(
    {
      source: sourceOf(carrier, body, null),
      body,
      content_type: null,
      received_at: Date.UTC(2026, 10, 21),
      http_status: null,
      asked,
      file_name: null,
    },
    { rules: carrier.rules },
  );
}

/** A case whose number stands neither in the body nor in what is expected was asked for by some number. */
const UNNAMED = "UNNAMED1";

const bare = (number: string | null | undefined) => (number ?? "").replace(/\s+/gu, "").replace(/^0+/u, "");

function differences(expected: Expected, read: Harmonized): string[] {
  const why: string[] = [];
  const left = new Set(read.shipments);
  for (const tracking of expected.tracking) {
    const number = bare(tracking.tracking_number ?? UNNAMED);
    const numbers = (one: HarmonizedShipment) =>
      [one.parcel_tracking_id, one.carrier_tracking_id, ...one.other_ids].map(bare);
    const found = [...left].filter((one) => numbers(one).includes(number));
    // One number may stand for two shipments: the one whose events fit is meant.
    const [best] = found
      .map((one) => ({ one, faults: trackingFaults(tracking, one) }))
      .sort((a, b) => a.faults.length - b.faults.length);
    if (best === undefined) {
      why.push(`${tracking.tracking_number}: not read`);
      continue;
    }
    left.delete(best.one);
    why.push(...best.faults.map((fault) => `${tracking.tracking_number}: ${fault}`));
  }
  for (const one of left) {
    // A freight file tells one status of a shipment and all its parcels, which the corpus counts once.
    const sibling = expected.tracking.find(
      ({ tracking_number }) => bare(tracking_number) === bare(one.carrier_tracking_id),
    );
    const parcel = sibling !== undefined && trackingFaults(sibling, one).length === 0;
    if (one.events.length > 0 && !parcel)
      why.push(`${one.parcel_tracking_id ?? one.carrier_tracking_id}: read, but not expected`);
  }
  const unreadable = read.remarks.filter(({ kind }) => kind === "unreadable");
  if (expected.errors.length === 0) why.push(...unreadable.map(({ detail }) => `unreadable: ${detail}`));
  for (const error of expected.errors)
    if (!told(error, read)) why.push(`error ${error.code} "${error.message}" is not told`);
  return why;
}

function told(error: ExpectedError, read: Harmonized): boolean {
  return read.remarks.some(({ kind, detail }) => {
    if (kind === "tolerated" || kind === "unknown_code" || kind === "time_unknown") return false;
    if (error.code === "NOT_FOUND") return kind === "not_found";
    const folded = fold(detail);
    return (
      (error.code !== null && error.code !== undefined && folded.includes(fold(error.code))) ||
      (error.message !== null && error.message !== undefined && folded.includes(fold(error.message)))
    );
  });
}

const fold = (word: string | null | undefined) => (word ?? "").replace(/\s+/gu, " ").trim().toLowerCase();

function trackingFaults(expected: ExpectedTracking, ours: HarmonizedShipment): string[] {
  const why: string[] = [];
  const shipment = bare(expected.shipment_number);
  if (shipment !== "" && ![ours.carrier_tracking_id, ...ours.other_ids].map(bare).includes(shipment)) {
    why.push(`shipment ${ours.carrier_tracking_id} instead of ${expected.shipment_number}`);
  }
  const promised = expected.estimated_delivery ?? null;
  const promises = [ours.eta, ...ours.events.map(({ other }) => other.eta)].map(
    (eta) => eta?.slice(0, 10) ?? null,
  );
  if (promised !== null && !promises.includes(promised)) {
    why.push(`eta ${ours.eta ?? "none"} instead of ${promised}`);
  }
  if (promised === null && ours.eta !== null) why.push(`eta ${ours.eta} instead of none`);
  const left = new Set(ours.events);
  for (const event of expected.events) {
    const candidates = [...left]
      .map((one) => ({ one, faults: eventFaults(event, one) }))
      .sort((a, b) => a.faults.length - b.faults.length);
    const [best] = candidates;
    if (best === undefined) {
      why.push(`event ${event.date} ${event.time} ${event.code}: not read`);
      continue;
    }
    left.delete(best.one);
    why.push(...best.faults.map((fault) => `event ${event.date} ${event.time} ${event.code}: ${fault}`));
  }
  for (const event of left) why.push(`event ${event.time.at} ${event.carrier.code}: read, but not expected`);
  return why;
}

function eventFaults(expected: ExpectedEvent, ours: CarrierEvent): string[] {
  const why: string[] = [];
  const date = ours.time.at?.slice(0, 10) ?? null;
  const clock = ours.time.precision === "date" ? null : (ours.time.at?.slice(11, 16) ?? null);
  if ((expected.date ?? null) !== date) why.push(`date ${date}`);
  const midnight = expected.time === "00:00" && clock === null;
  if ((expected.time ?? null) !== clock && !midnight) why.push(`time ${clock}`);

  const { code, sub_code, freetext_detail } = ours.carrier;
  const codes = [code, `${code}/${sub_code}`, sub_code];
  if ((expected.code ?? null) !== code && !codes.includes(expected.code ?? "")) {
    why.push(`code ${sub_code === null ? code : `${code}/${sub_code}`}`);
  }
  if (!sameText(expected.description, freetext_detail, ours)) why.push(`text "${freetext_detail}"`);
  if (!samePlace(expected.location, ours))
    why.push(`place ${JSON.stringify(placeWords(ours))} for "${expected.location}"`);
  if (expected.status && !statusWords(ours).includes(expected.status)) {
    why.push(`${ours.status} (${codePath(ours.gluey)}) for ${expected.status}`);
  }
  return why;
}

/** The corpus joins several texts of an event by " - "; the further ones are in our meta data. */
function sameText(expected: string | null | undefined, ours: string | null, event: CarrierEvent): boolean {
  const wanted = fold(expected);
  const got = fold(ours);
  if (wanted === got) return true;
  const further = event.carrier_meta_data.map(({ value }) => fold(value)).join("\n");
  return wanted.split(" - ").every((part) => got.includes(part) || further.includes(part)) && wanted !== "";
}

function placeWords(event: CarrierEvent): string[] {
  const { carrier_location_coding, address } = event.location ?? {};
  const parts = [
    carrier_location_coding?.code,
    carrier_location_coding?.description,
    ...Object.values(address ?? {}),
  ];
  return parts.filter((part) => typeof part === "string");
}

/** Every part that the corpus names is somewhere in ours; ours may say more. */
function samePlace(expected: string | null | undefined, event: CarrierEvent): boolean {
  const ours = fold(placeWords(event).join(" "));
  const country = event.location?.address?.iso_country ?? null;
  return (expected ?? "")
    .split(/[,()]/u)
    .map((part) => part.trim())
    .filter((part) => part !== "")
    .every((part) => ours.includes(fold(part)) || (country !== null && alpha3(part) === country));
}

/** Our status in the corpus' twelve words, of which several may fit. */
function statusWords(event: CarrierEvent): string[] {
  const { health, milestone } = { ...meaningOf(codePath(event.gluey)), ...event.gluey };
  // The corpus takes a carrier's summary "exception" for on_hold, also where the sentence says that it is only late.
  const late =
    health === "delayed" ? ["delivery_delayed", ...(milestone === "exception" ? ["on_hold"] : [])] : [];
  switch (event.status) {
    case "registered":
    case "info_received":
      return ["pending"];
    case "collection":
      return ["pending", "picked_up", ...late];
    case "accepted":
      return ["picked_up", "in_transit"];
    case "in_transit":
      return ["in_transit", ...late];
    case "customs":
      return ["in_transit", "on_hold", ...late];
    case "out_for_delivery":
      return ["out_for_delivery"];
    case "delivery_attempted":
      return ["delivery_failed"];
    case "ready_for_pickup":
      return ["ready_for_pickup", "on_hold"]; // the corpus' on_hold mixes storage with waiting to be fetched
    case "delivered":
      return ["delivered"];
    case "exception":
      return ["on_hold", "delivery_failed"];
    case "returning":
    case "returned":
      return ["return_to_sender"];
    case "failed":
      return ["delivery_failed", "unknown"];
    case "cancelled":
      return ["cancelled"];
    case "notice":
      return milestone === "other" ? ["unknown"] : ["unknown", "pending"];
    default:
      return event.status satisfies never;
  }
}

/** One line a case that differs, then one line a carrier. */
export function tableOf(cases: readonly CarrierCase[]): string {
  const lines = cases
    .filter(({ right }) => !right)
    .flatMap((one) => [`${one.carrier}/${one.case}`, ...one.why.map((why) => `    ${why}`)]);
  for (const carrier of new Set(cases.map((one) => one.carrier))) {
    const own = cases.filter((one) => one.carrier === carrier);
    lines.push(`${carrier.padEnd(20)} ${own.filter(({ right }) => right).length} of ${own.length} right`);
  }
  lines.push(`${"all".padEnd(20)} ${cases.filter(({ right }) => right).length} of ${cases.length} right`);
  return lines.join("\n");
}

if (import.meta.main) process.stdout.write(`${tableOf(runCarrierCorpus())}\n`);
