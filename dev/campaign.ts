import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { passLines } from "./campaign/pass-lines.ts";
import { runCampaign } from "./campaign/run.ts";
import { tableOf } from "./campaign/table.ts";

/**
 * `npm run campaign [-- --seed N --events N --customers N --kills N --scale X --json --keep DIR]`: proves the delivery
 * contract against real workerd: faults, outages, kills, deploys, forged pushes. Ends with 0 only if every pass line
 * holds. The seed repeats the plan: who, what, in which order, which fault, when the kills come.
 */
const { values } = parseArgs({
  options: {
    seed: { type: "string", default: "1" },
    events: { type: "string", default: "10000" },
    customers: { type: "string", default: "20" },
    kills: { type: "string", default: "20" },
    scale: { type: "string", default: "0.0004" },
    /** Minutes. */
    within: { type: "string", default: "19" },
    keep: { type: "string" },
    json: { type: "boolean", default: false },
  },
});

const LARGEST_SCALE = 0.01;

const folder = values.keep ?? mkdtempSync(join(tmpdir(), "gluey-campaign-"));
mkdirSync(folder, { recursive: true });
const began = Date.now();
const say = (line: string) => void process.stdout.write(`${line}\n`);
const sayWhen = (line: string) =>
  say(`[${String(Math.round((Date.now() - began) / 1000)).padStart(4)} s] ${line}`);
let code = 1;
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => process.exit(1));
process.on("exit", () => {
  if (values.keep === undefined) rmSync(folder, { recursive: true, force: true });
});

try {
  const report = await runCampaign({
    seed: numberOf("seed", values.seed, 0, 999_999),
    events: numberOf("events", values.events, 100, 1_000_000),
    customers: numberOf("customers", values.customers, 2, 1000),
    kills: numberOf("kills", values.kills, 0, 1000),
    time_scale: scaleOf(values.scale),
    within_ms: numberOf("within", values.within, 1, 600) * 60_000,
    measures: true,
    directory: folder,
    say: sayWhen,
  });
  say(tableOf(report));
  const lines = passLines(report);
  const passes = lines.every((line) => line.passes);
  say(passes ? "\n✓ The delivery contract held." : "\n✗ The delivery contract did not hold.");
  if (values.json) say(JSON.stringify({ ok: passes, ...report, lines }));
  code = passes ? 0 : 1;
} catch (cause) {
  process.stderr.write(`${cause instanceof Error ? (cause.stack ?? cause.message) : String(cause)}\n`);
}
process.exit(code);

function numberOf(name: string, text: string, least: number, most: number): number {
  const number = Number(text);
  if (!Number.isInteger(number) || number < least || number > most)
    throw new Error(`--${name} ${text} is not a whole number from ${least} to ${most}.`);
  return number;
}

/** Dead letters must be reached, and an attempt that is given up takes ten seconds however small the scale. */
function scaleOf(text: string): number {
  const scale = Number(text);
  if (!(scale > 0 && scale <= LARGEST_SCALE))
    throw new Error(`--scale ${text} is no scale for a campaign: above 0, at most ${LARGEST_SCALE}.`);
  return scale;
}
