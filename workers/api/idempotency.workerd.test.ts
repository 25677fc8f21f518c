import { beforeAll, describe, expect, it } from "vitest";
import { sandboxNumber } from "../carriers/sandbox/numbers.ts";
import { WebhookSecrets } from "../domain/subscription.ts";
import { type Answer, anAccount, fieldOf, listOf, problemOf, testClient, textOf } from "./test-client.ts";

/** A creation that broke off after its row was written, and is sent again with its Idempotency-Key: still one row. */

const client = testClient();
const { ctx } = client;
const db = ctx.control;
const hooks = "/accounts/once/webhooks/tracking/subscriptions";
const folders = "/accounts/once/sftp/tracking/subscriptions";
let key = "";

beforeAll(async () => {
  key = (await anAccount(client, "once")).test;
});

type Client = ReturnType<typeof testClient>;

/** The control database, where statements with these words fail as they do when the connection to it is lost. */
function losing(words: string): D1Database {
  return watched(db, (sql) => {
    if (sql.includes(words)) throw new Error("D1_ERROR: Network connection lost.");
  });
}

/** The control database whose next batch, once a statement with these words is prepared, waits for `gate`. */
function waiting(words: string, gate: Promise<void>): D1Database {
  let held = false;
  return watched(
    db,
    (sql) => {
      held ||= sql.includes(words);
    },
    async () => {
      if (held) await gate;
    },
  );
}

function watched<T extends object>(
  target: T,
  onPrepare: (sql: string) => void,
  beforeBatch: () => Promise<void> = async () => {},
): T {
  return new Proxy(target, {
    get(from, name) {
      const value: unknown = Reflect.get(from, name);
      if (typeof value !== "function") return value;
      if (name === "withSession")
        return (...given: unknown[]) =>
          watched(Object(Reflect.apply(value, from, given)), onPrepare, beforeBatch);
      if (name === "batch")
        return async (...given: unknown[]) => {
          await beforeBatch();
          return Reflect.apply(value, from, given);
        };
      if (name !== "prepare") return value.bind(from);
      return (sql: string) => {
        onPrepare(sql);
        return Reflect.apply(value, from, [sql]);
      };
    },
  });
}

const post = (to: Client, path: string, body: unknown, idempotency_key: string): Promise<Answer> =>
  path.startsWith("/admin/")
    ? to.operator("POST", path, body, { "idempotency-key": idempotency_key })
    : to.send("POST", path, { key, body, headers: { "idempotency-key": idempotency_key } });

const aFolder = {
  host: "sftp.example.com",
  username: "gluey",
  password: "folder-password",
  host_key_sha256: "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU",
  directory: "/in",
  format: "csv",
};
const aConnection = {
  carrier_id: "sandbox",
  account_numbers: ["once"],
  ways: { poll: { base_url: "http://127.0.0.1:8790" } },
  credentials: { api_key: "sandbox-api-key" },
};

const kinds = [
  { path: hooks, body: { endpoint: "http://127.0.0.1:9/news" }, table: "subscriptions" },
  { path: folders, body: aFolder, table: "subscriptions" },
  { path: "/admin/accounts/once/keys", body: { mode: "live" }, table: "api_keys" },
  { path: "/admin/accounts", body: { account_number: "twice", name: "Twice Ltd" }, table: "accounts" },
  { path: "/admin/connections", body: aConnection, table: "connections" },
];

async function rowsOf(table: string): Promise<number> {
  const row = await db.prepare(`SELECT count(*) AS n FROM ${table}`).first<{ n: number }>();
  return row?.n ?? 0;
}

describe.each(kinds)("POST $path", ({ path, body, table }) => {
  it("creates once though its answer could not be kept", async () => {
    const before = await rowsOf(table);
    const broken = testClient({ control: losing("UPDATE idempotency SET status") });
    problemOf(await post(broken, path, body, `kept ${path}`.replaceAll(" ", "-")), 503);
    expect(await rowsOf(table)).toBe(before + 1);

    // Nobody has the first request's answer: it counts as at work until its lease is over.
    const later = testClient({ now: () => Date.now() + 61_000 });
    const again = await post(later, path, body, `kept ${path}`.replaceAll(" ", "-"));
    expect(again.status).toBe(201);
    expect(await rowsOf(table)).toBe(before + 1);
    const third = await post(client, path, body, `kept ${path}`.replaceAll(" ", "-"));
    expect(third.headers.get("idempotency-replayed")).toBe("true");
    expect(third.body).toEqual(again.body);
  });
});

