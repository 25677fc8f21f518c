import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { mustSay, type Wrangler } from "./account.ts";
import {
  type Found,
  ownHostsIn,
  SECRETS_FILE,
  type Step,
  type Wanted,
  withDatabaseId,
  withOwnHosts,
  wordsOf,
} from "./plan.ts";
import { drawSecrets } from "./secrets.ts";

export interface Surroundings {
  root: string;
  account_id: string;
  wrangler: Wrangler;
  fetch: typeof fetch;
  say(line: string): void;
}

const HEALTHY_WITHIN_MS = 60_000;
const LOOK_AGAIN_MS = 2_000;

/** Carries a plan out, step by step, and stops at the first that fails; run again, it goes on from there. */
export async function carryOut(
  steps: readonly Step[],
  wanted: Wanted,
  found: Found,
  around: Surroundings,
): Promise<void> {
  let database_id = found.database_id ?? "";
  let secretsFile = "";
  let address: string | null = null;
  for (const step of steps) {
    around.say(`→ ${wordsOf(step)}`);
    switch (step.do) {
      case "wrangler": {
        const args = step.args.map((word) => (word === SECRETS_FILE ? secretsFile : word));
        const { stdout } = mustSay(around.wrangler, args);
        if (step.args[0] === "deploy") address = /https:\/\/[^\s]+\.workers\.dev/u.exec(stdout)?.[0] ?? null;
        if (step.args[1] === "create" && step.args[0] === "d1")
          database_id = createdId(wanted, around.wrangler);
        break;
      }
      case "write_database_id": {
        const path = join(around.root, "wrangler.toml");
        writeFileSync(path, withDatabaseId(readFileSync(path, "utf8"), wanted.database.id, database_id));
        break;
      }
      case "draw_secrets":
        secretsFile = drawSecrets(join(around.root, ".state"), step.names);
        around.say(
          `  They stand in ${secretsFile}, readable by you only. Cloudflare never shows them again: keep them where you keep passwords, ADMIN_TOKEN to sign in with, CREDENTIALS_KEYS because no carrier's credentials can be opened without it.`,
        );
        break;
      case "own_hosts":
        tellOwnHosts(address === null ? wanted.hosts : [...wanted.hosts, new URL(address).host], around);
        break;
      case "replicate":
        await replicate(database_id, around);
        break;
      case "check_health":
        await checkHealth(address, around);
        break;
      default:
        step satisfies never;
    }
  }
}

function createdId(wanted: Wanted, wrangler: Wrangler): string {
  const Database = z.object({ name: z.string(), uuid: z.string() });
  const databases = z.array(Database).parse(JSON.parse(mustSay(wrangler, ["d1", "list", "--json"]).stdout));
  const created = databases.find(({ name }) => name === wanted.database.name);
  if (created === undefined)
    throw new Error(`${wanted.database.name} was created but is not listed yet. Run this again in a minute.`);
  return created.uuid;
}

/** The workers.dev name is known only now; what was just deployed may lack it, so it is deployed once more with it. */
function tellOwnHosts(hosts: readonly string[], around: Surroundings): void {
  const path = join(around.root, "wrangler.toml");
  const toml = readFileSync(path, "utf8");
  const known = ownHostsIn(toml);
  const missing = hosts.filter((host) => !known.includes(host));
  if (missing.length === 0) return;
  writeFileSync(path, withOwnHosts(toml, missing));
  around.say(`  ${missing.join(", ")} is written into wrangler.toml: commit that line.`);
  mustSay(around.wrangler, ["deploy", "--containers-rollout=none"]);
}

/** wrangler has no command for it, so the API is asked, with wrangler's own token. */
async function replicate(database_id: string, around: Surroundings): Promise<void> {
  const token = mustSay(around.wrangler, ["auth", "token"]).stdout.trim().split(/\s+/u).at(-1) ?? "";
  const url = `https://api.cloudflare.com/client/v4/accounts/${around.account_id}/d1/database/${database_id}`;
  const answer = await around.fetch(url, {
    method: "PUT",
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    body: JSON.stringify({ read_replication: { mode: "auto" } }),
  });
  if (!answer.ok) {
    // Reads then all go to the primary: slower, and right.
    around.say(
      `  Not done (${answer.status}): turn read replication on in the dashboard, under D1, Settings.`,
    );
  }
}

async function checkHealth(address: string | null, around: Surroundings): Promise<void> {
  if (address === null)
    return around.say("  The Worker has no workers.dev address: check /healthz at your own.");
  for (let waited = 0; waited < HEALTHY_WITHIN_MS; waited += LOOK_AGAIN_MS) {
    const answer = await around.fetch(`${address}/healthz`).catch(() => null);
    if (answer?.ok) return around.say(`  ${address} is up.`);
    await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN_MS));
  }
  throw new Error(`${address}/healthz does not answer 200. \`npx wrangler tail\` shows why.`);
}
