import { createHmac } from "node:crypto";
import { readFileSync } from "node:fs";
import { open } from "node:fs/promises";
import { basename, join } from "node:path";
import { getHeapStatistics } from "node:v8";
import { isMainThread } from "node:worker_threads";
import { carriers } from "../../workers/carriers/registry.ts";
import type { Context, InboxCalls } from "../../workers/context.ts";
import { SftpWaySettings } from "../../workers/domain/connection.ts";
import { collectFiles } from "../../workers/flow/collect.ts";
import { receivePush } from "../../workers/flow/receive.ts";
import type { Sftp } from "../../workers/outside/sftp.ts";
import { openVersion } from "../../workers/storage/open-connection.ts";
import { ediNumber, type Manifest, type Sent, sandboxNumber } from "./inbox-files.ts";
import { LocalHub } from "./local-hub.ts";

/**
 * What inboxes hold in memory: `inbox-memory.ts FOLDER SCENARIO…` reads the files that inbox-files.ts wrote into FOLDER,
 * all scenarios at the same time, with the product's own code in this one process. Databases, files and the carriers'
 * servers are outside of its memory, as they are on Cloudflare. The last line that is printed is JSON of `Measured`.
 */

export const SCENARIOS = ["file", "large_push", "pushes"] as const;
export type Scenario = (typeof SCENARIOS)[number];

export interface Measured {
  /** Bytes of the heap and of what belongs to it outside: before the work, and at most. */
  before: number;
  peak: number;
  peak_heap: number;
  peak_external: number;
  /** The most that was seen before garbage was collected, and how often it had to be because memory became scarce. */
  with_garbage: number;
  collections: number;
  seconds: number;
  /** Processor time of the longest stretch in which nothing else had its turn, ms. */
  longest_stretch_ms: number;
  /** How long small pushes took into the inbox that reads the large one, ms; empty without that scenario. */
  accepts_ms: number[];
  /** Events in the timelines of each scenario's account. */
  events: Partial<Record<Scenario, number>>;
  waiting: number;
  unreadable: number;
}

const SECRET = "a secret of the sandbox";
const SMALL_PUSHES = 400;
const SMALL_PUSH_EVERY_MS = 20;
const SAMPLE_EVERY_MS = 5;
/** All has to be there after so long. */
const PATIENCE_MS = 60_000;
/** From here on garbage is collected before it counts, as an isolate does that comes near its limit. */
const COLLECTED_FROM = 80_000_000;

/** Heap, and what belongs to it outside (array buffers included). */
function memory(): { heap: number; external: number } {
  const { used_heap_size: heap, external_memory: external } = getHeapStatistics();
  return { heap, external };
}

/** Twice: what array buffers held is given back while the program goes on, and only the next collection waits for it. */
function collect(): void {
  globalThis.gc?.();
  globalThis.gc?.();
}

class Meter {
  peak = { heap: 0, external: 0 };
  with_garbage = 0;
  collections = 0;
  longest_ms = 0;
  #running = false;
  #cpu = 0;

  start(): void {
    this.#running = true;
    this.#cpu = cpuMs();
    this.#beat();
  }

  stop(): void {
    this.#running = false;
  }

  readonly sample = (): void => {
    if (!this.#running) return;
    let used = memory();
    this.with_garbage = Math.max(this.with_garbage, used.heap + used.external);
    if (used.heap + used.external > COLLECTED_FROM) {
      const began = cpuMs();
      collect();
      this.collections += 1;
      this.#cpu += cpuMs() - began;
      used = memory();
    }
    if (used.heap + used.external > this.peak.heap + this.peak.external) this.peak = used;
  };

  readonly #beat = (): void => {
    if (!this.#running) return;
    this.sample();
    const now = cpuMs();
    this.longest_ms = Math.max(this.longest_ms, now - this.#cpu);
    this.#cpu = now;
    setTimeout(this.#beat, SAMPLE_EVERY_MS);
  };
}

/** Of this thread, so that what else runs on the machine does not count. */
function cpuMs(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}

const meter = new Meter();
// The most is there while a portion is read: between two samples of the timer.
for (const carrier of carriers) {
  const { harmonize } = carrier;
  carrier.harmonize = (document, context) => {
    const read = harmonize(document, context);
    meter.sample();
    return read;
  };
}

/** Bytes of a file, read as they are asked for. */
function streamOf(path: string, from: number, length: number): ReadableStream<Uint8Array> {
  const file = open(path);
  let at = from;
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      const chunk = new Uint8Array(Math.min(65_536, from + length - at));
      const { bytesRead } = await (await file).read(chunk, 0, chunk.length, at);
      at += bytesRead;
      if (bytesRead > 0) controller.enqueue(chunk.subarray(0, bytesRead));
      if (at < from + length && bytesRead > 0) return;
      await (await file).close();
      controller.close();
    },
  });
}

