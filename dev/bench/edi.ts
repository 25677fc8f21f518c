import { execFile, execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs, promisify } from "node:util";
import { z } from "zod";
import { type EdiStandard, generate } from "./edi-files.ts";
import { READERS } from "./edi-readers.ts";

/**
 * `npm run bench -- edi`: our EDI reader against those that npm has, on the same generated files, in the same run.
 * Every reading is a process of its own; the readers take turns, and the median counts. Writes docs/bench-edi.md.
 * The others are installed under .state/bench, by this bench alone. Linux only: memory is counted by /proc.
 */

const home = fileURLToPath(new URL("../../.state/bench/", import.meta.url));
const child = fileURLToPath(new URL("./edi-child.ts", import.meta.url));
const page = new URL("../../docs/bench-edi.md", import.meta.url);

/** The highest memory above idle that a file of 100 MB may take, in MB. */
const MOST_MEMORY = 16;
/** Processor time after which a reader is warm. */
const WARM_S = 4;
/** How many times faster than the fastest of the others we want to be. */
const AIM = 2;

const Reading = z.object({
  events: z.number(),
  digest: z.number(),
  megabytes: z.number(),
  first_ms: z.number(),
  warm_ms: z.number(),
  memory_mb: z.number(),
  live_mb: z.number(),
});
type Reading = z.infer<typeof Reading>;

/** One reader's medians. */
interface Row {
  name: string;
  npm: string | null;
  /** MB of file a second of processor time: once warm, and in a fresh process. */
  warm: number;
  cold: number;
  events: number;
  memory_mb: number;
}

const STANDARDS: readonly [standard: EdiStandard, title: string][] = [
  ["edifact", "EDIFACT IFTSTA"],
  ["x12", "X12 214"],
];

export async function bench(args: string[]): Promise<number> {
  const { values } = parseArgs({ args, options: { rounds: { type: "string", default: "5" } } });
  const rounds = Number(values.rounds);
  if (!Number.isInteger(rounds) || rounds < 1) throw new Error("--rounds is a whole number from 1 on.");
  install();
  const parts: string[] = [];
  let missed = 0;
  for (const [standard, title] of STANDARDS) {
    const file = join(home, `${standard}-10.edi`);
    const holds = generate(file, standard, 10_000_000);
    const rows = await compare(standard, file, rounds, holds.events);
    const [ours, ...others] = rows;
    if (ours === undefined) throw new Error("Our own reader takes no part.");
    const ratio = ours.warm / Math.max(...others.map(({ warm }) => warm));
    const least = Math.min(...others.map(({ memory_mb }) => memory_mb));
    const large = join(home, `${standard}-100.edi`);
    generate(large, standard, 100_000_000);
    const stream = await read(standard, "Gluey", large, 0, SMALL_NURSERY);
    const { live_mb } = await read(standard, "Gluey", large, "live");
    if (ratio < AIM || ours.memory_mb >= least || stream.memory_mb > MOST_MEMORY) missed++;
    parts.push(
      `## ${title}\n\n10 MB, ${holds.messages} messages, ${holds.events} events, each told by number, code and time.\n\n${tableOf(rows)}\n\n` +
        `${times(ratio)} the fastest of the others (aim: ${AIM} times); ${ours.memory_mb < least ? "less" : "not less"} memory than any of them.\n\n` +
        `A file of 100 MB, streamed: ${stream.events} events, ${one(stream.megabytes / (stream.warm_ms / 1000))} MB/s, at most ${one(stream.memory_mb)} MB above idle (limit: ${MOST_MEMORY}; the nursery of the garbage collector held to 2 MB, else it grows with the machine), of which ${one(live_mb)} MB are in use; the rest is compiled code and garbage that the runtime has not collected yet.\n\n` +
        `What our time goes into now:\n\n${await limits(standard, file)}`,
    );
  }
  const text = `${head(rounds)}\n\n${parts.join("\n\n")}\n`;
  writeFileSync(page, text);
  console.log(text);
  return missed === 0 ? 0 : 1;
}

const one = (value: number) => value.toFixed(1);
const times = (ratio: number) => `${ratio.toFixed(2)} times`;

function head(rounds: number): string {
  return `# EDI reader: speed and memory

Made by \`npm run bench -- edi\`; not edited by hand. Node ${process.versions.node}, ${cpus()[0]?.model ?? "unknown processor"}, median of ${rounds} rounds.

Every reader reads the same generated file and tells the same events (count and checksum are compared), each in a process of its own, taking turns. Speed is MB of file per second of the reading thread's processor time: once warm (the best reading within ${WARM_S} seconds of processor time), and at the first reading of a fresh process. Memory is the highest resident memory during the first reading above that before it. Each library is used in the fastest way it offers and tells number, code and time only; Gluey's reader makes the whole event (place, texts, parties, references, remarks, byte offsets) and is asked for these three.`;
}

