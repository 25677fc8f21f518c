import { expect, it } from "vitest";
import { beginMove, findMove } from "../storage/moves.ts";
import { Resident } from "../testing/resident.ts";
import { testContext, watchedEnv } from "../testing/seed.ts";
import { moveOn } from "./move.ts";

/** The most characters that a statement was bound. */
let longest = 0;

/** A database that notes how long the texts are that it is bound: D1 takes 2 MB at most, and locally any length. */
function measured(db: D1Database): D1Database {
  return new Proxy(db, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name);
      if (typeof value !== "function") return value;
      if (name !== "prepare") return value.bind(target);
      return (sql: string) => {
        const statement = target.prepare(sql);
        const bind = statement.bind.bind(statement);
        statement.bind = (...values: unknown[]) => {
          for (const one of values) if (typeof one === "string") longest = Math.max(longest, one.length);
          return bind(...values);
        };
        return statement;
      };
    },
  });
}

it("shipments of a thousand parcels each are moved by statements that D1 takes", async () => {
  const ctx = testContext({}, watchedEnv(measured));
  const resident = await Resident.begin(ctx);
  for (let n = 0; n < 20; n++) await resident.register();
  const { database } = await ctx.placements.of(resident.account_number, true);
  await database
    .prepare(
      `WITH RECURSIVE n(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < 1000)
       INSERT INTO parcels (shipment_id, carrier_tracking_id, id, tenant_id, registration, status, condition, created_at)
       SELECT s.id, 'JJD0000000000000000' || n, 'prc_' || s.id || n, s.tenant_id, '{"uuid_ref":null,"meta_data":[]}', 'registered', 'unknown', 1
       FROM shipments s CROSS JOIN n WHERE s.tenant_id = ?1`,
    )
    .bind(resident.tenant_id)
    .run();
  longest = 0;
  expect(await beginMove(ctx.control, resident.account_number, "SHARD_2", ctx.now())).not.toBeNull();
  for (let turn = 0; turn < 20; turn++) {
    const move = await moveOn({ ...ctx, now: () => Date.now() + turn * 120_000 }, resident.account_number);
    if (move?.step === "done") break;
  }
  expect(await findMove(ctx.control, resident.account_number)).toMatchObject({ step: "done" });
  const rows = await ctx.placements
    .placeOf("SHARD_2")
    .database.prepare("SELECT count(*) AS n FROM parcels WHERE tenant_id = ?1")
    .bind(resident.tenant_id)
    .first<{ n: number }>();
  expect(rows?.n).toBe(20_020);
  expect(longest).toBeLessThan(600_000);
});
