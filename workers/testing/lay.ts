import { type D1Migration, reset } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { getTableName, is, Table } from "drizzle-orm";
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

const MIGRATIONS = env.TEST_MIGRATIONS.flatMap(({ queries }) => queries);
const DROPS = CONTROL_TABLES.map((name) => `DROP TABLE ${name}`);

/** Empties everything that is stored, and lays the real migrations, a batch a database. */
export async function lay(): Promise<void> {
  await reset();
  const batch = (db: D1Database, sql: readonly string[]) => db.batch(sql.map((one) => db.prepare(one)));
  await batch(env.DB, MIGRATIONS);
  // What belongs to the control database is taken out of the others: a statement that looks for it in a shard fails.
  for (const shard of [env.SHARD_1, env.SHARD_2]) await batch(shard, [...MIGRATIONS, ...DROPS]);
}
