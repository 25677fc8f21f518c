import { readFileSync } from "node:fs";
import { stripTypeScriptTypes } from "node:module";
import { join } from "node:path";
import { convertV4MiniflareOptions, Log, LogLevel, Miniflare, type V4WorkerOptions } from "miniflare";
import { z } from "zod";

/**
 * `node host.ts SETTINGS`: the bundled Worker and the bare one in one workerd, on the same D1 file, each behind a socket
 * of its own that workerd itself listens on. SIGTERM ends it. No cron and no queue consumers; inboxes process what they accept.
 */
const Settings = z.object({
  /** What `wrangler deploy --dry-run --outdir` wrote. */
  bundle: z.string(),
  /** The bindings of wrangler.toml as wrangler reads them. */
  worker: z.custom<Omit<V4WorkerOptions, "modules" | "script" | "scriptPath">>(
    (value) => typeof value === "object" && value !== null,
  ),
  /** As the Worker's, for the bare one. */
  compatibility_date: z.string(),
  /** Of the Worker's database, which is the bare Worker's too. */
  database_id: z.string(),
  persistence: z.string(),
  variables: z.record(z.string(), z.string()),
  /** Any free one: nothing is asked there. */
  port: z.number().int(),
  gluey_port: z.number().int(),
  bare_port: z.number().int(),
  inspector_port: z.number().int().optional(),
});
const Variables = z.record(z.string(), z.json());

const path = process.argv[2];
if (path === undefined) throw new Error("Name the file with the settings: node host.ts SETTINGS.");
const settings = Settings.parse(JSON.parse(readFileSync(path, "utf8")));
const script = join(settings.bundle, "index.js");
const bare = readFileSync(new URL("./bare-worker.ts", import.meta.url), "utf8");
const socket = (port: number) => ({ unsafeDirectSockets: [{ host: "127.0.0.1", port }] });

const miniflare = new Miniflare(
  convertV4MiniflareOptions({
    host: "127.0.0.1",
    port: settings.port,
    resourcePersistencePath: settings.persistence,
    cf: false,
    log: new Log(LogLevel.ERROR),
    telemetry: { enabled: false },
    inspectorPort: settings.inspector_port,
    workers: [
      {
        ...settings.worker,
        ...socket(settings.gluey_port),
        name: "gluey-tracking",
        bindings: { ...Variables.parse(settings.worker.bindings ?? {}), ...settings.variables },
        modules: [{ type: "ESModule", path: script, contents: readFileSync(script, "utf8") }],
        modulesRoot: settings.bundle,
      },
      {
        ...socket(settings.bare_port),
        name: "bare",
        compatibilityDate: settings.compatibility_date,
        d1Databases: { DB: { id: settings.database_id } },
        queueProducers: { DOCUMENTS: { queueName: "bare" } },
        modules: [{ type: "ESModule", path: "bare.js", contents: stripTypeScriptTypes(bare) }],
        modulesRoot: ".",
      },
    ],
  }),
);
await miniflare.ready;
process.stdout.write(`${JSON.stringify({ ready: true })}\n`);
process.on("SIGTERM", async () => {
  await miniflare.dispose();
  process.exit(0);
});
