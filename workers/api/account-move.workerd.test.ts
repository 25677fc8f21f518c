import { beforeAll, describe, expect, it } from "vitest";
import { sandboxNumber } from "../carriers/sandbox/numbers.ts";
import { testContext, testEnv } from "../testing/seed.ts";
import {
  aConnection,
  anAccount,
  fieldOf,
  listOf,
  problemOf,
  type TestClient,
  testClient,
  textOf,
} from "./test-client.ts";

/** The operator moves an account; its customer notices nothing. */

const client = testClient();
const { operator } = client;
let key = "";
let ids: string[] = [];

async function register(at: number, by: TestClient = client) {
  const body = { carrier_id: "sandbox", carrier_tracking_id: sandboxNumber(at) };
  return by.send("POST", "/shipments", { key, body });
}

beforeAll(async () => {
  key = (await anAccount(client, "nomad")).test;
  await aConnection(client, ["nomad"]);
  ids = await Promise.all([1, 2, 3].map(async (at) => textOf((await register(at)).body, "id")));
});

describe("where accounts live", () => {
  it("is told, with the databases there are", async () => {
    const { body } = await operator("GET", "/admin/shards");
    expect(listOf(body, "data").map((one) => [fieldOf(one, "name"), fieldOf(one, "control")])).toEqual([
      ["DB", true],
      ["SHARD_1", false],
      ["SHARD_2", false],
    ]);
    const { body: move } = await operator("GET", "/admin/accounts/nomad/move");
    expect(move).toMatchObject({ shard: "SHARD_1", step: "none", from: null, begun_at: null });
  });

  it("is, for a new account, the least full of the shards, or of those that are named", async () => {
    await testEnv().SHARD_1?.exec("CREATE TABLE heavy (text)");
    await testEnv().SHARD_1?.prepare("INSERT INTO heavy VALUES (?1)").bind("x".repeat(100_000)).run();
    const placed = async (name: string, NEW_ACCOUNTS_ON: string) => {
      const by = testClient({}, { ...testEnv(), NEW_ACCOUNTS_ON });
      await by.operator("POST", "/admin/accounts", { account_number: name, name });
      return (await testContext().placements.of(name)).name;
    };
    expect(await placed("free", "")).toBe("SHARD_2");
    expect(await placed("named", "SHARD_1")).toBe("SHARD_1");
    expect(await placed("central", "DB")).toBe("DB");
    expect(await placed("either", "SHARD_1,SHARD_2")).toBe("SHARD_2");
    const alone = testClient(
      {},
      { ...testEnv(), SHARD_1: undefined, SHARD_2: undefined, NEW_ACCOUNTS_ON: "" },
    );
    await alone.operator("POST", "/admin/accounts", { account_number: "alone", name: "alone" });
    expect((await testContext().placements.of("alone")).name).toBe("DB");
  });
});

describe("a move", () => {
  it("is refused where it can't be", async () => {
    const to = (account: string, shard: string) =>
      operator("POST", `/admin/accounts/${account}/move`, { to: shard });
    problemOf(await to("nobody", "SHARD_2"), 404);
    expect(problemOf(await to("nomad", "SHARD_9"), 422)).toContain("DB, SHARD_1, SHARD_2");
    expect(problemOf(await to("nomad", "SHARD_1"), 409)).toContain("already");
    problemOf(await operator("DELETE", "/admin/accounts/nomad/move"), 409);
    problemOf(await operator("GET", "/admin/accounts/nobody/move"), 404);
  });

  it("keeps every shipment, every bookmark and every cursor good", async () => {
    // Another isolate, which still knows the old place when all is over.
    const old = testClient({}, { ...testEnv() });
    const first = await old.send("GET", "/shipments?limit=1", { key });
    const bookmark = first.headers.get("x-bookmark") ?? "";
    expect(bookmark).toMatch(/\.SHARD_1\./);
    const cursor = textOf(first.body, "next_cursor");
    const moved = await operator("POST", "/admin/accounts/nomad/move", { to: "SHARD_2" });
    expect(moved.status).toBe(202);
    expect(moved.body).toMatchObject({
      step: "done",
      shard: "SHARD_2",
      from: "SHARD_1",
      copied: 3,
      note: null,
    });
    const again = await operator("POST", "/admin/accounts/nomad/move", { to: "SHARD_2" });
    expect(again.body).toEqual(moved.body);

    const headers = { "x-bookmark": bookmark };
    const rest = await old.send("GET", `/shipments?cursor=${cursor}`, { key, headers });
    expect(listOf(rest.body, "data")).toHaveLength(2);
    expect(rest.headers.get("x-bookmark")).toMatch(/\.SHARD_2\./);
    for (const id of ids) expect((await old.send("GET", `/shipments/${id}`, { key })).status).toBe(200);
    problemOf(await old.send("GET", "/shipments/shp_none", { key }), 404);
    expect((await register(1, old)).status).toBe(200);
    expect((await register(4, old)).status).toBe(201);
    expect(listOf((await client.send("GET", "/shipments", { key })).body, "data")).toHaveLength(4);
  });

  it("makes writes wait for a moment, and then come again; reads are answered", async () => {
    const held = "UPDATE residency SET state = ?1 WHERE account_number = 'nomad'";
    await testEnv().SHARD_2?.prepare(held).bind("leaving").run();
    const write = await register(5);
    expect(problemOf(write, 503)).toContain("moved");
    expect(Number(write.headers.get("retry-after"))).toBeGreaterThan(0);
    expect((await client.send("GET", "/shipments", { key })).status).toBe(200);
    await testEnv().SHARD_2?.prepare(held).bind("home").run();
    expect((await register(5)).status).toBe(201);
  });
});
