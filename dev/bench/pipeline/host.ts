import { readFileSync } from "node:fs";
import { stripTypeScriptTypes } from "node:module";
import { basename } from "node:path";
import { convertV4MiniflareOptions, Log, LogLevel, Miniflare, type V4WorkerOptions } from "miniflare";
import { z } from "zod";

/**
 * `node host.ts SETTINGS`: one Worker in a workerd of its own, behind a socket that workerd itself listens on. Fires the
 * cron trigger at the given interval, because nothing else does so locally. SIGTERM ends it.
 */
export const HostSettings = z.object({
  /** The Worker's only module; the types of a `.ts` are taken out. */
  script: z.string(),
  /** As wrangler reads them, or as the bench wants them. */
  worker: z.custom<Omit<V4WorkerOptions, "modules" | "script" | "scriptPath">>(
    (value) => typeof value === "object" && value !== null,
  ),
  variables: z.record(z.string(), z.string()),
  persistence: z.string(),
  /** Any free one: nothing is asked there. */
  port: z.number().int(),
  direct_port: z.number().int(),
  inspector_port: z.number().int(),
  /** Null: no ticks. */
  tick_ms: z.number().nullable(),
});
export type HostSettings = z.infer<typeof HostSettings>;
const Variables = z.record(z.string(), z.json());

async function host(settings: HostSettings): Promise<void> {
  const { script, worker, variables, port, direct_port, inspector_port, tick_ms } = settings;
  const text = readFileSync(script, "utf8");
  const miniflare = new Miniflare(
    convertV4MiniflareOptions({
      host: "127.0.0.1",
      port,
      resourcePersistencePath: settings.persistence,
      // Otherwise it asks the network where it is.
      cf: false,
      log: new Log(LogLevel.ERROR),
      telemetry: { enabled: false },
      inspectorPort: inspector_port,
      workers: [
        {
          ...worker,
          unsafeDirectSockets: [{ host: "127.0.0.1", port: direct_port }],
          bindings: { ...Variables.parse(worker.bindings ?? {}), ...variables },
          modules: [
            {
              type: "ESModule",
              path: `${basename(script, script.endsWith(".ts") ? ".ts" : ".js")}.js`,
              contents: script.endsWith(".ts") ? stripTypeScriptTypes(text) : text,
            },
          ],
          modulesRoot: ".",
        },
      ],
    }),
  );
  await miniflare.ready;
  let ending = false;
  process.on("SIGTERM", async () => {
    ending = true;
    await miniflare.dispose();
    process.exit(0);
  });
  process.stdout.write(`${JSON.stringify({ ready: true })}\n`);
  if (tick_ms === null) return;
  const ticked = await miniflare.getWorker();
  const tick = async () => {
    await ticked
      .scheduled({ cron: "* * * * *" })
      .catch((cause: unknown) => void process.stderr.write(`tick: ${String(cause)}\n`));
    if (!ending) setTimeout(tick, tick_ms);
  };
  setTimeout(tick, tick_ms);
}

if (import.meta.main) {
  const path = process.argv[2];
  if (path === undefined) throw new Error("Name the file with the settings: node host.ts SETTINGS.");
  await host(HostSettings.parse(JSON.parse(readFileSync(path, "utf8"))));
}
