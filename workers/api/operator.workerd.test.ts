import { beforeAll, describe, expect, it } from "vitest";
import { sandboxNumber } from "../carriers/sandbox/numbers.ts";
import { acceptFetched } from "../flow/accept.ts";
import { Inboxes } from "../testing/inboxes.ts";
import { answered, answering, shardDb } from "../testing/seed.ts";
import { news, PICKED } from "../testing/stage.ts";
import { aConnection, anAccount, fieldOf, listOf, problemOf, testClient, textOf } from "./test-client.ts";

/** What the operator does. */

const inboxes = new Inboxes(() => client.ctx);
const client = testClient({ inboxOf: inboxes.of });
const { send, operator, ctx } = client;
const db = ctx.control;
let acme = { live: "", test: "" };

beforeAll(async () => {
  acme = await anAccount(client, "acme");
  await anAccount(client, "globex");
});

const aWay = { poll: { base_url: "http://127.0.0.1:8790" } };
const aSandbox = {
  carrier_id: "sandbox",
  account_numbers: ["acme"],
  ways: aWay,
  credentials: { api_key: "the-api-key" },
};

describe("accounts and keys", () => {
  it("are created once, listed by number and read", async () => {
    problemOf(await operator("POST", "/admin/accounts", { account_number: "acme", name: "Again" }), 409);
    expect(
      problemOf(await operator("POST", "/admin/accounts", { account_number: "a.b", name: "Dot" }), 422),
    ).toContain("account_number");
    const first = await operator("GET", "/admin/accounts?limit=1");
    expect(first.body).toMatchObject({ data: [{ account_number: "acme", name: "acme Ltd" }] });
    const second = await operator(
      "GET",
      `/admin/accounts?limit=1&cursor=${textOf(first.body, "next_cursor")}`,
    );
    expect(second.body).toMatchObject({ data: [{ account_number: "globex" }], next_cursor: null });
    problemOf(await operator("GET", "/admin/accounts/nobody"), 404);
    problemOf(await operator("GET", "/admin/accounts?cursor=%25"), 422);
  });

  it("have keys that are listed without themselves", async () => {
    problemOf(await operator("POST", "/admin/accounts/nobody/keys", { mode: "live" }), 404);
    const { body } = await operator("GET", "/admin/accounts/acme/keys");
    expect(listOf(body, "data")).toMatchObject([{ mode: "live", revoked_at: null }, { mode: "test" }]);
    expect(JSON.stringify(body)).not.toContain(acme.live);
    expect(acme.live).toMatch(/^gl-acc-[0-9a-z]{32}$/u);
    expect(acme.test).toMatch(/^gl-test-[0-9a-z]{32}$/u);
    problemOf(await operator("DELETE", "/admin/accounts/globex/keys/key_none"), 404);
  });
});

