import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { parseArgs } from "node:util";
import type { Carrier, Harmonized, RawDocument, Remark } from "../workers/carriers/carrier.ts";
import { carriers, findCarrier } from "../workers/carriers/registry.ts";
import { identify } from "../workers/domain/identity.ts";
import { SOURCES, type Source, type TrackingEvent } from "../workers/domain/tracking-event.ts";

/** `npm run read -- --carrier bring FILE…`: what would Gluey make of these documents? Nothing is started, nothing is sent. */

/** One line of the output. */
export interface ReadLine {
  file: string;
  carrier_id: string;
  shipments: {
    carrier_tracking_id: string;
    parcel_tracking_id: string | null;
    events: TrackingEvent[];
    eta: string | null;
  }[];
  remarks: Remark[];
}

/** The way a bare document came by: told, or the carrier's only one, or as its shape tells; polled where nothing tells. */
export function sourceOf(carrier: Carrier, body: Uint8Array, told: Source | null): Source {
  if (told !== null) return told;
  const ways = SOURCES.filter((way) => carrier[way] !== undefined);
  const [only] = ways;
  if (ways.length === 1 && only !== undefined) return only;
  return carrier.sourceOf?.(body) ?? (carrier.poll === undefined ? (only ?? "poll") : "poll");
}

/** Reads one document as the pipeline would, at `now` (epoch milliseconds). */
export function readDocument(
  carrier: Carrier,
  file: string,
  body: Uint8Array,
  told: Source | null,
  now: number,
): ReadLine {
  const source = sourceOf(carrier, body, told);
  const document: RawDocument = {
    source,
    body,
    content_type: null,
    received_at: now,
    http_status: null,
    asked: [],
    file_name: source === "sftp" ? basename(file) : null,
  };
  const read = carrier.harmonize(document, { rules: carrier.rules });
  return { file, carrier_id: carrier.id, shipments: shipmentsOf(read, source, now), remarks: read.remarks };
}

/** Without a registered shipment there is no shipment id: the carrier's number stands in, so that an event's id here is not the one it gets in production. */
function shipmentsOf(read: Harmonized, source: Source, now: number): ReadLine["shipments"] {
  return read.shipments.map(({ carrier_tracking_id, parcel_tracking_id, events, eta }) => ({
    carrier_tracking_id,
    parcel_tracking_id,
    events: events.map((event) =>
      identify(event, {
        shipment_id: carrier_tracking_id,
        parcel_number: parcel_tracking_id,
        source,
        created_at_ms: now,
      }),
    ),
    eta,
  }));
}

const USAGE = `Usage: npm run read -- --carrier CARRIER [--source ${SOURCES.join("|")}] FILE…`;

/** Runs the command; the exit code: 0 when all could be read, 1 when one could not. */
export function main(
  args: string[],
  out: (line: string) => void,
  complain: (sentence: string) => void,
  now: number,
): number {
  const asked = argumentsOf(args);
  if (typeof asked === "string") {
    complain(asked);
    return 1;
  }
  let code = 0;
  for (const file of asked.files) {
    let body: Uint8Array;
    try {
      body = readFileSync(file);
    } catch (fault) {
      complain(`${file} could not be opened: ${fault instanceof Error ? fault.message : "unknown fault"}`);
      code = 1;
      continue;
    }
    const line = readDocument(asked.carrier, file, new Uint8Array(body), asked.source, now);
    out(JSON.stringify(line));
    if (line.remarks.some(({ kind }) => kind === "unreadable")) code = 1;
  }
  return code;
}

function argumentsOf(args: string[]): { carrier: Carrier; source: Source | null; files: string[] } | string {
  let parsed: { values: { carrier?: string; source?: string }; positionals: string[] };
  try {
    parsed = parseArgs({
      args,
      options: { carrier: { type: "string" }, source: { type: "string" } },
      allowPositionals: true,
    });
  } catch (fault) {
    return `${fault instanceof Error ? fault.message : "Unknown argument."}\n${USAGE}`;
  }
  const { values, positionals } = parsed;
  const known = carriers.map(({ id }) => id).join(", ");
  if (values.carrier === undefined) return `Name the carrier: one of ${known}.\n${USAGE}`;
  const carrier = findCarrier(values.carrier);
  if (carrier === null) return `There is no carrier "${values.carrier}": one of ${known}.`;
  const source = SOURCES.find((way) => way === values.source) ?? null;
  if (values.source !== undefined && source === null) {
    return `There is no way in "${values.source}": one of ${SOURCES.join(", ")}.`;
  }
  if (positionals.length === 0) return `Name at least one file.\n${USAGE}`;
  return { carrier, source, files: positionals };
}

if (import.meta.main) {
  process.exitCode = main(
    process.argv.slice(2),
    (line) => process.stdout.write(`${line}\n`),
    (sentence) => process.stderr.write(`${sentence}\n`),
    Date.now(),
  );
}
