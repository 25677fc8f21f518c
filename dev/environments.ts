import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { withEnvironments } from "./deploy/environments.ts";

/** `npm run environments`: makes the environments of wrangler.toml anew from the top of the file. */
const path = join(import.meta.dirname, "..", "wrangler.toml");
const toml = readFileSync(path, "utf8");
const made = withEnvironments(toml);
if (made === toml) process.stdout.write("The environments of wrangler.toml are as they should be.\n");
else {
  writeFileSync(path, made);
  process.stdout.write("The environments of wrangler.toml were made anew: commit it.\n");
}
