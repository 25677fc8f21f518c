import { env } from "cloudflare:workers";
import { beforeAll, expect, it } from "vitest";
import { sandboxNumber } from "../carriers/sandbox/numbers.ts";
import { forgetOldAnswers } from "../storage/idempotency.ts";
import { tableScans, watchedEnv } from "../testing/seed.ts";
import { aConnection, anAccount, counted, testClient, textOf } from "./test-client.ts";

/** Every statement that the API makes has an index: a walk over all calls, then the plan of each statement they made. */

const seen = { statements: new Set<string>(), trips: 0 };

beforeAll(async () => {
  const client = testClient(
    {},
    watchedEnv((db) => counted(db, seen)),
  );
  const { test: key } = await anAccount(client, "walk");
  const con = await aConnection(client, ["walk"]);
  const send = (method: string, path: string, body?: unknown) =>
    client.send(method, path, {
      key,
      body,
      headers: body === undefined ? {} : { "idempotency-key": crypto.randomUUID() },
    });

  const body = {
    carrier_id: "sandbox",
    carrier_tracking_id: sandboxNumber(1),
    parcels: [{ carrier_tracking_id: sandboxNumber(2) }],
  };
  const id = textOf((await send("POST", "/shipments", body)).body, "id");
  await send("POST", "/shipments/batch", [body]);
  await send("POST", "/track", { ids: [id, "shp_none"] });
  await send("POST", "/track", {
    shipments: [{ carrier_id: "sandbox", carrier_tracking_id: sandboxNumber(1) }],
  });
  for (const query of ["", "?status=registered", "?carrier_id=sandbox&updated_since=2026-01-01T00:00:00Z"])
    await send("GET", `/shipments${query}`);
  for (const path of [id, "shp_none", `${id}/track`]) await send("GET", `/shipments/${path}`);
  await send("GET", "/accounts/walk/events");
  for (const path of ["deliveries/dlv_none/redeliver", "redeliver"])
    await send("POST", `/accounts/walk/${path}`, { since: "2026-01-01T00:00:00Z" });

  const hooks = "/accounts/walk/webhooks/tracking/subscriptions";
  const hook = `${hooks}/${textOf((await send("POST", hooks, { endpoint: "http://127.0.0.1:9" })).body, "id")}`;
  await send("GET", hooks);
  await send("PATCH", hook, { max_batch: 2 });
  await send("POST", `${hook}/rotate`);
  await send("DELETE", hook);

  const { operator } = client;
  for (const path of [
    "accounts",
    "accounts/walk",
    "accounts/walk/keys",
    "connections",
    `connections/${con}`,
    "unmapped",
    "unmapped?carrier_id=bring",
    "health",
    `connections/${con}/history`,
    "dead-letters",
    "documents",
    "documents?state=accepted",
  ])
    expect((await operator("GET", `/admin/${path}`)).status).toBe(200);
  await operator("DELETE", "/admin/accounts/walk/keys/key_none");
  await operator("POST", `/admin/connections/${con}/test`);
  await anAccount(client, "more");
  await operator("PATCH", `/admin/connections/${con}`, { account_numbers: ["walk", "more"] });
  await operator("PATCH", `/admin/connections/${con}`, {
    account_numbers: ["more"],
    ways: { sftp: { host: "h", username: "u", host_key_sha256: "k".repeat(43) } },
    credentials: { sftp_password: "p" },
  });
  await send("DELETE", `/shipments/${id}`);
  await operator("DELETE", `/admin/connections/${con}`);
  await forgetOldAnswers(client.ctx.control, Date.now(), 10);
});

it("would notice a statement without an index", async () => {
  expect(await tableScans(env.DB, "SELECT id FROM shipments WHERE carrier_id = ?1")).not.toEqual([]);
});

it("reads no table as a whole", async () => {
  expect(seen.statements.size).toBeGreaterThan(60);
  const scans: Record<string, string[]> = {};
  for (const sql of seen.statements) {
    const found = (await tableScans(env.DB, sql)).filter((step) => step !== "SCAN halving");
    if (found.length > 0) scans[sql] = found;
  }
  expect(scans).toEqual({});
});
