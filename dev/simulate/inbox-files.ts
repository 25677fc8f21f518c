import { closeSync, openSync, statSync, writeFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { generate } from "../bench/edi-files.ts";

/** What carriers send to the inboxes whose memory is measured, as files: a process that reads them holds none of it by itself. */

export interface Sent {
  path: string;
  bytes: number;
  /** Numbers of shipments, each once. */
  shipments: number;
  events: number;
}

/** Messages that say nothing but what happened. */
const DENSE_MESSAGES = 2500;
/** What the others add to each event, texts of 70 characters: a file that is as large for fewer events is read sooner. */
const TEXTS = 20;

/** An IFTSTA file of a night: densely filled at its beginning, with long texts after it. */
export function writeEdi(folder: string, size: number): Sent {
  const path = join(folder, "NIGHT.EDI");
  const { events, messages } = generate(path, "edifact", size, (n) => (n <= DENSE_MESSAGES ? 0 : TEXTS));
  return { path, bytes: statSync(path).size, shipments: messages, events };
}

/** The number of the nth message, counted from 0. */
export const ediNumber = (nth: number) => `CC${100_000_001 + nth}DE`;

/** The number of the nth shipment of a push. */
export const sandboxNumber = (push: string, nth: number) => `${push}-${nth}`;

const CODES = ["PICKED_UP", "DEPARTED", "ARRIVED", "OUT_FOR_DELIVERY", "DELIVERED"];
const WORDS = "The parcel was sorted by hand at the depot because its label could not be read. ";

/** A push of the sandbox with many shipments of five events each, and so many characters of free text in each event. */
export function writePush(
  folder: string,
  push: string,
  size: number,
  text: (shipment: number) => number,
): Sent {
  const path = join(folder, `${push}.json`);
  const file = openSync(path, "w");
  const tail = "]}";
  let chunk = '{"tracking":[';
  let bytes = 0;
  let shipments = 0;
  for (;;) {
    const length = text(shipments);
    const words = WORDS.repeat(Math.ceil(length / WORDS.length)).slice(0, length);
    const shipment = JSON.stringify({
      tracking_number: sandboxNumber(push, shipments),
      events: CODES.map((code, nth) => ({
        code,
        text: `${words}${shipments}`,
        time: `2026-03-1${nth}T08:00:00+00:00`,
        place: { name: `Depot ${shipments % 90}`, city: "Hamburg", postal_code: "20095", country: "DE" },
      })),
    });
    if (bytes + chunk.length + shipment.length + tail.length + 1 > size) break;
    chunk += shipments === 0 ? shipment : `,${shipment}`;
    shipments += 1;
    if (chunk.length < 250_000) continue;
    bytes += writeSync(file, chunk);
    chunk = "";
  }
  bytes += writeSync(file, `${chunk}${tail}`);
  closeSync(file);
  return { path, bytes, shipments, events: shipments * CODES.length };
}

/** All that is sent, and what of it has to reach the shards. */
export interface Manifest {
  edi: Sent;
  large: Sent;
  pushes: Sent[];
}

const MB = 1_000_000;

export function writeAll(folder: string): Manifest {
  const manifest = {
    edi: writeEdi(folder, 25 * MB),
    large: writePush(folder, "LARGE", 10 * MB, (n) => (n < 1500 ? 60 : 1500)),
    pushes: Array.from({ length: 50 }, (_, nth) => writePush(folder, `PUSH${nth}`, MB, () => 5000)),
  };
  writeFileSync(join(folder, "manifest.json"), JSON.stringify(manifest));
  return manifest;
}
