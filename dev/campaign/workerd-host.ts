import { readFileSync } from "node:fs";
import { join } from "node:path";
import { convertV4MiniflareOptions, Log, LogLevel, Miniflare, type V4WorkerOptions } from "miniflare";
import { z } from "zod";

/**
 * `node workerd-host.ts SETTINGS`: the bundled Worker in workerd, without the proxy of `wrangler dev`, which does not
 * survive the death of its workerd. It is the head of a process group that can be killed as a whole at any moment and
 * started again on the same directory. SIGTERM ends it in peace, as a deploy does. Fires the cron trigger itself, so that
 * the ticks die with it, each of which it announces in a line.
 */
const Settings = z.object({
  /** What `wrangler deploy --dry-run --outdir` wrote. */
  bundle: z.string(),
  /** The bindings of wrangler.toml as wrangler reads them: read once by the parent, for loading wrangler takes a second. */
  worker: z.custom<Omit<V4WorkerOptions, "modules" | "script" | "scriptPath">>(
    (value) => typeof value === "object" && value !== null,
  ),
  /** Where D1 and the Durable Objects lie. */
  persistence: z.string(),
  port: z.number().int(),
  variables: z.record(z.string(), z.string()),
  tick_ms: z.number(),
  /** The first tick comes late: what happens before it, the Durable Objects' own alarms did. */
  first_tick_ms: z.number(),
});

const Variables = z.record(z.string(), z.json());

const path = process.argv[2];
if (path === undefined) throw new Error("Name the file with the settings: node workerd-host.ts SETTINGS.");
const settings = Settings.parse(JSON.parse(readFileSync(path, "utf8")));
const script = join(settings.bundle, "index.js");

const miniflare = new Miniflare(
  convertV4MiniflareOptions({
    host: "127.0.0.1",
    port: settings.port,
    resourcePersistencePath: settings.persistence,
    // Otherwise it asks the network where it is.
    cf: false,
    log: new Log(LogLevel.ERROR),
    telemetry: { enabled: false },
    workers: [
      {
        ...settings.worker,
        name: "gluey-tracking",
        bindings: { ...Variables.parse(settings.worker.bindings ?? {}), ...settings.variables },
        modules: [{ type: "ESModule", path: script, contents: readFileSync(script, "utf8") }],
        modulesRoot: settings.bundle,
      },
    ],
  }),
);
await miniflare.ready;
process.stdout.write(`${JSON.stringify({ ready: true, at: Date.now() })}\n`);

let ending = false;
process.on("SIGTERM", async () => {
  ending = true;
  await miniflare.dispose();
  process.exit(0);
});

const worker = await miniflare.getWorker();
const tick = async () => {
  process.stdout.write(`${JSON.stringify({ tick: Date.now() })}\n`);
  await worker
    .scheduled({ cron: "* * * * *" })
    .catch((cause: unknown) => void process.stderr.write(`tick: ${String(cause)}\n`));
  if (!ending) setTimeout(tick, settings.tick_ms);
};
setTimeout(tick, settings.first_tick_ms);
