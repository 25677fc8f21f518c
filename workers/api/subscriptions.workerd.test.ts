import { beforeAll, describe, expect, it } from "vitest";
import { WebhookSecrets } from "../domain/subscription.ts";
import { findSubscription } from "../storage/subscriptions.ts";
import { anAccount, fieldOf, listOf, problemOf, testClient, textOf } from "./test-client.ts";

/** Subscriptions by webhook and sFTP, and what an account sees of its deliveries. Nobody listens at these addresses. */

const client = testClient();
const { send, ctx } = client;
const accounts = new Map<string, { live: string; test: string }>();

beforeAll(async () => {
  for (const name of ["hooks", "files", "other"]) accounts.set(name, await anAccount(client, name));
});

const keyOf = (account: string, mode: "live" | "test" = "test") => accounts.get(account)?.[mode] ?? "";
const hooks = "/accounts/hooks/webhooks/tracking/subscriptions";
const files = "/accounts/files/sftp/tracking/subscriptions";
const hook = (method: string, path = "", body?: unknown, mode: "live" | "test" = "test") =>
  send(method, `${hooks}${path}`, { key: keyOf("hooks", mode), body });
const folder = (method: string, path = "", body?: unknown) =>
  send(method, `${files}${path}`, { key: keyOf("files"), body });

const HOST_KEY = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU";
const aFolder = {
  host: "sftp.example.com",
  username: "gluey",
  password: "folder-password",
  host_key_sha256: `SHA256:${HOST_KEY}`,
  directory: "/in",
  format: "csv",
  every_minutes: 5,
};

