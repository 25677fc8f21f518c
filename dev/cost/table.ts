import type { Cost } from "../../workers/cost/prices.ts";

/** The costs as a table of Markdown, and its place in a page. Pure. */

const COLUMNS: readonly [keyof Cost, string][] = [
  ["d1_rows_written", "D1 rows written"],
  ["d1_rows_read", "D1 rows read"],
  ["d1_queries", "D1 round trips"],
  ["object_requests", "DO requests"],
  ["object_rows_written", "DO rows written"],
  ["object_rows_read", "DO rows read"],
  ["queue_operations", "queue operations"],
  ["worker_requests", "Worker requests"],
];

export function costTable(costs: Readonly<Record<string, Cost>>, dollars: (cost: Cost) => number): string {
  const head = ["one of", ...COLUMNS.map(([, title]) => title), "$ a million"];
  const rows = Object.entries(costs).map(([name, cost]) => [
    name,
    ...COLUMNS.map(([what]) => figure(cost[what])),
    dollars(cost).toFixed(2),
  ]);
  const lines = [head, head.map((_, at) => (at === 0 ? "---" : "---:")), ...rows];
  return lines.map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}

/** Three figures are enough to compare by. */
function figure(value: number): string {
  return value === 0 ? "" : String(Number(value.toPrecision(3)));
}

const BEGIN = "<!-- costs: npm run cost -- --update -->";
const END = "<!-- /costs -->";

/** The page with the table between its marks. Throws where it lacks them. */
export function withTable(page: string, table: string): string {
  const begin = page.indexOf(BEGIN);
  const end = page.indexOf(END);
  if (begin < 0 || end < begin) throw new Error(`docs/scale.md should have the lines ${BEGIN} and ${END}.`);
  return `${page.slice(0, begin + BEGIN.length)}\n\n${table}\n\n${page.slice(end)}`;
}
