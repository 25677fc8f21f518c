import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { Script } from "./child.ts";
import { type Manifest, writeAll } from "./inbox-files.ts";
import type { Scenario } from "./inbox-memory.ts";

/** Of the 128 MB that an isolate has, which may hold several inboxes and answer carriers beside. */
const LIMIT_BYTES = 90_000_000;
/** Processor time; more, and a carrier's small push waits too long. */
const STRETCH_MS = 250;
/** A machine with nothing else to do takes a tenth. */
const PATIENCE_MS = 120_000;
const FLAGS = ["--expose-gc", "--max-old-space-size=70", "--max-semi-space-size=8"];

const Measured = z.object({
  before: z.number(),
  peak: z.number(),
  peak_heap: z.number(),
  peak_external: z.number(),
  with_garbage: z.number(),
  collections: z.number(),
  seconds: z.number(),
  longest_stretch_ms: z.number(),
  accepts_ms: z.array(z.number()),
  events: z.record(z.string(), z.number()),
  waiting: z.number(),
  unreadable: z.number(),
});
type Measured = z.infer<typeof Measured>;

let script: Script;
let sent: Manifest;

beforeAll(async () => {
  script = await Script.make(join(import.meta.dirname, "inbox-memory.ts"));
  sent = writeAll(script.folder);
});
afterAll(() => script.remove());

async function measured(...scenarios: Scenario[]): Promise<Measured> {
  const { code, output, errors } = await script.run(FLAGS, [script.folder, ...scenarios]);
  expect(errors).toBe("");
  expect(code).toBe(0);
  const result = Measured.parse(JSON.parse(output));
  console.info(figures(scenarios, result));
  return result;
}

function figures(scenarios: readonly string[], of: Measured): string {
  const mb = (bytes: number) => `${(bytes / 1e6).toFixed(1)} MB`;
  const accepts = of.accepts_ms.toSorted((a, b) => a - b);
  const at = (share: number) => `${(accepts[Math.floor(accepts.length * share)] ?? 0).toFixed(1)} ms`;
  return [
    `${scenarios.join(" + ")}: ${mb(of.before)} before, ${mb(of.peak)} at most`,
    `(heap ${mb(of.peak_heap)}; ${mb(of.with_garbage)} with garbage, collected ${of.collections} times),`,
    `longest stretch ${of.longest_stretch_ms.toFixed(0)} ms, ${of.seconds.toFixed(1)} s`,
    accepts.length === 0 ? "" : `; ${accepts.length} small pushes: p50 ${at(0.5)}, p99 ${at(0.99)}`,
  ].join(" ");
}

describe("the memory of inboxes in one isolate", () => {
  it(
    "stays below 90 MB with a file of 25 MB, a push of 10 MB and fifty pushes of 1 MB at the same time, and every event arrives",
    async () => {
      const result = await measured("file", "large_push", "pushes");
      const ofPushes = sent.pushes.reduce((sum, { events }) => sum + events, 0);
      // Each small push into the inbox that reads the large one is one event.
      const ofLarge = sent.large.events + result.accepts_ms.length;
      expect(result.events).toEqual({ file: sent.edi.events, large_push: ofLarge, pushes: ofPushes });
      expect(result).toMatchObject({ waiting: 0, unreadable: 0 });
      expect(result.peak).toBeLessThan(LIMIT_BYTES);
      expect(result.longest_stretch_ms).toBeLessThan(STRETCH_MS);
    },
    PATIENCE_MS,
  );

  it(
    "leaves small pushes their turn while their inbox reads a push of 10 MB",
    async () => {
      const result = await measured("large_push");
      expect(result.accepts_ms.length).toBeGreaterThan(10);
      expect(result.events.large_push).toBe(sent.large.events + result.accepts_ms.length);
      expect(result.longest_stretch_ms).toBeLessThan(STRETCH_MS);
    },
    PATIENCE_MS,
  );
});