describe("webhook subscriptions", () => {
  it("are created with a secret that is shown once and kept sealed", async () => {
    const { status, body } = await hook("POST", "", { endpoint: "http://127.0.0.1:9/news" });
    expect(status).toBe(201);
    expect(body).toMatchObject({
      endpoint: "http://127.0.0.1:9/news",
      milestones: null,
      carriers: null,
      first_time_in_status: false,
      max_batch: 20,
      state: "active",
      warnings: [],
      paused: false,
      test: true,
    });
    const secret = textOf(body, "secret");
    expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/u);
    const id = textOf(body, "id");
    const read = await hook("GET", `/${id}`);
    expect(read.body).not.toHaveProperty("secret");
    expect(read.body).toMatchObject({ id, state: "active" });
    const { results } = await ctx.control.prepare("SELECT * FROM subscriptions").all();
    expect(JSON.stringify(results)).not.toContain(secret.slice(6));
    expect((await hook("DELETE", `/${id}`)).status).toBe(204);
  });

  it.each([
    ["http://127.0.0.1:9", "http://127.0.0.1:9/webhook/shipment"],
    ["http://127.0.0.1:9/", "http://127.0.0.1:9/webhook/shipment"],
    ["http://127.0.0.1:9/?token=1", "http://127.0.0.1:9/webhook/shipment?token=1"],
    ["http://127.0.0.1:9/x", "http://127.0.0.1:9/x"],
  ])("take the endpoint %s as %s", async (given, endpoint) => {
    const { body } = await hook("POST", "", { endpoint: given });
    expect(textOf(body, "endpoint")).toBe(endpoint);
    await hook("DELETE", `/${textOf(body, "id")}`);
  });

  it.each([
    [{ endpoint: "https://10.0.0.1/x" }, "endpoint"],
    [{ endpoint: "ftp://example.com" }, "endpoint"],
    [{ endpoint: "https://user:pass@example.com/" }, "endpoint"],
    [{}, "endpoint is missing."],
    [{ endpoint: "http://127.0.0.1:9", max_batch: 101 }, "max_batch must be at most 100."],
    [{ endpoint: "http://127.0.0.1:9", milestones: ["teleport"] }, "milestones[0] must be one of order"],
    [{ endpoint: "http://127.0.0.1:9", carriers: ["sandbox", "pigeon"] }, "carriers[1] must be one of "],
    [{ endpoint: "http://127.0.0.1:9", carriers: [] }, "carriers must"],
    [{ endpoint: "http://127.0.0.1:9", first_time_in_status: "yes" }, "first_time_in_status must"],
  ])("refuse %j", async (body, sentence) => {
    expect(problemOf(await hook("POST", "", body), 422)).toContain(sentence);
  });

  it("are told what passes their filters, which can be changed and taken back", async () => {
    const given = { milestones: ["delivery"], carriers: ["ups", "gls"], first_time_in_status: true };
    const { body } = await hook("POST", "", { endpoint: "http://127.0.0.1:9", ...given });
    expect(body).toMatchObject(given);
    const path = `/${textOf(body, "id")}`;
    expect((await hook("GET", path)).body).toMatchObject(given);
    const less = await hook("PATCH", path, { carriers: null, first_time_in_status: false });
    expect(less.body).toMatchObject({
      milestones: ["delivery"],
      carriers: null,
      first_time_in_status: false,
    });
    // A row from before there were these filters.
    await ctx.control
      .prepare(
        "UPDATE subscriptions SET settings = json_remove(settings, '$.carriers', '$.first_time_in_status') WHERE id = ?1",
      )
      .bind(textOf(body, "id"))
      .run();
    expect((await hook("GET", path)).body).toMatchObject({ carriers: null, first_time_in_status: false });
    await hook("DELETE", path);
  });

  it("say 503 where only the resolver failed", async () => {
    const http = {
      ...ctx.http,
      check: async () => ({ refused: "example.com can't be looked up now.", later: true }),
    };
    const answer = await testClient({ http }).send("POST", hooks, {
      key: keyOf("hooks"),
      body: { endpoint: "https://example.com/" },
    });
    problemOf(answer, 503);
    expect(Number(answer.headers.get("retry-after"))).toBeGreaterThan(0);
  });

  it("are changed, paused and resumed", async () => {
    const { body } = await hook("POST", "", { endpoint: "http://127.0.0.1:9" });
    const path = `/${textOf(body, "id")}`;
    const changed = await hook("PATCH", path, { milestones: ["delivery"], max_batch: 5, paused: true });
    expect(changed.body).toMatchObject({
      milestones: ["delivery"],
      max_batch: 5,
      paused: true,
      state: "paused",
    });
    const resumed = await hook("PATCH", path, { paused: false });
    expect(resumed.body).toMatchObject({ milestones: ["delivery"], paused: false, state: "active" });
    problemOf(await hook("PATCH", path, { max_batch: 0 }), 422);
    await hook("DELETE", path);
  });

  it("rotate their secret, both valid for 24 hours", async () => {
    const { body } = await hook("POST", "", { endpoint: "http://127.0.0.1:9" });
    const id = textOf(body, "id");
    const before = Date.now();
    const rotated = await hook("POST", `/${id}/rotate`);
    expect(rotated.status).toBe(200);
    const until = Date.parse(textOf(rotated.body, "previous_secret_valid_until"));
    expect(Math.abs(until - before - 24 * 3_600_000)).toBeLessThan(60_000);
    const row = await findSubscription(ctx.control, "hooks.test", "webhook", id);
    const secrets = row === null ? null : await ctx.vault.open(id, row.sealed, WebhookSecrets);
    expect(secrets).toMatchObject({
      secret: textOf(rotated.body, "secret"),
      previous: { secret: textOf(body, "secret") },
    });
    await hook("DELETE", `/${id}`);
  });

  it("are deleted without an id where there is one, else 409", async () => {
    problemOf(await hook("DELETE"), 404);
    const ids: string[] = [];
    for (let at = 0; at < 3; at++)
      ids.push(textOf((await hook("POST", "", { endpoint: "http://127.0.0.1:9" })).body, "id"));
    expect(problemOf(await hook("DELETE"), 409)).toContain("subscriptions/{id}");
    const first = await hook("GET", "?limit=2");
    const second = await hook("GET", `?limit=2&cursor=${textOf(first.body, "next_cursor")}`);
    const told = [first, second].flatMap(({ body }) => listOf(body, "data").map((one) => textOf(one, "id")));
    expect(told).toEqual(ids);
    expect(fieldOf(second.body, "next_cursor")).toBeNull();
    for (const id of ids.slice(1)) await hook("DELETE", `/${id}`);
    expect((await hook("DELETE")).status).toBe(204);
    expect(listOf((await hook("GET")).body, "data")).toEqual([]);
  });

  it("are apart for live and test, and for each account", async () => {
    const { body } = await hook("POST", "", { endpoint: "http://127.0.0.1:9" });
    const id = textOf(body, "id");
    problemOf(await hook("GET", `/${id}`, undefined, "live"), 404);
    const others = `/accounts/other/webhooks/tracking/subscriptions/${id}`;
    for (const method of ["GET", "DELETE"])
      problemOf(await send(method, others, { key: keyOf("other") }), 404);
    problemOf(await send("POST", `${others}/rotate`, { key: keyOf("other") }), 404);
    problemOf(
      await send("GET", `/accounts/hooks/sftp/tracking/subscriptions/${id}`, { key: keyOf("hooks") }),
      404,
    );
    expect((await hook("GET", `/${id}`)).status).toBe(200);
    await hook("DELETE", `/${id}`);
  });

  it("are tested at once: what came back is said", async () => {
    const { body } = await hook("POST", "", { endpoint: "http://127.0.0.1:9/closed" });
    const path = `/${textOf(body, "id")}`;
    const tested = await hook("POST", `${path}/test`);
    expect(tested.status).toBe(200);
    expect(tested.body).toMatchObject({ state: "failed", status: null });
    await hook("DELETE", path);
  });
});

