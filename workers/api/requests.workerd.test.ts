import { beforeAll, describe, expect, it } from "vitest";
import { sandboxNumber } from "../carriers/sandbox/numbers.ts";
import { testEnv, watchedEnv } from "../testing/seed.ts";
import { createApi } from "./app.ts";
import { aConnection, anAccount, fieldOf, listOf, problemOf, testClient, textOf } from "./test-client.ts";

/** The conventions of the contract, section 1, on calls that stand for all. */

const client = testClient();
const { send, operator } = client;
let acme = { live: "", test: "" };
let globex = { live: "", test: "" };

beforeAll(async () => {
  acme = await anAccount(client, "acme");
  globex = await anAccount(client, "globex");
  await aConnection(client, ["acme", "globex"]);
});

let count = 100;
const aShipment = (more: object = {}) => ({
  carrier_id: "sandbox",
  carrier_tracking_id: sandboxNumber(count++),
  ...more,
});

describe("keys", () => {
  it("asks for a key, and says how to send it", async () => {
    expect(problemOf(await send("GET", "/shipments"), 401)).toContain("x-key");
  });

  it.each(["gl-acc-short", "hello", `gl-acc-${"0".repeat(32)}`])("refuses the key %s", async (key) => {
    expect(problemOf(await send("GET", "/shipments", { key }), 401)).toContain("not valid");
  });

  it("takes the key as a bearer token too", async () => {
    const answer = await send("GET", "/shipments", { headers: { authorization: `Bearer ${acme.test}` } });
    expect(answer.status).toBe(200);
  });

  it("keeps no key, only its hash", async () => {
    const { results } = await client.ctx.control.prepare("SELECT * FROM api_keys").all();
    expect(JSON.stringify(results)).not.toContain(acme.live.slice(7));
  });

  it("refuses a key from the moment it is revoked", async () => {
    const { body } = await operator("POST", "/admin/accounts/acme/keys", { mode: "test" });
    const key = textOf(body, "key");
    expect((await send("GET", "/shipments", { key })).status).toBe(200);
    expect((await operator("DELETE", `/admin/accounts/acme/keys/${textOf(body, "id")}`)).status).toBe(204);
    problemOf(await send("GET", "/shipments", { key }), 401);
  });

  it("answers 429 with Retry-After above the rate", async () => {
    const slow = testClient({ keyRate: { limit: async () => ({ success: false }) } });
    const answer = await slow.send("GET", "/shipments", { key: acme.test });
    expect(problemOf(answer, 429)).toContain("600");
    expect(Number(answer.headers.get("retry-after"))).toBeGreaterThan(0);
  });
});

describe("the operator's token", () => {
  it.each([undefined, "Bearer wrong-token", "Basic dGVzdA=="])("refuses %s", async (authorization) => {
    const headers: Record<string, string> = authorization === undefined ? {} : { authorization };
    problemOf(await send("GET", "/admin/accounts", { headers }), 401);
  });

  it("does not take a customer's key", async () => {
    problemOf(await send("GET", "/admin/accounts", { key: acme.live }), 401);
  });
});

describe("every answer", () => {
  it("carries the rate policy and the request's id", async () => {
    for (const answer of [
      await send("GET", "/healthz"),
      await send("GET", "/nowhere"),
      await send("GET", "/track"),
    ]) {
      expect(answer.headers.get("ratelimit-policy")).toBe('"default";q=600;w=60');
      expect(answer.headers.get("x-request-id")).toMatch(/^req_/u);
    }
  });

  it("says 404 for a call that is none", async () => {
    problemOf(await send("GET", "/nowhere"), 404);
  });
});

describe("versions", () => {
  it.each(["v1", undefined])("takes %s", async (version) => {
    const headers: Record<string, string> = version === undefined ? {} : { "x-version": version };
    expect((await send("GET", "/shipments", { key: acme.test, headers })).status).toBe(200);
  });

  it("refuses another, naming the one there is", async () => {
    const answer = await send("GET", "/shipments", { key: acme.test, headers: { "x-version": "v2" } });
    expect(problemOf(answer, 400)).toContain("v1");
  });
});

