import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { z } from "zod";
import { runCarrierCorpus } from "./corpus-carriers.ts";
import { runEdiCorpus } from "./corpus-edi.ts";
import { runNumberCorpus } from "./corpus-numbers.ts";

/**
 * `npm run corpus`: the EDI files, the carriers' payloads and the tracking numbers of ../shared/corpus, read and compared
 * with what they mean. Exit 1 where a file reads worse than the committed baseline, which lists the files that are right;
 * `-- --update` writes it anew. Where the corpus is not on the machine it says so and exits 0.
 */

/** One file of the corpus, and what differs from what is expected of it; nothing where it is right. */
export interface CorpusCase {
  /** `edi iftsta`, `carrier bring` or `numbers ups`. */
  group: string;
  name: string;
  why: readonly string[];
}

/** What a run says: the lines to print, and the files that were right and are not any more. */
export interface CorpusVerdict {
  lines: string[];
  worse: string[];
}

const MOST_REASONS = 12;

const keyOf = ({ group, name }: CorpusCase) => `${group}/${name}`;

/** The table, and every file that differs with its reasons. A file of the baseline that was not read at all is worse, too. */
export function judge(cases: readonly CorpusCase[], baseline: readonly string[]): CorpusVerdict {
  const right = new Set(cases.filter(({ why }) => why.length === 0).map(keyOf));
  const worse = baseline.filter((key) => !right.has(key));
  const newly = [...right].filter((key) => !baseline.includes(key));
  const lines = [row("group", "files", "right", "wrong")];
  for (const group of new Set(cases.map((one) => one.group)))
    lines.push(
      sumOf(
        group,
        cases.filter((one) => one.group === group),
      ),
    );
  lines.push(sumOf("all", cases));
  for (const one of cases) {
    if (one.why.length === 0) continue;
    lines.push("", `wrong: ${keyOf(one)}`, ...one.why.slice(0, MOST_REASONS).map((why) => `  ${why}`));
    if (one.why.length > MOST_REASONS) lines.push(`  … and ${one.why.length - MOST_REASONS} more`);
  }
  const read = new Set(cases.map(keyOf));
  for (const key of worse)
    lines.push("", `worse than the baseline: ${key}${read.has(key) ? "" : " (not read any more)"}`);
  if (newly.length > 0)
    lines.push(
      "",
      `${newly.length} right that the baseline lacks: npm run corpus -- --update keeps them so.`,
    );
  return { lines, worse };
}

function sumOf(group: string, cases: readonly CorpusCase[]): string {
  const wrong = cases.filter(({ why }) => why.length > 0).length;
  return row(group, String(cases.length), String(cases.length - wrong), String(wrong));
}

const row = (group: string, ...numbers: string[]) =>
  group.padEnd(26) + numbers.map((number) => number.padStart(7)).join("");

/** Every file of both corpora; none where they are not on this machine. */
export function readCorpus(): CorpusCase[] {
  const edi = runEdiCorpus().map(({ file, why }): CorpusCase => {
    const [folder = "", ...rest] = file.split("/");
    return { group: `edi ${folder}`, name: rest.join("/"), why };
  });
  const carriers = runCarrierCorpus().map(
    (one): CorpusCase => ({ group: `carrier ${one.carrier}`, name: one.case, why: one.why }),
  );
  const numbers = runNumberCorpus().map(
    (one): CorpusCase => ({ group: `numbers ${one.courier}`, name: one.format, why: one.why }),
  );
  return [...edi, ...carriers, ...numbers];
}

const baselineFile = new URL("./corpus-baseline.json", import.meta.url);
const Baseline = z.object({ right: z.array(z.string()) });

function main(args: string[]): number {
  const { values } = parseArgs({ args, options: { update: { type: "boolean", default: false } } });
  const cases = readCorpus();
  if (cases.length === 0) {
    console.log(
      `No corpus on this machine (${fileURLToPath(new URL("../../shared/corpus", import.meta.url))}): nothing to read.`,
    );
    return 0;
  }
  if (values.update) {
    const right = cases
      .filter(({ why }) => why.length === 0)
      .map(keyOf)
      .sort();
    writeFileSync(baselineFile, `${JSON.stringify({ right }, null, 2)}\n`);
  }
  const { lines, worse } = judge(cases, Baseline.parse(JSON.parse(readFileSync(baselineFile, "utf8"))).right);
  console.log(lines.join("\n"));
  return worse.length === 0 ? 0 : 1;
}

if (import.meta.main) process.exitCode = main(process.argv.slice(2));
