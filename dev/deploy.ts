import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline/promises";
import { parseArgs } from "node:util";
import { unstable_readConfig } from "wrangler";
import { z } from "zod";
import { accountOf, lookFor, mustSay, type Wrangler } from "./deploy/account.ts";
import { carryOut, type Done } from "./deploy/carry-out.ts";
import { ENVIRONMENTS, type Environment, isEnvironment, NO_DATABASE_ID } from "./deploy/environments.ts";
import {
  type Choices,
  type Found,
  hostsIn,
  hostsOfRoutes,
  JURISDICTIONS,
  type Jurisdiction,
  LOCATIONS,
  type Location,
  planOf,
  type Wanted,
  wordsOf,
} from "./deploy/plan.ts";
import { rollBack } from "./deploy/rollback.ts";
import { SECRET_NAMES } from "./deploy/secrets.ts";

/**
 * `npm run deploy -- --env staging|production [--dry-run] [--jurisdiction eu|us|fedramp|none]
 * [--location weur|eeur|enam|wnam|apac|oc] [--rollback [--version ID]]`: looks what the Cloudflare account has of what wrangler.toml names for the environment,
 * creates the rest, migrates, deploys and looks whether it is up. Safe to run again.
 */
const root = join(import.meta.dirname, "..");
const say = (line: string) => void process.stdout.write(`${line}\n`);

const Queue = z.object({ queue: z.string(), dead_letter_queue: z.string().optional() });
const Route = z.union([z.string(), z.object({ pattern: z.string() })]);
const Configuration = z.object({
  name: z.string(),
  vars: z.object({
    OWN_HOSTS: z.string().default(""),
    JURISDICTION: z.string().default(""),
    LOCATION_HINT: z.string().default(""),
  }),
  d1_databases: z.array(
    z.object({ binding: z.string(), database_name: z.string(), database_id: z.string() }),
  ),
  r2_buckets: z.array(z.object({ bucket_name: z.string() })).default([]),
  queues: z.object({ producers: z.array(Queue).default([]), consumers: z.array(Queue).default([]) }),
  route: Route.optional(),
  routes: z.array(Route).default([]),
});

try {
  await deploy();
} catch (cause) {
  process.stderr.write(`${cause instanceof Error ? cause.message : String(cause)}\n`);
  process.exitCode = 1;
}

async function deploy(): Promise<void> {
  const { values } = parseArgs({
    options: {
      env: { type: "string" },
      "dry-run": { type: "boolean", default: false },
      rollback: { type: "boolean", default: false },
      version: { type: "string" },
      location: { type: "string" },
      jurisdiction: { type: "string" },
    },
  });
  const wanted = wantedOf(environmentNamed(values.env));
  const choices: Choices = {
    location: locationNamed(values.location),
    jurisdiction: jurisdictionNamed(values.jurisdiction),
  };
  if (values["dry-run"]) return showPlan(wanted, choices);
  const account_id = accountOf(wrangler, process.env);
  const around = { root, account_id, wrangler, fetch, say };
  if (values.rollback) return rollBack(wanted, values.version, addressKnown(wanted), around);
  const found = lookFor(wanted, wrangler, hasDocker());
  const steps = planOf(wanted, found, { ...choices, jurisdiction: await askedFor(wanted, found, choices) });
  validateBundle(wanted.environment);
  tell(wanted, await carryOut(steps, wanted, found, around));
}

function environmentNamed(word: string | undefined): Environment {
  if (word !== undefined && isEnvironment(word)) return word;
  throw new Error(`Say where to: npm run deploy -- --env ${ENVIRONMENTS.join("|")} [--dry-run].`);
}

function jurisdictionNamed(word: string | undefined): Jurisdiction | null {
  if (word === undefined) return null;
  const known = JURISDICTIONS.find((one) => one === word);
  if (known === undefined) throw new Error(`--jurisdiction is ${JURISDICTIONS.join(", ")}; not ${word}.`);
  return known;
}

function locationNamed(word: string | undefined): Location | undefined {
  if (word === undefined) return undefined;
  const known = LOCATIONS.find((one) => one === word);
  if (known === undefined) throw new Error(`--location is ${LOCATIONS.join(", ")}; not ${word}.`);
  return known;
}

/** Asks a person at a terminal where the data must stay, when it is about to be created; others say it by --jurisdiction. */
async function askedFor(wanted: Wanted, found: Found, choices: Choices): Promise<Jurisdiction | null> {
  const creates = wanted.databases.some(
    ({ name, id }) => id === NO_DATABASE_ID && !(name in found.database_ids),
  );
  if (choices.jurisdiction !== null || wanted.jurisdiction !== "" || !creates || !process.stdin.isTTY)
    return choices.jurisdiction;
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  try {
    const answer = await terminal.question(
      `Where must the data of ${wanted.environment} stay? It can never be changed. (${JURISDICTIONS.join(", ")}) `,
    );
    return jurisdictionNamed(answer.trim().toLowerCase());
  } finally {
    terminal.close();
  }
}