describe("bodies", () => {
  const post = (body: unknown, headers: Record<string, string> = {}) =>
    send("POST", "/shipments", { key: acme.test, body, headers });

  it("says 400 for malformed JSON", async () => {
    expect(problemOf(await post('{"carrier_id": '), 400)).toContain("JSON");
  });

  it("says 415 for anything but JSON", async () => {
    expect(
      problemOf(await post("a=b", { "content-type": "application/x-www-form-urlencoded" }), 415),
    ).toContain("application/json");
  });

  it("names the missing field in a sentence", async () => {
    const answer = await post({ carrier_id: "sandbox" });
    expect(problemOf(answer, 422)).toBe("carrier_tracking_id is missing.");
    expect(fieldOf(answer.body, "errors")).toEqual([
      { field: "carrier_tracking_id", message: "carrier_tracking_id is missing." },
    ]);
  });

  it.each([
    [{ tracking_level: "pallet" }, "tracking_level must be one of shipment, parcel."],
    [{ parcels: [{ carrier_tracking_id: 7 }] }, "parcels[0].carrier_tracking_id must be a string."],
    [{ parcels: "no" }, "parcels must be a list."],
    [
      { destination: { iso_country: "Atlantis" } },
      "destination.iso_country must be an ISO 3166-1 alpha-3 code, like SWE.",
    ],
    [{ carrier_tracking_id: "x".repeat(101) }, "carrier_tracking_id must have at most 100 characters."],
  ])("refuses %j", async (more, sentence) => {
    expect(problemOf(await post(aShipment(more)), 422)).toBe(sentence);
  });

  it("ignores fields it does not know", async () => {
    expect((await post(aShipment({ favourite_colour: "green" }))).status).toBe(201);
  });

  it("says 413 by the announced length, before it asks who it is", async () => {
    const answer = await send("POST", "/shipments", {
      body: "{}",
      headers: { "content-length": "10485760" },
    });
    expect(problemOf(answer, 413)).toContain("1 MiB");
  });

  it("says 413 for a body without an announced length, and reads no more of it than it may", async () => {
    let pulled = 0;
    const endless = new ReadableStream<Uint8Array>({
      pull(controller) {
        pulled += 65_536;
        controller.enqueue(new Uint8Array(65_536).fill(32));
      },
    });
    problemOf(await post(endless), 413);
    expect(pulled).toBeLessThan(2 * 1024 * 1024);
  });

  it("takes up to 5 MiB as a batch", async () => {
    const padded = { shipments: [aShipment()], padding: "x".repeat(2 * 1024 * 1024) };
    expect((await send("POST", "/shipments/batch", { key: acme.test, body: padded })).status).toBe(200);
    const larger = { shipments: [aShipment()], padding: "x".repeat(6 * 1024 * 1024) };
    expect(
      problemOf(await send("POST", "/shipments/batch", { key: acme.test, body: larger }), 413),
    ).toContain("5 MiB");
  });
});

