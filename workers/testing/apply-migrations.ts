import { applyD1Migrations, type D1Migration } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { getTableName, is, Table } from "drizzle-orm";
import { beforeAll } from "vitest";
import * as controlSchema from "../storage/control-schema.ts";

declare global {
  namespace Cloudflare {
    interface Env {
      DB: D1Database;
      SHARD_1: D1Database;
      SHARD_2: D1Database;
      TEST_MIGRATIONS: D1Migration[];
    }
  }
}

const CONTROL_TABLES = Object.values(controlSchema).flatMap((table) =>
  is(table, Table) ? [getTableName(table)] : [],
);

// The real migrations, before each test file: isolation is per file. What belongs to the control database is then taken
// out of the others, so that a statement that looks for it in a shard fails.
beforeAll(async () => {
  await applyD1Migrations(env.DB, env.TEST_MIGRATIONS);
  for (const shard of [env.SHARD_1, env.SHARD_2]) {
    await applyD1Migrations(shard, env.TEST_MIGRATIONS);
    await shard.batch(CONTROL_TABLES.map((name) => shard.prepare(`DROP TABLE ${name}`)));
  }
});
