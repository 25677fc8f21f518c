import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import type { Contestant } from "./delivery/contestant.ts";
import { prepareGluey } from "./delivery/gluey.ts";
import { type Found, installOthers } from "./delivery/install.ts";
import { LIMITS } from "./delivery/limits.ts";
import { type Bench, drain, faults, kills, latency } from "./delivery/measure.ts";
import { MAX_BATCH, PER_SECOND, pageOf, type Row, type Sizes, shortOfAim } from "./delivery/page.ts";
import { factsOf } from "./delivery/plan.ts";
import { startReceiver } from "./delivery/receiver.ts";

/**
 * `npm run bench -- delivery`: Gluey's sender against a hand-written PostgreSQL outbox, BullMQ and Restate, in one run, with
 * the same receiver, payloads, signatures and durability. The contestants take turns, medians count. Writes
 * docs/bench-delivery.md (with `--quick`: prints it). `--only NAME` leaves the others out. Linux only.
 */

const home = fileURLToPath(new URL("../../.state/bench/delivery/", import.meta.url));
const page = new URL("../../docs/bench-delivery.md", import.meta.url);

const FULL: Sizes = {
  rounds: 3,
  large: 8000,
  small: 2000,
  latency_s: 12,
  kills: [0.15, 0.4, 0.65],
  fault_share: 0.25,
  time_scale: 0.01,
};
const QUICK: Sizes = { ...FULL, rounds: 1, large: 2000, small: 500, latency_s: 4, kills: [0.3] };

type Part = "batched" | "single" | "latency" | "faults" | "kills";

export async function bench(args: string[]): Promise<number> {
  const { values } = parseArgs({
    args,
    options: {
      quick: { type: "boolean", default: false },
      rounds: { type: "string" },
      seed: { type: "string", default: "1" },
      only: { type: "string", multiple: true },
      part: { type: "string", multiple: true },
    },
  });
  const sizes = values.quick ? QUICK : FULL;
  const rounds = Number(values.rounds ?? sizes.rounds);
  if (!Number.isInteger(rounds) || rounds < 1) throw new Error("--rounds is a whole number from 1 on.");
  const seed = Number(values.seed);
  const wants = (part: Part) => values.part === undefined || values.part.includes(part);
  const others = installOthers(home);
  const scratch = mkdtempSync(join(tmpdir(), "gluey-bench-"));
  chmodSync(scratch, 0o711);
  const receiver = await startReceiver(scratch);
  try {
    const facts = factsOf([sizes.small, sizes.large - sizes.small], seed, Date.now());
    console.error(`Filling Gluey with ${facts.length} events …`);
    const prepared = await prepareGluey(scratch, facts, [0, sizes.small, sizes.large], receiver.url);
    const found: Found[] = [{ kind: "ready", contestant: prepared.contestant }, ...others];
    const rows = found.map(emptyRow).filter(({ name }) => values.only?.includes(name) ?? true);
    const measured: Bench = { prepared, receiver, seed };
    const each = async (
      part: Part,
      round: number,
      work: (contestant: Contestant, row: Row) => Promise<void>,
    ) => {
      if (!wants(part)) return;
      for (const row of rows) {
        const one = found.find((other) => other.kind === "ready" && other.contestant.name === row.name);
        if (one?.kind !== "ready") continue;
        const began = Date.now();
        try {
          await work(one.contestant, row);
        } catch (cause) {
          const why = cause instanceof Error ? cause.message : String(cause);
          row.failed.push(`${row.name}, ${part}: ${why.slice(0, 300)}`);
          console.error(row.failed.at(-1));
        }
        console.error(
          `${part}, round ${round + 1}: ${row.name}, ${((Date.now() - began) / 1000).toFixed(0)} s`,
        );
      }
    };
    for (let round = 0; round < rounds; round++) {
      await each("batched", round, async (contestant, row) => {
        row.batched.push(await drain(measured, contestant, sizes.large, MAX_BATCH));
      });
      await each("single", round, async (contestant, row) => {
        row.single.push(await drain(measured, contestant, sizes.small, 1));
      });
      await each("latency", round, async (contestant, row) => {
        row.latency.push(await latency(measured, contestant, sizes.latency_s, PER_SECOND, MAX_BATCH));
      });
    }
    const { small, fault_share, time_scale } = sizes;
    await each("faults", 0, async (contestant, row) => {
      row.faults = await faults(measured, contestant, small, MAX_BATCH, fault_share, time_scale);
    });
    await each("kills", 0, async (contestant, row) => {
      row.kills = await kills(measured, contestant, small, 1, sizes.kills);
    });
    const text = pageOf(rows, { ...sizes, rounds }, LIMITS);
    if (!values.quick && values.only === undefined && values.part === undefined) writeFileSync(page, text);
    console.log(text);
    return shortOfAim(rows).length === 0 ? 0 : 1;
  } finally {
    await receiver.close();
    rmSync(scratch, { recursive: true, force: true });
  }
}

function emptyRow(found: Found): Row {
  const about =
    found.kind === "ready"
      ? { ...found.contestant, missing: null }
      : { name: found.name, made_of: "", durable: "", order: "", missing: found.why };
  const { name, made_of, durable, order, missing } = about;
  const nothing = { batched: [], single: [], latency: [], faults: null, kills: null, failed: [] };
  return { name, made_of, durable, order, missing, ...nothing };
}
