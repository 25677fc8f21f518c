import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { perform } from "./demo/run.ts";
import { curlLines, samplesOf, tableOf } from "./demo/show.ts";
import { planJourney, travel } from "./demo/travel.ts";
import { type Stack, startStack } from "./stack.ts";

/**
 * `npm run demo`: the whole of Gluey on this machine with a carrier and a customer around it; tracking events travel by
 * all nine paths, and it stays up to be played with. `-- --once` ends after the table: 0 only if every event arrived
 * exactly once and in order. `--json` makes the last line one JSON object.
 * `npm run demo -- --carrier bring --from FILE`: a document of your own travels instead; `--number N` where it is an
 * answer that does not repeat the number it was asked for.
 */
const { values } = parseArgs({
  options: {
    once: { type: "boolean", default: false },
    json: { type: "boolean", default: false },
    carrier: { type: "string" },
    from: { type: "string" },
    number: { type: "string" },
    port: { type: "string" },
  },
});

/** A minute of the product is 0.6 s here. */
const TIME_SCALE = 0.01;
/** Of the 120 s in which `--once` ends, some are kept for starting and ending. */
const ONCE_WITHIN_MS = 95_000;

const folder = mkdtempSync(join(tmpdir(), "gluey-demo-"));
const say = (line: string) => void process.stdout.write(`${line}\n`);
const began = Date.now();
const closing: (() => Promise<void>)[] = [];
let ending = false;

async function end(code: number): Promise<void> {
  if (ending) return;
  ending = true;
  for (const close of closing.reverse()) await close().catch(() => {});
  rmSync(folder, { recursive: true, force: true });
  process.exit(code);
}
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => void end(0));

try {
  if ((values.carrier === undefined) !== (values.from === undefined)) {
    throw new Error("Name both, the carrier and the document: npm run demo -- --carrier bring --from FILE");
  }
  const journey =
    values.carrier === undefined || values.from === undefined
      ? null
      : planJourney(values.carrier, values.from, values.number === undefined ? [] : [values.number]);
  say("Starting workerd, the sFTP container's server and the cron ticker …");
  const stack = await startStack({
    state: join(folder, "state"),
    port: values.port === undefined ? undefined : Number(values.port),
    time_scale: TIME_SCALE,
  });
  closing.push(stack.stop);
  void stack.failed.then(async (why) => {
    if (!ending) say(why);
    await end(1);
  });
  say(
    `Up at ${stack.url} after ${((Date.now() - began) / 1000).toFixed(1)} s. Time is squeezed: a minute is ${60 * TIME_SCALE} s.`,
  );
  if (journey === null) await ninePaths(stack);
  else await end(await travel(stack, journey, { folder, say }));
} catch (cause) {
  process.stderr.write(`${cause instanceof Error ? cause.message : String(cause)}\n`);
  await end(1);
}

async function ninePaths(stack: Stack): Promise<void> {
  const within_ms = Math.max(10_000, ONCE_WITHIN_MS - (Date.now() - began));
  const performance = await perform(stack, { folder, within_ms, say });
  closing.push(performance.close);
  say(`\n${tableOf(performance.paths)}\n`);
  say(samplesOf(performance.samples));
  for (const fault of performance.faults.slice(0, 20)) say(`✗ ${fault}`);
  say(
    performance.ok
      ? "✓ Every event arrived exactly once and in order, on all nine paths."
      : "✗ Not every event arrived exactly once and in order.",
  );
  if (!values.once) say(curlLines(stack, performance.cast));
  if (values.json) say(JSON.stringify({ ok: performance.ok, paths: performance.paths }));
  if (values.once) await end(performance.ok ? 0 : 1);
}
