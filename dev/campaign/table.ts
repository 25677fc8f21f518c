import type { Latency } from "./latency.ts";
import { passLines } from "./pass-lines.ts";
import type { Report } from "./run.ts";

/** The report for a person. */
export function tableOf(report: Report): string {
  const { verdict, cuts, isolation, took_ms } = report;
  const recoveries = cuts.map(({ recovered_ms, from_start_ms }) =>
    recovered_ms === null
      ? "–"
      : `${(recovered_ms / 1000).toFixed(1)}/${((from_start_ms ?? 0) / 1000).toFixed(1)}`,
  );
  const rows: [string, string | number][] = [
    ["accepted facts", verdict.accepted],
    ["owed (facts × subscriptions)", verdict.owed],
    ["delivered", verdict.delivered],
    ["dead", verdict.dead],
    ["cancelled by the customer", verdict.cancelled],
    ["lost", verdict.lost],
    ["attempts", verdict.attempts],
    ["kills and deploys", cuts.length],
    ["in flight at them", verdict.in_flight_at_cuts],
    ["documents to process at them", cuts.map(({ unprocessed }) => unprocessed).join(" ")],
    ["documents, in the archive", `${report.inboxes.documents}, ${report.inboxes.archived}`],
    ["duplicates", verdict.duplicates],
    ["order violations", verdict.order_violations],
    ["forged or stale accepted", `${verdict.forgeries_accepted} of ${verdict.forgeries}`],
    ["recovery, s (since it listens/since its start)", recoveries.join(" ")],
    ["untouched, all well", latency(isolation.untouched.without)],
    ["untouched, one hangs", latency(isolation.untouched.with)],
    ["untouched, that one paused", latency(isolation.untouched.without_again)],
    ["sibling, all well", latency(isolation.sibling.without)],
    ["sibling, the other hangs", latency(isolation.sibling.with)],
    ["took", `${(took_ms / 1000).toFixed(0)} s`],
  ];
  const width = Math.max(...rows.map(([name]) => name.length));
  const table = rows.map(([name, figure]) => `${name.padEnd(width)}  ${figure}`);
  const lines = passLines(report).map(
    ({ what, figure, passes }) => `${passes ? "✓" : "✗"} ${what}: ${figure}`,
  );
  const findings = verdict.findings.map((finding) => `  ${finding}`);
  return ["", ...table, "", ...lines, ...findings].join("\n");
}

function latency({ facts, p50, p90, p99 }: Latency): string {
  return `p50 ${p50} ms, p90 ${p90} ms, p99 ${p99} ms (${facts} events)`;
}