describe("connections", () => {
  it("keep their credentials sealed and tell them nobody", async () => {
    const ways = {
      ...aWay,
      webhook: {},
      sftp: { host: "127.0.0.1", username: "u", host_key_sha256: "k".repeat(43) },
    };
    const credentials = {
      api_key: "the-api-key",
      webhook_secret: "the-webhook-secret",
      sftp_password: "the-password",
      more: "x",
    };
    const { status, body } = await operator("POST", "/admin/connections", { ...aSandbox, ways, credentials });
    expect(status).toBe(201);
    const id = textOf(body, "id");
    expect(body).toMatchObject({
      carrier_id: "sandbox",
      account_numbers: ["acme"],
      ways: { sftp: { port: 22, after: "move" } },
      paused: false,
      webhook_url: `https://api.example/carriers/sandbox/webhook/${id}`,
    });
    const rows = await db.prepare("SELECT * FROM connections WHERE id = ?1").bind(id).all();
    for (const text of [
      JSON.stringify(rows.results),
      JSON.stringify(body),
      JSON.stringify((await operator("GET", "/admin/connections")).body),
    ])
      for (const secret of Object.values(credentials).slice(0, 3)) expect(text).not.toContain(secret);
    const slots = await db
      .prepare("SELECT way, interval_s, slot FROM check_slots WHERE connection_id = ?1")
      .bind(id)
      .all();
    expect(slots.results).toEqual([{ way: "sftp", interval_s: 60, slot: 0 }]);
    expect((await operator("DELETE", `/admin/connections/${id}`)).status).toBe(204);
    problemOf(await operator("GET", `/admin/connections/${id}`), 404);
    expect(
      (await db.prepare("SELECT 1 FROM check_slots WHERE connection_id = ?1").bind(id).all()).results,
    ).toEqual([]);
  });

  it.each([
    [{ carrier_id: "no-such" }, "carrier_id must be one of"],
    [{ ways: {} }, "Name at least one way"],
    [{ credentials: {} }, "credentials.api_key is missing."],
    [{ ways: { webhook: {} } }, "credentials.webhook_secret is missing."],
    [{ account_numbers: ["nobody"] }, "there is no account nobody"],
    [{ account_numbers: [] }, "account_numbers must have at least 1 element."],
    [{ account_numbers: ["acme", "globex"], auto_register: true }, "auto_register"],
    [{ ways: { poll: { base_url: "http://10.0.0.1/" } } }, "ways.poll.base_url"],
    [{ carrier_id: "postnord", ways: { webhook: {} } }, "does not speak this way"],
  ])("refuse %j", async (more, sentence) => {
    expect(problemOf(await operator("POST", "/admin/connections", { ...aSandbox, ...more }), 422)).toContain(
      sentence,
    );
  });

  it("ask for a number no more often than the carrier wants, whatever they were given", async () => {
    const landmark = {
      carrier_id: "landmark",
      account_numbers: ["globex"],
      credentials: { username: "u", password: "p", client_id: "c" },
    };
    const polled = (min_minutes?: number) => ({ poll: min_minutes === undefined ? {} : { min_minutes } });
    const created = await operator("POST", "/admin/connections", { ...landmark, ways: polled() });
    expect(created.body).toMatchObject({ ways: { poll: { min_minutes: 60 } } });
    const path = `/admin/connections/${textOf(created.body, "id")}`;
    for (const [wanted, kept] of [
      [10, 60],
      [120, 120],
    ] as const) {
      expect((await operator("PATCH", path, { ways: polled(wanted) })).body).toMatchObject({
        ways: { poll: { min_minutes: kept } },
      });
    }
    await operator("DELETE", path);
  });

  it("take up the shipments that an account tracks already", async () => {
    const first = await aConnection(client, ["acme"]);
    const parcel = sandboxNumber(11);
    const body = {
      carrier_id: "sandbox",
      carrier_tracking_id: sandboxNumber(10),
      parcels: [{ carrier_tracking_id: parcel }],
    };
    const { body: shipment } = await send("POST", "/shipments", { key: acme.test, body });
    const stopped = await send("POST", "/shipments", {
      key: acme.test,
      body: { carrier_id: "sandbox", carrier_tracking_id: sandboxNumber(12) },
    });
    await send("DELETE", `/shipments/${textOf(stopped.body, "id")}`, { key: acme.test });
    const second = await aConnection(client, ["globex"]);
    const followers = async (id: string) =>
      (
        await db
          .prepare(
            "SELECT carrier_number, parcel_id, shipment_id FROM followers WHERE connection_id = ?1 ORDER BY 1",
          )
          .bind(id)
          .all()
      ).results;
    expect(await followers(second)).toEqual([]);
    const changed = await operator("PATCH", `/admin/connections/${second}`, {
      account_numbers: ["globex", "acme"],
      paused: true,
    });
    expect(changed.body).toMatchObject({ account_numbers: ["acme", "globex"], paused: true });
    const shipment_id = textOf(shipment, "id");
    const parcel_id = textOf(listOf(shipment, "parcels")[0], "id");
    expect(await followers(second)).toEqual([
      { carrier_number: sandboxNumber(10), parcel_id: "", shipment_id },
      { carrier_number: parcel, parcel_id, shipment_id },
    ]);
    expect(await followers(first)).toHaveLength(2);
    const checks = await db
      .prepare("SELECT carrier_number FROM checks WHERE connection_id = ?1")
      .bind(second)
      .all();
    expect(checks.results).toHaveLength(2);
    await operator("PATCH", `/admin/connections/${second}`, { account_numbers: ["globex"] });
    expect(await followers(second)).toEqual([]);
    for (const id of [first, second]) await operator("DELETE", `/admin/connections/${id}`);
    expect(await followers(first)).toEqual([]);
  });

  it("are changed by what is given, credentials among it", async () => {
    const id = await aConnection(client, ["acme"]);
    const path = `/admin/connections/${id}`;
    expect(problemOf(await operator("PATCH", path, { ways: { ...aWay, webhook: {} } }), 422)).toContain(
      "credentials",
    );
    const both = {
      ways: { ...aWay, webhook: {} },
      credentials: { api_key: "k", webhook_secret: "a-new-secret" },
    };
    expect((await operator("PATCH", path, both)).body).toMatchObject({ ways: { webhook: {}, poll: {} } });
    problemOf(await operator("PATCH", "/admin/connections/con_none", { paused: true }), 404);
    await operator("DELETE", path);
  });

  it("say what each way saw when they are tested", async () => {
    const ways = {
      ...aWay,
      webhook: {},
      sftp: { host: "127.0.0.1", username: "u", host_key_sha256: "k".repeat(43) },
    };
    const credentials = { api_key: "k", webhook_secret: "the-webhook-secret", sftp_password: "p" };
    const id = await aConnection(client, ["acme"], { ways, credentials });
    const testWith = async (status: number) => {
      const there = testClient({ http: answering(() => answered(status, "{}")) });
      const { body } = await there.operator(
        "POST",
        `/admin/connections/${id}/test?number=${sandboxNumber(1)}`,
      );
      return listOf(body, "ways");
    };
    expect(await testWith(200)).toMatchObject([
      { way: "webhook", ok: true, detail: expect.stringContaining(`/carriers/sandbox/webhook/${id}`) },
      { way: "sftp", ok: false, detail: expect.stringContaining("container_unreachable") },
      { way: "poll", ok: true, detail: expect.stringContaining("HTTP 200") },
    ]);
    expect((await testWith(401))[2]).toMatchObject({
      ok: false,
      detail: expect.stringContaining("refuses these credentials"),
    });
    await operator("DELETE", `/admin/connections/${id}`);
  });
});