function tableOf(rows: readonly Row[]): string {
  const lines = rows.map(
    ({ name, npm, warm, cold, events, memory_mb }) =>
      `| ${name} | ${npm ?? "this repository"} | ${one(warm)} | ${one(cold)} | ${Math.round(events).toLocaleString("en")} | ${one(memory_mb)} |`,
  );
  return [
    "| Reader | Package | MB/s warm | MB/s first | Events/s warm | Memory, MB |",
    "|---|---|---|---|---|---|",
    ...lines,
  ].join("\n");
}

/** The others, at fixed versions, where no product and no test sees them. */
function install(): void {
  const wanted = [
    ...new Set(Object.values(READERS).flatMap((readers) => readers.flatMap(({ npm }) => npm ?? []))),
  ];
  const done = join(home, "installed.json");
  if (existsSync(done) && readFileSync(done, "utf8") === JSON.stringify(wanted)) return;
  mkdirSync(home, { recursive: true });
  writeFileSync(join(home, "package.json"), '{ "private": true }\n');
  execFileSync("npm", ["install", "--no-audit", "--no-fund", "--no-save", "--ignore-scripts", ...wanted], {
    cwd: home,
    stdio: ["ignore", "ignore", "inherit"],
  });
  writeFileSync(done, JSON.stringify(wanted));
}

/** Else the runtime lets garbage lie by the memory of the machine, and the figure says more of that than of the reader. */
const SMALL_NURSERY = ["--max-semi-space-size=2"];

async function read(
  standard: EdiStandard,
  name: string,
  file: string,
  seconds: number | "live",
  flags: readonly string[] = [],
): Promise<Reading> {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [...flags, "--expose-gc", child, standard, name, file, home, String(seconds)],
    { maxBuffer: 10_000_000 },
  );
  return Reading.parse(JSON.parse(stdout));
}

async function compare(standard: EdiStandard, file: string, rounds: number, events: number): Promise<Row[]> {
  const readings = new Map(READERS[standard].map(({ name }) => [name, [] as Reading[]]));
  for (let round = 0; round < rounds; round++) {
    for (const [name, own] of readings) {
      console.error(`${standard}, round ${round + 1} of ${rounds}: ${name}`);
      own.push(await read(standard, name, file, WARM_S));
    }
  }
  const [first] = readings.values().next().value ?? [];
  return READERS[standard].map(({ name, npm }) => {
    const own = readings.get(name) ?? [];
    for (const reading of own)
      if (reading.events !== events || reading.digest !== first?.digest)
        throw new Error(`${name} tells ${reading.events} events of ${events}, or other ones than the rest.`);
    const seconds = median(own.map(({ warm_ms }) => warm_ms)) / 1000;
    return {
      name,
      npm,
      warm: (own[0]?.megabytes ?? 0) / seconds,
      cold: (own[0]?.megabytes ?? 0) / (median(own.map(({ first_ms }) => first_ms)) / 1000),
      events: events / seconds,
      memory_mb: median(own.map(({ memory_mb }) => memory_mb)),
    };
  });
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? 0;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? 0) + upper) / 2;
}

const Profile = z.object({
  nodes: z.array(
    z.object({ id: z.number(), callFrame: z.object({ functionName: z.string(), url: z.string() }) }),
  ),
  samples: z.array(z.number()),
  timeDeltas: z.array(z.number()),
});

const SHOWN = 8;

/** The functions of our reader that the processor is in, most time first, with the collecting of garbage. */
async function limits(standard: EdiStandard, file: string): Promise<string> {
  const folder = join(home, "profile");
  rmSync(folder, { recursive: true, force: true });
  await read(standard, "Gluey", file, WARM_S, ["--cpu-prof", `--cpu-prof-dir=${folder}`]);
  const [name = ""] = readdirSync(folder);
  const profile = Profile.parse(JSON.parse(readFileSync(join(folder, name), "utf8")));
  const places = new Map(
    profile.nodes.flatMap(({ id, callFrame }) => {
      const [, path] = /workers\/domain\/edi\/(.*)$/u.exec(callFrame.url) ?? [];
      if (path !== undefined) return [[id, `\`${callFrame.functionName || "(anonymous)"}\`, ${path}`]];
      return callFrame.functionName === "(garbage collector)" ? [[id, "collecting garbage"]] : [];
    }),
  );
  const shares = new Map<string, number>();
  let total = 0;
  for (const [i, id] of profile.samples.entries()) {
    const place = places.get(id);
    if (place === undefined) continue;
    const time = profile.timeDeltas[i] ?? 0;
    shares.set(place, (shares.get(place) ?? 0) + time);
    total += time;
  }
  return [...shares]
    .sort(([, a], [, b]) => b - a)
    .slice(0, SHOWN)
    .map(([place, time]) => `- ${Math.round((100 * time) / total)} %: ${place}`)
    .join("\n");
}
