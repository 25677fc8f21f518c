import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { z } from "zod";

/**
 * `npm test [-- SUITE…]`: every suite in turn, the quick ones first. Says how many tests each ran; the last line is the
 * sum. Ends with 1 when a test failed, or when a suite that should have tests ran none.
 */
const root = join(import.meta.dirname, "..");
const bin = (name: string) => join(root, "node_modules", ".bin", name);

interface Count {
  passed: number;
  failed: number;
  skipped: number;
}

const Report = z.object({
  numPassedTests: z.number(),
  numFailedTests: z.number(),
  numPendingTests: z.number(),
  numTodoTests: z.number().default(0),
  numFailedTestSuites: z.number(),
  success: z.boolean(),
});

const SUITES: Readonly<Record<string, () => Count>> = {
  types: () =>
    [".", "workers", "workers/tsconfig.tests.json"]
      .map((project) => check(["tsc", "-p", project]))
      .reduce(sum),
  lint: () => check(["biome", "check", "--config-path=dev/lint.json", "--error-on-warnings", "."]),
  pure: () => vitest("pure"),
  container: () => vitest("container"),
  workerd: () => vitest("workerd"),
  e2e: () => vitest("e2e"),
  browser: () => vitest("browser"),
};

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !(name in SUITES));
if (unknown.length > 0) {
  process.stderr.write(
    `There is no suite ${unknown.join(", ")}. There are: ${Object.keys(SUITES).join(", ")}.\n`,
  );
  process.exit(2);
}

let total: Count = { passed: 0, failed: 0, skipped: 0 };
const lines: string[] = [];
for (const [name, run] of Object.entries(SUITES)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  process.stdout.write(`\n── ${name}\n`);
  const began = Date.now();
  const count = run();
  total = sum(total, count);
  const ran = count.passed + count.failed;
  const skipped = count.skipped === 0 ? "" : `, ${count.skipped} skipped`;
  lines.push(
    `${name.padEnd(10)} ran ${String(ran).padStart(4)}: ${count.passed} passed, ${count.failed} failed${skipped} (${seconds(began)} s)`,
  );
  process.stdout.write(`${lines.at(-1)}\n`);
}
process.stdout.write(`\n${lines.join("\n")}\n\n${total.passed} passed, ${total.failed} failed\n`);
process.exitCode = total.failed === 0 ? 0 : 1;

/** A command that is one test: it passes when it ends well. */
function check([command = "", ...args]: readonly string[]): Count {
  const { status } = spawnSync(bin(command), args, { cwd: root, stdio: "inherit" });
  return status === 0 ? { passed: 1, failed: 0, skipped: 0 } : { passed: 0, failed: 1, skipped: 0 };
}

function vitest(project: string): Count {
  const folder = mkdtempSync(join(tmpdir(), "gluey-test-"));
  const report = join(folder, "report.json");
  try {
    const { status } = spawnSync(
      bin("vitest"),
      [
        ...["run", "--config", "test/vitest.config.ts", "--project", project],
        ...["--reporter=default", "--reporter=json", `--outputFile.json=${report}`],
        // Tests of the whole stack share one machine: their files take turns.
        ...(project === "e2e" || project === "browser" ? ["--no-file-parallelism"] : []),
      ],
      { cwd: root, stdio: "inherit" },
    );
    return countOf(project, report, status);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function countOf(project: string, report: string, status: number | null): Count {
  if (!existsSync(report)) return fault(project, "ended without a report");
  const read = Report.parse(JSON.parse(readFileSync(report, "utf8")));
  const count: Count = {
    passed: read.numPassedTests,
    failed: read.numFailedTests,
    skipped: read.numPendingTests + read.numTodoTests,
  };
  if (count.passed + count.failed === 0) return fault(project, "ran no tests");
  // A file that could not be loaded, or an error outside of any test, fails no test: it counts as one.
  if (count.failed === 0 && (status !== 0 || !read.success))
    return sum(count, fault(project, "had an error outside of its tests"));
  return count;
}

function fault(project: string, what: string): Count {
  process.stderr.write(`The suite ${project} ${what}.\n`);
  return { passed: 0, failed: 1, skipped: 0 };
}

function sum(a: Count, b: Count): Count {
  return { passed: a.passed + b.passed, failed: a.failed + b.failed, skipped: a.skipped + b.skipped };
}

function seconds(began: number): string {
  return ((Date.now() - began) / 1000).toFixed(1);
}
