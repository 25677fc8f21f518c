import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { z } from "zod";
import { type Cost, dollarsPerMillion } from "../workers/cost/prices.ts";
import { costTable, withTable } from "./cost/table.ts";

/**
 * `npm run cost [-- --update]`: runs the scenarios of workers/cost in workerd and prints what each thing costs, in rows,
 * requests, operations and dollars a million. Ends with 1 where something costs more than is committed; --update
 * commits to what was measured, and writes the table into docs/scale.md.
 */
const root = join(import.meta.dirname, "..");
const COMMITTED = join(root, "workers/cost/committed.json");
const PAGE = join(root, "docs/scale.md");

const { values } = parseArgs({ options: { update: { type: "boolean", default: false } } });
const run = spawnSync(
  join(root, "node_modules/.bin/vitest"),
  ["run", "--config", "test/vitest.config.ts", "--project", "workerd", "workers/cost"],
  { cwd: root, encoding: "utf8", env: { ...process.env, NO_COLOR: "1" }, maxBuffer: 64 * 1024 * 1024 },
);
const line = /^COST (.*)$/mu.exec(run.stdout)?.[1];
if (line === undefined) {
  process.stderr.write(`The scenarios did not run:\n${run.stdout.slice(-4000)}${run.stderr.slice(-2000)}\n`);
  process.exit(1);
}
const measured = z
  .record(
    z.string(),
    z.custom<Cost>((cost) => typeof cost === "object" && cost !== null),
  )
  .parse(JSON.parse(line));
const table = costTable(measured, dollarsPerMillion);
process.stdout.write(`${table}\n`);
if (values.update) {
  writeFileSync(COMMITTED, `${JSON.stringify(measured, null, 2)}\n`);
  writeFileSync(PAGE, withTable(readFileSync(PAGE, "utf8"), table));
  process.stdout.write("\nCommitted to: workers/cost/committed.json, docs/scale.md.\n");
} else if (run.status !== 0) {
  const faults = run.stdout.match(/^AssertionError: .*$/gmu) ?? [run.stdout.slice(-2000)];
  process.stderr.write(`\n${faults.join("\n")}\n`);
  process.exitCode = 1;
}
