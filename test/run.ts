import { spawn } from "node:child_process";
import { createWriteStream, existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { finished } from "node:stream/promises";
import { z } from "zod";

/**
 * `npm test [-- SUITE…]`: every suite, the quick ones first; those of the whole stack, which mostly wait, beside the
 * others. Says how many tests each ran; the last line is the sum. Ends with 1 when a test failed, or when a suite that
 * should have tests ran none.
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

/** Runs a command and hands its output on; resolves with its exit code. */
type Run = (command: string, args: readonly string[]) => Promise<number | null>;
type Suite = (run: Run) => Promise<Count>;

const SUITES: Readonly<Record<string, Suite>> = {
  types: async (run) => {
    const counts: Count[] = [];
    for (const project of [
      ".",
      "workers",
      "workers/tsconfig.tests.json",
      "dev/simulate",
      "dev/bench/pipeline/worker",
    ])
      counts.push(await check(run, "tsc", ["-p", project]));
    return counts.reduce(sum);
  },
  lint: (run) => check(run, "biome", ["check", "--config-path=dev/lint.json", "--error-on-warnings", "."]),
  pure: (run) => vitest(run, "pure"),
  container: (run) => vitest(run, "container"),
  workerd: (run) => vitest(run, "workerd"),
  browser: (run) => vitest(run, "browser"),
  e2e: (run) => vitest(run, "e2e"),
};

/** What runs after what; the lanes run side by side. */
const LANES: readonly (readonly string[])[] = [
  ["types", "lint", "pure", "container", "workerd"],
  ["e2e", "browser"],
];

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !(name in SUITES));
if (unknown.length > 0) {
  process.stderr.write(
    `There is no suite ${unknown.join(", ")}. There are: ${Object.keys(SUITES).join(", ")}.\n`,
  );
  process.exit(2);
}

const lines = new Map<string, string>();
const lanes = LANES.map((lane) => lane.filter((name) => wanted.length === 0 || wanted.includes(name)));
const busy = lanes.filter((lane) => lane.length > 0);
const counts = await Promise.all(busy.map((lane, at) => runLane(lane, at === 0)));
const total = counts.reduce(sum, { passed: 0, failed: 0, skipped: 0 });
const told = Object.keys(SUITES).flatMap((name) => lines.get(name) ?? []);
process.stdout.write(`\n${told.join("\n")}\n\n${total.passed} passed, ${total.failed} failed\n`);
process.exitCode = total.failed === 0 ? 0 : 1;

/** The suites of a lane in turn. The first lane shows what it does; another's output is shown suite by suite, when it ends. */
async function runLane(lane: readonly string[], shows: boolean): Promise<Count> {
  let sofar: Count = { passed: 0, failed: 0, skipped: 0 };
  for (const name of lane) {
    const suite = SUITES[name];
    if (suite === undefined) continue;
    const began = Date.now();
    if (shows) process.stdout.write(`\n── ${name}\n`);
    const { count, output } = shows ? { count: await suite(shown), output: "" } : await held(suite);
    sofar = sum(sofar, count);
    const ran = count.passed + count.failed;
    const skipped = count.skipped === 0 ? "" : `, ${count.skipped} skipped`;
    const line = `${name.padEnd(10)} ran ${String(ran).padStart(4)}: ${count.passed} passed, ${count.failed} failed${skipped} (${seconds(began)} s)`;
    lines.set(name, line);
    process.stdout.write(shows ? `${line}\n` : `\n── ${name}\n${output}${line}\n`);
  }
  return sofar;
}

function shown(command: string, args: readonly string[]): Promise<number | null> {
  const child = spawn(bin(command), args, { cwd: root, stdio: "inherit" });
  return new Promise((resolve, reject) => child.once("error", reject).once("exit", resolve));
}

/** Runs a suite with its output kept in a file until it ends. */
async function held(suite: Suite): Promise<{ count: Count; output: string }> {
  const folder = mkdtempSync(join(tmpdir(), "gluey-test-"));
  const path = join(folder, "output");
  try {
    const file = createWriteStream(path);
    const count = await suite(async (command, args) => {
      const child = spawn(bin(command), args, { cwd: root, stdio: ["ignore", "pipe", "pipe"] });
      for (const stream of [child.stdout, child.stderr]) stream.pipe(file, { end: false });
      return new Promise((resolve, reject) => child.once("error", reject).once("close", resolve));
    });
    file.end();
    await finished(file);
    return { count, output: readFileSync(path, "utf8") };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A command that is one test: it passes when it ends well. */
async function check(run: Run, command: string, args: readonly string[]): Promise<Count> {
  const status = await run(command, args);
  return status === 0 ? { passed: 1, failed: 0, skipped: 0 } : { passed: 0, failed: 1, skipped: 0 };
}

async function vitest(run: Run, project: string): Promise<Count> {
  const folder = mkdtempSync(join(tmpdir(), "gluey-test-"));
  const report = join(folder, "report.json");
  try {
    const status = await run("vitest", [
      ...["run", "--config", "test/vitest.config.ts", "--project", project],
      ...["--reporter=default", "--reporter=json", `--outputFile.json=${report}`],
      // Tests of the whole stack share one machine: their files take turns.
      ...(project === "e2e" || project === "browser" ? ["--no-file-parallelism"] : []),
    ]);
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
