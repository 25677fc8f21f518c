import { cpus } from "node:os";
import { median } from "../delivery/page.ts";
import { CONCURRENCY, type Turn } from "./measure.ts";
import { ASKED, EVENTS_A_SHIPMENT } from "./stage.ts";

/** What was measured, as a page and as a verdict. Pure. */

/** One who takes turns. */
export interface Contestant {
  name: string;
  turns: Turn[];
}

/** A call of Gluey's, and what a bare Worker does in its place. */
export interface Comparison {
  title: string;
  /** How long a turn lasts. */
  counted_ms: number;
  gluey: Contestant;
  bare: Contestant[];
}

export interface Facts {
  rounds: number;
  /** Of the minute before the bench began. */
  load: number;
  answer_bytes: number;
  push_bytes: number;
}

/** The least share of a bare Worker's requests a second that we want. */
const RATE_AIM = 0.7;
/** How many times its p99 ours has to stay under. */
const P99_AIM = 2;

const medianOf = ({ turns }: Contestant, figure: keyof Turn) => median(turns.map((turn) => turn[figure]));

/** One median by the other, as they stand in the table: whoever divides finds the same. */
function share(gluey: Contestant, bare: Contestant, figure: keyof Turn): number {
  return medianOf(gluey, figure) / medianOf(bare, figure);
}

const rateShare = (gluey: Contestant, bare: Contestant) => share(gluey, bare, "per_second");
const p99Share = (gluey: Contestant, bare: Contestant) => share(gluey, bare, "p99_ms");

/** A sentence for each part of the aim that does not hold; empty: all holds. */
export function shortOfAim(comparisons: readonly Comparison[]): string[] {
  return comparisons.flatMap(({ title, gluey, bare }) =>
    bare.flatMap((other) => {
      const rate = rateShare(gluey, other);
      const p99 = p99Share(gluey, other);
      const against = `${title}, against ${other.name}`;
      return [
        ...(rate >= RATE_AIM
          ? []
          : [`${against}: ${percent(rate)} of its requests a second; wanted are ${percent(RATE_AIM)}.`]),
        ...(p99 < P99_AIM
          ? []
          : [`${against}: ${p99.toFixed(2)} times its p99; wanted is less than ${P99_AIM} times.`]),
      ];
    }),
  );
}

const percent = (value: number) => `${(100 * value).toFixed(0)} %`;
const whole = (value: number) => Math.round(value).toLocaleString("en");
const ms = (value: number) => value.toFixed(value < 10 ? 2 : 1);

export function pageOf(comparisons: readonly Comparison[], facts: Facts): string {
  const missed = shortOfAim(comparisons);
  const { rounds, load, answer_bytes, push_bytes } = facts;
  const verdict =
    missed.length === 0
      ? `The aim holds: at least ${percent(RATE_AIM)} of the bare Worker's requests a second, and less than ${P99_AIM} times its p99.`
      : `The aim (at least ${percent(RATE_AIM)} of the bare Worker's requests a second, less than ${P99_AIM} times its p99) is not reached:\n\n${missed.map((one) => `- ${one}`).join("\n")}`;
  return `# The API against the bare platform

Made by \`npm run bench -- api\`; not edited by hand. Node ${process.versions.node}, ${cpus().length} × ${cpus()[0]?.model ?? "unknown processor"}, ${rounds} round${rounds === 1 ? "" : "s"} in which each has a turn (${comparisons.map(({ title, counted_ms }) => `${title}: ${counted_ms / 1000} s`).join("; ")}); ${CONCURRENCY} connections, each asking again as soon as it was answered. Medians of the rounds. The machine's load was ${load.toFixed(1)} when it began: above 1, others were at work on it, and only the ratios say something.

${verdict}

${comparisons.map(partOf).join("\n\n")}

## How it is measured

- All Workers are in one workerd, on the same D1 file, each behind a socket that workerd itself listens on; nothing of \`wrangler dev\` stands between. The client is a process of its own on loopback. Processor time is that of workerd, an answer.
- \`POST /track\` asks for ${ASKED} shipments by id, with ${EVENTS_A_SHIPMENT} events each: an answer of ${whole(answer_bytes)} bytes. It looks up the key, counts it against its limit, checks what is asked, asks whether the account lives in this database, reads the feed's head, puts the timelines in order and tells them in the contract's form. The bare Worker knows the ids and asks D1 once, for the same rows of shipments, parcels and events by the same indexes, and tells them as they are.
- The carrier's webhook is a push of the sandbox carrier, ${push_bytes} bytes: the signature is verified by the connection as this isolate opened it last, the document is parsed and handed to the connection's inbox, a Durable Object, which stores it, and a line is logged. The bare Workers send the body to a queue, insert it into a table without indexes, or both.
- The inbox processes what it accepted while the next pushes come: that is in Gluey's figures, its processor time included, though only the answers are timed. No queue has a consumer here. A local queue keeps nothing: a send is a call in memory, while a row is written to the database's file. The one that promises what the webhook promises, that the push is held when it is answered, is the one with the row.
`;
}

function partOf({ title, gluey, bare }: Comparison): string {
  const row = (one: Contestant, told: string) => {
    const of = (figure: keyof Turn) => medianOf(one, figure);
    return `| ${one.name} | ${whole(of("per_second"))} | ${ms(of("p50_ms"))} | ${ms(of("p99_ms"))} | ${of("processor_ms").toFixed(2)} | ${told} |`;
  };
  const lines = bare.map((other) =>
    row(other, `${percent(rateShare(gluey, other))}, ${p99Share(gluey, other).toFixed(2)} times`),
  );
  return [
    `## ${title}`,
    "",
    "| | Requests/s | p50, ms | p99, ms | Processor, ms | Gluey's share of its requests/s, and of its p99 |",
    "|---|---|---|---|---|---|",
    row(gluey, ""),
    ...lines,
  ].join("\n");
}