describe("another account", () => {
  it("is not shown its shipments: 404 as for one that is not there", async () => {
    const { body } = await send("POST", "/shipments", { key: acme.test, body: aShipment() });
    const id = textOf(body, "id");
    for (const key of [globex.test, acme.live]) {
      const told = problemOf(await send("GET", `/shipments/${id}`, { key }), 404);
      const none = problemOf(await send("GET", "/shipments/shp_00000000000000000000000000", { key }), 404);
      expect(told.replace(id, "ID")).toBe(none.replace("shp_00000000000000000000000000", "ID"));
      problemOf(await send("GET", `/shipments/${id}/track`, { key }), 404);
      problemOf(await send("DELETE", `/shipments/${id}`, { key }), 404);
      problemOf(await send("POST", "/track", { key, body: { ids: [id] } }), 404);
      expect(listOf((await send("GET", "/shipments?limit=100", { key })).body, "data")).not.toContainEqual(
        expect.objectContaining({ id }),
      );
    }
    expect((await send("GET", `/shipments/${id}`, { key: acme.test })).body).toMatchObject({
      id,
      tracking_state: "active",
    });
  });

  it.each([
    ["GET", "webhooks/tracking/subscriptions"],
    ["POST", "sftp/tracking/subscriptions"],
    ["GET", "deliveries"],
    ["GET", "events"],
  ])("is refused the path %s /accounts/globex/%s with 403", async (method, path) => {
    const body = method === "POST" ? {} : undefined;
    expect(
      problemOf(await send(method, `/accounts/globex/${path}`, { key: acme.test, body }), 403),
    ).toContain("acme");
  });
});

describe("Idempotency-Key", () => {
  const create = (key: string, body: unknown, idempotency: string) =>
    send("POST", "/shipments", { key, body, headers: { "idempotency-key": idempotency } });

  it("gives the same answer again, and creates once", async () => {
    const body = aShipment({ uuid_ref: "once" });
    const first = await create(acme.test, body, "one");
    const again = await create(acme.test, body, "one");
    expect([first.status, again.status]).toEqual([201, 201]);
    expect(again.body).toEqual(first.body);
    expect(again.headers.get("idempotency-replayed")).toBe("true");
    expect(again.headers.get("x-request-id")).not.toBe(first.headers.get("x-request-id"));
  });

  it("is 409 for another body", async () => {
    await create(acme.test, aShipment(), "two");
    problemOf(await create(acme.test, aShipment(), "two"), 409);
  });

  it("is 409 with Retry-After while the first is at work", async () => {
    const body = aShipment();
    const answers = await Promise.all([create(acme.test, body, "three"), create(acme.test, body, "three")]);
    const later = answers.find(({ status }) => status === 409);
    if (later !== undefined) expect(Number(later.headers.get("retry-after"))).toBeGreaterThan(0);
    expect(answers.map(({ status }) => status)).toContain(201);
    await client.ctx.control
      .prepare(
        "UPDATE idempotency SET status = NULL, response = NULL WHERE tenant_id = 'acme.test' AND key = 'three'",
      )
      .run();
    const waiting = await create(acme.test, body, "three");
    problemOf(waiting, 409);
    expect(Number(waiting.headers.get("retry-after"))).toBeGreaterThan(0);
  });

  it("is free again after a refusal, and apart for each tenant", async () => {
    problemOf(await create(acme.test, { carrier_id: "sandbox" }, "four"), 422);
    expect((await create(acme.test, aShipment(), "four")).status).toBe(201);
    expect((await create(globex.test, aShipment(), "four")).status).toBe(201);
  });

  it("is forgotten after 24 hours", async () => {
    const body = aShipment();
    await create(acme.test, body, "five");
    const tomorrow = testClient({ now: () => Date.now() + 25 * 3_600_000 });
    const answer = await tomorrow.send("POST", "/shipments", {
      key: acme.test,
      body: aShipment(),
      headers: { "idempotency-key": "five" },
    });
    expect(answer.status).toBe(201);
  });

  it("runs again where the answer was too large to keep: a number still has one shipment", async () => {
    const meta_data = [{ key: "k", value: "v".repeat(4000) }];
    const body = { shipments: Array.from({ length: 300 }, () => aShipment({ meta_data })) };
    const headers = { "idempotency-key": "large" };
    const batch = async () => {
      const answer = await send("POST", "/shipments/batch", { key: acme.test, body, headers });
      return listOf(answer.body, "data").map((result) => textOf(fieldOf(result, "shipment"), "id"));
    };
    expect(await batch()).toEqual(await batch());
  });

  it("keeps no secret in clear", async () => {
    const path = "/accounts/acme/webhooks/tracking/subscriptions";
    const body = { endpoint: "http://127.0.0.1:9/hook" };
    const { body: told } = await send("POST", path, {
      key: acme.test,
      body,
      headers: { "idempotency-key": "six" },
    });
    const secret = textOf(told, "secret");
    const again = await send("POST", path, { key: acme.test, body, headers: { "idempotency-key": "six" } });
    expect(textOf(again.body, "secret")).toBe(secret);
    const { results } = await client.ctx.control.prepare("SELECT response FROM idempotency").all();
    expect(JSON.stringify(results)).not.toContain(secret.slice(6));
  });
});