function showPlan(wanted: Wanted, choices: Choices): void {
  say(
    `What a deployment of ${wanted.environment} to an empty account would do; what is there already is left out.\n`,
  );
  say("Look what there is:");
  for (const args of [
    ["whoami", "--json"],
    ["d1", "list", "--json"],
    ...wanted.buckets.map((bucket) => ["r2", "bucket", "info", bucket, "--json"]),
    ...wanted.queues.map((queue) => ["queues", "info", queue]),
    ["secret", "list", "--name", wanted.worker, "--format", "json"],
  ]) {
    say(`  npx wrangler ${args.join(" ")}`);
  }
  say("\nDo:");
  const named = wanted.databases.filter(({ id }) => id !== NO_DATABASE_ID);
  const database_ids = Object.fromEntries(named.map(({ name, id }) => [name, id]));
  const nothing = { database_ids, buckets: [], queues: [], secrets: [], docker: hasDocker() };
  const jurisdiction = choices.jurisdiction ?? "none";
  if (choices.jurisdiction === null && wanted.jurisdiction === "" && named.length === 0)
    say(
      "  ask where the data must stay (--jurisdiction eu, us, fedramp or none)\n      it can never be changed",
    );
  for (const step of planOf(wanted, nothing, { ...choices, jurisdiction }))
    say(`  ${wordsOf(step)}\n      ${step.why}`);
  say("");
  validateBundle(wanted.environment);
  say("Nothing was changed.");
}

function wantedOf(environment: Environment): Wanted {
  const read = unstable_readConfig(
    { config: join(root, "wrangler.toml"), env: environment },
    { hideWarnings: true },
  );
  const { name, vars, d1_databases, r2_buckets, queues, route, routes } = Configuration.parse(read);
  const named = [...queues.producers, ...queues.consumers].flatMap((one) => [
    one.queue,
    ...(one.dead_letter_queue === undefined ? [] : [one.dead_letter_queue]),
  ]);
  return {
    environment,
    worker: name,
    databases: d1_databases.map((one) => ({
      binding: one.binding,
      name: one.database_name,
      id: one.database_id,
    })),
    buckets: r2_buckets.map(({ bucket_name }) => bucket_name),
    queues: [...new Set(named)],
    secrets: [...SECRET_NAMES],
    hosts: hostsOfRoutes(route === undefined ? routes : [route, ...routes]),
    jurisdiction: vars.JURISDICTION,
    location: vars.LOCATION_HINT,
  };
}

/** The workers.dev address that an earlier deployment wrote down. */
function addressKnown(wanted: Wanted): string | null {
  const read = unstable_readConfig(
    { config: join(root, "wrangler.toml"), env: wanted.environment },
    { hideWarnings: true },
  );
  const host = hostsIn(Configuration.parse(read).vars.OWN_HOSTS).find((one) => one.endsWith(".workers.dev"));
  return host === undefined ? null : `https://${host}`;
}

function tell(wanted: Wanted, { steps, address, bookmarks, wrote }: Done): void {
  say(`\n${wanted.worker}: ${steps} steps done.${address === null ? "" : ` It answers at ${address}.`}`);
  for (const [name, bookmark] of Object.entries(bookmarks))
    say(`${name} before its migrations: npx wrangler d1 time-travel restore ${name} --bookmark ${bookmark}`);
  if (wrote) say("wrangler.toml was changed: commit it.");
  say(`Back to the code before: npm run deploy -- --env ${wanted.environment} --rollback`);
}

/**
 * Bundles the Worker as a deployment would, without Docker and without an account. Throws when it can't be, and when
 * the environment lacks a binding: wrangler only warns of that.
 */
function validateBundle(environment: Environment): void {
  const outdir = mkdtempSync(join(tmpdir(), "gluey-bundle-"));
  try {
    const args = [
      "deploy",
      "--env",
      environment,
      "--dry-run",
      "--containers-rollout=none",
      "--outdir",
      outdir,
    ];
    say(`→ npx wrangler ${args.slice(0, 5).join(" ")}`);
    const { stdout, stderr } = mustSay(wrangler, args);
    const missing = /[^\n]*exists at the top level[^\n]*/u.exec(stdout + stderr)?.[0];
    if (missing !== undefined)
      throw new Error(
        `${environment} lacks a binding. Run npm run environments. wrangler says: ${missing.trim()}`,
      );
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
