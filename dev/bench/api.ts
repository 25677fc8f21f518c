import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { z } from "zod";
import { type Asking, type Turn, turn } from "./api/measure.ts";
import { type Comparison, pageOf, shortOfAim } from "./api/page.ts";
import { ASKED, EVENTS_A_SHIPMENT, type Stage, setStage } from "./api/stage.ts";

/**
 * `npm run bench -- api`: `POST /track` with 100 ids and the carrier's webhook, against Workers that do nothing but the
 * reads and writes these need, in one workerd and one run, in turns. Writes docs/bench-api.md (with `--quick`: prints it).
 * Ends with 1, and says why, where the aim is not reached. Linux only: processor time is counted by /proc.
 */

const page = new URL("../../docs/bench-api.md", import.meta.url);
const FULL = { rounds: 7, share: 1 };
/** `share`: of how long a turn is in full. */
const QUICK = { rounds: 1, share: 0.4 };
/** Turns of the round that warms up, and is thrown away. */
const WARM_SHARE = 0.2;

const bare =
  (path: string, status: number, body: (stage: Stage) => string): Asking =>
  (stage) => ({ port: stage.bare_port, path, headers: {}, body: body(stage), status });
const idsOf = ({ ids }: Stage) => JSON.stringify({ ids });
const pushOf = ({ push }: Stage) => push;

interface Call {
  title: string;
  /** Of a turn: where answers take longer, there have to be enough of them. */
  counted_ms: number;
  gluey: Asking;
  bare: Readonly<Record<string, Asking>>;
}

const CALLS: readonly Call[] = [
  {
    title: `POST /track with ${ASKED} ids`,
    counted_ms: 4000,
    gluey: (stage) => ({
      port: stage.gluey_port,
      path: "/track",
      headers: { "x-key": stage.key },
      body: idsOf(stage),
      status: 200,
    }),
    bare: { "one D1 read of the same rows": bare("/read", 200, idsOf) },
  },
  {
    title: "The carrier's webhook",
    counted_ms: 1500,
    gluey: (stage) => ({
      port: stage.gluey_port,
      path: stage.webhook_path,
      headers: stage.proofOf(stage.push),
      body: stage.push,
      status: 202,
    }),
    bare: {
      "one D1 insert and one queue send": bare("/insert-and-send", 202, pushOf),
      "one D1 insert": bare("/insert", 202, pushOf),
      "one queue send": bare("/send", 202, pushOf),
    },
  },
];

export async function bench(args: string[]): Promise<number> {
  const { values } = parseArgs({
    args,
    options: {
      quick: { type: "boolean", default: false },
      rounds: { type: "string" },
      /** Where a debugger or a profiler may look into workerd. */
      inspector: { type: "string" },
    },
  });
  const sizes = values.quick ? QUICK : FULL;
  const rounds = Number(values.rounds ?? sizes.rounds);
  if (!Number.isInteger(rounds) || rounds < 1) throw new Error("--rounds is a whole number from 1 on.");
  const inspector = values.inspector === undefined ? undefined : Number(values.inspector);
  const [load = Number.NaN] = loadavg();
  const home = mkdtempSync(join(tmpdir(), "gluey-bench-api-"));
  let stage: Stage | null = null;
  try {
    console.error("Building the Worker, filling a state …");
    stage = await setStage(home, inspector);
    const answer_bytes = await sameRows(stage);
    const comparisons = CALLS.map(
      ({ title, counted_ms, bare }): Comparison => ({
        title,
        counted_ms: counted_ms * sizes.share,
        gluey: { name: "Gluey", turns: [] },
        bare: Object.keys(bare).map((name) => ({ name, turns: [] })),
      }),
    );
    // Round 0 warms both sides up, and is thrown away.
    for (let round = 0; round <= rounds; round++) {
      const share = round === 0 ? Math.min(sizes.share, WARM_SHARE) : sizes.share;
      for (const [index, { gluey, bare, counted_ms }] of CALLS.entries()) {
        const told = comparisons[index];
        const askings = [gluey, ...Object.values(bare)];
        for (const [place, asking] of askings.entries()) {
          const seen = await turn(stage, home, asking, counted_ms * share);
          const contestant = place === 0 ? told?.gluey : told?.bare[place - 1];
          if (round > 0) contestant?.turns.push(seen);
          console.error(`Round ${round} of ${rounds}: ${told?.title}, ${contestant?.name}: ${lineOf(seen)}`);
        }
      }
    }
    const push_bytes = Buffer.byteLength(stage.push);
    const text = pageOf(comparisons, { rounds, load, answer_bytes, push_bytes });
    if (!values.quick) writeFileSync(page, text);
    console.log(text);
    const missed = shortOfAim(comparisons);
    for (const sentence of missed) console.error(sentence);
    return missed.length === 0 ? 0 : 1;
  } finally {
    await stage?.child.end();
    rmSync(home, { recursive: true, force: true });
  }
}

function lineOf({ per_second, p50_ms, p99_ms, processor_ms }: Turn): string {
  return `${per_second.toFixed(0)}/s, p50 ${p50_ms.toFixed(1)} ms, p99 ${p99_ms.toFixed(1)} ms, processor ${processor_ms.toFixed(2)} ms`;
}

const Told = z.array(
  z.object({ id: z.string(), tracking_data: z.object({ events: z.array(z.object({ id: z.string() })) }) }),
);
const Rows = z.tuple([
  z.array(z.object({ id: z.string() })),
  z.array(z.unknown()),
  z.array(z.object({ event_id: z.string() })),
]);

/** Sees to it that both tell the same shipments and events; the bytes of Gluey's answer. */
async function sameRows(stage: Stage): Promise<number> {
  const post = async (port: number, path: string, headers: Record<string, string>) => {
    const answer = await fetch(`http://127.0.0.1:${port}${path}`, {
      method: "POST",
      headers: { "content-type": "application/json", ...headers },
      body: idsOf(stage),
    });
    if (answer.status !== 200) throw new Error(`POST ${path} answered ${answer.status}.`);
    return answer.text();
  };
  const text = await post(stage.gluey_port, "/track", { "x-key": stage.key });
  const told = Told.parse(JSON.parse(text));
  const [shipments, , events] = Rows.parse(JSON.parse(await post(stage.bare_port, "/read", {})));
  const ours = told.flatMap(({ id, tracking_data }) => [
    id,
    ...tracking_data.events.map((event) => event.id),
  ]);
  const theirs = [...shipments.map(({ id }) => id), ...events.map(({ event_id }) => event_id)];
  const complete = ASKED * (1 + EVENTS_A_SHIPMENT);
  if (ours.length !== complete || ours.sort().join() !== theirs.sort().join())
    throw new Error(
      `Gluey tells ${ours.length} rows, the bare Worker ${theirs.length}; wanted are the same ${complete}.`,
    );
  return Buffer.byteLength(text);
}