/** A shard that can't be reached, and a control database that can. */
const broken = (message: string) => (db: D1Database) =>
  db === testEnv().DB
    ? db
    : new Proxy(db, {
        get: () => () => {
          throw new Error(message);
        },
      });

describe("what nobody expected", () => {
  it("is told without its inside, and a busy database as 503", async () => {
    const failing = (message: string) => testClient({}, watchedEnv(broken(message)));
    const inside = await failing("secret detail of a table").send("GET", "/shipments", { key: acme.test });
    expect(problemOf(inside, 500)).not.toContain("secret");
    const busy = await failing("D1_ERROR: D1 DB is overloaded. Requests queued for too long.").send(
      "GET",
      "/shipments",
      {
        key: acme.test,
      },
    );
    problemOf(busy, 503);
    expect(Number(busy.headers.get("retry-after"))).toBeGreaterThan(0);
  });
});

describe("what needs no key", () => {
  it("tells that it is there, and no secret", async () => {
    expect((await send("GET", "/healthz")).body).toEqual({ ok: true, version: "v1" });
  });

  it("describes every call in /openapi.json", async () => {
    const { body } = await send("GET", "/openapi.json");
    expect(fieldOf(body, "info")).toMatchObject({ title: "Gluey Tracking" });
    const paths = Object.keys(fieldOf(body, "paths") ?? {});
    expect(paths).toEqual(
      expect.arrayContaining([
        "/shipments",
        "/shipments/batch",
        "/shipments/{id}",
        "/shipments/{id}/track",
        "/track",
        "/accounts/{account_number}/webhooks/tracking/subscriptions",
        "/accounts/{account_number}/webhooks/tracking/subscriptions/{id}/rotate",
        "/accounts/{account_number}/sftp/tracking/subscriptions/{id}/test",
        "/accounts/{account_number}/deliveries/{id}/redeliver",
        "/accounts/{account_number}/redeliver",
        "/accounts/{account_number}/events",
        "/carriers/{carrier_id}/webhook/{connection_id}",
        "/admin/connections/{id}/test",
        "/admin/unmapped",
        "/admin/dead-letters/{id}/retry",
        "/admin/health",
        "/healthz",
      ]),
    );
  });

  it("serves /docs without anything from elsewhere", async () => {
    const { body, headers } = await send("GET", "/docs");
    expect(headers.get("content-type")).toContain("text/html");
    expect(String(body)).toContain("/openapi.json");
    expect(String(body)).not.toMatch(/(?:src|href)="(?:https?:)?\/\//u);
  });

  it("has no webhook keys where none is set", async () => {
    expect((await send("GET", "/.well-known/webhook-keys.json")).body).toEqual({ keys: [] });
  });

  it("says what is missing in the log and nothing in the answer, where the Worker is not set up", async () => {
    const bare = createApi(() => {
      throw new Error("ADMIN_TOKEN is missing.");
    });
    const answer = await bare.request("https://api.example/healthz", {}, testEnv());
    expect(answer.status).toBe(500);
    expect(await answer.text()).not.toContain("ADMIN_TOKEN");
  });

  it("hands carriers' pushes on, without a key", async () => {
    const answer = await send("POST", "/carriers/sandbox/webhook/con_none", { body: {} });
    problemOf(answer, 404);
  });
});
