import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { cpus, loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { Figures } from "./pipeline/figures.ts";
import { pageOf } from "./pipeline/page.ts";
import { startReceiver } from "./pipeline/receiver.ts";
import { run, type Sizes } from "./pipeline/run.ts";
import { bundle, startBare } from "./pipeline/stage.ts";
import { missedBy } from "./pipeline/targets.ts";

/**
 * `npm run bench -- pipeline`: from a carrier's push to the customer's endpoint, beside the least that is as durable, in
 * one run and in turns. Writes docs/bench-pipeline.md (with `--quick`: prints it). `--save-as-before` also keeps the
 * figures as those of before the redesign, which the page shows from then on. Ends with 1, and says why, where a required
 * figure is missed. Linux only: processor time is counted by /proc.
 */

const page = new URL("../../docs/bench-pipeline.md", import.meta.url);
const kept = new URL("./pipeline/before.json", import.meta.url);

const FULL: Sizes = {
  populations: [
    { shipments: 2000, rounds: 3, paces: [10, 50, 200] },
    { shipments: 20_000, rounds: 2, paces: [50, 200] },
  ],
  turn_s: 5,
  pace_s: 10,
};
const QUICK: Sizes = {
  populations: [{ shipments: 200, rounds: 1, paces: [50] }],
  turn_s: 1,
  pace_s: 2,
};

export async function bench(args: string[]): Promise<number> {
  const { values } = parseArgs({
    args,
    options: {
      quick: { type: "boolean", default: false },
      "save-as-before": { type: "boolean", default: false },
    },
  });
  const sizes = values.quick ? QUICK : FULL;
  const [load = Number.NaN] = loadavg();
  const ticks = processorTicks();
  const home = mkdtempSync(join(tmpdir(), "gluey-bench-pipeline-"));
  const receiver = await startReceiver(home);
  try {
    console.error("Bundling the Worker …");
    const bundles = await bundle(home, !values.quick);
    const bare = await startBare(home, receiver.url);
    const found = await run(
      { home, bundles, receiver, bare, say: (line) => console.error(line) },
      sizes,
    ).finally(() => bare.child.end());
    const spent = processorTicks();
    const figures: Figures = {
      day: new Date().toISOString().slice(0, 10),
      machine: `${cpus().length} × ${cpus()[0]?.model ?? "unknown processor"}`,
      node: process.versions.node,
      load,
      steal: (100 * (spent.stolen - ticks.stolen)) / (spent.all - ticks.all),
      ...found,
    };
    if (values["save-as-before"]) writeFileSync(kept, `${JSON.stringify(figures, null, 2)}\n`);
    const before = existsSync(kept) ? Figures.parse(JSON.parse(readFileSync(kept, "utf8"))) : null;
    const text = pageOf(figures, before);
    if (!values.quick) writeFileSync(page, text);
    console.log(text);
    const missed = missedBy(figures);
    for (const sentence of missed) console.error(sentence);
    return missed.length === 0 ? 0 : 1;
  } finally {
    await receiver.close();
    rmSync(home, { recursive: true, force: true });
  }
}

/** What the processors did since the machine began, and what of it other machines on the same host took. */
function processorTicks(): { all: number; stolen: number } {
  const [, ...ticks] = (readFileSync("/proc/stat", "utf8").split("\n")[0] ?? "").split(/ +/u).map(Number);
  // Guest time, the last two, is in the first two as well.
  return { all: ticks.slice(0, 8).reduce((sum, one) => sum + one, 0), stolen: ticks[7] ?? 0 };
}
