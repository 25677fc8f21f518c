import { availableParallelism } from "node:os";
import { parseArgs } from "node:util";
import { checkTable } from "./check-table.ts";
import { simulateInParts } from "./simulate/parts.ts";
import { lines, markdown, write } from "./simulate/report.ts";
import { rowsPerCheck } from "./simulate/rows.ts";
import { simulate } from "./simulate/run.ts";

/**
 * `npm run simulate -- --shipments 1000000 --hours 24 --write`: hours of checks under a test clock.
 *
 * Real: the Worker's own tick, claims, poller, pace, schedule and registration, and the schema by its migrations. Not
 * real: the clock, the carriers (which fail, slow down, limit and judge), the queues (250 consumers a lane, a message in
 * 5,000 lost), and the inboxes: what follows an accepted document is that its shipments get their new status.
 *
 * The database is Node's own SQLite in memory behind the shape of D1, because a statement through workerd's socket takes
 * a millisecond and a million shipments need millions of them. SQLite does not say how many rows it reads and writes:
 * those are counted in a second, small run of the same simulation through workerd's D1.
 *
 * From 100,000 shipments on it is made in parts, one for each core (`--parts`): each with its share of the connections,
 * a control database and a tick of its own. `--parts 1` has everything in one.
 *
 * Exits with 0 when every line that can fail holds. `--write` puts the table into docs/checks.md, `--table` only the
 * schedule's.
 */

const { values } = parseArgs({
  options: {
    shipments: { type: "string", default: "10000" },
    hours: { type: "string", default: "3" },
    parts: { type: "string" },
    write: { type: "boolean", default: false },
    table: { type: "boolean", default: false },
  },
});
const shipments = Number(values.shipments);
const hours = Number(values.hours);
if (!Number.isInteger(shipments) || shipments < 100 || shipments > 5_000_000)
  throw new Error("--shipments is a whole number from 100 to 5,000,000.");
if (!Number.isInteger(hours) || hours < 1 || hours > 24 * 7)
  throw new Error("--hours is a whole number from 1 to 168.");

const parts = Number(values.parts ?? (shipments < 100_000 ? 1 : availableParallelism()));
if (!Number.isInteger(parts) || parts < 1 || parts > 64)
  throw new Error("--parts is a whole number from 1 to 64.");

if (values.table) write("schedule", checkTable());
else process.exitCode = await run();

async function run(): Promise<number> {
  const say = (text: string) => void process.stderr.write(`${text}\n`);
  // The Worker's own lines, millions of them.
  console.log = () => {};
  const began = performance.now();
  const seconds = () => (performance.now() - began) / 1000;
  const progress = (text: string) => say(`${seconds().toFixed(0).padStart(5)} s  ${text}`);
  const outcome =
    parts === 1
      ? await simulate({ shipments, hours, progress })
      : await simulateInParts({ shipments, hours }, parts, progress);
  const { user, system } = process.cpuUsage();
  const measured = { wall_s: seconds(), cpu_s: (user + system) / 1e6 };
  const rows = await rowsPerCheck(2500, 1);
  const found = lines({ shipments, hours, parts, outcome, rows, ...measured });
  const table = markdown(found);
  process.stdout.write(`${table}\n`);
  if (outcome.failed !== null) say(outcome.failed);
  if (values.write) {
    write("schedule", checkTable());
    write("simulation", table);
  }
  const failing = found.filter((line) => line.holds === false);
  for (const line of failing) say(`Does not hold: ${line.name}: ${line.value}`);
  return failing.length === 0 ? 0 : 1;
}
