import { type Cast, sandboxNumber } from "./cast.ts";
import type { Path } from "./ledger.ts";

/** What the demo prints. */

/** The nine paths as a table of text. */
export function tableOf(paths: readonly Path[]): string {
  const head = ["way in", "way out", "sent", "arrived", "duplicates", "out of order", "median", "worst"];
  const rows = paths.map((path) => [
    path.in,
    path.out,
    String(path.sent),
    String(path.arrived),
    String(path.duplicates),
    String(path.out_of_order),
    time(path.p50_ms),
    time(path.max_ms),
  ]);
  const widths = head.map((name, column) =>
    Math.max(name.length, ...rows.map((row) => row[column]?.length ?? 0)),
  );
  const line = (cells: readonly string[]) =>
    `  ${cells.map((cell, column) => (column < 2 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0))).join("   ")}`;
  return [line(head), `  ${widths.map((width) => "─".repeat(width)).join("───")}`, ...rows.map(line)].join(
    "\n",
  );
}

/** `webhook→webhook 12/24 …`: where the nine paths are. */
export function progressOf(paths: readonly Path[]): string {
  return ["webhook", "sftp", "poll"]
    .map((way) => {
      const outs = paths
        .filter((path) => path.in === way)
        .map((path) => `${path.out} ${path.arrived}/${path.sent}`);
      return `${way} → ${outs.join(", ")}`;
    })
    .join("   ");
}

function time(ms: number | null): string {
  if (ms === null) return "–";
  return ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`;
}

/** The beginning of each sample file. */
export function samplesOf(samples: readonly { name: string; text: string }[]): string {
  return samples
    .map(({ name, text }) => {
      const lines = text
        .replaceAll("'", "'\n")
        .split(/\r?\n/u)
        .filter((line) => line !== "");
      const shown = lines.slice(0, SAMPLE_LINES).map((line) => `    ${line.slice(0, SAMPLE_WIDTH)}`);
      return [`  ${name}`, ...shown, ...(lines.length > SAMPLE_LINES ? ["    …"] : []), ""].join("\n");
    })
    .join("\n");
}

const SAMPLE_LINES = 8;
const SAMPLE_WIDTH = 100;

/** Three lines to try on the running stack. */
export function curlLines(stack: { url: string }, cast: Cast): string {
  const number = sandboxNumber();
  const [shipment] = cast.shipments.webhook;
  const body = JSON.stringify({ carrier_id: "sandbox", carrier_tracking_id: number });
  return [
    `\nIt stays up at ${stack.url}; Ctrl-C ends it. Try, in another terminal:\n`,
    "  # what became of a shipment",
    `  curl -s ${stack.url}/shipments/${shipment?.id}/track -H 'x-key: ${cast.key}'\n`,
    "  # put one of your own under tracking",
    `  curl -s ${stack.url}/shipments -H 'x-key: ${cast.key}' -H 'content-type: application/json' -d '${body}'\n`,
    "  # let the sandbox carrier tell of it by webhook, then look again",
    `  curl -s '${cast.carrier.api_url}/tell?number=${number}&code=DELIVERED' && curl -s ${stack.url}/accounts/${cast.account_number}/events?limit=100 -H 'x-key: ${cast.key}'\n`,
  ].join("\n");
}
