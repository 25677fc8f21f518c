import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/**
 * `npm run migrations -- NAME`: writes the next migration from the schema in workers/storage, then makes every table of
 * it WITHOUT ROWID, which drizzle cannot say: all are keyed by text, and a row then costs one written row, not two.
 */
const root = join(import.meta.dirname, "..");
const folder = join(root, "migrations");
const before = new Set(readdirSync(folder));
const name = process.argv[2] ?? "change";
execFileSync("drizzle-kit", ["generate", "--config", "dev/drizzle.config.ts", "--name", name], {
  cwd: root,
  stdio: "inherit",
});
for (const file of readdirSync(folder)) {
  if (before.has(file) || !file.endsWith(".sql")) continue;
  const sql = readFileSync(join(folder, file), "utf8");
  writeFileSync(join(folder, file), sql.replace(/^(CREATE TABLE[\s\S]*?\n)\);/gm, "$1) WITHOUT ROWID;"));
}