/** A carrier's server with one file in its folder. */
class FolderOf implements Sftp {
  readonly #sent: Sent;
  /** Where the file was moved to. */
  movedTo: string | null = null;

  constructor(sent: Sent) {
    this.#sent = sent;
  }

  run: Sftp["run"] = (_target, work) => {
    const { path, bytes } = this.#sent;
    return work({
      list: async () => ({
        files: this.movedTo === null ? [{ name: basename(path), size: bytes, mtime_ms: 1 }] : [],
        truncated: false,
      }),
      read: async (_path, range) => streamOf(path, range?.offset ?? 0, range?.length ?? bytes),
      write: async (_path, body) => ({ size: body.length, sha256: "", already: false }),
      move: async (_from, to) => {
        this.movedTo = to;
      },
      remove: async () => {},
      close: async () => {},
    });
  };
}

/** An inbox is reached by RPC: what it gets is a copy, made while the caller still holds its own. */
function byRpc(inbox: InboxCalls): InboxCalls {
  return {
    ...inbox,
    accept: async (version, document) => {
      const copy = structuredClone(document);
      await new Promise((resume) => setImmediate(resume));
      return inbox.accept(version, copy);
    },
  };
}

async function signed(path: string): Promise<string> {
  const seconds = Math.floor(Date.now() / 1000);
  const hmac = createHmac("sha256", SECRET).update(`${seconds}.`);
  for await (const chunk of streamOf(path, 0, Number.MAX_SAFE_INTEGER)) hmac.update(chunk);
  return `t=${seconds},v1=${hmac.digest("hex")}`;
}

async function pushFile(
  ctx: Context,
  connection: string,
  { path, bytes }: Sent,
  signature: string,
): Promise<void> {
  const answer = await receivePush(
    ctx,
    "sandbox",
    connection,
    new Request(`https://hub.example/carriers/sandbox/webhook/${connection}`, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        "content-length": String(bytes),
        "x-sandbox-signature": signature,
      },
      body: streamOf(path, 0, bytes),
      ...{ duplex: "half" },
    }),
  );
  if (answer.status !== 202)
    throw new Error(`A push was answered with ${answer.status}: ${await answer.text()}`);
}

/** A scenario's connection is ready, and its numbers are registered. */
interface Ready {
  account: string;
  connection: string;
  run(): Promise<void>;
}

const numbersOf = (push: Sent) =>
  Array.from({ length: push.shipments }, (_, nth) => sandboxNumber(basename(push.path, ".json"), nth));

async function readyFile(hub: LocalHub, ctx: Context, { edi }: Manifest, folder: FolderOf): Promise<Ready> {
  const [account, carrier_id] = ["file", "dsv"];
  const way = SftpWaySettings.parse({
    host: "files.example",
    username: "u",
    host_key_sha256: "x".repeat(43),
    directory: "out",
  });
  await hub.addAccount(account);
  const connection = await hub.addConnection(carrier_id, account, { sftp: way }, { sftp_password: "p" });
  await hub.register(
    account,
    carrier_id,
    Array.from({ length: edi.shipments }, (_, nth) => ediNumber(nth)),
  );
  const run = async () => {
    const carrier = carriers.find(({ id }) => id === carrier_id);
    const opened = await openVersion(ctx.control, ctx.vault, connection);
    if (carrier === undefined || opened === null) throw new Error("There is no connection.");
    while (folder.movedTo === null) {
      const end = await collectFiles(ctx, carrier, opened.connection, way);
      if (end.kind === "failed" || (end.kind === "done" && end.error !== undefined))
        throw new Error(end.error ?? "The folder can't be read.");
      await ctx.wait(200);
    }
    if (!folder.movedTo.includes("done/")) throw new Error(`The file was moved to ${folder.movedTo}.`);
  };
  return { account, connection, run };
}

async function readyPushes(
  hub: LocalHub,
  ctx: Context,
  account: string,
  pushes: readonly Sent[],
): Promise<Ready> {
  await hub.addAccount(account);
  const connection = await hub.addConnection("sandbox", account, { webhook: {} }, { webhook_secret: SECRET });
  await hub.register(account, "sandbox", pushes.flatMap(numbersOf));
  const signatures = await Promise.all(pushes.map(({ path }) => signed(path)));
  const run = async () => {
    await Promise.all(pushes.map((push, nth) => pushFile(ctx, connection, push, signatures[nth] ?? "")));
  };
  return { account, connection, run };
}