describe("unmapped codes", () => {
  it("are listed page by page with counts and a sample", async () => {
    for (const [carrier, code] of [
      ["bring", "A"],
      ["bring", "Ö|1"],
      ["postnord", "A"],
    ])
      await shardDb()
        .prepare(
          "INSERT INTO unmapped (carrier_id, code, sub_code, sample_text, sample_document_id, count, first_seen_at, last_seen_at) VALUES (?1, ?2, '', 'text', 'doc_1', 3, 1000, 2000)",
        )
        .bind(carrier, code)
        .run();
    const told: unknown[] = [];
    let cursor = "";
    do {
      const { body } = await operator("GET", `/admin/unmapped?limit=1${cursor}`);
      told.push(...listOf(body, "data"));
      const next = fieldOf(body, "next_cursor");
      cursor = typeof next === "string" ? `&cursor=${next}` : "";
    } while (cursor !== "" && told.length < 10);
    expect(told).toMatchObject([
      { carrier_id: "bring", code: "A", count: 3, first_seen_at: "1970-01-01T00:00:01+00:00" },
      { carrier_id: "bring", code: "Ö|1" },
      { carrier_id: "postnord", code: "A" },
    ]);
    const { body } = await operator("GET", "/admin/unmapped?carrier_id=postnord");
    expect(listOf(body, "data")).toHaveLength(1);
  });
});

