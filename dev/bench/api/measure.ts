import { execFile } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { processorTime } from "../delivery/children.ts";
import { type ClientSettings, Seen } from "./client.ts";
import type { Stage } from "./stage.ts";

/** One turn: the client asks one of the Workers for a while, and nobody else asks anything. */

export const CONCURRENCY = 8;
/** Fewer say nothing of a median; reached at once where the machine is not busy with others. */
const LEAST_ANSWERS = 20;

export interface Turn {
  per_second: number;
  p50_ms: number;
  p99_ms: number;
  /** Processor time of workerd an answer, warm-up included on both sides. */
  processor_ms: number;
}

/** What is asked of whom; made anew for every turn, for a carrier's proof grows old. */
export type Asking = (stage: Stage) => Pick<ClientSettings, "port" | "path" | "headers" | "body" | "status">;

export async function turn(stage: Stage, home: string, asking: Asking, counted_ms: number): Promise<Turn> {
  const path = join(home, "client.json");
  const settings: ClientSettings = {
    ...asking(stage),
    concurrency: CONCURRENCY,
    warm_ms: counted_ms / 5,
    counted_ms,
    least_answers: LEAST_ANSWERS,
  };
  writeFileSync(path, JSON.stringify(settings), { mode: 0o600 });
  const before = processorTime([stage.child]);
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [join(import.meta.dirname, "client.ts"), path],
    { maxBuffer: 50_000_000 },
  );
  const processor_s = processorTime([stage.child]) - before;
  const { seconds, all_answers, latencies } = Seen.parse(JSON.parse(stdout));
  const sorted = latencies.sort((a, b) => a - b);
  const at = (share: number) => sorted[Math.ceil(share * sorted.length) - 1] ?? Number.NaN;
  return {
    per_second: latencies.length / seconds,
    p50_ms: at(0.5),
    p99_ms: at(0.99),
    processor_ms: (1000 * processor_s) / all_answers,
  };
}