it("a subscription found again is told with the secret that signs its messages", async () => {
  const body = { endpoint: "http://127.0.0.1:9/again" };
  const broken = testClient({ control: losing("UPDATE idempotency SET status") });
  problemOf(await post(broken, hooks, body, "signs"), 503);
  const later = testClient({ now: () => Date.now() + 61_000 });
  const { body: told } = await post(later, hooks, body, "signs");
  const rotated = await client.send("POST", `${hooks}/${textOf(told, "id")}/rotate`, { key });
  expect(rotated.status).toBe(200);
  const row = await db
    .prepare("SELECT secrets_sealed, key_id FROM subscriptions WHERE id = ?1")
    .bind(textOf(told, "id"))
    .first<{ secrets_sealed: number[]; key_id: string }>();
  const sealed = { bytes: Uint8Array.from(row?.secrets_sealed ?? []), key_id: row?.key_id ?? "" };
  const secrets = await ctx.vault.open(textOf(told, "id"), sealed, WebhookSecrets);
  expect(secrets.previous?.secret).toBe(textOf(told, "secret"));
});

it("a key found again is one that works", async () => {
  const path = "/admin/accounts/once/keys";
  const broken = testClient({ control: losing("UPDATE idempotency SET status") });
  problemOf(await post(broken, path, { mode: "test" }, "works"), 503);
  const later = testClient({ now: () => Date.now() + 61_000 });
  const { body } = await post(later, path, { mode: "test" }, "works");
  expect((await client.send("GET", "/shipments", { key: textOf(body, "key") })).status).toBe(200);
});

it("a key whose request lost its turn is none: the one that was told stays good", async () => {
  const path = "/admin/accounts/once/keys";
  let open = (): void => {};
  const gate = new Promise<void>((resolve) => {
    open = resolve;
  });
  const slow = testClient({ control: waiting("INSERT INTO api_keys", gate) });
  const first = post(slow, path, { mode: "test" }, "slow");
  await expect
    .poll(() => db.prepare("SELECT key FROM idempotency WHERE key = 'slow'").first())
    .not.toBeNull();
  problemOf(await post(client, path, { mode: "test" }, "slow"), 409);
  const later = testClient({ now: () => Date.now() + 61_000 });
  const told = await post(later, path, { mode: "test" }, "slow");
  expect(told.status).toBe(201);
  open();
  problemOf(await first, 409);
  const { body } = await post(client, path, { mode: "test" }, "slow");
  expect(textOf(body, "key")).toBe(textOf(told.body, "key"));
  expect((await client.send("GET", "/shipments", { key: textOf(body, "key") })).status).toBe(200);
});

it("a connection that broke off midway takes up the account's shipments when it is sent again", async () => {
  await client.operator("POST", "/admin/connections", aConnection);
  const number = sandboxNumber(71);
  const shipment = { carrier_id: "sandbox", carrier_tracking_id: number };
  expect((await client.send("POST", "/shipments", { key, body: shipment })).status).toBe(201);
  const broken = testClient({ control: losing("INSERT INTO followers") });
  problemOf(await post(broken, "/admin/connections", aConnection, "midway"), 503);
  // The request is known to be over, so it may run again at once.
  const again = await post(client, "/admin/connections", aConnection, "midway");
  expect(again.status).toBe(201);
  const { results } = await db
    .prepare("SELECT carrier_number FROM followers WHERE connection_id = ?1")
    .bind(textOf(again.body, "id"))
    .all();
  expect(results).toEqual([{ carrier_number: number }]);
  const listed = await client.operator("GET", "/admin/connections?limit=100");
  const ids = listOf(listed.body, "data").map((one) => fieldOf(one, "id"));
  expect(ids.filter((id) => id === fieldOf(again.body, "id"))).toHaveLength(1);
});

it("a request that broke off keeps its key from another body", async () => {
  const broken = testClient({ control: losing("INSERT INTO subscriptions") });
  problemOf(await post(broken, hooks, { endpoint: "http://127.0.0.1:9/one" }, "another"), 503);
  problemOf(await post(client, hooks, { endpoint: "http://127.0.0.1:9/two" }, "another"), 409);
});
