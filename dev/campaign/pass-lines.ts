import type { Latency } from "./latency.ts";
import type { Report } from "./run.ts";

/** What a campaign must show. Each line has its figure, so that a run that fails says by how much. */
export interface PassLine {
  what: string;
  figure: string;
  passes: boolean;
  /** Depends on how fast the machine was: no part of the tests. */
  timed: boolean;
}

/** Delivery contract C5: messages that one kill may repeat. */
const AN_ENDPOINT = 3;
const A_CUSTOMER = 6;
/** C6. */
const RECOVERED_WITHIN_MS = 5_000;
/** C8: as asserted in one run. */
const UNTOUCHED_WITHIN = 1.25;
const SIBLING_WITHIN = 2;
/** Below this a difference is the machine's, and no ratio says anything. */
const SMALLEST_MS = 50;

export function passLines({ verdict, cuts, isolation, complete, inboxes }: Report): PassLine[] {
  const count = (what: string, figure: number, most = 0): PassLine => ({
    what,
    figure: most === 0 ? String(figure) : `${figure} (at most ${most})`,
    passes: figure <= most,
    timed: false,
  });
  const broken = Object.entries(verdict.repeated_after_a_broken_answer);
  // A kill that came when nothing was under way has nothing to send again.
  const measured = cuts.filter(({ open, recovered_ms }) => open > 0 || recovered_ms !== null);
  const slowest = Math.max(...measured.map(({ recovered_ms }) => recovered_ms ?? Number.POSITIVE_INFINITY));
  const { untouched, sibling } = isolation;
  return [
    {
      what: "all accepted is delivered, dead or cancelled",
      figure: complete ? "yes" : "no",
      passes: complete && verdict.owed === verdict.delivered + verdict.dead + verdict.cancelled,
      timed: false,
    },
    count("lost", verdict.lost),
    count("made up", verdict.made_up),
    count("order violations", verdict.order_violations),
    count("two of one shipment in flight", verdict.overlaps),
    count("gaps in a feed", verdict.feed_gaps),
    {
      ...count("duplicates", verdict.duplicates, verdict.in_flight_at_cuts),
      passes: verdict.duplicates <= verdict.in_flight_at_cuts,
    },
    count("duplicates without a kill or a deploy", verdict.duplicates_without_a_cut),
    count("duplicates of an endpoint after one kill", verdict.most_duplicates_of_an_endpoint, AN_ENDPOINT),
    count("duplicates of a customer after one kill", verdict.most_duplicates_of_a_customer, A_CUSTOMER),
    count("acknowledged events under a second webhook-id", verdict.renamed),
    {
      what: "forged or stale accepted",
      figure: `${verdict.forgeries_accepted} of ${verdict.forgeries}`,
      passes: verdict.forgeries_accepted === 0 && verdict.forgeries > 0,
      timed: false,
    },
    count("requests without a right signature", verdict.unverified),
    count("redirects followed", verdict.redirects_followed),
    {
      what: "repeated after a 2xx that broke off later",
      figure: broken.length === 0 ? "0" : broken.map(([fault, times]) => `${fault}: ${times}`).join(", "),
      // The reset may overtake the status line: then nobody has seen it.
      passes: broken.every(([fault]) => MAY_BE_UNSEEN.has(fault)),
      timed: false,
    },
    count("accepted documents that are not there, byte for byte", inboxes.missing + inboxes.damaged),
    count("documents that were never processed", inboxes.unprocessed),
    ...inboxLines(cuts, inboxes),
    {
      what: "slowest recovery after a kill, without a request from outside",
      figure: `${seconds(slowest)} (at most ${seconds(RECOVERED_WITHIN_MS)}; ${measured.length} of ${cuts.length} found something under way)`,
      passes: slowest <= RECOVERED_WITHIN_MS && measured.length * 2 >= cuts.length,
      timed: true,
    },
    isolationLine(untouched),
    {
      what: "sibling of the endpoint that hangs, p90",
      figure: `${ratio(sibling.with.p90, sibling.without.p90)} (below ${SIBLING_WITHIN})`,
      passes: within(sibling.with.p90, sibling.without.p90, SIBLING_WITHIN),
      timed: true,
    },
  ];
}

/** Whether the kills that were to hit the inboxes did. */
function inboxLines(cuts: Report["cuts"], inboxes: Report["inboxes"]): PassLine[] {
  const planned = (kind: Report["cuts"][number]["what"]) => cuts.some(({ what }) => what === kind);
  const hit = cuts.filter(({ unprocessed }) => unprocessed > 0).length;
  const { archived, connections, documents, lanes, refused_full } = inboxes;
  const line = (what: string, figure: string, passes: boolean) => ({ what, figure, passes, timed: false });
  return [
    ...(planned("kill in a run")
      ? [line("kills that found accepted documents to process", `${hit} of ${cuts.length}`, hit > 0)]
      : []),
    ...(planned("kill when full")
      ? [line("pushes refused by full inboxes, and accepted later", String(refused_full), refused_full > 0)]
      : []),
    ...(planned("kill while archiving")
      ? [line("documents in the archive at the end", `${archived} of ${documents}`, archived > 0)]
      : []),
    ...(planned("kill with new lanes")
      ? [line("lanes used", `${lanes} over ${connections} connections`, lanes > connections)]
      : []),
  ];
}

const MAY_BE_UNSEEN = new Set(["acknowledged, then reset", "3,000 headers"]);

/**
 * p99 where the machine is quiet enough to tell: where the two measurements without the bad customer differ by more than
 * what is asserted, p99 says nothing, and the median is what is asserted.
 */
function isolationLine({ without, with: bad, without_again }: Report["isolation"]["untouched"]): PassLine {
  const noise = noiseOf(without.p99, without_again.p99);
  const quiet = noise < UNTOUCHED_WITHIN;
  const by: keyof Latency = quiet ? "p99" : "p50";
  // The database grows from part to part: what the bad one costs is seen against both sides.
  const calm = Math.max(without[by], without_again[by]);
  const figure = `${ratio(bad[by], calm)} (below ${UNTOUCHED_WITHIN})`;
  return {
    what: `untouched customers beside one that hangs, ${by}`,
    figure: quiet ? figure : `${figure}; p99 is noise here: ${noise.toFixed(2)} between two equal parts`,
    passes: within(bad[by], calm, UNTOUCHED_WITHIN),
    timed: true,
  };
}

function noiseOf(a: number, b: number): number {
  return (Math.max(a, b) + SMALLEST_MS) / (Math.min(a, b) + SMALLEST_MS);
}

function within(bad: number, calm: number, factor: number): boolean {
  return bad <= Math.max(calm * factor, calm + SMALLEST_MS);
}

function ratio(bad: number, calm: number): string {
  return calm === 0 ? "nothing measured" : (bad / calm).toFixed(2);
}

function seconds(ms: number): string {
  return Number.isFinite(ms) ? `${(ms / 1000).toFixed(1)} s` : "never";
}
