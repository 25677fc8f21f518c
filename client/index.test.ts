import { execFileSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { expect, it } from "vitest";
import { z } from "zod";
import { GlueyClient, GlueyProblem } from "./index.ts";

interface Seen {
  method: string;
  path: string;
  headers: Headers;
  body: unknown;
}

/** A client whose calls are answered from a list, and what it sent. */
function answered(...answers: (Response | Error)[]): { client: GlueyClient; seen: Seen[] } {
  const seen: Seen[] = [];
  const client = new GlueyClient({
    base_url: "https://gluey.example",
    key: "gl-test-1",
    fetch: async (input, init) => {
      const request = new Request(input, init);
      const { pathname, search } = new URL(request.url);
      const text = await request.text();
      const { method, headers } = request;
      seen.push({ method, path: pathname + search, headers, body: text === "" ? null : JSON.parse(text) });
      const answer = answers.shift() ?? new Error("No further call was expected.");
      if (answer instanceof Error) throw answer;
      return answer;
    },
  });
  return { client, seen };
}

const problem = (status: number, more: object = {}, headers: Record<string, string> = {}) =>
  Response.json(
    { type: "about:blank", title: "No", status, detail: "Not like this.", ...more },
    { status, headers },
  );

it("sends key, version and an idempotency key with a creation", async () => {
  const { client, seen } = answered(Response.json({ id: "shp_1" }, { status: 201 }));
  const shipment = await client.createShipment({ carrier_id: "sandbox", carrier_tracking_id: "SBX1" });
  expect(shipment.id).toBe("shp_1");
  expect(seen[0]).toMatchObject({
    method: "POST",
    path: "/shipments",
    body: { carrier_tracking_id: "SBX1" },
  });
  expect(seen[0]?.headers.get("x-key")).toBe("gl-test-1");
  expect(seen[0]?.headers.get("x-version")).toBe("v1");
  expect(seen[0]?.headers.get("idempotency-key")).toMatch(/^[0-9a-f-]{36}$/u);
});

it("repeats a creation under the same idempotency key", async () => {
  const { client, seen } = answered(
    problem(503, {}, { "retry-after": "0" }),
    new TypeError("fetch failed"),
    Response.json({ id: "shp_1" }),
  );
  await client.createShipment({ carrier_tracking_id: "SBX1" }, "order-7");
  expect(seen.map((one) => one.headers.get("idempotency-key"))).toEqual(["order-7", "order-7", "order-7"]);
});

it("tells a refusal with its fields, and does not repeat it", async () => {
  const { client, seen } = answered(
    problem(422, { request_id: "req_1", errors: [{ field: "carrier_id", message: "is unknown" }] }),
  );
  const refusal = await client.createShipment({ carrier_tracking_id: "X" }).catch((cause: unknown) => cause);
  expect(refusal).toBeInstanceOf(GlueyProblem);
  expect(refusal).toMatchObject({
    status: 422,
    request_id: "req_1",
    message: "Not like this. carrier_id: is unknown",
    errors: [{ field: "carrier_id" }],
  });
  expect(seen).toHaveLength(1);
});

it("leaves a long wait to the caller", async () => {
  const { client, seen } = answered(problem(429, {}, { "retry-after": "3600" }));
  await expect(client.getShipment("shp_1")).rejects.toMatchObject({ status: 429, retry_after_s: 3600 });
  expect(seen).toHaveLength(1);
});

it("does not repeat what could do harm twice", async () => {
  const { client, seen } = answered(new TypeError("fetch failed"));
  await expect(client.rotateSecret("acme", "sub_1")).rejects.toMatchObject({ status: 0 });
  expect(seen).toHaveLength(1);
});

it("tells a page of an error that is no problem document", async () => {
  const { client } = answered(new Response("<html>Bad gateway</html>", { status: 502 }));
  await expect(client.getShipment("shp_1")).rejects.toMatchObject({ status: 502, request_id: null });
});

it("reads its own writes: a bookmark goes back with the next call", async () => {
  const { client, seen } = answered(
    Response.json({ id: "shp_1" }, { headers: { "x-bookmark": "b1" } }),
    Response.json({ id: "shp_1" }),
    Response.json({ id: "shp_1" }),
  );
  await client.createShipment({ carrier_tracking_id: "SBX1" });
  await client.getShipment("shp_1");
  await client.getShipment("shp_1");
  expect(seen.map((one) => one.headers.get("x-bookmark"))).toEqual([null, "b1", "b1"]);
});

it("tracks with a cursor; nothing new is an empty list", async () => {
  const { client, seen } = answered(
    Response.json([{ id: "shp_1" }], {
      headers: { "x-next-cursor": "c2", "x-last-updated": "2026-03-14T08:13:05+00:00" },
    }),
    new Response(null, { status: 204, headers: { "x-next-cursor": "c2" } }),
  );
  const first = await client.track({ ids: ["shp_1"] });
  expect(first).toMatchObject({ next_cursor: "c2", last_updated: "2026-03-14T08:13:05+00:00" });
  const second = await client.track({ ids: ["shp_1"], since: "c2" });
  expect(second).toEqual({ shipments: [], next_cursor: "c2", last_updated: null });
  expect(seen[1]?.body).toEqual({ ids: ["shp_1"], since: "c2" });
});

it("names paths as the contract does, and nothing of a name is a path", async () => {
  const { client, seen } = answered(
    ...Array.from({ length: 8 }, () => Response.json({ data: [], next_cursor: null })),
  );
  await client.subscriptions("a/b", "webhooks");
  await client.events("acme", { after: "c 1", limit: 5 });
  await client.redeliver("acme", "dlv_1");
  await client.redeliverWindow("acme", { since: "c" });
  await client.resumeSubscription("acme", "sftp", "sub_1", { after: "c" });
  await client.probeSubscription("acme", "sub_1");
  await client.deleteSubscription("acme", "sftp", "sub_1");
  await client.listShipments({ status: "delivered" });
  expect(seen.map((one) => `${one.method} ${one.path}`)).toEqual([
    "GET /accounts/a%2Fb/webhooks/tracking/subscriptions",
    "GET /accounts/acme/events?after=c+1&limit=5",
    "POST /accounts/acme/deliveries/dlv_1/redeliver",
    "POST /accounts/acme/redeliver",
    "POST /accounts/acme/sftp/tracking/subscriptions/sub_1/resume",
    "POST /accounts/acme/webhooks/tracking/subscriptions/sub_1/probe",
    "DELETE /accounts/acme/sftp/tracking/subscriptions/sub_1",
    "GET /shipments?status=delivered",
  ]);
});

it("is ready to publish: what it exports is what its build makes, and that runs", async () => {
  const folder = mkdtempSync(join(tmpdir(), "gluey-client-"));
  try {
    cpSync(import.meta.dirname, folder, { recursive: true });
    execFileSync(join(import.meta.dirname, "..", "node_modules", ".bin", "tsc"), ["-p", folder]);
    const Package = z.object({
      files: z.array(z.string()),
      exports: z.record(z.string(), z.object({ types: z.string(), default: z.string() })),
    });
    const { files, exports } = Package.parse(JSON.parse(readFileSync(join(folder, "package.json"), "utf8")));
    expect(files).toContain("dist");
    const built = await Promise.all(
      Object.values(exports).map(async (one) => {
        expect(readFileSync(join(folder, one.types), "utf8")).toContain("export");
        return Object.keys(await import(pathToFileURL(join(folder, one.default)).href));
      }),
    );
    expect(built.flat()).toEqual(expect.arrayContaining(["GlueyClient", "GlueyProblem", "verifyWebhook"]));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
