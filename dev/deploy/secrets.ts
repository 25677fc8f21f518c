import { generateKeyPairSync, randomBytes } from "node:crypto";
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";

/** The secrets a Worker needs, and how each is drawn. */
const DRAWN: Readonly<Record<string, () => string>> = {
  ADMIN_TOKEN: () => randomBytes(32).toString("base64url"),
  CREDENTIALS_KEYS: () => JSON.stringify({ k1: randomBytes(32).toString("base64") }),
  SIGNING_KEY: () =>
    generateKeyPairSync("ed25519").privateKey.export({ format: "der", type: "pkcs8" }).toString("base64"),
  SFTP_CONTAINER_TOKEN: () => randomBytes(32).toString("base64url"),
};

export const SECRET_NAMES: readonly string[] = Object.keys(DRAWN);

/**
 * Draws an environment's secrets into `ENVIRONMENT-secrets.json` of a directory, owner-readable only, and returns its path. One
 * that stands there already is used again: a run that broke after drawing must not lock anybody out.
 */
export function drawSecrets(directory: string, environment: string, names: readonly string[]): string {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const path = join(directory, `${environment}-secrets.json`);
  const kept = existsSync(path)
    ? z.record(z.string(), z.string()).parse(JSON.parse(readFileSync(path, "utf8")))
    : {};
  for (const name of names) {
    const draw = DRAWN[name];
    if (draw === undefined)
      throw new Error(`Nobody knows how to draw ${name}: set it with \`npx wrangler secret put ${name}\`.`);
    kept[name] ??= draw();
  }
  writeFileSync(path, `${JSON.stringify(kept, null, 2)}\n`, { mode: 0o600 });
  chmodSync(path, 0o600);
  return path;
}
