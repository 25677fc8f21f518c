import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "smol-toml";
import { z } from "zod";
import { databaseIds, mustSay, type Wrangler } from "./account.ts";
import { type Own, ownOf, withEnvironments } from "./environments.ts";
import { type Found, hostsIn, SECRETS_FILE, type Step, type Wanted, wordsOf } from "./plan.ts";
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

/** What a deployment did, for the lines at its end. */
export interface Done {
  steps: number;
  address: string | null;
  /** By database: what `wrangler d1 time-travel restore` takes to undo what came after. */
  bookmarks: Record<string, string>;
  /** Whether wrangler.toml was changed and wants to be committed. */
  wrote: boolean;
}

/** Carries a plan out, step by step, and stops at the first that fails; run again, it goes on from there. */
export async function carryOut(
  steps: readonly Step[],
  wanted: Wanted,
  found: Found,
  around: Surroundings,
): Promise<Done> {
  const ids: Record<string, string> = { ...found.database_ids };
  const done: Done = { steps: 0, address: null, bookmarks: {}, wrote: false };
  let secretsFile = "";
  for (const step of steps) {
    around.say(`→ ${wordsOf(step)}`);
    switch (step.do) {
      case "wrangler": {
        const args = step.args.map((word) => (word === SECRETS_FILE ? secretsFile : word));
        const { stdout } = mustSay(around.wrangler, args);
        if (step.args[0] === "deploy") done.address = addressIn(stdout);
        if (step.args[0] === "d1" && step.args[1] === "create")
          Object.assign(ids, databaseIds(around.wrangler));
        break;
      }
      case "write_jurisdiction":
        write(wanted, around, () => ({ jurisdiction: step.jurisdiction }));
        done.wrote = true;
        break;
      case "write_location":
        write(wanted, around, () => ({ location: step.location }));
        done.wrote = true;
        break;
      case "write_database_id": {
        const id = ids[step.name];
        if (id === undefined)
          throw new Error(`${step.name} was created but is not listed yet. Run this again in a minute.`);
        write(wanted, around, (own) => ({ database_ids: { ...own.database_ids, [step.binding]: id } }));
        done.wrote = true;
        break;
      }
      case "bookmark":
        done.bookmarks[step.name] = bookmarkOf(step.name, around);
        break;
      case "draw_secrets":
        secretsFile = drawSecrets(join(around.root, ".state"), wanted.environment, step.names);
        around.say(
          `  They stand in ${secretsFile}, readable by you only. Cloudflare never shows them again: keep them where you keep passwords, ADMIN_TOKEN to sign in with, CREDENTIALS_KEYS because no carrier's credentials can be opened without it.`,
        );
        break;
      case "own_hosts":
        done.wrote = tellOwnHosts(done.address, wanted, around) || done.wrote;
        break;
      case "replicate":
        await replicate(step.name, ids[step.name] ?? "", around);
        break;
      case "check_health":
        await checkHealth(addressesOf(done.address, wanted), around);
        break;
      default:
        step satisfies never;
    }
    done.steps += 1;
  }
  return done;
}

/** The workers.dev address that wrangler says it deployed to; null where there is none. */
export function addressIn(stdout: string): string | null {
  return /https:\/\/[^\s]+\.workers\.dev/u.exec(stdout)?.[0] ?? null;
}

/** Where an environment answers: at its own hosts, and at workers.dev. */
export function addressesOf(address: string | null, wanted: Wanted): string[] {
  return [...(address === null ? [] : [address]), ...wanted.hosts.map((host) => `https://${host}`)];
}

/** Changes what the environment says of its own in wrangler.toml. */
function write(wanted: Wanted, around: Surroundings, change: (own: Own) => Partial<Own>): void {
  const path = join(around.root, "wrangler.toml");
  const toml = readFileSync(path, "utf8");
  const own = ownOf(parse(toml), wanted.environment);
  writeFileSync(path, withEnvironments(toml, { [wanted.environment]: change(own) }));
}

const Bookmark = z.object({ bookmark: z.string() });

function bookmarkOf(name: string, around: Surroundings): string {
  const { stdout } = mustSay(around.wrangler, ["d1", "time-travel", "info", name, "--json"]);
  return Bookmark.parse(JSON.parse(stdout)).bookmark;
}

/** The workers.dev name is known only now; what was just deployed may lack it, so it is deployed once more with it. */
function tellOwnHosts(address: string | null, wanted: Wanted, around: Surroundings): boolean {
  const hosts = addressesOf(address, wanted).map((each) => new URL(each).host);
  const known = hostsIn(
    ownOf(parse(readFileSync(join(around.root, "wrangler.toml"), "utf8")), wanted.environment).hosts,
  );
  const missing = [...new Set(hosts)].filter((host) => !known.includes(host));
  if (missing.length === 0) return false;
  write(wanted, around, (own) => ({ hosts: [...hostsIn(own.hosts), ...missing].join(",") }));
  around.say(`  ${missing.join(", ")} is written into wrangler.toml: commit that line.`);
  mustSay(around.wrangler, ["deploy", "--env", wanted.environment, "--containers-rollout=none"]);
  return true;
}

/** wrangler has no command for it, so the API is asked, with wrangler's own token. */
async function replicate(name: string, database_id: string, around: Surroundings): Promise<void> {
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
      `  Not done (${answer.status}): turn read replication of ${name} on in the dashboard, under D1, Settings.`,
    );
  }
}

/** Waits until each address answers /healthz with 200; throws where one does not within a minute. */
export async function checkHealth(addresses: readonly string[], around: Surroundings): Promise<void> {
  if (addresses.length === 0)
    return around.say(
      "  The Worker has neither a workers.dev address nor a route: check /healthz at your own.",
    );
  for (const address of addresses) await isUp(address, around);
}

async function isUp(address: string, around: Surroundings): Promise<void> {
  for (let waited = 0; waited < HEALTHY_WITHIN_MS; waited += LOOK_AGAIN_MS) {
    const answer = await around.fetch(`${address}/healthz`).catch(() => null);
    if (answer?.ok) return around.say(`  ${address} is up.`);
    await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN_MS));
  }
  throw new Error(`${address}/healthz does not answer 200. \`npx wrangler tail\` shows why.`);
}
