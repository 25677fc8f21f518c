import { type D1Migration, reset } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { getTableName, is, Table } from "drizzle-orm";
import { beforeAll } from "vitest";
import * as controlSchema from "../storage/control-schema.ts";
import { clearStage } from "./stage.ts";

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

const MIGRATIONS = env.TEST_MIGRATIONS.flatMap(({ queries }) => queries);
const DROPS = CONTROL_TABLES.map((name) => `DROP TABLE ${name}`);

/** Empties everything that is stored, and lays the real migrations, a batch a database. */
async function lay(): Promise<void> {
  await reset();
  const batch = (db: D1Database, sql: readonly string[]) => db.batch(sql.map((one) => db.prepare(one)));
  await batch(env.DB, MIGRATIONS);
  // What belongs to the control database is taken out of the others: a statement that looks for it in a shard fails.
  for (const shard of [env.SHARD_1, env.SHARD_2]) await batch(shard, [...MIGRATIONS, ...DROPS]);
}

// All files run in one runtime, each on storage of its own. What the file before left under way (an alarm, a call that
// nobody waits for) may still bring a database back in the midst of it.
beforeAll(async () => {
  clearStage();
  for (let tries = 1; ; tries++) {
    try {
      return await lay();
    } catch (error) {
      if (tries === 5) throw error;
    }
  }
});