describe("sFTP subscriptions", () => {
  it("are created, read without their password, changed and deleted", async () => {
    const { status, body } = await folder("POST", "", aFolder);
    expect(status).toBe(201);
    const { password: _, ...told } = aFolder;
    expect(body).toMatchObject({
      ...told,
      host_key_sha256: HOST_KEY,
      port: 22,
      state: "active",
      milestones: null,
    });
    expect(JSON.stringify(body)).not.toContain("folder-password");
    const path = `/${textOf(body, "id")}`;
    const changed = await folder("PATCH", path, {
      every_minutes: 1,
      private_key: "KEY",
      milestones: ["delivery"],
      carriers: ["dsv"],
    });
    expect(changed.body).toMatchObject({
      every_minutes: 1,
      milestones: ["delivery"],
      carriers: ["dsv"],
      first_time_in_status: false,
    });
    expect(JSON.stringify((await folder("GET")).body)).not.toContain("KEY");
    expect((await folder("DELETE")).status).toBe(204);
    problemOf(await folder("GET", path), 404);
  });

  it.each([
    [{ password: undefined }, "password or private_key"],
    [{ private_key: "both" }, "password or private_key"],
    [{ host_key_sha256: "short" }, "host_key_sha256"],
    [{ format: "pdf" }, "format must be one of iftsta-d01b, iftsta-d96a, x12-214, csv, json."],
    [{ every_minutes: 0 }, "every_minutes must be at least 1."],
    [{ host: "sftp://example.com" }, "host must be a host's name"],
    [{ file_name: "../../{number}" }, "file_name"],
    [{ port: 70_000 }, "port must be at most 65535."],
  ])("refuse %j", async (more, sentence) => {
    expect(problemOf(await folder("POST", "", { ...aFolder, ...more }), 422)).toContain(sentence);
  });
});

describe("deliveries", () => {
  const account = "/accounts/other";
  const call = (method: string, path: string, body?: unknown) =>
    send(method, `${account}${path}`, { key: keyOf("other"), body });

  it("are listed, empty while there are none", async () => {
    expect((await call("GET", "/deliveries")).body).toEqual({ data: [], next_cursor: null });
    expect(problemOf(await call("GET", "/deliveries?state=lost"), 422)).toContain(
      "state must be one of delivered",
    );
  });

  it("are sent again one by one or by a stretch of the feed", async () => {
    problemOf(await call("POST", "/deliveries/dlv_none/redeliver"), 404);
    const nothing = await call("POST", "/redeliver", {
      since: "2026-01-01T00:00:00Z",
      until: "2026-02-01T00:00:00+01:00",
    });
    expect([nothing.status, nothing.body]).toEqual([202, { messages: 0, rebuilt: 0, next_cursor: null }]);
    expect(problemOf(await call("POST", "/redeliver", {}), 422)).toBe("since is missing.");
    expect(problemOf(await call("POST", "/redeliver", { since: "yesterday" }), 422)).toContain(
      "since must be a cursor",
    );
  });
});
