import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { unstable_readConfig } from "wrangler";
import { z } from "zod";
import { accountOf, lookFor, mustSay, type Wrangler } from "./deploy/account.ts";
import { carryOut } from "./deploy/carry-out.ts";
import { hostsOfRoutes, NO_DATABASE_ID, planOf, type Wanted, wordsOf } from "./deploy/plan.ts";
import { SECRET_NAMES } from "./deploy/secrets.ts";

/**
 * `npm run deploy [-- --dry-run] [--location weur] [--jurisdiction eu]`: looks what the Cloudflare account has of what
 * wrangler.toml names, creates the rest, migrates, deploys and looks whether it is up. Safe to run again.
 */
const root = join(import.meta.dirname, "..");
const say = (line: string) => void process.stdout.write(`${line}\n`);

const Queue = z.object({ queue: z.string(), dead_letter_queue: z.string().optional() });
const Route = z.union([z.string(), z.object({ pattern: z.string() })]);
const Configuration = z.object({
  name: z.string(),
  d1_databases: z.tuple([z.object({ database_name: z.string(), database_id: z.string() })]),
  queues: z.object({ producers: z.array(Queue).default([]), consumers: z.array(Queue).default([]) }),
  route: Route.optional(),
  routes: z.array(Route).default([]),
});

try {
  const { values } = parseArgs({
    options: {
      "dry-run": { type: "boolean", default: false },
      location: { type: "string" },
      jurisdiction: { type: "string" },
    },
  });
  const wanted = wantedOf();
  const choices = { location: values.location, jurisdiction: values.jurisdiction };
  if (values["dry-run"]) showPlan();
  else {
    const account_id = accountOf(wrangler, process.env);
    const found = lookFor(wanted, wrangler, hasDocker());
    const steps = planOf(wanted, found, choices);
    validateBundle();
    await carryOut(steps, wanted, found, { root, account_id, wrangler, fetch, say });
  }

  function showPlan(): void {
    say("What a deployment to an empty account would do; what is there already is left out.\n");
    say("Look what there is:");
    for (const args of [
      ["whoami", "--json"],
      ["d1", "list", "--json"],
      ...wanted.queues.map((queue) => ["queues", "info", queue]),
      ["secret", "list", "--name", wanted.worker, "--format", "json"],
    ]) {
      say(`  npx wrangler ${args.join(" ")}`);
    }
    say("\nDo:");
    const { id } = wanted.database;
    const database_id = id === NO_DATABASE_ID ? null : id;
    const nothing = { database_id, queues: [], secrets: [], docker: hasDocker() };
    for (const step of planOf(wanted, nothing, choices)) say(`  ${wordsOf(step)}\n      ${step.why}`);
    say("");
    validateBundle();
    say("Nothing was changed.");
  }
} catch (cause) {
  process.stderr.write(`${cause instanceof Error ? cause.message : String(cause)}\n`);
  process.exitCode = 1;
}

function wantedOf(): Wanted {
  const read = unstable_readConfig({ config: join(root, "wrangler.toml") }, { hideWarnings: true });
  const { name, d1_databases, queues, route, routes } = Configuration.parse(read);
  const [{ database_name, database_id }] = d1_databases;
  const named = [...queues.producers, ...queues.consumers].flatMap((one) => [
    one.queue,
    ...(one.dead_letter_queue === undefined ? [] : [one.dead_letter_queue]),
  ]);
  return {
    worker: name,
    database: { name: database_name, id: database_id },
    queues: [...new Set(named)],
    secrets: [...SECRET_NAMES],
    hosts: hostsOfRoutes(route === undefined ? routes : [route, ...routes]),
  };
}

/** Bundles the Worker as a deployment would, without Docker and without an account. Throws when it can't be. */
function validateBundle(): void {
  const outdir = mkdtempSync(join(tmpdir(), "gluey-bundle-"));
  try {
    const args = ["deploy", "--dry-run", "--containers-rollout=none", "--outdir", outdir];
    say(`→ npx wrangler ${args.slice(0, 3).join(" ")}`);
    const { stdout } = mustSay(wrangler, args);
    for (const line of stdout.split("\n"))
      if (/^(Total Upload|env\.)/u.test(line.trim())) say(`  ${line.trim()}`);
    const bytes = readdirSync(outdir).reduce((sum, name) => sum + statSync(join(outdir, name)).size, 0);
    say(`  The bundle is good: ${Math.round(bytes / 1024)} KiB with its source map.\n`);
  } finally {
    rmSync(outdir, { recursive: true, force: true });
  }
}

function hasDocker(): boolean {
  return spawnSync("docker", ["info"], { stdio: "ignore" }).status === 0;
}

function wrangler(...[args]: Parameters<Wrangler>): ReturnType<Wrangler> {
  const said = spawnSync(
    process.execPath,
    [join(root, "node_modules", "wrangler", "bin", "wrangler.js"), ...args],
    {
      cwd: root,
      encoding: "utf8",
      env: { ...process.env, WRANGLER_SEND_METRICS: "false", NO_COLOR: "1", CI: "1" },
      maxBuffer: 64 * 1024 * 1024,
    },
  );
  return { code: said.status ?? 1, stdout: said.stdout, stderr: said.stderr };
}