describe("dead letters", () => {
  it("are listed over the accounts that have some", async () => {
    await db.batch([
      db.prepare("INSERT INTO backlogs (tenant_id, since, waiting, dead) VALUES ('acme.live', 1, 4, 2)"),
      db.prepare("INSERT INTO backlogs (tenant_id, since, waiting, dead) VALUES ('globex.test', 1, 0, 1)"),
    ]);
    const { status, body } = await operator("GET", "/admin/dead-letters");
    expect([status, body]).toEqual([200, { data: [], set_aside: [], next_cursor: null }]);
    problemOf(await operator("POST", "/admin/dead-letters/msg_none/retry?account_number=acme"), 404);
    problemOf(await operator("DELETE", "/admin/dead-letters/msg_none?account_number=acme&mode=test"), 404);
    problemOf(await operator("DELETE", "/admin/dead-letters/msg_none?account_number=a.b"), 422);
    expect(problemOf(await operator("DELETE", "/admin/dead-letters/msg_none"), 422)).toBe(
      "account_number is missing.",
    );
  });
});

describe("health", () => {
  const readable = JSON.stringify(news("SBX-health", [PICKED]));

  /** Stores answers to a connection's polls, of half a minute ago. */
  async function documents(connection_id: string, bodies: readonly string[]): Promise<void> {
    for (const body of bodies)
      await acceptFetched(
        ctx,
        { connection_id, lanes: 1 },
        {
          carrier_id: "sandbox",
          source: "poll",
          body: new TextEncoder().encode(body),
          content_type: "application/json",
          http_status: 200,
          asked: [],
          file_name: null,
          received_at: Date.now() - 30_000,
        },
      );
  }

  it("tells of each connection, carrier and account", async () => {
    const id = await aConnection(client, ["globex"]);
    const now = Date.now();
    await db.batch([
      db
        .prepare(
          "INSERT INTO check_slots (connection_id, way, interval_s, slot, due_at, last_done_at, last_ok_at, failures, last_error) VALUES (?1, 'poll', 900, 1, ?2, ?2, ?2, 2, 'HTTP 500')",
        )
        .bind(id, now - 60_000),
    ]);
    await documents(id, ["neither JSON nor XML", readable, readable]);
    await inboxes.settle();
    inboxes.hold();
    await documents(id, [readable]);
    const { body } = await operator("GET", "/admin/health");
    const connections = listOf(body, "connections");
    const own = connections.find((connection) => fieldOf(connection, "connection_id") === id);
    expect(own).toMatchObject({
      carrier_id: "sandbox",
      checks: [{ way: "poll", slots: 1, failing: 1, last_error: "HTTP 500" }],
    });
    expect(listOf(body, "carriers")).toMatchObject([
      { carrier_id: "sandbox", source: "poll", documents: 4, waiting: 1, unreadable: 1, error_rate: 0.25 },
    ]);
    expect(own).toMatchObject({
      breaker: "closed",
      failures_in_a_row: 0,
      news: [{ way: "poll", silent_since: null, silent_s: null }],
    });
    expect(listOf(body, "accounts")).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ account_number: "acme", mode: "live", waiting: 4, dead: 2 }),
        expect.objectContaining({ account_number: "globex", mode: "test", waiting: 0, dead: 1, lag_s: 0 }),
      ]),
    );
  });

  it("reports the other connections when one inbox does not answer", async () => {
    const id = await aConnection(client, ["acme"]);
    await documents(id, [readable]);
    const { inboxOf } = ctx;
    ctx.inboxOf = (connection_id, lane) =>
      connection_id === id
        ? inboxes.of(connection_id, lane)
        : {
            ...inboxes.of(connection_id, lane),
            hours: async () => {
              throw new Error("Network connection lost.");
            },
          };
    const { status, body } = await operator("GET", "/admin/health");
    ctx.inboxOf = inboxOf;
    expect(status).toBe(200);
    expect(listOf(body, "carriers")).toMatchObject([{ carrier_id: "sandbox", documents: 1 }]);
  });
});