/** The large push, with small ones into the same inbox while that reads it. */
async function readyLarge(
  hub: LocalHub,
  ctx: Context,
  { large }: Manifest,
  accepts_ms: number[],
): Promise<Ready> {
  const ready = await readyPushes(hub, ctx, "large_push", [large]);
  const { account, connection } = ready;
  await hub.register(
    account,
    "sandbox",
    Array.from({ length: SMALL_PUSHES }, (_, nth) => sandboxNumber("SMALL", nth)),
  );
  const opened = await openVersion(ctx.control, ctx.vault, connection);
  const inbox = ctx.inboxOf(connection, 0);
  const one = async (nth: number) => {
    const body = JSON.stringify({
      tracking: [
        {
          tracking_number: sandboxNumber("SMALL", nth),
          events: [{ code: "PICKED_UP", time: "2026-03-14T08:00:00Z" }],
        },
      ],
    });
    const began = performance.now();
    await inbox.accept(opened?.version ?? null, {
      carrier_id: "sandbox",
      source: "webhook",
      body: new TextEncoder().encode(body),
      content_type: "application/json",
      received_at: ctx.now(),
      http_status: null,
      asked: [],
      file_name: null,
    });
    accepts_ms.push(performance.now() - began);
  };
  const run = async () => {
    await ready.run();
    for (let nth = 0; nth < SMALL_PUSHES; nth++) {
      await Promise.all([one(nth), ctx.wait(SMALL_PUSH_EVERY_MS)]);
      const { waiting } = await inbox.report();
      if (waiting === 0) break;
    }
  };
  return { account, connection, run };
}

async function measure(folder: string, scenarios: readonly Scenario[]): Promise<Measured> {
  const manifest: Manifest = JSON.parse(readFileSync(join(folder, "manifest.json"), "utf8"));
  const server = new FolderOf(manifest.edi);
  const hub = new LocalHub({ sftp: server, onDatabaseCall: meter.sample });
  const ctx = { ...hub.ctx, inboxOf: (id: string, lane: number) => byRpc(hub.inboxes.of(id, lane)) };
  const accepts_ms: number[] = [];
  const make: Record<Scenario, () => Promise<Ready>> = {
    file: () => readyFile(hub, ctx, manifest, server),
    large_push: () => readyLarge(hub, ctx, manifest, accepts_ms),
    pushes: () => readyPushes(hub, ctx, "pushes", manifest.pushes),
  };
  const ready: Ready[] = [];
  for (const scenario of scenarios) ready.push(await make[scenario]());
  collect();
  const before = memory();
  const began = performance.now();
  meter.start();
  await Promise.all(ready.map(({ run }) => run()));
  let reports = await reportsOf(ctx, ready);
  while (reports.some(({ waiting }) => waiting > 0) && performance.now() - began < PATIENCE_MS) {
    await ctx.wait(50);
    reports = await reportsOf(ctx, ready);
  }
  meter.stop();
  const seconds = (performance.now() - began) / 1000;
  const events = await eventsOf(hub);
  await hub.close();
  return {
    before: before.heap + before.external,
    peak: meter.peak.heap + meter.peak.external,
    peak_heap: meter.peak.heap,
    peak_external: meter.peak.external,
    with_garbage: meter.with_garbage,
    collections: meter.collections,
    seconds,
    longest_stretch_ms: meter.longest_ms,
    accepts_ms,
    events,
    waiting: reports.reduce((sum, { waiting }) => sum + waiting, 0),
    unreadable: reports.reduce((sum, { unreadable }) => sum + unreadable, 0),
  };
}

function reportsOf(ctx: Context, ready: readonly Ready[]) {
  return Promise.all(ready.map(({ connection }) => ctx.inboxOf(connection, 0).report()));
}

async function eventsOf(hub: LocalHub): Promise<Measured["events"]> {
  const { results } = await hub.shard
    .prepare("SELECT tenant_id, count(*) AS n FROM events GROUP BY tenant_id")
    .all<{ tenant_id: string; n: number }>();
  return Object.fromEntries(results.map(({ tenant_id, n }) => [tenant_id.replace(/\.test$/u, ""), n]));
}

if (import.meta.main && isMainThread) {
  const [folder = "", ...scenarios] = process.argv.slice(2);
  const say = console.log;
  // The Worker's own lines, but for what did not go as it should.
  console.log = (line: unknown) => {
    if (String(line).includes('"level":"warn"')) console.error(line);
  };
  const wanted = SCENARIOS.filter((one) => scenarios.includes(one));
  say(JSON.stringify(await measure(folder, wanted)));
}
