import { z } from "zod";
import type { Found, Wanted } from "./plan.ts";

/** What came of one wrangler command. */
export interface Said {
  code: number;
  stdout: string;
  stderr: string;
}

/** Runs a wrangler command in the project's folder. */
export type Wrangler = (args: readonly string[]) => Said;

const WhoAmI = z
  .object({ accounts: z.array(z.object({ id: z.string(), name: z.string() })).optional() })
  .loose();
const Databases = z.array(z.object({ name: z.string(), uuid: z.string() }));
const Secrets = z.array(z.object({ name: z.string() }));

/** The Cloudflare account that wrangler is logged in to. Throws a sentence when it is none, or when it has to be named. */
export function accountOf(wrangler: Wrangler, environment: NodeJS.ProcessEnv): string {
  const said = wrangler(["whoami", "--json"]);
  if (said.code !== 0) {
    throw new Error(
      "wrangler is not logged in. Run `npx wrangler login`, or set CLOUDFLARE_API_TOKEN; or look first: npm run deploy -- --dry-run.",
    );
  }
  const named = environment.CLOUDFLARE_ACCOUNT_ID;
  if (named !== undefined && named !== "") return named;
  const { accounts = [] } = WhoAmI.parse(JSON.parse(said.stdout));
  const [only] = accounts;
  if (only === undefined || accounts.length > 1) {
    const list = accounts.map(({ id, name }) => `${id} (${name})`).join(", ");
    throw new Error(
      `Set CLOUDFLARE_ACCOUNT_ID to the account to deploy to: ${list || "wrangler names none"}.`,
    );
  }
  return only.id;
}

/** Looks which of the wanted things the account has. */
export function lookFor(wanted: Wanted, wrangler: Wrangler, docker: boolean): Found {
  const place = wanted.jurisdiction === "" ? [] : ["--jurisdiction", wanted.jurisdiction];
  return {
    database_ids: databaseIds(wrangler),
    buckets: wanted.buckets.filter((bucket) =>
      exists(wrangler, ["r2", "bucket", "info", bucket, ...place, "--json"]),
    ),
    queues: wanted.queues.filter((queue) => exists(wrangler, ["queues", "info", queue])),
    secrets: secretsOf(wanted.worker, wrangler),
    docker,
  };
}

/** Ids of the account's databases by their names. */
export function databaseIds(wrangler: Wrangler): Record<string, string> {
  const databases = Databases.parse(JSON.parse(mustSay(wrangler, ["d1", "list", "--json"]).stdout));
  return Object.fromEntries(databases.map(({ name, uuid }) => [name, uuid]));
}

/** The names of the Worker's secrets; none where the Worker was never deployed. */
function secretsOf(worker: string, wrangler: Wrangler): string[] {
  const args = ["secret", "list", "--name", worker, "--format", "json"];
  const said = wrangler(args);
  if (said.code === 0) return Secrets.parse(JSON.parse(said.stdout)).map(({ name }) => name);
  // 10007: Cloudflare's code for a Worker that is not there.
  if (/10007|not found|does not exist/iu.test(said.stderr + said.stdout)) return [];
  throw new Error(`\`wrangler ${args.join(" ")}\` failed: ${lastWords(said)}`);
}

function exists(wrangler: Wrangler, args: readonly string[]): boolean {
  const said = wrangler(args);
  if (said.code === 0) return true;
  if (/does not exist|not found|10006|11000/iu.test(said.stderr + said.stdout)) return false;
  throw new Error(`\`wrangler ${args.join(" ")}\` failed: ${lastWords(said)}`);
}

/** The output of a command that has to succeed. */
export function mustSay(wrangler: Wrangler, args: readonly string[]): Said {
  const said = wrangler(args);
  if (said.code !== 0) throw new Error(`\`wrangler ${args.join(" ")}\` failed: ${lastWords(said)}`);
  return said;
}

function lastWords({ stderr, stdout }: Said): string {
  return (stderr.trim() || stdout.trim() || "it said nothing").slice(-800);
}
