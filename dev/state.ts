import { execFileSync } from "node:child_process";
import { createHash, generateKeyPairSync, randomBytes } from "node:crypto";
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { isGroupAlive, signalGroup } from "./processes.ts";

/**
 * The state directory of a local stack: what workerd keeps, the secrets (made once, readable by their owner only), which
 * migrations are in, and who runs on it. Two stacks on one directory would lock each other out of the databases.
 */
export interface State {
  directory: string;
  /** Where wrangler persists D1, R2 and Durable Objects. */
  persistence: string;
  secrets: Secrets;
}

const Secrets = z.object({
  admin_token: z.string(),
  /** JSON {key id: base64 of 32 bytes}. */
  credentials_keys: z.string(),
  /** Base64 PKCS#8 Ed25519. */
  signing_key: z.string(),
  container_token: z.string(),
});
export type Secrets = z.infer<typeof Secrets>;

const Claim = z.object({ pid: z.number().int(), groups: z.array(z.number().int()) });

const GONE_WITHIN_MS = 5_000;
const LOOK_AGAIN_MS = 20;

/** Opens the directory, making what is missing. Throws a sentence when another stack runs on it. */
export function openState(directory: string): State {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  endLeftovers(directory);
  return { directory, persistence: join(directory, "worker"), secrets: secretsOf(directory) };
}

/** Writes down who runs on the directory, so that the next start finds what a killed one left behind. */
export function claimState({ directory }: State, groups: readonly number[]): void {
  writeFileSync(join(directory, "running.json"), JSON.stringify({ pid: process.pid, groups }));
}

export function releaseState({ directory }: State): void {
  rmSync(join(directory, "running.json"), { force: true });
}

/** The Worker's variables in a file for `wrangler dev --env-file`: a command line can be read by everybody on the machine. */
export function writeVariables({ directory }: State, variables: Readonly<Record<string, string>>): string {
  const path = join(directory, "worker.env");
  const lines = Object.entries(variables).map(([name, value]) => `${name}='${value}'\n`);
  writePrivate(path, lines.join(""));
  return path;
}

/** What the migrations folder holds and for which database, as one word: the same word, nothing to migrate. */
export function migrationsIn(folder: string, configuration: string): string {
  const hash = createHash("sha256");
  // Another id in wrangler.toml is another, empty database here too.
  hash.update(
    readFileSync(configuration, "utf8")
      .match(/^database_id.*$/gmu)
      ?.join("\n") ?? "",
  );
  for (const name of readdirSync(folder).sort()) {
    if (name.endsWith(".sql")) hash.update(`${name}\n`).update(readFileSync(join(folder, name)));
  }
  return hash.digest("hex");
}

export function isMigrated({ directory }: State, word: string): boolean {
  const path = join(directory, "migrated");
  return existsSync(path) && readFileSync(path, "utf8") === word;
}

export function setMigrated({ directory }: State, word: string): void {
  writeFileSync(join(directory, "migrated"), word);
}

function secretsOf(directory: string): Secrets {
  const path = join(directory, "secrets.json");
  if (existsSync(path)) {
    chmodSync(path, 0o600);
    return Secrets.parse(JSON.parse(readFileSync(path, "utf8")));
  }
  const { privateKey } = generateKeyPairSync("ed25519");
  const secrets: Secrets = {
    admin_token: randomBytes(24).toString("base64url"),
    credentials_keys: JSON.stringify({ k1: randomBytes(32).toString("base64") }),
    signing_key: privateKey.export({ format: "der", type: "pkcs8" }).toString("base64"),
    container_token: randomBytes(24).toString("base64url"),
  };
  writePrivate(path, `${JSON.stringify(secrets, null, 2)}\n`);
  return secrets;
}

function writePrivate(path: string, text: string): void {
  writeFileSync(path, text, { mode: 0o600 });
  // The mode of a file that was there already is not changed by writing.
  chmodSync(path, 0o600);
}

function endLeftovers(directory: string): void {
  const path = join(directory, "running.json");
  if (!existsSync(path)) return;
  const claim = Claim.safeParse(JSON.parse(readFileSync(path, "utf8")));
  if (claim.success) {
    if (claim.data.pid !== process.pid && /\bdev\/|vitest/u.test(commandOf(claim.data.pid))) {
      throw new Error(
        `Another stack (process ${claim.data.pid}) runs on ${directory}. End it, or name another directory with --state.`,
      );
    }
    // Numbers of processes are used again: only what still looks like ours is ended.
    for (const group of claim.data.groups) {
      if (isGroupAlive(group) && /wrangler|container\/server\.ts/u.test(commandOf(group))) endNow(group);
    }
  }
  rmSync(path, { force: true });
}

/** Waits, too: a database and a port are free only when their holder is gone. */
function endNow(group: number): void {
  signalGroup(group, "SIGKILL");
  const clock = new Int32Array(new SharedArrayBuffer(4));
  for (let waited = 0; isGroupAlive(group) && waited < GONE_WITHIN_MS; waited += LOOK_AGAIN_MS) {
    Atomics.wait(clock, 0, 0, LOOK_AGAIN_MS);
  }
}

function commandOf(pid: number): string {
  try {
    return execFileSync("ps", ["-o", "command=", "-p", String(pid)], { encoding: "utf8" });
  } catch {
    return "";
  }
}
