import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { generate } from "../../dev/bench/edi-files.ts";
import type { Harmonized } from "./carrier.ts";
import { documentOf } from "./carrier-suite.ts";
import { merged, readInPortions } from "./portions.ts";
import { findCarrier } from "./registry.ts";

/** Documents as large as any that we take. Elsewhere portions are tested with small ones. */

const TEN_MB = 10_000_000;
/** Seconds of work, and the machine may be busy. */
const PATIENCE_MS = 120_000;

function sandboxJson(shipments: number): string {
  const tracking = Array.from({ length: shipments }, (_, n) => ({
    tracking_number: `SBX${n}`,
    eta: "2026-04-01",
    events: Array.from({ length: 5 }, (_, e) => ({
      id: `${n}-${e}`,
      code: e === 4 ? "DELIVERED" : "DEPARTED",
      time: `2026-03-${10 + (n % 9)}T0${e}:${10 + (n % 50)}:00Z`,
      place: { city: "Hamburg", country: "DE" },
    })),
  }));
  return JSON.stringify({ tracking });
}

function landmarkXml(bytes: number): string {
  const event = (e: number) =>
    `<Event><Status>Item scanned</Status><DateTime>03/0${1 + e}/2026 11:43 AM</DateTime><Location>Columbus, OH</Location><EventCode>75</EventCode></Event>`;
  const events = [0, 1, 2, 3, 4].map(event).join("");
  const packages: string[] = [];
  for (let n = 0, size = 0; size < bytes; n++) {
    const one = `<Package><LandmarkTrackingNumber>LTN${n}</LandmarkTrackingNumber><PackageReference>ORDER-${n}</PackageReference><Events>${events}</Events></Package>\n`;
    packages.push(one);
    size += one.length;
  }
  return `<?xml version="1.0"?><TrackResponse><Result><Success>true</Success><Packages>${packages.join("")}</Packages></Result></TrackResponse>`;
}

const home = mkdtempSync(join(tmpdir(), "portions-"));
afterAll(() => rmSync(home, { recursive: true }));

const large = [
  { format: "JSON", carrier_id: "sandbox", file: join(home, "push.json"), shipments: 18_000 },
  { format: "IFTSTA", carrier_id: "dsv", file: join(home, "iftsta.edi"), shipments: 6119 },
  { format: "XML", carrier_id: "landmark", file: join(home, "packages.xml"), shipments: 11_764 },
];

beforeAll(() => {
  writeFileSync(join(home, "push.json"), sandboxJson(18_000));
  generate(join(home, "iftsta.edi"), "edifact", TEN_MB);
  writeFileSync(join(home, "packages.xml"), landmarkXml(TEN_MB));
});

describe.each(large)("10 MB of $format", ({ carrier_id, file, shipments }) => {
  it("tell the same in portions as at once, and each portion is small", { timeout: PATIENCE_MS }, () => {
    const carrier = findCarrier(carrier_id);
    if (carrier === null) throw new Error(`There is no carrier ${carrier_id}.`);
    const document = documentOf(new Uint8Array(readFileSync(file)), { source: "webhook" });
    const portions = [...readInPortions(carrier, document, carrier.rules)];
    expect(portions.length).toBeGreaterThan(30);
    expect(Math.max(...portions.map((portion) => portion.shipments.length))).toBeLessThan(shipments / 20);
    expect(portions.every(({ complete }) => complete)).toBe(true);
    const whole = carrier.harmonize(document, { rules: carrier.rules });
    expect(whole.shipments).toHaveLength(shipments);
    expect(portions.flatMap(({ remarks }) => remarks)).toHaveLength(whole.remarks.length);
    // As text: a deep comparison of so many takes half a minute.
    expect(textsOf(merged(portions))).toEqual(textsOf(merged([whole])));
  });

  it("take less than 35 MB of memory in portions, the document itself among them", {
    timeout: PATIENCE_MS,
  }, async () => {
    const { portions, events, peak } = await measure(carrier_id, file);
    expect(portions).toBeGreaterThan(30);
    expect(events).toBeGreaterThanOrEqual(5 * shipments);
    expect(peak).toBeLessThan(35_000_000);
  });
});

const textsOf = ({ shipments }: Harmonized) => shipments.map((shipment) => JSON.stringify(shipment));

/**
 * Reads a file in portions in a process of its own, and drops each portion. The peak counts from before the file was
 * loaded. Garbage is collected after each portion was measured, so that the figure doesn't depend on when V8 feels like it.
 */
async function measure(
  carrier_id: string,
  file: string,
): Promise<{ portions: number; events: number; peak: number }> {
  const script = `
    import { readFileSync } from "node:fs";
    import { readInPortions } from ${JSON.stringify(import.meta.resolve("./portions.ts"))};
    import { findCarrier } from ${JSON.stringify(import.meta.resolve("./registry.ts"))};
    const carrier = findCarrier(${JSON.stringify(carrier_id)});
    // "external" has the array buffers in it.
    const used = () => process.memoryUsage().heapUsed + process.memoryUsage().external;
    gc();
    const before = used();
    const document = {
      source: "webhook", body: new Uint8Array(readFileSync(${JSON.stringify(file)})), content_type: null,
      received_at: 0, http_status: null, asked: [], file_name: null,
    };
    let [portions, events, peak] = [0, 0, 0];
    for (const { shipments } of readInPortions(carrier, document, carrier.rules)) {
      portions++;
      for (const shipment of shipments) events += shipment.events.length;
      peak = Math.max(peak, used() - before);
      gc();
    }
    console.log(JSON.stringify({ portions, events, peak }));`;
  const flags = ["--expose-gc", "--max-semi-space-size=1", "--no-warnings", "--input-type=module", "--eval"];
  const { stdout } = await promisify(execFile)(process.execPath, [...flags, script]);
  return JSON.parse(stdout);
}
