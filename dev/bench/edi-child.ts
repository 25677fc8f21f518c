import { readFileSync, statSync, writeFileSync } from "node:fs";
import { READERS } from "./edi-readers.ts";

/**
 * One reader, one file, in a process of its own: `edi-child.ts STANDARD READER FILE HOME SECONDS`. Reads the file again
 * and again until so much processor time has passed, so that each reader is as warm as the others; at least twice, or
 * once where SECONDS is 0. Tells its parent what it found, how long the first and the best later pass took, and how far
 * memory rose in the first pass above what it was before. `live` for SECONDS: one pass that collects garbage on the
 * way, and tells how far the heap that is in use rose.
 */

const [standard = "", name = "", file = "", home = "", seconds = "0"] = process.argv.slice(2);
if (standard !== "edifact" && standard !== "x12") throw new Error(`No standard ${standard}.`);
const reader = READERS[standard].find((one) => one.name === name);
if (reader === undefined) throw new Error(`No reader ${name} for ${standard}.`);

function heapInUse(): number {
  globalThis.gc?.();
  return process.memoryUsage().heapUsed;
}

let events = 0;
let digest = 0;
let live = 0;
let heapBefore = 0;
/** Count and checksum of what was told: the same from every reader, or it did not do the work. */
function tell(number: string, code: string, time: string): void {
  events++;
  if (seconds === "live" && events % 20_000 === 0) live = Math.max(live, heapInUse() - heapBefore);
  const text = `${number} ${code} ${time}`;
  for (let i = 0; i < text.length; i++) digest = (Math.imul(digest, 31) + text.charCodeAt(i)) | 0;
}

/** KB as the kernel counts them for this process. */
function memory(field: "VmRSS" | "VmHWM"): number {
  const line = new RegExp(`^${field}:\\s+(\\d+) kB`, "mu").exec(readFileSync("/proc/self/status", "latin1"));
  return Number(line?.[1] ?? 0);
}

const read = reader.load(home, standard);
// Chatter of a library is no part of its work.
const say = console.log;
const silent = () => undefined;
Object.assign(console, { log: silent, info: silent, warn: silent, error: silent });

heapBefore = heapInUse();
// The kernel counts the highest memory anew from here on.
writeFileSync("/proc/self/clear_refs", "5");
const idle = memory("VmRSS");
const times: number[] = [];
let peak = 0;
let spent = 0;
do {
  events = 0;
  digest = 0;
  // Processor time of this thread, so that what else runs on the machine does not count.
  const started = process.threadCpuUsage();
  await read(file, tell);
  const { user, system } = process.threadCpuUsage(started);
  times.push((user + system) / 1000);
  spent += (user + system) / 1e6;
  if (times.length === 1) peak = memory("VmHWM");
} while (Number(seconds) > 0 && (times.length < 2 || spent < Number(seconds)));
const [first = 0, ...later] = times;
say(
  JSON.stringify({
    events,
    digest,
    megabytes: statSync(file).size / 1e6,
    first_ms: first,
    warm_ms: later.length === 0 ? first : Math.min(...later),
    memory_mb: Math.max(0, peak - idle) / 1024,
    live_mb: live / 1_048_576,
  }),
);
