import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import type { Carrier } from "../workers/carriers/carrier.ts";
import { carriers, findCarrier } from "../workers/carriers/registry.ts";
import { chooseCode, isUnmapped, type RuleTable } from "../workers/carriers/rules.ts";

/**
 * `npm run carriers`: which carriers there are, by which ways they speak, how many of their codes have a rule, and how
 * many of the codes that ../shared/corpus knows of them do. `-- --markdown` prints the README's table, `-- --write` puts
 * it there, `-- --json` prints all of it for a machine, `-- --unmapped CARRIER` the codes of the corpus that no rule of that carrier knows.
 */

export interface CarrierRow {
  id: string;
  name: string;
  webhook: boolean;
  sftp: boolean;
  /** Numbers in one call of its API; null where it is not asked. */
  poll: number | null;
  /** Rules of its table: codes, pairs of codes, sentences. */
  codes: number;
  /** Of the corpus' codes; null where the corpus is not here or has none. */
  corpus: { codes: number; mapped: number } | null;
}

export function carrierRows(): CarrierRow[] {
  return carriers.map((carrier) => ({
    id: carrier.id,
    name: carrier.name,
    webhook: carrier.webhook !== undefined,
    sftp: carrier.sftp !== undefined,
    poll: carrier.poll?.numbers_per_call ?? null,
    codes: carrier.rules.rules.length,
    corpus: corpusShare(carrier),
  }));
}

function corpusShare(carrier: Carrier): CarrierRow["corpus"] {
  const codes = corpusCodes(carrier);
  if (codes === null) return null;
  return { codes: codes.length, mapped: codes.filter(({ mapped }) => mapped).length };
}

interface CorpusCode {
  code: string;
  description: string;
  /** Which of the carrier's lists it is of. */
  level: string;
  mapped: boolean;
}

/** The codes that the corpus knows of a carrier; null where it is not here or has none. */
function corpusCodes(carrier: Carrier): CorpusCode[] | null {
  const file = fileURLToPath(
    new URL(`../../shared/corpus/carriers/${carrier.id}/codes.tsv`, import.meta.url),
  );
  if (!existsSync(file)) return null;
  return readFileSync(file, "utf8")
    .split("\n")
    .slice(1)
    .map((line) => line.split("\t"))
    .filter(([code = "", , , , level = ""]) => code !== "" && !MEASURES.test(level))
    .map(([code = "", description = "", , , level = ""]) => ({
      code,
      description,
      level,
      mapped: hasRule(carrier.rules, code, description, level),
    }));
}

/** Lists of what a carrier does about an event: told on as they stand, there is nothing to be mapped. */
const MEASURES = /-action$/u;

/** Lists of what stands beside an event's code and says why: such a code has a rule where it is some rule's second half. */
const CAUSES = /reason|cause/iu;

/**
 * Whether a code of a list has a rule in any of the forms in which tables write it: alone, as a pair (`20/209`, `ACT-2`),
 * behind the word that names its list (`status 011`), or as the sentence it is.
 */
export function hasRule(table: RuleTable, code: string, description: string, level = ""): boolean {
  if (CAUSES.test(level) && table.rules.some(({ sub_code }) => sub_code === code)) return true;
  const lists = new Set(table.rules.flatMap((rule) => /^(\S+ )\S/u.exec(rule.code ?? "")?.[1] ?? []));
  const services = new Set([null, ...table.rules.map(({ service }) => service)]);
  const pairs = [
    [code, null],
    ...["/", "-"].map((by) => code.split(by)).filter((parts) => parts.length === 2),
  ];
  const codes = pairs.flatMap(([main = null, sub_code = null]) => {
    if (main === null) return [];
    const bare = [main, main.toUpperCase(), main.replace(/^0+(?=\d)/u, "")];
    return [...bare, ...bare.flatMap((one) => [...lists].map((list) => `${list}${one}`))].map((one) => ({
      code: one,
      sub_code,
    }));
  });
  const said = [
    ...codes.flatMap((one) => [...services].map((service) => ({ ...one, service }))),
    { code: null, text: code },
    { code: null, text: description },
  ];
  return said.some((one) => !isUnmapped(chooseCode(table, one)));
}

const HEAD = ["carrier", "`carrier_id`", "webhook", "sFTP", "API", "codes"];

/** What stands in the README between its two marks. */
export function markdownOf(rows: readonly CarrierRow[]): string {
  const cells = rows.map((row) => [row.name, `\`${row.id}\``, ...waysOf(row), String(row.codes)]);
  return [HEAD, HEAD.map(() => "---"), ...cells].map((line) => `| ${line.join(" | ")} |`).join("\n");
}

const README = new URL("../README.md", import.meta.url);
const MARKED = /(<!-- carriers -->\n\n)[\s\S]*?(\n\n<!-- \/carriers -->)/u;

/** The table that stands between a text's two marks; null where they are not there. */
export function tableIn(text: string): string | null {
  const [whole, before = "", after = ""] = MARKED.exec(text) ?? [];
  return whole === undefined ? null : whole.slice(before.length, whole.length - after.length);
}

/** The text with another table between its two marks. */
export function withTable(text: string, table: string): string {
  return text.replace(MARKED, (_, before: string, after: string) => `${before}${table}${after}`);
}

function waysOf({ webhook, sftp, poll }: CarrierRow): string[] {
  const api = poll === null ? "" : poll === 1 ? "one number a call" : `${poll} numbers a call`;
  return [webhook ? "yes" : "", sftp ? "yes" : "", api];
}

/** The table for a terminal; the last column only where the corpus is here. */
export function textOf(rows: readonly CarrierRow[]): string {
  const known = rows.some(({ corpus }) => corpus !== null);
  const lines = [
    ["carrier", "id", "webhook", "sFTP", "API", "codes", ...(known ? ["corpus"] : [])],
    ...rows.map((row) => [
      row.name,
      row.id,
      ...waysOf(row),
      String(row.codes),
      ...(known ? [shareOf(row.corpus)] : []),
    ]),
  ];
  const widths =
    lines[0]?.map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0))) ?? [];
  return lines
    .map((line) =>
      line
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}

function shareOf(corpus: CarrierRow["corpus"]): string {
  if (corpus === null) return "";
  const share = corpus.codes === 0 ? 100 : Math.floor((100 * corpus.mapped) / corpus.codes);
  return `${corpus.mapped} of ${corpus.codes}, ${share} %`;
}

function main(args: string[]): number {
  const { values } = parseArgs({
    args,
    options: {
      markdown: { type: "boolean" },
      write: { type: "boolean" },
      json: { type: "boolean" },
      unmapped: { type: "string" },
    },
  });
  if (values.unmapped !== undefined) {
    const carrier = findCarrier(values.unmapped);
    if (carrier === null) {
      console.error(
        `There is no carrier "${values.unmapped}": one of ${carriers.map(({ id }) => id).join(", ")}.`,
      );
      return 1;
    }
    for (const { code, description, level, mapped } of corpusCodes(carrier) ?? [])
      if (!mapped) console.log([level, code, description].join("\t"));
    return 0;
  }
  const rows = carrierRows();
  if (values.write) writeFileSync(README, withTable(readFileSync(README, "utf8"), markdownOf(rows)));
  else if (values.json) console.log(JSON.stringify(rows, null, 2));
  else console.log(values.markdown ? markdownOf(rows) : textOf(rows));
  return 0;
}

if (import.meta.main) process.exitCode = main(process.argv.slice(2));
