import { beforeAll, expect, it } from "vitest";
import { forgetFollowers, forgetLeft } from "../storage/follow.ts";
import { recording, tableScans } from "../testing/seed.ts";
import { aConnection, anAccount, problemOf, testClient } from "./test-client.ts";

/** Who followed by a connection that names their account no more is taken out of the directory, however many they are. */

const statements = new Set<string>();
const { control: db } = testClient().ctx;
const client = testClient({ control: recording(db, statements) });
const NUMBERS = 2_500;

beforeAll(async () => {
  for (const name of ["stays", "goes"]) await anAccount(client, name);
});

/** A connection of both accounts: each follows as many numbers, of which the last 100 are the same. */
async function aFollowedConnection(): Promise<string> {
  const id = await aConnection(client, ["stays", "goes"]);
  const numbers = `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${NUMBERS})`;
  const name = (account: string) => `iif(i > ${NUMBERS - 100}, 'both', '${account}') || printf('%06d', i)`;
  await db.batch(
    ["stays", "goes"].flatMap((account) => [
      db
        .prepare(
          `${numbers} INSERT INTO followers (connection_id, carrier_number, shipment_id, parcel_id, tenant_id, created_at)
           SELECT ?1, ${name(account)}, 'shp_${account}' || i, '', '${account}.' || iif(i % 2, 'live', 'test'), 1 FROM n`,
        )
        .bind(id),
      db
        .prepare(
          `${numbers} INSERT INTO checks (connection_id, carrier_number, interval_s, slot, status, changed_at)
           SELECT ?1, ${name(account)}, 900, 1, 'registered', 1 FROM n WHERE true ON CONFLICT DO NOTHING`,
        )
        .bind(id),
    ]),
  );
  return id;
}

async function left(id: string): Promise<{ stays: number; goes: number; checks: number }> {
  const count = async (sql: string): Promise<number> =>
    (await db.prepare(`SELECT count(*) AS n FROM ${sql}`).bind(id).first<{ n: number }>())?.n ?? 0;
  return {
    stays: await count("followers WHERE connection_id = ?1 AND tenant_id LIKE 'stays.%'"),
    goes: await count("followers WHERE connection_id = ?1 AND tenant_id LIKE 'goes.%'"),
    checks: await count("checks WHERE connection_id = ?1"),
  };
}

const noneOfWhoGoes = { stays: NUMBERS, goes: 0, checks: NUMBERS };
const nothing = { stays: 0, goes: 0, checks: 0 };

/** A client whose statements with these words fail after so many of them. */
function failing(words: string, after: number) {
  let seen = 0;
  const control = new Proxy(db, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name);
      if (typeof value !== "function") return value;
      if (name !== "prepare") return value.bind(target);
      return (sql: string) => {
        if (sql.includes(words) && ++seen > after) throw new Error("D1_ERROR: Network connection lost.");
        return target.prepare(sql);
      };
    },
  });
  return testClient({ control });
}

it("an account that is left out is forgotten by the same call", async () => {
  const id = await aFollowedConnection();
  const path = `/admin/connections/${id}`;
  expect((await client.operator("PATCH", path, { account_numbers: ["stays"] })).status).toBe(200);
  expect(await left(id)).toEqual(noneOfWhoGoes);
  expect((await client.operator("DELETE", path)).status).toBe(204);
  expect(await left(id)).toEqual(nothing);
  expect(await forgetLeft(db, 10)).toBe(0);
});

it("a call that broke off midway is carried on by the next", async () => {
  const id = await aFollowedConnection();
  const path = `/admin/connections/${id}`;
  const change = { account_numbers: ["stays"] };
  problemOf(await failing("DELETE FROM followers", 1).operator("PATCH", path, change), 503);
  expect((await left(id)).goes).toBeGreaterThan(0);
  await client.operator("PATCH", path, change);
  expect(await left(id)).toEqual(noneOfWhoGoes);
});

it("what is more than one call can do is left to the tick, a deleted connection's too", async () => {
  const [one, two] = [await aFollowedConnection(), await aFollowedConnection()];
  problemOf(
    await failing("DELETE FROM followers", 0).operator("PATCH", `/admin/connections/${one}`, {
      account_numbers: ["stays"],
    }),
    503,
  );
  problemOf(await failing("DELETE FROM followers", 1).operator("DELETE", `/admin/connections/${two}`), 503);
  expect(await forgetFollowers(db, one, 1)).toBe(false);
  expect((await left(one)).goes).toBeGreaterThan(0);
  let ticks = 0;
  while ((await forgetLeft(db, 2)) > 0 && ticks < 50) ticks++;
  expect(ticks).toBeGreaterThan(1);
  expect(await left(one)).toEqual(noneOfWhoGoes);
  expect(await left(two)).toEqual(nothing);
});

it("an account that comes back before all of it is forgotten keeps what it follows then", async () => {
  const id = await aFollowedConnection();
  const path = `/admin/connections/${id}`;
  problemOf(
    await failing("DELETE FROM followers", 1).operator("PATCH", path, { account_numbers: ["stays"] }),
    503,
  );
  const before = await left(id);
  await client.operator("PATCH", path, { account_numbers: ["goes", "stays"] });
  await forgetLeft(db, 100);
  expect(await left(id)).toEqual(before);
});

it("reads no table as a whole for it", async () => {
  const used = [...statements].filter((sql) => /followers|sweeps/u.test(sql));
  expect(used.length).toBeGreaterThan(3);
  for (const sql of used) expect([sql, await tableScans(db, sql)]).toEqual([sql, []]);
});
